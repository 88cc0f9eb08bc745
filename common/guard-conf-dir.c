/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads configuration files and drop-in directories. No parsing here.
 */
#include "common/guard-conf-dir.h"
#include "common/guard-conf.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static gboolean
set_io_error(GError **error, const char *path, int code)
{
        g_set_error(error, GUARD_ERROR, code == ENOENT ? GUARD_ERROR_NOT_FOUND : GUARD_ERROR_IO,
                    _("%s cannot be read: %s"), path, g_strerror(code));
        return FALSE;
}

/* Reads up to one byte more than is allowed, so that a file that grew is noticed. */
static gboolean
read_all(int fd, const char *path, char **text, gsize *size, GError **error)
{
        g_autofree char *buffer = g_malloc(GUARD_CONF_MAX_SIZE + 2);
        gsize length = 0;
        while (length <= GUARD_CONF_MAX_SIZE) {
                gssize n = read(fd, buffer + length, GUARD_CONF_MAX_SIZE + 1 - length);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return set_io_error(error, path, errno);
                if (n == 0)
                        break;
                length += (gsize)n;
        }
        if (length > GUARD_CONF_MAX_SIZE)
                return set_io_error(error, path, EFBIG);
        buffer[length] = '\0';
        *size = length;
        *text = g_realloc(g_steal_pointer(&buffer), length + 1);
        return TRUE;
}

gboolean
guard_conf_read_file(const char *path, char **text, gsize *size, GError **error)
{
        struct stat st;
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
                return set_io_error(error, path, errno);
        gboolean done = FALSE;
        if (fstat(fd, &st) != 0) {
                set_io_error(error, path, errno);
        } else if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3)) {
                *text = g_strdup("");
                *size = 0;
                done = TRUE;
        } else if (!S_ISREG(st.st_mode)) {
                set_io_error(error, path, S_ISDIR(st.st_mode) ? EISDIR : EINVAL);
        } else {
                done = read_all(fd, path, text, size, error);
        }
        close(fd);
        return done;
}

/* Puts @dir's names into @paths (name → path); a later directory masks an earlier one. */
static gboolean
list_dir(const char *dir, GHashTable *paths, GError **error)
{
        g_autoptr(GError) local = NULL;
        g_autoptr(GDir) handle = g_dir_open(dir, 0, &local);
        if (handle == NULL) {
                if (g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
                        return TRUE;
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_IO, local->message);
                return FALSE;
        }
        for (const char *name; (name = g_dir_read_name(handle)) != NULL;)
                if (name[0] != '.' && g_str_has_suffix(name, ".conf"))
                        g_hash_table_insert(paths, g_strdup(name),
                                            g_build_filename(dir, name, NULL));
        return TRUE;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
        return strcmp(a, b); /* bytes, not the locale's order: the same everywhere */
}

static void
text_free(gpointer data)
{
        GuardConfText *text = data;
        g_free(text->name);
        g_free(text->text);
        g_free(text);
}

GPtrArray *
guard_conf_dir_load(const char *vendor, const char *etc, GError **error)
{
        g_autoptr(GHashTable) paths =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        if ((vendor != NULL && !list_dir(vendor, paths, error)) ||
            (etc != NULL && !list_dir(etc, paths, error)))
                return NULL;

        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(text_free);
        g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(paths), compare_names);
        for (GList *l = names; l != NULL; l = l->next) {
                GuardConfText *text = g_new0(GuardConfText, 1);
                g_ptr_array_add(texts, text);
                text->name = g_strdup(g_hash_table_lookup(paths, l->data));
                if (!guard_conf_read_file(text->name, &text->text, &text->size, error))
                        return NULL;
        }
        return g_steal_pointer(&texts);
}
