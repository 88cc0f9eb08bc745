/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station mark`: the desk's mark onto a drive that is plugged in. What the drive says of itself comes from sysfs; the
 * disk that is written is made sure of by its numbers, before and after it was opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "guardctl/station.h"
#include "station/mark.h"

#ifndef BLKGETDISKSEQ
#define BLKGETDISKSEQ _IOR(0x12, 128, guint64)
#endif

static guint64
number(const char *folder, const char *name, guint base)
{
        g_autofree char *text = station_read_attribute(folder, name);

        return text ? g_ascii_strtoull(text, NULL, base) : 0;
}

/* The folder of the whole disk @name in sysfs; NULL: there is none. Caller frees. */
static char *
disk_folder(const char *name)
{
        g_autofree char *path = g_build_filename("/sys/class/block", name, NULL);
        char *folder = realpath(path, NULL);
        g_autofree char *partition = folder ? g_build_filename(folder, "partition", NULL) : NULL;
        char *copy;

        if (!folder || g_file_test(partition, G_FILE_TEST_EXISTS)) {
                free(folder);
                return NULL;
        }
        copy = g_strdup(folder);
        free(folder);
        return copy;
}

/* The one disk of the USB device @device. */
static char *
disk_of_device(const char *device, GError **error)
{
        g_autoptr(GDir) dir = g_dir_open("/sys/class/block", 0, NULL);
        g_autofree char *part = g_strdup_printf("/%s/", device);
        g_autofree char *found = NULL;
        guint n = 0;
        const char *name;

        while (dir && (name = g_dir_read_name(dir)) != NULL) {
                g_autofree char *folder = disk_folder(name);

                if (!folder || !strstr(folder, part))
                        continue;
                g_free(found);
                found = g_strdup(name);
                n++;
        }
        if (n == 1)
                return g_steal_pointer(&found);
        g_set_error(error, GUARD_ERROR, n == 0 ? GUARD_ERROR_NOT_FOUND : GUARD_ERROR_USAGE,
                    n == 0 ? _("%s has no disk here. Is it plugged in? A drive that is refused on this machine has none: mark it on a machine of "
                               "its own level")
                           : _("%s has several disks: say which by --node /dev/NAME"),
                    device);
        return NULL;
}

static GuardMedium *
medium_of(const char *folder)
{
        GuardMedium *medium = guard_medium_new();
        g_autofree char *at = g_strdup(folder);

        medium->block = guard_block_facts_new();
        medium->block->size = number(folder, "size", 10) * 512;
        medium->carrier_serial = station_read_attribute(folder, "device/cid");
        medium->carrier = medium->carrier_serial ? GUARD_CARRIER_MMC : GUARD_CARRIER_USB;
        while (!medium->carrier_serial && strlen(at) > strlen("/sys/devices/")) {
                g_autofree char *vendor = station_read_attribute(at, "idVendor");
                char *above;

                if (vendor) {
                        medium->usb = guard_usb_facts_new();
                        medium->usb->vendor_id = (guint16)strtoul(vendor, NULL, 16);
                        medium->usb->product_id = (guint16)number(at, "idProduct", 16);
                        medium->usb->serial = station_read_attribute(at, "serial");
                        break;
                }
                above = g_path_get_dirname(at);
                g_free(at);
                at = above;
        }
        return medium;
}

/* Is what was opened still the disk that was looked at? */
static gboolean
is_same(int fd, const char *folder)
{
        g_autofree char *dev = station_read_attribute(folder, "dev");
        g_autofree char *wanted = NULL;
        guint64 diskseq = 0;
        struct stat st;

        if (fstat(fd, &st) < 0 || !S_ISBLK(st.st_mode))
                return FALSE;
        wanted = g_strdup_printf("%u:%u", major(st.st_rdev), minor(st.st_rdev));
        return g_strcmp0(dev, wanted) == 0 && (ioctl(fd, BLKGETDISKSEQ, &diskseq) < 0 || diskseq == number(folder, "diskseq", 10));
}

static int
open_disk(const char *node, const char *folder, GError **error)
{
        int fd = open(node, O_RDWR | O_EXCL | O_CLOEXEC | O_NOFOLLOW);

        if (fd >= 0 && is_same(fd, folder))
                return fd;
        if (fd >= 0) {
                close(fd);
                errno = ENODEV;
        }
        if (errno == EBUSY)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_BUSY, _("%s is in use: unmount it (guardctl media eject does) and plug it in again"), node);
        else if (errno == EACCES || errno == EPERM)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_DENIED, _("%s may be written by root only: use sudo"), node);
        else if (errno == EROFS)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE, _("%s is write-protected"), node);
        else
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("%s: %s"), node, g_strerror(errno));
        return -1;
}

typedef struct {
        char *dir, *media_id, *device, *node, *reason;
        gboolean remove;
        StationSigning signing;
} Given;

static void
given_clear(Given *given)
{
        g_free(given->dir);
        g_free(given->media_id);
        g_free(given->device);
        g_free(given->node);
        station_signing_clear(&given->signing);
        g_free(given->reason);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Given, given_clear)

static gboolean
write_to(Given *given, const char *name, const char *folder, GError **error)
{
        g_autofree char *node = g_build_filename("/dev", name, NULL);
        g_autoptr(GuardMedium) medium = medium_of(folder);
        g_autoptr(GuardStation) station = NULL;
        GuardMarking marking = {given->media_id, station_signing(&given->signing), node, -1, medium};
        GuardAct act = station_act(given->reason);
        gboolean done;

        if (!medium->usb && !medium->carrier_serial) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE, _("%s is no USB drive and no memory card"), node);
                return FALSE;
        }
        station = station_open(given->dir, error);
        marking.fd = station ? open_disk(node, folder, error) : -1;
        if (marking.fd < 0)
                return FALSE;
        done = given->remove ? guard_station_unmark(station, &marking, &act, error) : guard_station_mark(station, &marking, &act, error);
        close(marking.fd);
        station_signing_tell(&given->signing);
        return done;
}

static int
report(GuardctlContext *ctx, const Given *given, const char *name)
{
        g_autoptr(JsonBuilder) builder = NULL;

        if (!ctx->json) {
                fprintf(ctx->out,
                        given->remove ? _("Drive %s has no mark any more\n")
                                      : _("Drive %s is marked: every workstation that trusts this key knows it from the next plugging on\n"),
                        given->media_id);
                return GUARDCTL_DONE;
        }
        builder = json_builder_new();
        json_builder_begin_object(builder);
        guardctl_json_string(builder, "media_id", given->media_id);
        guardctl_json_string(builder, "block", name);
        json_builder_set_member_name(builder, "marked");
        json_builder_add_boolean_value(builder, !given->remove);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
        return GUARDCTL_DONE;
}

int
station_mark(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {"station mark", NULL,
                                            N_("Writes the desk's signed mark onto a drive that is plugged in, into the gap before its first "
                                               "partition, so that workstations know it whatever their registry says. Files on it stay."),
                                            0, 0};
        g_auto(Given) given = {.signing.passphrase = {.ctx = ctx, .fd = -1}};
        const GOptionEntry entries[] = {
                STATION_DIR_OPTION(&given.dir),
                {"media-id", 0, 0, G_OPTION_ARG_STRING, &given.media_id, N_("The drive's number in the register"), N_("ID")},
                {"device", 0, 0, G_OPTION_ARG_STRING, &given.device, N_("The drive that is plugged in, as media list shows it"), N_("DEVICE")},
                {"node", 0, 0, G_OPTION_ARG_FILENAME, &given.node, N_("Or its disk, such as /dev/sdb"), N_("FILE")},
                STATION_SIGNING_OPTIONS(&given.signing),
                {"remove", 0, 0, G_OPTION_ARG_NONE, &given.remove, N_("Take the mark away; needs --reason"), NULL},
                STATION_REASON_OPTION(&given.reason),
                STATION_NO_MORE_OPTIONS,
        };
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        g_autofree char *name = NULL, *folder = NULL;
        g_autoptr(GError) error = NULL;

        if (status != GUARDCTL_GO_ON)
                return status;
        if (!given.media_id || !given.device == !given.node || (!given.signing.key && !given.remove))
                return guardctl_usage_error(ctx, &usage,
                                            _("'station mark' needs --media-id ID, --device DEVICE or --node FILE, and --key FILE or --remove"));
        name = given.node ? g_path_get_basename(given.node) : disk_of_device(given.device, &error);
        folder = name ? disk_folder(name) : NULL;
        if (name && !folder)
                g_set_error(&error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND, _("/dev/%s is no whole disk of this machine"), name);
        if (error || !write_to(&given, name, folder, &error))
                return guardctl_fail(ctx, error);
        return report(ctx, &given, name);
}
