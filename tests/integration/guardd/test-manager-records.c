/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Nothing goes on without its record, and what happened while guardd was away is on record too.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include "tests/integration/guardd/manager-fixture.h"

#define STICK                                                                                      \
        "syspath=/sys/devices/x\nsysname=1-7\nbusnum=1\ndevnum=9\ninode=3\nvendor_id=0951\n"       \
        "product_id=1666\nserial=41223d31\n"                                                          \
        "descriptors=12010002000000405109661600010102030109022000010100803209040000020806500007058102"   \
        "00020007050202000200\n"

/* The ledger cannot be opened: the device waits, with an alarm; once it can, the device goes on. */
static void
test_no_record_no_release(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        g_autofree char *db = g_strconcat(fixture->root, "/var/lib/baomi-guard/ledger.db", NULL);

        g_assert_cmpint(symlink("/nonexistent/folder/ledger.db", db), ==, 0);
        fixture->device = fixture_add_device(fixture, "1-1", "SERIAL-1", "2");
        fixture_start(fixture);
        while (!fixture_only_device(fixture) || !fixture_has_alarm(fixture, "record-failed"))
                fixture_turn();
        for (guint i = 0; i < 50; i++)
                g_main_context_iteration(NULL, FALSE);
        g_assert_null(fixture_only_decision(fixture));
        g_assert_false(fixture_has(fixture, "/run/baomi-guard/usb/1-1"));
        g_assert_cmpint(g_unlink(db), ==, 0);
        while (!fixture_only_decision(fixture))
                fixture_turn();
        g_assert_true(fixture_has(fixture, "/run/baomi-guard/usb/1-1"));
        while (fixture_has_alarm(fixture, "record-failed"))
                fixture_turn();
}

/* A refusal does not wait for its record, and its record is not forgotten for that: it comes when the ledger
 * can be written again, and what is decided next comes behind it. */
static void
test_refusal_without_record(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        g_autofree char *db = g_strconcat(fixture->root, "/var/lib/baomi-guard/ledger.db", NULL);
        g_autofree char *known = NULL;

        g_assert_cmpint(symlink("/nonexistent/folder/ledger.db", db), ==, 0);
        fixture_write(fixture, "/etc/baomi-guard/host.conf", "[host]\nlevel=sometimes\n");
        fixture->device = fixture_add_device(fixture, "1-1", "SERIAL-1", "2");
        fixture_start(fixture);
        while (!fixture_only_decision(fixture))
                fixture_turn();
        fixture_expect(fixture, GUARD_VERDICT_REFUSE, GUARD_REASON_HOST_LEVEL_UNKNOWN);
        fixture_write(fixture, "/etc/baomi-guard/host.conf", "[host]\nlevel=none\n");
        while (fixture_has_alarm(fixture, "host-level-unknown"))
                fixture_turn();
        fixture_expect(fixture, GUARD_VERDICT_REFUSE, GUARD_REASON_HOST_LEVEL_UNKNOWN);
        g_assert_cmpint(g_unlink(db), ==, 0);
        while (fixture_only_decision(fixture)->verdict != GUARD_VERDICT_ADMIT)
                fixture_turn();
        guard_manager_stop(fixture->manager);
        known = fixture_kinds(fixture);
        g_assert_nonnull(strstr(known, "usb-decision"));
        g_assert_nonnull(strstr(strstr(known, "usb-decision") + 1, "usb-decision"));
}

typedef struct {
        const char *kind, *boot_id, *message, *details, *serial;
        gint64 time_us; /* 0: of now */
        GuardSeverity severity;
        GuardReason reason;
} Expected;

static const Expected SPOOLED[] = {
        {"escape-hatch", "b", "The machine was started with baomi-guard=off.", NULL, NULL,
         G_GINT64_CONSTANT(1700000000000000), GUARD_SEVERITY_CRITICAL, GUARD_REASON_NONE},
        {"spooled", "b", "Plugged and pulled out while guardd was away or busy; it was held.", NULL, "A\"=1",
         G_GINT64_CONSTANT(1700000001000000), GUARD_SEVERITY_INFO, GUARD_REASON_SPOOLED},
        {"removed", "b", "The device was unplugged while guardd was away.", NULL, "A\"=1",
         G_GINT64_CONSTANT(1700000002000000), GUARD_SEVERITY_INFO, GUARD_REASON_NONE},
        {"records-dropped", NULL, "17 events could not be written down while guardd was away.",
         "{\"dropped\":17}", NULL, 0, GUARD_SEVERITY_WARNING, GUARD_REASON_NONE},
};

/* In @data: how many of SPOOLED were seen, in their order. */
static gboolean
match(const GuardRecord *record, gpointer data)
{
        guint *seen = data;
        const Expected *want = *seen < G_N_ELEMENTS(SPOOLED) ? &SPOOLED[*seen] : NULL;

        if (!want || strcmp(record->kind, want->kind) != 0)
                return TRUE;
        g_assert_cmpstr(record->message, ==, want->message);
        g_assert_cmpstr(record->details, ==, want->details);
        g_assert_cmpstr(record->serial, ==, want->serial);
        g_assert_cmpint(record->severity, ==, want->severity);
        g_assert_cmpint(record->reason, ==, want->reason);
        if (want->boot_id)
                g_assert_cmpstr(record->boot_id, ==, want->boot_id);
        if (want->time_us)
                g_assert_cmpint(record->time_us, ==, want->time_us);
        if (want->reason == GUARD_REASON_SPOOLED)
                g_assert_cmpint(record->verdict, ==, GUARD_VERDICT_HOLD); /* not what it would have got */
        ++*seen;
        return TRUE;
}

/* What the static helper has written down: each becomes one record that says when it was, in their order,
 * and the file goes. Of what found no room the number is told. */
static void
test_spool(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
#define SPOOL "/var/lib/baomi-guard/spool/"
        static const char *const FILES[] = {SPOOL "100-off-0-0", SPOOL "200-add-1-9",
                                            SPOOL "1000-remove-1-9", SPOOL "overflow",
                                            SPOOL "overflow-taken"};
        const GuardLedgerQuery all = {0};
        g_autoptr(GError) error = NULL;
        guint seen = 0;

        fixture_write(fixture, FILES[0], "action=off\ntime=1700000000000000\nboot_id=b\n");
        fixture_write(fixture, FILES[1],
                      "action=add\ntime=1700000001000000\nboot_id=b\n" STICK);
        fixture_write(fixture, FILES[2],
                      "action=remove\ntime=1700000002000000\nboot_id=b\n" STICK);
        fixture_write(fixture, FILES[3], "lost=17\n");
        fixture_start(fixture);
        for (gsize i = 0; i < G_N_ELEMENTS(FILES); i++)
                while (fixture_has(fixture, FILES[i]))
                        fixture_turn();
        guard_manager_stop(fixture->manager);
        guard_ledger_query(guard_manager_ledger_path(fixture->manager), &all, match, &seen, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(seen, ==, G_N_ELEMENTS(SPOOLED));
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        /* The manager warns of what these tests do to it. */
        g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
        FIXTURE_ADD("no-record-no-release", test_no_record_no_release);
        FIXTURE_ADD("refusal-without-record", test_refusal_without_record);
        FIXTURE_ADD("spool", test_spool);
        return g_test_run();
}
