/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The classes that policy adds to the guarded ones, compiled for the static helper.
 */
#pragma once
#include <glib.h>
#include "common/usb-descriptors.h"

G_BEGIN_DECLS

/* Writes @path where its content differs. Sets GUARD_ERROR_IO. */
gboolean guard_hold_file_write(const char *path, const struct guard_usb_hold *hold, GError **error);

G_END_DECLS
