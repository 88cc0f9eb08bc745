/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Walks the reply of udisks' object manager.
 */
#include <string.h>
#include "guardd/block/udisks-tree.h"

#define BLOCK GUARD_UDISKS ".Block"
#define FILESYSTEM GUARD_UDISKS ".Filesystem"
#define ENCRYPTED GUARD_UDISKS ".Encrypted"
#define BLOCK_DEVICES "/org/freedesktop/UDisks2/block_devices/"
#define MAX_DEPTH 4

static void
step_free(gpointer data)
{
        GuardUdisksStep *step = data;

        g_free(step->path);
        g_free(step);
}

static void
add_step(GPtrArray *steps, const char *path, const char *interface, const char *method)
{
        GuardUdisksStep *step = g_new0(GuardUdisksStep, 1);

        *step = (GuardUdisksStep){g_strdup(path), interface, method};
        g_ptr_array_add(steps, step);
}

/* Value of a property, or NULL. */
static GVariant *
property(GVariant *objects, const char *path, const char *interface, const char *name)
{
        g_autoptr(GVariant) interfaces =
                g_variant_lookup_value(objects, path, G_VARIANT_TYPE("a{sa{sv}}"));
        g_autoptr(GVariant) properties =
                interfaces ? g_variant_lookup_value(interfaces, interface, G_VARIANT_TYPE_VARDICT)
                           : NULL;

        return properties ? g_variant_lookup_value(properties, name, NULL) : NULL;
}

static gboolean
is_mounted(GVariant *objects, const char *path)
{
        g_autoptr(GVariant) points = property(objects, path, FILESYSTEM, "MountPoints");

        return points && g_variant_is_container(points) && g_variant_n_children(points) > 0;
}

static void
add_object(GVariant *objects, const char *path, GPtrArray *steps, guint depth)
{
        g_autoptr(GVariant) inside = property(objects, path, ENCRYPTED, "CleartextDevice");

        if (is_mounted(objects, path))
                add_step(steps, path, FILESYSTEM, "Unmount");
        if (inside && g_variant_is_of_type(inside, G_VARIANT_TYPE_OBJECT_PATH) &&
            strcmp(g_variant_get_string(inside, NULL), "/") != 0 && depth < MAX_DEPTH) {
                add_object(objects, g_variant_get_string(inside, NULL), steps, depth + 1);
                add_step(steps, path, ENCRYPTED, "Lock");
        }
}

GPtrArray *
guard_udisks_steps(GVariant *reply, GPtrArray *names, char **drive)
{
        GPtrArray *steps = g_ptr_array_new_with_free_func(step_free);
        g_autoptr(GVariant) objects = g_variant_get_child_value(reply, 0);

        *drive = NULL;
        for (guint i = 0; i < names->len; i++) {
                g_autofree char *path = g_strconcat(BLOCK_DEVICES, g_ptr_array_index(names, i), NULL);
                g_autoptr(GVariant) of = property(objects, path, BLOCK, "Drive");

                add_object(objects, path, steps, 0);
                if (!*drive && of && g_variant_is_of_type(of, G_VARIANT_TYPE_OBJECT_PATH) &&
                    strcmp(g_variant_get_string(of, NULL), "/") != 0)
                        *drive = g_variant_dup_string(of, NULL);
        }
        return steps;
}

gboolean
guard_udisks_error_is_harmless(const GError *error)
{
        static const char *const HARMLESS[] = {
                "org.freedesktop.UDisks2.Error.NotMounted",
                "org.freedesktop.DBus.Error.UnknownMethod", /* the object is gone */
                "org.freedesktop.DBus.Error.UnknownObject",
                "org.freedesktop.DBus.Error.ServiceUnknown",
        };
        g_autofree char *name = g_dbus_error_get_remote_error(error);

        for (gsize i = 0; name && i < G_N_ELEMENTS(HARMLESS); i++)
                if (strcmp(name, HARMLESS[i]) == 0)
                        return TRUE;
        return FALSE;
}
