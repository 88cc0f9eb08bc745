/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One table of the desktops' lockers on the session bus. Each is watched by name, never started; whatever it
 * signals, it is asked anew. Some can be asked to lock.
 */
#include "notifier/agent/saver.h"
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"

#define TIMEOUT_MS 10000
#define MAX_DELAY_SECONDS 10
#define PROPERTIES "org.freedesktop.DBus.Properties"

typedef struct {
        const char *name, *path, *interface;
        const char *method;   /* answers with one boolean; NULL: @property is read */
        const char *property;
        /* GSettings that say whether what is active locks, too; NULL: the answer is about the lock itself. */
        const char *schema, *lockdown;
        guint delay_unit;     /* seconds in one of its lock-delay */
        const char *channel;  /* or Xfconf's, with /lock/enabled */
        gboolean lock;        /* takes Lock; guardd may start it */
} Desktop;

static const Desktop desktops[] = {
        {"org.mate.ScreenSaver", "/org/mate/ScreenSaver", "org.mate.ScreenSaver", "GetActive", NULL, "org.mate.screensaver",
         "org.mate.lockdown", 60, NULL, TRUE},
        {"org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver", "org.cinnamon.ScreenSaver", "GetActive", NULL,
         "org.cinnamon.desktop.screensaver", "org.cinnamon.desktop.lockdown", 1, NULL, FALSE},
        {"org.xfce.ScreenSaver", "/org/xfce/ScreenSaver", "org.xfce.ScreenSaver", "GetActive", NULL, NULL, NULL, 0, "xfce4-screensaver",
         TRUE},
        {"org.ukui.ScreenSaver", "/", "org.ukui.ScreenSaver", "GetLockState", NULL, NULL, NULL, 0, NULL, FALSE},
        {"org.deepin.dde.SessionManager1", "/org/deepin/dde/SessionManager1", "org.deepin.dde.SessionManager1", NULL, "Locked", NULL,
         NULL, 0, NULL, FALSE},
        {"com.deepin.SessionManager", "/com/deepin/SessionManager", "com.deepin.SessionManager", NULL, "Locked", NULL, NULL, 0, NULL, FALSE},
};

typedef struct {
        GuardSaver *saver;
        const Desktop *desktop;
        guint watch, signals[2];
        gint locked;    /* -1: not there, or it does not answer */
        gboolean locks; /* Xfconf's word */
} Watched;

struct GuardSaver {
        GDBusConnection *session;
        GCancellable *cancel;
        void (*changed)(gpointer user_data);
        gpointer user_data;
        Watched watched[G_N_ELEMENTS(desktops)];
        gint told;
};

/* A setting as a number, 0 and 1 for a boolean; 0 where there is no such thing. */
static gint64
setting(const char *schema, const char *key)
{
        GSettingsSchemaSource *source = g_settings_schema_source_get_default();
        GSettingsSchema *found = source ? g_settings_schema_source_lookup(source, schema, TRUE) : NULL;
        g_autoptr(GSettings) settings = NULL;
        g_autoptr(GVariant) value = NULL;

        if (found && g_settings_schema_has_key(found, key)) {
                settings = g_settings_new(schema);
                value = g_settings_get_value(settings, key);
        }
        if (found)
                g_settings_schema_unref(found);
        if (!value)
                return 0;
        if (g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN))
                return g_variant_get_boolean(value);
        if (g_variant_is_of_type(value, G_VARIANT_TYPE_INT32))
                return g_variant_get_int32(value);
        return g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32) ? g_variant_get_uint32(value) : 0;
}

/* An active saver that was set not to lock, or to lock later, only covers. */
static gboolean
locks(const Watched *watched)
{
        const Desktop *desktop = watched->desktop;

        if (desktop->channel)
                return watched->locks;
        if (!desktop->schema)
                return TRUE;
        return setting(desktop->schema, "lock-enabled") && !setting(desktop->lockdown, "disable-lock-screen") &&
               setting(desktop->schema, "lock-delay") * desktop->delay_unit <= MAX_DELAY_SECONDS;
}

gint
guard_saver_locked(GuardSaver *saver)
{
        gint locked = -1;

        for (gsize i = 0; saver && i < G_N_ELEMENTS(desktops); i++)
                locked = MAX(locked, saver->watched[i].locked);
        return locked;
}

static void
tell(GuardSaver *saver)
{
        gint locked = guard_saver_locked(saver);

        if (locked == saver->told)
                return;
        saver->told = locked;
        saver->changed(saver->user_data);
}

static GVariant *
answer_of(GObject *source, GAsyncResult *result, gboolean *cancelled)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        GVariant *value;

        *cancelled = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        if (!reply || g_variant_n_children(reply) != 1)
                return NULL;
        value = g_variant_get_child_value(reply, 0);
        if (g_variant_is_of_type(value, G_VARIANT_TYPE_VARIANT)) {
                GVariant *inside = g_variant_get_variant(value);

                g_variant_unref(value);
                value = inside;
        }
        return value;
}

static void
on_state(GObject *source, GAsyncResult *result, gpointer user_data)
{
        Watched *watched = user_data;
        gboolean cancelled;
        g_autoptr(GVariant) value = answer_of(source, result, &cancelled);

        if (cancelled)
                return;
        if (!value || !g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN))
                watched->locked = -1;
        else
                watched->locked = g_variant_get_boolean(value) && locks(watched);
        tell(watched->saver);
}

static void
ask_state(Watched *watched)
{
        const Desktop *desktop = watched->desktop;
        GuardSaver *saver = watched->saver;

        g_dbus_connection_call(saver->session, desktop->name, desktop->path, desktop->method ? desktop->interface : PROPERTIES,
                               desktop->method ? desktop->method : "Get",
                               desktop->method ? NULL : g_variant_new("(ss)", desktop->interface, desktop->property), NULL,
                               G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, saver->cancel, on_state, watched);
}

static void
on_locks(GObject *source, GAsyncResult *result, gpointer user_data)
{
        Watched *watched = user_data;
        gboolean cancelled;
        g_autoptr(GVariant) value = answer_of(source, result, &cancelled);

        if (cancelled)
                return;
        /* What is not set is the default: it locks. */
        watched->locks = !value || !g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN) || g_variant_get_boolean(value);
        ask_state(watched);
}

static void
ask(Watched *watched)
{
        GuardSaver *saver = watched->saver;

        if (watched->desktop->channel)
                g_dbus_connection_call(saver->session, "org.xfce.Xfconf", "/org/xfce/Xfconf", "org.xfce.Xfconf", "GetProperty",
                                       g_variant_new("(ss)", watched->desktop->channel, "/lock/enabled"), NULL,
                                       G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, saver->cancel, on_locks, watched);
        else
                ask_state(watched);
}

static void
on_signal(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
          GVariant *parameters, gpointer user_data)
{
        (void)connection, (void)sender, (void)path, (void)interface, (void)signal, (void)parameters;
        ask(user_data);
}

static void
on_there(GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
        (void)connection, (void)name, (void)owner;
        ask(user_data);
}

static void
on_gone(GDBusConnection *connection, const char *name, gpointer user_data)
{
        Watched *watched = user_data;

        (void)connection, (void)name;
        watched->locked = -1;
        tell(watched->saver);
}

static void
watch(GuardSaver *saver, Watched *watched, const Desktop *desktop)
{
        *watched = (Watched){.saver = saver, .desktop = desktop, .locked = -1};
        watched->signals[0] = g_dbus_connection_signal_subscribe(saver->session, desktop->name, desktop->interface, NULL, desktop->path,
                                                                 NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, watched, NULL);
        if (desktop->property)
                watched->signals[1] = g_dbus_connection_signal_subscribe(saver->session, desktop->name, PROPERTIES, "PropertiesChanged",
                                                                         desktop->path, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal,
                                                                         watched, NULL);
        watched->watch = g_bus_watch_name_on_connection(saver->session, desktop->name, G_BUS_NAME_WATCHER_FLAGS_NONE, on_there, on_gone,
                                                        watched, NULL);
}

GuardSaver *
guard_saver_new(GDBusConnection *session, void (*changed)(gpointer user_data), gpointer user_data)
{
        GuardSaver *saver = g_new0(GuardSaver, 1);

        saver->session = g_object_ref(session);
        saver->cancel = g_cancellable_new();
        saver->changed = changed;
        saver->user_data = user_data;
        saver->told = -1;
        for (gsize i = 0; i < G_N_ELEMENTS(desktops); i++)
                watch(saver, &saver->watched[i], &desktops[i]);
        return saver;
}

void
guard_saver_free(GuardSaver *saver)
{
        if (!saver)
                return;
        g_cancellable_cancel(saver->cancel);
        for (gsize i = 0; i < G_N_ELEMENTS(desktops); i++) {
                Watched *watched = &saver->watched[i];

                g_bus_unwatch_name(watched->watch);
                for (gsize n = 0; n < G_N_ELEMENTS(watched->signals); n++)
                        if (watched->signals[n])
                                g_dbus_connection_signal_unsubscribe(saver->session, watched->signals[n]);
        }
        g_object_unref(saver->cancel);
        g_object_unref(saver->session);
        g_free(saver);
}

typedef struct {
        GMainLoop *loop;
        const Desktop *found;
} Wait;

static void
on_lockable(GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
        Wait *wait = user_data;

        (void)connection, (void)owner;
        for (gsize i = 0; i < G_N_ELEMENTS(desktops); i++)
                if (g_str_equal(desktops[i].name, name))
                        wait->found = &desktops[i];
        g_main_loop_quit(wait->loop);
}

static gboolean
on_late(gpointer user_data)
{
        g_main_loop_quit(((Wait *)user_data)->loop);
        return G_SOURCE_CONTINUE;
}

static const Desktop *
wait_for_lockable(GDBusConnection *session, guint seconds)
{
        g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
        Wait wait = {loop, NULL};
        guint watches[G_N_ELEMENTS(desktops)] = {0}, late = g_timeout_add_seconds(seconds, on_late, &wait);

        for (gsize i = 0; i < G_N_ELEMENTS(desktops); i++)
                if (desktops[i].lock)
                        watches[i] = g_bus_watch_name_on_connection(session, desktops[i].name, G_BUS_NAME_WATCHER_FLAGS_NONE, on_lockable,
                                                                    NULL, &wait, NULL);
        g_main_loop_run(loop);
        g_source_remove(late);
        for (gsize i = 0; i < G_N_ELEMENTS(desktops); i++)
                if (watches[i])
                        g_bus_unwatch_name(watches[i]);
        return wait.found;
}

/* They lock, and answer nothing. */
gboolean
guard_saver_lock(GDBusConnection *session, guint seconds, GError **error)
{
        const Desktop *desktop = wait_for_lockable(session, seconds);
        g_autoptr(GDBusMessage) message = NULL;

        if (!desktop) {
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                                    _("no screen locker runs here that could be asked; lock the screen from the desktop's menu"));
                return FALSE;
        }
        message = g_dbus_message_new_method_call(desktop->name, desktop->path, desktop->interface, "Lock");
        g_dbus_message_set_flags(message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED | G_DBUS_MESSAGE_FLAGS_NO_AUTO_START);
        return g_dbus_connection_send_message(session, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, error) &&
               g_dbus_connection_flush_sync(session, NULL, error);
}
