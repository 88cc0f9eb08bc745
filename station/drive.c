/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A drive of the book in memory: life, identifiers, and how it is read from the tables.
 */
#include "station/book.h"

#include <string.h>
#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

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

static void
json_text(JsonBuilder *builder, const char *name, const char *value)
{
        if (value == NULL)
                return;
        json_builder_set_member_name(builder, name);
        json_builder_add_string_value(builder, value);
}

static void
json_list(JsonBuilder *builder, const char *name, char **list)
{
        if (list == NULL)
                return;
        json_builder_set_member_name(builder, name);
        json_builder_begin_array(builder);
        for (; *list != NULL; list++)
                json_builder_add_string_value(builder, *list);
        json_builder_end_array(builder);
}

char *
guard_drive_to_json(const GuardDrive *drive)
{
        g_autoptr(JsonBuilder) builder = json_builder_new();
        g_autoptr(JsonNode) root = NULL;

        json_builder_begin_object(builder);
        json_text(builder, "name", drive->name);
        json_text(builder, "model", drive->model);
        json_text(builder, "custodian", drive->custodian);
        json_text(builder, "note", drive->note);
        json_text(builder, "level", guard_level_to_string(drive->level));
        json_text(builder, "status", guard_status_to_string(drive->status));
        for (guint i = 0; i < drive->ids->len; i++) {
                const GuardDriveId *id = g_ptr_array_index(drive->ids, i);
                g_autofree char *name =
                        g_strdup_printf("%s.%u", guard_id_type_to_string(id->type), i);
                g_autofree char *value = g_strconcat(id->value, id->weak ? " (weak)" : "", NULL);

                json_text(builder, name, value);
        }
        json_list(builder, "hosts", drive->hosts);
        json_list(builder, "units", drive->units);
        json_list(builder, "users", drive->users);
        json_builder_end_object(builder);
        root = json_builder_get_root(builder);
        return json_to_string(root, FALSE);
}

#define DRIVE_COLUMNS                                                                              \
        "SELECT media_id,name,model,custodian,note,level,status,enrolled_us FROM drive "

typedef struct { /* statements of one walk through the book */
        sqlite3_stmt *drives, *ids, *bindings;
} Walk;

static gboolean
read_ids(GuardStation *station, Walk *walk, GuardDrive *drive, GError **error)
{
        int step;

        sqlite3_reset(walk->ids);
        sqlite3_bind_text(walk->ids, 1, drive->media_id, -1, SQLITE_TRANSIENT);
        while ((step = sqlite3_step(walk->ids)) == SQLITE_ROW) {
                gint64 type = sqlite3_column_int64(walk->ids, 0);

                if (type >= 0 && type < GUARD_N_IDS)
                        add_canonical(drive, (GuardIdType)type,
                                      g_strdup(guard_book_text(walk->ids, 1)),
                                      sqlite3_column_int(walk->ids, 2) != 0);
        }
        return step == SQLITE_DONE ? TRUE : guard_book_failed(station, error);
}

static gboolean
read_bindings(GuardStation *station, Walk *walk, GuardDrive *drive, GError **error)
{
        const struct {
                const char *kind;
                char ***list;
                GPtrArray *values;
        } kinds[] = {
                {"host", &drive->hosts, g_ptr_array_new()},
                {"unit", &drive->units, g_ptr_array_new()},
                {"user", &drive->users, g_ptr_array_new()},
        };
        int step;

        sqlite3_reset(walk->bindings);
        sqlite3_bind_text(walk->bindings, 1, drive->media_id, -1, SQLITE_TRANSIENT);
        while ((step = sqlite3_step(walk->bindings)) == SQLITE_ROW) {
                for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
                        if (g_strcmp0(guard_book_text(walk->bindings, 0), kinds[i].kind) == 0)
                                g_ptr_array_add(kinds[i].values,
                                                g_strdup(guard_book_text(walk->bindings, 1)));
                }
        }
        for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
                gboolean any = kinds[i].values->len > 0;

                g_ptr_array_add(kinds[i].values, NULL);
                *kinds[i].list = (char **)g_ptr_array_free(kinds[i].values, !any);
        }
        return step == SQLITE_DONE ? TRUE : guard_book_failed(station, error);
}

static GuardDrive *
read_drive(GuardStation *station, Walk *walk, GError **error)
{
        g_autoptr(GuardDrive) drive = guard_drive_new();
        gint64 level = sqlite3_column_int64(walk->drives, 5),
               status = sqlite3_column_int64(walk->drives, 6);

        drive->media_id = g_strdup(guard_book_text(walk->drives, 0));
        drive->name = g_strdup(guard_book_text(walk->drives, 1));
        drive->model = g_strdup(guard_book_text(walk->drives, 2));
        drive->custodian = g_strdup(guard_book_text(walk->drives, 3));
        drive->note = g_strdup(guard_book_text(walk->drives, 4));
        drive->enrolled_us = sqlite3_column_int64(walk->drives, 7);
        if (level < 0 || level > GUARD_LEVEL_TOP_SECRET || status < 0 ||
            status >= GUARD_N_STATUSES) {
                g_set_error(
                        error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                        _("The register in %s: drive %s has a level or status that does not exist"),
                        station->dir, drive->media_id);
                return NULL;
        }
        drive->level = (GuardLevel)level;
        drive->status = (GuardStatus)status;
        if (!read_ids(station, walk, drive, error) || !read_bindings(station, walk, drive, error))
                return NULL;
        return g_steal_pointer(&drive);
}

static gboolean
walk_begin(GuardStation *station, Walk *walk, const char *media_id, GError **error)
{
        walk->drives =
                media_id != NULL
                        ? guard_book_prepare(station, error, DRIVE_COLUMNS "WHERE media_id=?1", "s",
                                             media_id)
                        : guard_book_prepare(station, error, DRIVE_COLUMNS "ORDER BY media_id",
                                             NULL);
        if (walk->drives != NULL)
                walk->ids = guard_book_prepare(station, error,
                                               "SELECT type,value,weak FROM identifier WHERE "
                                               "media_id=?1 ORDER BY type,value",
                                               NULL);
        if (walk->ids != NULL)
                walk->bindings = guard_book_prepare(
                        station, error,
                        "SELECT kind,value FROM binding WHERE media_id=?1 ORDER BY kind,value",
                        NULL);
        return walk->bindings != NULL;
}

static void
walk_end(Walk *walk)
{
        sqlite3_finalize(walk->drives);
        sqlite3_finalize(walk->ids);
        sqlite3_finalize(walk->bindings);
}

GuardDrive *
guard_station_get(GuardStation *station, const char *media_id, GError **error)
{
        Walk walk = {NULL, NULL, NULL};
        GuardDrive *drive = NULL;

        if (walk_begin(station, &walk, media_id, error)) {
                int step = sqlite3_step(walk.drives);

                if (step == SQLITE_ROW)
                        drive = read_drive(station, &walk, error);
                else if (step == SQLITE_DONE)
                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                                    _("There is no drive %s in the register"), media_id);
                else
                        guard_book_failed(station, error);
        }
        walk_end(&walk);
        return drive;
}

gboolean
guard_station_visit(GuardStation *station, GuardDriveVisit visit, gpointer user_data,
                    GError **error)
{
        Walk walk = {NULL, NULL, NULL};
        gboolean ok = walk_begin(station, &walk, NULL, error);
        int step = SQLITE_DONE;

        while (ok && (step = sqlite3_step(walk.drives)) == SQLITE_ROW) {
                g_autoptr(GuardDrive) drive = read_drive(station, &walk, error);

                ok = drive != NULL && visit(drive, user_data, error);
        }
        if (ok && step != SQLITE_DONE)
                ok = guard_book_failed(station, error);
        walk_end(&walk);
        return ok;
}
