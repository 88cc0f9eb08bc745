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
#include "guardd/service.h"
#include "guardd/slim.h"

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

static void
test_passed(void)
{
        int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
        int other = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), kept = dup(PASSED);

        g_unsetenv("LISTEN_FDS");
        set_pid("LISTEN_PID", getpid());
        g_assert_cmpint(dup2(netlink, PASSED), ==, PASSED);
        g_assert_cmpint(guard_service_passed_netlink(), ==, 0);
        g_assert_true(g_setenv("LISTEN_FDS", "1", TRUE));
        g_assert_cmpint(guard_service_passed_netlink(), ==, PASSED);
        g_assert_cmpint(fcntl(PASSED, F_GETFD), ==, FD_CLOEXEC);
        set_pid("LISTEN_PID", getppid());
        g_assert_cmpint(guard_service_passed_netlink(), ==, 0);
        set_pid("LISTEN_PID", getpid());
        g_assert_cmpint(dup2(other, PASSED), ==, PASSED);
        g_assert_cmpint(guard_service_passed_netlink(), ==, 0);
        if (kept >= 0)
                g_assert_cmpint(dup2(kept, PASSED), ==, PASSED);
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
        g_test_add_func("/service/tell", test_tell);
        g_test_add_func("/service/watchdog", test_watchdog);
        g_test_add_func("/service/passed", test_passed);
        g_test_add_func("/service/slim", test_slim);
        return g_test_run();
}
