/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a session's owner cannot claim: which lockers run in his session, and whether physlock has the
 * console in front. From /proc and the control groups, which only the kernel and systemd write.
 */
#pragma once
#include "rules/presence-proof.h"

G_BEGIN_DECLS

#define GUARD_PHYSLOCK_PROGRAM "/usr/bin/physlock"
/* With the session's id in the place of %s. physlock asks for one person's password: another session that
 * it hides for a while is not locked by it. */
#define GUARD_PHYSLOCK_UNIT "baomi-guard-physlock@%s.service"
#define GUARD_LOCKER_UNIT "baomi-guard-locker-%s.service"

/* Lockers of session @id (its @scope, its user's manager, and those that we have started); @root: a
 * prefix, "" on a real machine; @more: as guard_locker_find(). (transfer full), of GuardLockerFound. */
GArray *guard_evidence_lockers(const char *root, guint32 uid, const char *id, const char *scope,
                               char *const *more);
/* Does session @id's physlock run? @front: is its console the one in front? */
gboolean guard_evidence_physlock(const char *root, const char *id, gboolean *front);
/* The first approved locker that is installed and that we could start (its @start is not NULL); NULL: none. Static. */
const GuardLocker *guard_evidence_startable(const char *root);
/* DISPLAY, XAUTHORITY … of the session's own processes, as "NAME=value"; NULL: it has no display. */
char **guard_evidence_display(const char *root, guint32 uid, const char *scope);

G_END_DECLS
