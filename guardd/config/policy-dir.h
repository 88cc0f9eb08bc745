/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The two policy directories → GuardPolicy. File reading for rules/, which does none.
 */
#pragma once
#include <glib.h>
#include "rules/policy.h"

G_BEGIN_DECLS

/* NULL where anything is wrong; then @why (out, caller frees) has every error, one a line. No file at
 * all is wrong too: an empty policy is never meant. @fingerprint (out): differs where any file does. */
GuardPolicy *guard_policy_dir_load(const char *vendor, const char *etc, char **why,
                                   char **fingerprint);

G_END_DECLS
