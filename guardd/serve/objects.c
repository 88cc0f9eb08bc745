/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The object tree: the manager's properties, each present medium as an object below /media, and
 * ObjectManager's view of both. Stateless: all is read from the manager when asked.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "common/guard-names.h"
#include "guard-bus-info.h"
#include "guardd/serve/serve-private.h"
#include "guardd/serve/show.h"

/* "1-2.4" → "1_2d2_2e4": what is no letter or digit becomes _ and two hex digits. */
static char *
node_of(const char *id)
{
        GString *node = g_string_new(NULL);

        for (const char *p = id; *p; p++)
                if (g_ascii_isalnum(*p))
                        g_string_append_c(node, *p);
                else
                        g_string_append_printf(node, "_%02x", (guint)(guchar)*p);
        return g_string_free(node, FALSE);
}

char *
guard_media_path(const char *id)
{
        g_autofree char *node = node_of(id);

        return g_strconcat(GUARD_BUS_PATH_MEDIA "/", node, NULL);
}

static GuardDevice *
device_of_path(GuardServe *serve, const char *path)
{
        GPtrArray *devices = guard_manager_devices(serve->manager);

        for (guint i = 0; i < devices->len; i++) {
                GuardDevice *device = devices->pdata[i];
                g_autofree char *own = guard_media_path(device->id);

                if (g_str_equal(own, path))
                        return device;
        }
        return NULL;
}

/* "vendor_id" for "VendorId". */
static char *
key_of_property(const char *name)
{
        GString *key = g_string_new(NULL);

        for (const char *p = name; *p; p++) {
                if (g_ascii_isupper(*p) && p != name)
                        g_string_append_c(key, '_');
                g_string_append_c(key, g_ascii_tolower(*p));
        }
        return g_string_free(key, FALSE);
}

/* The properties that the XML has, out of a dictionary with INTERFACES' keys; what is unknown becomes empty. */
static GVariant *
properties_from(const GDBusInterfaceInfo *interface, GVariant *dict)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        for (GDBusPropertyInfo **info = interface->properties; info && *info; info++) {
                g_autofree char *key = key_of_property((*info)->name);
                const GVariantType *type = G_VARIANT_TYPE((*info)->signature);
                g_autoptr(GVariant) value = g_variant_lookup_value(dict, key, type);

                if (!value && g_variant_type_equal(type, G_VARIANT_TYPE_STRING))
                        value = g_variant_ref_sink(g_variant_new_string(""));
                if (!value && g_variant_type_equal(type, G_VARIANT_TYPE_BOOLEAN))
                        value = g_variant_ref_sink(g_variant_new_boolean(FALSE));
                if (!value)
                        value = g_variant_ref_sink(g_variant_new_array(g_variant_type_element(type), NULL, 0));
                guard_show_value(&builder, (*info)->name, value);
        }
        return g_variant_builder_end(&builder);
}

static GVariant *
manager_properties(GuardServe *serve)
{
        g_autoptr(GVariant) dict = g_variant_ref_sink(guard_show_status(serve->manager));

        return properties_from(&org_baomiguard_guard1_manager_interface, dict);
}

GVariant *
guard_medium_properties(const GuardDevice *device)
{
        g_autoptr(GVariant) dict = g_variant_ref_sink(guard_show_device(device));

        return properties_from(&org_baomiguard_guard1_medium_interface, dict);
}

/* All properties of the object and interface that a Properties call names; NULL with an error where there is no such. */
static GVariant *
properties_of_call(GuardCall *call, GError **error)
{
        const char *path = g_dbus_method_invocation_get_object_path(call->invocation);
        g_autoptr(GVariant) name = g_variant_get_child_value(call->parameters, 0);
        const char *interface = g_variant_get_string(name, NULL);
        GuardDevice *device;

        if (g_str_equal(path, GUARD_BUS_PATH) && g_str_equal(interface, GUARD_BUS_MANAGER))
                return manager_properties(call->serve);
        device = g_str_equal(interface, GUARD_MEDIUM_INTERFACE) ? device_of_path(call->serve, path) : NULL;
        if (device)
                return guard_medium_properties(device);
        g_set_error(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT, _("There is no such medium any more"));
        return NULL;
}

void
guard_handle_all_properties(GuardCall *call)
{
        GError *error = NULL;
        GVariant *all = properties_of_call(call, &error);

        if (all)
                guard_call_reply(call, g_variant_new("(@a{sv})", all));
        else
                guard_call_fail(call, error);
}

void
guard_handle_property(GuardCall *call)
{
        GError *error = NULL;
        g_autoptr(GVariant) all = properties_of_call(call, &error);
        g_autoptr(GVariant) value = NULL;
        const char *name;

        if (!all)
                return guard_call_fail(call, error);
        g_variant_ref_sink(all);
        g_variant_get(call->parameters, "(&s&s)", NULL, &name);
        value = g_variant_lookup_value(all, name, NULL);
        if (value)
                guard_call_reply(call, g_variant_new("(v)", value));
        else
                guard_call_fail(call, g_error_new(G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_PROPERTY, _("There is no property '%s'"), name));
}

static void
add_object(GVariantBuilder *objects, const char *path, const char *interface, GVariant *properties)
{
        GVariantBuilder interfaces;

        g_variant_builder_init(&interfaces, G_VARIANT_TYPE("a{sa{sv}}"));
        g_variant_builder_add(&interfaces, "{s@a{sv}}", interface, properties);
        g_variant_builder_add(objects, "{oa{sa{sv}}}", path, &interfaces);
}

void
guard_handle_managed_objects(GuardCall *call)
{
        GPtrArray *devices = guard_manager_devices(call->serve->manager);
        GVariantBuilder objects;

        g_variant_builder_init(&objects, G_VARIANT_TYPE("a{oa{sa{sv}}}"));
        for (guint i = 0; i < devices->len; i++) {
                GuardDevice *device = devices->pdata[i];
                g_autofree char *path = guard_media_path(device->id);

                add_object(&objects, path, GUARD_MEDIUM_INTERFACE, guard_medium_properties(device));
        }
        guard_call_reply(call, g_variant_new("(a{oa{sa{sv}}})", &objects));
}

static char **
on_enumerate(GDBusConnection *connection, const char *sender, const char *path, gpointer user_data)
{
        GuardServe *serve = user_data;
        GPtrArray *nodes = g_ptr_array_new();
        GPtrArray *devices = serve->manager ? guard_manager_devices(serve->manager) : NULL;

        (void)connection, (void)sender, (void)path;
        for (guint i = 0; devices && i < devices->len; i++)
                g_ptr_array_add(nodes, node_of(((GuardDevice *)devices->pdata[i])->id));
        g_ptr_array_add(nodes, NULL);
        return (char **)g_ptr_array_free(nodes, FALSE);
}

static GDBusInterfaceInfo **
on_introspect(GDBusConnection *connection, const char *sender, const char *path, const char *node, gpointer user_data)
{
        GDBusInterfaceInfo **interfaces = g_new0(GDBusInterfaceInfo *, 2);

        (void)connection, (void)sender, (void)path, (void)user_data;
        if (node)
                interfaces[0] = g_dbus_interface_info_ref((GDBusInterfaceInfo *)&org_baomiguard_guard1_medium_interface);
        return interfaces;
}

static const GDBusInterfaceVTable *
on_dispatch(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *node,
            gpointer *out_user_data, gpointer user_data)
{
        (void)connection, (void)sender, (void)path, (void)interface;
        *out_user_data = user_data;
        return node ? &guard_door_vtable : NULL;
}

const GDBusSubtreeVTable guard_objects_vtable = {on_enumerate, on_introspect, on_dispatch, {0}};
