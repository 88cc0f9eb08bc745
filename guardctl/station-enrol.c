/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station enrol`: a drive from what is typed, or read from the one that is plugged in.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <glib/gi18n-lib.h>

#include "guardctl/station.h"

typedef struct {
        char *dir, *media_id, *level, *vendor_id, *product_id, *serial, *name, *model, *custodian,
                *note, *device, *cid, *reason, *department, *own_unit, *in_use_date, *capacity;
        char **fs_uuids, **pt_uuids, **hosts, **units, **users;
        gboolean shared_serial;
} Given;

static void
given_clear(Given *given)
{
        char **texts[] = {&given->dir,         &given->media_id,   &given->level,
                          &given->vendor_id,   &given->product_id, &given->serial,
                          &given->name,        &given->model,      &given->custodian,
                          &given->note,        &given->device,     &given->cid,
                          &given->reason,      &given->department, &given->own_unit,
                          &given->in_use_date, &given->capacity};
        char ***lists[] = {&given->fs_uuids, &given->pt_uuids, &given->hosts, &given->units,
                           &given->users};

        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
                g_clear_pointer(texts[i], g_free);
        for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
                g_clear_pointer(lists[i], g_strfreev);
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

/* An attribute of a present USB device without its newline; NULL where it has none. Caller frees.
 */
static char *
read_attribute(GuardctlContext *ctx, const char *device, const char *name)
{
        g_autofree char *path = g_strdup_printf("%s/sys/bus/usb/devices/%s/%s",
                                                ctx->root != NULL ? ctx->root : "", device, name);
        char *text = NULL;

        if (g_file_get_contents(path, &text, NULL, NULL))
                g_strchomp(text);
        return text;
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

        if (*device == '\0' || strspn(device, "0123456789.-") != strlen(device) ||
            strstr(device, "..") != NULL) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_USAGE,
                            _("'%s' is no USB device; guardctl media list shows them, such as 1-2"),
                            device);
                return FALSE;
        }
        fill(&given->vendor_id, read_attribute(ctx, device, "idVendor"));
        fill(&given->product_id, read_attribute(ctx, device, "idProduct"));
        fill(&given->serial, read_attribute(ctx, device, "serial"));
        fill(&given->model, read_attribute(ctx, device, "product"));
        if (given->model != NULL &&
            (*g_strstrip(given->model) == '\0' || !g_utf8_validate(given->model, -1, NULL)))
                g_clear_pointer(&given->model, g_free);
        if (given->vendor_id != NULL && given->product_id != NULL)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                    _("No USB device %s is plugged in; guardctl media list shows those that are"),
                    device);
        return FALSE;
}

static gboolean
add_list(GuardDrive *drive, GuardIdType type, char **values, GError **error)
{
        for (; values != NULL && *values != NULL; values++) {
                if (guard_drive_add_id(drive, type, *values))
                        continue;
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE, _("--%s '%s' is empty"),
                            guard_id_type_to_string(type), *values);
                return FALSE;
        }
        return TRUE;
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
        } else if (given->vendor_id != NULL && given->fs_uuids == NULL && given->pt_uuids == NULL) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("Vendor and product alone identify no drive, and it has no serial "
                              "number; give its "
                              "--fs-uuid"));
                return FALSE;
        }
        if (given->cid != NULL && *given->cid != '\0')
                guard_drive_add_id(drive, GUARD_ID_CID, given->cid);
        return add_list(drive, GUARD_ID_FS_UUID, given->fs_uuids, error) &&
               add_list(drive, GUARD_ID_PT_UUID, given->pt_uuids, error);
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
        drive->name = g_strdup(given->name);
        drive->model = g_strdup(given->model);
        drive->custodian = g_strdup(given->custodian);
        drive->note = g_strdup(given->note);
        drive->department = g_strdup(given->department);
        drive->unit = g_strdup(given->own_unit);
        drive->in_use_date = g_strdup(given->in_use_date);
        if (given->capacity != NULL && !station_parse_capacity(given->capacity, drive, error))
                return NULL;
        drive->hosts = g_strdupv(given->hosts);
        drive->units = g_strdupv(given->units);
        drive->users = g_strdupv(given->users);
        return add_identity(drive, given, error) ? g_steal_pointer(&drive) : NULL;
}

static void
report(GuardctlContext *ctx, const GuardDrive *drive, GPtrArray *warnings)
{
        g_autoptr(JsonBuilder) builder = NULL;

        for (guint i = 0; i < warnings->len; i++)
                guardctl_warn(ctx, _("note: %s"), (const char *)g_ptr_array_index(warnings, i));
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
            !guard_station_enrol(station, drive, given->shared_serial, &act, warnings, &error))
                return guardctl_fail(ctx, error);
        drive->enrolled_us = act.now_us;
        report(ctx, drive, warnings);
        return GUARDCTL_DONE;
}

#define TEXT(name, field, help, arg)                                                               \
        {                                                                                          \
                name, 0, 0, G_OPTION_ARG_STRING, &given.field, help, arg                           \
        }
#define LIST(name, field, help, arg)                                                               \
        {                                                                                          \
                name, 0, 0, G_OPTION_ARG_STRING_ARRAY, &given.field, help, arg                     \
        }

int
station_enrol(GuardctlContext *ctx, int argc, char **argv)
{
        g_auto(Given) given = {0};
        const GOptionEntry entries[] = {
                STATION_DIR_OPTION(&given.dir),
                TEXT("media-id", media_id, N_("The drive's number in the register"), N_("ID")),
                TEXT("level", level, N_("none, confidential, secret or top-secret"), N_("LEVEL")),
                TEXT("vendor-id", vendor_id, N_("Four hexadecimal digits"), N_("V")),
                TEXT("product-id", product_id, N_("Four hexadecimal digits"), N_("P")),
                TEXT("serial", serial, N_("The USB serial number"), N_("S")),
                TEXT("cid", cid, N_("The serial number of a memory card"), N_("C")),
                LIST("fs-uuid", fs_uuids, N_("A file system's UUID; once for each"), N_("U")),
                LIST("pt-uuid", pt_uuids, N_("The partition table's UUID"), N_("U")),
                TEXT("device", device,
                     N_("Read the identity of this plugged-in device, such as 1-2"), N_("DEVICE")),
                TEXT("name", name, N_("What people call it"), N_("TEXT")),
                TEXT("model", model, N_("Its make"), N_("TEXT")),
                TEXT("custodian", custodian, N_("Who answers for it; stays at the desk"),
                     N_("NAME")),
                TEXT("department", department, N_("Its department; stays at the desk"), N_("NAME")),
                TEXT("own-unit", own_unit, N_("The unit it belongs to; stays at the desk"),
                     N_("NAME")),
                TEXT("in-use-date", in_use_date, N_("Since when it is used, such as 2026-03-01"),
                     N_("DAY")),
                TEXT("capacity", capacity, N_("Such as 32GB"), N_("SIZE")),
                TEXT("note", note, N_("Anything else; stays at the desk"), N_("TEXT")),
                LIST("host", hosts, N_("Only for this host; once for each"), N_("HOST-ID")),
                LIST("unit", units, N_("Only for this unit's hosts; once for each"), N_("UNIT")),
                LIST("user", users, N_("Only for this person's account; once for each"),
                     N_("ACCOUNT")),
                {"shared-serial", 0, 0, G_OPTION_ARG_NONE, &given.shared_serial,
                 N_("Another drive of the register truly has the same serial number"), NULL},
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
