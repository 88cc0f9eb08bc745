/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The memory as a GKeyFile, replaced as a whole. Read with distrust: whatever is odd counts as not there.
 */
#include "update/update-memory.h"

#include <string.h>

#include "common/guard-conf-dir.h"
#include "registry/durable.h"

#define GROUP "update"

typedef enum { TEXT, HEADER, NUMBER, TIME, COUNT, FLAG } Kind;

#define FIELD(name) G_STRUCT_OFFSET(GuardUpdateMemory, name)

static const struct {
        const char *key;
        Kind kind;
        glong offset;
} fields[] = {
        {"source", TEXT, FIELD(source)},
        {"installed-etag", HEADER, FIELD(installed.etag)},
        {"installed-modified", HEADER, FIELD(installed.modified)},
        {"installed-sequence", NUMBER, FIELD(sequence)},
        {"staged-etag", HEADER, FIELD(staged.etag)},
        {"staged-modified", HEADER, FIELD(staged.modified)},
        {"staged-complete", FLAG, FIELD(complete)},
        {"last-run", TIME, FIELD(run_us)},
        {"last-success", TIME, FIELD(success_us)},
        {"failing-since", TIME, FIELD(failing_us)},
        {"failures", COUNT, FIELD(failures)},
        {"error", TEXT, FIELD(error)},
};

static void
read_field(GuardUpdateMemory *memory, GKeyFile *file, gsize i)
{
        gpointer field = G_STRUCT_MEMBER_P(memory, fields[i].offset);
        const char *key = fields[i].key;
        char *text;

        switch (fields[i].kind) {
        case TEXT:
        case HEADER:
                text = g_key_file_get_string(file, GROUP, key, NULL);
                if (text && fields[i].kind == HEADER && !guard_update_header_is_good(text))
                        g_clear_pointer(&text, g_free);
                *(char **)field = text;
                return;
        case NUMBER:
                *(guint64 *)field = g_key_file_get_uint64(file, GROUP, key, NULL);
                return;
        case TIME:
                *(gint64 *)field = MAX(g_key_file_get_int64(file, GROUP, key, NULL), 0);
                return;
        case COUNT:
                *(guint *)field = (guint)MAX(g_key_file_get_integer(file, GROUP, key, NULL), 0);
                return;
        default:
                *(gboolean *)field = g_key_file_get_boolean(file, GROUP, key, NULL);
        }
}

GuardUpdateMemory *
guard_update_memory_load(const char *path)
{
        GuardUpdateMemory *memory = g_new0(GuardUpdateMemory, 1);
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autofree char *text = NULL;
        gsize size = 0;

        /* Root reads it, too, and it is another user's: no pipe and no endless file may stand in the way. */
        if (!guard_conf_read_file(path, &text, &size, NULL) || !g_key_file_load_from_data(file, text, size, G_KEY_FILE_NONE, NULL))
                return memory;
        for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
                read_field(memory, file, i);
        return memory;
}

static void
write_field(const GuardUpdateMemory *memory, GKeyFile *file, gsize i)
{
        gconstpointer field = (const char *)memory + fields[i].offset;
        const char *key = fields[i].key;

        switch (fields[i].kind) {
        case TEXT:
        case HEADER:
                if (*(char *const *)field)
                        g_key_file_set_string(file, GROUP, key, *(char *const *)field);
                return;
        case NUMBER:
                g_key_file_set_uint64(file, GROUP, key, *(const guint64 *)field);
                return;
        case TIME:
                g_key_file_set_int64(file, GROUP, key, *(const gint64 *)field);
                return;
        case COUNT:
                g_key_file_set_integer(file, GROUP, key, (int)MIN(*(const guint *)field, (guint)G_MAXINT));
                return;
        default:
                g_key_file_set_boolean(file, GROUP, key, *(const gboolean *)field);
        }
}

/* Readable by all: "guardctl status" shows how the runs went. Nothing in it is secret. */
gboolean
guard_update_memory_save(const GuardUpdateMemory *memory, const char *path, GError **error)
{
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autofree char *text = NULL;
        gsize size;

        for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
                write_field(memory, file, i);
        text = g_key_file_to_data(file, &size, NULL);
        return guard_durable_replace(path, text, size, 0644, error);
}

void
guard_update_memory_free(GuardUpdateMemory *memory)
{
        if (!memory)
                return;
        g_free(memory->source);
        guard_update_tag_clear(&memory->installed);
        guard_update_tag_clear(&memory->staged);
        g_free(memory->error);
        g_free(memory);
}

void
guard_update_memory_set_source(GuardUpdateMemory *memory, const char *source)
{
        if (g_strcmp0(memory->source, source) == 0)
                return;
        g_free(memory->source);
        memory->source = g_strdup(source);
        guard_update_tag_clear(&memory->installed);
        memory->sequence = 0;
        guard_update_memory_forget_staged(memory);
}

void
guard_update_memory_forget_staged(GuardUpdateMemory *memory)
{
        guard_update_tag_clear(&memory->staged);
        memory->complete = FALSE;
}

void
guard_update_memory_note(GuardUpdateMemory *memory, gint64 now_us, const GError *error)
{
        g_free(memory->error);
        memory->error = error ? g_strdup(error->message) : NULL;
        memory->run_us = now_us;
        if (!error) {
                memory->success_us = now_us;
                memory->failing_us = 0;
                memory->failures = 0;
                return;
        }
        if (memory->failures == 0)
                memory->failing_us = now_us;
        memory->failures = MIN(memory->failures, G_MAXUINT - 1) + 1;
}
