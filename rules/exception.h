/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Exceptions: one device, one direction, until a moment, because somebody who may said so. They
 * come before the rules of policy.d, and never before the core: what the core refuses stays
 * refused. Also what policy.d says of them ([exceptions]). Pure.
 */
#pragma once
#include "common/guard-conf.h"
#include "common/guard-import.h"
#include "common/guard-medium.h"
#include "common/guard-verdict.h"

G_BEGIN_DECLS

/* What a decision by an exception has for its rule, before the exception's id. */
#define GUARD_RULE_EXCEPTION "exception:"

typedef struct {
        char *id;             /* "K7QM2": for people and records */
        char *device;         /* guard_exception_device() */
        char *name;           /* what the device calls itself, for people; may be NULL */
        GuardVerdict verdict; /* ADMIT or READ_ONLY */
        guint seconds;        /* its life */
        gint64 begins_us,
                ends_us; /* of guardd's clock that never goes back; 0: waits for a second person */
        char *asked_by, *approved_by; /* login names; approved_by NULL: nobody else was needed */
        char *reason;
        guint32 asked_uid;
        gboolean offline; /* by a code of the desk's */
        gboolean import;  /* one-way: guardd reads it in, hidden; the verdict is READ_ONLY */
        gboolean used;    /* of an import: it is done, and good for no other */
        char *user, *only; /* of an import: whose folder it goes to, and what (a pattern, NULL: all) */
} GuardException;

GuardException *guard_exception_new(void);
GuardException *guard_exception_copy(const GuardException *exception);
void guard_exception_free(GuardException *exception);

/* "read-write", "read-only", "import"; static. */
const char *guard_exception_direction(const GuardException *exception);
/* What an exception is bound to: "usb:0951:1666:60A44C…"; without a serial number the port as well
 * ("usb:0951:1666:@1-2"). NULL: the device says nothing that would tell it from others. Caller
 * frees. */
char *guard_exception_device(const GuardMedium *medium);
/* The one of @exceptions (GPtrArray of GuardException, may be NULL; all of them in force) that is
 * @medium's; NULL: none. Of several the widest. */
const GuardException *guard_exception_find(const GPtrArray *exceptions, const GuardMedium *medium);

typedef enum { GUARD_SCAN_IF_THERE = 0, GUARD_SCAN_REQUIRED, GUARD_SCAN_NO, GUARD_N_SCANS } GuardImportScan;
const char *guard_import_scan_to_string(GuardImportScan scan); /* of common/guard-import.h; static */

typedef struct GuardExceptionSettings { /* [exceptions] of policy.d, for a level of computers */
        gboolean allow, write, offline, import;
        GuardImportScan import_scan;
        gboolean import_sm3;
        guint64 import_size; /* bytes at most, 0: no limit */
        guint approvals; /* 1, or 2 for two different people */
        guint longest;   /* seconds */
} GuardExceptionSettings;

/* A drive, and nothing else beside it that would be opened with it (a modem, a network). */
gboolean guard_exception_may_import(const GuardMedium *medium);
/* The same of an import: what stands in for the core's cross-use too. NULL: none. */
const GuardException *guard_exception_find_import(const GPtrArray *exceptions, const GuardMedium *medium);

/* Non-classified: one person, for a working day at most. Classified: none at all. */
void guard_exception_settings_init(GuardExceptionSettings *settings, gboolean classified);

typedef struct {
        GuardExceptionSettings *plain, *classified;
        guint set; /* bit per key that a file has set */
} GuardExceptionParser;

void guard_exception_parse(GuardExceptionParser *parser, const GuardConf *conf, GPtrArray *errors);
gboolean guard_exception_is_group(const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardException, guard_exception_free)

G_END_DECLS
