/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Verdicts, reasons, severities: enums and their string tables. Zero is always the safe value, so
 * that a forgotten assignment refuses.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef enum {
        GUARD_VERDICT_REFUSE = 0,
        GUARD_VERDICT_HOLD, /* waiting for guardd, for content, or for a person */
        GUARD_VERDICT_READ_ONLY,
        GUARD_VERDICT_ADMIT,
        GUARD_N_VERDICTS
} GuardVerdict;

typedef enum {
        GUARD_SEVERITY_INFO = 0,
        GUARD_SEVERITY_NOTICE,
        GUARD_SEVERITY_WARNING,
        GUARD_SEVERITY_CRITICAL,
        GUARD_N_SEVERITIES
} GuardSeverity;

/* In the order of DESIGN's table: of several refusals with one verdict the first reason is told. */
typedef enum {
        GUARD_REASON_NONE = 0,
        GUARD_REASON_HOST_LEVEL_UNKNOWN,         /* host-level-unknown */
        GUARD_REASON_CLASSIFIED_ON_UNCLASSIFIED, /* classified-on-unclassified */
        GUARD_REASON_LEVEL_ABOVE_HOST,           /* level-above-host */
        GUARD_REASON_DRIVE_LOST,                 /* drive-lost */
        GUARD_REASON_DRIVE_WITHDRAWN,            /* drive-withdrawn */
        GUARD_REASON_COMPOSITE_INPUT,            /* composite-input */
        GUARD_REASON_IDENTITY_MISMATCH,          /* identity-mismatch */
        GUARD_REASON_DUPLICATE_IDENTITY,         /* duplicate-identity */
        GUARD_REASON_BOUND_ELSEWHERE,            /* bound-elsewhere */
        GUARD_REASON_CROSS_USE,                  /* cross-use */
        GUARD_REASON_REGISTRY_LOST,              /* registry-lost */
        GUARD_REASON_REGISTRY_STALE,             /* registry-stale */
        GUARD_REASON_NO_WRITE_DOWN,              /* no-write-down */
        GUARD_REASON_REGISTRY_ABSENT,            /* registry-absent */
        GUARD_REASON_CONTENT_CHANGED,            /* content-changed */
        GUARD_REASON_UNREGISTERED,               /* unregistered */
        GUARD_REASON_POLICY,                     /* policy: a rule of policy.d said so */
        GUARD_REASON_REGISTERED,                 /* registered: in the book, all in order */
        GUARD_REASON_SYSTEM_DISK,                /* system-disk: never held */
        GUARD_REASON_NOT_GUARDED,                /* not-guarded */
        GUARD_REASON_UNREADABLE,                 /* unreadable: probe failed or timed out, malformed descriptors */
        GUARD_REASON_RECORD_FAILED,              /* record-failed: the ledger could not be written */
        GUARD_REASON_ESCAPE_HATCH,               /* escape-hatch: baomi-guard=off */
        GUARD_REASON_SPOOLED,                    /* spooled: seen while guardd was away, gone since */
        GUARD_REASON_NOBODY_PRESENT,             /* nobody-present: waits until somebody can answer for it */
        GUARD_REASON_IMPORT,                     /* import: read in by the guard, hidden from everybody else */
        GUARD_N_REASONS
} GuardReason;

const char *guard_verdict_to_string(GuardVerdict verdict); /* hold refuse read-only admit; static */
gboolean guard_verdict_from_string(const char *name, GuardVerdict *verdict);
const char *guard_severity_to_string(GuardSeverity severity); /* info notice warning critical; static */
gboolean guard_severity_from_string(const char *name, GuardSeverity *severity);
const char *guard_reason_to_string(GuardReason reason); /* names of DESIGN; static; "none" for 0 */
gboolean guard_reason_from_string(const char *name, GuardReason *reason);
/* One sentence for people, through gettext; static. */
const char *guard_reason_describe(GuardReason reason);
/* refuse < hold < read-only < admit: the more severe of two. */
static inline GuardVerdict
guard_verdict_worst(GuardVerdict a, GuardVerdict b)
{
        return a < b ? a : b;
}

/* Is it policy's answer, which an exception may stand in for? What the core says is nobody's to open. */
gboolean guard_reason_is_of_policy(GuardReason reason);

G_END_DECLS
