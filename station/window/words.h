/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the window writes: cells, details, faults of a spreadsheet. Pure, through gettext; no widget.
 */
#pragma once
#include "station/import.h"
#include "station/life.h"
#include "station/pending.h"
#include "station/query.h"
#include "station/stocktake.h"

G_BEGIN_DECLS

/* The header of a column, and a drive's cell in it ("" where there is nothing; caller frees). */
const char *guard_words_title(GuardSort column);
char *guard_words_cell(GuardSort column, const GuardDrive *drive);
/* A day and time of the clock on the wall; "" for 0. Caller frees. */
char *guard_words_time(gint64 time_us);
/* "32 GB"; "" for 0. Caller frees. */
char *guard_words_size(guint64 bytes);
/* One a line: "USB 0951:1666 …", with a remark on weak ones. Caller frees. */
char *guard_words_identifiers(const GuardDrive *drive);
/* Label and value of each field that is filled in, in turns, ended by NULL. g_strfreev(). */
char **guard_words_details(const GuardDrive *drive);
/* "Row 12, 密级 '绝': reason". Caller frees. */
char *guard_words_fault(const GuardRowFault *fault);
/* What an import would do, in a sentence or two. Caller frees. */
char *guard_words_import(const GuardImportInfo *info);
/* What a snapshot of now would say otherwise. Caller frees. */
char *guard_words_pending(const GuardPending *pending);
/* How far a stock-take is, or what it ended with. Caller frees. */
char *guard_words_stocktake(const GuardStocktake *state);
/* A record of the history as one text that is kept: parts apart by tabs. Caller frees. */
char *guard_words_keep_record(const GuardHistory *record);
/* "2026-03-01 10:00  hand out  wang", and in lines of their own what changed (before → after) and why;
 * of what guard_words_keep_record() made. Caller frees. */
char *guard_words_record(const char *kept);
/* The words of a list, written with any comma or line breaks; NULL for none. g_strfreev(). */
char **guard_words_list(const char *text);
/* What a person should know before this drive is entered: no serial number, or one that others
 * have (@same of media ids, may be NULL). NULL: nothing. Caller frees. */
char *guard_words_warning(const GuardDrive *drive, const GPtrArray *same);

G_END_DECLS
