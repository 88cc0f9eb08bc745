/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reader of mountinfo and of sysfs' holders.
 */
#include <string.h>
#include "guardd/block/facts.h"
#include "guardd/block/mounts.h"

#define CLASS_BLOCK "/sys/class/block"

static char *
unescape(const char *field, gsize size)
{
        g_autofree char *copy = g_strndup(field, size);

        return g_strcompress(copy); /* mountinfo writes blanks as \040 */
}

GPtrArray *
guard_mounts_of(const char *mountinfo, GPtrArray *numbers)
{
        GPtrArray *points = g_ptr_array_new_with_free_func(g_free);
        g_auto(GStrv) lines = g_strsplit(mountinfo, "\n", -1);

        for (guint i = 0; lines[i]; i++) {
                g_auto(GStrv) fields = g_strsplit(lines[i], " ", 6);

                if (g_strv_length(fields) < 6)
                        continue;
                for (guint n = 0; n < numbers->len; n++)
                        if (strcmp(fields[2], g_ptr_array_index(numbers, n)) == 0)
                                g_ptr_array_add(points, unescape(fields[4], strlen(fields[4])));
        }
        return points;
}

GPtrArray *
guard_mounts_now(GPtrArray *numbers)
{
        g_autofree char *mountinfo = NULL;

        if (!g_file_get_contents("/proc/self/mountinfo", &mountinfo, NULL, NULL))
                return g_ptr_array_new_with_free_func(g_free);
        return guard_mounts_of(mountinfo, numbers);
}

GPtrArray *
guard_block_numbers(GPtrArray *names)
{
        GPtrArray *numbers = g_ptr_array_new_with_free_func(g_free);

        for (guint i = 0; i < names->len; i++) {
                g_autofree char *path =
                        g_build_filename(CLASS_BLOCK, g_ptr_array_index(names, i), "dev", NULL);
                char *number = NULL;

                if (g_file_get_contents(path, &number, NULL, NULL))
                        g_ptr_array_add(numbers, g_strchomp(number));
        }
        return numbers;
}

static gboolean
has_holders(const char *name)
{
        g_autofree char *path = g_build_filename(CLASS_BLOCK, name, "holders", NULL);
        g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);

        return dir && g_dir_read_name(dir) != NULL;
}

gboolean
guard_block_in_use(const GuardBlockFacts *facts)
{
        g_autoptr(GPtrArray) names = guard_block_partitions(facts);

        g_ptr_array_add(names, g_strdup(facts->name));
        return guard_block_names_in_use(names);
}

gboolean
guard_block_names_in_use(GPtrArray *names)
{
        g_autoptr(GPtrArray) numbers = NULL;
        g_autoptr(GPtrArray) points = NULL;

        for (guint i = 0; i < names->len; i++)
                if (has_holders(g_ptr_array_index(names, i)))
                        return TRUE;
        numbers = guard_block_numbers(names);
        points = guard_mounts_now(numbers);
        return points->len > 0;
}
