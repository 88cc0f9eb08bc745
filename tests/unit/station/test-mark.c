/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The mark onto images of drives: where it may lie, what it never writes over, and that only the book's own drive gets it.
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "common/guard-error.h"
#include "common/guard-mark.h"
#include "registry/mark.h"
#include "station-fixture.h"
#include "station/mark-place.h"
#include "station/mark.h"

#define IMAGE_SIZE (4 * 1024 * 1024)

/* With one partition from sector @first on; 0: no table. */
static int
image(guint32 first)
{
        const guint8 entry[16] = {0, 0, 0, 0, 0x83, 0, 0, 0, (guint8)first, (guint8)(first >> 8), 0, 0, 0, 0x10, 0, 0};
        int fd = memfd_create("drive", MFD_CLOEXEC);

        g_assert_cmpint(ftruncate(fd, IMAGE_SIZE), ==, 0);
        if (first > 0) {
                g_assert_cmpint(pwrite(fd, entry, sizeof entry, 446), ==, sizeof entry);
                g_assert_cmpint(pwrite(fd, "\x55\xaa", 2, 510), ==, 2);
        }
        return fd;
}

static void
test_places(Fixture *f, gconstpointer data)
{
        static const struct {
                guint32 first;
                off_t taken; /* a byte that somebody needs; 0: none */
                guint64 place; /* 0: there is none */
                const char *why;
                guint16 gpt_entries; /* from sector 2 on; 0: no such table */
        } rows[] = {
                {2048, 0, 262144, NULL, 0},
                {2048, 262144 + 1000, 24576, NULL, 0},
                {2048, 262143, 24576, NULL, 0}, /* in the middle of something */
                {2048, 262144 - 7169, 262144, NULL, 0},
                {2048, 17408, 262144, NULL, 0},
                {63, 0, 24576, NULL, 0},
                {63, 24576, 0, "boot loader", 0},
                {63, 17408, 0, "boot loader", 0},
                {63, 17407, 24576, NULL, 0},
                {34, 0, 0, "1 MiB", 0},
                {0, 0, 0, "no partitions", 0},
                {2048, 0, 262144, NULL, 128},
                {2048, 0, 262144, NULL, 2040}, /* their end is the mark's begin */
                {2048, 0, 0, "no place", 2041},
        };

        (void)f, (void)data;
        for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_autoptr(GError) error = NULL;
                gboolean marked, found;
                guint64 place = 0;
                int fd = image(rows[i].first);

                if (rows[i].gpt_entries) {
                        guint8 header[92] = "EFI PART";

                        header[72] = 2;
                        header[80] = (guint8)rows[i].gpt_entries;
                        header[81] = (guint8)(rows[i].gpt_entries >> 8);
                        header[84] = 128;
                        g_assert_cmpint(pwrite(fd, header, sizeof header, 512), ==, sizeof header);
                }
                if (rows[i].taken)
                        g_assert_cmpint(pwrite(fd, "x", 1, rows[i].taken), ==, 1);
                found = guard_mark_place_find(fd, "/dev/sdx", &place, &marked, &error);
                g_assert_cmpint(found, ==, rows[i].place != 0);
                g_assert_cmpuint(place, ==, rows[i].place);
                g_assert_false(marked);
                if (rows[i].why)
                        g_assert_nonnull(strstr(error->message, rows[i].why));
                close(fd);
        }
}

static GuardMedium *
stick(const char *serial)
{
        GuardMedium *medium = guard_medium_new();

        medium->usb = guard_usb_facts_new();
        medium->usb->vendor_id = 0x0951;
        medium->usb->product_id = 0x1666;
        medium->usb->serial = g_strdup(serial);
        medium->block = guard_block_facts_new();
        medium->block->size = IMAGE_SIZE;
        return medium;
}

static void
count(const GuardHistory *record, gpointer data)
{
        g_string_append_printf(data, "%s ", record->action);
}

static GuardMarkState
read_back(int fd, off_t place, const GuardMedium *medium, const char *public)
{
        g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func((GDestroyNotify)guard_key_free);
        char block[GUARD_MARK_BLOCK] = "";

        g_assert_cmpint(pread(fd, block, sizeof block, place), ==, sizeof block);
        g_ptr_array_add(keys, guard_key_load_public(public, NULL));
        return guard_mark_judge(*block ? block : NULL, medium, keys, NULL);
}

static void
test_mark(Fixture *f, gconstpointer data)
{
        g_autofree char *private = g_build_filename(f->desk->dir, "mark.key", NULL);
        g_autofree char *public = g_build_filename(f->desk->dir, "mark.pem", NULL);
        g_autoptr(GuardMedium) right = stick("AB12CD34EF"), wrong = stick("AB12CD34EE");
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        const GuardAct act = {"wang", "handed out", 1764000000 * (gint64)G_USEC_PER_SEC, G_MAXUINT};
        const GuardAct silent = {"wang", NULL, 1764000000 * (gint64)G_USEC_PER_SEC, G_MAXUINT};
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardDrive) drive = guard_drive_new();
        g_autoptr(GString) history = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        int fd = image(2048);
        GuardMarking marking = {"LY-017", {.key = private}, "/dev/sdx", fd, right};

        (void)data;
        g_assert_true(guard_key_generate(GUARD_ALGORITHM_SM2, private, public, NULL, &error));
        drive->media_id = g_strdup("LY-017");
        drive->level = GUARD_LEVEL_SECRET;
        g_assert_true(guard_drive_add_usb(drive, 0x0951, 0x1666, "AB12CD34EF"));
        g_assert_true(guard_station_enrol(station, drive, FALSE, &act, warnings, &error));
        g_assert_no_error(error);

        marking.medium = wrong;
        g_assert_false(guard_station_mark(station, &marking, &act, &error));
        g_assert_nonnull(strstr(error->message, "AB12CD34EE"));
        g_clear_error(&error);
        marking.medium = right;
        marking.media_id = "LY-018";
        g_assert_false(guard_station_mark(station, &marking, &act, &error));
        g_clear_error(&error);
        marking.media_id = "LY-017";
        g_assert_false(guard_station_unmark(station, &marking, &act, &error)); /* there is none yet */
        g_clear_error(&error);
        g_assert_cmpint(read_back(fd, 262144, right, public), ==, GUARD_MARK_NONE); /* nothing was written by all that */

        for (guint i = 0; i < 2; i++) { /* again: the old one is replaced in its place */
                g_assert_true(guard_station_mark(station, &marking, &act, &error));
                g_assert_no_error(error);
                g_assert_cmpint(read_back(fd, 262144, right, public), ==, GUARD_MARK_VALID);
                g_assert_cmpint(read_back(fd, 262144, wrong, public), ==, GUARD_MARK_COPIED);
                g_assert_cmpint(read_back(fd, 24576, right, public), ==, GUARD_MARK_NONE);
        }
        g_assert_false(guard_station_unmark(station, &marking, &silent, NULL)); /* why? */
        g_assert_true(guard_station_unmark(station, &marking, &act, &error));
        g_assert_cmpint(read_back(fd, 262144, right, public), ==, GUARD_MARK_NONE);
        g_assert_true(guard_station_history(station, "LY-017", count, history, &error));
        g_assert_cmpstr(history->str, ==, "enrol mark mark unmark ");
        close(fd);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("mark/places", test_places);
        ADD("mark/mark", test_mark);
        return g_test_run();
}
