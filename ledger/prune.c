/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Removing old records behind a checkpoint. How old a record is, is not taken from the wall clock
 * alone: a machine whose clock was set a year ahead would lose everything. Age is what is proven by
 * the records in between: within one boot the time since boot, between two boots the wall clock,
 * but no more than a few days a step. A machine in daily use notices no difference; one that was
 * off for months keeps its records longer.
 */
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include "ledger/kinds.h"
#include "ledger/ledger-private.h"

#define STEP_MAX_US (4 * LEDGER_DAY_US)
/* One false step (a clock set ahead while the machine was off) must not cut into what the law wants
 * kept. */
#define AGE_MIN_US ((gint64)LEDGER_MIN_DAYS * LEDGER_DAY_US + STEP_MAX_US)
#define JUMP_US (3600 * G_TIME_SPAN_SECOND)

typedef struct {
        guint64 seq;
        gint64 time_us, boottime_us, age_us;
        char *boot_id;
        char *digest;
} Point;

static void
point_clear(gpointer data)
{
        Point *point = data;

        g_free(point->boot_id);
        g_free(point->digest);
}

gboolean
ledger_checkpoint_parse(const char *details, guint64 *seq, char hex[LEDGER_DIGEST_HEX + 1])
{
        int end = 0;

        return sscanf(details,
                      "{\"through_seq\":%" G_GUINT64_FORMAT ",\"through_digest\":\"%64[0-9a-f]\"%n",
                      seq, hex, &end) == 2 &&
               end > 0 && *seq > 0;
}

static char *
checkpoint_format(const Point *last, guint64 removed)
{
        return g_strdup_printf("{\"through_seq\":%" G_GUINT64_FORMAT
                               ",\"through_digest\":\"%s\",\"through_time_us\":%" G_GINT64_FORMAT
                               ",\"removed\":%" G_GUINT64_FORMAT "}",
                               last->seq, last->digest, last->time_us, removed);
}

static GArray *
read_points(GuardLedger *ledger, GError **error)
{
        g_autoptr(LedgerStatement) rows = ledger_db_prepare(
                ledger->database, ledger->db,
                "SELECT seq, time_us, boottime_us, boot_id, digest FROM records ORDER BY seq",
                error);
        g_autoptr(GArray) points = g_array_new(FALSE, FALSE, sizeof(Point));
        int code;

        if (rows == NULL)
                return NULL;
        g_array_set_clear_func(points, point_clear);
        while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
                Point point = {.seq = (guint64)sqlite3_column_int64(rows, 0),
                               .time_us = sqlite3_column_int64(rows, 1),
                               .boottime_us = sqlite3_column_int64(rows, 2),
                               .boot_id = g_strdup((const char *)sqlite3_column_text(rows, 3)),
                               .digest = g_strdup((const char *)sqlite3_column_text(rows, 4))};

                g_array_append_val(points, point);
        }
        if (code == SQLITE_DONE)
                return g_steal_pointer(&points);
        ledger_db_error(ledger->database, code, ledger->db, error);
        return NULL;
}

/* The time that has certainly passed between two moments. */
static gint64
proven_step(const Point *from, const Point *to)
{
        gint64 wall = to->time_us - from->time_us;

        if (from->boot_id != NULL && g_strcmp0(from->boot_id, to->boot_id) == 0)
                return CLAMP(to->boottime_us - from->boottime_us, 0, MAX(wall, 0) + JUMP_US);
        return CLAMP(wall, 0, STEP_MAX_US + MAX(to->boottime_us, 0));
}

static void
compute_ages(GArray *points, const Point *now)
{
        gint64 age = 0;
        const Point *later = now;

        for (guint i = points->len; i-- > 0;) {
                Point *point = &g_array_index(points, Point, i);

                age += proven_step(point, later);
                point->age_us = age;
                later = point;
        }
}

/* The clock against the newest record: both clocks must have gone on alike. */
static gboolean
clock_is_steady(const Point *newest, const Point *now, GError **error)
{
        gint64 wall = now->time_us - newest->time_us;
        gint64 boot = now->boottime_us - newest->boottime_us;
        gboolean same_boot =
                newest->boot_id != NULL && g_strcmp0(newest->boot_id, now->boot_id) == 0;

        if (wall >= -JUMP_US && (!same_boot || ABS(wall - boot) <= JUMP_US))
                return TRUE;
        g_set_error_literal(
                error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                _("the clock has jumped since the newest record; no old record is removed"));
        return FALSE;
}

static guint
count_removable(GArray *points, gint64 before_us)
{
        guint n = 0;

        /* The newest stays in any case: the chain needs something to go on from. */
        while (n + 1 < points->len) {
                const Point *point = &g_array_index(points, Point, n);

                if (point->time_us >= before_us || point->age_us < AGE_MIN_US)
                        break;
                n++;
        }
        return n;
}

static gboolean
remove_first(GuardLedger *ledger, GArray *points, guint n, GError **error)
{
        const Point *last = &g_array_index(points, Point, n - 1);
        g_autoptr(GuardRecord) checkpoint =
                guard_record_new(GUARD_KIND_LEDGER_PRUNED, GUARD_SEVERITY_NOTICE);
        g_autofree char *sql = NULL;
        guint8 digest[LEDGER_DIGEST_BYTES];

        /* An altered record is evidence: it is not swept away with the old ones. */
        if (last->digest == NULL || !ledger_unhex(last->digest, digest)) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                            "%s: record %" G_GUINT64_FORMAT " was altered", ledger->db, last->seq);
                return FALSE;
        }
        sql = g_strdup_printf("UPDATE ledger SET pruned_through=%" G_GUINT64_FORMAT
                              ", pruned_digest='%s';"
                              "DELETE FROM records WHERE seq <= %" G_GUINT64_FORMAT,
                              last->seq, last->digest, last->seq);
        checkpoint->details = checkpoint_format(last, n);
        checkpoint->message = guard_record_message(checkpoint);
        return ledger_write_own(ledger, checkpoint, sql, error);
}

gboolean
ledger_prune_at(GuardLedger *ledger, gint64 before_us, const LedgerClock *clock, guint64 *removed,
                GError **error)
{
        Point now = {.time_us = clock->now_us,
                     .boottime_us = clock->boottime_us,
                     .boot_id = (char *)clock->boot_id};
        g_autoptr(GArray) points = read_points(ledger, error);
        guint n;

        if (removed != NULL)
                *removed = 0;
        if (points == NULL)
                return FALSE;
        if (points->len == 0)
                return TRUE;
        if (!clock_is_steady(&g_array_index(points, Point, points->len - 1), &now, error))
                return FALSE;
        compute_ages(points, &now);
        n = count_removable(
                points, MIN(before_us, clock->now_us - (gint64)LEDGER_MIN_DAYS * LEDGER_DAY_US));
        if (n == 0)
                return TRUE;
        if (!remove_first(ledger, points, n, error))
                return FALSE;
        if (removed != NULL)
                *removed = n;
        return TRUE;
}

gboolean
guard_ledger_prune(GuardLedger *ledger, gint64 before_us, gint64 now_us, guint64 *removed,
                   GError **error)
{
        LedgerClock clock = {
                .now_us = now_us, .boottime_us = ledger_boottime_us(), .boot_id = ledger_boot_id()};

        return ledger_prune_at(ledger, before_us, &clock, removed, error);
}
