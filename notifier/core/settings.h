/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * notifier.conf: what the administrator wants on screen. The file in /etc replaces the vendor's as a whole.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* "none", "corner" or "banner" (static) of the first of @paths (NULL at the end) that is there; "none" where none is.
 * A file that says something else: "none" and @error, with what is allowed. */
const char *guard_settings_mark_style(const char *const *paths, GError **error);

G_END_DECLS
