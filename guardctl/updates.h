/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How updating the registry goes, as guardctl status and doctor show it. Works without guardd.
 */
#pragma once
#include "guardctl/guardctl.h"
#include "update/update-health.h"

G_BEGIN_DECLS

/* state, from, last_run, last_success, failing_since, failures, why; what is not known is left out. (transfer floating) */
GVariant *guardctl_updates_dict(const GuardUpdateHealth *health);
/* One line for people. Caller frees. */
char *guardctl_updates_text(const GuardUpdateHealth *health);

G_END_DECLS
