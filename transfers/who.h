/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which program of whose: found when it opens a file, since it may be gone when it has closed it.
 */
#pragma once
#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

typedef struct {
        char *user;    /* login name, "uid 1000" where it has none, "" where it is not known */
        char *program; /* its name, as the kernel has it; "" where it is not known */
} TransfersWho;

typedef struct TransfersPeople TransfersPeople;

/* @proc: "/proc". */
TransfersPeople *transfers_people_new(const char *proc);
void transfers_people_free(TransfersPeople *people);
/* It has opened something: looked at now. */
void transfers_people_meet(TransfersPeople *people, pid_t pid);
/* (transfer none), until the next call; never NULL. */
const TransfersWho *transfers_people_find(TransfersPeople *people, pid_t pid);

G_END_DECLS
