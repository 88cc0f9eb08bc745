/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One order of lines, one spelling of each value, as in a snapshot's manifest.
 */
#include "registry/mark.h"
#include <glib/gi18n-lib.h>
#include <openssl/evp.h>
#include <string.h>
#include "common/guard-hex.h"
#include "registry/identity.h"
#include "registry/spelling.h"

#define SIGNATURE "signature="
#define MAX_MEDIA_ID 128

void
guard_mark_clear(GuardMark *mark)
{
        g_clear_pointer(&mark->media_id, g_free);
}

gboolean
guard_mark_binding(const GuardMedium *medium, char binding[2 * 32 + 1])
{
        g_autofree char *identity = NULL;
        g_autofree char *text = NULL;
        guint8 digest[EVP_MAX_MD_SIZE];
        guint size = 0;

        if (!medium->block || medium->block->size == 0)
                return FALSE;
        if (medium->usb) {
                identity = guard_identity_canonical(GUARD_ID_USB, medium->usb->vendor_id, medium->usb->product_id, medium->usb->serial);
                if (!identity) /* without a serial: any drive of this make and size */
                        identity = g_strdup_printf("%04X:%04X:", medium->usb->vendor_id, medium->usb->product_id);
        } else if (medium->carrier_serial) {
                identity = guard_identity_canonical(GUARD_ID_CID, 0, 0, medium->carrier_serial);
        }
        if (!identity)
                return FALSE;
        text = g_strdup_printf("%s\n%" G_GUINT64_FORMAT "\n", identity, medium->block->size);
        if (EVP_Digest(text, strlen(text), digest, &size, EVP_sha256(), NULL) != 1 || size != 32)
                return FALSE;
        guard_hex_write(binding, digest, size);
        return TRUE;
}

/* A media id is one line of text; control characters would be another spelling of something else. */
static gboolean
is_media_id(const char *text)
{
        gsize size = text ? strlen(text) : 0;

        if (size == 0 || size > MAX_MEDIA_ID || !g_utf8_validate(text, -1, NULL))
                return FALSE;
        for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
                if (g_unichar_iscntrl(g_utf8_get_char(p)))
                        return FALSE;
        return TRUE;
}

char *
guard_mark_make(const GuardMark *mark, const GuardKey *key, GError **error)
{
        g_autofree char *issued = guard_manifest_time(mark->issued_us);
        guint8 signature[GUARD_SIGNATURE_MAX];
        char hex[2 * GUARD_SIGNATURE_MAX + 1] = "";
        gsize size = sizeof signature;
        GString *text;

        if (!is_media_id(mark->media_id)) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("'%s' cannot be written into a mark: at most %d bytes of plain text can"), mark->media_id ? mark->media_id : "",
                            MAX_MEDIA_ID);
                return NULL;
        }
        text = g_string_new(GUARD_MARK_MAGIC);
        g_string_append_printf(text, "media-id=%s\nlevel=%s\nissued=%s\nbinding=%s\nalgorithm=%s\nkey-id=%s\n", mark->media_id,
                               guard_level_to_string(mark->level), issued, mark->binding,
                               guard_algorithm_to_string(guard_key_algorithm(key)), guard_key_id(key));
        if (!guard_key_sign(key, (const guint8 *)text->str, text->len, signature, &size, error)) {
                g_string_free(text, TRUE);
                return NULL;
        }
        guard_hex_write(hex, signature, size);
        g_string_append_printf(text, SIGNATURE "%s\n", hex);
        g_assert(text->len < GUARD_MARK_BLOCK);
        return g_string_free(text, FALSE);
}

/* The length of what one of @keys has signed; 0: nobody has. */
static gsize
signed_part(const char *text, GPtrArray *keys)
{
        const char *line = strstr(text, "\n" SIGNATURE);
        const char *hex = line ? line + 1 + strlen(SIGNATURE) : NULL;
        gsize digits = hex ? strspn(hex, "0123456789abcdef") : 0;
        guint8 signature[GUARD_SIGNATURE_MAX];

        /* It is the last line, whole, and the only one of its kind. */
        if (digits == 0 || digits / 2 > sizeof signature || strcmp(hex + digits, "\n") != 0 ||
            !guard_hex_read(hex, digits, signature))
                return 0;
        for (guint i = 0; keys && i < keys->len; i++)
                if (guard_key_verify(g_ptr_array_index(keys, i), (const guint8 *)text, (gsize)(line + 1 - text), signature, digits / 2))
                        return (gsize)(line + 1 - text);
        return 0;
}

static char *
value_of(char *const *lines, guint line, const char *key)
{
        gsize length = strlen(key);

        return strncmp(lines[line], key, length) == 0 && lines[line][length] == '=' ? lines[line] + length + 1 : NULL;
}

/* Of a text that a trusted key has signed. */
static gboolean
parse(const char *text, gsize size, GuardMark *mark)
{
        g_autofree char *body = g_strndup(text + strlen(GUARD_MARK_MAGIC), size - strlen(GUARD_MARK_MAGIC));
        g_auto(GStrv) lines = g_strsplit(body, "\n", -1);
        const char *media_id, *level, *binding;

        if (g_strv_length(lines) != 7) /* six lines, and nothing behind the last */
                return FALSE;
        media_id = value_of(lines, 0, "media-id");
        level = value_of(lines, 1, "level");
        binding = value_of(lines, 3, "binding");
        if (!is_media_id(media_id) || !level || !guard_level_from_string(level, &mark->level) ||
            !guard_manifest_time_read(value_of(lines, 2, "issued"), &mark->issued_us) || !binding || strlen(binding) != sizeof mark->binding - 1 ||
            !value_of(lines, 4, "algorithm") || !value_of(lines, 5, "key-id"))
                return FALSE;
        mark->media_id = g_strdup(media_id);
        g_strlcpy(mark->binding, binding, sizeof mark->binding);
        return TRUE;
}

GuardMarkState
guard_mark_judge(const char *text, const GuardMedium *medium, GPtrArray *keys, GuardMark *mark)
{
        char binding[sizeof mark->binding];
        GuardMark read = {0};
        GuardMarkState state = GUARD_MARK_FORGED;
        gsize size;

        if (!text)
                return GUARD_MARK_NONE;
        size = g_str_has_prefix(text, GUARD_MARK_MAGIC) ? signed_part(text, keys) : 0;
        if (size > strlen(GUARD_MARK_MAGIC) && parse(text, size, &read))
                state = guard_mark_binding(medium, binding) && strcmp(binding, read.binding) == 0 ? GUARD_MARK_VALID : GUARD_MARK_COPIED;
        if (mark && state != GUARD_MARK_FORGED)
                *mark = read;
        else
                guard_mark_clear(&read);
        return state;
}

void
guard_mark_add_to_answer(GuardRegistryAnswer *answer, const GuardMedium *medium, GPtrArray *keys)
{
        GuardMark mark = {0};
        GuardEntry *entry;

        if (!medium->block)
                return;
        answer->mark = guard_mark_judge(medium->block->mark, medium, keys, &mark);
        if (answer->mark == GUARD_MARK_VALID) {
                entry = guard_entry_new();
                entry->media_id = g_strdup(mark.media_id);
                entry->level = mark.level;
                entry->status = GUARD_STATUS_IN_USE;
                entry->match[GUARD_ID_MARK] = GUARD_MATCH_YES;
                g_ptr_array_add(answer->entries, entry);
        }
        guard_mark_clear(&mark);
}
