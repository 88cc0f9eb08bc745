/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A source that is due when the loop is awake anyway.
 */
#include "guardd/watchdog.h"

typedef struct {
        GSource source; /* first */
        gint64 early_us, late_us, told_us;
} Watchdog;

static gboolean
check(GSource *source)
{
        const Watchdog *watchdog = (const Watchdog *)source;

        return g_source_get_time(source) - watchdog->told_us >= watchdog->early_us;
}

static gboolean
dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
        Watchdog *watchdog = (Watchdog *)source;

        watchdog->told_us = g_source_get_time(source);
        g_source_set_ready_time(source, watchdog->told_us + watchdog->late_us);
        return callback(data);
}

static gboolean
call(gpointer data)
{
        ((void (*)(void))data)();
        return G_SOURCE_CONTINUE;
}

guint
guard_watchdog_start(guint64 period_us, void (*tell)(void))
{
        static GSourceFuncs functions = {NULL, check, dispatch, NULL, NULL, NULL};
        GSource *source = g_source_new(&functions, sizeof(Watchdog));
        Watchdog *watchdog = (Watchdog *)source;
        guint id;

        watchdog->early_us = (gint64)(period_us / 4);
        watchdog->late_us = (gint64)(period_us / 2);
        watchdog->told_us = g_get_monotonic_time();
        g_source_set_ready_time(source, watchdog->told_us + watchdog->late_us);
        g_source_set_callback(source, call, (gpointer)tell, NULL);
        id = g_source_attach(source, NULL);
        g_source_unref(source);
        return id;
}
