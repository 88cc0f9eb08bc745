/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Appending. One transaction, one sync (or none yet, for what is written ahead); then the head file, which is
 * not synced (see head.c). On any error nothing was written, and the records' seq and digest are taken back.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "ledger/ledger-private.h"

#define LOG_BYTES (256 * 1024)

gboolean
ledger_record_admits(const GuardRecord *record)
{
        return record->has_verdict && (record->verdict == GUARD_VERDICT_ADMIT ||
                                       record->verdict == GUARD_VERDICT_READ_ONLY);
}

static void
bind_cell(sqlite3_stmt *insert, int at, const LedgerCell *cell)
{
        if (cell->type == CELL_INTEGER)
                sqlite3_bind_int64(insert, at, cell->number);
        else if (cell->type == CELL_TEXT)
                sqlite3_bind_text(insert, at, cell->text, (int)cell->size, SQLITE_STATIC);
        else
                sqlite3_bind_null(insert, at);
}

/* Gives @record its seq and digest and inserts it; moves @end on. */
static int
insert_one(GuardLedger *ledger, GuardRecord *record, LedgerHead *end,
           guint8 digest[LEDGER_DIGEST_BYTES])
{
        LedgerCell cells[LEDGER_N_COLUMNS];
        int code;

        if (record->seq <= end->seq)
                record->seq = end->seq + 1;
        g_clear_pointer(&record->digest, g_free);
        ledger_cells_from_record(record, cells);
        ledger_digest_cells(digest, cells, digest);
        ledger_hex(digest, end->digest);
        end->seq = record->seq;
        record->digest = g_strdup(end->digest);
        ledger_cells_from_record(record, cells);
        for (int i = 0; i < LEDGER_N_COLUMNS; i++)
                bind_cell(ledger->insert, i + 1, &cells[i]);
        code = sqlite3_step(ledger->insert);
        sqlite3_reset(ledger->insert);
        sqlite3_clear_bindings(ledger->insert);
        return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* A file put in the place of ours: what we write would go into one that nobody will ever read. */
static gboolean
file_is_ours(GuardLedger *ledger, GError **error)
{
        struct stat st;

        if (stat(ledger->db, &st) == 0 && st.st_dev == ledger->device && st.st_ino == ledger->inode)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                    _("%s was replaced or removed while in use"), ledger->db);
        return FALSE;
}

static int
run_transaction(GuardLedger *ledger, const LedgerBatch *batch, LedgerHead *end,
                guint8 digest[LEDGER_DIGEST_BYTES])
{
        int code = sqlite3_exec(ledger->database, "BEGIN IMMEDIATE", NULL, NULL, NULL);

        for (guint i = 0; code == SQLITE_OK && i < batch->n; i++)
                code = insert_one(ledger, batch->records[i], end, digest);
        if (code == SQLITE_OK && batch->also_sql != NULL)
                code = sqlite3_exec(ledger->database, batch->also_sql, NULL, NULL, NULL);
        if (code == SQLITE_OK)
                code = sqlite3_exec(ledger->database, "COMMIT", NULL, NULL, NULL);
        return code;
}

/* Without a sync nothing but time is saved: the log's frames stay in order, and the next sync of the log, which every
 * waiting commit and every checkpoint makes, brings these to the disk with its own. */
static int
run(GuardLedger *ledger, const LedgerBatch *batch, LedgerHead *end, guint8 digest[LEDGER_DIGEST_BYTES])
{
        int code = SQLITE_OK;

        if (batch->ahead)
                code = sqlite3_exec(ledger->database, "PRAGMA synchronous=OFF", NULL, NULL, NULL);
        if (code == SQLITE_OK)
                code = run_transaction(ledger, batch, end, digest);
        if (code != SQLITE_OK && !sqlite3_get_autocommit(ledger->database))
                sqlite3_exec(ledger->database, "ROLLBACK", NULL, NULL, NULL);
        if (batch->ahead)
                sqlite3_exec(ledger->database, "PRAGMA synchronous=FULL", NULL, NULL, NULL);
        return code;
}

void
ledger_tell_head(GuardLedger *ledger)
{
        g_autoptr(GError) trouble = NULL;

        g_clear_pointer(&ledger->head_trouble, g_free);
        if (ledger->head_file == NULL || ledger->head.seq == 0)
                return;
        if (ledger->head_fd < 0)
                ledger->head_fd = ledger_head_open(ledger->head_file, &trouble);
        if (ledger->head_fd >= 0 && ledger_head_write(ledger->head_fd, &ledger->head, &trouble))
                ledger->head_unsynced = TRUE;
        else
                ledger->head_trouble = g_strdup(trouble->message);
}

gboolean
ledger_write(GuardLedger *ledger, const LedgerBatch *batch, GError **error)
{
        LedgerHead end = ledger->head;
        guint8 digest[LEDGER_DIGEST_BYTES];
        int code;

        if (!file_is_ours(ledger, error))
                return FALSE;
        memcpy(digest, ledger->digest, sizeof(digest));
        code = run(ledger, batch, &end, digest);
        if (code != SQLITE_OK) {
                ledger_db_error(ledger->database, code, ledger->db, error);
                for (guint i = 0; i < batch->n; i++) {
                        batch->records[i]->seq = 0;
                        g_clear_pointer(&batch->records[i]->digest, g_free);
                }
                return FALSE;
        }
        ledger->head = end;
        memcpy(ledger->digest, digest, sizeof(digest));
        ledger->unsynced = batch->ahead;
        /* A head that is on the disk before its record would make the ledger look cut after a power cut. */
        if (!batch->ahead)
                ledger_tell_head(ledger);
        return TRUE;
}

gboolean
ledger_write_own(GuardLedger *ledger, GuardRecord *record, const char *also_sql, GError **error)
{
        const LedgerBatch batch = {&record, 1, also_sql, FALSE};

        if (!ledger_write(ledger, &batch, error))
                return FALSE;
        if (ledger->own == NULL)
                ledger->own = g_ptr_array_new_with_free_func((GDestroyNotify)guard_record_free);
        g_ptr_array_add(ledger->own, guard_record_copy(record));
        return TRUE;
}

GPtrArray *
guard_ledger_take_own(GuardLedger *ledger)
{
        return g_steal_pointer(&ledger->own);
}

gboolean
ledger_keep_reserve(GuardLedger *ledger, GError **error)
{
        g_autoptr(GError) trouble = NULL;

        if (!ledger->reserve_whole)
                ledger->reserve_whole = ledger_reserve_hold(ledger->db, &trouble);
        g_clear_pointer(&ledger->reserve_trouble, g_free);
        if (ledger->reserve_whole)
                return TRUE;
        ledger->reserve_trouble = g_strdup(trouble->message);
        g_propagate_error(error, g_steal_pointer(&trouble));
        return FALSE;
}

/* What may dip into the reserve: everything but what would let a device in. */
static gboolean
may_use_reserve(GuardRecord **records, guint n)
{
        for (guint i = 0; i < n; i++) {
                if (ledger_record_admits(records[i]))
                        return FALSE;
        }
        return TRUE;
}

static gboolean
append(GuardLedger *ledger, GuardRecord **records, guint n, gboolean ahead, GError **error)
{
        const LedgerBatch batch = {records, n, NULL, ahead};
        gboolean modest = may_use_reserve(records, n);
        g_autoptr(GError) trouble = NULL;

        for (guint i = 0; i < n; i++)
                records[i]->seq = 0;
        if (!modest && !ledger_keep_reserve(ledger, error))
                return FALSE;
        if (ledger_write(ledger, &batch, &trouble))
                return TRUE;
        if (modest && g_error_matches(trouble, GUARD_ERROR, GUARD_ERROR_FULL) &&
            ledger_reserve_release(ledger->db)) {
                ledger->reserve_whole = FALSE;
                ledger->reserve_trouble = g_strdup(trouble->message);
                return ledger_write(ledger, &batch, error);
        }
        g_propagate_error(error, g_steal_pointer(&trouble));
        return FALSE;
}

gboolean
guard_ledger_append(GuardLedger *ledger, GuardRecord *record, GError **error)
{
        return append(ledger, &record, 1, FALSE, error);
}

gboolean
guard_ledger_append_many(GuardLedger *ledger, GPtrArray *records, GError **error)
{
        return records->len == 0 ||
               append(ledger, (GuardRecord **)records->pdata, records->len, FALSE, error);
}

gboolean
guard_ledger_append_ahead(GuardLedger *ledger, GPtrArray *records, GError **error)
{
        return records->len == 0 || append(ledger, (GuardRecord **)records->pdata, records->len, TRUE, error);
}

gboolean
guard_ledger_sync(GuardLedger *ledger, GError **error)
{
        g_autofree char *path = NULL;
        int fd, failed = 0;

        if (!ledger->unsynced)
                return TRUE;
        path = g_strconcat(ledger->db, "-wal", NULL);
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0 || fdatasync(fd) != 0)
                failed = errno;
        if (fd >= 0)
                close(fd);
        if (failed != 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("%s: what was written did not reach the disk: %s"), path,
                            g_strerror(failed));
                return FALSE;
        }
        ledger->unsynced = FALSE;
        ledger_tell_head(ledger);
        return TRUE;
}

gboolean
guard_ledger_head(GuardLedger *ledger, guint64 *seq, char **digest_hex, GError **error)
{
        (void)error;
        if (seq != NULL)
                *seq = ledger->head.seq;
        if (digest_hex != NULL)
                *digest_hex = g_strdup(ledger->head.digest);
        return TRUE;
}

const char *
guard_ledger_trouble(GuardLedger *ledger)
{
        return ledger->reserve_trouble != NULL ? ledger->reserve_trouble : ledger->head_trouble;
}

/* A commit that makes the log longer syncs the file system's journal, too: it is made long enough while nobody waits. What lies
 * behind the last commit is nothing to SQLite. Where it fails, commits are slower, and that is all. Nobody else writes here. */
static void
lengthen_log(const char *db)
{
        static const char nothing[16384];
        g_autofree char *path = g_strconcat(db, "-wal", NULL);
        int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
        struct stat st;
        gssize n = 1;

        if (fd < 0)
                return;
        if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) /* empty: not begun */
                for (; n > 0 && st.st_size < LOG_BYTES; st.st_size += n)
                        n = pwrite(fd, nothing, MIN(sizeof nothing, (gsize)(LOG_BYTES - st.st_size)), st.st_size);
        (void)fdatasync(fd); /* the blocks are there before a commit needs them */
        close(fd);
}

gboolean
guard_ledger_idle(GuardLedger *ledger, GError **error)
{
        int code;

        if (ledger->head_trouble != NULL)
                ledger_tell_head(ledger);
        if (ledger->head_unsynced && fdatasync(ledger->head_fd) == 0)
                ledger->head_unsynced = FALSE;
        ledger_keep_reserve(ledger, NULL);
        /* PASSIVE: the log keeps its size, so that later commits write in place. Readers may hold
         * it up: next time. */
        code = sqlite3_wal_checkpoint_v2(ledger->database, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
                                         NULL);
        if (code == SQLITE_OK)
                lengthen_log(ledger->db);
        if (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_FULL)
                return TRUE; /* on a full disk the records stay in the log: that is as durable */
        return ledger_db_error(ledger->database, code, ledger->db, error);
}
