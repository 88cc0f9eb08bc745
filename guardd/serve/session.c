/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which login session a caller on the bus belongs to. A chain of asynchronous calls, each file-local
 * function one step: credentials → session of the pid, else that of our own unit, else display session of the
 * uid → its facts.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "common/guard-error.h"
#include "guardd/serve/session.h"

#define LOGIND_NAME "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define LOGIND_MANAGER LOGIND_NAME ".Manager"
#define LOGIND_SESSION LOGIND_NAME ".Session"
#define LOGIND_USER LOGIND_NAME ".User"
#define TIMEOUT_MS 10000
/* What guardd starts for a session has its name; nobody but root makes units there. */
#define OUR_UNIT "/system.slice/baomi-guard-agent-"

typedef struct {
        GDBusConnection *connection;
        guint32 uid, pid;
} Search;

static void
search_free(gpointer data)
{
        Search *search = data;

        g_object_unref(search->connection);
        g_free(search);
}

static void
give_up(GTask *task, const char *why)
{
        g_task_return_new_error(task, GUARD_ERROR, GUARD_ERROR_DENIED, _("Only a program of a login session may be told: %s"), why);
        g_object_unref(task);
}

static void
ask(GTask *task, const char *name, const char *path, const char *interface, const char *method, GVariant *parameters,
    const char *reply, GAsyncReadyCallback next)
{
        Search *search = g_task_get_task_data(task);

        g_dbus_connection_call(search->connection, name, path, interface, method, parameters, G_VARIANT_TYPE(reply),
                               G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, g_task_get_cancellable(task), next, task);
}

static void
on_facts(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GTask *task = user_data;
        Search *search = g_task_get_task_data(task);
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        g_autoptr(GVariant) facts = NULL;
        g_autoptr(GVariant) user = NULL;
        g_autoptr(GVariant) seat = NULL;
        const char *id = NULL, *name = NULL, *class = NULL;
        GuardSeatSession *session;
        guint32 uid = G_MAXUINT32;

        if (!reply)
                return give_up(task, error->message);
        facts = g_variant_get_child_value(reply, 0);
        user = g_variant_lookup_value(facts, "User", G_VARIANT_TYPE("(uo)"));
        seat = g_variant_lookup_value(facts, "Seat", G_VARIANT_TYPE("(so)"));
        if (user)
                g_variant_get(user, "(u&o)", &uid, NULL);
        if (!g_variant_lookup(facts, "Id", "&s", &id) || !g_variant_lookup(facts, "Class", "&s", &class))
                return give_up(task, _("logind does not say which"));
        if (uid != search->uid || !g_str_equal(class, "user"))
                return give_up(task, _("it belongs to somebody else, or nobody is logged in there"));
        g_variant_lookup(facts, "Name", "&s", &name);

        session = g_new0(GuardSeatSession, 1);
        session->id = g_strdup(id);
        session->uid = uid;
        session->user = g_strdup(name ? name : "");
        if (seat)
                g_variant_get(seat, "(so)", &session->seat, NULL);
        else
                session->seat = g_strdup("");
        g_task_return_pointer(task, session, (GDestroyNotify)guard_seat_session_free);
        g_object_unref(task);
}

static void
ask_facts(GTask *task, const char *path)
{
        ask(task, LOGIND_NAME, path, "org.freedesktop.DBus.Properties", "GetAll", g_variant_new("(s)", LOGIND_SESSION), "(a{sv})",
            on_facts);
}

static void
on_display(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GTask *task = user_data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        g_autoptr(GVariant) display = NULL;
        const char *id, *path;

        if (!reply)
                return give_up(task, error->message);
        g_variant_get(reply, "(v)", &display);
        if (!g_variant_is_of_type(display, G_VARIANT_TYPE("(so)")))
                return give_up(task, _("its user has none"));
        g_variant_get(display, "(&s&o)", &id, &path);
        if (*id == '\0')
                return give_up(task, _("its user has none"));
        ask_facts(task, path);
}

static void
on_user(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GTask *task = user_data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        const char *path;

        if (!reply)
                return give_up(task, error->message);
        g_variant_get(reply, "(&o)", &path);
        ask(task, LOGIND_NAME, path, "org.freedesktop.DBus.Properties", "Get", g_variant_new("(ss)", LOGIND_USER, "Display"), "(v)",
            on_display);
}

static void
on_units_session(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GTask *task = user_data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        const char *path;

        if (!reply)
                return give_up(task, error->message);
        g_variant_get(reply, "(&o)", &path);
        ask_facts(task, path);
}

char *
guard_session_of_unit(const char *cgroup)
{
        g_auto(GStrv) lines = g_strsplit(cgroup, "\n", -1);

        for (guint i = 0; lines[i]; i++) { /* "0::/system.slice/…", or "1:name=systemd:/…" */
                g_auto(GStrv) fields = g_strsplit(lines[i], ":", 3);
                const char *id;
                gsize length;

                if (g_strv_length(fields) < 3 || !g_str_has_prefix(fields[2], OUR_UNIT))
                        continue;
                id = fields[2] + strlen(OUR_UNIT);
                length = strspn(id, G_CSET_DIGITS G_CSET_a_2_z G_CSET_A_2_Z);
                if (length > 0 && id[length] == '-')
                        return g_strndup(id, length);
        }
        return NULL;
}

static void
on_session(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GTask *task = user_data;
        Search *search = g_task_get_task_data(task);
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, NULL);
        g_autofree char *file = g_strdup_printf("/proc/%u/cgroup", search->pid);
        g_autofree char *cgroup = NULL;
        g_autofree char *id = NULL;
        const char *path;

        if (reply) {
                g_variant_get(reply, "(&o)", &path);
                ask_facts(task, path);
                return;
        }
        if (g_file_get_contents(file, &cgroup, NULL, NULL) && (id = guard_session_of_unit(cgroup)) != NULL) {
                ask(task, LOGIND_NAME, LOGIND_PATH, LOGIND_MANAGER, "GetSession", g_variant_new("(s)", id), "(o)", on_units_session);
                return;
        }
        /* A unit of the user's own systemd is outside the session's scope: the display session is meant. */
        ask(task, LOGIND_NAME, LOGIND_PATH, LOGIND_MANAGER, "GetUser", g_variant_new("(u)", search->uid), "(o)", on_user);
}

static void
on_credentials(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GTask *task = user_data;
        Search *search = g_task_get_task_data(task);
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        g_autoptr(GVariant) credentials = NULL;

        if (!reply)
                return give_up(task, error->message);
        credentials = g_variant_get_child_value(reply, 0);
        if (!g_variant_lookup(credentials, "UnixUserID", "u", &search->uid) ||
            !g_variant_lookup(credentials, "ProcessID", "u", &search->pid))
                return give_up(task, _("the bus does not know its process"));
        ask(task, LOGIND_NAME, LOGIND_PATH, LOGIND_MANAGER, "GetSessionByPID", g_variant_new("(u)", search->pid), "(o)", on_session);
}

void
guard_session_of_sender_async(GDBusConnection *connection, const char *sender, GCancellable *cancel, GAsyncReadyCallback callback,
                              gpointer user_data)
{
        GTask *task = g_task_new(NULL, cancel, callback, user_data);
        Search *search = g_new0(Search, 1);

        search->connection = g_object_ref(connection);
        g_task_set_task_data(task, search, search_free);
        ask(task, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionCredentials",
            g_variant_new("(s)", sender), "(a{sv})", on_credentials);
}

GuardSeatSession *
guard_session_of_sender_finish(GAsyncResult *result, GError **error)
{
        return g_task_propagate_pointer(G_TASK(result), error);
}
