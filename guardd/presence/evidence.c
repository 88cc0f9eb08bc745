/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Processes by control group, executables by inode. A path alone proves nothing: in a mount namespace
 * of his own a user can give any file any name.
 */
#include "guardd/presence/evidence.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "guardd/as-user.h"

/* Unified, and the two places of the older hierarchies. */
static const char *const cgroup_roots[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
                                           "/sys/fs/cgroup/systemd"};
#define MAX_DEPTH 8
#define DELETED " (deleted)"

typedef void (*Visit)(const char *root, gint pid, gpointer data);

static void
visit_processes(const char *root, const char *folder, Visit visit, gpointer data, guint depth)
{
        g_autofree char *file = g_build_filename(folder, "cgroup.procs", NULL);
        g_autofree char *text = NULL;
        g_autoptr(GDir) dir = NULL;
        const char *name;

        if (!g_file_get_contents(file, &text, NULL, NULL))
                return;
        for (char *line = text, *end; *line != '\0'; line = end + (*end != '\0')) {
                gint pid = (gint)strtol(line, &end, 10);

                if (pid > 0)
                        visit(root, pid, data);
                while (*end != '\0' && *end != '\n')
                        end++;
        }
        dir = depth < MAX_DEPTH ? g_dir_open(folder, 0, NULL) : NULL;
        while (dir && (name = g_dir_read_name(dir)) != NULL) {
                g_autofree char *below = g_build_filename(folder, name, NULL);

                if (g_file_test(below, G_FILE_TEST_IS_DIR))
                        visit_processes(root, below, visit, data, depth + 1);
        }
}

static void
visit_group(const char *root, const char *group, Visit visit, gpointer data)
{
        for (gsize i = 0; i < G_N_ELEMENTS(cgroup_roots); i++) {
                g_autofree char *folder =
                        g_build_filename(root, "/", cgroup_roots[i], group, NULL);

                visit_processes(root, folder, visit, data, 0);
        }
}

static char *
proc_path(const char *root, gint pid, const char *name)
{
        return g_strdup_printf("%s/proc/%d/%s", root, pid, name);
}

/* The executable's path, without the mark of one that an upgrade has replaced. */
static char *
executable(const char *root, gint pid, gboolean *deleted)
{
        g_autofree char *link = proc_path(root, pid, "exe");
        char *path = g_file_read_link(link, NULL);

        if (path && *root != '\0' && g_str_has_prefix(path, root))
                memmove(path, path + strlen(root), strlen(path) - strlen(root) + 1);
        *deleted = path && g_str_has_suffix(path, DELETED);
        if (*deleted)
                path[strlen(path) - strlen(DELETED)] = '\0';
        return path;
}

static gboolean
only_roots(const struct stat *file)
{
        return file->st_uid == 0 && (file->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* The file that runs is root's, and it is the one that has this name here. An upgrade leaves the old
 * one running: then at least its file system must be that of the new. */
static gboolean
is_trusted_file(const char *root, gint pid, const char *path, gboolean deleted)
{
        g_autofree char *link = proc_path(root, pid, "exe");
        g_autofree char *here = g_strconcat(root, path, NULL);
        struct stat runs, named;

        if (stat(here, &named) != 0 || !only_roots(&named))
                return FALSE;
        if (stat(link, &runs) != 0 || !only_roots(&runs) || runs.st_dev != named.st_dev)
                return FALSE;
        return deleted || runs.st_ino == named.st_ino;
}

static gboolean
belongs_to(const char *root, gint pid, guint32 uid)
{
        g_autofree char *file = proc_path(root, pid, "status");
        g_autofree char *text = NULL;
        const char *line;
        guint32 real, effective;

        if (!g_file_get_contents(file, &text, NULL, NULL))
                return FALSE;
        line = strstr(text, "\nUid:");
        return line && sscanf(line, "\nUid: %u %u", &real, &effective) == 2 && real == uid &&
               effective == uid;
}

typedef struct {
        GArray *found;
        guint32 uid;
        char *const *more;
} Search;

static void
look_at(const char *root, gint pid, gpointer data)
{
        Search *search = data;
        gboolean deleted;
        g_autofree char *path = executable(root, pid, &deleted);
        const GuardLocker *locker = path ? guard_locker_find(path, search->more) : NULL;
        GuardLockerFound one;

        if (!locker)
                return;
        one = (GuardLockerFound){locker, pid,
                                 belongs_to(root, pid, search->uid) &&
                                         is_trusted_file(root, pid, path, deleted)};
        g_array_append_val(search->found, one);
}

GArray *
guard_evidence_lockers(const char *root, guint32 uid, const char *id, const char *scope,
                       char *const *more)
{
        g_autofree char *own = g_strdup_printf("/user.slice/user-%u.slice/%s", uid, scope);
        g_autofree char *manager =
                g_strdup_printf("/user.slice/user-%u.slice/user@%u.service", uid, uid);
        g_autofree char *ours = g_strdup_printf("/system.slice/" GUARD_LOCKER_UNIT, id);
        Search search = {g_array_new(FALSE, FALSE, sizeof(GuardLockerFound)), uid, more};

        if (scope && *scope != '\0')
                visit_group(root, own, look_at, &search);
        visit_group(root, manager, look_at, &search);
        visit_group(root, ours, look_at, &search);
        return search.found;
}

typedef struct {
        const char *front; /* "/dev/tty9" */
        gboolean runs, is_front;
} Physlock;

static gboolean
holds(const char *root, gint pid, const char *device)
{
        g_autofree char *folder = proc_path(root, pid, "fd");
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir)) != NULL) {
                g_autofree char *link = g_build_filename(folder, name, NULL);
                g_autofree char *target = g_file_read_link(link, NULL);

                if (g_strcmp0(target, device) == 0)
                        return TRUE;
        }
        return FALSE;
}

static void
look_at_physlock(const char *root, gint pid, gpointer data)
{
        Physlock *physlock = data;
        gboolean deleted;
        g_autofree char *path = executable(root, pid, &deleted);

        if (g_strcmp0(path, GUARD_PHYSLOCK_PROGRAM) != 0)
                return;
        physlock->runs = TRUE;
        physlock->is_front |= physlock->front && holds(root, pid, physlock->front);
}

gboolean
guard_evidence_physlock(const char *root, const char *id, gboolean *front)
{
        g_autofree char *file = g_strconcat(root, "/sys/class/tty/tty0/active", NULL);
        g_autofree char *tty = NULL;
        g_autofree char *device = NULL;
        g_autofree char *unit = g_strdup_printf("/system.slice/" GUARD_PHYSLOCK_UNIT, id);
        Physlock physlock = {NULL, FALSE, FALSE};

        if (g_file_get_contents(file, &tty, NULL, NULL))
                device = g_strconcat("/dev/", g_strstrip(tty), NULL);
        physlock.front = device;
        visit_group(root, unit, look_at_physlock, &physlock);
        *front = physlock.is_front;
        return physlock.runs;
}

const GuardLocker *
guard_evidence_startable(const char *root)
{
        for (const GuardLocker *locker = guard_lockers; locker->path; locker++) {
                g_autofree char *path =
                        locker->start ? g_strconcat(root, locker->start, NULL) : NULL;

                if (path && g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
                        return locker;
        }
        return NULL;
}

static const char *const display_names[] = {"DISPLAY=", "XAUTHORITY=", "WAYLAND_DISPLAY=",
                                            "XDG_RUNTIME_DIR=", "DBUS_SESSION_BUS_ADDRESS=",
                                            "XDG_SESSION_ID=", "LANG=", "HOME="};

typedef struct {
        guint32 uid;
        GPtrArray *found;
} Display;

/* A user's environment is theirs to read, not ours. */
static gboolean
read_as(guint32 uid, const char *file, char **text, gsize *size)
{
        int fd = guard_open_as(uid, file, O_RDONLY);
        g_autoptr(GIOChannel) channel = fd >= 0 ? g_io_channel_unix_new(fd) : NULL;

        if (!channel)
                return FALSE;
        g_io_channel_set_close_on_unref(channel, TRUE);
        return g_io_channel_set_encoding(channel, NULL, NULL) == G_IO_STATUS_NORMAL &&
               g_io_channel_read_to_end(channel, text, size, NULL) == G_IO_STATUS_NORMAL;
}

static void
look_for_display(const char *root, gint pid, gpointer data)
{
        Display *display = data;
        g_autofree char *file = proc_path(root, pid, "environ");
        g_autofree char *text = NULL;
        gboolean shows = FALSE;
        gsize size;

        if (display->found->len > 0 || !belongs_to(root, pid, display->uid) ||
            !read_as(display->uid, file, &text, &size))
                return;
        for (const char *p = text; p < text + size; p += strlen(p) + 1)
                shows |= g_str_has_prefix(p, "DISPLAY=") || g_str_has_prefix(p, "WAYLAND_DISPLAY=");
        for (const char *p = text; shows && p < text + size; p += strlen(p) + 1)
                for (gsize i = 0; i < G_N_ELEMENTS(display_names); i++)
                        if (g_str_has_prefix(p, display_names[i]) && g_utf8_validate(p, -1, NULL))
                                g_ptr_array_add(display->found, g_strdup(p));
}

char **
guard_evidence_display(const char *root, guint32 uid, const char *scope)
{
        g_autofree char *own = g_strdup_printf("/user.slice/user-%u.slice/%s", uid, scope);
        g_autofree char *manager =
                g_strdup_printf("/user.slice/user-%u.slice/user@%u.service", uid, uid);
        Display display = {uid, g_ptr_array_new()};

        visit_group(root, own, look_for_display, &display);
        /* On some desktops everything is a unit of the user's own systemd. */
        if (display.found->len == 0)
                visit_group(root, manager, look_for_display, &display);
        if (display.found->len == 0) {
                g_ptr_array_unref(display.found);
                return NULL;
        }
        g_ptr_array_add(display.found, NULL);
        return (char **)g_ptr_array_free(display.found, FALSE);
}
