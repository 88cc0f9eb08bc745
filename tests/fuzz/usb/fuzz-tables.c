/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the static helper reads to find system disks: mountinfo (a user's FUSE mount puts names of his own there),
 * swaps, fstab, crypttab, the kernel's command line, and pins that a crash may have damaged. Besides not crashing:
 * only what is named there is found, and nothing but a pin of this very device makes it a system disk.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "udev/hold/pins.h"
#include "udev/hold/tables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const files[] = {"proc/self/mountinfo", "proc/swaps", "etc/fstab", "etc/crypttab", "proc/cmdline",
                                    "run/baomi-guard/system-disks"};
enum { N_FILES = sizeof files / sizeof *files };
static char folder[] = "/tmp/fuzz-tables-XXXXXX";

static void
forget(void)
{
        char path[64 + PATH_MAX];

        for (size_t i = 0; i < N_FILES; i++) {
                snprintf(path, sizeof path, "%s/%s", folder, files[i]);
                unlink(path);
        }
        for (const char *const *each = (const char *const[]){"proc/self", "proc", "etc", "run/baomi-guard", "run", "", NULL}; *each; each++) {
                snprintf(path, sizeof path, "%s/%s", folder, *each);
                rmdir(path);
        }
}

static int
make_root(void)
{
        int root;

        if (!mkdtemp(folder) || (root = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
                abort();
        for (const char *const *each = (const char *const[]){"proc", "proc/self", "etc", "run", "run/baomi-guard", NULL}; *each; each++)
                if (mkdirat(root, *each, 0700) < 0)
                        abort();
        atexit(forget);
        return root;
}

static void
put(int root, const char *path, const uint8_t *data, size_t size)
{
        int fd = openat(root, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        if (fd < 0 || write(fd, data, size) != (ssize_t)size)
                abort();
        close(fd);
}

static void
found(const struct hold_table_entry *entry, void *data)
{
        char path[PATH_MAX];

        (void)data;
        if (!entry->use || *entry->use == '\0' || (entry->major == 0 && !entry->spec))
                abort();
        if (entry->spec && hold_spec_path(entry->spec, path, sizeof path) && path[0] != '/')
                abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct hold_device device = {.folder = -1, .path = "/devices/pci0000:00/0000:00:04.0/usb1/1-2", .sysname = "1-2",
                                            .vendor_id = 0x0951, .product_id = 0x1666, .serial = "4142434445464748"};
        static int root = -1;
        size_t which = size > 0 ? data[0] % N_FILES : 0;
        char pin[HOLD_PIN_MAX];

        if (root < 0)
                root = make_root();
        if (size == 0)
                return 0;
        put(root, files[which], data + 1, size - 1);
        hold_table_mounted(root, found, NULL);
        hold_table_swaps(root, found, NULL);
        hold_table_fstab(root, found, NULL);
        hold_table_crypttab(root, found, NULL);
        hold_table_cmdline(root, found, NULL);
        if (hold_pins_match_usb(root, &device) && hold_pin_usb(&device, pin, sizeof pin) &&
            !memmem(data, size, "0951:1666", 9))
                abort();
        if (hold_pins_match_other(root, HOLD_PIN_WWID, "0x5000c500a1b2c3d4") && !memmem(data, size, "5000c500a1b2c3d4", 16))
                abort();
        put(root, files[which], data, 0);
        return 0;
}
