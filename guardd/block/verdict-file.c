/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Verdict files: write, read back after a restart, sweep.
 */
#include <string.h>
#include <unistd.h>
#include "guardd/block/facts.h"
#include "guardd/block/verdict-file.h"
#include "guardd/keyval.h"

char *
guard_verdict_file_name(const GuardBlockFacts *facts)
{
        if (facts->diskseq != 0)
                return g_strdup_printf("%" G_GUINT64_FORMAT, facts->diskseq);
        return g_strdup_printf("%u:%u-%" G_GUINT64_FORMAT, facts->major, facts->minor, facts->inode);
}

static char *
path_of(const char *dir, const GuardBlockFacts *facts)
{
        g_autofree char *name = guard_verdict_file_name(facts);

        return g_build_filename(dir, name, NULL);
}

gboolean
guard_verdict_file_write(const char *dir, const GuardBlockFacts *facts, GuardVerdict verdict,
                         GuardReason reason, const char *media_id, GError **error)
{
        g_autofree char *path = path_of(dir, facts);
        g_autoptr(GString) text = g_string_new(NULL);

        guard_keyval_add(text, "verdict", guard_verdict_to_string(verdict));
        guard_keyval_add(text, "reason", guard_reason_to_string(reason));
        guard_keyval_add(text, "name", facts->name);
        guard_keyval_add_number(text, "major", facts->major);
        guard_keyval_add_number(text, "minor", facts->minor);
        guard_keyval_add_number(text, "inode", facts->inode);
        guard_keyval_add_number(text, "diskseq", facts->diskseq);
        guard_keyval_add(text, "media_id", media_id);
        return guard_keyval_write(path, text->str, FALSE, error);
}

static gboolean
is_about(GHashTable *table, const GuardBlockFacts *facts)
{
        return g_strcmp0(g_hash_table_lookup(table, "name"), facts->name) == 0 &&
               guard_keyval_number(table, "major", G_MAXUINT64) == facts->major &&
               guard_keyval_number(table, "minor", G_MAXUINT64) == facts->minor &&
               guard_keyval_number(table, "inode", G_MAXUINT64) == facts->inode &&
               guard_keyval_number(table, "diskseq", G_MAXUINT64) == facts->diskseq;
}

gboolean
guard_verdict_file_read(const char *dir, const GuardBlockFacts *facts, GuardVerdictFile *out)
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
        return TRUE;
}

void
guard_verdict_file_clear(GuardVerdictFile *file)
{
        g_clear_pointer(&file->media_id, g_free);
}

void
guard_verdict_file_remove(const char *dir, const GuardBlockFacts *facts)
{
        g_autofree char *path = path_of(dir, facts);

        (void)unlink(path);
}

static gboolean
is_present(GHashTable *table, const char *sys_block)
{
        const char *name = g_hash_table_lookup(table, "name");
        g_autofree char *folder = name ? g_build_filename(sys_block, name, NULL) : NULL;
        g_autofree char *real = folder ? g_file_read_link(folder, NULL) : NULL;
        g_autofree char *absolute = NULL;
        g_autoptr(GuardBlockFacts) facts = NULL;

        if (!name || strchr(name, '/'))
                return FALSE;
        absolute = real ? g_canonicalize_filename(real, sys_block) : g_strdup(folder);
        facts = guard_block_facts_read(absolute, NULL);
        return facts && is_about(table, facts);
}

void
guard_verdict_files_sweep(const char *dir, const char *sys_block)
{
        g_autoptr(GDir) open = g_dir_open(dir, 0, NULL);
        const char *name;

        while (open && (name = g_dir_read_name(open)) != NULL) {
                g_autofree char *path = g_build_filename(dir, name, NULL);
                g_autoptr(GHashTable) table = guard_keyval_read(path, NULL);

                if (!table || !is_present(table, sys_block))
                        (void)unlink(path);
        }
}
