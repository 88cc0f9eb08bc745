/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One question to polkit about this process. No answer is a no.
 */
#include "station/window/authority.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#define ALLOW_USER_INTERACTION 1u

static const char *const actions[GUARD_N_DUTIES] = {
        [GUARD_DUTY_SET_UP] = "org.baomiguard.station.set-up",
        [GUARD_DUTY_EDIT] = "org.baomiguard.station.edit",
        [GUARD_DUTY_SECRET] = "org.baomiguard.station.secret",
        [GUARD_DUTY_PUBLISH] = "org.baomiguard.station.publish",
};

typedef struct {
        const char *action;
        GuardAuthorized authorized;
        gpointer data;
} Question;

const char *
guard_authority_action(GuardDuty duty)
{
        return (guint)duty < GUARD_N_DUTIES ? actions[duty] : NULL;
}

static void
end(Question *question, const char *why)
{
        question->authorized(why, question->data);
        g_free(question);
}

static void
on_answer(GObject *bus, GAsyncResult *result, gpointer data)
{
        Question *question = data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(bus), result, &error),
                            details = NULL;
        g_autofree char *why = NULL;
        gboolean yes = FALSE, challenge = FALSE;

        if (reply == NULL) {
                g_dbus_error_strip_remote_error(error);
                why = g_strdup_printf(_("polkit cannot be asked whether you may do this: %s. Have polkit started, then "
                                        "try again"),
                                      error->message);
                end(question, why);
                return;
        }
        g_variant_get(reply, "((bb@a{ss}))", &yes, &challenge, &details);
        if (yes) {
                end(question, NULL);
                return;
        }
        if (g_variant_lookup(details, "polkit.dismissed", "s", &why)) {
                end(question, ""); /* he knows himself */
                return;
        }
        why = g_strdup_printf(challenge ? _("No password was asked for, since nothing in this session can ask (%s)")
                                        : _("The rules of polkit on this machine do not let you do this (%s)"),
                              question->action);
        end(question, why);
}

static void
on_bus(GObject *source, GAsyncResult *result, gpointer data)
{
        Question *question = data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GDBusConnection) bus = g_bus_get_finish(result, &error);
        g_autofree char *why = NULL;
        GVariantBuilder subject;

        (void)source;
        if (bus == NULL) {
                why = g_strdup_printf(_("polkit cannot be asked whether you may do this: %s. Have polkit started, then "
                                        "try again"),
                                      error->message);
                end(question, why);
                return;
        }
        g_variant_builder_init(&subject, G_VARIANT_TYPE("a{sv}"));
        g_variant_builder_add(&subject, "{sv}", "name", g_variant_new_string(g_dbus_connection_get_unique_name(bus)));
        g_dbus_connection_call(bus, "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
                               "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization",
                               g_variant_new("((sa{sv})sa{ss}us)", "system-bus-name", &subject, question->action, NULL,
                                             ALLOW_USER_INTERACTION, ""),
                               G_VARIANT_TYPE("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, on_answer,
                               question);
}

void
guard_authority_ask(GuardRolesMode mode, GuardDuty duty, GuardAuthorized authorized, gpointer user_data)
{
        Question *question;

        if (mode == GUARD_ROLES_OFF || guard_authority_action(duty) == NULL) {
                authorized(NULL, user_data);
                return;
        }
        question = g_new0(Question, 1);
        *question = (Question){actions[duty], authorized, user_data};
        g_bus_get(G_BUS_TYPE_SYSTEM, NULL, on_bus, question);
}
