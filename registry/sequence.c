/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The memory of what was accepted last, and the rule that nothing older follows it.
 */
#include "registry/sequence.h"

#include <string.h>
#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "common/guard-hex.h"
#include "registry/durable.h"

static char *
format(guint64 sequence, const guint8 digest[GUARD_MANIFEST_DIGEST])
{
        GString *text = g_string_new(NULL);

        g_string_append_printf(text, "sequence=%" G_GUINT64_FORMAT "\nmanifest=", sequence);
        guard_hex_append(text, digest, GUARD_MANIFEST_DIGEST);
        g_string_append_c(text, '\n');
        return g_string_free(text, FALSE);
}

static gboolean
parse(const char *text, GuardSequence *sequence)
{
        g_autofree char *again = NULL;
        const char *hex = strstr(text, "\nmanifest=");

        if (hex == NULL || !g_str_has_prefix(text, "sequence="))
                return FALSE;
        sequence->sequence = g_ascii_strtoull(text + strlen("sequence="), NULL, 10);
        hex += strlen("\nmanifest=");
        if (!guard_hex_read(hex, 2 * GUARD_MANIFEST_DIGEST, sequence->digest))
                return FALSE;
        again = format(sequence->sequence, sequence->digest);
        return g_str_equal(again, text);
}

gboolean
guard_sequence_read(const char *path, GuardSequence *sequence, GError **error)
{
        g_autofree char *text = NULL;
        g_autoptr(GError) why = NULL;

        memset(sequence, 0, sizeof *sequence);
        if (!g_file_get_contents(path, &text, NULL, &why)) {
                if (g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT))
                        return TRUE;
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO,
                            _("Cannot read the last sequence: %s"), why->message);
                return FALSE;
        }
        if (!parse(text, sequence)) {
                g_set_error(
                        error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                        _("%s is damaged, so an older snapshot could not be told from a newer one; "
                          "remove it and install the desk's latest snapshot"),
                        path);
                return FALSE;
        }
        sequence->present = TRUE;
        return TRUE;
}

gboolean
guard_sequence_write(const char *path, const GuardManifest *manifest, GError **error)
{
        g_autofree char *text = format(manifest->sequence, manifest->digest);

        return guard_durable_replace(path, text, strlen(text), 0600, error);
}

gboolean
guard_sequence_check(const GuardSequence *last, const GuardManifest *manifest, const char *name,
                     GError **error)
{
        if (!last->present || manifest->sequence > last->sequence)
                return TRUE;
        if (manifest->sequence < last->sequence) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_ROLLBACK,
                            _("%s has sequence %" PRIu64 ", but %" PRIu64
                              " was accepted here already; get the latest snapshot from the desk"),
                            name, manifest->sequence, last->sequence);
                return FALSE;
        }
        if (memcmp(last->digest, manifest->digest, GUARD_MANIFEST_DIGEST) == 0)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_ROLLBACK,
                    _("%s is another snapshot with the sequence %" PRIu64
                      " that was accepted already; publish again at the desk"),
                    name, manifest->sequence);
        return FALSE;
}
