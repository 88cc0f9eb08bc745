/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * New media while nobody can answer for them: they wait, on record, and are decided about when somebody
 * is there; what was released stays, and what is refused is refused at once.
 */
#include <string.h>
#include "guardd/manager-private.h"
#include "guardd/presence/presence.h"
#include "tests/integration/guardd/manager-fixture.h"
#include "tests/integration/guardd/seat.h"

static guint8 CAMERA_BESIDE_VENDOR[] = {
        18, 1, 0x00, 2, 0, 0, 0, 64, 0xd1, 0x18, 0xe6, 0x4e, 0, 1, 1, 2, 3, 1, /* device */
        9, 2, 41, 0, 2, 1, 0, 0x80, 50,                                         /* configuration */
        9, 4, 0, 0, 0, 0xff, 0x42, 1, 0,                                        /* vendor-specific */
        9, 4, 1, 0, 2, 6, 1, 1, 0,                                              /* still image */
        7, 5, 0x81, 2, 0, 2, 0, 7, 5, 0x02, 2, 0, 2, 0,
};

static Seat seat;

static void
set_up(Fixture *fixture, gconstpointer class)
{
        fixture_set_up(fixture, NULL);
        fixture_write(fixture, "/usr/share/baomi-guard/policy.d/90-baomi-guard.conf",
                      "[policy]\nunregistered=admit\nregistry-absent=admit\n"
                      "[presence]\nmedia-while-locked=hold\n");
        seat.class = class;
        fixture->bus = seat_address(&seat);
}

static void
wait_for(Fixture *fixture, GuardVerdict verdict)
{
        while (!fixture_only_decision(fixture) || fixture_only_decision(fixture)->verdict != verdict)
                fixture_turn();
}

static void
expect_first(Fixture *fixture, GuardVerdict verdict, GuardReason reason)
{
        while (!fixture_only_decision(fixture))
                fixture_turn();
        fixture_expect(fixture, verdict, reason);
}

static guint
decisions_on_record(Fixture *fixture)
{
        g_autofree char *kinds = fixture_kinds(fixture);
        guint n = 0;

        for (const char *at = kinds; (at = strstr(at, "usb-decision")) != NULL; at++)
                n++;
        return n;
}

static void
test_login(Fixture *fixture, gconstpointer class G_GNUC_UNUSED)
{
        fixture->device = fixture_add_device(fixture, "1-1", "SERIAL-1", "2");
        fixture_start(fixture);
        expect_first(fixture, GUARD_VERDICT_HOLD, GUARD_REASON_NOBODY_PRESENT);
        seat_show(&seat, "user");
        wait_for(fixture, GUARD_VERDICT_ADMIT);
        fixture_expect(fixture, GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTRY_ABSENT);
        /* Nobody's work is taken away because the person has gone. */
        seat_show(&seat, NULL);
        while (guard_session_watch_get(fixture->manager->sessions))
                fixture_turn();
        fixture_expect(fixture, GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTRY_ABSENT);
        guard_manager_stop(fixture->manager);
        g_assert_cmpuint(decisions_on_record(fixture), ==, 2);
}

/* A restart while it waits is no second wait, and no way in. */
static void
test_restart(Fixture *fixture, gconstpointer class G_GNUC_UNUSED)
{
        fixture->device = fixture_add_device(fixture, "1-1", "SERIAL-1", "2");
        fixture_start(fixture);
        expect_first(fixture, GUARD_VERDICT_HOLD, GUARD_REASON_NOBODY_PRESENT);
        g_clear_object(&fixture->manager);
        fixture_start(fixture);
        expect_first(fixture, GUARD_VERDICT_HOLD, GUARD_REASON_NOBODY_PRESENT);
        guard_manager_stop(fixture->manager);
        g_assert_cmpuint(decisions_on_record(fixture), ==, 1);
}

static void
ignore(GVariant *session G_GNUC_UNUSED, const GError *error G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
}

/* Being locked is enough; the kernel's word leads to the same verdict as udev's. */
static void
test_locked(Fixture *fixture, gconstpointer early)
{
        fixture_start(fixture);
        while (!guard_session_watch_get(fixture->manager->sessions) ||
               !guard_presence_knows(fixture->manager->presence))
                fixture_turn();
        guard_presence_lock(fixture->manager->presence, "2", ignore, NULL);
        g_assert_true(guard_presence_is_covered(fixture->manager->presence));
        fixture->device = fixture_add_device(fixture, "1-1", "SERIAL-1", "2");
        if (early)
                guard_manager_usb_early(fixture->manager, fixture->device);
        else
                umockdev_testbed_uevent(fixture->bed, fixture->device, "add");
        expect_first(fixture, GUARD_VERDICT_HOLD, GUARD_REASON_NOBODY_PRESENT);
}

static void
add_mixed(Fixture *fixture)
{
        fixture->device = fixture_add_device(fixture, "1-1", "SERIAL-1", "2");
        umockdev_testbed_set_attribute_binary(fixture->bed, fixture->device, "descriptors",
                                              CAMERA_BESIDE_VENDOR, sizeof CAMERA_BESIDE_VENDOR);
        umockdev_testbed_set_attribute(fixture->bed, fixture->device, "authorized", "1");
}

static void
add_interface(Fixture *fixture, const char *name, const char *number, const char *authorized)
{
        g_autofree char *path =
                umockdev_testbed_add_device(fixture->bed, "usb", name, fixture->device, "bInterfaceNumber",
                                            number, "authorized", authorized, NULL, NULL);

        g_assert_nonnull(path);
}

/* The static helper has opened the other interface by now: that is no release of the camera. */
static void
test_mixed(Fixture *fixture, gconstpointer class G_GNUC_UNUSED)
{
        add_mixed(fixture);
        add_interface(fixture, "1-1:1.0", "00", "1");
        add_interface(fixture, "1-1:1.1", "01", "0");
        fixture_start(fixture);
        expect_first(fixture, GUARD_VERDICT_HOLD, GUARD_REASON_NOBODY_PRESENT);
        seat_show(&seat, "user");
        wait_for(fixture, GUARD_VERDICT_ADMIT);
}

/* Authorised this moment, and the kernel still configures it. */
static void
test_half_way(Fixture *fixture, gconstpointer class G_GNUC_UNUSED)
{
        add_mixed(fixture);
        fixture_start(fixture);
        expect_first(fixture, GUARD_VERDICT_HOLD, GUARD_REASON_NOBODY_PRESENT);
}

/* In use since before there was a guard. */
static void
test_in_use(Fixture *fixture, gconstpointer class G_GNUC_UNUSED)
{
        add_mixed(fixture);
        add_interface(fixture, "1-1:1.0", "00", "1");
        add_interface(fixture, "1-1:1.1", "01", "1");
        fixture_start(fixture);
        expect_first(fixture, GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTRY_ABSENT);
}

static void
test_refused(Fixture *fixture, gconstpointer class G_GNUC_UNUSED)
{
        fixture_write(fixture, "/etc/baomi-guard/policy.d/50-office.conf", "[policy]\nregistry-absent=refuse\n");
        fixture->device = fixture_add_device(fixture, "1-1", "SERIAL-1", "2");
        fixture_start(fixture);
        expect_first(fixture, GUARD_VERDICT_REFUSE, GUARD_REASON_REGISTRY_ABSENT);
}

static void
locked_set_up(Fixture *fixture, gconstpointer early G_GNUC_UNUSED)
{
        set_up(fixture, "user");
}

#define PERSON_ADD(name, class, function) g_test_add("/manager-person/" name, Fixture, class, set_up, function, fixture_tear_down)

int
main(int argc, char **argv)
{
        int status;

        g_test_init(&argc, &argv, NULL);
        /* The manager warns of what these tests do to it. */
        g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
        /* Once, and before there are threads: with them umockdev may leave every signal blocked for a child. */
        seat_set_up(&seat);
        PERSON_ADD("nobody", NULL, test_login);
        PERSON_ADD("greeter", "greeter", test_login);
        PERSON_ADD("restart", NULL, test_restart);
        PERSON_ADD("mixed", NULL, test_mixed);
        PERSON_ADD("half-way", NULL, test_half_way);
        PERSON_ADD("in-use", NULL, test_in_use);
        PERSON_ADD("refused", NULL, test_refused);
        g_test_add("/manager-person/locked", Fixture, NULL, locked_set_up, test_locked, fixture_tear_down);
        g_test_add("/manager-person/locked-early", Fixture, "early", locked_set_up, test_locked, fixture_tear_down);
        status = g_test_run();
        seat_tear_down(&seat);
        return status;
}
