/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ledgers of workstations at the desk: last seen, lost drives that turn up, and files that are
 * none.
 */
#include <string.h>

#include "station-fixture.h"
#include "station/cross.h"
#include "station/seen.h"

#define RECORD(time, more) "{\"seq\":1,\"kind\":\"usb-decision\",\"time\":\"" time "\"," more "}"
#define KNOWN "\"media_id\":\"A\",\"host_id\":\"pc-1\",\"user\":\"wang\""

typedef struct {
        guint n, fresh;
        GString *text;
} Told;

static void
told(const GuardSighting *s, gpointer user_data)
{
        Told *t = user_data;

        t->n++;
        t->fresh += s->is_new ? 1 : 0;
        g_string_append_printf(t->text, "%s@%s(%s)", s->media_id, s->host,
                               s->user != NULL ? s->user : "");
}

static gboolean
take(Fixture *f, GuardStation *station, const char *text, const char *host, Told *t,
     GuardSeenResult *result, GError **error)
{
        g_autofree char *path = g_build_filename(f->desk->dir, "events.json", NULL);
        GuardAct a = station_act(NULL);

        a.now_us = T0 + 30 * DAY;
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        return guard_station_import_events(station, path, host, &a, told, t, result, error);
}

static void
test_last_seen(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardDrive) drive = NULL;
        g_autoptr(GString) text = g_string_new(NULL);
        Told t = {0, 0, text};
        GuardSeenResult r;

        (void)data;
        station_enrol(station, "A", 0x1666, "60A44C413FAE", NULL, FALSE, 0);
        g_assert_true(take(
                f, station,
                "[" RECORD("2026-01-03T08:00:00Z", KNOWN) "," RECORD(
                        "2026-01-02T08:00:00Z",
                        "\"med"
                        "ia_"
                        "id\":"
                        "\"A\""
                        ",\"ho"
                        "st_"
                        "id\":"
                        "\"pc-"
                        "2\"") "," RECORD("2026-01-02T09:00:00Z",
                                          "\"media_id\":\"STRANGE\"") "," RECORD("2026-01-02T09:30:"
                                                                                 "00Z",
                                                                                 "\"media_"
                                                                                 "id\":null,"
                                                                                 "\"serial\":"
                                                                                 "null") "]",
                NULL, &t, &r, NULL));
        g_assert_cmpuint(r.events, ==, 4);
        g_assert_cmpuint(r.of_drives, ==, 2);
        g_assert_cmpuint(r.unknown, ==, 1);
        g_assert_cmpuint(r.updated, ==, 1);
        g_assert_cmpuint(t.n, ==, 0);
        drive = station_get(station, "A");
        g_assert_cmpstr(drive->seen_host, ==, "pc-1");
        g_assert_cmpstr(drive->seen_user, ==, "wang");
        g_assert_cmpint(drive->seen_us, ==, T0 + 2 * DAY + G_GINT64_CONSTANT(28800000000));
        g_assert_cmpuint(station_history(station, "A"), ==, 1);
}

static void
test_lost(Fixture *f, gconstpointer data)
{
        /* one machine knew the drive; the other had no registry and only wrote down what it saw */
        static const char events[] = "[" RECORD("2026-01-03T08:00:00Z", KNOWN) "," RECORD(
                "2026-01-04T08:00:00Z",
                "\"media_id\":null,\"vendor_id\":\"0951\",\"product_id\":\"1666\","
                "\"serial\":\"60a44c413fae\"") "]";
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GString) text = g_string_new(NULL);
        Told t = {0, 0, text};
        GuardSeenResult r;

        (void)data;
        station_enrol(station, "A", 0x1666, "60A44C413FAE", NULL, FALSE, 0);
        station_change(station, "A", "lost");
        g_assert_true(take(f, station, events, "pc-9", &t, &r, NULL));
        g_assert_cmpuint(t.n, ==, 2);
        g_assert_cmpuint(t.fresh, ==, 2);
        g_assert_cmpuint(r.lost, ==, 2);
        g_assert_nonnull(strstr(text->str, "A@pc-1(wang)"));
        g_assert_nonnull(strstr(text->str, "A@pc-9()"));
        g_assert_cmpuint(station_history(station, "A"), ==, 4);
        /* the same file once more: told again, and nothing is written */
        g_assert_true(take(f, station, events, "pc-9", &t, &r, NULL));
        g_assert_cmpuint(t.n, ==, 4);
        g_assert_cmpuint(t.fresh, ==, 2);
        g_assert_cmpuint(r.updated, ==, 0);
        g_assert_cmpuint(station_history(station, "A"), ==, 4);
        /* what was seen before it was lost is no news */
        g_assert_true(take(f, station, "[" RECORD("2025-12-01T08:00:00Z", KNOWN) "]", NULL, &t, &r,
                           NULL));
        g_assert_cmpuint(r.lost, ==, 0);
}

static void
test_malformed(Fixture *f, gconstpointer data)
{
        static const struct {
                const char *text, *says;
        } cases[] = {
                {"", "events.json"},
                {"{}", "events.json"},
                {"[\n\n{\"seq\":1,}]", "events.json:3:"},
                {"[1]", "record 1"},
                {"[" RECORD("2026-01-03T08:00:00Z", KNOWN) ",{\"kind\":\"x\"}]", "record 2"},
                {"[" RECORD("yesterday", KNOWN) "]", "record 1"},
                {"[" RECORD("-2h", KNOWN) "]", "record 1"},
                {"[" RECORD("2026-01-03T08:00:00Z", "\"media_id\":7") "]", "media_id"},
                {"[" RECORD("2026-01-03T08:00:00Z", "\"media_id\":\"A\"") "]", "--host"},
        };
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardDrive) drive = NULL;

        (void)data;
        station_enrol(station, "A", 0x1666, "60A44C413FAE", NULL, FALSE, 0);
        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GError) error = NULL;
                g_autoptr(GString) text = g_string_new(NULL);
                Told t = {0, 0, text};
                GuardSeenResult r;

                g_assert_false(take(f, station, cases[i].text, NULL, &t, &r, &error));
                g_assert_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX);
                g_test_message("%s", error->message);
                g_assert_nonnull(strstr(error->message, cases[i].says));
        }
        drive = station_get(station, "A");
        g_assert_cmpint(drive->seen_us, ==,
                        0); /* a bad file leaves nothing, its good records either */
}

#define ON(level, host, verdict) "\"details\":{\"host_level\":\"" level "\"},\"host_id\":\"" host "\",\"verdict\":\"" verdict "\""
#define STRANGER "\"vendor_id\":\"0781\",\"product_id\":\"5567\",\"product\":\"Cruzer\",\"serial\":\"4C5300012\""

static gboolean
tell_cross(const GuardCross *cross, gpointer user_data)
{
        g_string_append_printf(user_data, "%s %s%c %s%c\n", cross->media_id != NULL ? cross->media_id : cross->identity, cross->classified.host,
                               cross->classified.used ? '+' : '-', cross->plain.host, cross->plain.used ? '+' : '-');
        return TRUE;
}

/* A drive of the book and a stranger, on both kinds of computers; one that was on one kind only, and one whose number many have. */
static void
test_cross_use(Fixture *f, gconstpointer data)
{
        static const char plain[] = "[" RECORD("2026-01-03T08:00:00Z", "\"media_id\":\"A\"," ON("none", "pc-1", "refuse")) "," RECORD(
                "2026-01-03T08:30:00Z", STRANGER "," ON("none", "pc-1", "refuse")) "," RECORD("2026-01-03T09:00:00Z", STRANGER "," ON("none", "pc-1", "admit")) "," RECORD("2026-01-03T09:30:00Z", STRANGER
                "," ON("none", "pc-1", "refuse")) "," RECORD("2026-01-03T10:00:00Z", "\"vendor_id\":\"0781\",\"product_id\":\"5567\","
                "\"serial\":\"123456789\"," ON("none", "pc-1", "admit")) "]";
        static const char secret[] = "[" RECORD("2026-01-02T08:00:00Z", "\"media_id\":\"A\"," ON("secret", "pc-9", "admit")) "," RECORD(
                "2026-01-04T09:00:00Z", STRANGER "," ON("secret", "pc-9", "refuse")) "," RECORD("2026-01-04T10:00:00Z",
                "\"vendor_id\":\"0781\",\"product_id\":\"5567\",\"serial\":\"123456789\"," ON("secret", "pc-9", "admit")) "]";
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(GString) found = g_string_new(NULL);
        Told t = {0, 0, text};
        GuardSeenResult r;

        (void)data;
        station_enrol(station, "A", 0x1666, "60A44C413FAE", NULL, FALSE, 0);
        g_assert_true(take(f, station, plain, NULL, &t, &r, NULL));
        g_assert_cmpuint(r.crossed, ==, 0);
        g_assert_true(take(f, station, secret, NULL, &t, &r, NULL));
        g_assert_cmpuint(r.crossed, ==, 2);
        g_assert_cmpuint(station_history(station, "A"), ==, 2);
        g_assert_true(guard_cross_visit(station, tell_cross, found, NULL));
        g_assert_cmpstr(found->str, ==, "0781:5567:4C5300012 pc-9- pc-1+\nA pc-9+ pc-1-\n");
        /* the same once more is no news */
        g_assert_true(take(f, station, secret, NULL, &t, &r, NULL));
        g_assert_cmpuint(r.crossed, ==, 0);
        g_assert_cmpuint(station_history(station, "A"), ==, 2);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("seen/last", test_last_seen);
        ADD("seen/lost", test_lost);
        ADD("seen/malformed", test_malformed);
        ADD("seen/cross-use", test_cross_use);
        return g_test_run();
}
