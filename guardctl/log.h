/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl log, between its files: where records come from (the file, or guardd for who may not read
 * it) and how they are shown.
 */
#pragma once
#include "guardctl/guardctl.h"
#include "ledger/ledger.h"

G_BEGIN_DECLS

/* Visits records oldest first, from the ledger file where it may be read, else from guardd. Returns the exit status; what went wrong
 * is printed. */
int guardctl_log_read(GuardctlContext *ctx, const GuardLedgerQuery *query, GuardLedgerVisit visit, gpointer user_data);
/* The same choice for verify. */
int guardctl_log_check(GuardctlContext *ctx, const char *anchor_text, GuardLedgerCheck *check);
/* The line to keep. From the file alone: who keeps it is root. */
int guardctl_log_anchor(GuardctlContext *ctx, char **line);

/* This machine's name in the desk's register; NULL where it has none that can be read. Caller frees. */
char *guardctl_log_host_id(GuardctlContext *ctx);
/* One object of INTERFACES' array. @host_id may be NULL. */
void guardctl_log_add_json(JsonBuilder *builder, const GuardRecord *record, const char *host_id);
GuardctlTable *guardctl_log_table_new(void);
void guardctl_log_add_row(GuardctlTable *table, const GuardRecord *record);

G_END_DECLS
