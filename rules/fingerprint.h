/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a drive of the register looked like when it was last used here: what it says of itself, how large it is, how it
 * is parted. A clone has the same identifiers, and seldom all of this. Told in words, so that a record says what has
 * changed. Pure.
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"

G_BEGIN_DECLS

typedef struct {
        guint lun;        /* a device may have several disks: each has a look of its own */
        char *descriptor; /* "0951:1666:0110 08:06 Kingston DataTraveler"; "" where the carrier is not USB */
        guint64 capacity; /* bytes */
        char *layout;     /* "dos 1@1048576+66060288"; "" without a partition table */
} GuardFingerprint;

enum { /* what differs */
        GUARD_CHANGED_DESCRIPTOR = 1 << 0, GUARD_CHANGED_CAPACITY = 1 << 1, GUARD_CHANGED_LAYOUT = 1 << 2
};

typedef enum { /* what policy says to it */
        GUARD_ON_CHANGE_WARN = 0, GUARD_ON_CHANGE_REFUSE, GUARD_ON_CHANGE_IGNORE, GUARD_N_ON_CHANGES
} GuardOnChange;

/* Of a medium whose disk has been probed. The same at every port and speed. Caller frees. */
GuardFingerprint *guard_fingerprint_new(const GuardMedium *medium);
void guard_fingerprint_free(GuardFingerprint *fingerprint);
/* A mask of GUARD_CHANGED_…. */
guint guard_fingerprint_compare(const GuardFingerprint *before, const GuardFingerprint *now);
/* An N_() sentence for the lowest bit of @changed. Static. */
const char *guard_fingerprint_sentence(guint changed);
gboolean guard_on_change_from_string(const char *name, GuardOnChange *what);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardFingerprint, guard_fingerprint_free)

G_END_DECLS
