/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A request for the desk, and the desk's answer. The request lives in memory only: after a restart
 * it is made anew, and an old answer is worth nothing.
 */
#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "common/guard-error.h"
#include "guardd/exceptions/exceptions-private.h"
#include "ledger/kinds.h"

#define MAX_WRONG 5
#define FIRST_WAIT_US (60 * (gint64)G_USEC_PER_SEC)
#define MAX_DOUBLINGS 6

static gboolean
may_ask(GuardExceptions *exceptions, GError **error)
{
        gint64 wait = exceptions->not_before_us - guard_exceptions_now(exceptions);
        g_autofree char *minutes =
                g_strdup_printf("%" G_GINT64_FORMAT, wait / (60 * (gint64)G_USEC_PER_SEC) + 1);

        if (!exceptions->owner->settings(exceptions->data)->offline)
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_DENIED,
                                    _("The policy of this computer takes no codes of the desk "
                                      "([exceptions] of policy.d)"));
        else if (wait > 0)
                guard_error_set(
                        error, GUARD_ERROR_DENIED,
                        N_("Too many wrong codes were entered; ask again in %s minutes"), minutes, NULL);
        else
                return TRUE;
        return FALSE;
}

char *
guard_exceptions_request(GuardExceptions *exceptions, const GuardExceptionAsk *ask, GError **error)
{
        GuardException *asked;
        GuardPendingRequest request = {.code.read_only = ask->verdict == GUARD_VERDICT_READ_ONLY};

        if (!may_ask(exceptions, error))
                return NULL;
        if (!guard_offline_life(ask->seconds, &request.code.life)) {
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_USAGE,
                                    _("A code of the desk is good for 7 days at most; ask for less "
                                      "with --for"));
                return NULL;
        }
        asked = guard_exceptions_make(exceptions, ask, error);
        if (asked == NULL)
                return NULL;
        /* a step of the code's may be longer than what was asked for: it is not, by the policy,
         * what is given */
        asked->seconds = MIN(guard_offline_seconds(request.code.life),
                             exceptions->owner->settings(exceptions->data)->longest);
        asked->offline = TRUE;
        if (RAND_bytes((guint8 *)&request.code.nonce, sizeof request.code.nonce) != 1) {
                guard_exception_free(asked);
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_FAILED,
                                    _("libcrypto has no random numbers"));
                return NULL;
        }
        request.code.nonce &= (1u << 30) - 1;
        request.code.device = guard_offline_device(asked->device);
        request.ask = asked;
        guard_exception_free(exceptions->request.ask);
        /* who asks anew does not get five more tries */
        request.wrong = exceptions->request.wrong;
        exceptions->request = request;
        exceptions->owner->note(GUARD_KIND_EXCEPTION_ASKED, asked, ask->who,
                                "An exception was asked for, to be answered by the desk.",
                                exceptions->data);
        return guard_offline_request_to_code(&request.code);
}

static void
count_wrong(GuardExceptions *exceptions, const char *who)
{
        GuardPendingRequest *request = &exceptions->request;

        exceptions->owner->note(GUARD_KIND_EXCEPTION_REFUSED, request->ask, who,
                                "A wrong code was entered.", exceptions->data);
        if (++request->wrong < MAX_WRONG)
                return;
        exceptions->not_before_us =
                guard_exceptions_now(exceptions) +
                (FIRST_WAIT_US << MIN(exceptions->wrong_before, (guint)MAX_DOUBLINGS));
        exceptions->wrong_before++;
        request->wrong = 0;
        g_clear_pointer(&request->ask, guard_exception_free);
}

const GuardException *
guard_exceptions_enter(GuardExceptions *exceptions, const char *code, const GuardHost *host,
                       const char *who, GError **error)
{
        GuardPendingRequest *request = &exceptions->request;
        g_autoptr(GError) own = NULL;
        gboolean right;
        guint8 *secret;
        gsize size;

        if (!may_ask(exceptions, error))
                return NULL;
        if (request->ask == NULL) {
                g_set_error_literal(
                        error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                        _("No exception is asked for; begin with “guardctl exception request”"));
                return NULL;
        }
        secret = guard_exceptions_read_secret(exceptions->secret, host->host_id, &size, error);
        if (secret == NULL)
                return NULL;
        right = guard_offline_check(&request->code, host->host_id, secret, size, code, &own);
        OPENSSL_cleanse(secret, size);
        g_free(secret);
        if (!right) {
                if (g_error_matches(own, GUARD_ERROR, GUARD_ERROR_DENIED))
                        count_wrong(exceptions, who);
                g_propagate_error(error, g_steal_pointer(&own));
                return NULL;
        }
        exceptions->wrong_before = 0;
        request->wrong = 0;
        /* once only, whether or not it can be kept */
        return guard_exceptions_begin(exceptions, g_steal_pointer(&request->ask), who, error);
}
