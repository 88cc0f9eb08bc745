/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The error contract, written once.
 *
 * Libraries (common, rules, registry, ledger, station) never log and never exit: they return FALSE,
 * NULL or -1 and set a GError of this domain, last parameter. The message is one English sentence
 * through gettext, names the file, line, row or field at fault and, where a person can do something,
 * says what. Programs log an error once, where it is handled.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

#define GUARD_ERROR (guard_error_quark())
GQuark guard_error_quark(void);

typedef enum {
        GUARD_ERROR_FAILED,        /* anything that has no better name */
        GUARD_ERROR_IO,            /* the file or the disk: see errno in the message */
        GUARD_ERROR_SYNTAX,        /* text that cannot be parsed: message has file:line */
        GUARD_ERROR_UNKNOWN_KEY,   /* a key or group nobody knows */
        GUARD_ERROR_INVALID_VALUE, /* parsed, but not a value this field may have */
        GUARD_ERROR_NOT_FOUND,
        GUARD_ERROR_EXISTS,
        GUARD_ERROR_SIGNATURE,   /* unsigned, altered, or signed by a stranger */
        GUARD_ERROR_ROLLBACK,    /* sequence older than the last one accepted */
        GUARD_ERROR_NOT_YET_VALID,
        GUARD_ERROR_EXPIRED,
        GUARD_ERROR_CORRUPT,     /* damaged file: digest, chain, magic */
        GUARD_ERROR_FULL,        /* no room on the disk */
        GUARD_ERROR_BUSY,
        GUARD_ERROR_TIMEOUT,
        GUARD_ERROR_DENIED,
        GUARD_ERROR_UNREACHABLE, /* guardd or the bus does not answer */
        GUARD_ERROR_USAGE,       /* command line */
        GUARD_ERROR_GONE,        /* the device was pulled out or swapped meanwhile */
} GuardError;

/* Sets an error whose message is guard_text_pack() of @msgid, an N_() string, and what stands in the place of each %s in it
 * (strings, NULL at the end): for readers whose language the writer does not know. */
void guard_error_set(GError **error, int code, const char *msgid, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
