/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one door: every method and every property read of every object comes through here, and polkit
 * is asked before anything is looked at. Which action is needed stands in dbus/org.baomiguard.Guard1.xml; what
 * names none is refused.
 */
#include <glib/gi18n-lib.h>
#include "common/client/bus-errors.h"
#include "common/guard-error.h"
#include "common/guard-names.h"
#include "guard-bus-info.h"
#include "guardd/serve/authority.h"
#include "guardd/serve/serve-private.h"

#define ACTION "org.baomiguard.Guard1.Action"
#define ASK_ACTION "org.baomiguard.Guard1.AskAction"
#define READ_ACTION "org.baomiguard.Guard1.ReadAction"

#define MAX_CALLS 256         /* under way, of all callers */
#define MAX_CALLS_OF_SENDER 16 /* a question waiting for a password each: nobody needs more */

static const GuardMethod property_get = {GUARD_PROPERTIES_INTERFACE, "Get", guard_handle_property, NULL};
static const GuardMethod property_get_all = {GUARD_PROPERTIES_INTERFACE, "GetAll", guard_handle_all_properties, NULL};

static const GDBusInterfaceInfo *
interface_of(const char *name)
{
        static const GDBusInterfaceInfo *const interfaces[] = {
                &org_baomiguard_guard1_manager_interface,
                &org_baomiguard_guard1_medium_interface,
                &org_freedesktop_dbus_object_manager_interface,
        };

        for (gsize i = 0; i < G_N_ELEMENTS(interfaces); i++)
                if (g_strcmp0(interfaces[i]->name, name) == 0)
                        return interfaces[i];
        return NULL;
}

static const GuardMethod *
method_of(const char *interface, const char *name)
{
        if (g_str_equal(interface, GUARD_PROPERTIES_INTERFACE))
                return g_str_equal(name, "Get") ? &property_get : g_str_equal(name, "GetAll") ? &property_get_all : NULL;
        for (const GuardMethod *method = guard_methods; method->interface; method++)
                if (g_str_equal(method->interface, interface) && g_str_equal(method->method, name))
                        return method;
        return NULL;
}

/* The polkit action, NULL where the XML names none. */
static const char *
action_of(const GuardMethod *method, GVariant *parameters)
{
        const GDBusInterfaceInfo *interface;
        GDBusMethodInfo *info;

        if (g_str_equal(method->interface, GUARD_PROPERTIES_INTERFACE)) {
                g_autoptr(GVariant) name = g_variant_get_child_value(parameters, 0);

                interface = interface_of(g_variant_get_string(name, NULL));
                return interface ? g_dbus_annotation_info_lookup(interface->annotations, READ_ACTION) : NULL;
        }
        interface = interface_of(method->interface);
        info = interface ? g_dbus_interface_info_lookup_method((GDBusInterfaceInfo *)interface, method->method) : NULL;
        if (!info)
                return NULL;
        return g_dbus_annotation_info_lookup(info->annotations, method->asks_more && method->asks_more(parameters) ? ASK_ACTION : ACTION);
}

static void
call_free(GuardCall *call)
{
        if (call->name_watch)
                g_bus_unwatch_name(call->name_watch);
        g_hash_table_remove(call->serve->calls, call);
        g_clear_object(&call->invocation);
        g_clear_object(&call->cancel);
        g_variant_unref(call->parameters);
        g_free(call->sender);
        g_free(call->action);
        guard_serve_unref(call->serve);
        g_free(call);
}

void
guard_call_reply(GuardCall *call, GVariant *reply)
{
        g_autoptr(GVariant) owned = reply ? g_variant_ref_sink(reply) : NULL;

        if (!g_cancellable_is_cancelled(call->cancel))
                g_dbus_method_invocation_return_value(g_steal_pointer(&call->invocation), owned);
        call_free(call);
}

/* Errors leave with names that mean something to a client. */
static void
return_error(GDBusMethodInvocation *invocation, const GError *error)
{
        if (error->domain == GUARD_ERROR)
                g_dbus_method_invocation_return_dbus_error(invocation, guard_bus_error_name(error->code), error->message);
        else if (error->domain == G_DBUS_ERROR)
                g_dbus_method_invocation_return_gerror(invocation, error);
        else
                g_dbus_method_invocation_return_dbus_error(invocation, guard_bus_error_name(GUARD_ERROR_FAILED), error->message);
}

void
guard_call_fail(GuardCall *call, GError *error)
{
        if (!g_cancellable_is_cancelled(call->cancel))
                return_error(g_steal_pointer(&call->invocation), error);
        g_error_free(error);
        call_free(call);
}

static void
on_caller_vanished(GDBusConnection *connection, const char *name, gpointer user_data)
{
        GuardCall *call = user_data;

        (void)connection, (void)name;
        g_cancellable_cancel(call->cancel); /* whoever holds the call ends it */
}

static void
on_authorised(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GuardCall *call = user_data;
        GError *error = NULL;
        const GuardMethod *method;

        (void)source;
        if (!guard_authority_check_finish(result, &error))
                return guard_call_fail(call, error);
        if (!call->serve->manager || g_cancellable_is_cancelled(call->cancel))
                return guard_call_fail(call, g_error_new(GUARD_ERROR, GUARD_ERROR_UNREACHABLE, _("guardd is stopping")));
        method = method_of(g_dbus_method_invocation_get_interface_name(call->invocation),
                           g_dbus_method_invocation_get_method_name(call->invocation));
        method->handle(call);
}

static gboolean
has_room(GuardServe *serve, const char *sender)
{
        GHashTableIter iter;
        gpointer key;
        guint same = 0;

        g_hash_table_iter_init(&iter, serve->calls);
        while (g_hash_table_iter_next(&iter, &key, NULL))
                if (g_str_equal(((GuardCall *)key)->sender, sender))
                        same++;
        return same < MAX_CALLS_OF_SENDER && g_hash_table_size(serve->calls) < MAX_CALLS;
}

static void
begin_call(GuardServe *serve, GDBusMethodInvocation *invocation, const char *sender, const char *action, GVariant *parameters)
{
        GDBusConnection *connection = g_dbus_method_invocation_get_connection(invocation);
        GDBusMessageFlags flags = g_dbus_message_get_flags(g_dbus_method_invocation_get_message(invocation));
        GuardCall *call = g_new0(GuardCall, 1);

        call->serve = guard_serve_ref(serve);
        call->invocation = invocation;
        call->sender = g_strdup(sender);
        call->action = g_strdup(action);
        call->parameters = g_variant_ref(parameters);
        call->cancel = g_cancellable_new();
        g_hash_table_add(serve->calls, call);
        call->name_watch = g_bus_watch_name_on_connection(connection, sender, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_caller_vanished,
                                                          call, NULL);
        guard_authority_check_async(connection, sender, action, (flags & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION) != 0,
                                    call->cancel, on_authorised, call);
}

static void
on_method_call(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
               GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
        GuardServe *serve = user_data;
        const GuardMethod *method = method_of(interface, name);
        const char *action = method ? action_of(method, parameters) : NULL;
        gboolean beats = action && sender && method->handle == guard_handle_heartbeat;
        GVariant *heard = beats ? guard_serve_beat(serve, sender, parameters) : NULL;

        (void)connection, (void)path;
        /* A registered agent was asked about when it registered; twice a minute for each session is polkit's day. */
        if (heard)
                g_dbus_method_invocation_return_value(invocation, heard);
        else if (!action || !sender)
                g_dbus_method_invocation_return_error(invocation, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED,
                                                      _("%s.%s is not open to anybody"), interface, name);
        else if (!has_room(serve, sender))
                g_dbus_method_invocation_return_error(invocation, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED,
                                                      _("Too many questions at once; wait for their answers"));
        else
                begin_call(serve, invocation, sender, action, parameters);
}

/* No get_property: GDBus then sends property reads to on_method_call(), where polkit is. */
const GDBusInterfaceVTable guard_door_vtable = {.method_call = on_method_call};

gboolean
guard_door_open(GuardServe *serve, GDBusConnection *connection, GError **error)
{
        guard_bus_errors_register();
        serve->manager_id =
                g_dbus_connection_register_object(connection, GUARD_BUS_PATH, (GDBusInterfaceInfo *)&org_baomiguard_guard1_manager_interface,
                                                  &guard_door_vtable, serve, NULL, error);
        if (!serve->manager_id)
                return FALSE;
        serve->objects_id = g_dbus_connection_register_object(connection, GUARD_BUS_PATH,
                                                              (GDBusInterfaceInfo *)&org_freedesktop_dbus_object_manager_interface,
                                                              &guard_door_vtable, serve, NULL, error);
        if (!serve->objects_id)
                return FALSE;
        serve->media_id = g_dbus_connection_register_subtree(connection, GUARD_BUS_PATH_MEDIA, &guard_objects_vtable,
                                                             G_DBUS_SUBTREE_FLAGS_NONE, serve, NULL, error);
        return serve->media_id != 0;
}

void
guard_door_close(GuardServe *serve)
{
        GDBusConnection *connection = guard_link_connection(serve->link);
        GHashTableIter iter;
        gpointer key;

        if (connection && serve->manager_id)
                g_dbus_connection_unregister_object(connection, serve->manager_id);
        if (connection && serve->objects_id)
                g_dbus_connection_unregister_object(connection, serve->objects_id);
        if (connection && serve->media_id)
                g_dbus_connection_unregister_subtree(connection, serve->media_id);
        serve->manager_id = serve->objects_id = serve->media_id = 0;
        g_hash_table_iter_init(&iter, serve->calls);
        while (g_hash_table_iter_next(&iter, &key, NULL))
                g_cancellable_cancel(((GuardCall *)key)->cancel);
}
