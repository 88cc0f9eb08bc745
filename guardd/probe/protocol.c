/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reader of guard-probe's output. No I/O; bounded by the input's size.
 */
#include <string.h>
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "common/guard-mark.h"
#include "guardd/probe/protocol.h"

#define MAX_WORDS 10

typedef struct {
        GuardBlockFacts *facts;
        GPtrArray *parts; /* of GuardVolumeFacts: partitions, until a volume line is about them */
        gboolean greeted, disk, table, ended;
        char *failure; /* what the helper said at its end */
} Reader;

typedef struct {
        char *keys[MAX_WORDS], *values[MAX_WORDS];
        guint n;
} Words;

static void
words_clear(Words *words)
{
        for (guint i = 0; i < words->n; i++) {
                g_free(words->keys[i]);
                g_free(words->values[i]);
        }
        words->n = 0;
}

static gboolean
is_plain(char c)
{
        return g_ascii_isalnum(c) || strchr("._:-", c) != NULL;
}

/* NULL where the value holds anything but plain characters and %XX; NUL is no part of a value. */
static char *
decode(const char *text, gsize size)
{
        g_autoptr(GString) out = g_string_sized_new(size);

        for (gsize i = 0; i < size; i++) {
                int high, low;

                if (text[i] && is_plain(text[i])) {
                        g_string_append_c(out, text[i]);
                        continue;
                }
                if (text[i] != '%' || i + 2 >= size)
                        return NULL;
                high = g_ascii_xdigit_value(text[i + 1]);
                low = g_ascii_xdigit_value(text[i + 2]);
                if (high < 0 || low < 0 || high * 16 + low == 0)
                        return NULL;
                g_string_append_c(out, (char)(high * 16 + low));
                i += 2;
        }
        return g_string_free(g_steal_pointer(&out), FALSE);
}

static gboolean
split(const char *line, gsize size, Words *words)
{
        while (size > 0) {
                const char *blank = memchr(line, ' ', size);
                gsize length = blank ? (gsize)(blank - line) : size;
                const char *eq = memchr(line, '=', length);
                char *value;

                if (!eq || eq == line || words->n == MAX_WORDS)
                        return FALSE;
                value = decode(eq + 1, length - (gsize)(eq + 1 - line));
                if (!value)
                        return FALSE;
                words->keys[words->n] = g_strndup(line, (gsize)(eq - line));
                words->values[words->n++] = value;
                line += length + (blank ? 1 : 0);
                size -= length + (blank ? 1 : 0);
                if (blank && size == 0)
                        return FALSE;
        }
        return TRUE;
}

/* Each word of @words must be one of @known, none twice; @required of them, from the start, be there. */
static gboolean
check(const Words *words, const char *const *known, guint required)
{
        guint n = g_strv_length((char **)known);
        guint seen = 0;

        for (guint i = 0; i < words->n; i++) {
                guint k = 0;

                while (k < n && strcmp(known[k], words->keys[i]) != 0)
                        k++;
                if (k == n || (seen & (1U << k)))
                        return FALSE;
                seen |= 1U << k;
        }
        return (seen & ((1U << required) - 1)) == (1U << required) - 1;
}

static const char *
get(const Words *words, const char *key)
{
        for (guint i = 0; i < words->n; i++)
                if (strcmp(words->keys[i], key) == 0)
                        return words->values[i];
        return NULL;
}

static gboolean
get_number(const Words *words, const char *key, guint64 *number)
{
        const char *value = get(words, key);

        return value && g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT64, number, NULL);
}

static gboolean
take_disk(Reader *reader, const Words *words)
{
        static const char *const KNOWN[] = {"size", "sector", NULL};
        guint64 sector;

        if (reader->disk || !check(words, KNOWN, 2) ||
            !get_number(words, "size", &reader->facts->size) || !get_number(words, "sector", &sector))
                return FALSE;
        reader->disk = TRUE;
        return TRUE;
}

static gboolean
take_table(Reader *reader, const Words *words)
{
        static const char *const KNOWN[] = {"type", "uuid", NULL};

        if (!reader->disk || reader->table || !check(words, KNOWN, 1))
                return FALSE;
        reader->table = TRUE;
        g_free(reader->facts->pt_type);
        g_free(reader->facts->pt_uuid);
        reader->facts->pt_type = g_strdup(get(words, "type"));
        reader->facts->pt_uuid = g_strdup(get(words, "uuid"));
        return TRUE;
}

static GuardVolumeFacts *
new_volume(const Words *words, const char *number_key)
{
        g_autoptr(GuardVolumeFacts) volume = guard_volume_facts_new();
        guint64 number;

        if (!get_number(words, number_key, &number) || number > G_MAXUINT16 ||
            !get_number(words, "start", &volume->start) || !get_number(words, "size", &volume->size))
                return NULL;
        volume->partition = (guint)number;
        return g_steal_pointer(&volume);
}

static gboolean
take_part(Reader *reader, const Words *words)
{
        static const char *const KNOWN[] = {"number", "start", "size", "uuid", NULL};
        GuardVolumeFacts *part;

        if (!reader->table || !check(words, KNOWN, 3) || reader->parts->len >= GUARD_PROBE_MAX_VOLUMES)
                return FALSE;
        part = new_volume(words, "number");
        if (!part)
                return FALSE;
        part->part_uuid = g_strdup(get(words, "uuid"));
        g_ptr_array_add(reader->parts, part);
        return TRUE;
}

static gboolean
take_volume(Reader *reader, const Words *words)
{
        static const char *const KNOWN[] = {"partition", "start", "size",  "usage", "type",
                                            "version",   "uuid",  "label", NULL};
        GuardVolumeFacts *volume;

        if (!reader->disk || !check(words, KNOWN, 5) ||
            reader->facts->volumes->len >= GUARD_PROBE_MAX_VOLUMES)
                return FALSE;
        volume = new_volume(words, "partition");
        if (!volume)
                return FALSE;
        volume->usage = g_strdup(get(words, "usage"));
        volume->type = g_strdup(get(words, "type"));
        volume->version = g_strdup(get(words, "version"));
        volume->uuid = g_strdup(get(words, "uuid"));
        volume->label = g_strdup(get(words, "label"));
        g_ptr_array_add(reader->facts->volumes, volume);
        return TRUE;
}

static gboolean
take_mark(Reader *reader, const Words *words)
{
        static const char *const KNOWN[] = {"text", NULL};

        if (!reader->table || reader->facts->mark || !check(words, KNOWN, 1))
                return FALSE;
        reader->facts->mark = g_strdup(get(words, "text"));
        /* It must be shown and stored: what is no text is nobody's signature, and stays a false mark. */
        if (!g_utf8_validate(reader->facts->mark, -1, NULL)) {
                g_free(reader->facts->mark);
                reader->facts->mark = g_strdup(GUARD_MARK_MAGIC);
        }
        return TRUE;
}

static const struct {
        const char *word;
        gboolean (*take)(Reader *reader, const Words *words);
} LINES[] = {
        {"disk ", take_disk},
        {"table ", take_table},
        {"part ", take_part},
        {"volume ", take_volume},
        {"mark ", take_mark},
};

static gboolean
take_end(Reader *reader, const char *rest, gsize size)
{
        static const char *const KNOWN[] = {"error", NULL};
        Words words = {.n = 0};
        gboolean good;

        reader->ended = TRUE;
        if (size == 2 && memcmp(rest, "ok", 2) == 0)
                return reader->disk;
        good = split(rest, size, &words) && check(&words, KNOWN, 1);
        if (good)
                reader->failure = g_strdup(get(&words, "error"));
        words_clear(&words);
        return good;
}

static gboolean
take_line(Reader *reader, const char *line, gsize size)
{
        static const char GREETING[] = "probe 1";

        if (!reader->greeted) {
                reader->greeted = size == sizeof GREETING - 1 && memcmp(line, GREETING, size) == 0;
                return reader->greeted;
        }
        if (reader->ended)
                return FALSE;
        if (size > 4 && memcmp(line, "end ", 4) == 0)
                return take_end(reader, line + 4, size - 4);
        for (gsize i = 0; i < G_N_ELEMENTS(LINES); i++) {
                gsize length = strlen(LINES[i].word);
                Words words = {.n = 0};
                gboolean good;

                if (size <= length || memcmp(line, LINES[i].word, length) != 0)
                        continue;
                good = split(line + length, size - length, &words) && LINES[i].take(reader, &words);
                words_clear(&words);
                return good;
        }
        return FALSE;
}

static const GuardVolumeFacts *
find_volume(const GuardBlockFacts *facts, guint partition)
{
        for (guint i = 0; i < facts->volumes->len; i++) {
                const GuardVolumeFacts *volume = g_ptr_array_index(facts->volumes, i);

                if (volume->partition == partition)
                        return volume;
        }
        return NULL;
}

/* Partitions' own uuids go to their volumes; one without a superblock stays as a volume without type. */
static void
merge_parts(Reader *reader)
{
        for (guint i = 0; i < reader->parts->len; i++) {
                GuardVolumeFacts *part = g_ptr_array_index(reader->parts, i);
                GPtrArray *volumes = reader->facts->volumes;

                if (!find_volume(reader->facts, part->partition)) {
                        reader->parts->pdata[i] = NULL;
                        g_ptr_array_add(volumes, part);
                        continue;
                }
                for (guint v = 0; v < volumes->len; v++) {
                        GuardVolumeFacts *volume = g_ptr_array_index(volumes, v);

                        if (volume->partition == part->partition && !volume->part_uuid)
                                volume->part_uuid = g_strdup(part->part_uuid);
                }
        }
}

static void
free_part(gpointer part)
{
        if (part)
                guard_volume_facts_free(part);
}

gboolean
guard_probe_parse(const char *text, gsize size, GuardBlockFacts *facts, GError **error)
{
        g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(free_part);
        Reader reader = {.facts = facts, .parts = parts};
        gboolean good = size <= GUARD_PROBE_MAX_OUTPUT;

        g_ptr_array_set_size(facts->volumes, 0);
        g_clear_pointer(&facts->mark, g_free);
        while (good && size > 0) {
                const char *nl = memchr(text, '\n', size);

                good = nl && take_line(&reader, text, (gsize)(nl - text));
                if (good) {
                        size -= (gsize)(nl - text) + 1;
                        text = nl + 1;
                }
        }
        if (good && reader.ended && !reader.failure) {
                merge_parts(&reader);
                facts->probe = GUARD_PROBE_OK;
                return TRUE;
        }
        if (reader.failure)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("The content cannot be read: %s"),
                            reader.failure);
        else
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_SYNTAX,
                                    _("The content cannot be understood"));
        g_ptr_array_set_size(facts->volumes, 0);
        g_clear_pointer(&facts->mark, g_free);
        facts->probe = GUARD_PROBE_FAILED;
        g_free(facts->probe_error);
        facts->probe_error = reader.failure ? reader.failure : g_strdup("malformed probe output");
        return FALSE;
}
