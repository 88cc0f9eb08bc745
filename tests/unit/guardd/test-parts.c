/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The daemon's small parts: questions of udev, what a disc is, mounts, udisks' tree, alarms.
 */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "guardd/alarms.h"
#include "guardd/block/ask-socket.h"
#include "guardd/block/disc.h"
#include "guardd/block/mounts.h"
#include "guardd/block/udisks-tree.h"

static void
test_question(void)
{
        static const char *const BAD[] = {
                "ask\342\234hange /devices/x 8:16 14", "ask  /devices/x 8:16 14", "ask add\t/devices/x 8:16 14",
                "ask add /devices/x 4294967296:0 14", "ask add /devices/x 8:-1 14",
                "ask add /devices/x 8:16 99999999999999999999",
                "",
                "ask add /devices/x 8:0",
                "tell add /devices/x 8:0 14",
                "ask add devices/x 8:0 14",
                "ask add /devices/x 8:0 14 more",
                "ask add /devices/x 8 14",
        };
        GuardQuestion question;

        g_assert_true(guard_ask_parse("ask add /devices/x/block/sda 8:16 14\n", &question));
        g_assert_cmpstr(question.action, ==, "add");
        g_assert_cmpuint(question.major, ==, 8);
        g_assert_cmpuint(question.minor, ==, 16);
        g_assert_cmpuint(question.diskseq, ==, 14);
        for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++)
                g_assert_false(guard_ask_parse(BAD[i], &question));
}

static void
answer(GuardAsk *ask, const GuardQuestion *question, gpointer data)
{
        *(guint64 *)data = question->diskseq;
        guard_ask_answer(ask, GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTERED);
}

static int
connect_to(const char *path)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

        g_strlcpy(address.sun_path, path, sizeof address.sun_path);
        g_assert_cmpint(connect(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
        return fd;
}

static void
test_ask_socket(void)
{
        static const char ASK[] = "ask add /devices/x/block/sda 8:16 14\n";
        g_autofree char *folder = g_dir_make_tmp("guardd-ask-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(folder, "ask.sock", NULL);
        g_autoptr(GError) error = NULL;
        guint64 seen = 0;
        g_autoptr(GuardAskSocket) sock = guard_ask_socket_new(path, answer, &seen, &error);
        char reply[256] = "";
        int silent, fd, rude;

        g_assert_no_error(error);
        silent = connect_to(path); /* asks nothing, holds nobody up */
        rude = connect_to(path);
        g_assert_cmpint(send(rude, "nonsense", 8, 0), ==, 8);
        fd = connect_to(path);
        g_assert_cmpint(send(fd, ASK, strlen(ASK), 0), ==, (ssize_t)strlen(ASK));
        while (seen == 0)
                g_main_context_iteration(NULL, TRUE);
        g_assert_cmpuint(seen, ==, 14);
        g_assert_cmpint(recv(fd, reply, sizeof reply - 1, 0), >, 0);
        g_assert_cmpstr(reply, ==, "verdict=admit reason=registered\n");
        g_assert_cmpint(recv(rude, reply, sizeof reply - 1, 0), ==, 0); /* hung up on */
        close(silent);
        close(rude);
        close(fd);
        g_clear_pointer(&sock, guard_ask_socket_free);
        g_rmdir(folder);
}

/* READ DISC INFORMATION as real drives answer it: length, then the status in the low bits. */
static void
test_blank_disc(void)
{
        static const guint8 BLANK[] = {0, 32, 0x0c, 1}, WRITTEN[] = {0, 32, 0x0e, 1},
                            OPEN[] = {0, 32, 0x0d, 1};

        g_assert_true(guard_disc_is_blank(BLANK, sizeof BLANK));
        g_assert_false(guard_disc_is_blank(WRITTEN, sizeof WRITTEN));
        g_assert_false(guard_disc_is_blank(OPEN, sizeof OPEN));
        g_assert_false(guard_disc_is_blank(BLANK, 2)); /* a drive that says nothing */
        g_assert_cmpint(guard_disc_look(-1), ==, GUARD_DISC_DATA);
}

/* Only a disc that has nothing to read is no broken medium, and is told as what it is. */
static void
test_disc_excuse(void)
{
        static const struct {
                GuardDisc disc;
                gboolean read, excused;
                const char *type;
        } CASES[] = {
                {GUARD_DISC_DATA, FALSE, FALSE, NULL},
                {GUARD_DISC_AUDIO, FALSE, TRUE, "audio-disc"},
                {GUARD_DISC_BLANK, FALSE, TRUE, NULL},
                {GUARD_DISC_AUDIO, TRUE, FALSE, "iso9660"},
                {GUARD_DISC_BLANK, TRUE, FALSE, "iso9660"},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
                g_autoptr(GuardBlockFacts) facts = guard_block_facts_new();
                GuardVolumeFacts *volume;

                facts->probe = GUARD_PROBE_FAILED;
                facts->probe_error = g_strdup("read-error");
                if (CASES[i].read) {
                        volume = guard_volume_facts_new();
                        volume->type = g_strdup("iso9660");
                        g_ptr_array_add(facts->volumes, volume);
                }
                g_assert_cmpint(guard_disc_excuse(CASES[i].disc, facts), ==, CASES[i].excused);
                g_assert_cmpint(facts->probe, ==,
                                CASES[i].excused ? GUARD_PROBE_OK : GUARD_PROBE_FAILED);
                g_assert_cmpint(facts->probe_error == NULL, ==, CASES[i].excused);
                g_assert_cmpuint(facts->volumes->len, ==, CASES[i].type ? 1 : 0);
                if (CASES[i].type) {
                        volume = g_ptr_array_index(facts->volumes, 0);
                        g_assert_cmpstr(volume->type, ==, CASES[i].type);
                }
        }
}

static void
test_mounts(void)
{
        static const char INFO[] = "26 1 254:0 / / rw - ext4 /dev/root rw\n"
                                   "90 26 8:1 / /media/clerk/MY\\040STICK rw shared:1 - vfat /dev/sda1 rw\n"
                                   "broken line\n";
        g_autoptr(GPtrArray) numbers = g_ptr_array_new();
        g_autoptr(GPtrArray) points = NULL;

        g_ptr_array_add(numbers, (gpointer) "8:0");
        g_ptr_array_add(numbers, (gpointer) "8:1");
        points = guard_mounts_of(INFO, numbers);
        g_assert_cmpuint(points->len, ==, 1);
        g_assert_cmpstr(g_ptr_array_index(points, 0), ==, "/media/clerk/MY STICK");
}

static void
test_udisks_steps(void)
{
        static const char TREE[] =
                "({objectpath '/org/freedesktop/UDisks2/block_devices/sda': {"
                "  'org.freedesktop.UDisks2.Block': {'Drive': <objectpath '/drive/x'>}},"
                " objectpath '/org/freedesktop/UDisks2/block_devices/sda1': {"
                "  'org.freedesktop.UDisks2.Encrypted': {'CleartextDevice': "
                "    <objectpath '/org/freedesktop/UDisks2/block_devices/dm_2d0'>}},"
                " objectpath '/org/freedesktop/UDisks2/block_devices/dm_2d0': {"
                "  'org.freedesktop.UDisks2.Filesystem': {'MountPoints': <[b'/media/x']>}},"
                " objectpath '/org/freedesktop/UDisks2/block_devices/sdb1': {"
                "  'org.freedesktop.UDisks2.Filesystem': {'MountPoints': <[b'/media/other']>}}},)";
        g_autoptr(GVariant) reply =
                g_variant_parse(G_VARIANT_TYPE("(a{oa{sa{sv}}})"), TREE, NULL, NULL, NULL);
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        g_autoptr(GPtrArray) steps = NULL;
        g_autofree char *drive = NULL;
        const GuardUdisksStep *step;

        g_assert_nonnull(reply);
        g_ptr_array_add(names, (gpointer) "sda");
        g_ptr_array_add(names, (gpointer) "sda1");
        steps = guard_udisks_steps(reply, names, &drive);
        g_assert_cmpstr(drive, ==, "/drive/x");
        g_assert_cmpuint(steps->len, ==, 2);
        step = g_ptr_array_index(steps, 0);
        g_assert_cmpstr(step->method, ==, "Unmount");
        g_assert_true(g_str_has_suffix(step->path, "dm_2d0"));
        step = g_ptr_array_index(steps, 1);
        g_assert_cmpstr(step->method, ==, "Lock");
        g_assert_true(g_str_has_suffix(step->path, "sda1"));
}

static void
count(const GuardAlarm *alarm G_GNUC_UNUSED, gboolean set, gpointer data)
{
        guint *counts = data;

        counts[set ? 1 : 0]++;
}

static void
test_alarms(void)
{
        guint counts[2] = {0, 0};
        g_autoptr(GuardAlarms) alarms = guard_alarms_new(count, counts);

        guard_alarms_set(alarms, "a", GUARD_SEVERITY_WARNING, "first");
        guard_alarms_set(alarms, "a", GUARD_SEVERITY_WARNING, "first");
        guard_alarms_set(alarms, "b", GUARD_SEVERITY_WARNING, "second");
        g_assert_cmpuint(counts[1], ==, 2);
        guard_alarms_update(alarms, "a", GUARD_SEVERITY_WARNING, NULL);
        guard_alarms_clear(alarms, "a");
        g_assert_cmpuint(counts[0], ==, 1);
        g_assert_cmpuint(guard_alarms_list(alarms)->len, ==, 1);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ask/question", test_question);
        g_test_add_func("/ask/socket", test_ask_socket);
        g_test_add_func("/disc/blank", test_blank_disc);
        g_test_add_func("/disc/excuse", test_disc_excuse);
        g_test_add_func("/mounts/of", test_mounts);
        g_test_add_func("/udisks/steps", test_udisks_steps);
        g_test_add_func("/alarms", test_alarms);
        return g_test_run();
}
