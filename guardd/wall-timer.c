/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * timerfd with TFD_TIMER_CANCEL_ON_SET.
 */
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "guardd/wall-timer.h"

/* Far enough, and still armed: an unarmed timer is not told of a clock that is set. */
#define FAR_SECONDS (10LL * 366 * 24 * 3600)

struct GuardWallTimer {
        int fd;
        guint source;
        gint64 when_us;
        void (*fired)(gpointer user_data);
        gpointer user_data;
};

static void
arm(GuardWallTimer *timer)
{
        struct itimerspec spec = {{0, 0}, {0, 0}};
        gint64 far = g_get_real_time() / G_USEC_PER_SEC + FAR_SECONDS;
        gint64 seconds = timer->when_us == G_MAXINT64 ? far : timer->when_us / G_USEC_PER_SEC + 1;

        spec.it_value.tv_sec = (time_t)MAX(seconds, 1);
        (void)timerfd_settime(timer->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, NULL);
}

static gboolean
readable(gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
        GuardWallTimer *timer = data;
        guint64 count;

        /* ECANCELED: the clock was set. */
        (void)!read(fd, &count, sizeof count);
        timer->when_us = G_MAXINT64;
        arm(timer);
        timer->fired(timer->user_data);
        return G_SOURCE_CONTINUE;
}

GuardWallTimer *
guard_wall_timer_new(void (*fired)(gpointer), gpointer user_data)
{
        int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
        GuardWallTimer *timer;

        if (fd < 0)
                return NULL;
        timer = g_new0(GuardWallTimer, 1);
        timer->fd = fd;
        timer->when_us = G_MAXINT64;
        timer->fired = fired;
        timer->user_data = user_data;
        timer->source = g_unix_fd_add(fd, G_IO_IN, readable, timer);
        arm(timer);
        return timer;
}

void
guard_wall_timer_free(GuardWallTimer *timer)
{
        if (!timer)
                return;
        g_source_remove(timer->source);
        close(timer->fd);
        g_free(timer);
}

void
guard_wall_timer_set(GuardWallTimer *timer, gint64 when_us)
{
        if (!timer || timer->when_us == when_us)
                return;
        timer->when_us = when_us;
        arm(timer);
}
