/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/transfers.h"

gboolean
guard_transfers_from_string(const char *name, GuardTransferSettings *settings)
{
        gboolean writes = g_str_equal(name, "writes"), all = g_str_equal(name, "all");

        if (!writes && !all && !g_str_equal(name, "no"))
                return FALSE;
        settings->writes = writes || all;
        settings->reads = all;
        return TRUE;
}
