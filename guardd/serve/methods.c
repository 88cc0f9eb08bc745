/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of methods, and the short handlers. A handler runs only after polkit has said yes, and ends
 * its call exactly once. Looks at the manager's state now, not as it was when the call came in.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "common/guard-text.h"
#include "guardd/serve/serve-private.h"
#include "guardd/serve/show.h"

const GuardMethod guard_methods[] = {
        {GUARD_BUS_MANAGER, "GetStatus", guard_handle_get_status, NULL},
        {GUARD_BUS_MANAGER, "ListMedia", guard_handle_list_media, NULL},
        {GUARD_BUS_MANAGER, "Explain", guard_handle_explain, guard_explain_asks_registry},
        {GUARD_BUS_MANAGER, "Eject", guard_handle_eject, NULL},
        {GUARD_BUS_MANAGER, "Forget", guard_handle_forget, NULL},
        {GUARD_BUS_MANAGER, "GetRegistry", guard_handle_get_registry, NULL},
        {GUARD_BUS_MANAGER, "InstallRegistry", guard_handle_install_registry, NULL},
        {GUARD_BUS_MANAGER, "QueryLog", guard_handle_query_log, NULL},
        {GUARD_BUS_MANAGER, "VerifyLog", guard_handle_verify_log, NULL},
        {GUARD_BUS_MANAGER, "Reload", guard_handle_reload, NULL},
        {GUARD_BUS_MANAGER, "RegisterAgent", guard_handle_register_agent, NULL},
        {GUARD_BUS_MANAGER, "Heartbeat", guard_handle_heartbeat, NULL},
        {GUARD_BUS_MANAGER, "MyHistory", guard_handle_my_history, NULL},
        {GUARD_BUS_MANAGER, "Watch", guard_handle_watch, NULL},
        {GUARD_BUS_MANAGER, "GetPresence", guard_handle_get_presence, NULL},
        {GUARD_BUS_MANAGER, "Lock", guard_handle_lock, NULL},
        {GUARD_BUS_MANAGER, "Postpone", guard_handle_postpone, NULL},
        {GUARD_BUS_MANAGER, "ListExceptions", guard_handle_list_exceptions, NULL},
        {GUARD_BUS_MANAGER, "AllowDevice", guard_handle_allow_device, NULL},
        {GUARD_BUS_MANAGER, "ApproveException", guard_handle_approve_exception, NULL},
        {GUARD_BUS_MANAGER, "RevokeException", guard_handle_revoke_exception, NULL},
        {GUARD_BUS_MANAGER, "RequestException", guard_handle_request_exception, NULL},
        {GUARD_BUS_MANAGER, "EnterCode", guard_handle_enter_code, NULL},
        {GUARD_OBJECTS_INTERFACE, "GetManagedObjects", guard_handle_managed_objects, NULL},
        {NULL, NULL, NULL, NULL},
};

void
guard_handle_get_status(GuardCall *call)
{
        guard_call_reply(call, g_variant_new("(@a{sv})", guard_show_status(call->serve->manager)));
}

void
guard_handle_list_media(GuardCall *call)
{
        guard_call_reply(call, g_variant_new("(@aa{sv})", guard_show_media(call->serve->manager)));
}

void
guard_handle_reload(GuardCall *call)
{
        guard_manager_reload(call->serve->manager);
        guard_call_reply(call, NULL);
}

static void
on_ejected(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GuardCall *call = user_data;
        GError *error = NULL;

        if (guard_manager_eject_finish(GUARD_MANAGER(source), result, &error))
                guard_call_reply(call, NULL);
        else
                guard_call_fail(call, error);
}

void
guard_handle_eject(GuardCall *call)
{
        const char *id;

        g_variant_get(call->parameters, "(&s@a{sv})", &id, NULL);
        if (!guard_manager_find(call->serve->manager, id)) {
                g_autofree char *said = guard_text_pack(N_("There is no medium '%s' here; 'guardctl media list' shows what is plugged in"),
                                                        id, NULL);

                return guard_call_fail(call, g_error_new_literal(GUARD_ERROR, GUARD_ERROR_NOT_FOUND, said));
        }
        guard_manager_eject_async(call->serve->manager, id, on_ejected, call);
}

void
guard_handle_forget(GuardCall *call)
{
        GError *error = NULL;
        const char *id;

        g_variant_get(call->parameters, "(&s@a{sv})", &id, NULL);
        if (guard_manager_forget(call->serve->manager, id, &error))
                guard_call_reply(call, NULL);
        else
                guard_call_fail(call, error);
}

void
guard_handle_watch(GuardCall *call)
{
        GError *error = NULL;
        GVariantBuilder reply;

        if (!guard_audience_add(call->serve->audience, g_dbus_method_invocation_get_connection(call->invocation), call->sender, NULL,
                                &error))
                return guard_call_fail(call, error);
        g_variant_builder_init(&reply, G_VARIANT_TYPE_VARDICT);
        guard_show_value(&reply, "status", guard_show_status(call->serve->manager));
        guard_show_value(&reply, "media", guard_show_media(call->serve->manager));
        guard_call_reply(call, g_variant_new("(a{sv})", &reply));
}
