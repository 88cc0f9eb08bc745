/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Small files, one a port.
 */
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
guard_usb_state_read(const char *dir, const GuardUsbFacts *facts, GuardKnownVerdict *out)
{
        g_autofree char *path = path_of(dir, facts);
        g_autoptr(GHashTable) table = guard_keyval_read(path, NULL);

        if (table && !is_about(table, facts))
                g_clear_pointer(&table, g_hash_table_unref);
        return guard_known_verdict_take(table, out);
}

gboolean
guard_usb_state_write(const char *dir, const GuardUsbFacts *facts, const GuardKnownVerdict *known,
                      GError **error)
{
        g_autofree char *path = path_of(dir, facts);
        g_autoptr(GString) text = g_string_new(NULL);

        guard_known_verdict_add(text, known);
        guard_keyval_add_number(text, "busnum", facts->busnum);
        guard_keyval_add_number(text, "devnum", facts->devnum);
        guard_keyval_add_number(text, "inode", facts->inode);
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
