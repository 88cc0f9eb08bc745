/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lists the sessions whenever logind says that something has changed; one list at a time.
 */
#include "guardd/presence/login.h"
#include <string.h>
#include <unistd.h>
#include <gio/gunixfdlist.h>

#define LOGIND "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define MANAGER LOGIND ".Manager"
#define SESSION LOGIND ".Session"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define TIMEOUT_MS 10000
#define NO_START G_DBUS_CALL_FLAGS_NO_AUTO_START

struct GuardLogin {
        const GuardLoginHandler *handler;
        gpointer user_data;
        GDBusConnection *bus;
        GCancellable *cancel;
        guint signals[3];
        GPtrArray *sessions;
        GPtrArray *coming; /* the list that is being made; NULL: none is */
        guint asked;       /* answers that it waits for */
        gboolean again, has_listed;
        GHashTable *inhibitors; /* set of uids that keep the machine from going idle */
        int delay;
};

static void
session_free(gpointer data)
{
        GuardLoginSession *session = data;

        g_free(session->id);
        g_free(session->path);
        g_free(session->user);
        g_free(session->seat);
        g_free(session->type);
        g_free(session->scope);
        g_free(session->tty);
        g_free(session);
}

static GuardLoginSession *
session_from(const char *path, GVariant *properties)
{
        GuardLoginSession *session = g_new0(GuardLoginSession, 1);
        g_autoptr(GVariant) seat =
                g_variant_lookup_value(properties, "Seat", G_VARIANT_TYPE("(so)"));
        g_autoptr(GVariant) user =
                g_variant_lookup_value(properties, "User", G_VARIANT_TYPE("(uo)"));
        const char *class = "", *state = "";

        session->path = g_strdup(path);
        session->uid = G_MAXUINT32;
        g_variant_lookup(properties, "Id", "s", &session->id);
        g_variant_lookup(properties, "Name", "s", &session->user);
        g_variant_lookup(properties, "Type", "s", &session->type);
        g_variant_lookup(properties, "Scope", "s", &session->scope);
        g_variant_lookup(properties, "TTY", "s", &session->tty);
        g_variant_lookup(properties, "VTNr", "u", &session->vt);
        g_variant_lookup(properties, "Remote", "b", &session->remote);
        g_variant_lookup(properties, "Active", "b", &session->active);
        g_variant_lookup(properties, "LockedHint", "b", &session->hint);
        g_variant_lookup(properties, "IdleHint", "b", &session->idle_hint);
        g_variant_lookup(properties, "Class", "&s", &class);
        g_variant_lookup(properties, "State", "&s", &state);
        session->person = strcmp(class, "user") == 0;
        session->greeter = strcmp(class, "greeter") == 0;
        session->closing = strcmp(state, "closing") == 0;
        if (seat)
                g_variant_get_child(seat, 0, "s", &session->seat);
        if (user)
                g_variant_get_child(user, 0, "u", &session->uid);
        return session;
}

static void list(GuardLogin *login);

static void
listed(GuardLogin *login)
{
        g_ptr_array_unref(login->sessions);
        login->sessions = g_steal_pointer(&login->coming);
        login->has_listed = TRUE;
        login->handler->changed(login->user_data);
        if (login->again)
                list(login);
}

static void
answered(GuardLogin *login)
{
        if (--login->asked == 0)
                listed(login);
}

typedef struct {
        GuardLogin *login;
        char *path;
} Ask;

static void
got_session(GObject *source, GAsyncResult *result, gpointer data)
{
        g_autofree Ask *ask = data;
        g_autofree char *path = ask->path;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply =
                g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        g_autoptr(GVariant) properties = NULL;

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return;
        if (reply) { /* else it has ended meanwhile */
                properties = g_variant_get_child_value(reply, 0);
                g_ptr_array_add(ask->login->coming, session_from(path, properties));
        }
        answered(ask->login);
}

static void
got_list(GObject *source, GAsyncResult *result, gpointer data)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply =
                g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        g_autoptr(GVariantIter) sessions = NULL;
        GuardLogin *login = data;
        const char *path;

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return;
        if (reply)
                g_variant_get(reply, "(a(susso))", &sessions);
        while (sessions && g_variant_iter_next(sessions, "(&su&s&s&o)", NULL, NULL, NULL, NULL, &path)) {
                Ask *ask = g_new0(Ask, 1);

                *ask = (Ask){login, g_strdup(path)};
                login->asked++;
                g_dbus_connection_call(login->bus, LOGIND, path, PROPERTIES, "GetAll",
                                       g_variant_new("(s)", SESSION), G_VARIANT_TYPE("(a{sv})"),
                                       NO_START, TIMEOUT_MS, login->cancel, got_session, ask);
        }
        answered(login);
}

static void
got_inhibitors(GObject *source, GAsyncResult *result, gpointer data)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply =
                g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        g_autoptr(GVariantIter) all = NULL;
        GuardLogin *login = data;
        const char *what, *mode;
        guint32 uid;

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return;
        g_hash_table_remove_all(login->inhibitors);
        if (reply)
                g_variant_get(reply, "(a(ssssuu))", &all);
        while (all && g_variant_iter_next(all, "(&s&s&s&suu)", &what, NULL, NULL, &mode, &uid, NULL)) {
                g_auto(GStrv) words = g_strsplit(what, ":", -1);

                if (strcmp(mode, "block") == 0 && g_strv_contains((const char *const *)words, "idle"))
                        g_hash_table_add(login->inhibitors, GUINT_TO_POINTER(uid));
        }
        answered(login);
}

static void
list(GuardLogin *login)
{
        login->again = login->coming != NULL;
        if (login->again || !login->bus)
                return;
        login->coming = g_ptr_array_new_with_free_func(session_free);
        login->asked = 2;
        g_dbus_connection_call(login->bus, LOGIND, LOGIND_PATH, MANAGER, "ListSessions", NULL,
                               G_VARIANT_TYPE("(a(susso))"), NO_START, TIMEOUT_MS, login->cancel,
                               got_list, login);
        g_dbus_connection_call(login->bus, LOGIND, LOGIND_PATH, MANAGER, "ListInhibitors", NULL,
                               G_VARIANT_TYPE("(a(ssssuu))"), NO_START, TIMEOUT_MS, login->cancel,
                               got_inhibitors, login);
}

static void
on_signal(GDBusConnection *bus G_GNUC_UNUSED, const char *sender G_GNUC_UNUSED,
          const char *path G_GNUC_UNUSED, const char *interface G_GNUC_UNUSED, const char *signal,
          GVariant *parameters, gpointer data)
{
        GuardLogin *login = data;
        gboolean begins = FALSE;

        if (g_variant_is_of_type(parameters, G_VARIANT_TYPE("(b)")))
                g_variant_get(parameters, "(b)", &begins);
        if (strcmp(signal, "PrepareForSleep") == 0)
                login->handler->sleeping(begins, login->user_data);
        else if (strcmp(signal, "PrepareForShutdown") == 0 && begins)
                login->handler->going_down(login->user_data);
        else if (strcmp(signal, "NameOwnerChanged") == 0) /* it has started, or anew: the old delay is gone */
                for (guint take = FALSE; take <= TRUE; take++)
                        guard_login_delay_sleep(login, (gboolean)take);
        list(login);
}

static void
forget(GuardLogin *login)
{
        for (gsize i = 0; i < G_N_ELEMENTS(login->signals); i++)
                g_dbus_connection_signal_unsubscribe(login->bus, login->signals[i]);
        g_cancellable_cancel(login->cancel);
        g_clear_object(&login->cancel);
        g_clear_object(&login->bus);
        g_clear_pointer(&login->coming, g_ptr_array_unref);
        g_hash_table_remove_all(login->inhibitors);
        login->again = FALSE;
        if (login->delay >= 0)
                close(login->delay);
        login->delay = -1;
}

void
guard_login_set_bus(GuardLogin *login, GDBusConnection *bus)
{
        if (login->bus)
                forget(login);
        if (!bus)
                return;
        login->bus = g_object_ref(bus);
        login->cancel = g_cancellable_new();
        login->signals[0] = g_dbus_connection_signal_subscribe(
                bus, LOGIND, PROPERTIES, "PropertiesChanged", NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                on_signal, login, NULL);
        login->signals[1] = g_dbus_connection_signal_subscribe(
                bus, LOGIND, MANAGER, NULL, LOGIND_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal,
                login, NULL);
        login->signals[2] = g_dbus_connection_signal_subscribe(
                bus, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
                "/org/freedesktop/DBus", LOGIND, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, login, NULL);
        list(login);
        guard_login_delay_sleep(login, TRUE);
}

typedef struct {
        GuardLoginDone done;
        gpointer user_data;
} Order;

static void
ordered(GObject *source, GAsyncResult *result, gpointer data)
{
        g_autofree Order *order = data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply =
                g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return;
        if (error)
                g_info("logind: %s", error->message);
        if (order->done)
                order->done(error, order->user_data);
}

void
guard_login_order(GuardLogin *login, const char *method, GVariant *parameters, GuardLoginDone done,
                  gpointer user_data)
{
        Order *order;

        if (!login->bus) {
                g_autoptr(GError) error =
                        g_error_new_literal(G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "no bus");

                g_variant_unref(g_variant_ref_sink(parameters));
                if (done)
                        done(error, user_data);
                return;
        }
        order = g_new0(Order, 1);
        *order = (Order){done, user_data};
        g_dbus_connection_call(login->bus, LOGIND, LOGIND_PATH, MANAGER, method, parameters, NULL,
                               G_DBUS_CALL_FLAGS_NONE, 30000, login->cancel, ordered, order);
}

static void
got_delay(GObject *source, GAsyncResult *result, gpointer data)
{
        g_autoptr(GUnixFDList) fds = NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish(
                G_DBUS_CONNECTION(source), &fds, result, &error);
        GuardLogin *login = data;

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return;
        if (!reply || !fds) {
                g_info("logind gives no delay before sleep: %s", error ? error->message : "?");
                return;
        }
        if (login->delay >= 0)
                close(login->delay);
        login->delay = g_unix_fd_list_get(fds, 0, NULL);
}

void
guard_login_delay_sleep(GuardLogin *login, gboolean take)
{
        if (!take && login->delay >= 0) {
                close(login->delay);
                login->delay = -1;
        } else if (take && login->delay < 0 && login->bus) {
                g_dbus_connection_call_with_unix_fd_list(
                        login->bus, LOGIND, LOGIND_PATH, MANAGER, "Inhibit",
                        g_variant_new("(ssss)", "sleep", "Baomi Guard",
                                      "The screen is locked before the machine sleeps", "delay"),
                        G_VARIANT_TYPE("(h)"), NO_START, TIMEOUT_MS, NULL, login->cancel, got_delay,
                        login);
        }
}

GuardLogin *
guard_login_new(const GuardLoginHandler *handler, gpointer user_data)
{
        GuardLogin *login = g_new0(GuardLogin, 1);

        login->handler = handler;
        login->user_data = user_data;
        login->sessions = g_ptr_array_new_with_free_func(session_free);
        login->inhibitors = g_hash_table_new(NULL, NULL);
        login->delay = -1;
        return login;
}

void
guard_login_free(GuardLogin *login)
{
        if (!login)
                return;
        guard_login_set_bus(login, NULL);
        g_ptr_array_unref(login->sessions);
        g_hash_table_unref(login->inhibitors);
        g_free(login);
}

GDBusConnection *
guard_login_bus(GuardLogin *login)
{
        return login->bus;
}

GPtrArray *
guard_login_sessions(GuardLogin *login)
{
        return login->sessions;
}

gboolean
guard_login_has_listed(GuardLogin *login)
{
        return login->has_listed;
}

const GuardLoginSession *
guard_login_find(GuardLogin *login, const char *id)
{
        for (guint i = 0; i < login->sessions->len; i++) {
                const GuardLoginSession *session = g_ptr_array_index(login->sessions, i);

                if (g_strcmp0(session->id, id) == 0)
                        return session;
        }
        return NULL;
}

const GuardLoginSession *
guard_login_front(GuardLogin *login, const char *seat)
{
        for (guint i = 0; i < login->sessions->len; i++) {
                const GuardLoginSession *session = g_ptr_array_index(login->sessions, i);

                if (session->active && session->seat && g_strcmp0(session->seat, seat) == 0)
                        return session;
        }
        return NULL;
}

gboolean
guard_login_inhibits_idle(GuardLogin *login, guint32 uid)
{
        return g_hash_table_contains(login->inhibitors, GUINT_TO_POINTER(uid));
}
