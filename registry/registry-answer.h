/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the register says about one medium: plain data between registry/ (who makes it) and rules/
 * (who judges it). rules/ may include this header only from registry/; it has no functions that do
 * I/O.
 */
#pragma once
#include <glib.h>
#include "common/guard-level.h"

G_BEGIN_DECLS

typedef enum { /* identifier types; each has a canonical form, versioned in the snapshot */
               GUARD_ID_USB = 0, /* hardware: "VVVV:PPPP:SERIAL", to admit all of it must match */
               GUARD_ID_SERIAL,  /* hardware: the serial alone: a strong one is enough to refuse */
               GUARD_ID_MARK,    /* hardware: on-media mark */
               GUARD_ID_FS_UUID, /* content */
               GUARD_ID_PT_UUID, /* content */
               GUARD_ID_CID,     /* hardware: serial of a non-USB carrier (mmc CID) */
               GUARD_N_IDS
} GuardIdType;

typedef enum {
        GUARD_MATCH_NOT_IN_BOOK = 0, /* the entry has no identifier of this type */
        GUARD_MATCH_NOT_READ, /* the entry has one, the medium's is not known yet (no probe yet,
                                 unreadable) */
        GUARD_MATCH_YES,
        GUARD_MATCH_NO, /* both known, they differ */
} GuardMatchState;

typedef enum {
        GUARD_STATUS_IN_USE = 0,
        GUARD_STATUS_ISSUED,
        GUARD_STATUS_IN_REPAIR,
        GUARD_STATUS_LOST,
        GUARD_STATUS_DEREGISTERED,
        GUARD_STATUS_RETIRED,
        GUARD_STATUS_DESTROYED,
        GUARD_N_STATUSES
} GuardStatus;

typedef struct { /* one book entry that at least one identifier of the medium belongs to */
        char *media_id;
        GuardLevel level;
        GuardStatus status;
        char **hosts; /* bound to these host-ids; NULL: any */
        char **units; /* NULL: any */
        char **users; /* account names; NULL: any */
        GuardMatchState match[GUARD_N_IDS];
        gboolean weak[GUARD_N_IDS]; /* the book marks this identifier as shared by many media */
} GuardEntry;

typedef enum {
        GUARD_REGISTRY_ABSENT = 0, /* none was ever installed */
        GUARD_REGISTRY_GOOD,
        GUARD_REGISTRY_STALE, /* past its expiry date, still used to refuse */
        GUARD_REGISTRY_NOT_YET_VALID,
        GUARD_REGISTRY_LOST /* was there and is gone, or cannot be verified */
} GuardRegistryState;

typedef enum { /* what the text in a medium's gap is worth */
        GUARD_MARK_NONE = 0,
        GUARD_MARK_VALID,  /* signed by a trusted key, for this very drive */
        GUARD_MARK_FORGED, /* nobody who is trusted here has signed it */
        GUARD_MARK_COPIED  /* signed, for another drive */
} GuardMarkState;

typedef struct {
        GuardRegistryState state;
        guint64 sequence;
        /* when the state changes by itself (expiry, begin of validity), since 1970 UTC; 0: never */
        gint64 changes_us;
        GPtrArray *entries; /* of GuardEntry; several: serial of A, UUID of B; one of the mark, where there is a valid one */
        GuardMarkState mark;
} GuardRegistryAnswer;

GuardEntry *guard_entry_new(void);
void guard_entry_free(GuardEntry *entry);
GuardRegistryAnswer *guard_registry_answer_new(GuardRegistryState state);
void guard_registry_answer_free(GuardRegistryAnswer *answer);
const char *guard_id_type_to_string(GuardIdType type); /* usb serial mark fs-uuid pt-uuid cid */
const char *guard_status_to_string(
        GuardStatus status); /* in-use issued in-repair lost deregistered retired destroyed */
gboolean guard_status_from_string(const char *name, GuardStatus *status);
const char *
guard_registry_state_to_string(GuardRegistryState state); /* absent good stale not-yet-valid lost */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardEntry, guard_entry_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardRegistryAnswer, guard_registry_answer_free)

G_END_DECLS
