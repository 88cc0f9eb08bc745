/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * hold-classes: one class code a line, as guard_usb_hold_parse() reads it.
 */
#include "guardd/config/hold-file.h"
#include "guardd/keyval.h"

gboolean
guard_hold_file_write(const char *path, const struct guard_usb_hold *hold, GError **error)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_autofree char *old = NULL;

        for (guint class = 0; hold && class < 256; class++)
                if (hold->classes[class / 8] & (1U << (class % 8)))
                        g_string_append_printf(text, "%02x\n", class);
        if (g_file_get_contents(path, &old, NULL, NULL) && g_strcmp0(old, text->str) == 0)
                return TRUE;
        return guard_keyval_write(path, text->str, TRUE, error);
}
