/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the register's match states prove about a medium. Only rules/ and its tests may include
 * this.
 */
#pragma once
#include "registry/registry-answer.h"

G_BEGIN_DECLS

typedef enum {
        GUARD_EVIDENCE_NONE = 0,
        GUARD_EVIDENCE_WEAK, /* only identifiers that many media share, and not a pair that counts
                              */
        GUARD_EVIDENCE_PENDING, /* the same, but content that is still to be read may complete a
                                   pair */
        GUARD_EVIDENCE_PROVEN,  /* this is the entry's drive, or a copy of it: enough to refuse */
} GuardEvidence;

typedef enum {
        GUARD_HARDWARE_NONE =
                0, /* nothing of the hardware matches: at most its content was copied */
        GUARD_HARDWARE_SERIAL_ONLY, /* all that the book has matches, but that is a serial without
                                       vendor and product */
        GUARD_HARDWARE_MARK_ONLY,   /* a signed mark says so, the book does not: enough to refuse */
        GUARD_HARDWARE_UNREAD,      /* what was read matches, something could not be read */
        GUARD_HARDWARE_MIXED,       /* some match, some differ: a suspected clone */
        GUARD_HARDWARE_ALL,         /* all that the book has: enough to admit */
} GuardHardware;

typedef enum { GUARD_CONTENT_SAME = 0, GUARD_CONTENT_UNREAD, GUARD_CONTENT_CHANGED } GuardContent;

GuardEvidence guard_entry_evidence(const GuardEntry *entry);
GuardHardware guard_entry_hardware(const GuardEntry *entry);
GuardContent guard_entry_content(const GuardEntry *entry);
/* Of a proven entry: does only its content match, while the book knows the drive itself as another
 * one? Then this is a copy of it. */
gboolean guard_entry_is_copy(const GuardEntry *entry);
/* Does a strong hardware identifier match, so that two present devices cannot both be it? */
gboolean guard_entry_is_strong(const GuardEntry *entry);

G_END_DECLS
