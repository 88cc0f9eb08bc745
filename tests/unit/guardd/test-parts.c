/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The daemon's small parts: questions of udev, workers and their deadlines, mounts, udisks' tree,
 * alarms.
 */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "common/guard-error.h"
#include "guardd/alarms.h"
#include "guardd/block/ask-socket.h"
#include "guardd/block/disc.h"
#include "guardd/block/mounts.h"
#include "guardd/block/udisks-tree.h"
#include "guardd/worker.h"

static void
test_question(void)
{
        static const char *const BAD[] = {
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

typedef struct {
        GMutex *gate;
        gint acted; /* atomic */
        guint done;
        GError *error;
} Work;

static gpointer
work_run(GuardJob *job, gpointer data, GError **error G_GNUC_UNUSED)
{
        Work *work = data;

        g_mutex_lock(work->gate); /* a device that does not answer */
        g_mutex_unlock(work->gate);
        if (!guard_job_abandoned(job))
                g_atomic_int_set(&work->acted, 1);
        return GINT_TO_POINTER(1);
}

static void
work_done(gpointer result G_GNUC_UNUSED, const GError *error, gpointer data)
{
        Work *work = data;

        work->done++;
        g_clear_error(&work->error);
        work->error = error ? g_error_copy(error) : NULL;
}

static void
test_worker(void)
{
        static const GuardJobKind KIND = {"test", work_run, NULL, NULL, 20000, FALSE};
        g_autoptr(GuardWorkers) workers = guard_workers_new(2);
        GMutex gate;
        Work work = {&gate, 0, 0, NULL};

        g_mutex_init(&gate);
        for (guint i = 0; i < 5; i++)
                guard_workers_run(workers, &KIND, NULL, &work, work_done, &work);
        while (work.done < 5)
                g_main_context_iteration(NULL, TRUE);
        g_assert_no_error(work.error);
        g_assert_cmpint(work.acted, ==, 1);
        g_mutex_clear(&gate);
}

static void
test_worker_deadline(void)
{
        static const GuardJobKind KIND = {"test", work_run, NULL, NULL, 30, FALSE};
        g_autoptr(GuardWorkers) workers = guard_workers_new(1);
        GMutex gate;
        Work stuck = {&gate, 0, 0, NULL}, queued = {&gate, 0, 0, NULL};

        g_mutex_init(&gate);
        g_mutex_lock(&gate);
        guard_workers_run(workers, &KIND, NULL, &stuck, work_done, &stuck);
        guard_workers_run(workers, &KIND, NULL, &queued, work_done, &queued);
        while (stuck.done == 0 || queued.done == 0)
                g_main_context_iteration(NULL, TRUE);
        g_assert_error(stuck.error, GUARD_ERROR, GUARD_ERROR_TIMEOUT);
        g_assert_error(queued.error, GUARD_ERROR, GUARD_ERROR_BUSY);
        g_assert_cmpuint(guard_workers_stuck(workers), ==, 1);
        g_mutex_unlock(&gate);
        while (guard_workers_stuck(workers) > 0)
                g_main_context_iteration(NULL, TRUE);
        /* It came back late and has touched nothing; its caller was told once. */
        g_assert_cmpint(g_atomic_int_get(&stuck.acted), ==, 0);
        g_assert_cmpuint(stuck.done, ==, 1);
        g_clear_error(&stuck.error);
        g_clear_error(&queued.error);
        g_mutex_clear(&gate);
}

/* Many disks of one device that hangs: another device's work goes on, and so does what takes the first
 * one away. */
static void
test_worker_lane(void)
{
        static const GuardJobKind KIND = {"test", work_run, NULL, NULL, 20000, FALSE};
        static const GuardJobKind URGENT = {"test-away", work_run, NULL, NULL, 20000, TRUE};
        g_autoptr(GuardWorkers) workers = guard_workers_new(4);
        GMutex closed, open;
        Work stuck = {&closed, 0, 0, NULL}, other = {&open, 0, 0, NULL}, away = {&open, 0, 0, NULL};

        g_mutex_init(&closed);
        g_mutex_init(&open);
        g_mutex_lock(&closed);
        for (guint i = 0; i < 20; i++)
                guard_workers_run(workers, &KIND, "/sys/1-1", &stuck, work_done, &stuck);
        guard_workers_run(workers, &KIND, "/sys/1-2", &other, work_done, &other);
        guard_workers_run(workers, &URGENT, "/sys/1-1", &away, work_done, &away);
        while (other.done == 0 || away.done == 0)
                g_main_context_iteration(NULL, TRUE);
        g_assert_cmpuint(stuck.done, ==, 0);
        g_mutex_unlock(&closed);
        while (stuck.done < 20)
                g_main_context_iteration(NULL, TRUE);
        g_mutex_clear(&closed);
        g_mutex_clear(&open);
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
        g_test_add_func("/worker/queue", test_worker);
        g_test_add_func("/worker/deadline", test_worker_deadline);
        g_test_add_func("/worker/lane", test_worker_lane);
        g_test_add_func("/disc/blank", test_blank_disc);
        g_test_add_func("/mounts/of", test_mounts);
        g_test_add_func("/udisks/steps", test_udisks_steps);
        g_test_add_func("/alarms", test_alarms);
        return g_test_run();
}
