/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Words for people: what the stable names of INTERFACES are called in their language.
 */
#pragma once
#include "guardctl/guardctl.h"

G_BEGIN_DECLS

/* "refuse" → "refused"; an unknown name is given back as it is. */
const char *guardctl_verdict_word(const char *name);
GuardctlStyle guardctl_verdict_style(const char *name);
/* One sentence for a reason's name; NULL for NULL and "none". */
const char *guardctl_reason_sentence(const char *name);
const char *guardctl_level_word(const char *name); /* NULL for NULL */
const char *guardctl_device_kind_word(const char *name); /* NULL for NULL */
const char *guardctl_state_word(const char *name); /* of layers, registry and policy */
GuardctlStyle guardctl_state_style(const char *name);
GuardctlStyle guardctl_severity_style(const char *name);
/* "2026-11-24 20:15" of an RFC 3339 time; what is none is given back. Caller frees. */
char *guardctl_short_time(const char *rfc3339);

G_END_DECLS
