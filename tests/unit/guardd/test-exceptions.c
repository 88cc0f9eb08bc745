/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Exceptions with a clock that the test turns: ends, set-back clocks, restarts, second people, policy.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "common/guard-error.h"
#include "exceptions-desk.h"

static void
test_ends(Desk *desk, gconstpointer data)
{
        const GuardExceptionAsk ask = desk_an_hour();
        const GuardException *one = guard_exceptions_allow(desk->exceptions, &ask, NULL);

        (void)data;
        g_assert_nonnull(one);
        g_assert_cmpuint(desk->granted, ==, 1);
        g_assert_cmpuint(desk->changed, ==, 1);
        g_assert_cmpuint(desk_in_force(desk), ==, 1);
        desk_pass(desk, 3599);
        g_assert_cmpuint(desk_in_force(desk), ==, 1);
        g_assert_cmpuint(guard_exceptions_left(desk->exceptions, one), ==, 1);
        g_assert_cmpuint(desk->ended, ==, 0);
        desk_pass(desk, 1);
        g_assert_cmpuint(desk_in_force(desk), ==, 0);
        g_assert_cmpuint(desk->ended, ==, 1);
        g_assert_cmpuint(desk->changed, ==, 2);
        g_assert_cmpint(desk->clock.wake_us, ==, G_MAXINT64);
}

/* Set back by a day: not a second longer. Set on by a minute: ends a minute early. */
static void
test_clock_is_set(Desk *desk, gconstpointer data)
{
        const GuardExceptionAsk ask = desk_an_hour();

        (void)data;
        g_assert_nonnull(guard_exceptions_allow(desk->exceptions, &ask, NULL));
        desk->clock.wall_us -= 24 * 3600 * SECOND;
        desk_pass(desk, 3599);
        g_assert_cmpuint(desk_in_force(desk), ==, 1);
        desk_pass(desk, 1);
        g_assert_cmpuint(desk_in_force(desk), ==, 0);
        desk->clock.wall_us = NOON + 7200 * SECOND;
        g_assert_nonnull(guard_exceptions_allow(desk->exceptions, &ask, NULL));
        desk->clock.wall_us += 60 * SECOND;
        desk_pass(desk, 3540);
        g_assert_cmpuint(desk_in_force(desk), ==, 0);
}

/* A restart, or a boot, in between: what is left is left; a clock that was set back meanwhile is known by what has passed. */
static void
test_restart(Desk *desk, gconstpointer data)
{
        const GuardExceptionAsk ask = desk_an_hour();

        (void)data;
        g_assert_nonnull(guard_exceptions_allow(desk->exceptions, &ask, NULL));
        desk_pass(desk, 1800);
        desk_start(desk, 0);
        g_assert_cmpuint(desk_in_force(desk), ==, 1);
        g_assert_cmpuint(guard_exceptions_left(desk->exceptions, g_ptr_array_index(guard_exceptions_in_force(desk->exceptions), 0)), ==,
                         1800);
        desk->clock.wall_us -= 3600 * SECOND;
        desk_start(desk, NOON + 1800 * SECOND);
        desk_pass(desk, 1800);
        g_assert_cmpuint(desk_in_force(desk), ==, 0);
        g_assert_cmpuint(desk->ended, ==, 1);
        /* and nothing knows what has passed: an exception that began later than now is none */
        desk->clock.wall_us = NOON;
        desk_start(desk, 0);
        g_assert_nonnull(guard_exceptions_allow(desk->exceptions, &ask, NULL));
        desk->clock.wall_us = NOON - 3600 * SECOND;
        desk_start(desk, 0);
        g_assert_cmpuint(desk_in_force(desk), ==, 0);
        g_assert_cmpuint(desk->ended, ==, 2);
}

static void
refused(Desk *desk, GuardExceptionAsk ask, int code)
{
        g_autoptr(GError) error = NULL;

        g_assert_null(guard_exceptions_allow(desk->exceptions, &ask, &error));
        g_assert_error(error, GUARD_ERROR, code);
        g_assert_cmpuint(desk_in_force(desk), ==, 0);
}

static void
test_policy(Desk *desk, gconstpointer data)
{
        GuardExceptionAsk ask = desk_an_hour();

        (void)data;
        ask.reason = "";
        refused(desk, ask, GUARD_ERROR_USAGE);
        ask = desk_an_hour();
        ask.seconds = 8 * 3600 + 1;
        refused(desk, ask, GUARD_ERROR_USAGE);
        desk->settings.write = FALSE;
        refused(desk, desk_an_hour(), GUARD_ERROR_DENIED);
        desk->settings.allow = FALSE;
        refused(desk, desk_an_hour(), GUARD_ERROR_DENIED);
        g_assert_cmpuint(desk->granted + desk->asked, ==, 0);
}

static void
test_two_people(Desk *desk, gconstpointer data)
{
        const GuardExceptionAsk ask = desk_an_hour();
        g_autoptr(GError) same = NULL;
        g_autoptr(GError) twice = NULL;
        g_autofree char *id = NULL;
        const GuardException *one;

        (void)data;
        desk->settings.approvals = 2;
        one = guard_exceptions_allow(desk->exceptions, &ask, NULL);
        g_assert_nonnull(one);
        id = g_ascii_strdown(one->id, -1);
        g_assert_cmpuint(desk_in_force(desk), ==, 0);
        g_assert_null(guard_exceptions_approve(desk->exceptions, id, "li", 1000, &same));
        g_assert_error(same, GUARD_ERROR, GUARD_ERROR_DENIED);
        desk_pass(desk, 600);
        desk_start(desk, 0); /* what waits outlives a restart, too */
        one = guard_exceptions_approve(desk->exceptions, id, "wang", 1001, NULL);
        g_assert_nonnull(one);
        g_assert_cmpstr(one->asked_by, ==, "li");
        g_assert_cmpstr(one->approved_by, ==, "wang");
        g_assert_cmpuint(guard_exceptions_left(desk->exceptions, one), ==, 3600);
        g_assert_null(guard_exceptions_approve(desk->exceptions, id, "zhao", 1002, &twice));
        g_assert_error(twice, GUARD_ERROR, GUARD_ERROR_EXISTS);
        g_assert_true(guard_exceptions_revoke(desk->exceptions, id, "li", NULL));
        g_assert_cmpuint(desk_in_force(desk), ==, 0);
        desk_start(desk, 0);
        g_assert_cmpuint(guard_exceptions_all(desk->exceptions)->len, ==, 0);
        g_assert_nonnull(guard_exceptions_allow(desk->exceptions, &ask, NULL));
        desk_pass(desk, 24 * 3600);
        g_assert_cmpuint(guard_exceptions_all(desk->exceptions)->len, ==, 0);
}

/* A policy that changes its mind: at once, in both directions. */
static void
test_policy_changes(Desk *desk, gconstpointer data)
{
        const GuardExceptionAsk ask = desk_an_hour();
        GuardExceptionAsk reading = desk_an_hour();
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
        g_assert_cmpuint(desk_in_force(desk), ==, 2);
        desk->settings.write = FALSE;
        g_assert_cmpuint(desk_in_force(desk), ==, 1);
        desk->settings.allow = FALSE;
        g_assert_cmpuint(desk_in_force(desk), ==, 0);
        g_assert_null(guard_exceptions_approve(desk->exceptions, waits->id, "wang", 1001, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_DENIED);
        guard_exception_settings_init(&desk->settings, FALSE);
        g_assert_cmpuint(desk_in_force(desk), ==, 2);
}

/* What cannot be kept is not made; what cannot be read is not in force. */
static void
test_file(Desk *desk, gconstpointer data)
{
        const GuardExceptionAsk ask = desk_an_hour();
        g_autofree char *text = NULL, *broken = NULL;
        g_autoptr(GError) error = NULL;

        (void)data;
        g_assert_nonnull(guard_exceptions_allow(desk->exceptions, &ask, NULL));
        g_assert_true(g_file_get_contents(desk->file, &text, NULL, NULL));
        broken = g_strconcat(text, "[ZZZZZ]\nverdict=everything\n", NULL);
        g_assert_true(g_file_set_contents(desk->file, broken, -1, NULL));
        desk_start(desk, 0);
        g_assert_cmpuint(desk_in_force(desk), ==, 1);
        g_assert_cmpuint(desk->ended, ==, 1);
        g_assert_true(g_file_set_contents(desk->file, "not a key file\n", -1, NULL));
        desk_start(desk, 0);
        g_assert_cmpuint(desk_in_force(desk), ==, 0);
        unlink(desk->file);
        g_assert_cmpint(g_mkdir(desk->file, 0700), ==, 0);
        g_assert_null(guard_exceptions_allow(desk->exceptions, &ask, &error));
        g_assert_nonnull(error);
        g_assert_cmpuint(desk_in_force(desk), ==, 0);
        g_assert_cmpint(rmdir(desk->file), ==, 0);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add("/exceptions/ends", Desk, NULL, desk_set_up, test_ends, desk_tear_down);
        g_test_add("/exceptions/clock-is-set", Desk, NULL, desk_set_up, test_clock_is_set, desk_tear_down);
        g_test_add("/exceptions/restart", Desk, NULL, desk_set_up, test_restart, desk_tear_down);
        g_test_add("/exceptions/policy", Desk, NULL, desk_set_up, test_policy, desk_tear_down);
        g_test_add("/exceptions/policy-changes", Desk, NULL, desk_set_up, test_policy_changes, desk_tear_down);
        g_test_add("/exceptions/two-people", Desk, NULL, desk_set_up, test_two_people, desk_tear_down);
        g_test_add("/exceptions/file", Desk, NULL, desk_set_up, test_file, desk_tear_down);
        return g_test_run();
}
