/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A ledger in a folder of its own, and what the tests of ledger/ do with it.
 */
#pragma once
#include <glib.h>
#include "ledger/kinds.h"
#include "ledger/ledger-private.h"

typedef struct {
        char *dir, *db, *head;
        GuardLedger *ledger; /* NULL: closed */
} Fixture;

void fixture_set_up(Fixture *fixture, gconstpointer data);
void fixture_tear_down(Fixture *fixture, gconstpointer data);
void fixture_open(Fixture *fixture); /* must succeed, undamaged */
gboolean fixture_open_damaged(Fixture *fixture); /* must succeed; returns @damaged */
void fixture_close(Fixture *fixture);
/* A record with something in every field. */
GuardRecord *fixture_record(guint n);
void fixture_append(Fixture *fixture, guint n); /* @n records */
/* Runs SQL as somebody with the sqlite3 tool would, the triggers dropped. */
void fixture_sql(const char *db, const char *sql);
/* Copies the database with its log. */
void fixture_copy(const char *from, const char *to);
guint64 fixture_last_seq(Fixture *fixture);
/* Verifies; @bad_seq 0: must be good. */
void fixture_expect(Fixture *fixture, guint64 bad_seq);
GuardRecord *fixture_get(Fixture *fixture, guint64 seq);
