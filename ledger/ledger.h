/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ledger: append-only SQLite, each record carrying the digest of the one before (SHA-256 over a
 * canonical form). WAL with synchronous=FULL: an append that returned has survived a power cut.
 * Library: one GuardLedger is used from one thread.
 */
#pragma once
#include <glib.h>
#include "common/guard-verdict.h"

G_BEGIN_DECLS

typedef struct GuardLedger GuardLedger;

typedef struct {
        guint64 seq;      /* set by append */
        gint64 time_us;   /* wall clock, since 1970 UTC */
        gint64 boottime_us;
        char *boot_id;
        char *kind;       /* guardd-start guardd-stop unclean-end usb-decision block-decision removed alarm … : ledger/kinds.h */
        GuardSeverity severity;
        gboolean has_verdict;
        GuardVerdict verdict;
        GuardReason reason;
        char *rule, *media_id, *level;
        char *device, *block; /* "1-2", "sda" */
        guint64 diskseq;
        char *vendor_id, *product_id; /* 4 hex digits, lower case */
        char *serial, *manufacturer, *product; /* raw claims */
        char *user, *session;
        char *message;    /* English sentence; display text is made when shown */
        char *details;    /* JSON object or NULL */
        char *digest;     /* hex, set by append/query */
} GuardRecord;

GuardRecord *guard_record_new(const char *kind, GuardSeverity severity);
GuardRecord *guard_record_copy(const GuardRecord *record);
void guard_record_free(GuardRecord *record);

/* Opens for appending; creates where absent. An unreadable database is moved aside whole (never deleted), a new one is begun
 * whose first record names the old file and its last good seq and digest; @damaged (out, may be NULL) tells. @head_file: written
 * after each append, and compared at open (a database older than its head is an old copy put back: @damaged; it is kept, and
 * continued behind a ledger-gap record, so that verify names the first missing record). See open.c for each case. */
GuardLedger *guard_ledger_open(const char *db, const char *head_file, gboolean *damaged, GError **error);
void guard_ledger_free(GuardLedger *ledger);
/* Durable when it returns TRUE. Sets record->seq and record->digest. GUARD_ERROR_FULL / _IO / _CORRUPT: nothing was written and
 * nothing may be admitted. */
gboolean guard_ledger_append(GuardLedger *ledger, GuardRecord *record, GError **error);
/* Several in one transaction (group commit); all or none. */
gboolean guard_ledger_append_many(GuardLedger *ledger, GPtrArray *records, GError **error);
/* The same for what opens nothing yet: in the chain and to be read by everybody when it returns TRUE, and no power cut
 * is survived before guard_ledger_sync() or the next append that waits. */
gboolean guard_ledger_append_ahead(GuardLedger *ledger, GPtrArray *records, GError **error);
/* Nothing to do: TRUE. GUARD_ERROR_IO: the disk failed; what is appended next will fail as well. */
gboolean guard_ledger_sync(GuardLedger *ledger, GError **error);
gboolean guard_ledger_head(GuardLedger *ledger, guint64 *seq, char **digest_hex, GError **error);
/* Whether the last guardd said its goodbye (guardd-stop), as the ledger was when it was opened; TRUE for a new one. */
gboolean guard_ledger_last_was_clean(GuardLedger *ledger);
/* Housekeeping for when nobody waits: log into the file, head to the disk, reserve whole again. */
gboolean guard_ledger_idle(GuardLedger *ledger, GError **error);
/* NULL, or what keeps the ledger from working as it should although the last append went well: the reserve is not whole (refusals
 * are still recorded, nothing is admitted), the head file cannot be written. Valid until the next call. */
const char *guard_ledger_trouble(GuardLedger *ledger);
/* Records that the ledger wrote about itself since the last call (begun, replaced, gap, pruned …), for audit and journal. Caller
 * unrefs; NULL: none. */
GPtrArray *guard_ledger_take_own(GuardLedger *ledger);
/* Removes records older than @before_us behind a checkpoint record; never below 184 days, never when the clock has jumped. */
gboolean guard_ledger_prune(GuardLedger *ledger, gint64 before_us, gint64 now_us, guint64 *removed, GError **error);

typedef struct { gint64 since_us, until_us; /* 0: open */ const char *media_id, *kind; guint64 after_seq; guint64 limit; /* 0: all */ } GuardLedgerQuery;
typedef gboolean (*GuardLedgerVisit)(const GuardRecord *record, gpointer user_data); /* FALSE stops */
/* Oldest first; opens read-only by itself. */
gboolean guard_ledger_query(const char *db, const GuardLedgerQuery *query, GuardLedgerVisit visit, gpointer user_data, GError **error);

typedef struct { gboolean good; guint64 first_bad_seq; guint64 first_seq, last_seq; char *last_digest; char *why; gboolean recorded; } GuardLedgerCheck;
/* last_seq and last_digest: of the last record that is proven. recorded: the fault is one that guardd found and put on record. */
/* Walks the chain; compares with the head file and, where given, an exported anchor (text of `guardctl log anchor`).
 * FALSE with error only where the check could not be made; a bad ledger is TRUE with good=FALSE. */
gboolean guard_ledger_verify(const char *db, const char *head_file, const char *anchor_text, GuardLedgerCheck *check, GError **error);
void guard_ledger_check_clear(GuardLedgerCheck *check);
/* One line that names the last record of the ledger in @db, to be kept elsewhere. Caller frees; NULL with @error. */
char *guard_ledger_anchor(const char *db, GError **error);

/* One sentence about @record, through gettext: English in guardd (which sets no locale; this is what is stored), the reader's
 * language in guardctl. Pure, from the record alone; what a device claims is made safe for display. Caller frees. */
char *guard_record_message(const GuardRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardRecord, guard_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardLedger, guard_ledger_free)

G_END_DECLS
