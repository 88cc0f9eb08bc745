/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "exceptions-desk.h"

#include <string.h>
#include <unistd.h>

#include "ledger/kinds.h"

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
void
desk_start(Desk *desk, gint64 known_us)
{
        static const GuardExceptionsOwner owner = {note, changed, settings};
        const GuardExceptionsConfig config = {desk->file, desk->secret, known_us, &desk->clock.clock};

        g_clear_pointer(&desk->exceptions, guard_exceptions_free);
        desk->exceptions = guard_exceptions_new(&config, &owner, desk);
}

void
desk_set_up(Desk *desk, gconstpointer data)
{
        (void)data;
        desk->dir = g_dir_make_tmp("exceptions-XXXXXX", NULL);
        desk->file = g_build_filename(desk->dir, "exceptions", NULL);
        desk->secret = g_build_filename(desk->dir, "host.secret", NULL);
        desk->clock = (FakeClock){{read_fake, wake_fake, NULL, NULL}, NOON, 100 * SECOND, G_MAXINT64};
        guard_exception_settings_init(&desk->settings, FALSE);
        desk_start(desk, 0);
}

void
desk_tear_down(Desk *desk, gconstpointer data)
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
void
desk_pass(Desk *desk, gint64 seconds)
{
        desk->clock.wall_us += seconds * SECOND;
        desk->clock.boot_us += seconds * SECOND;
        if (desk->clock.boot_us >= desk->clock.wake_us)
                desk->clock.clock.woken(desk->clock.clock.user_data);
}

GuardExceptionAsk
desk_an_hour(void)
{
        return (GuardExceptionAsk){.device = "usb:0951:1666:A", .name = "Acme Stick", .verdict = GUARD_VERDICT_ADMIT, .seconds = 3600,
                                   .reason = "a report for the court", .who = "li", .uid = 1000};
}

guint
desk_in_force(Desk *desk)
{
        return guard_exceptions_in_force(desk->exceptions)->len;
}
