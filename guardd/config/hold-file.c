/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * hold-classes: one entry a line (class, class:subclass[:protocol], mtp), as guard_usb_hold_parse() reads it.
 */
#include "guardd/config/hold-file.h"
#include "guardd/keyval.h"

gboolean
guard_hold_file_write(const char *path, const char *text, GError **error)
{
        g_autofree char *old = NULL;

        if (g_file_get_contents(path, &old, NULL, NULL) && g_strcmp0(old, text) == 0)
                return TRUE;
        return guard_keyval_write(path, text, TRUE, error);
}
