/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One identity on two ports: a registered drive is refused on both, a serial number that many sticks share
 * says nothing, and an old device's removal is waited for.
 */
#include "tests/integration/guardd/manager-fixture.h"

#define SERIAL "60A44C413FAE"

static const Drive REGISTERED = {"LY-050", GUARD_LEVEL_NONE, GUARD_STATUS_IN_USE, 0x0951, 0x1666, SERIAL,
                                 NULL, NULL, FALSE, NULL};

static void
install(Fixture *fixture)
{
        fixture_give_registry(fixture, g_get_real_time() + DAY, &REGISTERED, 1);
}

/* Until every one of @n devices has been decided about as told. */
static void
wait_for(Fixture *fixture, guint n, GuardVerdict verdict, GuardReason reason)
{
        GPtrArray *devices = guard_manager_devices(fixture->manager);
        guint good = 0;

        while (good < n) {
                fixture_turn();
                good = 0;
                for (guint i = 0; i < devices->len; i++) {
                        const GuardDevice *device = g_ptr_array_index(devices, i);

                        good += device->decision && device->decision->verdict == verdict &&
                                device->decision->reason == reason;
                }
        }
        g_assert_cmpuint(devices->len, ==, n);
}

static void
plug(Fixture *fixture, const char *name, const char *serial, const char *devnum)
{
        g_free(fixture->device);
        fixture->device = fixture_add_device(fixture, name, serial, devnum);
        umockdev_testbed_uevent(fixture->bed, fixture->device, "add");
}

/* The one that was admitted is taken back too: which of them is the registered one nobody can say. */
static void
test_registered(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        install(fixture);
        fixture_start(fixture);
        plug(fixture, "1-1", SERIAL, "2");
        wait_for(fixture, 1, GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTERED);
        plug(fixture, "1-2", SERIAL, "3");
        wait_for(fixture, 2, GUARD_VERDICT_REFUSE, GUARD_REASON_DUPLICATE_IDENTITY);
}

/* Moved from one port to another, the removal told late: it is one drive. */
static void
test_moved(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        g_autofree char *first = NULL;

        install(fixture);
        fixture_start(fixture);
        plug(fixture, "1-1", SERIAL, "2");
        wait_for(fixture, 1, GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTERED);
        first = g_steal_pointer(&fixture->device);
        plug(fixture, "1-2", SERIAL, "3");
        while (guard_manager_devices(fixture->manager)->len < 2)
                fixture_turn();
        umockdev_testbed_uevent(fixture->bed, first, "remove");
        umockdev_testbed_remove_device(fixture->bed, first);
        wait_for(fixture, 1, GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTERED);
}

/* Many sticks share a serial number: two of them at once are two drives. */
static void
test_shared_serial(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        static const char *const SHARED[] = {"123456789", "SERIAL-1"};

        for (gsize i = 0; i < G_N_ELEMENTS(SHARED); i++) {
                g_autofree char *a = fixture_add_device(fixture, i ? "1-3" : "1-1", SHARED[i], i ? "4" : "2");
                g_autofree char *b = fixture_add_device(fixture, i ? "1-4" : "1-2", SHARED[i], i ? "5" : "3");
        }
        fixture_start(fixture);
        wait_for(fixture, 4, GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTRY_ABSENT);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        /* The manager warns of what these tests do to it. */
        g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
        FIXTURE_ADD("twins", test_registered);
        FIXTURE_ADD("moved", test_moved);
        FIXTURE_ADD("shared-serial", test_shared_serial);
        return g_test_run();
}
