/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes spool files. Values that the device chose are written in hexadecimal, so that no line can
 * be forged. Never reads what guardd wrote.
 */
#include "udev/hold/spool.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "common/guard-names.h"

#define HELD_DIR GUARD_RUN_DIR "/held"
#define OFF_MARK GUARD_RUN_DIR "/off"
#define DESCRIPTORS_SPOOLED_MAX 4096 /* enough for any device seen; the rest is told as cut */
#define BODY_MAX (2 * DESCRIPTORS_SPOOLED_MAX + 8192)

struct text {
        char data[BODY_MAX];
        size_t length;
        bool cut;
};

__attribute__((format(printf, 2, 3))) static void
add(struct text *text, const char *format, ...)
{
        va_list args;
        int n;

        va_start(args, format);
        n = vsnprintf(text->data + text->length, sizeof text->data - text->length, format, args);
        va_end(args);
        if (n < 0 || (size_t)n >= sizeof text->data - text->length)
                text->cut = true;
        else
                text->length += (size_t)n;
}

static void
add_hex(struct text *text, const char *key, const void *data, size_t size)
{
        const unsigned char *bytes = data;

        if (size == 0)
                return;
        add(text, "%s=", key);
        for (size_t i = 0; i < size; i++)
                add(text, "%02x", bytes[i]);
        add(text, "\n");
}

bool
hold_guardd_listens(int root)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        bool listens;

        if (fd < 0)
                return false;
        /* By the root's descriptor, so that tests have their own socket. */
        hold_format(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d%s", root,
                    GUARD_ASK_SOCKET);
        listens = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
        close(fd);
        return listens;
}

static int
count_files(int root, const char *folder_path)
{
        DIR *folder = hold_open_folder(root, folder_path);
        int n = 0;

        if (!folder)
                return -1;
        while (readdir(folder))
                n++;
        closedir(folder);
        return n;
}

static bool
count_lost_in(int root, const char *folder, bool durable)
{
        char path[128], text[64];
        unsigned long lost = 0;
        int n, fd = openat(root, hold_rel(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        bool ok;

        if (fd < 0)
                return false;
        flock(fd, LOCK_EX); /* helpers run side by side: none may count over another */
        hold_format(path, sizeof path, "%s/overflow", folder);
        if (hold_read_line(root, path, text, sizeof text) && strncmp(text, "lost=", 5) == 0)
                lost = strtoul(text + 5, NULL, 10);
        n = snprintf(text, sizeof text, "lost=%lu\n", lost + 1);
        ok = hold_write_file(root, path, text, (size_t)n, durable);
        close(fd);
        return ok;
}

/* There was no room anywhere: guardd is told how many events it will not find. */
static void
count_lost(int root)
{
        if (!count_lost_in(root, GUARD_SPOOL_DIR, true))
                count_lost_in(root, GUARD_SPOOL_DIR_EARLY, false);
}

static bool
write_into(int root, const char *folder, const char *name, const struct text *text, bool durable)
{
        char path[256];
        int n = count_files(root, folder);

        if (n < 0)
                return false;
        if (n >= HOLD_SPOOL_MAX) {
                errno = ENOSPC;
                return false;
        }
        return hold_format(path, sizeof path, "%s/%s", folder, name) &&
               hold_write_file(root, path, text->data, text->length, durable);
}

/* /var/lib/… exists only where the package made it and /var is mounted: it is never made here. */
static bool
write_event(int root, const char *name, const struct text *text)
{
        if (!hold_guardd_listens(root) && write_into(root, GUARD_SPOOL_DIR, name, text, true))
                return true;
        if (hold_make_folders(root, GUARD_SPOOL_DIR_EARLY) &&
            write_into(root, GUARD_SPOOL_DIR_EARLY, name, text, false))
                return true;
        hold_say("event %s could not be written down: %s", name, strerror(errno));
        count_lost(root);
        return false;
}

static void
event_name(char *name, size_t size, const char *action, unsigned busnum, unsigned devnum)
{
        struct timespec now;

        clock_gettime(CLOCK_BOOTTIME, &now);
        hold_format(name, size, "%lld%09ld-%s-%u-%u", (long long)now.tv_sec, now.tv_nsec, action,
                    busnum, devnum);
}

static void
begin(struct text *text, int root, const char *action)
{
        struct timespec now;
        char boot_id[64] = "";

        clock_gettime(CLOCK_REALTIME, &now);
        hold_read_line(root, "proc/sys/kernel/random/boot_id", boot_id, sizeof boot_id);
        text->length = 0;
        text->cut = false;
        add(text, "action=%s\ntime=%lld\nboot_id=%s\n", action,
            (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000, boot_id);
}

static void
describe(struct text *text, const struct hold_device *device)
{
        size_t size = device->descriptors_size;

        add(text, "syspath=/sys%s\nsysname=%s\nbusnum=%u\ndevnum=%u\ninode=%llu\n", device->path,
            device->sysname, device->busnum, device->devnum, (unsigned long long)device->inode);
        add(text, "vendor_id=%04x\nproduct_id=%04x\n", device->vendor_id, device->product_id);
        add_hex(text, "serial", device->serial, strlen(device->serial));
        add_hex(text, "manufacturer", device->manufacturer, strlen(device->manufacturer));
        add_hex(text, "product", device->product, strlen(device->product));
        if (size > DESCRIPTORS_SPOOLED_MAX) {
                size = DESCRIPTORS_SPOOLED_MAX;
                add(text, "descriptors_cut=1\n");
        }
        add_hex(text, "descriptors", device->descriptors, size);
}

static void
held_path(char *path, size_t size, unsigned busnum, unsigned devnum)
{
        hold_format(path, size, HELD_DIR "/%u-%u", busnum, devnum);
}

/* A replayed `add` (udevadm trigger) of a device that is remembered is no new event. */
static bool
already_held(int root, const char *path, const struct hold_device *device)
{
        char text[BODY_MAX], inode[64];

        hold_format(inode, sizeof inode, "\ninode=%llu\n", (unsigned long long)device->inode);
        return hold_read_line(root, path, text, sizeof text) && strstr(text, inode);
}

bool
hold_spool_add(int root, const struct hold_device *device)
{
        struct text text, held = {.length = 0};
        char name[96], path[96];

        held_path(path, sizeof path, device->busnum, device->devnum);
        if (already_held(root, path, device))
                return true;
        describe(&held, device);
        if (!hold_make_folders(root, HELD_DIR) ||
            !hold_write_file(root, path, held.data, held.length, false))
                hold_say("the removal of %s will not be noticed: %s", device->sysname,
                         strerror(errno));
        begin(&text, root, "add");
        describe(&text, device);
        event_name(name, sizeof name, "add", device->busnum, device->devnum);
        return write_event(root, name, &text);
}

bool
hold_spool_remove(int root, unsigned busnum, unsigned devnum)
{
        struct text text;
        char held[96], name[96], body[BODY_MAX];
        ssize_t n;

        held_path(held, sizeof held, busnum, devnum);
        n = hold_read_bytes(root, held, body, sizeof body - 1);
        if (n < 0)
                return errno == ENOENT;
        body[n] = '\0';
        unlinkat(root, hold_rel(held), 0);
        begin(&text, root, "remove");
        add(&text, "%s", body);
        event_name(name, sizeof name, "remove", busnum, devnum);
        return write_event(root, name, &text);
}

/* udev runs a helper for each device, several at once: the one that makes the mark has the word.
 * Where no mark can be made each of them has: told twice is better than never. */
static bool
first_to_tell(int root)
{
        int fd;

        if (!hold_make_folders(root, GUARD_RUN_DIR))
                return true;
        fd = openat(root, hold_rel(OFF_MARK), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                    0600);
        if (fd < 0)
                return errno != EEXIST;
        close(fd);
        return true;
}

bool
hold_spool_off(int root)
{
        struct text text;
        char name[96];

        if (!first_to_tell(root))
                return true;
        begin(&text, root, "off");
        event_name(name, sizeof name, "off", 0, 0);
        return write_event(root, name, &text);
}
