/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The error domain. Nothing else belongs here: the contract is in the header.
 */
#include "common/guard-error.h"

GQuark
guard_error_quark(void)
{
        return g_quark_from_static_string("guard-error-quark");
}
