/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The presence guard's methods. Whose session is meant is asked of the bus and logind, never of the
 * caller.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "guardd/serve/serve-private.h"

/* NULL: the call was answered. */
static GuardPresence *
presence_of(GuardCall *call)
{
        GuardPresence *presence = guard_manager_presence(call->serve->manager);

        if (!presence)
                guard_call_fail(call, g_error_new_literal(GUARD_ERROR, GUARD_ERROR_FAILED,
                                                          _("The presence guard does not run")));
        return presence;
}

void
guard_handle_get_presence(GuardCall *call)
{
        (void)presence_of(call);
}

void
guard_handle_lock(GuardCall *call)
{
        (void)presence_of(call);
}

void
guard_handle_postpone(GuardCall *call)
{
        (void)presence_of(call);
}
