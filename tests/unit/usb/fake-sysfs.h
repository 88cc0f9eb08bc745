/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A made-up root directory with the sysfs files that guard-hold and guard-ask look at. In words of
 * the domain: a bus, a device with interfaces, a disk on it. Nothing of the real /sys is touched.
 */
#pragma once
#include <glib.h>

#define FAKE_PCI "devices/pci0000:00/0000:00:04.0"

typedef struct {
        guint8 cls, subcls, protocol;
} FakeInterface;

typedef struct {
        char *path; /* of the made-up root */
        int root;
} FakeRoot;

FakeRoot *fake_root_new(void);
void fake_root_free(FakeRoot *fake);
/* Writes a file, making its folders. */
void fake_write(FakeRoot *fake, const char *path, const char *text);
void fake_write_bytes(FakeRoot *fake, const char *path, const void *data, gsize size);
void fake_link(FakeRoot *fake, const char *path, const char *target);
gboolean fake_exists(FakeRoot *fake, const char *path);
/* The file's text without its last newline; NULL where there is none. */
char *fake_read(FakeRoot *fake, const char *path);
/* Names in a folder that do not begin with a dot, sorted; NULL-terminated. */
char **fake_list(FakeRoot *fake, const char *path);

/* A descriptor blob of one configuration; caller frees. */
GByteArray *fake_descriptors(guint vendor, guint product, const FakeInterface *interfaces, gsize n);
/* Device @sysname ("1-2") on root hub usb1, not authorised, its interfaces there but closed.
 * Returns its devpath ("/devices/…/1-2"). */
char *fake_usb(FakeRoot *fake, const char *sysname, guint devnum, guint vendor, guint product,
               const char *serial, const FakeInterface *interfaces, gsize n);
/* Disk @name with one partition and an sg node on interface 0 of @usb. */
char *fake_disk(FakeRoot *fake, const char *usb, const char *name, guint major, guint minor,
                guint64 diskseq);
/* Says that the device at @path is on @bus ("usb"), whatever it said before. */
void fake_put_on_bus(FakeRoot *fake, const char *path, const char *bus);
/* Block device @name ("dm-0", 253:@minor), which stands on the one named @below (NULL: on nothing yet).
 * Returns its devpath. */
char *fake_layer(FakeRoot *fake, const char *name, guint minor, const char *below);
/* A PS/2 keyboard. */
void fake_ps2_keyboard(FakeRoot *fake);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakeRoot, fake_root_free)
