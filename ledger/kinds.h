/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kinds of records, and the journal message id of each. Names are what `guardctl log --kind` takes
 * and what scripts filter by: add, never rename. Message ids are in systemd/baomi-guard.catalog too
 * (a test holds the two together).
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* The life of guardd and of the ledger itself */
#define GUARD_KIND_GUARDD_START "guardd-start"
#define GUARD_KIND_GUARDD_STOP "guardd-stop"
#define GUARD_KIND_UNCLEAN_END "unclean-end" /* guardd, or the machine, ended without saying so */
#define GUARD_KIND_LEDGER_BEGUN "ledger-begun"
#define GUARD_KIND_LEDGER_REPLACED "ledger-replaced" /* the old file was unreadable or gone; a new one follows it */
#define GUARD_KIND_LEDGER_GAP "ledger-gap" /* records that were written are no longer there */
#define GUARD_KIND_LEDGER_HEAD_LOST "ledger-head-lost"
#define GUARD_KIND_LEDGER_PRUNED "ledger-pruned" /* the checkpoint behind which old records were removed */
#define GUARD_KIND_LEDGER_ALTERED "ledger-altered" /* the check after start found an altered record */
#define GUARD_KIND_RECORDS_DROPPED "records-dropped" /* more events than could wait while the disk was full */
#define GUARD_KIND_AUDIT_UNAVAILABLE "audit-unavailable"
#define GUARD_KIND_CLOCK_JUMP "clock-jump"

/* Media */
#define GUARD_KIND_USB_DECISION "usb-decision"
#define GUARD_KIND_BLOCK_DECISION "block-decision"
#define GUARD_KIND_LOST_DRIVE "lost-drive" /* one that was reported lost turned up, whatever it is refused for */
#define GUARD_KIND_IDENTITY_CHANGED "identity-changed" /* a drive of the register looks otherwise than when it was last used */
#define GUARD_KIND_REMOVED "removed"
#define GUARD_KIND_EJECTED "ejected"
#define GUARD_KIND_SPOOLED "spooled" /* seen by the static helper while guardd was away */
#define GUARD_KIND_REMOVAL_PENDING "removal-pending" /* no longer allowed and busy: will be cut off */
#define GUARD_KIND_FORCED_REMOVAL "forced-removal" /* no longer allowed, was busy: data may be lost */
#define GUARD_KIND_ENFORCE_FAILED "enforce-failed" /* a verdict could not be carried out */

/* Exceptions for one device */
#define GUARD_KIND_EXCEPTION_ASKED "exception-asked" /* it waits for a second person, or for the desk's code */
#define GUARD_KIND_EXCEPTION_GRANTED "exception-granted"
#define GUARD_KIND_EXCEPTION_REFUSED "exception-refused" /* a wrong code */
#define GUARD_KIND_EXCEPTION_ENDED "exception-ended"

#define GUARD_KIND_SHIELD_REFUSED "shield-refused" /* somebody tried to open a device that waits or is refused */

/* What is copied to and from admitted drives, where policy wants it */
#define GUARD_KIND_TRANSFER "transfer" /* one file, written or read */
#define GUARD_KIND_TRANSFERS_MISSED "transfers-missed"

/* One-way import */
#define GUARD_KIND_IMPORT_FILE "import-file" /* one file: name, size, digest, what the scanner says */
#define GUARD_KIND_IMPORTED "imported"       /* all of it, handed over */
#define GUARD_KIND_IMPORT_FAILED "import-failed"

/* The person at the desk */
#define GUARD_KIND_PRESENCE "presence" /* an edge of a session: warned, locking, locked, tampered … */
#define GUARD_KIND_PRESENCE_FAKED "presence-faked" /* the desktop reports a person whom no input device knows */
#define GUARD_KIND_AFTER_HOURS "after-hours" /* an edge of the shutdown after hours */
#define GUARD_KIND_POSTPONED "postponed" /* it was put off, with a reason */

/* What guardd decides by */
#define GUARD_KIND_REGISTRY_INSTALLED "registry-installed"
#define GUARD_KIND_REGISTRY_REFUSED "registry-refused"
#define GUARD_KIND_CONFIG_CHANGED "config-changed" /* host.conf or policy.d */
#define GUARD_KIND_ALARM "alarm"
#define GUARD_KIND_ALARM_CLEARED "alarm-cleared"
#define GUARD_KIND_ESCAPE_HATCH "escape-hatch" /* booted with baomi-guard=off */

/* 32 hex digits for the journal's MESSAGE_ID; unknown kinds share one id. Static string. */
const char *guard_kind_message_id(const char *kind);
/* The @n-th known kind, NULL behind the last; for tests and completion. */
const char *guard_kind_nth(gsize n);

G_END_DECLS
