/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The presence guard from silence to proof, and from the end of working time to the order to switch
 * off: what is ordered, recorded and told, and that a claim is no proof.
 */
#include <locale.h>
#include <string.h>
#include "rules/calendar.h"
#include "tests/integration/presence/desk.h"

static void
test_lock(Desk *desk, gconstpointer data G_GNUC_UNUSED)
{
        desk_pass(desk, 39);
        g_assert_cmpstr(desk->notes->str, ==, "");
        desk_pass(desk, 1);
        g_assert_cmpstr(desk->notes->str, ==, "warned ");
        g_assert_cmpstr(desk->told->str, ==, "lock:running ");
        desk_pass(desk, 20);
        g_assert_cmpstr(desk->notes->str, ==, "warned idle-lock ");
        g_assert_cmpstr(desk->told->str, ==, "lock:running lock:done ");
        desk_wait(desk->orders, "LockSession('2',)");
        g_assert_true(guard_presence_is_covered(desk->presence));

        desk_process(desk, 41, "/usr/bin/mate-screensaver");
        desk->hint = TRUE; /* by somebody: this one gives none */
        desk_announce(desk);
        desk_pass(desk, 2);
        g_assert_null(strstr(desk->notes->str, "proven"));
        desk->claims = (GuardPresenceClaims){-1, TRUE};
        desk->has_agent = TRUE;
        guard_presence_look(desk->presence);
        desk_wait(desk->notes, "proven");
        g_assert_null(desk->alarm);

        /* Killed, with the claim left standing. */
        desk_process(desk, 41, NULL);
        desk_pass(desk, 13);
        g_assert_cmpstr(desk->notes->str, ==, "warned idle-lock proven tampered ");
        desk_pass(desk, 30);
        g_assert_cmpstr(desk->notes->str, ==, "warned idle-lock proven tampered rung-failed ");
        desk_pass(desk, 20);
        g_assert_cmpstr(desk->notes->str, ==,
                        "warned idle-lock proven tampered rung-failed failed ");
        g_assert_cmpstr(desk->alarm, ==, "screen-not-locked");
        /* What is tried again and again is not told again. */
        desk_pass(desk, 300);
        g_assert_cmpstr(desk->notes->str, ==,
                        "warned idle-lock proven tampered rung-failed failed ");
}

static void
install_notifier(const Desk *desk)
{
        g_autofree char *program = g_strconcat(desk->root, "/usr/bin/guard-notifier", NULL);
        g_autofree char *folder = g_path_get_dirname(program);

        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        g_assert_cmpint(symlink("/bin/true", program), ==, 0);
}

static void
test_agent_missed(Desk *desk, gconstpointer data G_GNUC_UNUSED)
{
        desk->settings.lock = FALSE;
        desk_pass(desk, 130);
        g_assert_cmpstr(desk->notes->str, ==, ""); /* it is not installed */
        install_notifier(desk);
        guard_presence_look(desk->presence);
        g_assert_cmpstr(desk->notes->str, ==, "agent-gone ");
        desk_pass(desk, 241);
        g_assert_cmpstr(desk->notes->str, ==, "agent-gone agent-failed ");
        g_assert_cmpstr(desk->alarm, ==, "notifier-missing");
        desk->claims = (GuardPresenceClaims){-1, -1};
        desk->has_agent = TRUE;
        guard_presence_look(desk->presence);
        g_assert_cmpstr(desk->notes->str, ==, "agent-gone agent-failed agent-back ");
        g_assert_null(desk->alarm);
        /* One that hangs is asked for without anything happening. */
        desk->has_agent = FALSE;
        desk_pass(desk, 101);
        g_assert_cmpstr(desk->notes->str, ==, "agent-gone agent-failed agent-back agent-gone ");
}

/* No input device tells of a remote person: the agent does, and without one nobody is at work for ever. */
static void
test_remote(Desk *desk, gconstpointer data G_GNUC_UNUSED)
{
        desk->settings.terminate = TRUE;
        desk_pass(desk, 300);
        g_assert_cmpstr(desk->notes->str, ==, ""); /* no notifier is installed: nobody could tell */
        install_notifier(desk);
        desk->has_agent = TRUE;
        desk->claims = (GuardPresenceClaims){0, -1};
        desk_pass(desk, 300);
        g_assert_cmpstr(desk->notes->str, ==, "");
        desk->has_agent = FALSE;
        desk_pass(desk, 39);
        g_assert_null(strstr(desk->notes->str, "warned"));
        desk_pass(desk, 1);
        g_assert_nonnull(strstr(desk->notes->str, "warned"));
        desk_pass(desk, 20);
        desk_wait(desk->orders, "LockSession('2',)");
        desk_pass(desk, 30);
        desk_wait(desk->orders, "TerminateSession('2',)");
        g_assert_null(strstr(desk->orders->str, "physlock"));
}

static void
says_idle(Desk *desk, gint64 seconds)
{
        desk->claims.idle_us = seconds * G_TIME_SPAN_SECOND;
        guard_presence_look(desk->presence);
        desk_pass(desk, 1);
}

/* An agent counts whole seconds and is heard late: a warning does not end by that. A real input ends it. */
static void
test_remote_jitter(Desk *desk, gconstpointer data G_GNUC_UNUSED)
{
        install_notifier(desk);
        desk->has_agent = TRUE;
        desk->claims = (GuardPresenceClaims){0, -1};
        desk_pass(desk, 100);
        says_idle(desk, 40);
        g_assert_nonnull(strstr(desk->notes->str, "warned"));
        says_idle(desk, 39);
        g_assert_null(strstr(desk->notes->str, "returned"));
        says_idle(desk, 5);
        g_assert_nonnull(strstr(desk->notes->str, "returned"));
}

static void
test_claim_is_no_proof(Desk *desk, gconstpointer data G_GNUC_UNUSED)
{
        desk->hint = TRUE;
        desk->has_agent = TRUE;
        desk->claims = (GuardPresenceClaims){0, TRUE};
        desk_announce(desk);
        desk_pass(desk, 60);
        desk_wait(desk->orders, "LockSession('2',)");
        desk_pass(desk, 31);
        g_assert_nonnull(strstr(desk->notes->str, "failed"));
        g_assert_null(strstr(desk->notes->str, "proven"));
}

static void
test_jiggler(Desk *desk, gconstpointer data G_GNUC_UNUSED)
{
        desk->settings.lock_after = 600;
        guard_presence_look(desk->presence);
        desk->has_agent = TRUE;
        desk->claims = (GuardPresenceClaims){2 * SECOND, -1};
        desk_pass(desk, 400);
        guard_presence_look(desk->presence); /* a heartbeat */
        guard_presence_look(desk->presence);
        g_assert_cmpstr(desk->notes->str, ==, "presence-faked ");
}

static void
lock_answered(GVariant *session, const GError *error, gpointer data)
{
        gboolean *proven = data;

        g_assert_no_error(error);
        g_assert_true(g_variant_lookup(session, "proven", "b", proven));
}

static void
test_asked(Desk *desk, gconstpointer data G_GNUC_UNUSED)
{
        gboolean proven = 2;

        desk_process(desk, 42, "/usr/bin/i3lock");
        guard_presence_lock(desk->presence, "2", lock_answered, &proven);
        g_assert_cmpint(proven, ==, TRUE);
        g_assert_cmpstr(desk->notes->str, ==, "locked-itself ");
}

static void
test_asked_in_vain(Desk *desk, gconstpointer data G_GNUC_UNUSED)
{
        gboolean proven = 2;

        guard_presence_lock(desk->presence, "2", lock_answered, &proven);
        g_assert_cmpint(proven, ==, 2);
        desk_pass(desk, 31);
        g_assert_cmpint(proven, ==, FALSE);
        g_assert_cmpstr(desk->notes->str, ==, "asked-lock failed ");
}

static void
test_sleep(Desk *desk, gconstpointer data G_GNUC_UNUSED)
{
        g_dbus_connection_emit_signal(desk->logind, NULL, "/org/freedesktop/login1",
                                      "org.freedesktop.login1.Manager", "PrepareForSleep",
                                      g_variant_new("(b)", TRUE), NULL);
        desk_wait(desk->orders, "LockSession('2',)");
        g_assert_cmpstr(desk->notes->str, ==, "asked-lock ");
        g_dbus_connection_emit_signal(desk->logind, NULL, "/org/freedesktop/login1",
                                      "org.freedesktop.login1.Manager", "PrepareForSleep",
                                      g_variant_new("(b)", FALSE), NULL);
        while (desk->resumed == 0)
                g_main_context_iteration(NULL, TRUE);
}

static void
begin_evening(Desk *desk)
{
        desk->settings.lock = FALSE;
        desk->after_hours = (GuardAfterHoursSettings){
                .shutdown = TRUE, .countdown = 60, .grace = 60, .postpone_minutes = 30,
                .postpone_times = 1, .calendar = guard_calendar_new()};
        guard_presence_look(desk->presence);
}

static void
test_evening(Desk *desk, gconstpointer data G_GNUC_UNUSED)
{
        g_autoptr(GError) error = NULL;

        begin_evening(desk);
        g_assert_cmpstr(desk->notes->str, ==, "planned counts ");
        g_assert_false(guard_presence_postpone(desk->presence, 31, "work", "clerk", "2", NULL));
        g_assert_true(guard_presence_postpone(desk->presence, 30, "work", "clerk", "2", &error));
        g_assert_no_error(error);
        g_assert_false(guard_presence_postpone(desk->presence, 30, "work", "clerk", "2", &error));
        g_assert_nonnull(strstr(error->message, "1"));
        desk_pass(desk, 30 * 60);
        g_assert_cmpstr(desk->notes->str, ==, "planned counts postponed counts ");
        desk->refuse_flags = TRUE;
        desk_pass(desk, 60);
        g_assert_cmpstr(desk->notes->str, ==, "planned counts postponed counts reached ");
        desk_wait(desk->orders, "PowerOffWithFlags(16,)");
        desk_wait(desk->orders, "PowerOffWithFlags(0,)");
        desk_wait(desk->orders, "PowerOff(false,)");
        desk_pass(desk, 61);
        g_assert_nonnull(strstr(desk->notes->str, "reached failed"));
        guard_calendar_free(desk->after_hours.calendar);
        desk->after_hours.calendar = NULL;
}

static void
test_clock_set(Desk *desk, gconstpointer data G_GNUC_UNUSED)
{
        begin_evening(desk);
        desk_pass(desk, 50);
        desk->now.wall_us += 3600 * SECOND;
        guard_presence_look(desk->presence);
        g_assert_cmpstr(desk->notes->str, ==, "planned counts again counts ");
        desk_pass(desk, 59);
        g_assert_null(strstr(desk->notes->str, "reached"));
        desk_pass(desk, 1);
        g_assert_nonnull(strstr(desk->notes->str, "reached"));
        guard_calendar_free(desk->after_hours.calendar);
        desk->after_hours.calendar = NULL;
}

static void
set_up(Desk *desk, gconstpointer data)
{
        desk_set_up(desk, data != NULL);
}

static void
tear_down(Desk *desk, gconstpointer data G_GNUC_UNUSED)
{
        desk_tear_down(desk);
}

#define CASE(name, function) \
        g_test_add("/presence/guard/" name, Desk, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
        setlocale(LC_ALL, "");
        g_test_init(&argc, &argv, NULL);
        CASE("lock", test_lock);
        CASE("agent", test_agent_missed);
        CASE("claim", test_claim_is_no_proof);
        CASE("jiggler", test_jiggler);
        g_test_add("/presence/guard/remote", Desk, GINT_TO_POINTER(TRUE), set_up, test_remote, tear_down);
        g_test_add("/presence/guard/remote-jitter", Desk, GINT_TO_POINTER(TRUE), set_up, test_remote_jitter, tear_down);
        CASE("asked", test_asked);
        CASE("asked-in-vain", test_asked_in_vain);
        CASE("sleep", test_sleep);
        CASE("evening", test_evening);
        CASE("clock-set", test_clock_set);
        return g_test_run();
}
