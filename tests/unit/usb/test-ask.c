/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-ask on a made-up /sys: verdict files, guardd's answers, and every way to have none.
 */
#include <gio/gio.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/unit/usb/fake-sysfs.h"

static const FakeInterface stick[] = {{0x08, 0x06, 0x50}};

typedef struct {
        FakeRoot *fake;
        char *usb, *disk, *partition, *sg;
} Fixture;

static void
setup(Fixture *f, gconstpointer diskseq)
{
        g_autofree char *scsi = NULL;

        f->fake = fake_root_new();
        f->usb = fake_usb(f->fake, "1-2", 3, 0x46f4, 1, "ASK-1", stick, 1);
        f->disk = fake_disk(f->fake, f->usb, "sda", 8, 0, GPOINTER_TO_UINT(diskseq));
        f->partition = g_strdup_printf("%s/sda1", f->disk);
        scsi = g_strndup(f->disk, strlen(f->disk) - strlen("/block/sda"));
        f->sg = g_strdup_printf("%s/scsi_generic/sg1", scsi);
}

static void
teardown(Fixture *f, gconstpointer data)
{
        (void)data;
        g_free(f->usb);
        g_free(f->disk);
        g_free(f->partition);
        g_free(f->sg);
        fake_root_free(f->fake);
}

static guint64
inode_of(Fixture *f)
{
        g_autofree char *path = g_strdup_printf("%s/sys%s", f->fake->path, f->disk);
        GStatBuf st;

        g_assert_cmpint(g_stat(path, &st), ==, 0);
        return st.st_ino;
}

static void
write_verdict(Fixture *f, const char *file, const char *name, guint64 diskseq, const char *answer)
{
        g_autofree char *path = g_strdup_printf("run/baomi-guard/verdicts/%s", file);
        g_autofree char *text =
                g_strdup_printf("%s\nname=%s\nmajor=8\nminor=0\ninode=%" G_GUINT64_FORMAT
                                "\ndiskseq=%" G_GUINT64_FORMAT "\n",
                                answer, name, inode_of(f), diskseq);

        fake_write(f->fake, path, text);
}

/* What udev is told: "admit policy". */
static char *
ask_env(Fixture *f, const char *path, char **env)
{
        g_autofree char *sysroot = g_strdup_printf("--sysroot=%s", f->fake->path);
        const char *argv[] = {g_getenv("GUARD_ASK"), sysroot, "add", path, "/dev/sda", NULL};
        g_autofree char *out = NULL;
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) lines = NULL;
        int status;

        g_assert_true(g_spawn_sync(NULL, (char **)argv, env, G_SPAWN_DEFAULT, NULL, NULL, &out,
                                   NULL, &status, &error));
        g_assert_no_error(error);
        g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        lines = g_strsplit(out, "\n", -1);
        g_assert_cmpuint(g_strv_length(lines), ==, 3);
        g_assert_true(g_str_has_prefix(lines[0], "BAOMI_VERDICT="));
        g_assert_true(g_str_has_prefix(lines[1], "BAOMI_REASON="));
        return g_strdup_printf("%s %s", lines[0] + 14, lines[1] + 13);
}

static void
assert_answer(Fixture *f, const char *path, const char *wanted)
{
        g_autofree char *got = ask_env(f, path, NULL);

        g_assert_cmpstr(got, ==, wanted);
}

static void
test_no_answer(Fixture *f, gconstpointer data)
{
        (void)data;
        assert_answer(f, f->disk, "hold none");
        assert_answer(f, f->sg, "hold none");
        assert_answer(f, "/devices/nothing", "hold none");
}

static void
test_verdict_file(Fixture *f, gconstpointer data)
{
        (void)data;
        write_verdict(f, "7", "sda", 7, "verdict=admit\nreason=policy");
        assert_answer(f, f->disk, "admit policy");
        assert_answer(f, f->partition, "admit policy");
        assert_answer(f, f->sg, "admit policy");
        write_verdict(f, "7", "sda", 7, "verdict=refuse\nreason=drive-lost");
        assert_answer(f, f->disk, "refuse drive-lost");
}

/* The fake disk's node is no block device, so that it cannot be made read-only: then it waits. */
static void
test_read_only_must_take(Fixture *f, gconstpointer data)
{
        (void)data;
        fake_write(f->fake, "dev/sda", "");
        write_verdict(f, "7", "sda", 7, "verdict=read-only\nreason=no-write-down");
        assert_answer(f, f->disk, "hold no-write-down");
        assert_answer(f, f->sg, "hold no-write-down");
}

static void
test_wrong_files(Fixture *f, gconstpointer data)
{
        static const char *const answers[] = {
                "",
                "verdict=admit",
                "verdict=ADMIT\nreason=policy",
                "verdict=admit\nreason=a b=c;d",
                "verdict=admit\nreason=x\nreason",
                "xverdict=admit\nreason=policy",
        };

        (void)data;
        for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
                g_autofree char *got = NULL;

                write_verdict(f, "7", "sda", 7, answers[i]);
                got = ask_env(f, f->disk, NULL);
                if (i == 3)
                        g_assert_cmpstr(got, ==, "admit a");
                else if (i == 4)
                        g_assert_cmpstr(got, ==, "admit x");
                else
                        g_assert_cmpstr(got, ==, "hold none");
        }
        write_verdict(f, "7", "sdb", 7, "verdict=admit\nreason=policy");
        assert_answer(f, f->disk, "hold none");
        write_verdict(f, "7", "sda", 6, "verdict=admit\nreason=policy");
        assert_answer(f, f->disk, "hold none");
        fake_write(
                f->fake, "run/baomi-guard/verdicts/7",
                "verdict=admit\nreason=policy\nname=sda\nmajor=8\nminor=0\ninode=1\ndiskseq=7\n");
        assert_answer(f, f->disk, "hold none");
}

/* Kernels before 5.14: by number and inode; a change of medium drops the old one's verdict. */
static void
test_without_diskseq(Fixture *f, gconstpointer data)
{
        g_autofree char *file = g_strdup_printf("8:0-%" G_GUINT64_FORMAT, inode_of(f));
        g_auto(GStrv) env = g_environ_setenv(g_get_environ(), "DISK_MEDIA_CHANGE", "1", TRUE);
        g_autofree char *changed = NULL;

        (void)data;
        write_verdict(f, file, "sda", 0, "verdict=admit\nreason=policy");
        assert_answer(f, f->disk, "admit policy");
        changed = ask_env(f, f->disk, env);
        g_assert_cmpstr(changed, ==, "hold none");
        assert_answer(f, f->disk, "hold none");
}

static void
test_system_disk(Fixture *f, gconstpointer data)
{
        (void)data;
        fake_link(f->fake, "sys/dev/block/8:1", "../../class/block/sda1");
        fake_write(f->fake, "proc/self/mountinfo",
                   "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n");
        assert_answer(f, f->disk, "admit system-disk");
        fake_write(f->fake, "proc/self/mountinfo",
                   "22 1 8:1 / /media/x rw shared:1 - ext4 /dev/sda1 rw\n");
        assert_answer(f, f->disk, "hold none");
        fake_write(f->fake, "var/lib/baomi-guard/system-disks",
                   "usb 46f4:0001 41534b2d31 pci0000:00/0000:00:04.0:9 /home\n");
        assert_answer(f, f->partition, "admit system-disk");
}

/* A verdict of guardd goes before a pin: what it refused stays refused. */
static void
test_verdict_before_pin(Fixture *f, gconstpointer data)
{
        (void)data;
        fake_write(f->fake, "var/lib/baomi-guard/system-disks",
                   "usb 46f4:0001 41534b2d31 x /home\n");
        write_verdict(f, "7", "sda", 7, "verdict=refuse\nreason=drive-lost");
        assert_answer(f, f->disk, "refuse drive-lost");
}

typedef struct {
        int fd;
        const char *reply; /* NULL: says nothing */
        char *question;
} Server;

static gpointer
serve(gpointer data)
{
        Server *server = data;
        int fd = accept(server->fd, NULL, NULL);
        char text[4096];
        ssize_t n = recv(fd, text, sizeof text - 1, 0);

        text[MAX(n, 0)] = '\0';
        server->question = g_strdup(text);
        if (server->reply)
                g_assert_cmpint(send(fd, server->reply, strlen(server->reply), 0), >, 0);
        else
                g_assert_cmpint(recv(fd, text, sizeof text, 0), ==, 0); /* until it hangs up */
        close(fd);
        return NULL;
}

static char *
ask_server(Fixture *f, const char *reply, const char *wanted)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        Server server = {.fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), .reply = reply};
        GThread *thread;

        fake_write(f->fake, "run/baomi-guard/.keep", "");
        g_snprintf(address.sun_path, sizeof address.sun_path, "%s/run/baomi-guard/ask.sock",
                   f->fake->path);
        unlink(address.sun_path);
        g_assert_cmpint(bind(server.fd, (struct sockaddr *)&address, sizeof address), ==, 0);
        g_assert_cmpint(listen(server.fd, 4), ==, 0);
        thread = g_thread_new("guardd", serve, &server);
        assert_answer(f, f->partition, wanted);
        g_thread_join(thread);
        close(server.fd);
        return server.question;
}

static void
test_guardd_answers(Fixture *f, gconstpointer data)
{
        g_autofree char *question =
                ask_server(f, "verdict=admit reason=unregistered\n", "admit unregistered");
        g_autofree char *expected = g_strdup_printf("ask add %s 8:0 7\n", f->disk);

        (void)data;
        g_assert_cmpstr(question, ==, expected);
}

static void
test_guardd_talks_nonsense(Fixture *f, gconstpointer data)
{
        g_autofree char *a = ask_server(f, "verdict=yes reason=x\n", "hold none");
        g_autofree char *b = ask_server(f, "\n", "hold none");
        g_autofree char *c =
                ask_server(f, "verdict=refuse reason=composite-input\n", "refuse composite-input");

        (void)data;
}

static void
test_guardd_is_silent(Fixture *f, gconstpointer data)
{
        gint64 start = g_get_monotonic_time();
        g_autofree char *question = ask_server(f, NULL, "hold none");

        (void)data;
        g_assert_cmpint(g_get_monotonic_time() - start, <, 10 * G_USEC_PER_SEC);
}

static void
assert_above(Fixture *f, const char *path, const char *expected)
{
        g_autofree char *sysroot = g_strdup_printf("--sysroot=%s", f->fake->path);
        const char *argv[] = {g_getenv("GUARD_ASK"), sysroot, "above", path, "/dev/none", NULL};
        g_autofree char *out = NULL;
        int status;

        g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, 0, NULL, NULL, &out, NULL, &status, NULL));
        g_assert_cmpint(status, ==, 0);
        g_assert_cmpstr(out, ==, expected);
}

/* LVM on LUKS on a partition of a stick; the same on a fixed disk, which is nobody's business. */
static void
test_layers(Fixture *f, gconstpointer data)
{
        g_autofree char *removable = g_strdup_printf("sys%s/removable", f->disk);
        g_autofree char *luks = fake_layer(f->fake, "dm-0", 0, "sda1");
        g_autofree char *lvm = fake_layer(f->fake, "dm-1", 1, "dm-0");

        (void)data;
        fake_put_on_bus(f->fake, f->usb, "pci");
        assert_above(f, lvm, "");
        fake_put_on_bus(f->fake, f->usb, "usb");
        assert_above(f, luks, "BAOMI_VERDICT=hold\nBAOMI_REASON=none\n");
        write_verdict(f, "7", "sda", 7, "verdict=admit\nreason=policy");
        assert_above(f, luks, "BAOMI_VERDICT=admit\nBAOMI_REASON=policy\n");
        assert_above(f, lvm, "BAOMI_VERDICT=admit\nBAOMI_REASON=policy\n");
        write_verdict(f, "7", "sda", 7, "verdict=refuse\nreason=drive-lost");
        assert_above(f, lvm, "BAOMI_VERDICT=refuse\nBAOMI_REASON=drive-lost\n");
        /* a node that cannot be made read-only waits */
        write_verdict(f, "7", "sda", 7, "verdict=read-only\nreason=policy");
        assert_above(f, lvm, "BAOMI_VERDICT=hold\nBAOMI_REASON=policy\n");
        /* the root file system is on it: never held */
        fake_link(f->fake, "sys/dev/block/253:1", "../../class/block/dm-1");
        fake_write(f->fake, "proc/self/mountinfo", "22 1 253:1 / / rw shared:1 - ext4 /dev/dm-1 rw\n");
        assert_above(f, lvm, "");
        fake_write(f->fake, "proc/self/mountinfo", "");
        /* a card reader on another bus is known by its tray alone */
        fake_put_on_bus(f->fake, f->usb, "pci");
        assert_above(f, lvm, "");
        fake_write(f->fake, removable, "1\n");
        assert_above(f, lvm, "BAOMI_VERDICT=hold\nBAOMI_REASON=policy\n");
}

#define SLOT "/devices/pci0000:00/0000:00:1c.0/0000:03:00.0"
#define ABOVE "/devices/virtual/nvme-subsystem/nvme-subsys0"

static int
run_fixed(Fixture *f, const char *devpath)
{
        g_autofree char *sysroot = g_strdup_printf("--sysroot=%s", f->fake->path);
        const char *argv[] = {g_getenv("GUARD_ASK"), sysroot, "fixed", devpath, NULL};
        int status;

        g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, 0, NULL, NULL, NULL, NULL, &status, NULL));
        g_assert_true(WIFEXITED(status));
        return WEXITSTATUS(status);
}

/* A disk above its controllers is as fixed as they are, unless the machine runs from it. */
static void
test_fixed(Fixture *f, gconstpointer data)
{
        (void)data;
        fake_write(f->fake, "sys" ABOVE "/nvme1n1/dev", "259:1\n");
        fake_link(f->fake, "sys/class/block/nvme1n1", "../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme1n1");
        g_assert_cmpint(run_fixed(f, ABOVE "/nvme1n1"), ==, 1); /* no controller is found */
        fake_write(f->fake, "sys" SLOT "/removable", "removable\n");
        fake_write(f->fake, "sys" SLOT "/nvme/nvme0/dev", "244:0\n");
        fake_link(f->fake, "sys" SLOT "/subsystem", "../../../../bus/pci");
        fake_link(f->fake, "sys" ABOVE "/nvme0", "../../../pci0000:00/0000:00:1c.0/0000:03:00.0/nvme/nvme0");
        g_assert_cmpint(run_fixed(f, ABOVE "/nvme1n1"), ==, 1);
        fake_link(f->fake, "sys/dev/block/259:1", "../../class/block/nvme1n1");
        fake_write(f->fake, "proc/self/mountinfo", "22 1 259:1 / / rw shared:1 - ext4 /dev/nvme1n1 rw\n");
        g_assert_cmpint(run_fixed(f, ABOVE "/nvme1n1"), ==, 0);
        fake_write(f->fake, "proc/self/mountinfo", "");
        g_assert_cmpint(run_fixed(f, ABOVE "/nvme1n1"), ==, 1);
        fake_write(f->fake, "sys" SLOT "/removable", "fixed\n");
        g_assert_cmpint(run_fixed(f, ABOVE "/nvme1n1"), ==, 0);
        g_assert_cmpint(run_fixed(f, f->disk), ==, 0); /* its bus is not said here */
        fake_put_on_bus(f->fake, f->usb, "usb");
        g_assert_cmpint(run_fixed(f, f->disk), ==, 1);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define CASE(name, seq, function)                                                                  \
        g_test_add("/usb/ask/" name, Fixture, GUINT_TO_POINTER(seq), setup, function, teardown)
        CASE("no-answer", 7, test_no_answer);
        CASE("verdict-file", 7, test_verdict_file);
        CASE("read-only-must-take", 7, test_read_only_must_take);
        CASE("wrong-files", 7, test_wrong_files);
        CASE("without-diskseq", 0, test_without_diskseq);
        CASE("system-disk", 7, test_system_disk);
        CASE("verdict-before-pin", 7, test_verdict_before_pin);
        CASE("layers", 7, test_layers);
        CASE("fixed", 7, test_fixed);
        CASE("guardd-answers", 7, test_guardd_answers);
        CASE("guardd-talks-nonsense", 7, test_guardd_talks_nonsense);
        CASE("guardd-is-silent", 7, test_guardd_is_silent);
#undef CASE
        return g_test_run();
}
