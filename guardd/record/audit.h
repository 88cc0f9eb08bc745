/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The same event in the kernel audit: one USER_DEVICE message a record. Values that a device or a
 * person chose are encoded, so that no serial number can pretend to be another field.
 */
#pragma once
#include "ledger/ledger.h"

G_BEGIN_DECLS

typedef struct { /* what libaudit does; tests put their own here */
        int (*open)(void);
        int (*send)(int fd, int type, const char *message, int result);
        void (*close)(int fd);
} GuardAuditOps;

extern const GuardAuditOps guard_audit_libaudit;

typedef struct GuardAudit GuardAudit;

GuardAudit *guard_audit_new(const GuardAuditOps *ops);
void guard_audit_free(GuardAudit *audit);
/* FALSE with GUARD_ERROR_UNREACHABLE where the kernel has no audit, _DENIED where we may not (0 comes back then), _BUSY where it is
 * full; the next record is tried all the same. */
gboolean guard_audit_send(GuardAudit *audit, const GuardRecord *record, GError **error);
/* Pure. Caller frees. */
char *guard_audit_format(const GuardRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardAudit, guard_audit_free)

G_END_DECLS
