/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Begin, second person, end. The file is written before anything comes into force; what has ended
 * goes out of force whether or not the file can be written.
 */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "common/guard-error.h"
#include "common/guard-text.h"
#include "guardd/exceptions/exceptions-private.h"
#include "ledger/kinds.h"

#define MAX_EXCEPTIONS 64
#define MAX_REASON 200 /* characters */
#define SOON_US (24 * 3600 * (gint64)G_USEC_PER_SEC) /* what waits for a second person waits a day */

gint64
guard_exceptions_now(GuardExceptions *exceptions)
{
        GuardClocks clocks = {0};
        gint64 now;

        exceptions->clock->read(exceptions->clock, &clocks);
        now = exceptions->anchor_us + (clocks.boot_us - exceptions->anchor_boot_us);
        now = MAX(now, clocks.wall_us);
        exceptions->anchor_us = now;
        exceptions->anchor_boot_us = clocks.boot_us;
        return now;
}

static gboolean
is_over(const GuardException *one, gint64 now)
{
        /* one that began later than now: the clock it was made by went wrong, and so would its end */
        if (one->ends_us != 0)
                return now >= one->ends_us || now < one->begins_us;
        return now >= one->begins_us + SOON_US || now < one->begins_us;
}

static void
set_alarm_clock(GuardExceptions *exceptions)
{
        gint64 next = G_MAXINT64;

        for (guint n = 0; n < exceptions->all->len; n++) {
                const GuardException *one = g_ptr_array_index(exceptions->all, n);
                gint64 end = one->ends_us != 0 ? one->ends_us : one->begins_us + SOON_US;

                next = MIN(next, end);
        }
        exceptions->clock->wake_at(exceptions->clock,
                                   next == G_MAXINT64 ? next
                                                      : exceptions->anchor_boot_us +
                                                                (next - exceptions->anchor_us));
}

static gboolean
keep(GuardExceptions *exceptions, GError **error)
{
        return guard_exceptions_save(exceptions->file, exceptions->all, error);
}

/* Takes out what has ended by now. */
static void
end_due(GuardExceptions *exceptions)
{
        gint64 now = guard_exceptions_now(exceptions);
        gboolean any = FALSE;
        g_autoptr(GError) error = NULL;

        for (guint n = exceptions->all->len; n > 0; n--) {
                GuardException *one = g_ptr_array_index(exceptions->all, n - 1);

                if (!is_over(one, now))
                        continue;
                exceptions->owner->note(GUARD_KIND_EXCEPTION_ENDED, one, NULL,
                                        one->ends_us != 0
                                                ? "The exception has ended."
                                                : "Nobody approved the exception within a day.",
                                        exceptions->data);
                g_ptr_array_remove_index(exceptions->all, n - 1);
                any = TRUE;
        }
        set_alarm_clock(exceptions);
        if (!any)
                return;
        if (!keep(exceptions, &error)) /* it is over all the same: its end is in the file */
                g_warning("%s", error->message);
        exceptions->owner->changed(exceptions->data);
}

static void
woken(gpointer data)
{
        end_due(data);
}

GuardExceptions *
guard_exceptions_new(const GuardExceptionsConfig *config, const GuardExceptionsOwner *owner,
                     gpointer data)
{
        GuardExceptions *exceptions;
        GuardPresenceClock *clock =
                config->clock != NULL ? config->clock : guard_presence_clock_new();
        GuardClocks clocks = {0};
        g_autoptr(GError) error = NULL;

        if (clock == NULL)
                return NULL;
        exceptions = g_new0(GuardExceptions, 1);
        exceptions->owner = owner;
        exceptions->data = data;
        exceptions->file = g_strdup(config->file);
        exceptions->secret = g_strdup(config->secret);
        exceptions->clock = clock;
        exceptions->own_clock = config->clock == NULL;
        clock->woken = woken;
        clock->user_data = exceptions;
        clock->read(clock, &clocks);
        exceptions->anchor_us = config->known_us;
        exceptions->anchor_boot_us = clocks.boot_us;
        exceptions->in_force = g_ptr_array_new();
        exceptions->all = guard_exceptions_load(exceptions->file, &error);
        if (error != NULL)
                owner->note(GUARD_KIND_EXCEPTION_ENDED, NULL, NULL, error->message, data);
        end_due(exceptions);
        return exceptions;
}

void
guard_exceptions_free(GuardExceptions *exceptions)
{
        if (exceptions == NULL)
                return;
        if (exceptions->own_clock)
                guard_presence_clock_free(exceptions->clock);
        guard_exception_free(exceptions->request.ask);
        g_ptr_array_unref(exceptions->in_force);
        g_ptr_array_unref(exceptions->all);
        g_free(exceptions->file);
        g_free(exceptions->secret);
        g_free(exceptions);
}

static gboolean
may_be(const GuardException *one, const GuardExceptionSettings *settings)
{
        return one->import ? settings->import : settings->allow;
}

/* What policy has forbidden since is kept, and not in force while it does. */
static gboolean
is_allowed(const GuardException *one, const GuardExceptionSettings *settings)
{
        return may_be(one, settings) &&
               (one->import || settings->write || one->verdict != GUARD_VERDICT_ADMIT) && (settings->offline || !one->offline);
}

const GPtrArray *
guard_exceptions_in_force(GuardExceptions *exceptions)
{
        const GuardExceptionSettings *settings = exceptions->owner->settings(exceptions->data);
        gint64 now = guard_exceptions_now(exceptions);

        /* the timer takes out what is over; a decision in the same instant does not use it */
        g_ptr_array_set_size(exceptions->in_force, 0);
        for (guint n = 0; n < exceptions->all->len; n++) {
                GuardException *one = g_ptr_array_index(exceptions->all, n);

                if (one->ends_us != 0 && !is_over(one, now) && is_allowed(one, settings))
                        g_ptr_array_add(exceptions->in_force, one);
        }
        return exceptions->in_force;
}

const GPtrArray *
guard_exceptions_all(GuardExceptions *exceptions)
{
        return exceptions->all;
}

guint
guard_exceptions_left(GuardExceptions *exceptions, const GuardException *exception)
{
        gint64 left = exception->ends_us - guard_exceptions_now(exceptions);

        return exception->ends_us == 0 || left <= 0
                       ? 0
                       : (guint)((left + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
}

static char *
new_id(const GuardExceptions *exceptions)
{
        static const char signs[] = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
        char id[GUARD_EXCEPTION_ID_LENGTH + 1] = "";
        gboolean taken;

        do {
                taken = FALSE;
                for (guint n = 0; n < GUARD_EXCEPTION_ID_LENGTH; n++)
                        id[n] = signs[g_random_int_range(0, (gint32)strlen(signs))];
                for (guint n = 0; n < exceptions->all->len; n++)
                        taken = taken ||
                                strcmp(((GuardException *)g_ptr_array_index(exceptions->all, n))
                                               ->id,
                                       id) == 0;
        } while (taken);
        return g_strdup(id);
}

static gboolean
check(GuardExceptions *exceptions, const GuardExceptionAsk *ask, GError **error)
{
        const GuardExceptionSettings *settings = exceptions->owner->settings(exceptions->data);
        g_autofree char *longest = g_strdup_printf("%u", settings->longest / 60);

        if (ask->import && !settings->import)
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_DENIED,
                                    _("The policy of this computer allows no one-way import (import= in "
                                      "[exceptions] of policy.d)"));
        else if (!ask->import && !settings->allow)
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_DENIED,
                                    _("The policy of this computer allows no exceptions "
                                      "([exceptions] of policy.d)"));
        else if (ask->verdict == GUARD_VERDICT_ADMIT && !settings->write)
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_DENIED,
                                    _("The policy of this computer allows exceptions for reading "
                                      "only; ask for one with --read-only"));
        else if (ask->seconds == 0 || ask->seconds > settings->longest)
                guard_error_set(error, GUARD_ERROR_USAGE, N_("An exception may last %s minutes here at most; ask for less with --for"), longest,
                                NULL);
        else if (ask->reason == NULL || *ask->reason == '\0' ||
                 g_utf8_strlen(ask->reason, -1) > MAX_REASON)
                g_set_error_literal(
                        error, GUARD_ERROR, GUARD_ERROR_USAGE,
                        _("Say why, in 1 to 200 characters, with --reason; it goes on record"));
        else if (exceptions->all->len >= MAX_EXCEPTIONS)
                g_set_error_literal(
                        error, GUARD_ERROR, GUARD_ERROR_FULL,
                        _("There are too many exceptions here already; take some back first"));
        else
                return TRUE;
        return FALSE;
}

GuardException *
guard_exceptions_make(GuardExceptions *exceptions, const GuardExceptionAsk *ask, GError **error)
{
        GuardException *exception;

        if (!check(exceptions, ask, error))
                return NULL;
        exception = guard_exception_new();
        exception->id = new_id(exceptions);
        exception->device = g_strdup(ask->device);
        exception->name = g_strdup(ask->name);
        exception->verdict = ask->verdict;
        exception->seconds = ask->seconds;
        exception->reason = g_strdup(ask->reason);
        exception->asked_by = g_strdup(ask->who);
        exception->asked_uid = ask->uid;
        exception->import = ask->import;
        exception->user = g_strdup(ask->user);
        exception->only = g_strdup(ask->only);
        exception->begins_us = guard_exceptions_now(exceptions);
        return exception;
}

/* Takes back what could not be kept. */
static const GuardException *
add(GuardExceptions *exceptions, GuardException *exception, GError **error)
{
        g_ptr_array_add(exceptions->all, exception);
        if (!keep(exceptions, error)) {
                g_ptr_array_remove_index(exceptions->all, exceptions->all->len - 1);
                return NULL;
        }
        set_alarm_clock(exceptions);
        return exception;
}

const GuardException *
guard_exceptions_begin(GuardExceptions *exceptions, GuardException *exception, const char *who,
                       GError **error)
{
        const GuardException *begun;

        exception->begins_us = guard_exceptions_now(exceptions);
        exception->ends_us = exception->begins_us + exception->seconds * (gint64)G_USEC_PER_SEC;
        begun = add(exceptions, exception, error);
        if (begun == NULL)
                return NULL;
        exceptions->owner->note(GUARD_KIND_EXCEPTION_GRANTED, begun, who, "An exception was made.",
                                exceptions->data);
        exceptions->owner->changed(exceptions->data);
        return begun;
}

const GuardException *
guard_exceptions_allow(GuardExceptions *exceptions, const GuardExceptionAsk *ask, GError **error)
{
        GuardException *exception = guard_exceptions_make(exceptions, ask, error);
        const GuardException *waits;

        if (exception == NULL)
                return NULL;
        if (exceptions->owner->settings(exceptions->data)->approvals < 2)
                return guard_exceptions_begin(exceptions, exception, ask->who, error);
        waits = add(exceptions, exception, error);
        if (waits != NULL)
                exceptions->owner->note(GUARD_KIND_EXCEPTION_ASKED, waits, ask->who,
                                        "An exception waits for a second person.",
                                        exceptions->data);
        return waits;
}

GuardException *
guard_exceptions_by_id(GuardExceptions *exceptions, const char *id)
{
        for (guint n = 0; n < exceptions->all->len; n++) {
                GuardException *one = g_ptr_array_index(exceptions->all, n);

                if (g_ascii_strcasecmp(one->id, id) == 0)
                        return one;
        }
        return NULL;
}

static GuardException *
find(GuardExceptions *exceptions, const char *id, GError **error)
{
        GuardException *one = guard_exceptions_by_id(exceptions, id);

        if (one == NULL)
                guard_error_set(error, GUARD_ERROR_NOT_FOUND, N_("There is no exception “%s” here; “guardctl exception list” shows them"), id,
                                NULL);
        return one;
}

const GuardException *
guard_exceptions_approve(GuardExceptions *exceptions, const char *id, const char *who, guint32 uid,
                         GError **error)
{
        GuardException *one = find(exceptions, id, error);
        GuardException *approved;
        const GuardException *begun;

        if (one == NULL)
                return NULL;
        if (!may_be(one, exceptions->owner->settings(exceptions->data))) {
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_DENIED,
                                    _("The policy of this computer allows no exceptions ([exceptions] of policy.d)"));
                return NULL;
        }
        if (one->ends_us != 0) {
                guard_error_set(error, GUARD_ERROR_EXISTS, N_("Exception %s is in force already"), one->id, NULL);
                return NULL;
        }
        if (one->asked_uid == uid) {
                guard_error_set(error, GUARD_ERROR_DENIED,
                                N_("The exception has to be approved by somebody else than %s, who asked for it"), one->asked_by, NULL);
                return NULL;
        }
        approved = guard_exception_copy(one);
        approved->approved_by = g_strdup(who);
        g_ptr_array_set_free_func(exceptions->all, NULL);
        g_ptr_array_remove(exceptions->all, one);
        g_ptr_array_set_free_func(exceptions->all, (GDestroyNotify)guard_exception_free);
        begun = guard_exceptions_begin(exceptions, approved, who, error);
        if (begun == NULL)
                g_ptr_array_add(exceptions->all, one); /* as it was; it is in the file still */
        else
                guard_exception_free(one);
        return begun;
}

gboolean
guard_exceptions_revoke(GuardExceptions *exceptions, const char *id, const char *who,
                        GError **error)
{
        GuardException *one = find(exceptions, id, error);

        if (one == NULL)
                return FALSE;
        exceptions->owner->note(GUARD_KIND_EXCEPTION_ENDED, one, who,
                                "The exception was taken back.", exceptions->data);
        g_ptr_array_remove(exceptions->all, one);
        set_alarm_clock(exceptions);
        exceptions->owner->changed(exceptions->data);
        /* it would be back after a restart: whoever took it back has to know */
        return keep(exceptions, error);
}
