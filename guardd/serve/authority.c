/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asking polkit, asynchronously. Any doubt is a no.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-text.h"
#include "guardd/serve/authority.h"

#define POLKIT_NAME "org.freedesktop.PolicyKit1"
#define POLKIT_PATH "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_INTERFACE "org.freedesktop.PolicyKit1.Authority"
#define POLKIT_ALLOW_USER_INTERACTION 1u

/* Milliseconds: a machine's answer; a person typing a password may take as long as polkit lets them. */
#define TIMEOUT_MS 25000

typedef struct {
        char *sender, *action, *id;
        gboolean interactive;
} Check;

static void
check_free(Check *check)
{
        g_free(check->sender);
        g_free(check->action);
        g_free(check->id);
        g_free(check);
}

static void
deny(GTask *task, const char *why)
{
        const Check *check = g_task_get_task_data(task);
        g_autofree char *said = guard_text_pack(N_("Not allowed: %s (polkit action %s)"), why, check->action, NULL);

        g_task_return_error(task, g_error_new_literal(G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED, said));
        g_object_unref(task);
}

static void
deny_in_words(GTask *task, const char *msgid)
{
        g_autofree char *why = guard_text_pack(msgid, NULL);

        deny(task, why);
}

static void
on_uid(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GTask *task = user_data;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, NULL);
        guint32 uid = G_MAXUINT32;

        if (reply)
                g_variant_get(reply, "(u)", &uid);
        if (uid != 0)
                return deny_in_words(task, N_("polkit does not answer, so that only root may do this"));
        g_task_return_boolean(task, TRUE);
        g_object_unref(task);
}

/* No polkit on this bus (a rescue system, or it is not installed): root is let through, nobody else. */
static void
ask_uid(GDBusConnection *connection, GTask *task)
{
        const Check *check = g_task_get_task_data(task);

        g_dbus_connection_call(connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                               "GetConnectionUnixUser", g_variant_new("(s)", check->sender), G_VARIANT_TYPE("(u)"),
                               G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, g_task_get_cancellable(task), on_uid, task);
}

static gboolean
is_absence(const GError *error)
{
        static const char *const absences[] = {
                "org.freedesktop.DBus.Error.ServiceUnknown",
                "org.freedesktop.DBus.Error.NameHasNoOwner",
                "org.freedesktop.systemd1.NoSuchUnit",
                "org.freedesktop.DBus.Error.Spawn.ServiceNotFound",
                "org.freedesktop.DBus.Error.Spawn.ExecFailed",
                NULL,
        };
        g_autofree char *name = g_dbus_error_get_remote_error(error);

        return name && g_strv_contains(absences, name);
}

static void
withdraw_question(GDBusConnection *connection, const Check *check)
{
        g_dbus_connection_call(connection, POLKIT_NAME, POLKIT_PATH, POLKIT_INTERFACE, "CancelCheckAuthorization",
                               g_variant_new("(s)", check->id), NULL, G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, NULL, NULL);
}

static void
on_checked(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GTask *task = user_data;
        GDBusConnection *connection = G_DBUS_CONNECTION(source);
        const Check *check = g_task_get_task_data(task);
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(connection, result, &error);
        gboolean allowed = FALSE, challenge = FALSE;

        if (g_cancellable_is_cancelled(g_task_get_cancellable(task))) {
                withdraw_question(connection, check);
                g_task_return_new_error(task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the caller is gone");
                g_object_unref(task);
                return;
        }
        if (error && is_absence(error))
                return ask_uid(connection, task);
        if (!reply)
                return deny(task, error->message);
        g_variant_get(reply, "((bba{ss}))", &allowed, &challenge, NULL);
        if (allowed) {
                g_task_return_boolean(task, TRUE);
                g_object_unref(task);
                return;
        }
        deny_in_words(task, challenge && !check->interactive
                                    ? N_("an administrator's password is needed; run it on a terminal, or as root")
                                    : N_("polkit said no"));
}

void
guard_authority_check_async(GDBusConnection *connection, const char *sender, const char *action, gboolean interactive,
                            GCancellable *cancel, GAsyncReadyCallback callback, gpointer user_data)
{
        GTask *task = g_task_new(NULL, cancel, callback, user_data);
        Check *check = g_new0(Check, 1);
        GVariantBuilder subject;

        check->sender = g_strdup(sender);
        check->action = g_strdup(action);
        check->id = g_uuid_string_random();
        check->interactive = interactive;
        g_task_set_task_data(task, check, (GDestroyNotify)check_free);
        g_task_set_check_cancellable(task, FALSE);

        g_variant_builder_init(&subject, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&subject, "{sv}", "name", g_variant_new_string(sender));
        g_dbus_connection_call(connection, POLKIT_NAME, POLKIT_PATH, POLKIT_INTERFACE, "CheckAuthorization",
                               g_variant_new("((sa{sv})sa{ss}us)", "system-bus-name", &subject, action, NULL,
                                             interactive ? POLKIT_ALLOW_USER_INTERACTION : 0u, check->id),
                               G_VARIANT_TYPE("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE, interactive ? G_MAXINT : TIMEOUT_MS, cancel,
                               on_checked, task);
}

gboolean
guard_authority_check_finish(GAsyncResult *result, GError **error)
{
        return g_task_propagate_boolean(G_TASK(result), error);
}
