/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-shield: loads the kernel's programs, tells them of every device that is there, and leaves them pinned, the door
 * at the root of all control groups. They are in force from then on, whoever else ends.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <bpf/libbpf.h>
#include "shield.skel.h"
#include "udev/ask/shield.h"
#include "udev/hold/files.h"

/* The number of a driver's devices, 0: it has none. @section: "Character" or "Block". */
static unsigned
major_of(const char *section, const char *driver)
{
        FILE *file = fopen("/proc/devices", "re");
        char line[128], name[64];
        bool here = false;
        unsigned found = 0, number;

        while (file && fgets(line, sizeof line, file)) {
                if (strstr(line, " devices:"))
                        here = strncmp(line, section, strlen(section)) == 0;
                else if (here && sscanf(line, "%u %63s", &number, name) == 2 && strcmp(name, driver) == 0)
                        found = number;
        }
        if (file)
                fclose(file);
        return found;
}

/* What is there already, by class. */
static bool
tell_class(int map, int root, const char *class, bool is_char)
{
        char folder[128], link[PATH_MAX], real[PATH_MAX], dev[32];
        DIR *dir;
        struct dirent *entry;
        bool told = true;

        hold_format(folder, sizeof folder, "/sys/class/%s", class);
        dir = opendir(folder);
        while (dir && (entry = readdir(dir)) != NULL) {
                unsigned major, minor;
                struct ask_target target;

                if (entry->d_name[0] == '.' || !hold_format(link, sizeof link, "sys/class/%s/%s", class, entry->d_name) ||
                    !hold_real_path(root, link, real, sizeof real) || !hold_format(link, sizeof link, "%s/dev", real) ||
                    !hold_read_line(root, link, dev, sizeof dev) || sscanf(dev, "%u:%u", &major, &minor) != 2)
                        continue;
                told = hold_shield_set(map, major, minor, is_char,
                                       ask_shield_access(root, real + strlen("sys"), NULL, &target), 0) &&
                       told;
        }
        if (dir)
                closedir(dir);
        return told;
}

static int
fail(const char *what)
{
        fprintf(stderr, "guard-shield: %s: %s\n", what, strerror(errno));
        return 1;
}

/* The root of the unified hierarchy, where every process is in whatever else is used; -1: there is none. */
static int
open_all_groups(void)
{
        static const char *const folders[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};

        for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
                int fd = open(folders[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                struct statfs about;

                if (fd >= 0 && fstatfs(fd, &about) == 0 && about.f_type == CGROUP2_SUPER_MAGIC)
                        return fd;
                if (fd >= 0)
                        close(fd);
        }
        errno = ENOENT;
        return -1;
}

/* The map is found by its pin: first of all, so that no event of udev's is missed meanwhile; the link last. */
static int
load(struct shield *shield, int root)
{
        int map = bpf_map__fd(shield->maps.allowed), groups = open_all_groups();

        if (groups < 0)
                return fail("there is no unified hierarchy of control groups (cgroup2) in /sys/fs/cgroup");

        if (mkdir(SHIELD_FOLDER, 0700) < 0 && errno != EEXIST)
                return fail(SHIELD_FOLDER);
        if (bpf_map__pin(shield->maps.allowed, SHIELD_MAP) < 0)
                return fail(SHIELD_MAP);
        if (!tell_class(map, root, "block", false) || !tell_class(map, root, "scsi_generic", true) ||
            !tell_class(map, root, "bsg", true) || !tell_class(map, root, "nvme", true) || !tell_class(map, root, "nvme-generic", true))
                return fail("cannot tell the shield of the devices that are there");
        shield->links.shield_door = bpf_program__attach_cgroup(shield->progs.shield_door, groups);
        close(groups);
        if (!shield->links.shield_door || shield__attach(shield) < 0)
                return fail("the kernel does not take it");
        if (bpf_map__pin(shield->maps.refused, SHIELD_REFUSED) < 0 ||
            bpf_link__pin(shield->links.shield_ioctl, SHIELD_FOLDER "/ioctl") < 0 ||
            (shield->links.shield_ioctl_compat &&
             bpf_link__pin(shield->links.shield_ioctl_compat, SHIELD_FOLDER "/ioctl-compat") < 0) ||
            bpf_link__pin(shield->links.shield_door, SHIELD_DOOR) < 0)
                return fail("cannot keep it in " SHIELD_FOLDER);
        return 0;
}

static void
take_back(void)
{
        static const char *const pins[] = {SHIELD_DOOR, SHIELD_FOLDER "/ioctl-compat", SHIELD_FOLDER "/ioctl",
                                           SHIELD_FOLDER "/open", SHIELD_FOLDER "/mount", /* of earlier versions, with another map */
                                           SHIELD_REFUSED, SHIELD_MAP, SHIELD_FOLDER};

        for (size_t i = 0; i < sizeof pins / sizeof pins[0]; i++)
                (void)remove(pins[i]);
}

int
main(int argc, char **argv)
{
        struct shield *shield;
        int root, status;

        (void)argv;
        if (argc != 1) {
                fprintf(stderr, "usage: guard-shield (run by baomi-guard-shield.service)\n");
                return 2;
        }
        if (access(SHIELD_DOOR, F_OK) == 0)
                return 0; /* in force already */
        root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        shield = shield__open();
        if (root < 0 || !shield)
                return fail("cannot begin");
        shield->rodata->bsg_major = major_of("Character", "bsg");
        shield->rodata->nvme_major = major_of("Character", "nvme");
        shield->rodata->nvme_generic_major = major_of("Character", "nvme-generic");
        shield->rodata->zram_major = major_of("Block", "zram");
        bpf_program__set_autoload(shield->progs.shield_ioctl_compat, libbpf_find_vmlinux_btf_id("file_ioctl_compat", BPF_LSM_MAC) > 0);
        if (shield__load(shield) < 0)
                return fail("the kernel refuses the programs (it may have no type information, or be older than 5.18)");
        take_back(); /* of a run that was cut off */
        status = load(shield, root);
        if (status != 0)
                take_back();
        shield__destroy(shield);
        return status;
}
