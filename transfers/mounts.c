/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transfers/mounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LAYERS 8

static gboolean is_on(const char *sys, const char *folder, const char *disk, guint depth);

/* What stands on others: on any of those below. */
static gboolean
stands_on(const char *sys, const char *folder, const char *disk, guint depth)
{
        g_autofree char *slaves = g_build_filename(folder, "slaves", NULL);
        g_autoptr(GDir) dir = g_dir_open(slaves, 0, NULL);
        const char *name;

        while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
                g_autofree char *link = g_build_filename(slaves, name, NULL);
                char *below = realpath(link, NULL);
                gboolean found = below != NULL && is_on(sys, below, disk, depth + 1);

                free(below);
                if (found)
                        return TRUE;
        }
        return FALSE;
}

static gboolean
is_on(const char *sys, const char *folder, const char *disk, guint depth)
{
        g_autofree char *name = g_path_get_basename(folder), *above = g_path_get_dirname(folder);
        g_autofree char *parent = g_path_get_basename(above);

        if (depth > MAX_LAYERS)
                return FALSE;
        return strcmp(name, disk) == 0 || strcmp(parent, disk) == 0 || stands_on(sys, folder, disk, depth);
}

gboolean
transfers_is_on_disk(const char *sys, guint major, guint minor, const char *disk)
{
        g_autofree char *link = g_strdup_printf("%s/dev/block/%u:%u", sys, major, minor);
        char *folder = realpath(link, NULL);
        gboolean found = folder != NULL && is_on(sys, folder, disk, 0);

        free(folder);
        return found;
}

/* "\040": blanks and the like in mountinfo. */
static char *
unescape(const char *text)
{
        GString *plain = g_string_new(NULL);

        for (; *text != '\0'; text++) {
                if (text[0] == '\\' && g_ascii_isdigit(text[1]) && g_ascii_isdigit(text[2]) && g_ascii_isdigit(text[3])) {
                        g_string_append_c(plain, (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0')));
                        text += 3;
                } else {
                        g_string_append_c(plain, *text);
                }
        }
        return g_string_free(plain, FALSE);
}

GPtrArray *
transfers_mounts_of(const char *mountinfo, const char *sys, const char *disk)
{
        GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
        g_auto(GStrv) lines = g_strsplit(mountinfo, "\n", -1);

        for (guint n = 0; lines[n] != NULL; n++) {
                g_auto(GStrv) words = g_strsplit(lines[n], " ", 6);
                guint major, minor;

                if (g_strv_length(words) < 6 || sscanf(words[2], "%u:%u", &major, &minor) != 2)
                        continue;
                if (transfers_is_on_disk(sys, major, minor, disk))
                        g_ptr_array_add(found, unescape(words[4]));
        }
        return found;
}
