/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Builds the made-up root. Files are plain: a write to an attribute changes its text, no kernel
 * answers.
 */
#include "tests/unit/usb/fake-sysfs.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

FakeRoot *
fake_root_new(void)
{
        FakeRoot *fake = g_new0(FakeRoot, 1);

        fake->path = g_dir_make_tmp("guard-hold-XXXXXX", NULL);
        g_assert_nonnull(fake->path);
        fake->root = open(fake->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        g_assert_cmpint(fake->root, >=, 0);
        fake_write(fake, "sys/bus/usb/drivers_probe", "");
        fake_write(fake, "sys/" FAKE_PCI "/usb1/authorized_default", "0\n");
        fake_write(fake, "sys/" FAKE_PCI "/usb1/interface_authorized_default", "1\n");
        fake_link(fake, "sys/bus/usb/devices/usb1", "../../../" FAKE_PCI "/usb1");
        fake_write(fake, "proc/cmdline", "root=/dev/vda ro quiet\n");
        fake_write(fake, "proc/sys/kernel/random/boot_id",
                   "11111111-2222-3333-4444-555555555555\n");
        return fake;
}

static void
remove_tree(const char *path)
{
        g_autoptr(GDir) dir =
                g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *child = g_build_filename(path, name, NULL);

                remove_tree(child);
        }
        g_remove(path);
}

void
fake_root_free(FakeRoot *fake)
{
        remove_tree(fake->path);
        close(fake->root);
        g_free(fake->path);
        g_free(fake);
}

void
fake_write_bytes(FakeRoot *fake, const char *path, const void *data, gsize size)
{
        g_autofree char *full = g_build_filename(fake->path, path, NULL);
        g_autofree char *folder = g_path_get_dirname(full);

        g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
        g_assert_true(g_file_set_contents(full, data, (gssize)size, NULL));
}

void
fake_write(FakeRoot *fake, const char *path, const char *text)
{
        fake_write_bytes(fake, path, text, strlen(text));
}

void
fake_link(FakeRoot *fake, const char *path, const char *target)
{
        g_autofree char *full = g_build_filename(fake->path, path, NULL);
        g_autofree char *folder = g_path_get_dirname(full);

        g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
        g_assert_cmpint(symlink(target, full), ==, 0);
}

gboolean
fake_exists(FakeRoot *fake, const char *path)
{
        g_autofree char *full = g_build_filename(fake->path, path, NULL);

        return g_file_test(full, G_FILE_TEST_EXISTS);
}

char *
fake_read(FakeRoot *fake, const char *path)
{
        g_autofree char *full = g_build_filename(fake->path, path, NULL);
        char *text = NULL;
        gsize size = 0;

        if (!g_file_get_contents(full, &text, &size, NULL))
                return NULL;
        if (size > 0 && text[size - 1] == '\n')
                text[size - 1] = '\0';
        return text;
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

char **
fake_list(FakeRoot *fake, const char *path)
{
        g_autofree char *full = g_build_filename(fake->path, path, NULL);
        g_autoptr(GDir) dir = g_dir_open(full, 0, NULL);
        GPtrArray *names = g_ptr_array_new();
        const char *name;

        while (dir && (name = g_dir_read_name(dir)))
                if (name[0] != '.')
                        g_ptr_array_add(names, g_strdup(name));
        g_ptr_array_sort(names, compare_names);
        g_ptr_array_add(names, NULL);
        return (char **)g_ptr_array_free(names, FALSE);
}

GByteArray *
fake_descriptors(guint vendor, guint product, const FakeInterface *interfaces, gsize n)
{
        GByteArray *blob = g_byte_array_new();
        guint total = (guint)(9 + 9 * n);
        const guint8 device[18] = {18,
                                   1,
                                   0,
                                   2,
                                   0,
                                   0,
                                   0,
                                   64,
                                   (guint8)vendor,
                                   (guint8)(vendor >> 8),
                                   (guint8)product,
                                   (guint8)(product >> 8),
                                   0,
                                   1,
                                   1,
                                   2,
                                   3,
                                   1};
        const guint8 configuration[9] = {
                9, 2, (guint8)total, (guint8)(total >> 8), (guint8)n, 1, 0, 0x80, 50};

        g_byte_array_append(blob, device, sizeof device);
        g_byte_array_append(blob, configuration, sizeof configuration);
        for (gsize i = 0; i < n; i++) {
                const guint8 one[9] = {9,
                                       4,
                                       (guint8)i,
                                       0,
                                       0,
                                       interfaces[i].cls,
                                       interfaces[i].subcls,
                                       interfaces[i].protocol,
                                       0};

                g_byte_array_append(blob, one, sizeof one);
        }
        return blob;
}

static void attribute(FakeRoot *fake, const char *folder, const char *name, const char *format, ...)
        G_GNUC_PRINTF(4, 5);

static void
attribute(FakeRoot *fake, const char *folder, const char *name, const char *format, ...)
{
        g_autofree char *path = g_strdup_printf("sys%s/%s", folder, name);
        g_autofree char *text = NULL;
        va_list args;

        va_start(args, format);
        text = g_strdup_vprintf(format, args);
        va_end(args);
        fake_write(fake, path, text);
}

char *
fake_usb(FakeRoot *fake, const char *sysname, guint devnum, guint vendor, guint product,
         const char *serial, const FakeInterface *interfaces, gsize n)
{
        char *path = g_strdup_printf("/" FAKE_PCI "/usb1/%s", sysname);
        g_autofree char *blob_path = g_strdup_printf("sys%s/descriptors", path);
        g_autofree char *link = g_strdup_printf("sys/bus/usb/devices/%s", sysname);
        g_autofree char *target = g_strdup_printf("../../..%s", path);
        g_autoptr(GByteArray) blob = fake_descriptors(vendor, product, interfaces, n);

        attribute(fake, path, "busnum", "1\n");
        attribute(fake, path, "devnum", "%u\n", devnum);
        attribute(fake, path, "idVendor", "%04x\n", vendor);
        attribute(fake, path, "idProduct", "%04x\n", product);
        attribute(fake, path, "authorized", "0\n");
        if (serial)
                attribute(fake, path, "serial", "%s\n", serial);
        fake_write_bytes(fake, blob_path, blob->data, blob->len);
        for (gsize i = 0; i < n; i++) {
                g_autofree char *one = g_strdup_printf("%s/%s:1.%u", path, sysname, (guint)i);

                attribute(fake, one, "bInterfaceClass", "%02x\n", interfaces[i].cls);
                attribute(fake, one, "authorized", "0\n");
        }
        fake_link(fake, link, target);
        return path;
}

char *
fake_disk(FakeRoot *fake, const char *usb, const char *name, guint major, guint minor,
          guint64 diskseq)
{
        g_autofree char *sysname = g_path_get_basename(usb);
        g_autofree char *scsi =
                g_strdup_printf("%s/%s:1.0/host2/target2:0:0/2:0:0:0", usb, sysname);
        char *path = g_strdup_printf("%s/block/%s", scsi, name);
        g_autofree char *partition = g_strdup_printf("%s/%s1", path, name);
        g_autofree char *sg = g_strdup_printf("%s/scsi_generic/sg1", scsi);
        g_autofree char *sg_link = g_strdup_printf("sys%s/device", sg);
        g_autofree char *link = g_strdup_printf("sys/class/block/%s", name);
        g_autofree char *link1 = g_strdup_printf("sys/class/block/%s1", name);
        g_autofree char *target = g_strdup_printf("../..%s", path);
        g_autofree char *target1 = g_strdup_printf("../..%s", partition);

        attribute(fake, path, "dev", "%u:%u\n", major, minor);
        if (diskseq)
                attribute(fake, path, "diskseq", "%" G_GUINT64_FORMAT "\n", diskseq);
        attribute(fake, partition, "dev", "%u:%u\n", major, minor + 1);
        attribute(fake, partition, "partition", "1\n");
        attribute(fake, sg, "dev", "21:1\n");
        fake_link(fake, sg_link, "../../../2:0:0:0");
        fake_link(fake, link, target);
        fake_link(fake, link1, target1);
        return path;
}

void
fake_put_on_bus(FakeRoot *fake, const char *path, const char *bus)
{
        g_autofree char *subsystem = g_strdup_printf("sys%s/subsystem", path);
        g_autofree char *full = g_build_filename(fake->path, subsystem, NULL);
        g_autofree char *target = g_strdup_printf("../../../../../bus/%s", bus);

        (void)unlink(full);
        fake_link(fake, subsystem, target);
}

char *
fake_layer(FakeRoot *fake, const char *name, guint minor, const char *below)
{
        char *path = g_strdup_printf("/devices/virtual/block/%s", name);
        g_autofree char *slave = g_strdup_printf("sys%s/slaves/%s", path, below ? below : "");
        g_autofree char *link = g_strdup_printf("sys/class/block/%s", name);
        g_autofree char *target = g_strdup_printf("../..%s", path);

        attribute(fake, path, "dev", "253:%u\n", minor);
        if (below)
                fake_write(fake, slave, "");
        fake_link(fake, link, target);
        return path;
}

void
fake_ps2_keyboard(FakeRoot *fake)
{
        const char *path = "/devices/platform/i8042/serio0/input/input0";

        attribute(fake, path, "id/bustype", "0011\n");
        attribute(fake, path, "capabilities/key",
                  "402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe\n");
        fake_link(fake, "sys/class/input/input0",
                  "../../devices/platform/i8042/serio0/input/input0");
}
