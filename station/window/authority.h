/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * polkit's word on a duty, beside the groups that the book asks for: an administrator may demand a
 * password for publishing, or deny it, in polkit's own rules.
 */
#pragma once
#include "station/station.h"

G_BEGIN_DECLS

/* The action of org.baomiguard.station.policy for @duty; NULL: polkit is not asked, the groups
 * decide alone. Static. */
const char *guard_authority_action(GuardDuty duty);

/* @why is NULL where it may be done, else what to tell the person; "": he closed the question. */
typedef void (*GuardAuthorized)(const char *why, gpointer user_data);
/* Asks without waiting; a person may be asked for a password. Where the book's roles are off (@mode),
 * or polkit is not asked about @duty, @authorized comes at once. */
void guard_authority_ask(GuardRolesMode mode, GuardDuty duty, GuardAuthorized authorized,
                         gpointer user_data);

G_END_DECLS
