/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Proving that the ledger is complete and unchanged: walks the chain from its first record, then
 * holds its end against the head file and an anchor. The first thing that is wrong is told, with
 * the seq of the record that is missing or altered.
 *
 * A break that guardd itself found and put on record (ledger-gap, ledger-replaced, ledger-altered)
 * still means that records are missing: it is told each time, until the auditor takes an anchor
 * behind it and verifies with that.
 */
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include "common/guard-text.h"
#include "ledger/kinds.h"
#include "ledger/ledger-private.h"

/* A number for a sentence: translators see %s. */
#define NUMBER(n) number((char[24]){0}, n)

static const char *
number(char text[24], guint64 n)
{
        snprintf(text, 24, "%" G_GUINT64_FORMAT, n);
        return text;
}

typedef struct { /* the last record that was removed behind a checkpoint; seq 0: none */
        guint64 seq;
        char hex[LEDGER_DIGEST_HEX + 1];
} Base;

typedef struct {
        GuardLedgerCheck *check;
        char id[LEDGER_ID_SIZE];
        guint8 digest[LEDGER_DIGEST_BYTES]; /* of the record before */
        guint64 seq;
        Base bases[2]; /* where the records begin: as the last checkpoint says, and as the table
                          says */
        gboolean base_proven; /* a checkpoint in the chain says so */
        const Base *base;     /* the one in use; NULL: from the beginning */
        guint64 recorded_seq; /* first break that is on record: what is missing, and the record that
                                 says so */
        guint64 recorded_by;
        char *recorded_why;
        const LedgerHead *head; /* NULL: not compared */
        const LedgerAnchor *anchor;
        gboolean head_seen, anchor_seen;
} Walk;

static gboolean bad(Walk *walk, guint64 seq, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Notes the first fault only. Always FALSE. */
static gboolean
bad(Walk *walk, guint64 seq, const char *format, ...)
{
        va_list arguments;

        if (!walk->check->good)
                return FALSE;
        walk->check->good = FALSE;
        walk->check->first_bad_seq = seq;
        va_start(arguments, format);
        walk->check->why = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        return FALSE;
}

static gboolean
cell_is(const LedgerCell *cell, const char *text)
{
        return cell->type == CELL_TEXT && cell->size == strlen(text) &&
               memcmp(cell->text, text, cell->size) == 0;
}

/* Two sources, so that an altered checkpoint is named itself and not the record that it vouches
 * for. */
static gboolean
read_bases(Walk *walk, sqlite3 *database, const char *db, GError **error)
{
        g_autoptr(LedgerStatement) row = ledger_db_prepare(
                database, db,
                "SELECT pruned_through, pruned_digest, (SELECT details FROM records WHERE "
                "kind='" GUARD_KIND_LEDGER_PRUNED "' ORDER BY seq DESC LIMIT 1) FROM ledger",
                error);
        const char *details, *hex;
        int code;

        if (row == NULL)
                return FALSE;
        code = sqlite3_step(row);
        if (code != SQLITE_ROW)
                return code == SQLITE_DONE || ledger_db_error(database, code, db, error);
        hex = (const char *)sqlite3_column_text(row, 1);
        details = (const char *)sqlite3_column_text(row, 2);
        if (details == NULL ||
            !ledger_checkpoint_parse(details, &walk->bases[0].seq, walk->bases[0].hex))
                walk->bases[0].seq = 0;
        walk->bases[1].seq = (guint64)sqlite3_column_int64(row, 0);
        g_strlcpy(walk->bases[1].hex, hex != NULL ? hex : "", sizeof(walk->bases[1].hex));
        return TRUE;
}

/* Picks where the first record hangs: the base behind which it is proven, else one that it may
 * stand behind. */
static void
choose_base(Walk *walk, const LedgerCell cells[LEDGER_N_COLUMNS])
{
        for (gsize i = 0; i < G_N_ELEMENTS(walk->bases); i++) {
                const Base *base = &walk->bases[i];
                guint8 previous[LEDGER_DIGEST_BYTES], computed[LEDGER_DIGEST_BYTES];
                char hex[LEDGER_DIGEST_HEX + 1];

                if (base->seq == 0 || !ledger_unhex(base->hex, previous))
                        continue;
                ledger_digest_cells(previous, cells, computed);
                ledger_hex(computed, hex);
                if (walk->base == NULL || cell_is(&cells[COLUMN_DIGEST], hex)) {
                        walk->base = base;
                        memcpy(walk->digest, previous, sizeof(previous));
                }
        }
        if (walk->base != NULL)
                walk->seq = walk->base->seq;
}

/* Once the record itself is proven: does it account for what was removed? */
static void
note_checkpoint(Walk *walk, const LedgerCell cells[LEDGER_N_COLUMNS])
{
        g_autofree char *details = NULL;
        char hex[LEDGER_DIGEST_HEX + 1];
        guint64 seq = 0;

        if (walk->base == NULL || !cell_is(&cells[COLUMN_KIND], GUARD_KIND_LEDGER_PRUNED) ||
            cells[COLUMN_DETAILS].type != CELL_TEXT)
                return;
        details = g_strndup(cells[COLUMN_DETAILS].text, cells[COLUMN_DETAILS].size);
        if (ledger_checkpoint_parse(details, &seq, hex))
                walk->base_proven = seq == walk->base->seq && strcmp(hex, walk->base->hex) == 0;
}

static gboolean
begins_anew(const LedgerCell cells[LEDGER_N_COLUMNS])
{
        return cell_is(&cells[COLUMN_KIND], GUARD_KIND_LEDGER_REPLACED) ||
               cell_is(&cells[COLUMN_KIND], GUARD_KIND_LEDGER_GAP);
}

static void
note_recorded(Walk *walk, const LedgerCell cells[LEDGER_N_COLUMNS], guint64 missing)
{
        if (walk->recorded_by != 0)
                return;
        walk->recorded_seq = missing;
        walk->recorded_by = (guint64)cells[COLUMN_SEQ].number;
        walk->recorded_why = g_strndup(cells[COLUMN_KIND].text, cells[COLUMN_KIND].size);
}

/* Whether a record with this seq may stand here, and what digest it follows. */
static gboolean
takes_its_place(Walk *walk, const LedgerCell cells[LEDGER_N_COLUMNS])
{
        guint64 seq = (guint64)cells[COLUMN_SEQ].number;
        guint64 expected;

        if (walk->check->first_seq == 0) {
                walk->check->first_seq = seq;
                if (seq > 1 && !begins_anew(cells))
                        choose_base(walk, cells);
        }
        expected = walk->seq + 1;
        if (seq == expected) {
                if (cell_is(&cells[COLUMN_KIND], GUARD_KIND_LEDGER_ALTERED))
                        note_recorded(walk, cells, walk->seq);
                return TRUE;
        }
        if (seq > expected && begins_anew(cells)) {
                note_recorded(walk, cells, expected);
                return TRUE;
        }
        if (seq < expected)
                return bad(walk, seq, _("record %s should have been removed already"), NUMBER(seq));
        if (seq - expected == 1)
                return bad(walk, expected, _("record %s is missing"), NUMBER(expected));
        return bad(walk, expected, _("records %s to %s are missing"), NUMBER(expected),
                   NUMBER(seq - 1));
}

/* The record that the head or the anchor names must be the one that was written. */
static gboolean
fits(Walk *walk, const LedgerHead *known, gboolean *seen, const char *hex, const char *name)
{
        if (known == NULL || known->seq != walk->seq)
                return TRUE;
        *seen = TRUE;
        if (strcmp(known->digest, hex) == 0)
                return TRUE;
        return bad(walk, walk->seq,
                   _("record %s is not the one that %s names: the records were rewritten"),
                   NUMBER(walk->seq), name);
}

static gboolean
check_record(Walk *walk, const LedgerCell cells[LEDGER_N_COLUMNS])
{
        guint8 computed[LEDGER_DIGEST_BYTES];
        char hex[LEDGER_DIGEST_HEX + 1];
        guint64 seq = (guint64)cells[COLUMN_SEQ].number;

        if (!takes_its_place(walk, cells))
                return FALSE;
        ledger_digest_cells(walk->digest, cells, computed);
        ledger_hex(computed, hex);
        if (!cell_is(&cells[COLUMN_DIGEST], hex))
                return bad(walk, seq, _("record %s was altered"), NUMBER(seq));
        walk->seq = seq;
        memcpy(walk->digest, computed, sizeof(computed));
        note_checkpoint(walk, cells);
        if (!fits(walk, walk->head, &walk->head_seen, hex, _("the head file")) ||
            !fits(walk, walk->anchor != NULL ? &walk->anchor->head : NULL, &walk->anchor_seen, hex,
                  _("the anchor")))
                return FALSE;
        walk->check->last_seq = seq;
        g_free(walk->check->last_digest);
        walk->check->last_digest = g_strdup(hex);
        return TRUE;
}

/* FALSE with @error only where the file cannot be read for a reason that is not damage. */
static gboolean
walk_records(Walk *walk, sqlite3 *database, const char *db, GError **error)
{
        g_autofree char *columns = ledger_column_list();
        g_autofree char *sql = g_strdup_printf("SELECT %s FROM records ORDER BY seq", columns);
        g_autoptr(LedgerStatement) rows = ledger_db_prepare(database, db, sql, error);
        int code;

        if (rows == NULL)
                return FALSE;
        while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
                LedgerCell cells[LEDGER_N_COLUMNS];

                ledger_cells_from_row(rows, cells);
                if (!check_record(walk, cells))
                        return TRUE;
        }
        return code == SQLITE_DONE || ledger_db_error(database, code, db, error);
}

static gboolean
same_ledger(Walk *walk, const LedgerHead *known, const char *name)
{
        if (known == NULL || strcmp(known->id, walk->id) == 0)
                return TRUE;
        return bad(walk, walk->recorded_by != 0 ? walk->recorded_seq : 1,
                   _("%s belongs to another ledger: this one was put in its place"), name);
}

/* The end of the chain against what is known of it elsewhere. */
static gboolean
check_end(Walk *walk, const LedgerHead *known, gboolean seen, const char *name)
{
        if (known == NULL || seen)
                return TRUE;
        if (known->seq > walk->seq)
                return bad(walk, walk->seq + 1,
                           _("record %s is missing: %s knows records up to %s"),
                           NUMBER(walk->seq + 1), name, NUMBER(known->seq));
        /* Between first and last, but not there: taken out together with a recorded break. */
        if (known->seq >= walk->check->first_seq)
                return bad(walk, known->seq, _("record %s that %s names is missing"),
                           NUMBER(known->seq), name);
        return TRUE;
}

/* Pruned records are gone for good reason; an anchor younger than what the law wants kept says
 * otherwise. */
static gboolean
check_anchor_age(Walk *walk)
{
        gint64 youngest = g_get_real_time() - (gint64)LEDGER_MIN_DAYS * LEDGER_DAY_US;

        if (walk->anchor == NULL || walk->anchor_seen || walk->anchor->time_us < youngest)
                return TRUE;
        return bad(walk, walk->anchor->head.seq,
                   _("record %s that the anchor names was removed before its time"),
                   NUMBER(walk->anchor->head.seq));
}

static gboolean
check_whole(Walk *walk)
{
        const LedgerHead *anchored = walk->anchor != NULL ? &walk->anchor->head : NULL;
        gboolean accepted = walk->anchor_seen && walk->anchor->head.seq >= walk->recorded_by;

        if (walk->check->first_seq == 0 && walk->head == NULL)
                return bad(walk, 1, _("there is no record at all"));
        if (walk->base != NULL && !walk->base_proven)
                return bad(walk, walk->seq + 1,
                           _("the checkpoint for the records before %s is missing"),
                           NUMBER(walk->check->first_seq));
        if (!same_ledger(walk, walk->head, _("the head file")) ||
            !check_end(walk, walk->head, walk->head_seen, _("the head file")))
                return FALSE;
        walk->check->recorded = walk->recorded_by != 0 && !accepted;
        if (walk->check->recorded)
                return bad(walk, walk->recorded_seq,
                           _("record %s is missing or altered, as record %s (%s) says"),
                           NUMBER(walk->recorded_seq), NUMBER(walk->recorded_by),
                           walk->recorded_why);
        return same_ledger(walk, anchored, _("the anchor")) &&
               check_end(walk, anchored, walk->anchor_seen, _("the anchor")) &&
               check_anchor_age(walk);
}

/* Damage that SQLite itself notices is an answer, not a failure to get one. */
static gboolean
as_answer(Walk *walk, GError *trouble, GError **error)
{
        if (!g_error_matches(trouble, GUARD_ERROR, GUARD_ERROR_CORRUPT)) {
                g_propagate_error(error, trouble);
                return FALSE;
        }
        bad(walk, walk->seq + 1, _("record %s cannot be read: %s"), NUMBER(walk->seq + 1),
            trouble->message);
        g_error_free(trouble);
        return TRUE;
}

static gboolean
verify_file(Walk *walk, const char *db, GError **error)
{
        g_autoptr(sqlite3) database = ledger_db_open_read(db, error);

        if (database == NULL || !ledger_db_exec(database, db, "BEGIN", error) ||
            !ledger_db_read_id(database, db, walk->id, error) ||
            !read_bases(walk, database, db, error))
                return FALSE;
        ledger_digest_genesis(walk->id, walk->digest);
        return walk_records(walk, database, db, error);
}

gboolean
guard_ledger_verify(const char *db, const char *head_file, const char *anchor_text,
                    GuardLedgerCheck *check, GError **error)
{
        Walk walk = {.check = check};
        LedgerHead head;
        LedgerAnchor anchor;
        LedgerHeadState state = LEDGER_HEAD_ABSENT;
        GError *trouble = NULL;
        gboolean answered = TRUE;

        memset(check, 0, sizeof(*check));
        check->good = TRUE;
        if (anchor_text != NULL && !ledger_anchor_parse(anchor_text, &anchor, error))
                return FALSE;
        walk.anchor = anchor_text != NULL ? &anchor : NULL;
        /* Before the walk: guardd may append meanwhile, and the head must not be ahead of what we
         * read. */
        if (head_file != NULL)
                state = ledger_head_read(head_file, &head);
        walk.head = state == LEDGER_HEAD_GOOD ? &head : NULL;
        if (!verify_file(&walk, db, &trouble))
                answered = as_answer(&walk, trouble, error);
        if (answered && check->good)
                check_whole(&walk);
        if (answered && check->good && head_file != NULL && state != LEDGER_HEAD_GOOD &&
            walk.seq > 1)
                bad(&walk, walk.seq + 1,
                    _("%s is missing or unreadable: whether records were cut off the end cannot be "
                      "told"),
                    head_file);
        g_free(walk.recorded_why);
        return answered;
}

void
guard_ledger_check_clear(GuardLedgerCheck *check)
{
        g_clear_pointer(&check->last_digest, g_free);
        g_clear_pointer(&check->why, g_free);
}
