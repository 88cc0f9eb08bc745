/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The book as a spreadsheet: what it writes the import understands, cell by cell.
 */
#include <inttypes.h>
#include <string.h>
#include <glib/gi18n-lib.h>

#include "registry/durable.h"
#include "registry/identity.h"
#include "station/book.h"
#include "station/column-words.h"
#include "station/columns.h"
#include "station/csv.h"
#include "station/import.h"

typedef struct {
        const GuardExport *how;
        GString *text;
        guint64 done, total;
} Writing;

/* "VVVV:PPPP:SERIAL"; @part 0, 1 or 2. */
static char *
usb_part(const GuardDrive *drive, guint part)
{
        const GuardDriveId *usb = guard_drive_find_id(drive, GUARD_ID_USB);
        const GuardDriveId *serial = guard_drive_find_id(drive, GUARD_ID_SERIAL);
        g_auto(GStrv) parts = usb != NULL ? g_strsplit(usb->value, ":", 3) : NULL;

        if (parts != NULL && g_strv_length(parts) == 3)
                return g_strdup(parts[part]);
        return part == 2 && serial != NULL ? g_strdup(serial->value) : NULL;
}

static char *
ids_of(const GuardDrive *drive, GuardIdType type)
{
        g_autoptr(GPtrArray) values = guard_drive_id_values(drive, type);

        return guard_words_join((char *const *)values->pdata);
}

/* Weak though its form is not: another drive of the book has it, too. */
static gboolean
is_shared(const GuardDrive *drive)
{
        static const GuardIdType types[] = {GUARD_ID_USB, GUARD_ID_CID};

        for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
                const GuardDriveId *id = guard_drive_find_id(drive, types[i]);
                const char *why = NULL;

                if (id != NULL && id->weak && !guard_identity_is_weak(id->type, id->value, &why))
                        return TRUE;
        }
        return FALSE;
}

static const char *
plain_text(GuardColumn column, const GuardDrive *drive)
{
        const struct {
                GuardColumn column;
                const char *text;
        } fields[] = {{GUARD_COLUMN_MEDIA_ID, drive->media_id},
                      {GUARD_COLUMN_NAME, drive->name},
                      {GUARD_COLUMN_MODEL, drive->model},
                      {GUARD_COLUMN_CUSTODIAN, drive->custodian},
                      {GUARD_COLUMN_DEPARTMENT, drive->department},
                      {GUARD_COLUMN_UNIT, drive->unit},
                      {GUARD_COLUMN_IN_USE_DATE, drive->in_use_date},
                      {GUARD_COLUMN_HOLDER, drive->holder},
                      {GUARD_COLUMN_DUE_DATE, drive->due_date},
                      {GUARD_COLUMN_NOTE, drive->note}};

        for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
                if (fields[i].column == column)
                        return fields[i].text;
        }
        return NULL;
}

char *
guard_column_text(GuardColumn column, const GuardDrive *drive, gboolean english)
{
        switch (column) {
        case GUARD_COLUMN_LEVEL:
                return g_strdup(guard_words_of_level(drive->level, english));
        case GUARD_COLUMN_STATUS:
                return g_strdup(guard_words_of_status(drive->status, english));
        case GUARD_COLUMN_VENDOR_ID:
                return guard_drive_find_id(drive, GUARD_ID_USB) != NULL ? usb_part(drive, 0) : NULL;
        case GUARD_COLUMN_PRODUCT_ID:
                return guard_drive_find_id(drive, GUARD_ID_USB) != NULL ? usb_part(drive, 1) : NULL;
        case GUARD_COLUMN_SERIAL:
                return usb_part(drive, 2);
        case GUARD_COLUMN_CID:
                return ids_of(drive, GUARD_ID_CID);
        case GUARD_COLUMN_FS_UUID:
                return ids_of(drive, GUARD_ID_FS_UUID);
        case GUARD_COLUMN_PT_UUID:
                return ids_of(drive, GUARD_ID_PT_UUID);
        case GUARD_COLUMN_CAPACITY:
                return drive->capacity > 0 ? g_strdup_printf("%" PRIu64, drive->capacity) : NULL;
        case GUARD_COLUMN_HOSTS:
                return guard_words_join(drive->hosts);
        case GUARD_COLUMN_UNITS:
                return guard_words_join(drive->units);
        case GUARD_COLUMN_USERS:
                return guard_words_join(drive->users);
        case GUARD_COLUMN_SHARED_SERIAL:
                return is_shared(drive) ? g_strdup(english ? "yes" : "是") : NULL;
        default:
                return g_strdup(plain_text(column, drive));
        }
}

static gboolean
write_drive(const GuardDrive *drive, gpointer user_data, GError **error)
{
        Writing *w = user_data;
        g_autoptr(GString) line = g_string_new(NULL);

        (void)error;
        for (guint i = 0; i < GUARD_N_COLUMNS; i++) {
                g_autofree char *text = guard_column_text((GuardColumn)i, drive, w->how->english);

                guard_csv_append_cell(line, text);
        }
        g_string_append_len(w->text, line->str, (gssize)line->len);
        g_string_append(w->text, "\r\n");
        w->done++;
        if (w->how->progress != NULL && w->done % 1000 == 0)
                w->how->progress(w->done, w->total, w->how->user_data);
        return TRUE;
}

static void
write_header(Writing *w)
{
        g_autoptr(GString) line = g_string_new(NULL);

        if (w->how->encoding == GUARD_CSV_UTF8_BOM)
                g_string_append(w->text, "\xef\xbb\xbf");
        for (guint i = 0; i < GUARD_N_COLUMNS; i++)
                guard_csv_append_cell(line, guard_column_name((GuardColumn)i, w->how->english));
        g_string_append_len(w->text, line->str, (gssize)line->len);
        g_string_append(w->text, "\r\n");
}

static gboolean
save(const Writing *w, GError **error)
{
        g_autoptr(GError) local = NULL;
        g_autofree char *encoded = NULL;
        gsize size;

        if (w->how->encoding != GUARD_CSV_GB18030)
                return guard_durable_replace(w->how->path, w->text->str, w->text->len, 0600, error);
        encoded = g_convert(w->text->str, (gssize)w->text->len, "GB18030", "UTF-8", NULL, &size,
                            &local);
        if (encoded != NULL)
                return guard_durable_replace(w->how->path, encoded, size, 0600, error);
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED,
                    _("The register cannot be written as GB18030 (%s); use UTF-8"), local->message);
        return FALSE;
}

gboolean
guard_station_export_csv(GuardStation *station, const GuardExport *how, const GuardAct *act,
                         guint64 *exported, GError **error)
{
        g_autoptr(GString) text = g_string_new(NULL);
        Writing w = {how, text, 0, 0};
        gint64 total;

        if (!guard_station_may(station, act->roles, GUARD_DUTY_READ, error) ||
            !guard_book_number(station, 0, &total, error, "SELECT count(*) FROM drive", NULL))
                return FALSE;
        w.total = (guint64)total;
        write_header(&w);
        if (!guard_station_visit(station, write_drive, &w, error) || !save(&w, error))
                return FALSE;
        if (exported != NULL)
                *exported = w.done;
        return TRUE;
}
