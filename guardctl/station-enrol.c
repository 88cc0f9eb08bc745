/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station enrol`: a drive from what is typed, or read from the one that is plugged in.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <glib/gi18n-lib.h>

#include "guardctl/station-drive.h"

typedef struct {
        char *dir, *media_id, *level, *vendor_id, *product_id, *serial, *device, *cid, *reason;
        StationWritten written;
} Given;

static void
given_clear(Given *given)
{
        char **texts[] = {&given->dir,    &given->media_id, &given->level, &given->vendor_id, &given->product_id,
                          &given->serial, &given->device,   &given->cid,   &given->reason};

        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
                g_clear_pointer(texts[i], g_free);
        station_written_clear(&given->written);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Given, given_clear)

static const GuardctlUsage usage = {"station enrol", NULL,
                                    N_("Enters a drive. Give what it can be recognised by: vendor, "
                                       "product and serial number, or the UUIDs of "
                                       "its content, or --device for one that is plugged in here."),
                                    0, 0};

static gboolean
parse_hex16(const char *text, guint16 *number)
{
        const char *digits = text != NULL && g_str_has_prefix(text, "0x") ? text + 2 : text;

        if (digits == NULL || strlen(digits) != 4 || strspn(digits, "0123456789abcdefABCDEF") != 4)
                return FALSE;
        *number = (guint16)strtoul(digits, NULL, 16);
        return TRUE;
}

static void
fill(char **field, char *value)
{
        if (*field == NULL)
                *field = value;
        else
                g_free(value);
}

/* What is typed wins over what the device says. */
static gboolean
read_device(GuardctlContext *ctx, Given *given, GError **error)
{
        const char *device = given->device;
        char **model = &given->written.model;
        g_autofree char *folder = g_strdup_printf("%s/sys/bus/usb/devices/%s", ctx->root != NULL ? ctx->root : "", device);

        if (*device == '\0' || strspn(device, "0123456789.-") != strlen(device) ||
            strstr(device, "..") != NULL) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_USAGE,
                            _("'%s' is no USB device; guardctl media list shows them, such as 1-2"),
                            device);
                return FALSE;
        }
        fill(&given->vendor_id, station_read_attribute(folder, "idVendor"));
        fill(&given->product_id, station_read_attribute(folder, "idProduct"));
        fill(&given->serial, station_read_attribute(folder, "serial"));
        fill(model, station_read_attribute(folder, "product"));
        if (*model != NULL && (*g_strstrip(*model) == '\0' || !g_utf8_validate(*model, -1, NULL)))
                g_clear_pointer(model, g_free);
        if (given->vendor_id != NULL && given->product_id != NULL)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                    _("No USB device %s is plugged in; guardctl media list shows those that are"),
                    device);
        return FALSE;
}

static gboolean
add_identity(GuardDrive *drive, const Given *given, GError **error)
{
        guint16 vendor, product;

        if (given->serial != NULL && *given->serial != '\0' &&
            (given->vendor_id != NULL || given->product_id != NULL)) {
                if (!parse_hex16(given->vendor_id, &vendor) ||
                    !parse_hex16(given->product_id, &product)) {
                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_USAGE,
                                    _("--vendor-id and --product-id go together, four hexadecimal "
                                      "digits each, as "
                                      "lsusb shows them"));
                        return FALSE;
                }
                guard_drive_add_usb(drive, vendor, product, given->serial);
        } else if (given->serial != NULL && *given->serial != '\0') {
                guard_drive_add_id(drive, GUARD_ID_SERIAL, given->serial);
        } else if (given->vendor_id != NULL && given->written.fs_uuids == NULL && given->written.pt_uuids == NULL) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("Vendor and product alone identify no drive, and it has no serial "
                              "number; give its "
                              "--fs-uuid"));
                return FALSE;
        }
        if (given->cid != NULL && *given->cid != '\0')
                guard_drive_add_id(drive, GUARD_ID_CID, given->cid);
        return station_written_apply(&given->written, drive, error);
}

static GuardDrive *
make_drive(const Given *given, GError **error)
{
        g_autoptr(GuardDrive) drive = guard_drive_new();

        if (!guard_level_from_string(given->level, &drive->level)) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_USAGE,
                            _("There is no level '%s': none, confidential, secret or top-secret"),
                            given->level);
                return NULL;
        }
        drive->media_id = g_strdup(given->media_id);
        return add_identity(drive, given, error) ? g_steal_pointer(&drive) : NULL;
}

static void
report(GuardctlContext *ctx, const GuardDrive *drive, GPtrArray *warnings)
{
        g_autoptr(JsonBuilder) builder = NULL;

        station_tell_notes(ctx, warnings);
        if (!ctx->json) {
                fprintf(ctx->out,
                        _("Drive %s is in the register; publish a snapshot to tell the "
                          "workstations\n"),
                        drive->media_id);
                return;
        }
        builder = json_builder_new();
        json_builder_begin_object(builder);
        station_add_drive(builder, drive);
        json_builder_set_member_name(builder, "warnings");
        json_builder_begin_array(builder);
        for (guint i = 0; i < warnings->len; i++)
                json_builder_add_string_value(builder, g_ptr_array_index(warnings, i));
        json_builder_end_array(builder);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
}

static int
enrol(GuardctlContext *ctx, Given *given)
{
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardDrive) drive = NULL;
        g_autoptr(GuardStation) station = NULL;
        GuardAct act = station_act(given->reason);

        if (given->device != NULL && !read_device(ctx, given, &error))
                return guardctl_fail(ctx, error);
        drive = make_drive(given, &error);
        if (drive == NULL)
                return guardctl_fail(ctx, error);
        station = station_open(given->dir, &error);
        if (station == NULL ||
            !guard_station_enrol(station, drive, given->written.shared_serial, &act, warnings, &error))
                return guardctl_fail(ctx, error);
        drive->enrolled_us = act.now_us;
        report(ctx, drive, warnings);
        return GUARDCTL_DONE;
}

int
station_enrol(GuardctlContext *ctx, int argc, char **argv)
{
        g_auto(Given) given = {0};
        const GOptionEntry entries[] = {
                STATION_DIR_OPTION(&given.dir),
                STATION_TEXT("media-id", &given.media_id, N_("The drive's number in the register"), N_("ID")),
                STATION_TEXT("level", &given.level, N_("none, confidential, secret or top-secret"), N_("LEVEL")),
                STATION_TEXT("vendor-id", &given.vendor_id, N_("Four hexadecimal digits"), N_("V")),
                STATION_TEXT("product-id", &given.product_id, N_("Four hexadecimal digits"), N_("P")),
                STATION_TEXT("serial", &given.serial, N_("The USB serial number"), N_("S")),
                STATION_TEXT("cid", &given.cid, N_("The serial number of a memory card"), N_("C")),
                STATION_TEXT("device", &given.device, N_("Read the identity of this plugged-in device, such as 1-2"), N_("DEVICE")),
                STATION_WRITTEN_OPTIONS(&given.written),
                STATION_REASON_OPTION(&given.reason),
                STATION_NO_MORE_OPTIONS,
        };
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);

        if (status != GUARDCTL_GO_ON)
                return status;
        if (given.media_id == NULL || given.level == NULL)
                return guardctl_usage_error(
                        ctx, &usage, _("'station enrol' needs --media-id ID and --level LEVEL"));
        return enrol(ctx, &given);
}
