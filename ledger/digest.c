/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The canonical form of a record and its digest. Every field is typed and length-prefixed, so that
 * no two records have one form; the format number is in it, so that a later form can never be taken
 * for this one. Changing anything here breaks every ledger in use: add a format instead.
 */
#include <openssl/evp.h>
#include <string.h>
#include "ledger/ledger-private.h"

static const char domain_record[] = "baomi-guard ledger record";
static const char domain_genesis[] = "baomi-guard ledger begins";

static void
put_number(GByteArray *form, guint64 number)
{
        guint64 big_endian = GUINT64_TO_BE(number);

        g_byte_array_append(form, (const guint8 *)&big_endian, sizeof(big_endian));
}

static void
put_bytes(GByteArray *form, const void *bytes, gsize size)
{
        put_number(form, size);
        g_byte_array_append(form, bytes, (guint)size);
}

static void
put_cell(GByteArray *form, const LedgerCell *cell)
{
        guint8 type = (guint8)cell->type;

        g_byte_array_append(form, &type, 1);
        if (cell->type == CELL_INTEGER)
                put_number(form, (guint64)cell->number);
        else if (cell->type == CELL_TEXT)
                put_bytes(form, cell->text, cell->size);
}

void
ledger_digest_text(const char *text, gsize size, guint8 digest[LEDGER_DIGEST_BYTES])
{
        unsigned int length = LEDGER_DIGEST_BYTES;

        /* Fails only without memory or with a crippled libcrypto: there is no ledger then. */
        if (EVP_Digest(text, size, digest, &length, EVP_sha256(), NULL) != 1)
                g_error("libcrypto has no SHA-256");
}

void
ledger_digest_genesis(const char *id, guint8 digest[LEDGER_DIGEST_BYTES])
{
        g_autoptr(GByteArray) form = g_byte_array_new();

        put_bytes(form, domain_genesis, strlen(domain_genesis));
        put_bytes(form, id, strlen(id));
        ledger_digest_text((const char *)form->data, form->len, digest);
}

void
ledger_digest_cells(const guint8 previous[LEDGER_DIGEST_BYTES],
                    const LedgerCell cells[LEDGER_N_COLUMNS], guint8 digest[LEDGER_DIGEST_BYTES])
{
        g_autoptr(GByteArray) form = g_byte_array_sized_new(1024);

        put_bytes(form, domain_record, strlen(domain_record));
        put_number(form, LEDGER_FORMAT);
        put_bytes(form, previous, LEDGER_DIGEST_BYTES);
        put_number(form, LEDGER_N_HASHED);
        for (int i = 0; i < LEDGER_N_HASHED; i++)
                put_cell(form, &cells[i]);
        ledger_digest_text((const char *)form->data, form->len, digest);
}

void
ledger_hex(const guint8 digest[LEDGER_DIGEST_BYTES], char hex[LEDGER_DIGEST_HEX + 1])
{
        static const char digits[] = "0123456789abcdef";

        for (int i = 0; i < LEDGER_DIGEST_BYTES; i++) {
                hex[2 * i] = digits[digest[i] >> 4];
                hex[2 * i + 1] = digits[digest[i] & 15];
        }
        hex[LEDGER_DIGEST_HEX] = '\0';
}

gboolean
ledger_unhex(const char *hex, guint8 digest[LEDGER_DIGEST_BYTES])
{
        if (strlen(hex) != LEDGER_DIGEST_HEX ||
            strspn(hex, "0123456789abcdef") != LEDGER_DIGEST_HEX)
                return FALSE;
        for (int i = 0; i < LEDGER_DIGEST_BYTES; i++)
                digest[i] = (guint8)(g_ascii_xdigit_value(hex[2 * i]) << 4 |
                                     g_ascii_xdigit_value(hex[2 * i + 1]));
        return TRUE;
}
