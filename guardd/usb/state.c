/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Small files, one a port.
 */
#include <string.h>
#include <unistd.h>
#include "guardd/keyval.h"
#include "guardd/usb/state.h"

static char *
path_of(const char *dir, const GuardUsbFacts *facts)
{
        return g_build_filename(dir, facts->sysname, NULL);
}

static gboolean
is_about(GHashTable *table, const GuardUsbFacts *facts)
{
        return guard_keyval_number(table, "busnum", G_MAXUINT64) == facts->busnum &&
               guard_keyval_number(table, "devnum", G_MAXUINT64) == facts->devnum &&
               guard_keyval_number(table, "inode", G_MAXUINT64) == facts->inode;
}

gboolean
guard_usb_state_read(const char *dir, const GuardUsbFacts *facts, GuardUsbState *out)
{
        g_autofree char *path = path_of(dir, facts);
        g_autoptr(GHashTable) table = guard_keyval_read(path, NULL);
        const char *verdict = table ? g_hash_table_lookup(table, "verdict") : NULL;
        const char *reason = table ? g_hash_table_lookup(table, "reason") : NULL;

        memset(out, 0, sizeof *out);
        if (!verdict || !reason || !is_about(table, facts) ||
            !guard_verdict_from_string(verdict, &out->verdict) ||
            !guard_reason_from_string(reason, &out->reason))
                return FALSE;
        out->media_id = g_strdup(g_hash_table_lookup(table, "media_id"));
        out->by_content = guard_keyval_number(table, "by_content", 0) == 1;
        return TRUE;
}

gboolean
guard_usb_state_write(const char *dir, const GuardUsbFacts *facts, const GuardUsbState *state,
                      GError **error)
{
        g_autofree char *path = path_of(dir, facts);
        g_autoptr(GString) text = g_string_new(NULL);

        guard_keyval_add(text, "verdict", guard_verdict_to_string(state->verdict));
        guard_keyval_add(text, "reason", guard_reason_to_string(state->reason));
        guard_keyval_add_number(text, "busnum", facts->busnum);
        guard_keyval_add_number(text, "devnum", facts->devnum);
        guard_keyval_add_number(text, "inode", facts->inode);
        guard_keyval_add(text, "media_id", state->media_id);
        guard_keyval_add_number(text, "by_content", state->by_content ? 1 : 0);
        return guard_keyval_write(path, text->str, FALSE, error);
}

void
guard_usb_state_remove(const char *dir, const GuardUsbFacts *facts)
{
        g_autofree char *path = path_of(dir, facts);
        g_autoptr(GHashTable) table = guard_keyval_read(path, NULL);

        if (table && is_about(table, facts))
                (void)unlink(path);
}

void
guard_usb_state_clear(GuardUsbState *state)
{
        g_clear_pointer(&state->media_id, g_free);
}
