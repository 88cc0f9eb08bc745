/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * key=value files: parse, read, write atomically.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "guardd/keyval.h"

#define MAX_SIZE 65536

GHashTable *
guard_keyval_parse(const char *text, gsize size)
{
        GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        const char *end = text + size;

        while (text < end) {
                const char *nl = memchr(text, '\n', (gsize)(end - text));
                const char *stop = nl ? nl : end;
                const char *eq = memchr(text, '=', (gsize)(stop - text));

                if (eq && eq > text)
                        g_hash_table_replace(table, g_strndup(text, (gsize)(eq - text)),
                                             g_strndup(eq + 1, (gsize)(stop - eq - 1)));
                text = stop + 1;
        }
        return table;
}

GHashTable *
guard_keyval_read(const char *path, GError **error)
{
        char buffer[4096];
        g_autoptr(GString) text = g_string_new(NULL);
        ssize_t n = 0;
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

        if (fd >= 0) {
                while (text->len < MAX_SIZE && (n = read(fd, buffer, sizeof buffer)) > 0)
                        g_string_append_len(text, buffer, n);
        }
        if (fd < 0 || n < 0) {
                g_set_error(error, GUARD_ERROR,
                            errno == ENOENT ? GUARD_ERROR_NOT_FOUND : GUARD_ERROR_IO,
                            _("Cannot read %s: %s"), path, g_strerror(errno));
                if (fd >= 0)
                        close(fd);
                return NULL;
        }
        close(fd);
        return guard_keyval_parse(text->str, text->len);
}

static gboolean
write_all(int fd, const char *text, gsize size)
{
        while (size > 0) {
                ssize_t n = write(fd, text, size);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return FALSE;
                text += n;
                size -= (gsize)n;
        }
        return TRUE;
}

static void
sync_folder(const char *path)
{
        g_autofree char *folder = g_path_get_dirname(path);
        int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd >= 0) {
                (void)fsync(fd);
                close(fd);
        }
}

gboolean
guard_keyval_write(const char *path, const char *text, gboolean durable, GError **error)
{
        g_autofree char *temporary = g_strconcat(path, ".new", NULL);
        int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        gboolean good = fd >= 0 && write_all(fd, text, strlen(text)) &&
                        (!durable || fsync(fd) == 0);

        if (fd >= 0 && close(fd) < 0)
                good = FALSE;
        if (good && rename(temporary, path) < 0)
                good = FALSE;
        if (!good) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("Cannot write %s: %s"), path,
                            g_strerror(errno));
                (void)unlink(temporary);
                return FALSE;
        }
        if (durable)
                sync_folder(path);
        return TRUE;
}

void
guard_keyval_add(GString *text, const char *key, const char *value)
{
        if (!value)
                return;
        g_string_append(text, key);
        g_string_append_c(text, '=');
        for (; *value; value++)
                g_string_append_c(text, *value == '\n' || *value == '\r' ? ' ' : *value);
        g_string_append_c(text, '\n');
}

void
guard_keyval_add_number(GString *text, const char *key, guint64 value)
{
        g_string_append_printf(text, "%s=%" G_GUINT64_FORMAT "\n", key, value);
}

guint64
guard_keyval_number(GHashTable *table, const char *key, guint64 fallback)
{
        const char *value = g_hash_table_lookup(table, key);
        guint64 number = 0;

        if (!value || !g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT64, &number, NULL))
                return fallback;
        return number;
}
