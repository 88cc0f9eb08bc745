/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The drive that is plugged in must be the book's; then place, signature, history.
 */
#include "station/mark.h"
#include <glib/gi18n-lib.h>
#include <string.h>
#include "registry/identity.h"
#include "registry/mark.h"
#include "station/book.h"
#include "station/mark-place.h"

/* Has the book's drive this hardware identity? */
static gboolean
is_drive(const GuardDrive *drive, GuardIdType type, const char *canonical)
{
        for (guint i = 0; canonical && i < drive->ids->len; i++) {
                const GuardDriveId *id = g_ptr_array_index(drive->ids, i);

                if (id->type == type && strcmp(id->value, canonical) == 0)
                        return TRUE;
        }
        return FALSE;
}

static gboolean
check_drive(const GuardDrive *drive, const GuardMarking *marking, GError **error)
{
        const GuardMedium *medium = marking->medium;
        const char *said = medium->usb ? medium->usb->serial : medium->carrier_serial;
        g_autofree char *usb = NULL, *serial = NULL, *cid = NULL;
        gboolean whole = FALSE; /* the book has vendor and product, too */

        for (guint i = 0; i < drive->ids->len; i++)
                whole |= ((const GuardDriveId *)g_ptr_array_index(drive->ids, i))->type == GUARD_ID_USB;

        if (medium->usb) {
                usb = guard_identity_canonical(GUARD_ID_USB, medium->usb->vendor_id, medium->usb->product_id, said);
                serial = guard_identity_canonical(GUARD_ID_SERIAL, 0, 0, said);
        } else {
                cid = guard_identity_canonical(GUARD_ID_CID, 0, 0, said);
        }
        if (is_drive(drive, GUARD_ID_USB, usb) || (!whole && is_drive(drive, GUARD_ID_SERIAL, serial)) || is_drive(drive, GUARD_ID_CID, cid))
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                    _("%s is not drive %s of the register: its serial number is '%s'. Plug in the right drive, or correct the register"),
                    marking->node, drive->media_id, said ? said : "");
        return FALSE;
}

static char *
sign(const GuardDrive *drive, const GuardMarking *marking, const GuardKey *key, const GuardAct *act, GError **error)
{
        GuardMark mark = {drive->media_id, drive->level, act->now_us, ""};

        if (!guard_mark_binding(marking->medium, mark.binding)) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE, _("%s says nothing of itself that a mark could be bound to"),
                            marking->node);
                return NULL;
        }
        return guard_mark_make(&mark, key, error);
}

/* Which key: whoever takes an old one out of service must know whose marks are to be written anew. */
static char *
record_of(const GuardKey *key, gboolean forced)
{
        static const char *const untrusted[] = {"untrusted-key", NULL};
        GString *json = g_string_new(NULL);

        guard_book_json_open(json);
        guard_book_json_text(json, "key", guard_key_id(key));
        if (forced)
                guard_book_json_list(json, "forced", (char *const *)untrusted);
        return guard_book_json_close(json);
}

/* With the book's lock held; @key is NULL to take the mark away. */
static gboolean
write_mark(GuardStation *station, const GuardMarking *marking, const GuardKey *key, const char *after, const GuardAct *act, GError **error)
{
        g_autoptr(GuardDrive) drive = guard_station_get(station, marking->media_id, error);
        g_autofree char *text = NULL;
        gboolean marked;
        guint64 place;

        if (!drive || !check_drive(drive, marking, error) || (key && (text = sign(drive, marking, key, act, error)) == NULL) ||
            !guard_mark_place_find(marking->fd, marking->node, &place, &marked, error))
                return FALSE;
        if (!key && !marked) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND, _("%s has no mark"), marking->node);
                return FALSE;
        }
        return guard_mark_place_write(marking->fd, marking->node, place, text, error) &&
               guard_book_append_history(station, drive->media_id, key ? "mark" : "unmark", NULL, after, act, error);
}

gboolean
guard_station_mark(GuardStation *station, const GuardMarking *marking, const GuardAct *act, GError **error)
{
        gboolean forced = FALSE;
        g_autoptr(GuardKey) key = guard_signing_open(&marking->signing, &forced, error);
        g_autofree char *after = key ? record_of(key, forced) : NULL;

        return key && (!forced || guard_book_check_reason("mark --untrusted-key", act, error)) &&
               guard_book_begin(station, act, GUARD_DUTY_EDIT, error) &&
               guard_book_end(station, write_mark(station, marking, key, after, act, error), error);
}

gboolean
guard_station_unmark(GuardStation *station, const GuardMarking *marking, const GuardAct *act, GError **error)
{
        return guard_book_check_reason("unmark", act, error) && guard_book_begin(station, act, GUARD_DUTY_EDIT, error) &&
               guard_book_end(station, write_mark(station, marking, NULL, NULL, act, error), error);
}
