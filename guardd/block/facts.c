/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A disk's facts from its sysfs folder, its carrier from the folders above.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "guardd/block/facts.h"
#include "guardd/sysfs.h"
#include "udev/hold/nvme.h"

#define VPD_HEADER 4 /* bytes before the text of a page of vital product data */
#define VPD_MAX 260

static void
read_lun(const char *syspath, GuardBlockFacts *facts)
{
        g_autofree char *link = g_build_filename(syspath, "device", NULL);
        g_autofree char *target = g_file_read_link(link, NULL);
        g_autofree char *address = target ? g_path_get_basename(target) : NULL;
        unsigned host, channel, id, lun;

        if (address && sscanf(address, "%u:%u:%u:%u", &host, &channel, &id, &lun) == 4)
                facts->lun = lun;
}

GuardBlockFacts *
guard_block_facts_read(const char *syspath, GError **error)
{
        g_autoptr(GuardBlockFacts) facts = NULL;
        g_autofree char *dev = NULL;
        int dirfd = guard_sysfs_open(syspath, error);

        if (dirfd < 0)
                return NULL;
        facts = guard_block_facts_new();
        facts->name = g_path_get_basename(syspath);
        facts->syspath = g_strdup(syspath);
        facts->inode = guard_sysfs_inode(dirfd);
        dev = guard_sysfs_read_text(dirfd, "dev");
        if (!dev || sscanf(dev, "%u:%u", &facts->major, &facts->minor) != 2)
                facts->major = facts->minor = 0;
        facts->diskseq = guard_sysfs_read_number(dirfd, "diskseq", 10, 0);
        facts->size = guard_sysfs_read_number(dirfd, "size", 10, 0) * 512;
        facts->removable = guard_sysfs_read_number(dirfd, "removable", 10, 0) != 0;
        facts->hw_read_only = guard_sysfs_read_number(dirfd, "ro", 10, 0) != 0;
        facts->optical = g_str_has_prefix(facts->name, "sr") ||
                         guard_sysfs_read_number(dirfd, "device/type", 10, 0) == 5;
        close(dirfd);
        read_lun(syspath, facts);
        return g_steal_pointer(&facts);
}

static gboolean
has(const char *folder, const char *attribute)
{
        g_autofree char *path = g_build_filename(folder, attribute, NULL);

        return g_file_test(path, G_FILE_TEST_EXISTS);
}

static char *
text_of(const char *folder, const char *attribute)
{
        int dirfd = guard_sysfs_open(folder, NULL);
        char *text = dirfd >= 0 ? guard_sysfs_read_text(dirfd, attribute) : NULL;

        if (dirfd >= 0)
                close(dirfd);
        return text;
}

static gboolean
is_usb(const char *folder, GuardBlockOrigin *origin)
{
        /* Interfaces are of this subsystem too, and have no number of their own. */
        if (!has(folder, "devnum"))
                return FALSE;
        origin->usb_syspath = g_strdup(folder);
        return TRUE;
}

static gboolean
is_mmc(const char *folder, GuardBlockOrigin *origin)
{
        g_autofree char *type = text_of(folder, "type");

        /* Soldered in is fixed; SD cards and their like come and go. */
        if (!type || strcmp(type, "MMC") == 0)
                return FALSE;
        origin->carrier_serial = text_of(folder, "cid");
        return TRUE;
}

static gboolean
is_any(const char *folder G_GNUC_UNUSED, GuardBlockOrigin *origin G_GNUC_UNUSED)
{
        return TRUE;
}

static gboolean
is_outside_pci(const char *folder, GuardBlockOrigin *origin G_GNUC_UNUSED)
{
        g_autofree char *removable = text_of(folder, "removable");

        return g_strcmp0(removable, "removable") == 0;
}

static const struct {
        const char *subsystem;
        gboolean (*matches)(const char *folder, GuardBlockOrigin *origin);
        GuardCarrier carrier;
} CARRIERS[] = {
        {"usb", is_usb, GUARD_CARRIER_USB},
        {"mmc", is_mmc, GUARD_CARRIER_MMC},
        {"firewire", is_any, GUARD_CARRIER_FIREWIRE},
        {"memstick", is_any, GUARD_CARRIER_OTHER},
        {"pcmcia", is_any, GUARD_CARRIER_OTHER},
        {"pci", is_outside_pci, GUARD_CARRIER_THUNDERBOLT},
};

static gboolean
match_folder(const char *folder, GuardBlockOrigin *origin)
{
        g_autofree char *subsystem = guard_sysfs_link_name(folder, "subsystem");

        for (gsize i = 0; subsystem && i < G_N_ELEMENTS(CARRIERS); i++) {
                if (strcmp(subsystem, CARRIERS[i].subsystem) != 0 ||
                    !CARRIERS[i].matches(folder, origin))
                        continue;
                origin->guarded = TRUE;
                origin->carrier = CARRIERS[i].carrier;
                origin->carrier_syspath = g_strdup(folder);
                origin->device = g_path_get_basename(folder);
                return TRUE;
        }
        return FALSE;
}

static gboolean
match_above(const char *syspath, GuardBlockOrigin *origin)
{
        g_autofree char *folder = g_path_get_dirname(syspath);

        while (strlen(folder) > strlen("/sys/devices")) {
                char *above;

                if (match_folder(folder, origin))
                        return TRUE;
                above = g_path_get_dirname(folder);
                g_free(folder);
                folder = above;
        }
        return FALSE;
}

static bool
match_controller(int root G_GNUC_UNUSED, const char *controller, void *origin)
{
        g_autofree char *syspath = g_strconcat("/sys", controller, NULL);

        return match_above(syspath, origin);
}

/* What carries the disk: by its ancestors, or where it is above its controllers by theirs. One above none that can be found is
 * guarded as what it is. */
static gboolean
match_carrier(const char *syspath, GuardBlockOrigin *origin)
{
        int root;
        gboolean unknown;

        if (!g_str_has_prefix(syspath, "/sys") || !hold_nvme_is_above(syspath + strlen("/sys")))
                return match_above(syspath, origin);
        root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        unknown = root < 0 || hold_nvme_any_controller(root, syspath + strlen("/sys"), match_controller, origin);
        if (root >= 0)
                close(root);
        if (unknown && !origin->guarded) {
                origin->guarded = TRUE;
                origin->carrier = GUARD_CARRIER_OTHER;
                origin->carrier_syspath = g_strdup(syspath);
                origin->device = g_path_get_basename(syspath);
        }
        return origin->guarded;
}

/* The disk's own serial number, for carriers that have none: of an NVMe controller, or page 80h of a SCSI or ATA disk. It is
 * what the drive says, so any bytes. NULL: it has none. */
static char *
serial_of_disk(const char *syspath)
{
        int dirfd = guard_sysfs_open(syspath, NULL);
        g_autofree char *page = NULL, *text = NULL;
        char *serial;
        gsize size = 0;

        if (dirfd < 0)
                return NULL;
        text = guard_sysfs_read_text(dirfd, "device/serial");
        if (!text && (page = guard_sysfs_read(dirfd, "device/vpd_pg80", VPD_MAX, &size)) && size > VPD_HEADER)
                text = g_strndup(page + VPD_HEADER, size - VPD_HEADER);
        close(dirfd);
        serial = g_utf8_make_valid(text ? text : "", -1);
        if (*g_strstrip(serial) == '\0')
                g_clear_pointer(&serial, g_free);
        return serial;
}

GuardBlockOrigin *
guard_block_origin_find(const char *syspath)
{
        GuardBlockOrigin *origin = g_new0(GuardBlockOrigin, 1);
        g_autofree char *name = g_path_get_basename(syspath);
        g_autofree char *removable = text_of(syspath, "removable");
        g_autofree char *hidden = text_of(syspath, "hidden");

        /* A way to a disk that is shown above its controllers: it has no node, and no event tells of its end. */
        if (g_strcmp0(hidden, "1") == 0)
                return origin;
        if (match_carrier(syspath, origin)) {
                if (origin->carrier != GUARD_CARRIER_USB && !origin->carrier_serial)
                        origin->carrier_serial = serial_of_disk(syspath);
                return origin;
        }
        /* Trays, floppies and cartridges on any bus, as the block rules have it. */
        if (g_str_has_prefix(name, "sr") || g_strcmp0(removable, "1") == 0) {
                origin->guarded = TRUE;
                origin->carrier = g_str_has_prefix(name, "sr") ? GUARD_CARRIER_OPTICAL
                                                               : GUARD_CARRIER_OTHER;
                origin->carrier_syspath = g_strdup(syspath);
                origin->device = g_steal_pointer(&name);
        }
        return origin;
}

void
guard_block_origin_free(GuardBlockOrigin *origin)
{
        if (!origin)
                return;
        g_free(origin->usb_syspath);
        g_free(origin->carrier_syspath);
        g_free(origin->device);
        g_free(origin->carrier_serial);
        g_free(origin);
}

char *
guard_block_disk_of(guint major, guint minor)
{
        g_autofree char *link = g_strdup_printf("/sys/dev/block/%u:%u", major, minor);
        char *real = realpath(link, NULL);
        char *disk = g_strdup(real);

        free(real);
        if (disk && has(disk, "partition")) {
                char *above = g_path_get_dirname(disk);

                g_free(disk);
                disk = above;
        }
        return disk;
}

GPtrArray *
guard_block_partitions(const GuardBlockFacts *facts)
{
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GDir) dir = g_dir_open(facts->syspath, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir)) != NULL) {
                g_autofree char *folder = g_build_filename(facts->syspath, name, NULL);

                if (g_str_has_prefix(name, facts->name) && has(folder, "partition"))
                        g_ptr_array_add(names, g_strdup(name));
        }
        g_ptr_array_sort(names, (GCompareFunc)(void (*)(void))g_strcmp0);
        return names;
}

gboolean
guard_block_number_of(const GuardBlockFacts *facts, const char *partition, guint *major, guint *minor)
{
        g_autofree char *folder = g_build_filename(facts->syspath, partition, NULL);
        g_autofree char *dev = text_of(folder, "dev");

        return dev && sscanf(dev, "%u:%u", major, minor) == 2;
}

char *
guard_block_partition_name(const GuardBlockFacts *facts, guint number)
{
        g_autoptr(GPtrArray) names = guard_block_partitions(facts);

        for (guint n = 0; n < names->len; n++) {
                const char *name = g_ptr_array_index(names, n);
                g_autofree char *folder = g_build_filename(facts->syspath, name, NULL);
                g_autofree char *text = text_of(folder, "partition");

                if (text && g_ascii_strtoull(text, NULL, 10) == number)
                        return g_strdup(name);
        }
        return NULL;
}
