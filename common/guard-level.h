/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Levels of state secret (密级) as the rule book has them: 绝密 > 机密 > 秘密; a plain machine is 非涉密.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef enum {
        GUARD_LEVEL_UNKNOWN = -1, /* host.conf broken: everything guarded is refused */
        GUARD_LEVEL_NONE = 0,
        GUARD_LEVEL_CONFIDENTIAL = 1, /* 秘密 */
        GUARD_LEVEL_SECRET = 2,       /* 机密 */
        GUARD_LEVEL_TOP_SECRET = 3,   /* 绝密 */
} GuardLevel;

/* "none", "confidential", "secret", "top-secret"; "unknown" for anything else. Static string. */
const char *guard_level_to_string(GuardLevel level);
/* The word people are shown, through gettext (Chinese: 非涉密 秘密 机密 绝密). Static string. */
const char *guard_level_label(GuardLevel level);
/* Exact names only. Returns FALSE and leaves @level alone for anything else ("unknown" included). */
gboolean guard_level_from_string(const char *name, GuardLevel *level);
static inline gboolean
guard_level_is_classified(GuardLevel level)
{
        return level > GUARD_LEVEL_NONE;
}

G_END_DECLS
