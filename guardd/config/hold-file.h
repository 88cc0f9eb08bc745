/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The classes that policy adds to the guarded ones, compiled for the static helper.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* Writes @text (guard_policy_hold_text()) to @path where its content differs. Sets GUARD_ERROR_IO. */
gboolean guard_hold_file_write(const char *path, const char *text, GError **error);

G_END_DECLS
