/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The columns of a record: one table says what is written, read and covered by the digest, so that
 * a field cannot be in one and not in the others. No SQL statement and no file here.
 */
#include <string.h>
#include "ledger/ledger-private.h"

const char *const ledger_column_names[LEDGER_N_COLUMNS] = {
        "seq",     "version",   "time_us",    "boottime_us", "boot_id",      "kind",    "severity",
        "verdict", "reason",    "rule",       "media_id",    "level",        "device",  "block",
        "diskseq", "vendor_id", "product_id", "serial",      "manufacturer", "product", "user",
        "session", "message",   "details",    "digest",
};

/* Columns that are plain strings of the record. */
static const struct {
        int column;
        gsize offset;
} strings[] = {
        {COLUMN_BOOT_ID, G_STRUCT_OFFSET(GuardRecord, boot_id)},
        {COLUMN_KIND, G_STRUCT_OFFSET(GuardRecord, kind)},
        {COLUMN_RULE, G_STRUCT_OFFSET(GuardRecord, rule)},
        {COLUMN_MEDIA_ID, G_STRUCT_OFFSET(GuardRecord, media_id)},
        {COLUMN_LEVEL, G_STRUCT_OFFSET(GuardRecord, level)},
        {COLUMN_DEVICE, G_STRUCT_OFFSET(GuardRecord, device)},
        {COLUMN_BLOCK, G_STRUCT_OFFSET(GuardRecord, block)},
        {COLUMN_VENDOR_ID, G_STRUCT_OFFSET(GuardRecord, vendor_id)},
        {COLUMN_PRODUCT_ID, G_STRUCT_OFFSET(GuardRecord, product_id)},
        {COLUMN_SERIAL, G_STRUCT_OFFSET(GuardRecord, serial)},
        {COLUMN_MANUFACTURER, G_STRUCT_OFFSET(GuardRecord, manufacturer)},
        {COLUMN_PRODUCT, G_STRUCT_OFFSET(GuardRecord, product)},
        {COLUMN_USER, G_STRUCT_OFFSET(GuardRecord, user)},
        {COLUMN_SESSION, G_STRUCT_OFFSET(GuardRecord, session)},
        {COLUMN_MESSAGE, G_STRUCT_OFFSET(GuardRecord, message)},
        {COLUMN_DETAILS, G_STRUCT_OFFSET(GuardRecord, details)},
        {COLUMN_DIGEST, G_STRUCT_OFFSET(GuardRecord, digest)},
};

static char **
string_of(GuardRecord *record, gsize i)
{
        return (char **)(void *)((char *)record + strings[i].offset);
}

static LedgerCell
text_cell(const char *text)
{
        if (text == NULL)
                return (LedgerCell){.type = CELL_NULL};
        return (LedgerCell){.type = CELL_TEXT, .text = text, .size = strlen(text)};
}

static LedgerCell
integer_cell(gint64 number)
{
        return (LedgerCell){.type = CELL_INTEGER, .number = number};
}

char *
ledger_column_list(void)
{
        GString *list = g_string_new(NULL);

        for (int i = 0; i < LEDGER_N_COLUMNS; i++)
                g_string_append_printf(list, "%s\"%s\"", i > 0 ? ", " : "", ledger_column_names[i]);
        return g_string_free(list, FALSE);
}

void
ledger_cells_from_record(const GuardRecord *record, LedgerCell cells[LEDGER_N_COLUMNS])
{
        cells[COLUMN_SEQ] = integer_cell((gint64)record->seq);
        cells[COLUMN_VERSION] = integer_cell(LEDGER_FORMAT);
        cells[COLUMN_TIME] = integer_cell(record->time_us);
        cells[COLUMN_BOOTTIME] = integer_cell(record->boottime_us);
        cells[COLUMN_SEVERITY] = text_cell(guard_severity_to_string(record->severity));
        cells[COLUMN_VERDICT] =
                text_cell(record->has_verdict ? guard_verdict_to_string(record->verdict) : NULL);
        cells[COLUMN_REASON] = text_cell(record->reason != GUARD_REASON_NONE
                                                 ? guard_reason_to_string(record->reason)
                                                 : NULL);
        cells[COLUMN_DISKSEQ] = record->diskseq != 0 ? integer_cell((gint64)record->diskseq)
                                                     : (LedgerCell){.type = CELL_NULL};
        for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
                cells[strings[i].column] = text_cell(*string_of((GuardRecord *)record, i));
}

static LedgerCell
cell_from_row(sqlite3_stmt *statement, int column)
{
        switch (sqlite3_column_type(statement, column)) {
        case SQLITE_NULL:
                return (LedgerCell){.type = CELL_NULL};
        case SQLITE_INTEGER:
                return integer_cell(sqlite3_column_int64(statement, column));
        case SQLITE_TEXT: {
                const char *text = (const char *)sqlite3_column_text(statement, column);

                return (LedgerCell){.type = CELL_TEXT,
                                    .text = text != NULL ? text : "",
                                    .size = (gsize)sqlite3_column_bytes(statement, column)};
        }
        default:
                return (LedgerCell){.type = CELL_FOREIGN};
        }
}

void
ledger_cells_from_row(sqlite3_stmt *statement, LedgerCell cells[LEDGER_N_COLUMNS])
{
        for (int i = 0; i < LEDGER_N_COLUMNS; i++)
                cells[i] = cell_from_row(statement, i);
}

/* Copies up to the first NUL: a longer one was put there by somebody else. */
static char *
dup_cell(const LedgerCell *cell)
{
        return cell->type == CELL_TEXT ? g_strndup(cell->text, cell->size) : NULL;
}

GuardRecord *
ledger_record_from_cells(const LedgerCell cells[LEDGER_N_COLUMNS])
{
        GuardRecord *record = g_new0(GuardRecord, 1);
        g_autofree char *severity = dup_cell(&cells[COLUMN_SEVERITY]);
        g_autofree char *verdict = dup_cell(&cells[COLUMN_VERDICT]);
        g_autofree char *reason = dup_cell(&cells[COLUMN_REASON]);

        record->seq = (guint64)cells[COLUMN_SEQ].number;
        record->time_us = cells[COLUMN_TIME].number;
        record->boottime_us = cells[COLUMN_BOOTTIME].number;
        record->diskseq = (guint64)cells[COLUMN_DISKSEQ].number;
        if (severity != NULL)
                guard_severity_from_string(severity, &record->severity);
        if (reason != NULL)
                guard_reason_from_string(reason, &record->reason);
        if (verdict != NULL)
                record->has_verdict = guard_verdict_from_string(verdict, &record->verdict);
        for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
                *string_of(record, i) = dup_cell(&cells[strings[i].column]);
        return record;
}
