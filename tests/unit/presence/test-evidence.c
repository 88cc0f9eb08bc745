/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whose lockers count, on a /proc of the test's own.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "guardd/presence/evidence.h"

static char *root;

static void
put(const char *path, const char *text)
{
        g_autofree char *full = g_strconcat(root, path, NULL);
        g_autofree char *folder = g_path_get_dirname(full);

        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        g_assert_true(g_file_set_contents(full, text, -1, NULL));
}

static void
link_to(const char *path, const char *target)
{
        g_autofree char *full = g_strconcat(root, path, NULL);
        g_autofree char *folder = g_path_get_dirname(full);

        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        (void)unlink(full);
        g_assert_cmpint(symlink(target, full), ==, 0);
}

static void
run(int pid, const char *program, guint uid)
{
        g_autofree char *status = g_strdup_printf("/proc/%d/status", pid);
        g_autofree char *exe = g_strdup_printf("/proc/%d/exe", pid);
        g_autofree char *ids = g_strdup_printf("Name:\tx\nUid:\t%u\t%u\t%u\t%u\n", uid, uid, uid, uid);
        g_autofree char *target = g_strconcat(root, program, NULL);

        put(status, ids);
        link_to(exe, target);
}

static void
test_lockers(void)
{
        g_autoptr(GArray) found = NULL;
        g_autofree char *loose = NULL;
        guint trusted = 0;

        link_to("/usr/bin/light-locker", "/bin/true"); /* root's */
        put("/usr/bin/i3lock", "anybody may write to it");
        loose = g_strconcat(root, "/usr/bin/i3lock", NULL);
        g_assert_cmpint(chmod(loose, 0777), ==, 0);
        put("/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope/cgroup.procs", "11\n12\n13\n14\n");
        put("/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/x.service/cgroup.procs",
            "");
        put("/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/cgroup.procs", "15\n");
        run(11, "/usr/bin/light-locker", 1000);
        run(12, "/usr/bin/light-locker", 1001); /* another person's */
        run(13, "/usr/bin/i3lock", 1000);
        run(14, "/usr/bin/xterm", 1000);
        run(15, "/usr/bin/light-locker", 1000);
        found = guard_evidence_lockers(root, 1000, "2", "session-2.scope", NULL);
        g_assert_cmpuint(found->len, ==, 4);
        for (guint i = 0; i < found->len; i++) {
                const GuardLockerFound *one = &g_array_index(found, GuardLockerFound, i);

                g_assert_cmpint(one->trusted, ==, one->pid == 11 || one->pid == 15);
                trusted += one->trusted ? 1 : 0;
        }
        g_assert_cmpuint(trusted, ==, 2);
}

/* A file of root's that was given a locker's name in a mount namespace is not the one that has it here. */
static void
test_borrowed_name(void)
{
        g_autoptr(GArray) found = NULL;
        g_autofree char *deep = g_strconcat(root, "/elsewhere", NULL);

        put("/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope/cgroup.procs", "21\n");
        put("/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/cgroup.procs", "");
        run(21, "/usr/bin/light-locker", 1000);
        link_to("/usr/bin/light-locker", "/bin/true");
        found = guard_evidence_lockers(root, 1000, "2", "session-2.scope", NULL);
        g_assert_true(g_array_index(found, GuardLockerFound, 0).trusted);
        g_array_set_size(found, 0);
        link_to("/usr/bin/light-locker", deep);
        g_array_unref(found);
        found = guard_evidence_lockers(root, 1000, "2", "session-2.scope", NULL);
        g_assert_cmpuint(found->len, ==, 1);
        g_assert_false(g_array_index(found, GuardLockerFound, 0).trusted);
}

static void
test_physlock(void)
{
        gboolean front = TRUE;

        g_assert_false(guard_evidence_physlock(root, "2", &front));
        g_assert_false(front);
        put("/sys/class/tty/tty0/active", "tty9\n");
        put("/sys/fs/cgroup/system.slice/baomi-guard-physlock@2.service/cgroup.procs", "31\n");
        run(31, GUARD_PHYSLOCK_PROGRAM, 0);
        link_to("/proc/31/fd/3", "/dev/tty9");
        g_assert_true(guard_evidence_physlock(root, "2", &front));
        g_assert_true(front);
        put("/sys/class/tty/tty0/active", "tty7\n");
        g_assert_true(guard_evidence_physlock(root, "2", &front));
        g_assert_false(front);
        g_assert_false(guard_evidence_physlock(root, "3", &front)); /* another session's */
}

static void
test_display(void)
{
        g_auto(GStrv) found = NULL;

        put("/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope/cgroup.procs", "41\n42\n");
        run(41, "/usr/bin/bash", 1000);
        put("/proc/41/environ", "");
        g_assert_null(guard_evidence_display(root, 1000, "session-2.scope"));
        run(42, "/usr/bin/xfwm4", 1000);
        put("/proc/42/environ", "DISPLAY=:0");
        found = guard_evidence_display(root, 1000, "session-2.scope");
        g_assert_nonnull(found);
        g_assert_cmpstr(found[0], ==, "DISPLAY=:0");
        g_assert_null(found[1]);
        /* A session whose programs are units of the user's own systemd. */
        put("/proc/42/environ", "");
        put("/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/cgroup.procs", "");
        put("/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/shell.service/cgroup.procs", "43\n");
        run(43, "/usr/bin/gnome-shell", 1000);
        put("/proc/43/environ", "WAYLAND_DISPLAY=wayland-0");
        g_clear_pointer(&found, g_strfreev);
        found = guard_evidence_display(root, 1000, "session-2.scope");
        g_assert_nonnull(found);
        g_assert_cmpstr(found[0], ==, "WAYLAND_DISPLAY=wayland-0");
}

int
main(int argc, char **argv)
{
        g_autofree char *command = NULL;
        int status;

        g_test_init(&argc, &argv, NULL);
        root = g_dir_make_tmp("guard-evidence-XXXXXX", NULL);
        g_test_add_func("/presence/evidence/lockers", test_lockers);
        g_test_add_func("/presence/evidence/borrowed-name", test_borrowed_name);
        g_test_add_func("/presence/evidence/physlock", test_physlock);
        g_test_add_func("/presence/evidence/display", test_display);
        status = g_test_run();
        command = g_strdup_printf("rm -rf '%s'", root);
        g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
        g_free(root);
        return status;
}
