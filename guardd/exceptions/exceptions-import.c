/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The end of an import. It is good once: what is done is not written to the file any more, so that a restart ends it too.
 */
#include "guardd/exceptions/exceptions-private.h"
#include "ledger/kinds.h"

void
guard_exceptions_use_up(GuardExceptions *exceptions, const char *id)
{
        GuardException *one = guard_exceptions_by_id(exceptions, id);
        g_autoptr(GError) error = NULL;

        if (one == NULL || one->used)
                return;
        one->used = TRUE;
        if (!guard_exceptions_save(exceptions->file, exceptions->all, &error))
                g_warning("%s", error->message);
}

void
guard_exceptions_forget_used(GuardExceptions *exceptions, const char *id)
{
        GuardException *one = guard_exceptions_by_id(exceptions, id);

        if (one == NULL || !one->used)
                return;
        exceptions->owner->note(GUARD_KIND_EXCEPTION_ENDED, one, NULL, "The import is over.", exceptions->data);
        g_ptr_array_remove(exceptions->all, one);
}
