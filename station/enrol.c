/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Entering a drive: what must be there, what many drives share, what the book has already. One
 * transaction, history included.
 */
#include "station/book.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#include "registry/identity.h"

#define MEDIA_ID_MAX 64

G_GNUC_PRINTF(2, 3)
static void
warn(GPtrArray *warnings, const char *format, ...)
{
        va_list values;

        if (warnings == NULL)
                return;
        va_start(values, format);
        g_ptr_array_add(warnings, g_strdup_vprintf(format, values));
        va_end(values);
}

static gboolean
check_drive(const GuardDrive *drive, GError **error)
{
        const struct {
                const char *what, *text;
        } texts[] = {
                {_("The name"), drive->name},           {_("The model"), drive->model},
                {_("The custodian"), drive->custodian}, {_("The department"), drive->department},
                {_("The unit"), drive->unit},           {_("The note"), drive->note}};

        if (!guard_book_check_text(_("The media id"),
                                   drive->media_id != NULL ? drive->media_id : "", MEDIA_ID_MAX,
                                   error) ||
            !guard_book_check_list(_("A host"), drive->hosts, error) ||
            !guard_book_check_list(_("A unit"), drive->units, error) ||
            !guard_book_check_list(_("A user"), drive->users, error))
                return FALSE;
        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
                if (texts[i].text != NULL && !guard_book_check_text(texts[i].what, texts[i].text,
                                                                    GUARD_BOOK_TEXT_MAX, error))
                        return FALSE;
        }
        if (!guard_book_check_date(_("The day it was taken into use"), drive->in_use_date, error))
                return FALSE;
        if (drive->capacity > G_MAXINT64) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("The capacity of drive %s is too large"), drive->media_id);
                return FALSE;
        }
        if (drive->level < GUARD_LEVEL_NONE || drive->level > GUARD_LEVEL_TOP_SECRET) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("Drive %s has no level: none, confidential, secret or top-secret"),
                            drive->media_id);
                return FALSE;
        }
        if (drive->ids->len == 0) {
                g_set_error(
                        error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                        _("Drive %s has nothing to be recognised by; give its serial number or its "
                          "file-system UUID"),
                        drive->media_id);
                return FALSE;
        }
        return TRUE;
}

/* By the value itself. */
static void
mark_patterns(GuardDrive *drive, GPtrArray *warnings)
{
        for (guint i = 0; i < drive->ids->len; i++) {
                GuardDriveId *id = g_ptr_array_index(drive->ids, i);
                const char *why;

                if (!guard_identity_is_weak(id->type, id->value, &why))
                        continue;
                id->weak = TRUE;
                if (id->type != GUARD_ID_USB) /* said with the serial already */
                        warn(warnings,
                             _("%s %s is one that many drives share (%s): by itself it will not "
                               "refuse any"),
                             guard_id_type_to_string(id->type), id->value, why);
        }
}

static void
mark_serial(GuardDrive *drive)
{
        for (guint i = 0; i < drive->ids->len; i++) {
                GuardDriveId *id = g_ptr_array_index(drive->ids, i);

                if (id->type == GUARD_ID_USB || id->type == GUARD_ID_SERIAL)
                        id->weak = TRUE;
        }
}

/* The other drive's serial becomes weak too, and its history says since when and why. */
static gboolean
mark_other(GuardStation *station, const char *other, const GuardDrive *drive, const GuardAct *act,
           GError **error)
{
        g_autofree char *reason = g_strdup_printf(
                _("Drive %s was enrolled with the same serial number"), drive->media_id);
        GuardAct marking = {act->who, reason, act->now_us, act->roles};

        if (!guard_book_run(station, error,
                            "UPDATE identifier SET weak=1 WHERE media_id=?1 AND type IN(?2,?3) AND "
                            "NOT weak",
                            "sii", other, (gint64)GUARD_ID_USB, (gint64)GUARD_ID_SERIAL))
                return FALSE;
        return sqlite3_changes(station->db) == 0 || /* it was so already */
               guard_book_append_history(station, other, "mark-weak", "{\"serial\":\"strong\"}",
                                         "{\"serial\":\"weak\"}", &marking, error);
}

/* Media ids of other drives with this identifier. */
static GPtrArray *
find_others(GuardStation *station, const GuardDriveId *id, GError **error)
{
        g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
        sqlite3_stmt *statement = guard_book_kept(
                station, error,
                "SELECT media_id FROM identifier WHERE type=?1 AND value=?2 ORDER BY media_id",
                "is", (gint64)id->type, id->value);
        int step;

        if (statement == NULL)
                return NULL;
        while ((step = sqlite3_step(statement)) == SQLITE_ROW)
                g_ptr_array_add(others, g_strdup(guard_book_text(statement, 0)));
        if (step != SQLITE_DONE)
                guard_book_failed(station, error);
        sqlite3_reset(statement);
        return step == SQLITE_DONE ? g_steal_pointer(&others) : NULL;
}

/* The very same hardware identity is either one drive entered twice, or two drives of a batch. */
static gboolean
check_same_identity(GuardStation *station, const GuardDrive *drive, GuardIdType type,
                    GError **error)
{
        const GuardDriveId *id = guard_drive_find_id(drive, type);
        g_autoptr(GPtrArray) others = NULL;

        if (id == NULL)
                return TRUE;
        others = find_others(station, id, error);
        if (others == NULL || others->len == 0)
                return others != NULL;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_EXISTS,
                    _("Drive %s has this identity (%s) already. If it is the same drive, change "
                      "that entry; if these are two drives with one serial number, mark it as "
                      "shared (in a spreadsheet, by a column shared-serial)"),
                    (const char *)g_ptr_array_index(others, 0), id->value);
        return FALSE;
}

static gboolean
mark_shared_serials(GuardStation *station, GuardDrive *drive, const GuardAct *act,
                    GPtrArray *warnings, GError **error)
{
        const GuardDriveId *serial = guard_drive_find_id(drive, GUARD_ID_SERIAL);
        g_autoptr(GPtrArray) others = NULL;

        if (serial == NULL)
                return TRUE;
        others = find_others(station, serial, error);
        if (others == NULL)
                return FALSE;
        for (guint i = 0; i < others->len; i++) {
                const char *other = g_ptr_array_index(others, i);

                if (!mark_other(station, other, drive, act, error))
                        return FALSE;
                warn(warnings,
                     _("Serial number %s is in the book for %s as well: by itself it will not "
                       "refuse any drive "
                       "from now on; give the file-system UUID of both"),
                     serial->value, other);
        }
        if (others->len > 0)
                mark_serial(drive);
        return TRUE;
}

/* Content that two drives share stays strong (the more severe entry wins), but is worth a word. */
static gboolean
warn_shared_content(GuardStation *station, const GuardDrive *drive, GPtrArray *warnings,
                    GError **error)
{
        for (guint i = 0; i < drive->ids->len; i++) {
                const GuardDriveId *id = g_ptr_array_index(drive->ids, i);
                g_autoptr(GPtrArray) others = NULL;

                if (id->type != GUARD_ID_FS_UUID && id->type != GUARD_ID_PT_UUID)
                        continue;
                others = find_others(station, id, error);
                if (others == NULL)
                        return FALSE;
                if (others->len > 0)
                        warn(warnings,
                             _("%s %s is also that of %s: one is a copy of the other; format it "
                               "anew"),
                             guard_id_type_to_string(id->type), id->value,
                             (const char *)g_ptr_array_index(others, 0));
        }
        return TRUE;
}

static void
warn_only_weak(const GuardDrive *drive, GPtrArray *warnings)
{
        for (guint i = 0; i < drive->ids->len; i++) {
                if (!((const GuardDriveId *)g_ptr_array_index(drive->ids, i))->weak)
                        return;
        }
        warn(warnings,
             _("Drive %s cannot be recognised by any one of its identifiers alone; give its "
               "file-system "
               "UUID, or format it anew"),
             drive->media_id);
}

static void
warn_no_serial(const GuardDrive *drive, GPtrArray *warnings)
{
        for (guint i = 0; i < drive->ids->len; i++) {
                GuardIdType type = ((const GuardDriveId *)g_ptr_array_index(drive->ids, i))->type;

                if (type == GUARD_ID_USB || type == GUARD_ID_SERIAL || type == GUARD_ID_CID)
                        return;
        }
        warn(warnings,
             _("Drive %s has no serial number: only its content tells it, and formatting it makes "
               "it a "
               "stranger"),
             drive->media_id);
}

static gboolean
check_new(GuardStation *station, const GuardDrive *drive, GError **error)
{
        gint64 n;

        if (!guard_book_number(station, 0, &n, error,
                               "SELECT count(*) FROM drive WHERE media_id=?1", "s",
                               drive->media_id))
                return FALSE;
        if (n > 0)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_EXISTS,
                            _("There is a drive %s in the register already"), drive->media_id);
        return n == 0;
}

/* What the book has of other drives against this one, and what its identifiers are worth. */
static gboolean
judge_identity(GuardStation *station, GuardDrive *drive, gboolean shared_serial,
               const GuardAct *act, GPtrArray *warnings, GError **error)
{
        mark_patterns(drive, warnings);
        if ((!shared_serial && (!check_same_identity(station, drive, GUARD_ID_USB, error) ||
                                !check_same_identity(station, drive, GUARD_ID_CID, error))) ||
            !mark_shared_serials(station, drive, act, warnings, error) ||
            !warn_shared_content(station, drive, warnings, error))
                return FALSE;
        warn_no_serial(drive, warnings);
        warn_only_weak(drive, warnings);
        return TRUE;
}

gboolean
guard_book_enrol(GuardStation *station, GuardDrive *drive, gboolean shared_serial,
                 const GuardAct *act, GPtrArray *warnings, GError **error)
{
        g_autofree char *after = NULL;

        if (!check_drive(drive, error) || !check_new(station, drive, error) ||
            !judge_identity(station, drive, shared_serial, act, warnings, error))
                return FALSE;
        after = guard_drive_to_json(drive);
        return guard_book_insert(station, drive, act, error) &&
               guard_book_append_history(station, drive->media_id, "enrol", NULL, after, act,
                                         error);
}

gboolean
guard_station_enrol(GuardStation *station, GuardDrive *drive, gboolean shared_serial,
                    const GuardAct *act, GPtrArray *warnings, GError **error)
{
        if (!check_drive(drive, error) || !guard_book_begin(station, act, GUARD_DUTY_EDIT, error))
                return FALSE;
        return guard_book_end(station,
                              guard_book_enrol(station, drive, shared_serial, act, warnings, error),
                              error);
}

/* Known to be shared, or not: that was settled when it was enrolled. */
static gboolean
same_hardware(const GuardDrive *one, const GuardDrive *other)
{
        static const GuardIdType types[] = {GUARD_ID_USB, GUARD_ID_CID};

        for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
                const GuardDriveId *a = guard_drive_find_id(one, types[i]);
                const GuardDriveId *b = guard_drive_find_id(other, types[i]);

                if (g_strcmp0(a != NULL ? a->value : NULL, b != NULL ? b->value : NULL) != 0)
                        return FALSE;
        }
        return TRUE;
}

static gboolean
edit(GuardStation *station, GuardDrive *drive, gboolean shared_serial, const GuardAct *act,
     GPtrArray *warnings, GError **error)
{
        g_autoptr(GuardDrive) old = guard_station_get(station, drive->media_id, error);
        g_autofree char *before = NULL, *after = NULL;

        if (old == NULL)
                return FALSE;
        if (old->status == GUARD_STATUS_DESTROYED) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("Drive %s is destroyed: its entry stays as it is"), drive->media_id);
                return FALSE;
        }
        drive->level = old->level;
        drive->status = old->status;
        g_free(drive->holder);
        drive->holder = g_strdup(old->holder);
        g_free(drive->due_date);
        drive->due_date = g_strdup(old->due_date);
        before = guard_drive_to_json(old);
        /* out of the way of its own identity */
        if (!guard_book_remove_parts(station, drive->media_id, error) ||
            !judge_identity(station, drive, shared_serial || same_hardware(old, drive), act,
                            warnings, error))
                return FALSE;
        after = guard_drive_to_json(drive);
        if (g_str_equal(before, after)) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("Nothing about drive %s would change"), drive->media_id);
                return FALSE;
        }
        return guard_book_update(station, drive, act, error) &&
               guard_book_append_history(station, drive->media_id, "edit", before, after, act,
                                         error);
}

gboolean
guard_station_edit(GuardStation *station, GuardDrive *drive, gboolean shared_serial,
                   const GuardAct *act, GPtrArray *warnings, GError **error)
{
        if (drive->level == GUARD_LEVEL_UNKNOWN)
                drive->level = GUARD_LEVEL_NONE; /* not taken from here */
        if (!guard_book_check_reason("edit", act, error) || !check_drive(drive, error) ||
            !guard_book_begin(station, act, GUARD_DUTY_EDIT, error))
                return FALSE;
        return guard_book_end(station, edit(station, drive, shared_serial, act, warnings, error),
                              error);
}

GPtrArray *
guard_station_find_same(GuardStation *station, const GuardDrive *drive, GError **error)
{
        g_autoptr(GPtrArray) same = g_ptr_array_new_with_free_func(g_free);

        for (guint i = 0; i < drive->ids->len; i++) {
                g_autoptr(GPtrArray) others =
                        find_others(station, g_ptr_array_index(drive->ids, i), error);

                if (others == NULL)
                        return NULL;
                for (guint k = 0; k < others->len; k++) {
                        const char *other = g_ptr_array_index(others, k);

                        if (g_strcmp0(other, drive->media_id) != 0 &&
                            !g_ptr_array_find_with_equal_func(same, other, g_str_equal, NULL))
                                g_ptr_array_add(same, g_strdup(other));
                }
        }
        return g_steal_pointer(&same);
}
