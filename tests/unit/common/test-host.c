/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * host.conf: what is read, and that every fault makes the level unknown.
 */
#include "common/guard-conf.h"
#include "common/guard-error.h"
#include "common/guard-host.h"
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

typedef struct {
        char *dir, *vendor, *etc, *id;
} Files;

static void
set_up(Files *f, gconstpointer data)
{
        (void)data;
        f->dir = g_dir_make_tmp("guard-host-XXXXXX", NULL);
        f->vendor = g_build_filename(f->dir, "vendor.conf", NULL);
        f->etc = g_build_filename(f->dir, "host.conf", NULL);
        f->id = g_build_filename(f->dir, "host-id", NULL);
        g_assert_true(g_file_set_contents(f->vendor, "[host]\nlevel=none\n[contact]\nname=desk\n",
                                          -1, NULL));
}

static void
tear_down(Files *f, gconstpointer data)
{
        (void)data;
        char *paths[] = {f->vendor, f->etc, f->id, f->dir};
        for (guint n = 0; n < G_N_ELEMENTS(paths); n++) {
                g_remove(paths[n]);
                g_free(paths[n]);
        }
}

static void
etc_over_vendor(Files *f, gconstpointer data)
{
        (void)data;
        g_autoptr(GError) error = NULL;
        g_assert_true(g_file_set_contents(
                f->etc,
                "[host]\nlevel=secret\nhost-id=PC-7\nunit=一科\ngroup=综合\ncustodian=李\n"
                "[contact]\nphone=12345\n",
                -1, NULL));
        g_autoptr(GuardHost) host = guard_host_load(f->vendor, f->etc, &error);
        g_assert_no_error(error);
        g_assert_cmpint(host->level, ==, GUARD_LEVEL_SECRET);
        g_assert_cmpstr(host->host_id, ==, "PC-7");
        g_assert_cmpstr(host->unit, ==, "一科");
        g_assert_cmpstr(host->group, ==, "综合");
        g_assert_cmpstr(host->custodian, ==, "李");
        g_assert_cmpstr(host->contact_name, ==, "desk");
        g_assert_cmpstr(host->contact_phone, ==, "12345");
        g_assert_nonnull(strstr(host->source, f->etc));

        g_autoptr(GuardHost) copy = guard_host_copy(host);
        g_assert_cmpint(copy->level, ==, host->level);
        g_assert_cmpstr(copy->unit, ==, host->unit);
        g_assert_true(copy->unit != host->unit);
}

static void
vendor_alone(Files *f, gconstpointer data)
{
        (void)data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardHost) host = guard_host_load(f->vendor, f->etc, &error);
        g_assert_no_error(error);
        g_assert_cmpint(host->level, ==, GUARD_LEVEL_NONE);
}

static void
neither(Files *f, gconstpointer data)
{
        (void)data;
        g_autoptr(GError) error = NULL;
        g_remove(f->vendor);
        g_autoptr(GuardHost) host = guard_host_load(f->vendor, f->etc, &error);
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND);
        g_assert_cmpint(host->level, ==, GUARD_LEVEL_UNKNOWN);
}

static void
no_level(Files *f, gconstpointer data)
{
        (void)data;
        g_autoptr(GError) error = NULL;
        g_assert_true(g_file_set_contents(f->vendor, "[host]\nunit=x\n", -1, NULL));
        g_autoptr(GuardHost) host = guard_host_load(f->vendor, f->etc, &error);
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        g_assert_cmpint(host->level, ==, GUARD_LEVEL_UNKNOWN);
}

static const struct {
        const char *text;
        GuardError code;
        const char *where; /* file name and line */
} broken[] = {
        {"[host]\nlevel=Secret\n", GUARD_ERROR_INVALID_VALUE, "host.conf:2:"},
        {"[host]\nlevel=unknown\n", GUARD_ERROR_INVALID_VALUE, "host.conf:2:"},
        {"[host]\nlevel=\n", GUARD_ERROR_INVALID_VALUE, "host.conf:2:"},
        {"[host]\nlevel=secret\nlevel=none\n", GUARD_ERROR_SYNTAX, "host.conf:3:"},
        {"[host]\nlevel=secret\n[host]\nlevel=none\n", GUARD_ERROR_SYNTAX, "host.conf:3:"},
        {"[host]\nlevel=none\nlvel=secret\n", GUARD_ERROR_UNKNOWN_KEY, "host.conf:3:"},
        {"[host]\nlevel=none\n[contct]\n", GUARD_ERROR_UNKNOWN_KEY, "host.conf:3:"},
        {"[host]\nlevel=none\n[contact]\nmail=x\n", GUARD_ERROR_UNKNOWN_KEY, "host.conf:4:"},
        {"[host]\nlevel=none\nhost-id=a b\n", GUARD_ERROR_INVALID_VALUE, "host.conf:3:"},
        {"[host]\nlevel=none\nhost-id=\n", GUARD_ERROR_INVALID_VALUE, "host.conf:3:"},
        {"level=none\n", GUARD_ERROR_SYNTAX, "host.conf:1:"},
        {"[host]\nlevel=none\nunit=\xff\n", GUARD_ERROR_SYNTAX, "host.conf:3:"},
};

/* The vendor default says none; a broken file above it must not be passed over. */
static void
broken_is_unknown(Files *f, gconstpointer data)
{
        (void)data;
        for (guint n = 0; n < G_N_ELEMENTS(broken); n++) {
                g_autoptr(GError) error = NULL;
                g_assert_true(g_file_set_contents(f->etc, broken[n].text, -1, NULL));
                g_autoptr(GuardHost) host = guard_host_load(f->vendor, f->etc, &error);
                g_assert_error(error, GUARD_ERROR, (int)broken[n].code);
                g_assert_nonnull(strstr(error->message, broken[n].where));
                g_assert_cmpint(host->level, ==, GUARD_LEVEL_UNKNOWN);
        }
}

static void
broken_vendor_is_unknown(Files *f, gconstpointer data)
{
        (void)data;
        g_autoptr(GError) error = NULL;
        g_assert_true(g_file_set_contents(f->vendor, "[host]\nlevel\n", -1, NULL));
        g_assert_true(g_file_set_contents(f->etc, "[host]\nlevel=none\n", -1, NULL));
        g_autoptr(GuardHost) host = guard_host_load(f->vendor, f->etc, &error);
        g_assert_nonnull(error);
        g_assert_cmpint(host->level, ==, GUARD_LEVEL_UNKNOWN);
}

static void
directory_is_unknown(Files *f, gconstpointer data)
{
        (void)data;
        g_autoptr(GError) error = NULL;
        g_assert_cmpint(g_mkdir(f->etc, 0755), ==, 0);
        g_autoptr(GuardHost) host = guard_host_load(f->vendor, f->etc, &error);
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_IO);
        g_assert_cmpint(host->level, ==, GUARD_LEVEL_UNKNOWN);
}

static void
host_id(Files *f, gconstpointer data)
{
        (void)data;
        g_autoptr(GError) error = NULL;
        g_autofree char *first = guard_host_id_ensure(f->id, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(strlen(first), ==, 36);
        g_autofree char *again = guard_host_id_ensure(f->id, &error);
        g_assert_cmpstr(again, ==, first);

        /* A file that a power cut left empty is made anew, another one is a person's work and is
         * kept. */
        g_assert_true(g_file_set_contents(f->id, "\n", -1, NULL));
        g_autofree char *fresh = guard_host_id_ensure(f->id, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(fresh, !=, first);
        g_assert_true(g_file_set_contents(f->id, "two words\n", -1, NULL));
        g_assert_null(guard_host_id_ensure(f->id, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT);
        g_clear_error(&error);

        g_autofree char *nowhere = g_build_filename(f->dir, "no", "where", NULL);
        g_assert_null(guard_host_id_ensure(nowhere, &error));
        g_assert_nonnull(error);
}

#define FILES_TEST(name, function) g_test_add(name, Files, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
        setlocale(LC_ALL, "C.UTF-8");
        g_test_init(&argc, &argv, NULL);
        FILES_TEST("/host/etc-over-vendor", etc_over_vendor);
        FILES_TEST("/host/vendor-alone", vendor_alone);
        FILES_TEST("/host/neither", neither);
        FILES_TEST("/host/no-level", no_level);
        FILES_TEST("/host/broken-is-unknown", broken_is_unknown);
        FILES_TEST("/host/broken-vendor-is-unknown", broken_vendor_is_unknown);
        FILES_TEST("/host/directory-is-unknown", directory_is_unknown);
        FILES_TEST("/host/host-id", host_id);
        return g_test_run();
}
