/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keys at the desk: which may sign, what is insisted on and written down, and how one key follows another on the workstations.
 */
#include <string.h>
#include <glib/gstdio.h>
#include "station-fixture.h"
#include "station/mark.h"

typedef struct {
        GPtrArray *warnings;
        GuardPublish publish;
} How;

static void
how_clear(How *how)
{
        g_ptr_array_unref(how->warnings);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(How, how_clear)

/* By the desk's key, held against the workstation's. */
static How
how(Fixture *f, const char *key)
{
        How h = {.warnings = g_ptr_array_new_with_free_func(g_free)};

        h.publish = (GuardPublish){.signing = {.key = key != NULL ? key : f->desk->private_key,
                                               .trusted_dir = f->desk->keys,
                                               .warnings = h.warnings},
                                   .output = f->desk->snapshot,
                                   .valid_days = 30};
        return h;
}

static gboolean
publish(GuardStation *station, const How *h, gint64 now_us, const char *reason, GError **error)
{
        GuardAct act = {"tester", reason, now_us, 0};

        return guard_station_publish(station, &h->publish, &act, NULL, error);
}

static void
must_publish(GuardStation *station, const How *h)
{
        g_autoptr(GError) error = NULL;

        publish(station, h, T0, NULL, &error);
        g_assert_no_error(error);
}

static void
refused(GuardStation *station, const How *h, gint64 now_us, const char *reason, int code, const char *says)
{
        g_autoptr(GError) error = NULL;

        g_assert_false(publish(station, h, now_us, reason, &error));
        g_test_message("%s", error->message);
        g_assert_error(error, GUARD_ERROR, code);
        g_assert_nonnull(strstr(error->message, says));
}

static void
take_last(const GuardHistory *record, gpointer data)
{
        char **last = data;

        g_free(*last);
        *last = g_strdup(record->after);
}

/* The last record of the history says this. */
static void
written(GuardStation *station, const char *says)
{
        g_autofree char *last = NULL;

        g_assert_true(guard_station_history(station, NULL, take_last, &last, NULL));
        g_test_message("%s", last);
        g_assert_nonnull(strstr(last, says));
}

static void
test_trust(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autofree char *nowhere = g_build_filename(f->desk->dir, "nowhere", NULL), *bad = g_build_filename(f->desk->keys, "bad.pem", NULL);
        g_auto(How) own = how(f, NULL), stranger = how(f, f->desk->stranger), elsewhere = how(f, f->desk->stranger);

        (void)data;
        must_publish(station, &own);
        g_assert_cmpuint(own.warnings->len, ==, 0);
        refused(station, &stranger, T0, NULL, GUARD_ERROR_SIGNATURE, "none of the keys that workstations trust");
        g_assert_cmpuint(station_history(station, NULL), ==, 2); /* init, publish: no number was spent */
        stranger.publish.signing.untrusted = TRUE;
        refused(station, &stranger, T0, NULL, GUARD_ERROR_INVALID_VALUE, "--reason");
        g_assert_true(publish(station, &stranger, T0, "the new machines have it", NULL));
        written(station, "\"forced\":[\"untrusted-key\"]");
        g_assert_cmpuint(stranger.warnings->len, >=, 1); /* another key than the last time */
        /* where no keys are known nothing can be said, but that it is another one is */
        elsewhere.publish.signing.trusted_dir = nowhere;
        must_publish(station, &own);
        g_ptr_array_set_size(elsewhere.warnings, 0);
        must_publish(station, &elsewhere);
        g_assert_cmpuint(elsewhere.warnings->len, ==, 1);
        g_assert_nonnull(strstr(g_ptr_array_index(elsewhere.warnings, 0), "was signed with key"));
        /* a bad file among the keys is told, and hides no other */
        g_assert_true(g_file_set_contents(bad, "no key", -1, NULL));
        g_ptr_array_set_size(own.warnings, 0);
        must_publish(station, &own);
        g_assert_cmpuint(own.warnings->len, ==, 2);
}

/* A mark that nobody believes makes its drive a suspect one. */
static void
test_mark_trust(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        GuardAct act = station_act(NULL);
        GuardMarking marking = {"LY-001", {.key = f->desk->stranger, .trusted_dir = f->desk->keys}, "/dev/sdx", -1, NULL};
        g_autoptr(GError) error = NULL, silent = NULL;

        (void)data;
        g_assert_false(guard_station_mark(station, &marking, &act, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_SIGNATURE);
        marking.signing.untrusted = TRUE;
        g_assert_false(guard_station_mark(station, &marking, &act, &silent));
        g_assert_error(silent, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
}

static void
test_clock(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_auto(How) h = how(f, NULL);

        (void)data;
        /* written by a machine whose clock was a day ahead; minutes are nothing */
        refused(station, &h, T0 - DAY, NULL, GUARD_ERROR_ROLLBACK, "last record");
        g_assert_true(publish(station, &h, T0 - DAY / 100, NULL, NULL));
        refused(station, &h, T0 - DAY / 50, NULL, GUARD_ERROR_ROLLBACK, "last snapshot");
        h.publish.earlier_date = TRUE;
        refused(station, &h, T0 - DAY, NULL, GUARD_ERROR_INVALID_VALUE, "--reason");
        g_assert_true(publish(station, &h, T0 - DAY, "the clock was in the year 2035", NULL));
        written(station, "\"forced\":[\"earlier-date\"]");
}

static void
test_days(Fixture *f, gconstpointer data)
{
        static const int bad[] = {0, -1, -1000, G_MININT, GUARD_VALID_DAYS_MAX + 1, G_MAXINT};
        g_autoptr(GuardStation) station = station_open(f);
        g_auto(How) h = how(f, NULL);

        (void)data;
        for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
                h.publish.valid_days = bad[i];
                refused(station, &h, T0, NULL, GUARD_ERROR_INVALID_VALUE, bad[i] < 1 ? "over before it begins" : "valid for 1 to");
        }
        h.publish.valid_days = GUARD_VALID_DAYS_MAX;
        must_publish(station, &h);
}

/* Numbers only go up: by the book, by what lies at the output, and by what lies beside it. */
static void
test_sequence(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autofree char *folder = g_build_filename(f->desk->dir, "out", NULL), *first = g_build_filename(folder, "jan.snapshot", NULL),
                        *second = g_build_filename(folder, "feb.snapshot", NULL), *left = g_build_filename(folder, "x.9.new", NULL),
                        *letter = g_build_filename(folder, "letter.txt", NULL);
        g_auto(How) h = how(f, NULL);

        (void)data;
        g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
        g_assert_true(g_file_set_contents(letter, "a letter", -1, NULL));
        h.publish.output = first;
        h.publish.sequence = 7;
        refused(station, &h, T0, NULL, GUARD_ERROR_INVALID_VALUE, "--reason");
        g_assert_true(publish(station, &h, T0, "the old book is gone", NULL));
        written(station, "\"sequence\":7");
        written(station, "\"forced\":[\"sequence\"]");
        h.publish.sequence = 7;
        refused(station, &h, T0, "again", GUARD_ERROR_ROLLBACK, "next number is 8");
        h.publish.sequence = G_MAXUINT64;
        refused(station, &h, T0, "too far", GUARD_ERROR_ROLLBACK, "next number is 8");
        h.publish.sequence = 8; /* the next one is nothing special */
        g_assert_true(publish(station, &h, T0, NULL, NULL));
        h.publish.sequence = 0;
        /* one of this desk with a later number lies under another name: as after an old copy of the book */
        desk_publish(f->desk, 20, T0, T0 + DAY, NULL, desk_drives, desk_n_drives);
        g_assert_cmpint(g_rename(f->desk->snapshot, second), ==, 0);
        must_publish(station, &h); /* of another desk: not this one's business */
        h.publish.output = second;
        refused(station, &h, T0, NULL, GUARD_ERROR_ROLLBACK, "another register's snapshot 20");
        h.publish.sequence = 21;
        g_assert_true(publish(station, &h, T0, "replaces that register", NULL));
        g_assert_nonnull(strstr(g_ptr_array_index(h.warnings, h.warnings->len - 1), "another register"));
        g_assert_cmpint(g_rename(first, left), ==, 0);
        h.publish.sequence = 0;
        must_publish(station, &h);
}

static void
test_old_copy(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autofree char *book = g_build_filename(f->dir, "register.db", NULL), *other = g_build_filename(f->desk->dir, "other.snapshot", NULL);
        g_autofree char *copy = NULL;
        g_auto(How) h = how(f, NULL);
        gsize size;

        (void)data;
        must_publish(station, &h);
        g_assert_true(g_file_get_contents(book, &copy, &size, NULL));
        must_publish(station, &h);
        g_clear_pointer(&station, guard_station_free);
        g_assert_true(g_file_set_contents(book, copy, (gssize)size, NULL));
        station = station_open(f);
        h.publish.output = other;
        refused(station, &h, T0, NULL, GUARD_ERROR_ROLLBACK, "--sequence 3");
        h.publish.dry_run = TRUE;
        refused(station, &h, T0, NULL, GUARD_ERROR_ROLLBACK, "--sequence 3");
        h.publish.dry_run = FALSE;
        h.publish.sequence = 3;
        g_assert_true(publish(station, &h, T0, "no later copy", NULL));
}

/* All is checked, nothing is written: no number, no file, no record. */
static void
test_dry_run(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardRegistryInfo) info = NULL;
        g_autoptr(GError) error = NULL;
        g_auto(How) h = how(f, NULL), stranger = how(f, f->desk->stranger);
        GuardAct act = station_act(NULL);

        (void)data;
        station_enrol(station, "A", 1, "60A44C413FAE", NULL, FALSE, 0);
        h.publish.dry_run = stranger.publish.dry_run = TRUE;
        guard_station_publish(station, &h.publish, &act, &info, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(info->sequence, ==, 1);
        g_assert_cmpuint(info->entries, ==, 1);
        g_assert_cmpint(info->expires_us, ==, T0 + 30 * DAY);
        g_assert_false(g_file_test(f->desk->snapshot, G_FILE_TEST_EXISTS));
        g_assert_cmpuint(station_history(station, NULL), ==, 2); /* init, enrol */
        refused(station, &stranger, T0, NULL, GUARD_ERROR_SIGNATURE, "none of the keys");
        must_publish(station, &h);
        g_assert_false(g_file_test(f->desk->snapshot, G_FILE_TEST_EXISTS));
}

/* From one key to the next without a day on which a workstation trusts nothing; each way round. */
static void
test_roll_over(gconstpointer data)
{
        const GuardAlgorithm *algorithms = data;
        g_autofree char *new_key = NULL, *new_half = NULL, *old_half = NULL;
        g_autoptr(GuardRegistry) registry = NULL;
        g_autoptr(GError) error = NULL;
        Fixture f;

        station_set_up(&f, NULL);
        desk_free(f.desk);
        f.desk = desk_new(algorithms[0]);
        new_key = g_build_filename(f.desk->dir, "next.key", NULL);
        new_half = g_build_filename(f.desk->keys, "next.pem", NULL);
        old_half = g_build_filename(f.desk->keys, "desk.pem", NULL);
        desk_publish_plain(f.desk, 1);
        g_assert_true(desk_install(f.desk, T0, NULL));
        /* 1: the new public half beside the old one; both sign */
        guard_key_generate(algorithms[1], new_key, new_half, NULL, &error);
        g_assert_no_error(error);
        assert_serves(f.desk, 1);
        /* 2: the first snapshot by the new key */
        desk_publish(f.desk, 2, T0, T0 + 90 * DAY, new_key, desk_drives, desk_n_drives);
        desk_install(f.desk, T0, &error);
        g_assert_no_error(error);
        /* 3: the old half goes; what is in use was signed by the new one */
        g_assert_cmpint(g_unlink(old_half), ==, 0);
        assert_serves(f.desk, 2);
        /* whoever has the old key cannot sign for this desk any more, whatever the number */
        desk_publish(f.desk, 99, T0, T0 + 90 * DAY, NULL, desk_drives, desk_n_drives);
        assert_refused(f.desk, T0, GUARD_ERROR_SIGNATURE);
        assert_serves(f.desk, 2);
        desk_publish(f.desk, 3, T0, T0 + 90 * DAY, new_key, desk_drives, desk_n_drives);
        g_assert_true(desk_install(f.desk, T0, NULL));
        station_tear_down(&f, NULL);
}

int
main(int argc, char **argv)
{
        static const GuardAlgorithm pairs[][2] = {{GUARD_ALGORITHM_ED25519, GUARD_ALGORITHM_ED25519},
                                                  {GUARD_ALGORITHM_ED25519, GUARD_ALGORITHM_SM2},
                                                  {GUARD_ALGORITHM_SM2, GUARD_ALGORITHM_SM2},
                                                  {GUARD_ALGORITHM_SM2, GUARD_ALGORITHM_ED25519}};

        g_test_init(&argc, &argv, NULL);
        ADD("signing/trust", test_trust);
        ADD("signing/mark-trust", test_mark_trust);
        ADD("signing/clock", test_clock);
        ADD("signing/days", test_days);
        ADD("signing/sequence", test_sequence);
        ADD("signing/old-copy", test_old_copy);
        ADD("signing/dry-run", test_dry_run);
        for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
                g_autofree char *name = g_strdup_printf("/station/signing/roll-over/%s-%s", guard_algorithm_to_string(pairs[i][0]),
                                                        guard_algorithm_to_string(pairs[i][1]));

                g_test_add_data_func(name, pairs[i], test_roll_over);
        }
        return g_test_run();
}
