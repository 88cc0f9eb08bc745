/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opening for appending: finds out what became of the ledger since the last time, and puts it on
 * record. Whatever was found, nothing that could be read is ever deleted.
 *
 *   file unreadable, or of another ledger than the head   aside whole, new one: ledger-replaced
 *   file gone, but the head is there                       new one: ledger-replaced
 *   file behind its head (old copy, cut tail)              kept and continued: ledger-gap
 *   the head's record is not the one that was written      kept and continued: ledger-altered
 *   head file gone                                         kept: ledger-head-lost
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "ledger/kinds.h"
#include "ledger/ledger-private.h"

/* Where the chain ends. Whether it holds is not asked here: that takes a walk through all of it,
 * and an altered record must stay where it is, for verify to name. */
static gboolean
read_last(GuardLedger *ledger, GError **error)
{
        g_autoptr(LedgerStatement) row = ledger_db_prepare(
                ledger->database, ledger->db,
                "SELECT seq, digest FROM records ORDER BY seq DESC LIMIT 1", error);
        const char *digest;
        int code;

        if (row == NULL)
                return FALSE;
        code = sqlite3_step(row);
        if (code == SQLITE_DONE)
                return TRUE;
        if (code != SQLITE_ROW)
                return ledger_db_error(ledger->database, code, ledger->db, error);
        ledger->head.seq = (guint64)sqlite3_column_int64(row, 0);
        digest = (const char *)sqlite3_column_text(row, 1);
        if (digest == NULL || !ledger_unhex(digest, ledger->digest))
                ledger_digest_text(digest != NULL ? digest : "",
                                   (gsize)sqlite3_column_bytes(row, 1), ledger->digest);
        ledger_hex(ledger->digest, ledger->head.digest);
        return TRUE;
}

static gboolean
read_was_clean(GuardLedger *ledger, GError **error)
{
        g_autoptr(LedgerStatement) last = ledger_db_prepare(
                ledger->database, ledger->db,
                "SELECT kind='" GUARD_KIND_GUARDD_STOP "' FROM records WHERE kind IN "
                "('" GUARD_KIND_GUARDD_START "', '" GUARD_KIND_GUARDD_STOP
                "', '" GUARD_KIND_UNCLEAN_END "') ORDER BY seq DESC LIMIT 1",
                error);
        int code;

        if (last == NULL)
                return FALSE;
        code = sqlite3_step(last);
        ledger->was_clean = code != SQLITE_ROW || sqlite3_column_int(last, 0) != 0;
        return code == SQLITE_ROW || code == SQLITE_DONE ||
               ledger_db_error(ledger->database, code, ledger->db, error);
}

void
ledger_close(GuardLedger *ledger, gboolean keep_as_it_is)
{
        if (ledger->database != NULL && keep_as_it_is)
                sqlite3_db_config(ledger->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        g_clear_pointer(&ledger->insert, sqlite3_finalize);
        g_clear_pointer(&ledger->database, ledger_db_close);
}

static gboolean
prepare_insert(GuardLedger *ledger, GError **error)
{
        g_autofree char *columns = ledger_column_list();
        g_autoptr(GString) sql = g_string_new("INSERT INTO records(");

        g_string_append_printf(sql, "%s) VALUES(?", columns);
        for (int i = 1; i < LEDGER_N_COLUMNS; i++)
                g_string_append(sql, ",?");
        g_string_append_c(sql, ')');
        ledger->insert = ledger_db_prepare(ledger->database, ledger->db, sql->str, error);
        return ledger->insert != NULL;
}

static gboolean
remember_file(GuardLedger *ledger, GError **error)
{
        struct stat st;

        if (stat(ledger->db, &st) < 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, "%s cannot be found", ledger->db);
                return FALSE;
        }
        ledger->device = st.st_dev;
        ledger->inode = st.st_ino;
        return TRUE;
}

/* Opens what is at the path and reads where it ends. */
static gboolean
open_database(GuardLedger *ledger, gboolean *created, GError **error)
{
        memset(&ledger->head, 0, sizeof(ledger->head));
        ledger->database = ledger_db_open_write(ledger->db, created, error);
        if (ledger->database == NULL ||
            !ledger_db_read_id(ledger->database, ledger->db, ledger->head.id, error))
                return FALSE;
        ledger_digest_genesis(ledger->head.id, ledger->digest);
        ledger_hex(ledger->digest, ledger->head.digest);
        return read_last(ledger, error) && read_was_clean(ledger, error) &&
               prepare_insert(ledger, error) && remember_file(ledger, error);
}

/* A record of the ledger about itself. Takes @details; @seq 0: the next. */
static gboolean
write_own(GuardLedger *ledger, const char *kind, GuardSeverity severity, guint64 seq, char *details,
          GError **error)
{
        g_autoptr(GuardRecord) record = guard_record_new(kind, severity);

        record->seq = seq;
        record->details = details;
        record->message = guard_record_message(record);
        return ledger_write_own(ledger, record, NULL, error);
}

/* @why in a word; @file may be NULL. The names are ours: nothing in them needs escaping. */
static char *
describe(const char *why, const char *file, const LedgerHead *last, const LedgerHead *head)
{
        g_autofree char *name = file != NULL ? g_path_get_basename(file) : NULL;
        g_autofree char *quoted = name != NULL ? g_strdup_printf("\"%s\"", name) : g_strdup("null");

        return g_strdup_printf("{\"why\":\"%s\",\"old_file\":%s,\"last_seq\":%" G_GUINT64_FORMAT
                               ",\"last_digest\":\"%s\",\"head_seq\":%" G_GUINT64_FORMAT
                               ",\"head_digest\":\"%s\"}",
                               why, quoted, last->seq, last->seq > 0 ? last->digest : "", head->seq,
                               head->digest);
}

/* The record that the head names must be the one that is there. */
static gboolean
fits_head(GuardLedger *ledger, const LedgerHead *head)
{
        g_autoptr(LedgerStatement) row = NULL;
        const char *digest;

        if (head->seq == ledger->head.seq)
                return strcmp(head->digest, ledger->head.digest) == 0;
        row = ledger_db_prepare(ledger->database, ledger->db,
                                "SELECT digest FROM records WHERE seq=?", NULL);
        if (row == NULL)
                return FALSE;
        sqlite3_bind_int64(row, 1, (gint64)head->seq);
        if (sqlite3_step(row) != SQLITE_ROW)
                return FALSE;
        digest = (const char *)sqlite3_column_text(row, 0);
        return g_strcmp0(digest, head->digest) == 0;
}

/* How far the file that was moved aside can be read and is proven. */
static void
salvage(const char *aside, LedgerHead *last)
{
        GuardLedgerCheck check = {0};

        if (guard_ledger_verify(aside, NULL, NULL, &check, NULL) && check.last_seq > 0) {
                last->seq = check.last_seq;
                g_strlcpy(last->digest, check.last_digest, sizeof(last->digest));
        }
        guard_ledger_check_clear(&check);
}

static gboolean
replace(GuardLedger *ledger, const LedgerHead *head, const char *why, GError **error)
{
        LedgerHead last = {0};
        g_autofree char *aside = NULL;
        gboolean created = FALSE;

        ledger_close(ledger, TRUE);
        aside = ledger_db_move_aside(ledger->db, error);
        if (aside == NULL)
                return FALSE;
        salvage(aside, &last);
        return open_database(ledger, &created, error) &&
               write_own(ledger, GUARD_KIND_LEDGER_REPLACED, GUARD_SEVERITY_CRITICAL,
                         MAX(last.seq, head->seq) + 1, describe(why, aside, &last, head), error);
}

/* What the head file says against what the file holds. */
static gboolean
compare_with_head(GuardLedger *ledger, const LedgerHead *head, gboolean *damaged, GError **error)
{
        const char *kind = NULL, *why = NULL;
        guint64 seq = 0;

        if (strcmp(head->id, ledger->head.id) != 0 && ledger->head.seq > 0) {
                *damaged = TRUE;
                return replace(ledger, head, "another-ledger", error);
        }
        if (ledger->head.seq == 0) {
                kind = GUARD_KIND_LEDGER_REPLACED;
                why = "gone";
                seq = head->seq + 1;
        } else if (head->seq > ledger->head.seq) {
                kind = GUARD_KIND_LEDGER_GAP;
                why = "behind";
                seq = head->seq + 1;
        } else if (!fits_head(ledger, head)) {
                kind = GUARD_KIND_LEDGER_ALTERED;
                why = "rewritten";
        } else {
                return TRUE;
        }
        *damaged = TRUE;
        return write_own(ledger, kind, GUARD_SEVERITY_CRITICAL, seq,
                         describe(why, NULL, &ledger->head, head), error);
}

static gboolean
take_stock(GuardLedger *ledger, gboolean *damaged, GError **error)
{
        LedgerHead head = {0};
        LedgerHeadState state = ledger->head_file != NULL
                                        ? ledger_head_read(ledger->head_file, &head)
                                        : LEDGER_HEAD_ABSENT;
        gboolean created = FALSE;
        g_autoptr(GError) trouble = NULL;

        if (!open_database(ledger, &created, &trouble)) {
                if (!g_error_matches(trouble, GUARD_ERROR, GUARD_ERROR_CORRUPT)) {
                        g_propagate_error(error, g_steal_pointer(&trouble));
                        return FALSE;
                }
                *damaged = TRUE;
                return replace(ledger, &head, "unreadable", error);
        }
        if (state == LEDGER_HEAD_GOOD)
                return compare_with_head(ledger, &head, damaged, error);
        if (ledger->head.seq == 0)
                return write_own(ledger, GUARD_KIND_LEDGER_BEGUN, GUARD_SEVERITY_NOTICE, 0, NULL,
                                 error);
        /* One record and no head: the power went in the first second. */
        if (ledger->head_file != NULL && ledger->head.seq > 1) {
                *damaged = TRUE;
                return write_own(ledger, GUARD_KIND_LEDGER_HEAD_LOST, GUARD_SEVERITY_WARNING, 0,
                                 NULL, error);
        }
        return TRUE;
}

GuardLedger *
guard_ledger_open(const char *db, const char *head_file, gboolean *damaged, GError **error)
{
        g_autoptr(GuardLedger) ledger = g_new0(GuardLedger, 1);
        gboolean found_damage = FALSE, good;
        g_autoptr(GError) trouble = NULL;

        ledger->db = g_strdup(db);
        ledger->head_file = g_strdup(head_file);
        ledger->head_fd = -1;
        good = take_stock(ledger, &found_damage, &trouble);
        if (!good && g_error_matches(trouble, GUARD_ERROR, GUARD_ERROR_FULL) &&
            ledger_reserve_release(db)) {
                g_clear_error(&trouble);
                ledger_close(ledger, TRUE);
                good = take_stock(ledger, &found_damage, &trouble);
        }
        if (!good) {
                g_propagate_error(error, g_steal_pointer(&trouble));
                return NULL;
        }
        ledger_keep_reserve(ledger, NULL);
        ledger_tell_head(ledger);
        if (damaged != NULL)
                *damaged = found_damage;
        return g_steal_pointer(&ledger);
}

void
guard_ledger_free(GuardLedger *ledger)
{
        if (ledger == NULL)
                return;
        ledger_close(ledger, FALSE);
        if (ledger->head_fd >= 0) {
                (void)fdatasync(ledger->head_fd);
                close(ledger->head_fd);
        }
        g_free(ledger->head_trouble);
        g_free(ledger->reserve_trouble);
        if (ledger->own != NULL)
                g_ptr_array_unref(ledger->own);
        g_free(ledger->db);
        g_free(ledger->head_file);
        g_free(ledger);
}

gboolean
guard_ledger_last_was_clean(GuardLedger *ledger)
{
        return ledger->was_clean;
}
