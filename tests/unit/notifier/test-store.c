/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The user's file: comes back as it was written, is nobody else's, and damage costs comfort only.
 */
#include <glib/gstdio.h>
#include <sys/stat.h>
#include "notifier/core/store.h"

typedef struct {
        char *folder, *inner;
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
        (void)data;
        f->folder = g_dir_make_tmp("guard-store-XXXXXX", NULL);
        g_assert_nonnull(f->folder);
        f->inner = g_build_filename(f->folder, "state", "baomi-guard", NULL);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
        g_autofree char *file = g_build_filename(f->inner, "notifier", NULL), *middle = g_path_get_dirname(f->inner);

        (void)data;
        g_unlink(file);
        g_rmdir(f->inner);
        g_rmdir(middle);
        g_assert_cmpint(g_rmdir(f->folder), ==, 0);
        g_free(f->folder);
        g_free(f->inner);
}

static void
test_round_trip(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStore) store = guard_store_open(f->inner);
        g_autoptr(GuardStore) again = NULL;
        g_autoptr(GError) error = NULL;
        GStatBuf status;

        (void)data;
        g_assert_cmpuint(store->seen_seq, ==, 0);
        g_assert_cmpuint(g_variant_n_children(store->unread), ==, 0);
        guard_store_set_unread(store, g_variant_new_parsed("[{'key': <'k'>, 'title': <'涉密专用U盘'>}]"));
        guard_store_add_history(store, g_variant_new_parsed("[{'seq': <@t 3>}, {'seq': <@t 4>}]"));
        guard_store_add_history(store, g_variant_new_parsed("[{'seq': <@t 4>, 'kind': <'x'>}, {'seq': <@t 5>}]"));
        g_assert_true(guard_store_see(store, 5, "2026-11-26T10:00:00+08:00"));
        g_assert_true(guard_store_write(store, &error));
        g_assert_no_error(error);
        g_assert_cmpint(g_stat(store->path, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 0777, ==, 0600);

        again = guard_store_open(f->inner);
        g_assert_cmpuint(again->seen_seq, ==, 5);
        g_assert_cmpstr(again->seen_time, ==, "2026-11-26T10:00:00+08:00");
        g_assert_true(g_variant_equal(again->unread, store->unread));
        g_assert_cmpuint(g_variant_n_children(again->history), ==, 3); /* 4 once, as it was told last */
        g_assert_true(g_variant_equal(again->history, store->history));
}

static void
test_seen(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStore) store = guard_store_open(f->inner);

        (void)data;
        g_assert_false(guard_store_is_seen(store, 1, "2026-11-26T10:00:00+08:00"));
        g_assert_true(guard_store_see(store, 7, "2026-11-26T10:00:00+08:00"));
        g_assert_false(guard_store_see(store, 7, "2026-11-26T10:00:00+08:00"));
        g_assert_true(guard_store_is_seen(store, 6, "2026-11-26T09:00:00+08:00"));
        g_assert_true(guard_store_is_seen(store, 6, "2026-11-26T01:30:00Z"));      /* 09:30 there */
        g_assert_false(guard_store_is_seen(store, 8, "2026-11-26T10:00:00+08:00"));
        g_assert_false(guard_store_is_seen(store, 1, "2026-11-27T08:00:00+08:00")); /* a ledger begun anew */
        g_assert_true(guard_store_see(store, 1, "2026-11-27T08:00:00+08:00"));
        g_assert_false(guard_store_see(store, 0, "2026-11-28T08:00:00+08:00"));
        g_assert_false(guard_store_see(store, 9, NULL));
}

static void
test_history_is_bounded(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStore) store = guard_store_open(f->inner);
        g_autoptr(GVariant) first = NULL;
        guint64 seq = 0;

        (void)data;
        for (guint64 i = 1; i <= GUARD_STORE_MAX_HISTORY + 10; i++)
                guard_store_add_history(store, g_variant_new_parsed("[{'seq': <%t>}]", i));
        g_assert_cmpuint(g_variant_n_children(store->history), ==, GUARD_STORE_MAX_HISTORY);
        first = g_variant_get_child_value(store->history, 0);
        g_assert_true(g_variant_lookup(first, "seq", "t", &seq));
        g_assert_cmpuint(seq, ==, 11);
}

static void
test_damage(Fixture *f, gconstpointer data)
{
        static const char *const damaged[] = {"", "{", "{'seen_seq': <'seven'>, 'unread': <@t 3>, 'history': <[1, 2]>}", "\xff\xfe\x01"};
        g_autofree char *path = g_build_filename(f->inner, "notifier", NULL);

        (void)data;
        g_assert_cmpint(g_mkdir_with_parents(f->inner, 0700), ==, 0);
        for (gsize i = 0; i < G_N_ELEMENTS(damaged); i++) {
                g_autoptr(GuardStore) store = NULL;

                g_assert_true(g_file_set_contents(path, damaged[i], -1, NULL));
                store = guard_store_open(f->inner);
                g_assert_cmpuint(store->seen_seq, ==, 0);
                g_assert_cmpuint(g_variant_n_children(store->unread), ==, 0);
                g_assert_cmpuint(g_variant_n_children(store->history), ==, 0);
                g_assert_true(guard_store_write(store, NULL));
        }
}

static void
test_cannot_write(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStore) store = guard_store_open("/proc/self/no-such-folder");
        g_autoptr(GError) error = NULL;

        (void)f, (void)data;
        g_assert_false(guard_store_write(store, &error));
        g_assert_nonnull(error);
}

#define ADD(name, function) g_test_add("/store/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("round-trip", test_round_trip);
        ADD("seen", test_seen);
        ADD("history-is-bounded", test_history_is_bounded);
        ADD("damage", test_damage);
        ADD("cannot-write", test_cannot_write);
        return g_test_run();
}
