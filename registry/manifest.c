/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads and checks the signed block of a snapshot. Every value has exactly one spelling, so that no
 * byte can change without the signature, the parser or the padding noticing. No I/O here.
 */
#include "registry/manifest.h"

#include <string.h>
#include <inttypes.h>
#include <glib/gi18n-lib.h>
#include <openssl/evp.h>

#include "common/guard-hex.h"
#include "registry/identity.h"

#define MAGIC "baomi-guard-registry"

/* The lines still to be read: [at, end). */
typedef struct {
        const char *at, *end;
        const char *name;
} Reader;

static gboolean
corrupt(GError **error, const char *name, const char *what)
{
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                    _("%s: not a registry snapshot, or a damaged one (%s)"), name, what);
        return FALSE;
}

/* What people take for a snapshot, by how it begins. */
static const struct {
        const char *begin, *what;
} others[] = {
        {"SQLite format 3", N_("this is a database, such as the desk's register: a snapshot is made from it with guardctl station publish")},
        {"-----BEGIN ", N_("this is a key or a certificate")},
        {"\x1f\x8b", N_("this is compressed: unpack it first")},
        {"PK\x03\x04", N_("this is a ZIP file: unpack it first")},
        {"\xfd" "7zXZ", N_("this is compressed: unpack it first")},
        {"<", N_("this is a web page: the address is not the snapshot's, or the server wants something first")},
        {"baomi-guard-mark", N_("this is a drive's mark")},
};

const char *
guard_manifest_guess(const guint8 *bytes, gsize size)
{
        for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
                gsize length = strlen(others[i].begin);

                if (size >= length && memcmp(bytes, others[i].begin, length) == 0)
                        return _(others[i].what);
        }
        return NULL;
}

/* The value of the next line, which must be @key followed by @separator. Caller frees; NULL: it is
 * not. */
static char *
next_value(Reader *reader, const char *key, char separator)
{
        gsize length = strlen(key);
        const char *newline = memchr(reader->at, '\n', (gsize)(reader->end - reader->at));
        char *value;

        if (newline == NULL || (gsize)(newline - reader->at) <= length ||
            memcmp(reader->at, key, length) != 0 || reader->at[length] != separator)
                return NULL;
        value = g_strndup(reader->at + length + 1, (gsize)(newline - reader->at) - length - 1);
        reader->at = newline + 1;
        return value;
}

/* Decimal without sign or leading zeros. */
static gboolean
read_number(Reader *reader, const char *key, char separator, guint64 *number)
{
        g_autofree char *value = next_value(reader, key, separator);
        gsize digits = value != NULL ? strlen(value) : 0;

        if (digits == 0 || strspn(value, "0123456789") != digits || (value[0] == '0' && digits > 1))
                return FALSE;
        return g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT64, number, NULL);
}

static gboolean
read_time(Reader *reader, const char *key, gint64 *time_us)
{
        g_autofree char *value = next_value(reader, key, '=');

        return guard_manifest_time_read(value, time_us);
}

static gboolean
read_hex_text(Reader *reader, const char *key, char *out, gsize length)
{
        g_autofree char *value = next_value(reader, key, '=');

        if (value == NULL || !guard_hex_is(value, length))
                return FALSE;
        memcpy(out, value, length + 1);
        return TRUE;
}

static gboolean
read_bytes(Reader *reader, const char *key, guint8 *out, gsize max, gsize *size)
{
        g_autofree char *value = next_value(reader, key, '=');
        gsize digits = value != NULL ? strlen(value) : 0;

        if (digits == 0 || digits / 2 > max || !guard_hex_read(value, digits, out))
                return FALSE;
        *size = digits / 2;
        return TRUE;
}

static gboolean
read_algorithm(Reader *reader, GuardAlgorithm *algorithm)
{
        g_autofree char *value = next_value(reader, "algorithm", '=');

        return guard_algorithm_from_string(value, algorithm);
}

/* Which version of what a newer desk wrote; this one refuses it with a clear word. */
static gboolean
read_versions(Reader *reader, GError **error)
{
        guint64 format, canonical;

        const char *other = guard_manifest_guess((const guint8 *)reader->at, (gsize)(reader->end - reader->at));

        if (!read_number(reader, MAGIC, ' ', &format))
                return corrupt(error, reader->name, other != NULL ? other : _("no header"));
        if (format != GUARD_MANIFEST_FORMAT) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("%s: snapshot format %" PRIu64
                              " is not known here; update baomi-guard on this machine"),
                            reader->name, format);
                return FALSE;
        }
        if (!read_number(reader, "canonical", '=', &canonical))
                return corrupt(error, reader->name, "canonical");
        if (canonical != GUARD_CANONICAL_VERSION) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("%s: identifiers in form %" PRIu64
                              " are not known here; update baomi-guard on this machine"),
                            reader->name, canonical);
                return FALSE;
        }
        return TRUE;
}

/* The name of the first line that is not as it must be, or NULL. */
static const char *
read_fields(Reader *reader, GuardManifest *m)
{
        gsize size;

        if (!read_number(reader, "sequence", '=', &m->sequence) || m->sequence == 0)
                return "sequence";
        if (!read_time(reader, "issued", &m->issued_us))
                return "issued";
        if (!read_time(reader, "expires", &m->expires_us) || m->expires_us <= m->issued_us)
                return "expires";
        if (!read_number(reader, "entries", '=', &m->entries))
                return "entries";
        if (!read_number(reader, "payload-size", '=', &m->payload_size) || m->payload_size == 0 ||
            m->payload_size > GUARD_PAYLOAD_MAX || m->payload_size % GUARD_MANIFEST_BLOCK != 0)
                return "payload-size";
        if (!read_bytes(reader, "payload-sha256", m->payload_sha256, sizeof m->payload_sha256,
                        &size) ||
            size != sizeof m->payload_sha256)
                return "payload-sha256";
        if (!read_hex_text(reader, "desk", m->desk, GUARD_DESK_LENGTH))
                return "desk";
        if (!read_algorithm(reader, &m->algorithm))
                return "algorithm";
        if (!read_hex_text(reader, "key-id", m->key_id, GUARD_KEY_ID_LENGTH))
                return "key-id";
        return NULL;
}

gboolean
guard_manifest_parse(const guint8 block[GUARD_MANIFEST_BLOCK], const char *name,
                     GuardManifest *manifest, GError **error)
{
        const char *text = (const char *)block;
        gsize length = strnlen(text, GUARD_MANIFEST_BLOCK);
        Reader reader = {text, text + length, name};
        const char *field;

        memset(manifest, 0, sizeof *manifest);
        if (!read_versions(&reader, error))
                return FALSE;
        field = read_fields(&reader, manifest);
        if (field != NULL)
                return corrupt(error, name, field);
        manifest->signed_size = (gsize)(reader.at - text);
        if (!read_bytes(&reader, "signature", manifest->signature, GUARD_SIGNATURE_MAX,
                        &manifest->signature_size)) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_SIGNATURE, _("%s is not signed"), name);
                return FALSE;
        }
        for (gsize i = (gsize)(reader.at - text); i < GUARD_MANIFEST_BLOCK; i++) {
                if (block[i] != 0)
                        return corrupt(error, name, _("bytes after the signature"));
        }
        if (EVP_Digest(block, GUARD_MANIFEST_BLOCK, manifest->digest, NULL, EVP_sha256(), NULL) !=
            1)
                return corrupt(error, name, "SHA-256");
        return TRUE;
}

gboolean
guard_manifest_check_signature(const GuardManifest *manifest,
                               const guint8 block[GUARD_MANIFEST_BLOCK], GPtrArray *keys,
                               GPtrArray *problems, const char *name, GError **error)
{
        for (guint i = 0; i < keys->len; i++) {
                const GuardKey *key = g_ptr_array_index(keys, i);

                if (!g_str_equal(guard_key_id(key), manifest->key_id))
                        continue;
                if (guard_key_algorithm(key) == manifest->algorithm &&
                    guard_key_verify(key, block, manifest->signed_size, manifest->signature,
                                     manifest->signature_size))
                        return TRUE;
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_SIGNATURE,
                            _("%s was altered: its signature does not fit (key %s)"), name,
                            manifest->key_id);
                return FALSE;
        }
        if (problems != NULL && problems->len > 0)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_SIGNATURE,
                            _("%s is signed with key %s, which is not trusted here; a key file "
                              "cannot be used: %s"),
                            name, manifest->key_id, (const char *)g_ptr_array_index(problems, 0));
        else
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_SIGNATURE,
                            _("%s is signed with key %s, which is not trusted here; put the desk's "
                              "public key "
                              "into the keys directory if it is yours"),
                            name, manifest->key_id);
        return FALSE;
}

static void
append_hex(GString *text, const char *key, const guint8 *data, gsize size)
{
        g_string_append_printf(text, "%s=", key);
        guard_hex_append(text, data, size);
        g_string_append_c(text, '\n');
}

gboolean
guard_manifest_sign(const GuardManifest *manifest, const GuardKey *key,
                    guint8 block[GUARD_MANIFEST_BLOCK], GError **error)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_autofree char *issued = guard_manifest_time(manifest->issued_us);
        g_autofree char *expires = guard_manifest_time(manifest->expires_us);
        guint8 signature[GUARD_SIGNATURE_MAX];
        gsize size;

        g_string_append_printf(text, MAGIC " %d\ncanonical=%d\n", GUARD_MANIFEST_FORMAT,
                               GUARD_CANONICAL_VERSION);
        g_string_append_printf(text, "sequence=%" G_GUINT64_FORMAT "\nissued=%s\nexpires=%s\n",
                               manifest->sequence, issued, expires);
        g_string_append_printf(
                text, "entries=%" G_GUINT64_FORMAT "\npayload-size=%" G_GUINT64_FORMAT "\n",
                manifest->entries, manifest->payload_size);
        append_hex(text, "payload-sha256", manifest->payload_sha256,
                   sizeof manifest->payload_sha256);
        g_string_append_printf(text, "desk=%s\nalgorithm=%s\nkey-id=%s\n", manifest->desk,
                               guard_algorithm_to_string(guard_key_algorithm(key)),
                               guard_key_id(key));
        if (!guard_key_sign(key, (const guint8 *)text->str, text->len, signature, &size, error))
                return FALSE;
        append_hex(text, "signature", signature, size);
        memset(block, 0, GUARD_MANIFEST_BLOCK);
        memcpy(block, text->str, MIN(text->len, GUARD_MANIFEST_BLOCK - 1));
        return TRUE;
}
