/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the files of ledger/ share: the columns, the digest, the head file, the database. Nobody
 * outside ledger/ and its tests includes this.
 */
#pragma once
#include <sqlite3.h>
#include "common/guard-error.h"
#include "ledger/ledger.h"

G_BEGIN_DECLS

#define LEDGER_DIGEST_BYTES 32
#define LEDGER_DIGEST_HEX (2 * LEDGER_DIGEST_BYTES)
#define LEDGER_ID_SIZE 37 /* a uuid and its NUL */
#define LEDGER_FORMAT 1
#define LEDGER_APPLICATION_ID 0x42474c47 /* "BGLG" */
#define LEDGER_RESERVE_BYTES (1024 * 1024)
#define LEDGER_DAY_US (24 * 3600 * G_TIME_SPAN_SECOND)
#define LEDGER_MIN_DAYS 184

/* ---- columns (columns.c): one table for writing, reading and digest, so that they cannot differ ---- */

enum {
        COLUMN_SEQ = 0, COLUMN_VERSION, COLUMN_TIME, COLUMN_BOOTTIME, COLUMN_BOOT_ID, COLUMN_KIND,
        COLUMN_SEVERITY, COLUMN_VERDICT, COLUMN_REASON, COLUMN_RULE, COLUMN_MEDIA_ID, COLUMN_LEVEL,
        COLUMN_DEVICE, COLUMN_BLOCK, COLUMN_DISKSEQ, COLUMN_VENDOR_ID, COLUMN_PRODUCT_ID, COLUMN_SERIAL,
        COLUMN_MANUFACTURER, COLUMN_PRODUCT, COLUMN_USER, COLUMN_SESSION, COLUMN_MESSAGE, COLUMN_DETAILS,
        LEDGER_N_HASHED,
        COLUMN_DIGEST = LEDGER_N_HASHED,
        LEDGER_N_COLUMNS
};

typedef enum { CELL_NULL = 0, CELL_INTEGER = 1, CELL_TEXT = 2, CELL_FOREIGN = 3 /* a type that we never write */ } LedgerCellType;
typedef struct {
        LedgerCellType type;
        gint64 number;
        const char *text; /* not NUL-terminated by contract: @size counts */
        gsize size;
} LedgerCell;

extern const char *const ledger_column_names[LEDGER_N_COLUMNS];
/* "seq, version, …": for SELECT and INSERT. Caller frees. */
char *ledger_column_list(void);
/* The cells borrow from @record. */
void ledger_cells_from_record(const GuardRecord *record, LedgerCell cells[LEDGER_N_COLUMNS]);
/* The cells borrow from the current row of @statement, whose columns are ledger_column_list(). */
void ledger_cells_from_row(sqlite3_stmt *statement, LedgerCell cells[LEDGER_N_COLUMNS]);
/* Never fails: what cannot be understood is left at its safe value (a changed record is verify's business). */
GuardRecord *ledger_record_from_cells(const LedgerCell cells[LEDGER_N_COLUMNS]);

/* ---- digest (digest.c) ---- */

/* SHA-256 over: domain, format, previous digest, then each hashed column as type byte and, by type, 8 bytes
 * big-endian or 8 bytes of length and the text. */
void ledger_digest_cells(const guint8 previous[LEDGER_DIGEST_BYTES], const LedgerCell cells[LEDGER_N_COLUMNS], guint8 digest[LEDGER_DIGEST_BYTES]);
/* What stands before the first record of the ledger @id. */
void ledger_digest_genesis(const char *id, guint8 digest[LEDGER_DIGEST_BYTES]);
void ledger_digest_text(const char *text, gsize size, guint8 digest[LEDGER_DIGEST_BYTES]);
void ledger_hex(const guint8 digest[LEDGER_DIGEST_BYTES], char hex[LEDGER_DIGEST_HEX + 1]);
gboolean ledger_unhex(const char *hex, guint8 digest[LEDGER_DIGEST_BYTES]); /* exactly 64 lower-case digits */

/* ---- head (head.c) ---- */

typedef struct {
        char id[LEDGER_ID_SIZE];
        guint64 seq; /* 0: nothing was ever written */
        char digest[LEDGER_DIGEST_HEX + 1];
} LedgerHead;

typedef enum { LEDGER_HEAD_GOOD = 0, LEDGER_HEAD_ABSENT, LEDGER_HEAD_UNREADABLE } LedgerHeadState;

LedgerHeadState ledger_head_read(const char *path, LedgerHead *head);
int ledger_head_open(const char *path, GError **error); /* for writing; -1 on error */
gboolean ledger_head_write(int fd, const LedgerHead *head, GError **error);

/* The three fields as they are written; FALSE: they are not. */
gboolean ledger_head_parse(const char *id, const char *seq, const char *digest, LedgerHead *head);

/* The text of `guardctl log anchor`, and back. */
typedef struct { LedgerHead head; gint64 time_us; } LedgerAnchor;
char *ledger_anchor_format(const LedgerAnchor *anchor);
gboolean ledger_anchor_parse(const char *text, LedgerAnchor *anchor, GError **error);

/* ---- database (database.c) ---- */

/* Error of @database as GError: FULL, IO, CORRUPT, BUSY, DENIED. Always sets @error, returns FALSE. */
gboolean ledger_db_error(sqlite3 *database, int code, const char *path, GError **error);
sqlite3 *ledger_db_open_write(const char *path, gboolean *created, GError **error); /* pragmas set, schema there */
sqlite3 *ledger_db_open_read(const char *path, GError **error);
gboolean ledger_db_exec(sqlite3 *database, const char *path, const char *sql, GError **error);
gboolean ledger_db_read_id(sqlite3 *database, const char *path, char id[LEDGER_ID_SIZE], GError **error);
sqlite3_stmt *ledger_db_prepare(sqlite3 *database, const char *path, const char *sql, GError **error);
void ledger_db_close(sqlite3 *database); /* NULL is fine */
/* Renames @path with its -wal and -shm; returns the new name. */
char *ledger_db_move_aside(const char *path, GError **error);
gboolean ledger_sync_dir_of(const char *path, GError **error);

/* ---- reserve (reserve.c): room kept for alarms and refusals on a full disk ---- */

gboolean ledger_reserve_hold(const char *db, GError **error); /* makes it whole; quick when it is */
gboolean ledger_reserve_release(const char *db); /* TRUE if there was anything to give back */

/* ---- the handle ---- */

struct GuardLedger {
        char *db, *head_file;
        sqlite3 *database;
        sqlite3_stmt *insert;
        guint64 device, inode; /* of @db: a file put in its place is noticed */
        int head_fd;           /* -1: none */
        LedgerHead head;       /* the last record */
        guint8 digest[LEDGER_DIGEST_BYTES];
        gboolean reserve_whole, was_clean, head_unsynced, unsynced /* the last records */;
        char *head_trouble, *reserve_trouble;
        GPtrArray *own; /* of GuardRecord: see guard_ledger_take_own() */
};

typedef struct {
        GuardRecord **records; /* @n of them */
        guint n;
        const char *also_sql; /* in the same transaction; may be NULL */
        gboolean ahead;       /* not synced yet */
} LedgerBatch;

/* Appends, whatever the seq before was: a record's seq is taken as given where it is above the head (ledger-gap). */
gboolean ledger_write(GuardLedger *ledger, const LedgerBatch *batch, GError **error);
gboolean ledger_record_admits(const GuardRecord *record);
/* The same for a record of the ledger about itself; kept for guard_ledger_take_own(). */
gboolean ledger_write_own(GuardLedger *ledger, GuardRecord *record, const char *also_sql, GError **error);
/* Makes the reserve whole if it is not; trouble is kept for guard_ledger_trouble(). */
gboolean ledger_keep_reserve(GuardLedger *ledger, GError **error);
/* Brings the head file up to date; trouble is kept for guard_ledger_trouble(). */
void ledger_tell_head(GuardLedger *ledger);
/* Closes the file; @keep_as_it_is: a damaged one is not touched by SQLite's tidying. */
void ledger_close(GuardLedger *ledger, gboolean keep_as_it_is);

/* guard_ledger_prune() with the clocks as arguments. */
typedef struct { gint64 now_us, boottime_us; const char *boot_id; } LedgerClock;
gboolean ledger_prune_at(GuardLedger *ledger, gint64 before_us, const LedgerClock *clock, guint64 *removed, GError **error);

/* Details of a ledger-pruned record. */
gboolean ledger_checkpoint_parse(const char *details, guint64 *seq, char hex[LEDGER_DIGEST_HEX + 1]);

gint64 ledger_boottime_us(void);
const char *ledger_boot_id(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3, ledger_db_close)
typedef sqlite3_stmt LedgerStatement;
void ledger_statement_free(LedgerStatement *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerStatement, ledger_statement_free)

G_END_DECLS
