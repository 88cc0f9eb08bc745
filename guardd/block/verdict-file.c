/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Verdict files: write, read back after a restart, sweep.
 */
#include <errno.h>
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

/* Beside an admission, for udev's rules to see without a program: its number is the disk's alone. */
#define ADMITTED ".admit"

static void
mark_admitted(const char *path, gboolean admitted)
{
        g_autofree char *mark = g_strconcat(path, ADMITTED, NULL);
        g_autofree char *name = g_path_get_basename(path);

        if (!admitted)
                (void)unlink(mark);
        else if (symlink(name, mark) < 0 && errno != EEXIST)
                g_info("%s: %s; udev's rules run a program instead", mark, g_strerror(errno));
}

gboolean
guard_verdict_file_write(const char *dir, const GuardBlockFacts *facts,
                         const GuardKnownVerdict *known, GError **error)
{
        g_autofree char *path = path_of(dir, facts);
        g_autoptr(GString) text = g_string_new(NULL);
        gboolean admitted = known->verdict == GUARD_VERDICT_ADMIT && facts->diskseq != 0;

        if (!admitted) /* before the verdict changes, not after */
                mark_admitted(path, FALSE);
        guard_known_verdict_add(text, known);
        guard_keyval_add(text, "name", facts->name);
        guard_keyval_add_number(text, "major", facts->major);
        guard_keyval_add_number(text, "minor", facts->minor);
        guard_keyval_add_number(text, "inode", facts->inode);
        guard_keyval_add_number(text, "diskseq", facts->diskseq);
        if (!guard_keyval_write(path, text->str, FALSE, error))
                return FALSE;
        if (admitted)
                mark_admitted(path, TRUE);
        return TRUE;
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
guard_verdict_file_read(const char *dir, const GuardBlockFacts *facts, GuardKnownVerdict *out)
{
        g_autofree char *path = path_of(dir, facts);
        g_autoptr(GHashTable) table = guard_keyval_read(path, NULL);

        if (table && !is_about(table, facts))
                g_clear_pointer(&table, g_hash_table_unref);
        return guard_known_verdict_take(table, out);
}

void
guard_verdict_file_remove(const char *dir, const GuardBlockFacts *facts)
{
        g_autofree char *path = path_of(dir, facts);

        mark_admitted(path, FALSE);
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
                g_autoptr(GHashTable) table = NULL;

                if (g_str_has_suffix(name, ADMITTED)) {
                        if (!g_file_test(path, G_FILE_TEST_EXISTS)) /* what it points at is gone */
                                (void)unlink(path);
                        continue;
                }
                table = guard_keyval_read(path, NULL);
                if (!table || !is_present(table, sys_block)) {
                        mark_admitted(path, FALSE);
                        (void)unlink(path);
                }
        }
}
