/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The error domain; the contract is in the header.
 */
#include "common/guard-error.h"
#include "common/guard-text.h"

GQuark
guard_error_quark(void)
{
        return g_quark_from_static_string("guard-error-quark");
}

void
guard_error_set(GError **error, int code, const char *msgid, ...)
{
        g_autofree char *said = NULL;
        va_list args;

        va_start(args, msgid);
        said = guard_text_packv(msgid, args);
        va_end(args);
        g_set_error_literal(error, GUARD_ERROR, code, said);
}
