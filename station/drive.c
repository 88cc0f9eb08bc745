/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A drive of the book in memory: life, identifiers, and how the history keeps it.
 */
#include "station/book.h"

#include <string.h>

#include "registry/identity.h"

static void
drive_id_free(GuardDriveId *id)
{
        g_free(id->value);
        g_free(id);
}

GuardDrive *
guard_drive_new(void)
{
        GuardDrive *drive = g_new0(GuardDrive, 1);

        drive->level = GUARD_LEVEL_UNKNOWN;
        drive->ids = g_ptr_array_new_with_free_func((GDestroyNotify)drive_id_free);
        return drive;
}

void
guard_drive_free(GuardDrive *drive)
{
        if (drive == NULL)
                return;
        g_free(drive->media_id);
        g_free(drive->name);
        g_free(drive->model);
        g_free(drive->custodian);
        g_free(drive->note);
        g_free(drive->department);
        g_free(drive->unit);
        g_free(drive->in_use_date);
        g_free(drive->due_date);
        g_free(drive->holder);
        g_free(drive->seen_host);
        g_free(drive->seen_user);
        g_ptr_array_unref(drive->ids);
        g_strfreev(drive->hosts);
        g_strfreev(drive->units);
        g_strfreev(drive->users);
        g_free(drive);
}

static gboolean
add_canonical(GuardDrive *drive, GuardIdType type, char *canonical, gboolean weak)
{
        GuardDriveId *id;

        if (canonical == NULL)
                return FALSE;
        for (guint i = 0; i < drive->ids->len; i++) {
                id = g_ptr_array_index(drive->ids, i);
                if (id->type == type && g_str_equal(id->value, canonical)) {
                        g_free(canonical);
                        return TRUE;
                }
        }
        id = g_new0(GuardDriveId, 1);
        id->type = type;
        id->value = canonical;
        id->weak = weak;
        g_ptr_array_add(drive->ids, id);
        return TRUE;
}

gboolean
guard_drive_add_canonical(GuardDrive *drive, GuardIdType type, const char *canonical, gboolean weak)
{
        return add_canonical(drive, type, g_strdup(canonical), weak);
}

gboolean
guard_drive_add_usb(GuardDrive *drive, guint16 vendor_id, guint16 product_id, const char *serial)
{
        return add_canonical(drive, GUARD_ID_USB,
                             guard_identity_canonical(GUARD_ID_USB, vendor_id, product_id, serial),
                             FALSE) &&
               guard_drive_add_id(drive, GUARD_ID_SERIAL, serial);
}

gboolean
guard_drive_add_id(GuardDrive *drive, GuardIdType type, const char *value)
{
        return add_canonical(drive, type, guard_identity_canonical(type, 0, 0, value), FALSE);
}

GuardDrive *
guard_drive_copy(const GuardDrive *drive)
{
        GuardDrive *copy = g_new(GuardDrive, 1);

        *copy = *drive;
        copy->media_id = g_strdup(drive->media_id);
        copy->name = g_strdup(drive->name);
        copy->model = g_strdup(drive->model);
        copy->custodian = g_strdup(drive->custodian);
        copy->note = g_strdup(drive->note);
        copy->department = g_strdup(drive->department);
        copy->unit = g_strdup(drive->unit);
        copy->in_use_date = g_strdup(drive->in_use_date);
        copy->due_date = g_strdup(drive->due_date);
        copy->holder = g_strdup(drive->holder);
        copy->seen_host = g_strdup(drive->seen_host);
        copy->seen_user = g_strdup(drive->seen_user);
        copy->hosts = g_strdupv(drive->hosts);
        copy->units = g_strdupv(drive->units);
        copy->users = g_strdupv(drive->users);
        copy->ids = g_ptr_array_new_with_free_func((GDestroyNotify)drive_id_free);
        for (guint i = 0; i < drive->ids->len; i++) {
                const GuardDriveId *id = g_ptr_array_index(drive->ids, i);

                add_canonical(copy, id->type, g_strdup(id->value), id->weak);
        }
        return copy;
}

/* The first of this type, or NULL. */
GuardDriveId *
guard_drive_find_id(const GuardDrive *drive, GuardIdType type)
{
        for (guint i = 0; i < drive->ids->len; i++) {
                GuardDriveId *id = g_ptr_array_index(drive->ids, i);

                if (id->type == type)
                        return id;
        }
        return NULL;
}

GPtrArray *
guard_drive_id_values(const GuardDrive *drive, GuardIdType type)
{
        GPtrArray *values = g_ptr_array_new();

        for (guint i = 0; i < drive->ids->len; i++) {
                const GuardDriveId *id = g_ptr_array_index(drive->ids, i);

                if (id->type == type)
                        g_ptr_array_add(values, id->value);
        }
        g_ptr_array_add(values, NULL);
        return values;
}

char *
guard_drive_to_json(const GuardDrive *drive)
{
        GString *json = g_string_sized_new(256);

        guard_book_json_open(json);
        guard_book_json_text(json, "name", drive->name);
        guard_book_json_text(json, "model", drive->model);
        guard_book_json_text(json, "custodian", drive->custodian);
        guard_book_json_text(json, "department", drive->department);
        guard_book_json_text(json, "unit", drive->unit);
        guard_book_json_text(json, "in-use-date", drive->in_use_date);
        guard_book_json_text(json, "note", drive->note);
        if (drive->capacity > 0)
                guard_book_json_number(json, "capacity", drive->capacity);
        guard_book_json_text(json, "level", guard_level_to_string(drive->level));
        guard_book_json_text(json, "status", guard_status_to_string(drive->status));
        guard_book_json_text(json, "holder", drive->holder);
        guard_book_json_text(json, "due", drive->due_date);
        for (guint i = 0; i < drive->ids->len; i++) {
                const GuardDriveId *id = g_ptr_array_index(drive->ids, i);
                g_autofree char *name =
                        g_strdup_printf("%s.%u", guard_id_type_to_string(id->type), i);
                g_autofree char *value = g_strconcat(id->value, id->weak ? " (weak)" : "", NULL);

                guard_book_json_text(json, name, value);
        }
        guard_book_json_list(json, "hosts", drive->hosts);
        guard_book_json_list(json, "units", drive->units);
        guard_book_json_list(json, "users", drive->users);
        return guard_book_json_close(json);
}
