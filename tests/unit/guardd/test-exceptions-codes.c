/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Codes of the desk's: once, here, for this asking; and how often one may guess.
 */
#include "common/guard-error.h"
#include "exceptions-desk.h"
#include "registry/offline-code.h"

static const guint8 secret[32] = {1, 2, 3, 4};

static void
give_secret(Desk *desk, const char *host_id)
{
        g_autoptr(GString) text = g_string_new(NULL);

        g_string_printf(text, "[secret]\nhost-id=%s\nsecret-id=0123\nsecret=", host_id);
        for (gsize n = 0; n < sizeof secret; n++)
                g_string_append_printf(text, "%02x", secret[n]);
        g_string_append_c(text, '\n');
        g_assert_true(g_file_set_contents(desk->secret, text->str, -1, NULL));
}

static char *
answer(const char *code, const char *host_id)
{
        GuardOfflineRequest request;

        g_assert_true(guard_offline_request_from_code(code, &request, NULL));
        return guard_offline_answer(&request, host_id, secret, sizeof secret, NULL);
}

static void
test_codes(Desk *desk, gconstpointer data)
{
        const GuardHost host = {.host_id = (char *)"pc-1"};
        const GuardExceptionAsk ask = desk_an_hour();
        g_autofree char *first = guard_exceptions_request(desk->exceptions, &ask, NULL);
        g_autofree char *right = answer(first, "pc-1"), *second = NULL, *again = NULL;
        g_autoptr(GError) none = NULL;
        g_autoptr(GError) once = NULL;
        g_autoptr(GError) old = NULL;
        g_autoptr(GError) other = NULL;
        const GuardException *one;

        (void)data;
        g_assert_null(guard_exceptions_enter(desk->exceptions, right, &host, "li", &none));
        g_assert_error(none, GUARD_ERROR, GUARD_ERROR_NOT_FOUND);
        give_secret(desk, "pc-2");
        g_assert_null(guard_exceptions_enter(desk->exceptions, right, &host, "li", &other));
        g_assert_error(other, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        give_secret(desk, "pc-1");
        one = guard_exceptions_enter(desk->exceptions, right, &host, "li", NULL);
        g_assert_nonnull(one);
        g_assert_true(one->offline);
        g_assert_cmpuint(guard_exceptions_left(desk->exceptions, one), ==, 3600);
        g_assert_null(guard_exceptions_enter(desk->exceptions, right, &host, "li", &once));
        g_assert_error(once, GUARD_ERROR, GUARD_ERROR_NOT_FOUND);
        /* the same asking anew: an old answer is worth nothing */
        second = guard_exceptions_request(desk->exceptions, &ask, NULL);
        g_assert_cmpstr(first, !=, second);
        g_assert_null(guard_exceptions_enter(desk->exceptions, right, &host, "li", &old));
        g_assert_error(old, GUARD_ERROR, GUARD_ERROR_DENIED);
        g_assert_cmpuint(desk->refused, ==, 1);
        again = answer(second, "pc-1");
        g_assert_nonnull(guard_exceptions_enter(desk->exceptions, again, &host, "li", NULL));
}

/* Five wrong ones in all, however often it is asked anew; then a minute, then two. A slip of the finger does not count. */
static void
test_guessing(Desk *desk, gconstpointer data)
{
        const GuardHost host = {.host_id = (char *)"pc-1"};
        const GuardExceptionAsk ask = desk_an_hour();

        (void)data;
        give_secret(desk, "pc-1");
        for (guint round = 0; round < 2; round++) {
                g_autoptr(GError) wait = NULL;

                for (guint n = 0; n < 5; n++) {
                        g_autofree char *code = guard_exceptions_request(desk->exceptions, &ask, NULL);
                        g_autofree char *wrong = answer(code, "pc-9");
                        g_autoptr(GError) slip = NULL;

                        g_assert_null(guard_exceptions_enter(desk->exceptions, "12", &host, "li", &slip));
                        g_assert_error(slip, GUARD_ERROR, GUARD_ERROR_USAGE);
                        g_assert_null(guard_exceptions_enter(desk->exceptions, wrong, &host, "li", NULL));
                }
                g_assert_cmpuint(desk->refused, ==, 5 * (round + 1));
                g_assert_null(guard_exceptions_request(desk->exceptions, &ask, &wait));
                g_assert_error(wait, GUARD_ERROR, GUARD_ERROR_DENIED);
                desk_pass(desk, round == 0 ? 60 : 119);
        }
        g_assert_null(guard_exceptions_request(desk->exceptions, &ask, NULL));
        desk_pass(desk, 1);
        {
                g_autofree char *code = guard_exceptions_request(desk->exceptions, &ask, NULL);

                g_assert_nonnull(code);
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add("/exceptions/codes", Desk, NULL, desk_set_up, test_codes, desk_tear_down);
        g_test_add("/exceptions/guessing", Desk, NULL, desk_set_up, test_guessing, desk_tear_down);
        return g_test_run();
}
