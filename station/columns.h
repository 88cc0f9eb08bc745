/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What columns of a spreadsheet mean: names in Chinese and English, how a cell becomes a field of a
 * drive and back. Pure; for station/'s own files.
 */
#pragma once
#include "station/station.h"

G_BEGIN_DECLS

typedef enum {
        GUARD_COLUMN_MEDIA_ID = 0,
        GUARD_COLUMN_NAME,
        GUARD_COLUMN_MODEL,
        GUARD_COLUMN_LEVEL,
        GUARD_COLUMN_STATUS,
        GUARD_COLUMN_CUSTODIAN,
        GUARD_COLUMN_DEPARTMENT,
        GUARD_COLUMN_UNIT,
        GUARD_COLUMN_IN_USE_DATE,
        GUARD_COLUMN_VENDOR_ID,
        GUARD_COLUMN_PRODUCT_ID,
        GUARD_COLUMN_SERIAL,
        GUARD_COLUMN_CID,
        GUARD_COLUMN_FS_UUID,
        GUARD_COLUMN_PT_UUID,
        GUARD_COLUMN_CAPACITY,
        GUARD_COLUMN_HOLDER,
        GUARD_COLUMN_DUE_DATE,
        GUARD_COLUMN_HOSTS,
        GUARD_COLUMN_UNITS,
        GUARD_COLUMN_USERS,
        GUARD_COLUMN_SHARED_SERIAL,
        GUARD_COLUMN_NOTE,
        GUARD_N_COLUMNS
} GuardColumn;

typedef struct { /* a row on its way to a drive */
        GuardDrive *drive;
        char *vendor_id, *product_id, *serial;
        gboolean shared_serial;
} GuardRow;

void guard_row_clear(GuardRow *row);
/* The column of this header; GUARD_N_COLUMNS for none. Case, blanks, punctuation and remarks in
 * parentheses do not count. */
GuardColumn guard_column_find(const char *header);
const char *guard_column_name(GuardColumn column, gboolean english);
/* Takes a cell that is not empty into @row. FALSE: @reason (through gettext; caller frees) says
 * what is wrong with it and what would be right. */
gboolean guard_column_take(GuardColumn column, const char *text, GuardRow *row, char **reason);
/* When all cells are taken: the USB identity out of its parts. FALSE as above, @column says whose
 * fault it is. */
gboolean guard_row_finish(GuardRow *row, GuardColumn *column, char **reason);
/* The cell's text for this drive; NULL: empty. Caller frees. */
char *guard_column_text(GuardColumn column, const GuardDrive *drive, gboolean english);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GuardRow, guard_row_clear)

G_END_DECLS
