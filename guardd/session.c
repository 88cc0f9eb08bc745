/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * logind's seat0 → GuardSession. Every call is asynchronous; groups are looked up in a thread, since
 * the name service may ask a server.
 */
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include "guardd/session.h"

#define LOGIND "org.freedesktop.login1"
#define SEAT_PATH "/org/freedesktop/login1/seat/seat0"
#define SEAT_INTERFACE "org.freedesktop.login1.Seat"
#define SESSION_INTERFACE "org.freedesktop.login1.Session"
#define PROPERTIES "org.freedesktop.DBus.Properties"

/* Without logind nobody is there, as far as anybody can tell. */
#define GIVE_UP_SECONDS 10

struct GuardSessionWatch {
        void (*changed)(gpointer user_data);
        gpointer user_data;
        GDBusConnection *bus;
        GCancellable *cancel;
        guint seat_signal, session_signal, owner_signal;
        char *path; /* of the active session */
        GuardSession *session;
        gboolean known;
        guint give_up;
};

static void
announce(GuardSessionWatch *watch)
{
        watch->known = TRUE;
        watch->changed(watch->user_data);
}

static void
forget_session(GuardSessionWatch *watch)
{
        if (watch->session_signal)
                g_dbus_connection_signal_unsubscribe(watch->bus, watch->session_signal);
        watch->session_signal = 0;
        g_clear_pointer(&watch->path, g_free);
        g_clear_pointer(&watch->session, guard_session_free);
}

static void
groups_thread(GTask *task, gpointer source G_GNUC_UNUSED, gpointer data,
              GCancellable *cancel G_GNUC_UNUSED)
{
        const char *user = data;
        struct passwd pw, *found = NULL;
        char buffer[16384];
        gid_t gids[256];
        int n = (int)G_N_ELEMENTS(gids);
        GPtrArray *names = g_ptr_array_new();

        if (getpwnam_r(user, &pw, buffer, sizeof buffer, &found) == 0 && found &&
            getgrouplist(user, found->pw_gid, gids, &n) >= 0) {
                for (int i = 0; i < n; i++) {
                        struct group gr, *group = NULL;

                        if (getgrgid_r(gids[i], &gr, buffer, sizeof buffer, &group) == 0 && group)
                                g_ptr_array_add(names, g_strdup(group->gr_name));
                }
        }
        g_ptr_array_add(names, NULL);
        g_task_return_pointer(task, g_ptr_array_free(names, FALSE), (GDestroyNotify)g_strfreev);
}

static void
got_groups(GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
        g_autoptr(GError) error = NULL;
        char **groups = g_task_propagate_pointer(G_TASK(result), &error);
        GuardSessionWatch *watch = data;

        if (error)
                return;
        if (!watch->session ||
            g_strcmp0(watch->session->user, g_task_get_task_data(G_TASK(result))) != 0) {
                g_strfreev(groups);
                return;
        }
        g_strfreev(watch->session->groups);
        watch->session->groups = groups;
        announce(watch);
}

static void
ask_groups(GuardSessionWatch *watch)
{
        g_autoptr(GTask) task = NULL;

        if (!watch->session->user)
                return;
        task = g_task_new(NULL, watch->cancel, got_groups, watch);
        g_task_set_check_cancellable(task, TRUE);
        g_task_set_task_data(task, g_strdup(watch->session->user), g_free);
        g_task_run_in_thread(task, groups_thread);
}

static GuardSession *
session_from(GVariant *properties)
{
        GuardSession *session = g_new0(GuardSession, 1);
        g_autoptr(GVariantDict) dict = g_variant_dict_new(properties);
        g_autoptr(GVariant) seat =
                g_variant_dict_lookup_value(dict, "Seat", G_VARIANT_TYPE("(so)"));
        const char *class = NULL;

        session->present = TRUE;
        g_variant_dict_lookup(dict, "Name", "s", &session->user);
        g_variant_dict_lookup(dict, "Id", "s", &session->session);
        g_variant_dict_lookup(dict, "Remote", "b", &session->remote);
        g_variant_dict_lookup(dict, "LockedHint", "b", &session->locked);
        if (g_variant_dict_lookup(dict, "Class", "&s", &class))
                session->greeter = strcmp(class, "greeter") == 0;
        if (seat)
                g_variant_get_child(seat, 0, "s", &session->seat);
        return session;
}

static void
got_session(GObject *source, GAsyncResult *result, gpointer data)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply =
                g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        g_autoptr(GVariant) properties = NULL;
        GuardSessionWatch *watch = data;
        GuardSession *session;

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return;
        if (!reply) {
                forget_session(watch);
                announce(watch);
                return;
        }
        properties = g_variant_get_child_value(reply, 0);
        session = session_from(properties);
        if (watch->session && g_strcmp0(watch->session->user, session->user) == 0)
                session->groups = g_steal_pointer(&watch->session->groups);
        g_clear_pointer(&watch->session, guard_session_free);
        watch->session = session;
        announce(watch);
        if (!session->groups)
                ask_groups(watch);
}

static void
ask_session(GuardSessionWatch *watch)
{
        g_dbus_connection_call(watch->bus, LOGIND, watch->path, PROPERTIES, "GetAll",
                               g_variant_new("(s)", SESSION_INTERFACE), G_VARIANT_TYPE("(a{sv})"),
                               G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, watch->cancel, got_session, watch);
}

static void
session_changed(GDBusConnection *bus G_GNUC_UNUSED, const char *sender G_GNUC_UNUSED,
                const char *path G_GNUC_UNUSED, const char *interface G_GNUC_UNUSED,
                const char *signal G_GNUC_UNUSED, GVariant *parameters G_GNUC_UNUSED, gpointer data)
{
        GuardSessionWatch *watch = data;

        if (watch->path)
                ask_session(watch);
}

static void
take_path(GuardSessionWatch *watch, const char *path)
{
        if (g_strcmp0(path, watch->path) == 0)
                return;
        forget_session(watch);
        if (path && strcmp(path, "/") != 0) {
                watch->path = g_strdup(path);
                watch->session_signal = g_dbus_connection_signal_subscribe(
                        watch->bus, LOGIND, PROPERTIES, "PropertiesChanged", path, NULL,
                        G_DBUS_SIGNAL_FLAGS_NONE, session_changed, watch, NULL);
                ask_session(watch);
        } else {
                announce(watch);
        }
}

static void
got_active(GObject *source, GAsyncResult *result, gpointer data)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply =
                g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        g_autoptr(GVariant) value = NULL;
        const char *path = NULL;

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return;
        if (reply) {
                g_variant_get(reply, "(v)", &value);
                if (g_variant_is_of_type(value, G_VARIANT_TYPE("(so)")))
                        g_variant_get_child(value, 1, "&o", &path);
        }
        take_path(data, path);
}

static void
ask_active(GuardSessionWatch *watch)
{
        g_dbus_connection_call(watch->bus, LOGIND, SEAT_PATH, PROPERTIES, "Get",
                               g_variant_new("(ss)", SEAT_INTERFACE, "ActiveSession"),
                               G_VARIANT_TYPE("(v)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                               watch->cancel, got_active, watch);
}

static void
seat_changed(GDBusConnection *bus G_GNUC_UNUSED, const char *sender G_GNUC_UNUSED,
             const char *path G_GNUC_UNUSED, const char *interface G_GNUC_UNUSED,
             const char *signal G_GNUC_UNUSED, GVariant *parameters G_GNUC_UNUSED, gpointer data)
{
        ask_active(data);
}

void
guard_session_watch_set_bus(GuardSessionWatch *watch, GDBusConnection *bus)
{
        if (watch->bus) {
                g_cancellable_cancel(watch->cancel);
                forget_session(watch);
                g_dbus_connection_signal_unsubscribe(watch->bus, watch->seat_signal);
                g_dbus_connection_signal_unsubscribe(watch->bus, watch->owner_signal);
                g_clear_object(&watch->cancel);
                g_clear_object(&watch->bus);
                watch->cancel = g_cancellable_new();
        }
        if (!bus)
                return;
        watch->bus = g_object_ref(bus);
        watch->seat_signal = g_dbus_connection_signal_subscribe(
                bus, LOGIND, PROPERTIES, "PropertiesChanged", SEAT_PATH, NULL,
                G_DBUS_SIGNAL_FLAGS_NONE, seat_changed, watch, NULL);
        watch->owner_signal = g_dbus_connection_signal_subscribe(
                bus, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
                "/org/freedesktop/DBus", LOGIND, G_DBUS_SIGNAL_FLAGS_NONE, seat_changed, watch, NULL);
        ask_active(watch);
}

static gboolean
give_up(gpointer data)
{
        GuardSessionWatch *watch = data;

        watch->give_up = 0;
        if (!watch->known)
                announce(watch);
        return G_SOURCE_REMOVE;
}

GuardSessionWatch *
guard_session_watch_new(void (*changed)(gpointer), gpointer user_data)
{
        GuardSessionWatch *watch = g_new0(GuardSessionWatch, 1);

        watch->changed = changed;
        watch->user_data = user_data;
        watch->cancel = g_cancellable_new();
        watch->give_up = g_timeout_add_seconds(GIVE_UP_SECONDS, give_up, watch);
        return watch;
}

void
guard_session_watch_free(GuardSessionWatch *watch)
{
        if (!watch)
                return;
        if (watch->give_up)
                g_source_remove(watch->give_up);
        guard_session_watch_set_bus(watch, NULL);
        g_object_unref(watch->cancel);
        g_free(watch);
}

const GuardSession *
guard_session_watch_get(GuardSessionWatch *watch)
{
        return watch->session;
}

gboolean
guard_session_watch_known(GuardSessionWatch *watch)
{
        return watch->known;
}
