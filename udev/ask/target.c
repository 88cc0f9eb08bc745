/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Resolves an event's device path to its disk.
 */
#include "udev/ask/target.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "udev/hold/carrier.h"
#include "udev/hold/nvme.h"

static bool
read_dev(int folder, unsigned *major, unsigned *minor)
{
        char text[32];

        return hold_read_line(folder, "dev", text, sizeof text) &&
               sscanf(text, "%u:%u", major, minor) == 2;
}

static int
open_sys(int root, const char *path)
{
        char full[PATH_MAX];

        if (!hold_format(full, sizeof full, "sys%s", path))
                return -1;
        return openat(root, full, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The disk of the same SCSI device: "…/2:0:0:0/scsi_generic/sg1" -> "…/2:0:0:0/block/sda". */
static bool
sibling_disk(int root, const char *path, char *disk, size_t size)
{
        char folder_path[PATH_MAX], real[PATH_MAX];
        struct dirent *entry;
        bool found = false;
        DIR *folder;

        if (!hold_format(folder_path, sizeof folder_path, "sys%s/device/block", path) ||
            !hold_real_path(root, folder_path, real, sizeof real) || strncmp(real, "sys/", 4) != 0)
                return false;
        folder = hold_open_folder(root, real);
        if (!folder)
                return false;
        while (!found && (entry = readdir(folder)))
                found = entry->d_name[0] != '.' &&
                        hold_format(disk, size, "%s/%s", real + 3, entry->d_name);
        closedir(folder);
        return found;
}

static bool
read_disk(int root, struct ask_target *out)
{
        int folder = open_sys(root, out->path);
        char text[32];
        struct stat st;
        bool ok;

        if (folder < 0)
                return false;
        ok = read_dev(folder, &out->major, &out->minor) && fstat(folder, &st) == 0;
        if (ok) {
                out->inode = st.st_ino;
                out->diskseq = 0;
                if (hold_read_line(folder, "diskseq", text, sizeof text))
                        out->diskseq = strtoull(text, NULL, 10);
        }
        close(folder);
        return ok;
}

bool
ask_is_raw_node(const char *devpath)
{
        return strstr(devpath, "/scsi_generic/") || strstr(devpath, "/bsg/") || strstr(devpath, "/scsi_tape/") ||
               hold_nvme_is_raw(devpath);
}

bool
ask_target_find(int root, const char *devpath, struct ask_target *out)
{
        char path[PATH_MAX];
        const char *parent;
        int folder;
        bool ok;

        memset(out, 0, sizeof *out);
        if (!hold_format(path, sizeof path, "/%s", hold_rel(devpath)))
                return false;
        folder = open_sys(root, path);
        if (folder < 0)
                return false;
        ok = read_dev(folder, &out->node_major, &out->node_minor);
        close(folder);
        if (!ok)
                return false;
        out->node_is_block = !ask_is_raw_node(path);
        ok = out->node_is_block ? hold_disk_of(root, path, out->path, sizeof out->path)
                                : hold_nvme_disk_of(path, out->path, sizeof out->path) ||
                                          sibling_disk(root, path, out->path, sizeof out->path);
        if (!ok)
                return false;
        parent = strrchr(out->path, '/');
        return hold_format(out->name, sizeof out->name, "%.250s", parent + 1) &&
               read_disk(root, out);
}
