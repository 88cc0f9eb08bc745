/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Exceptions with a clock that the test turns: ends, set-back clocks, restarts, second people, codes.
 */
#include "guardd/exceptions/exceptions.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "common/guard-error.h"
#include "ledger/kinds.h"
#include "registry/offline-code.h"

#define SECOND ((gint64)G_USEC_PER_SEC)
#define NOON (1800000000 * SECOND)

typedef struct {
        GuardPresenceClock clock; /* first */
        gint64 wall_us, boot_us, wake_us;
} FakeClock;

typedef struct {
        FakeClock clock;
        char *dir, *file, *secret;
        GuardExceptions *exceptions;
        GuardExceptionSettings settings;
        guint asked, granted, refused, ended, changed;
} Desk;

static void
read_fake(GuardPresenceClock *clock, GuardClocks *clocks)
{
        clocks->wall_us = ((FakeClock *)clock)->wall_us;
        clocks->boot_us = ((FakeClock *)clock)->boot_us;
}

static void
wake_fake(GuardPresenceClock *clock, gint64 boot_us)
{
        ((FakeClock *)clock)->wake_us = boot_us;
}

static void
note(const char *event, const GuardException *exception, const char *who, const char *message, gpointer data)
{
        Desk *desk = data;

        (void)exception;
        (void)who;
        g_assert_nonnull(message);
        desk->asked += strcmp(event, GUARD_KIND_EXCEPTION_ASKED) == 0;
        desk->granted += strcmp(event, GUARD_KIND_EXCEPTION_GRANTED) == 0;
        desk->refused += strcmp(event, GUARD_KIND_EXCEPTION_REFUSED) == 0;
        desk->ended += strcmp(event, GUARD_KIND_EXCEPTION_ENDED) == 0;
}

static void
changed(gpointer data)
{
        ((Desk *)data)->changed++;
}

static const GuardExceptionSettings *
settings(gpointer data)
{
        return &((Desk *)data)->settings;
}

/* guardd starts: @known_us is what has surely passed. */
static void
start(Desk *desk, gint64 known_us)
{
        static const GuardExceptionsOwner owner = {note, changed, settings};
        const GuardExceptionsConfig config = {desk->file, desk->secret, known_us, &desk->clock.clock};

        g_clear_pointer(&desk->exceptions, guard_exceptions_free);
        desk->exceptions = guard_exceptions_new(&config, &owner, desk);
}

static void
set_up(Desk *desk, gconstpointer data)
{
        (void)data;
        desk->dir = g_dir_make_tmp("exceptions-XXXXXX", NULL);
        desk->file = g_build_filename(desk->dir, "exceptions", NULL);
        desk->secret = g_build_filename(desk->dir, "host.secret", NULL);
        desk->clock = (FakeClock){{read_fake, wake_fake, NULL, NULL}, NOON, 100 * SECOND, G_MAXINT64};
        guard_exception_settings_init(&desk->settings, FALSE);
        start(desk, 0);
}

static void
tear_down(Desk *desk, gconstpointer data)
{
        (void)data;
        guard_exceptions_free(desk->exceptions);
        unlink(desk->file);
        unlink(desk->secret);
        g_assert_cmpint(rmdir(desk->dir), ==, 0);
        g_free(desk->dir);
        g_free(desk->file);
        g_free(desk->secret);
}

/* Time passes; what is due rings. */
static void
pass(Desk *desk, gint64 seconds)
{
        desk->clock.wall_us += seconds * SECOND;
        desk->clock.boot_us += seconds * SECOND;
        if (desk->clock.boot_us >= desk->clock.wake_us)
                desk->clock.clock.woken(desk->clock.clock.user_data);
}

static GuardExceptionAsk
an_hour(void)
{
        return (GuardExceptionAsk){"usb:0951:1666:A", "Acme Stick", GUARD_VERDICT_ADMIT, 3600, "a report for the court", "li", 1000};
}

static guint
in_force(Desk *desk)
{
        return guard_exceptions_in_force(desk->exceptions)->len;
}

static void
test_ends(Desk *desk, gconstpointer data)
{
        const GuardExceptionAsk ask = an_hour();
        const GuardException *one = guard_exceptions_allow(desk->exceptions, &ask, NULL);

        (void)data;
        g_assert_nonnull(one);
        g_assert_cmpuint(desk->granted, ==, 1);
        g_assert_cmpuint(desk->changed, ==, 1);
        g_assert_cmpuint(in_force(desk), ==, 1);
        pass(desk, 3599);
        g_assert_cmpuint(in_force(desk), ==, 1);
        g_assert_cmpuint(guard_exceptions_left(desk->exceptions, one), ==, 1);
        g_assert_cmpuint(desk->ended, ==, 0);
        pass(desk, 1);
        g_assert_cmpuint(in_force(desk), ==, 0);
        g_assert_cmpuint(desk->ended, ==, 1);
        g_assert_cmpuint(desk->changed, ==, 2);
        g_assert_cmpint(desk->clock.wake_us, ==, G_MAXINT64);
}

/* Set back by a day: not a second longer. Set on by a minute: ends a minute early. */
static void
test_clock_is_set(Desk *desk, gconstpointer data)
{
        const GuardExceptionAsk ask = an_hour();

        (void)data;
        g_assert_nonnull(guard_exceptions_allow(desk->exceptions, &ask, NULL));
        desk->clock.wall_us -= 24 * 3600 * SECOND;
        pass(desk, 3599);
        g_assert_cmpuint(in_force(desk), ==, 1);
        pass(desk, 1);
        g_assert_cmpuint(in_force(desk), ==, 0);
        desk->clock.wall_us = NOON + 7200 * SECOND;
        g_assert_nonnull(guard_exceptions_allow(desk->exceptions, &ask, NULL));
        desk->clock.wall_us += 60 * SECOND;
        pass(desk, 3540);
        g_assert_cmpuint(in_force(desk), ==, 0);
}

/* A restart, or a boot, in between: what is left is left; a clock that was set back meanwhile is known by what has passed. */
static void
test_restart(Desk *desk, gconstpointer data)
{
        const GuardExceptionAsk ask = an_hour();

        (void)data;
        g_assert_nonnull(guard_exceptions_allow(desk->exceptions, &ask, NULL));
        pass(desk, 1800);
        start(desk, 0);
        g_assert_cmpuint(in_force(desk), ==, 1);
        g_assert_cmpuint(guard_exceptions_left(desk->exceptions, g_ptr_array_index(guard_exceptions_in_force(desk->exceptions), 0)), ==,
                         1800);
        desk->clock.wall_us -= 3600 * SECOND;
        start(desk, NOON + 1800 * SECOND);
        pass(desk, 1800);
        g_assert_cmpuint(in_force(desk), ==, 0);
        g_assert_cmpuint(desk->ended, ==, 1);
        /* and nothing knows what has passed: an exception that began later than now is none */
        desk->clock.wall_us = NOON;
        start(desk, 0);
        g_assert_nonnull(guard_exceptions_allow(desk->exceptions, &ask, NULL));
        desk->clock.wall_us = NOON - 3600 * SECOND;
        start(desk, 0);
        g_assert_cmpuint(in_force(desk), ==, 0);
        g_assert_cmpuint(desk->ended, ==, 2);
}

static void
refused(Desk *desk, GuardExceptionAsk ask, int code)
{
        g_autoptr(GError) error = NULL;

        g_assert_null(guard_exceptions_allow(desk->exceptions, &ask, &error));
        g_assert_error(error, GUARD_ERROR, code);
        g_assert_cmpuint(in_force(desk), ==, 0);
}

static void
test_policy(Desk *desk, gconstpointer data)
{
        GuardExceptionAsk ask = an_hour();

        (void)data;
        ask.reason = "";
        refused(desk, ask, GUARD_ERROR_USAGE);
        ask = an_hour();
        ask.seconds = 8 * 3600 + 1;
        refused(desk, ask, GUARD_ERROR_USAGE);
        desk->settings.write = FALSE;
        refused(desk, an_hour(), GUARD_ERROR_DENIED);
        desk->settings.allow = FALSE;
        refused(desk, an_hour(), GUARD_ERROR_DENIED);
        g_assert_cmpuint(desk->granted + desk->asked, ==, 0);
}

static void
test_two_people(Desk *desk, gconstpointer data)
{
        const GuardExceptionAsk ask = an_hour();
        g_autoptr(GError) same = NULL;
        g_autoptr(GError) twice = NULL;
        g_autofree char *id = NULL;
        const GuardException *one;

        (void)data;
        desk->settings.approvals = 2;
        one = guard_exceptions_allow(desk->exceptions, &ask, NULL);
        g_assert_nonnull(one);
        id = g_ascii_strdown(one->id, -1);
        g_assert_cmpuint(in_force(desk), ==, 0);
        g_assert_null(guard_exceptions_approve(desk->exceptions, id, "li", 1000, &same));
        g_assert_error(same, GUARD_ERROR, GUARD_ERROR_DENIED);
        pass(desk, 600);
        start(desk, 0); /* what waits outlives a restart, too */
        one = guard_exceptions_approve(desk->exceptions, id, "wang", 1001, NULL);
        g_assert_nonnull(one);
        g_assert_cmpstr(one->asked_by, ==, "li");
        g_assert_cmpstr(one->approved_by, ==, "wang");
        g_assert_cmpuint(guard_exceptions_left(desk->exceptions, one), ==, 3600);
        g_assert_null(guard_exceptions_approve(desk->exceptions, id, "zhao", 1002, &twice));
        g_assert_error(twice, GUARD_ERROR, GUARD_ERROR_EXISTS);
        g_assert_true(guard_exceptions_revoke(desk->exceptions, id, "li", NULL));
        g_assert_cmpuint(in_force(desk), ==, 0);
        start(desk, 0);
        g_assert_cmpuint(guard_exceptions_all(desk->exceptions)->len, ==, 0);
        g_assert_nonnull(guard_exceptions_allow(desk->exceptions, &ask, NULL));
        pass(desk, 24 * 3600);
        g_assert_cmpuint(guard_exceptions_all(desk->exceptions)->len, ==, 0);
}

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
        const GuardExceptionAsk ask = an_hour();
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
        const GuardExceptionAsk ask = an_hour();

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
                pass(desk, round == 0 ? 60 : 119);
        }
        g_assert_null(guard_exceptions_request(desk->exceptions, &ask, NULL));
        pass(desk, 1);
        {
                g_autofree char *code = guard_exceptions_request(desk->exceptions, &ask, NULL);

                g_assert_nonnull(code);
        }
}

/* A policy that changes its mind: at once, in both directions. */
static void
test_policy_changes(Desk *desk, gconstpointer data)
{
        const GuardExceptionAsk ask = an_hour();
        GuardExceptionAsk reading = an_hour();
        g_autoptr(GError) error = NULL;
        const GuardException *waits;

        (void)data;
        reading.verdict = GUARD_VERDICT_READ_ONLY;
        reading.device = "usb:0951:1666:B";
        g_assert_nonnull(guard_exceptions_allow(desk->exceptions, &ask, NULL));
        g_assert_nonnull(guard_exceptions_allow(desk->exceptions, &reading, NULL));
        desk->settings.approvals = 2;
        waits = guard_exceptions_allow(desk->exceptions, &reading, NULL);
        g_assert_nonnull(waits);
        g_assert_cmpuint(in_force(desk), ==, 2);
        desk->settings.write = FALSE;
        g_assert_cmpuint(in_force(desk), ==, 1);
        desk->settings.allow = FALSE;
        g_assert_cmpuint(in_force(desk), ==, 0);
        g_assert_null(guard_exceptions_approve(desk->exceptions, waits->id, "wang", 1001, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_DENIED);
        guard_exception_settings_init(&desk->settings, FALSE);
        g_assert_cmpuint(in_force(desk), ==, 2);
}

/* What cannot be kept is not made; what cannot be read is not in force. */
static void
test_file(Desk *desk, gconstpointer data)
{
        const GuardExceptionAsk ask = an_hour();
        g_autofree char *text = NULL, *broken = NULL;
        g_autoptr(GError) error = NULL;

        (void)data;
        g_assert_nonnull(guard_exceptions_allow(desk->exceptions, &ask, NULL));
        g_assert_true(g_file_get_contents(desk->file, &text, NULL, NULL));
        broken = g_strconcat(text, "[ZZZZZ]\nverdict=everything\n", NULL);
        g_assert_true(g_file_set_contents(desk->file, broken, -1, NULL));
        start(desk, 0);
        g_assert_cmpuint(in_force(desk), ==, 1);
        g_assert_cmpuint(desk->ended, ==, 1);
        g_assert_true(g_file_set_contents(desk->file, "not a key file\n", -1, NULL));
        start(desk, 0);
        g_assert_cmpuint(in_force(desk), ==, 0);
        unlink(desk->file);
        g_assert_cmpint(g_mkdir(desk->file, 0700), ==, 0);
        g_assert_null(guard_exceptions_allow(desk->exceptions, &ask, &error));
        g_assert_nonnull(error);
        g_assert_cmpuint(in_force(desk), ==, 0);
        g_assert_cmpint(rmdir(desk->file), ==, 0);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add("/exceptions/ends", Desk, NULL, set_up, test_ends, tear_down);
        g_test_add("/exceptions/clock-is-set", Desk, NULL, set_up, test_clock_is_set, tear_down);
        g_test_add("/exceptions/restart", Desk, NULL, set_up, test_restart, tear_down);
        g_test_add("/exceptions/policy", Desk, NULL, set_up, test_policy, tear_down);
        g_test_add("/exceptions/policy-changes", Desk, NULL, set_up, test_policy_changes, tear_down);
        g_test_add("/exceptions/two-people", Desk, NULL, set_up, test_two_people, tear_down);
        g_test_add("/exceptions/codes", Desk, NULL, set_up, test_codes, tear_down);
        g_test_add("/exceptions/guessing", Desk, NULL, set_up, test_guessing, tear_down);
        g_test_add("/exceptions/file", Desk, NULL, set_up, test_file, tear_down);
        return g_test_run();
}
