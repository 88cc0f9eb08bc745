/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From names in mountinfo, swaps, fstab, crypttab and the command line to disks, and the pins file.
 * Names are resolved through links, never by opening a device.
 */
#include "udev/hold/pins-scan.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "udev/hold/carrier.h"
#include "udev/hold/tables.h"

#define DEPTH_MAX 8 /* dm on md on loop …: deeper than any real stack */

struct scan {
        int root;
        const char *use;
        struct hold_system_disks *out;
        bool hit;
};

static void add_block(struct scan *scan, const char *name, unsigned depth);

static void
add_disk(struct scan *scan, const char *name)
{
        struct hold_system_disks *out = scan->out;
        size_t i = 0, used;

        scan->hit = true;
        while (i < out->n && strcmp(out->list[i].name, name) != 0)
                i++;
        if (i == HOLD_DISKS_MAX)
                return;
        if (i == out->n) {
                hold_format(out->list[i].name, HOLD_DISK_NAME_MAX, "%s", name);
                out->list[i].uses[0] = '\0';
                out->n++;
        }
        if (strstr(out->list[i].uses, scan->use))
                return;
        used = strlen(out->list[i].uses);
        hold_format(out->list[i].uses + used, sizeof out->list[i].uses - used, "%s%s",
                    used ? "," : "", scan->use);
}

/* Every entry of a folder of block devices: `slaves` of dm and md, `devices` of btrfs. */
static bool
add_folder(struct scan *scan, const char *path, unsigned depth)
{
        DIR *folder = hold_open_folder(scan->root, path);
        struct dirent *entry;
        bool any = false;

        if (!folder)
                return false;
        while ((entry = readdir(folder))) {
                if (entry->d_name[0] == '.')
                        continue;
                add_block(scan, entry->d_name, depth + 1);
                any = true;
        }
        closedir(folder);
        return any;
}

/* By number, as mountinfo and stat() tell it. */
static void
add_number(struct scan *scan, unsigned major, unsigned minor, unsigned depth)
{
        char path[64], real[PATH_MAX];
        const char *slash;

        hold_format(path, sizeof path, "sys/dev/block/%u:%u", major, minor);
        if (!hold_real_path(scan->root, path, real, sizeof real))
                return;
        slash = strrchr(real, '/');
        if (slash)
                add_block(scan, slash + 1, depth);
}

/* The disk that an ordinary file lives on: a loop device's or a swap file's. */
static void
add_file(struct scan *scan, const char *path, unsigned depth)
{
        struct statx st;

        /* as it is known: a server that is away must not be waited for */
        if (statx(scan->root, hold_rel(path), AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE, &st) == 0 &&
            S_ISREG(st.stx_mode))
                add_number(scan, st.stx_dev_major, st.stx_dev_minor, depth);
}

static void
add_btrfs_siblings(struct scan *scan, const char *name, unsigned depth)
{
        DIR *folder = hold_open_folder(scan->root, "sys/fs/btrfs");
        struct dirent *entry;
        char path[PATH_MAX];

        if (!folder)
                return;
        while (depth == 0 && (entry = readdir(folder))) {
                if (entry->d_name[0] != '.' &&
                    hold_format(path, sizeof path, "sys/fs/btrfs/%s/devices/%s", entry->d_name,
                                name) &&
                    faccessat(scan->root, path, F_OK, 0) == 0) {
                        *strrchr(path, '/') = '\0';
                        add_folder(scan, path, depth);
                }
        }
        closedir(folder);
}

static void
add_block(struct scan *scan, const char *name, unsigned depth)
{
        char path[PATH_MAX], disk[PATH_MAX], backing[PATH_MAX];

        if (depth > DEPTH_MAX || !hold_block_path(scan->root, name, path, sizeof path) ||
            !hold_disk_of(scan->root, path, disk, sizeof disk))
                return;
        add_btrfs_siblings(scan, name, depth);
        /* The slaves of an md's partition are the md's. */
        if (hold_format(path, sizeof path, "sys%s/slaves", disk) && add_folder(scan, path, depth))
                return;
        if (hold_format(path, sizeof path, "sys%s/loop/backing_file", disk) &&
            hold_read_line(scan->root, path, backing, sizeof backing)) {
                add_file(scan, backing, depth + 1);
                return;
        }
        add_disk(scan, strrchr(disk, '/') + 1);
}

/* By a name below /dev, through its link ("/dev/disk/by-uuid/…" -> "../../sda1"). */
static void
add_node(struct scan *scan, const char *path)
{
        char real[PATH_MAX];
        const char *slash;
        struct stat st;

        if (!hold_real_path(scan->root, path, real, sizeof real))
                return;
        slash = strrchr(real, '/');
        if (strncmp(real, "dev/", 4) != 0)
                add_file(scan, path, 0);
        else if (fstatat(scan->root, real, &st, 0) == 0 && S_ISBLK(st.st_mode))
                add_number(scan, major(st.st_rdev), minor(st.st_rdev), 0);
        else
                add_block(scan, slash + 1, 0);
}

static void
note_missing(struct scan *scan)
{
        char *missing = scan->out->missing;
        size_t used = strlen(missing);

        hold_format(missing + used, sizeof scan->out->missing - used, "%s%s,", used ? "" : ",",
                    scan->use);
}

static void
found(const struct hold_table_entry *entry, void *data)
{
        struct scan *scan = data;
        char path[PATH_MAX];

        scan->use = entry->use;
        scan->hit = false;
        if (entry->major != 0) {
                add_number(scan, entry->major, entry->minor, 0);
        } else if (hold_spec_path(entry->spec, path, sizeof path)) {
                add_node(scan, path);
                if (!scan->hit)
                        note_missing(scan);
        }
}

void
hold_system_disks_find(int root, bool declared, struct hold_system_disks *out)
{
        struct scan scan = {root, "", out, false};

        out->n = 0;
        out->missing[0] = '\0';
        hold_table_mounted(root, found, &scan);
        hold_table_swaps(root, found, &scan);
        if (!declared)
                return;
        hold_table_fstab(root, found, &scan);
        hold_table_crypttab(root, found, &scan);
        hold_table_cmdline(root, found, &scan);
}

void
hold_disks_below(int root, const char *name, struct hold_system_disks *out)
{
        struct scan scan = {root, "", out, false};

        out->n = 0;
        out->missing[0] = '\0';
        add_block(&scan, name, 0);
}

struct text {
        char data[65536];
        size_t length;
};

__attribute__((format(printf, 2, 3))) static void
add_line(struct text *text, const char *format, ...)
{
        size_t room = sizeof text->data - text->length;
        va_list args;
        int n;

        va_start(args, format);
        n = vsnprintf(text->data + text->length, room, format, args);
        va_end(args);
        if (n > 0 && (size_t)n < room)
                text->length += (size_t)n;
        else
                text->data[text->length] = '\0';
}

static void
add_pins(int root, const struct hold_system_disks *disks, struct text *text)
{
        char disk[PATH_MAX], pin[PATH_MAX + HOLD_PIN_MAX];

        for (size_t i = 0; i < disks->n; i++) {
                const struct hold_system_disk *one = &disks->list[i];

                if (hold_block_path(root, one->name, disk, sizeof disk) &&
                    hold_carrier_pin(root, disk, pin, sizeof pin))
                        add_line(text, "%s %s\n", pin, one->uses);
                else
                        add_line(text, "# fixed %s %s\n", one->name, one->uses);
        }
}

/* Does "/,/srv" name something that is missing? */
static bool
serves_missing(char *uses, const char *missing)
{
        char use[512], *saved = NULL;

        for (char *one = strtok_r(uses, ",", &saved); one; one = strtok_r(NULL, ",", &saved))
                if (hold_format(use, sizeof use, ",%s,", one) && strstr(missing, use))
                        return true;
        return false;
}

static void
keep_old_pins(int root, const char *path, const char *missing, struct text *text)
{
        char old[65536], *saved = NULL, uses[512];
        ssize_t n = *missing ? hold_read_bytes(root, path, old, sizeof old - 1) : -1;

        if (n <= 0)
                return;
        old[n] = '\0';
        for (char *line = strtok_r(old, "\n", &saved); line; line = strtok_r(NULL, "\n", &saved)) {
                const char *last = strrchr(line, ' ');

                if (line[0] == '#' || !last || strstr(text->data, line) ||
                    !hold_format(uses, sizeof uses, "%s", last + 1))
                        continue;
                if (serves_missing(uses, missing))
                        add_line(text, "%s\n", line);
        }
}

/* The next line that is no comment, from *@rest on; NULL at the end. */
static const char *
next_pin(const char **rest, size_t *length)
{
        while (**rest) {
                const char *line = *rest;

                *length = strcspn(line, "\n");
                *rest = line + *length + (line[*length] == '\n');
                if (*line != '#')
                        return line;
        }
        return NULL;
}

/* Has the file these pins already? Then it is not written: the list is made at each start, a newer
 * file tells that the initramfs is out of date, and names in comments change from boot to boot. */
static bool
is_written(int root, const char *path, const struct text *text)
{
        char old[sizeof text->data];
        ssize_t n = hold_read_bytes(root, path, old, sizeof old - 1);
        const char *a = old, *b = text->data, *x, *y;
        size_t x_length = 0, y_length = 0;

        if (n < 0)
                return false;
        old[n] = '\0';
        do {
                x = next_pin(&a, &x_length);
                y = next_pin(&b, &y_length);
        } while (x && y && x_length == y_length && memcmp(x, y, x_length) == 0);
        return !x && !y;
}

int
hold_pins_write(int root, const char *path)
{
        struct hold_system_disks disks;
        struct text text = {.length = 0};

        add_line(&text, "# Disks that this system cannot do without: never held.\n"
                        "# Written by guard-hold pins; do not edit.\n");
        hold_system_disks_find(root, true, &disks);
        add_pins(root, &disks, &text);
        if (!path)
                return fwrite(text.data, 1, text.length, stdout) == text.length &&
                                       fflush(stdout) == 0
                               ? 0
                               : 1;
        keep_old_pins(root, path, disks.missing, &text);
        if (is_written(root, path, &text) ||
            hold_write_file(root, path, text.data, text.length, true))
                return 0;
        hold_say("%s cannot be written: %s", path, strerror(errno));
        return 1;
}
