/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guardd and systemd say to each other, with the test as systemd.
 */
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "guardd/kernel-source.h"
#include "guardd/service.h"
#include "guardd/slim.h"
#include "guardd/watchdog.h"

#define PASSED 3

static void
expect_told(struct sockaddr_un *address, gsize length, const char *name)
{
        int sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        char text[64] = "";

        g_assert_cmpint(bind(sock, (const struct sockaddr *)address,
                             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)), ==, 0);
        g_assert_true(g_setenv("NOTIFY_SOCKET", name, TRUE));
        guard_service_tell("READY=1");
        g_assert_cmpint(recv(sock, text, sizeof text - 1, MSG_DONTWAIT), ==, 7);
        g_assert_cmpstr(text, ==, "READY=1");
        close(sock);
}

static void
test_tell(void)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        g_autofree char *folder = g_dir_make_tmp("service-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(folder, "notify", NULL);
        g_autofree char *name = g_strdup_printf("@baomi-guard-test-%d", getpid());

        g_unsetenv("NOTIFY_SOCKET");
        guard_service_tell("READY=1"); /* nobody to tell */
        g_strlcpy(address.sun_path, path, sizeof address.sun_path);
        expect_told(&address, strlen(path), path);
        memset(address.sun_path, 0, sizeof address.sun_path);
        memcpy(address.sun_path + 1, name + 1, strlen(name + 1));
        expect_told(&address, strlen(name), name);
        g_unlink(path);
        g_rmdir(folder);
}

static void
set_pid(const char *variable, pid_t pid)
{
        g_autofree char *text = g_strdup_printf("%d", pid);

        g_assert_true(g_setenv(variable, text, TRUE));
}

static guint told;

static void
tell(void)
{
        told++;
}

static gboolean
on_other(gpointer data)
{
        *(gboolean *)data = TRUE;
        return G_SOURCE_REMOVE;
}

/* It goes along with what wakes the loop, once it is early enough; without that it is due by itself. */
static void
test_watchdog_goes_along(void)
{
        gboolean woken = FALSE;
        guint id = guard_watchdog_start(40 * G_USEC_PER_SEC, tell); /* early: 10 s */

        told = 0;
        g_timeout_add(10, on_other, &woken);
        while (!woken)
                g_main_context_iteration(NULL, TRUE);
        g_assert_cmpuint(told, ==, 0);
        g_source_remove(id);

        woken = FALSE;
        id = guard_watchdog_start(400000, tell); /* early: 0.1 s; by itself: 0.2 s */
        g_timeout_add(101, on_other, &woken);
        while (!woken)
                g_main_context_iteration(NULL, TRUE);
        g_assert_cmpuint(told, ==, 1);
        while (told < 2)
                g_main_context_iteration(NULL, TRUE);
        g_source_remove(id);
}

static void
test_watchdog(void)
{
        g_unsetenv("WATCHDOG_USEC");
        set_pid("WATCHDOG_PID", getpid());
        g_assert_cmpuint(guard_service_watchdog_us(), ==, 0);
        g_assert_true(g_setenv("WATCHDOG_USEC", "20000000", TRUE));
        g_assert_cmpuint(guard_service_watchdog_us(), ==, 20000000);
        set_pid("WATCHDOG_PID", getppid());
        g_assert_cmpuint(guard_service_watchdog_us(), ==, 0);
}

static int
netlink_of(guint32 group)
{
        struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = group};
        int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

        g_assert_cmpint(bind(fd, (const struct sockaddr *)&address, sizeof address), ==, 0);
        return fd;
}

static void
test_passed(void)
{
        int udev = netlink_of(2), kernel = netlink_of(1), other = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        int kept = dup(PASSED), next = dup(PASSED + 1);

        g_unsetenv("LISTEN_FDS");
        set_pid("LISTEN_PID", getpid());
        g_assert_cmpint(dup2(udev, PASSED), ==, PASSED);
        g_assert_cmpint(dup2(kernel, PASSED + 1), ==, PASSED + 1);
        g_assert_cmpint(guard_service_passed_netlink(2), ==, 0);
        g_assert_true(g_setenv("LISTEN_FDS", "1", TRUE));
        g_assert_cmpint(guard_service_passed_netlink(2), ==, PASSED);
        g_assert_cmpint(guard_service_passed_netlink(1), ==, 0);
        g_assert_true(g_setenv("LISTEN_FDS", "2", TRUE));
        g_assert_cmpint(guard_service_passed_netlink(1), ==, PASSED + 1);
        g_assert_cmpint(fcntl(PASSED, F_GETFD), ==, FD_CLOEXEC);
        g_assert_cmpint(fcntl(PASSED + 1, F_GETFD), ==, FD_CLOEXEC);
        set_pid("LISTEN_PID", getppid());
        g_assert_cmpint(guard_service_passed_netlink(2), ==, 0);
        set_pid("LISTEN_PID", getpid());
        g_assert_cmpint(dup2(other, PASSED), ==, PASSED);
        g_assert_cmpint(guard_service_passed_netlink(2), ==, 0);
        if (kept >= 0)
                g_assert_cmpint(dup2(kept, PASSED), ==, PASSED);
        if (next >= 0)
                g_assert_cmpint(dup2(next, PASSED + 1), ==, PASSED + 1);
}

#define DISK "add@/devices/1-2/block/sda\0DEVPATH=/devices/1-2/block/sda\0SUBSYSTEM=block\0"
#define STICK "add@/devices/pci0/usb1/1-2\0ACTION=add\0DEVPATH=/devices/pci0/usb1/1-2\0"

static const struct {
        const char *name, *message;
        gsize length;
        guint32 pid, groups;
        const char *syspath;
        gboolean is_disk;
} MESSAGES[] = {
#define MESSAGE(name, text, pid, groups, path) {name, text, sizeof text, pid, groups, path, FALSE}
        MESSAGE("a device", STICK "SUBSYSTEM=usb\0DEVTYPE=usb_device", 0, 1, "/sys/devices/pci0/usb1/1-2"),
        MESSAGE("of a process", STICK "SUBSYSTEM=usb\0DEVTYPE=usb_device", 4711, 1, NULL),
        MESSAGE("to another group", STICK "SUBSYSTEM=usb\0DEVTYPE=usb_device", 0, 2, NULL),
        MESSAGE("to this socket alone", STICK "SUBSYSTEM=usb\0DEVTYPE=usb_device", 0, 0, NULL),
        MESSAGE("an interface", STICK "SUBSYSTEM=usb\0DEVTYPE=usb_interface", 0, 1, NULL),
        MESSAGE("a device of another subsystem", STICK "SUBSYSTEM=block\0DEVTYPE=usb_device", 0, 1, NULL),
        MESSAGE("going", "remove@/devices/1-2\0DEVPATH=/devices/1-2\0SUBSYSTEM=usb\0DEVTYPE=usb_device", 0, 1, NULL),
        MESSAGE("climbing", "add@/devices/1\0DEVPATH=/devices/../etc\0SUBSYSTEM=usb\0DEVTYPE=usb_device", 0, 1, NULL),
        MESSAGE("elsewhere", "add@/etc\0DEVPATH=/etc\0SUBSYSTEM=usb\0DEVTYPE=usb_device", 0, 1, NULL),
        MESSAGE("pathless", "add@/devices/1-2\0SUBSYSTEM=usb\0DEVTYPE=usb_device", 0, 1, NULL),
        {"a disk", DISK "DEVTYPE=disk", sizeof(DISK "DEVTYPE=disk"), 0, 1, "/sys/devices/1-2/block/sda", TRUE},
        MESSAGE("a partition", DISK "DEVTYPE=partition", 0, 1, NULL),
        {"empty", "", 0, 0, 1, NULL, FALSE},
        {"cut off", STICK "SUBSYSTEM=usb\0DEVTYPE=usb_device", sizeof(STICK "SUBSYSTEM=usb\0DEVTYPE=usb_device") - 1, 0, 1, NULL, FALSE},
};

static void
test_kernel_messages(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(MESSAGES); i++) {
                const struct sockaddr_nl from = {.nl_family = AF_NETLINK,
                                                 .nl_pid = MESSAGES[i].pid,
                                                 .nl_groups = MESSAGES[i].groups};
                gsize length = MESSAGES[i].length;
                g_autofree char *message = g_malloc(MAX(length, 1)); /* the sanitizer watches its end */
                g_autofree char *syspath = NULL;
                gboolean is_disk = FALSE;

                g_test_message("%s", MESSAGES[i].name);
                memcpy(message, MESSAGES[i].message, length);
                syspath = guard_kernel_message_added(&from, message, length, &is_disk);
                g_assert_cmpstr(syspath, ==, MESSAGES[i].syspath);
                if (syspath)
                        g_assert_cmpint(is_disk, ==, MESSAGES[i].is_disk);
        }
}

static void
count_added(const char *syspath G_GNUC_UNUSED, gboolean is_disk G_GNUC_UNUSED, gpointer data)
{
        ++*(guint *)data;
}

/* A root that is not the kernel has an address. */
static void
test_kernel_source_hears_no_process(void)
{
        static const char message[] = STICK "SUBSYSTEM=usb\0DEVTYPE=usb_device";
        int heard = netlink_of(1), forger = netlink_of(0);
        struct sockaddr_nl to = {.nl_family = AF_NETLINK};
        socklen_t size = sizeof to;
        guint n = 0;
        g_autoptr(GuardKernelSource) source = guard_kernel_source_new(heard, count_added, &n);

        g_assert_cmpint(getsockname(heard, (struct sockaddr *)&to, &size), ==, 0);
        to.nl_groups = 0;
        if (sendto(forger, message, sizeof message, 0, (struct sockaddr *)&to, sizeof to) < 0) {
                g_test_skip("only a privileged process can try to forge the kernel's word");
        } else {
                while (g_main_context_iteration(NULL, FALSE))
                        ;
                g_assert_cmpint(recv(heard, &(char){0}, 1, MSG_DONTWAIT), <, 0); /* it was taken */
                g_assert_cmpuint(n, ==, 0);
        }
        close(forger);
        g_clear_pointer(&source, guard_kernel_source_free);
        close(heard);
}

static gsize
shared_pages(void)
{
        g_autofree char *text = NULL;
        g_auto(GStrv) fields = NULL;

        g_assert_true(g_file_get_contents("/proc/self/statm", &text, NULL, NULL));
        fields = g_strsplit(text, " ", 4);
        return (gsize)g_ascii_strtoull(fields[2], NULL, 10);
}

/* Less is mapped, and everything still works: relocations and data are where they were. */
static void
test_slim(void)
{
        gsize before = shared_pages(), after;
        g_autoptr(GObject) object = NULL;
        g_autofree char *text = NULL;

        guard_slim();
        after = shared_pages();
        g_assert_cmpuint(after, <, before);
        object = g_object_new(G_TYPE_OBJECT, NULL);
        text = g_strdup_printf("%s %d %.1f", G_OBJECT_TYPE_NAME(object), 7, 0.5);
        g_assert_cmpstr(text, ==, "GObject 7 0.5");
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/service/watchdog-goes-along", test_watchdog_goes_along);
        g_test_add_func("/service/tell", test_tell);
        g_test_add_func("/service/watchdog", test_watchdog);
        g_test_add_func("/service/passed", test_passed);
        g_test_add_func("/service/kernel-messages", test_kernel_messages);
        g_test_add_func("/service/kernel-source-hears-no-process", test_kernel_source_hears_no_process);
        g_test_add_func("/service/slim", test_slim);
        return g_test_run();
}
