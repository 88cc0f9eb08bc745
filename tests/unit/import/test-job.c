/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/guard-error.h"
#include "common/guard-import.h"
#include "import/job.h"
#include "import/mount.h"

static GVariant *
packet(const char *disk, const char *user, const char *node, const char *scan)
{
        GVariantBuilder volumes, builder;

        g_variant_builder_init(&volumes, G_VARIANT_TYPE("a(suus)"));
        g_variant_builder_add(&volumes, "(suus)", node, 8, 17, "vfat");
        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&builder, "{sv}", "event", g_variant_new_string("job"));
        g_variant_builder_add(&builder, "{sv}", "disk", g_variant_new_string(disk));
        g_variant_builder_add(&builder, "{sv}", "diskseq", g_variant_new_uint64(7));
        g_variant_builder_add(&builder, "{sv}", "volumes", g_variant_builder_end(&volumes));
        g_variant_builder_add(&builder, "{sv}", "user", g_variant_new_string(user));
        g_variant_builder_add(&builder, "{sv}", "id", g_variant_new_string("K7QM2"));
        g_variant_builder_add(&builder, "{sv}", "only", g_variant_new_string(""));
        g_variant_builder_add(&builder, "{sv}", "scan", g_variant_new_string(scan));
        return g_variant_ref_sink(g_variant_builder_end(&builder));
}

static void
test_read(void)
{
        g_autoptr(GVariant) good = packet("sdb", "clerk", "sdb1", GUARD_IMPORT_SCAN_REQUIRED);
        g_autoptr(ImportJob) job = import_job_new(good, NULL);
        const ImportVolume *volume;

        g_assert_nonnull(job);
        volume = g_ptr_array_index(job->volumes, 0);
        g_assert_cmpstr(volume->node, ==, "sdb1");
        g_assert_cmpuint(volume->minor, ==, 17);
        g_assert_null(job->only);
        g_assert_cmpuint(job->size, ==, G_MAXUINT64);
        g_assert_cmpint(job->scanning, ==, IMPORT_SCAN_REQUIRED);
}

/* No name leads out of its folder. */
static void
test_refused(void)
{
        static const char *const wrong[][4] = {{"../sda", "clerk", "sdb1", "no"}, {"sdb", "../root", "sdb1", "no"}, {"sdb", ".staging", "sdb1", "no"},
                                               {"sdb", "clerk", "x/y", "no"},     {"sdb", "clerk", "sdb1", "maybe"}, {"", "clerk", "sdb1", "no"},
                                               {"sdb", "", "sdb1", "no"}};

        for (gsize n = 0; n < G_N_ELEMENTS(wrong); n++) {
                g_autoptr(GVariant) bad = packet(wrong[n][0], wrong[n][1], wrong[n][2], wrong[n][3]);
                g_autoptr(GError) error = NULL;

                g_assert_null(import_job_new(bad, &error));
                g_assert_error(error, GUARD_ERROR, GUARD_ERROR_USAGE);
        }
}

static void
test_file_systems(void)
{
        const char *options = NULL;

        g_assert_cmpstr(import_mount_type("ntfs", &options), ==, "ntfs3");
        g_assert_cmpstr(import_mount_type("ext4", &options), ==, "ext4");
        g_assert_cmpstr(options, ==, "noload");
        g_assert_null(import_mount_type("crypto_LUKS", &options));
        g_assert_null(import_mount_type("btrfs", &options));
        g_assert_null(import_mount_type(NULL, &options));
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/import/job/read", test_read);
        g_test_add_func("/import/job/refused", test_refused);
        g_test_add_func("/import/job/file-systems", test_file_systems);
        return g_test_run();
}
