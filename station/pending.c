/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The book as it was published is the book of now with the history since then taken back, newest record first: no copy of the
 * last snapshot is needed, and its digests would tell less.
 */
#include "station/pending.h"

#include <string.h>
#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "station/book.h"

/* Drives with records since the publication ?1 that may change what a snapshot says. */
#define TOUCHED                                                                                    \
        "(SELECT media_id FROM history WHERE seq>?1 AND media_id IS NOT NULL AND action NOT IN"    \
        "('stock-tick','seen-lost','mark','unmark'))"
#define ENROLLED "(SELECT media_id FROM history WHERE seq>?1 AND action='enrol')"

typedef struct {
        GuardStation *station;
        GuardPending *pending;
        GuardChangeVisit visit;
        gpointer user_data;
        gint64 since; /* the record of the last publication; 0: none */
} Look;

static const struct {
        const char *name, *label;
} kinds[GUARD_N_CHANGES] = {
        [GUARD_CHANGE_ADDED] = {"added", N_("new")},
        [GUARD_CHANGE_REMOVED] = {"removed", N_("out of use")},
        [GUARD_CHANGE_CHANGED] = {"changed", N_("changed")},
};

const char *
guard_change_to_string(GuardChangeKind kind)
{
        return (guint)kind < GUARD_N_CHANGES ? kinds[kind].name : "unknown";
}

const char *
guard_change_label(GuardChangeKind kind)
{
        return (guint)kind < GUARD_N_CHANGES ? _(kinds[kind].label) : "?";
}

char *
guard_change_describe(const GuardChange *change)
{
        GuardHistory record = {.before = change->before, .after = change->after};

        return guard_history_describe(&record);
}

/* Is this member of a drive's JSON in a snapshot? */
static gboolean
is_published(const char *name)
{
        static const char *const names[] = {"level", "status", "hosts", "units", "users"};

        for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
                if (strcmp(name, names[i]) == 0)
                        return TRUE;
        }
        return strchr(name, '.') != NULL; /* "usb.0" */
}

/* A drive's JSON without what is not published; an empty object where it cannot be read. Caller unrefs. */
static JsonObject *
published_part(const char *json)
{
        g_autoptr(JsonNode) node = json != NULL ? json_from_string(json, NULL) : NULL;
        JsonObject *part = json_object_new();
        g_autoptr(GList) names = NULL;

        if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
                return part;
        names = json_object_get_members(json_node_get_object(node));
        for (GList *l = names; l != NULL; l = l->next) {
                if (is_published(l->data))
                        json_object_set_member(part, l->data, json_node_copy(json_object_get_member(json_node_get_object(node), l->data)));
        }
        return part;
}

/* The serial number was not yet shared. */
static void
make_strong(JsonObject *drive)
{
        g_autoptr(GList) names = json_object_get_members(drive);

        for (GList *l = names; l != NULL; l = l->next) {
                g_autofree char *value = NULL;

                if (!g_str_has_prefix(l->data, "usb.") && !g_str_has_prefix(l->data, "serial."))
                        continue;
                value = g_strdup(json_object_get_string_member(drive, l->data));
                if (g_str_has_suffix(value, " (weak)"))
                        value[strlen(value) - strlen(" (weak)")] = '\0';
                json_object_set_string_member(drive, l->data, value);
        }
}

/* @drive as it was before this record. A correction tells the whole drive, a step of its life what it changed. */
static JsonObject *
take_back(JsonObject *drive, const char *action, const char *before)
{
        JsonObject *was = published_part(before);
        g_autoptr(GList) names = NULL;

        if (strcmp(action, "edit") == 0) {
                json_object_unref(drive);
                return was;
        }
        if (strcmp(action, "mark-weak") == 0)
                make_strong(drive);
        names = json_object_get_members(was);
        for (GList *l = names; l != NULL; l = l->next)
                json_object_set_member(drive, l->data, json_node_copy(json_object_get_member(was, l->data)));
        json_object_unref(was);
        return drive;
}

/* The published part of the drive at the last publication; NULL with *@is_new where it was not there, or with an error. */
static JsonObject *
find_before(const Look *look, const char *media_id, const char *now, gboolean *is_new, GError **error)
{
        sqlite3_stmt *records = guard_book_kept(look->station, error,
                                                "SELECT action,before FROM history WHERE media_id=?1 AND seq>?2 ORDER BY seq DESC", "si",
                                                media_id, look->since);
        JsonObject *drive = published_part(now);
        int step = SQLITE_ERROR;

        *is_new = FALSE;
        while (records != NULL && (step = sqlite3_step(records)) == SQLITE_ROW) {
                const char *action = guard_book_text(records, 0);

                *is_new |= strcmp(action, "enrol") == 0;
                drive = take_back(drive, action, guard_book_text(records, 1));
        }
        if (records != NULL && step != SQLITE_DONE)
                guard_book_failed(look->station, error);
        if (records != NULL)
                sqlite3_reset(records);
        if (step == SQLITE_DONE && !*is_new)
                return drive;
        json_object_unref(drive);
        return NULL;
}

/* Takes members out of both that are the same in both. */
static void
keep_differences(JsonObject *one, JsonObject *other)
{
        g_autoptr(GList) names = json_object_get_members(one);

        for (GList *l = names; l != NULL; l = l->next) {
                JsonNode *a = json_object_get_member(one, l->data), *b = json_object_get_member(other, l->data);

                if (b == NULL || !json_node_equal(a, b))
                        continue;
                json_object_remove_member(other, l->data);
                json_object_remove_member(one, l->data);
        }
}

static char *
to_text(JsonObject *object)
{
        g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);

        return json_to_string(node, FALSE);
}

static gboolean
is_out_of_use(GuardStatus status)
{
        return status == GUARD_STATUS_DEREGISTERED || status == GUARD_STATUS_RETIRED || status == GUARD_STATUS_DESTROYED;
}

/* Was it taken out of use since? From one such state to another is a change like any. */
static gboolean
is_removed(JsonObject *before, const GuardDrive *drive)
{
        GuardStatus was;

        return is_out_of_use(drive->status) && json_object_has_member(before, "status") &&
               guard_status_from_string(json_object_get_string_member(before, "status"), &was) && !is_out_of_use(was);
}

static void
tell(const Look *look, const GuardDrive *drive, GuardChangeKind kind, JsonObject *before, JsonObject *after)
{
        g_autofree char *was = before != NULL ? to_text(before) : NULL, *is = to_text(after);
        GuardChange change = {drive->media_id, kind, was, is};

        if (look->visit != NULL)
                look->visit(&change, look->user_data);
}

static gboolean
visit_added(const GuardDrive *drive, gpointer data, GError **error)
{
        g_autofree char *json = guard_drive_to_json(drive);
        g_autoptr(JsonObject) now = published_part(json);

        (void)error;
        tell(data, drive, GUARD_CHANGE_ADDED, NULL, now);
        return TRUE;
}

static gboolean
visit_touched(const GuardDrive *drive, gpointer data, GError **error)
{
        const Look *look = data;
        g_autofree char *json = guard_drive_to_json(drive);
        g_autoptr(JsonObject) now = published_part(json);
        g_autoptr(JsonObject) before = NULL;
        gboolean is_new, removed;

        before = find_before(look, drive->media_id, json, &is_new, error);
        if (before == NULL)
                return is_new;
        keep_differences(before, now);
        if (json_object_get_size(before) + json_object_get_size(now) == 0)
                return TRUE;
        removed = is_removed(before, drive);
        look->pending->removed += removed ? 1 : 0;
        look->pending->changed += removed ? 0 : 1;
        tell(look, drive, removed ? GUARD_CHANGE_REMOVED : GUARD_CHANGE_CHANGED, before, now);
        return TRUE;
}

static gboolean
read_last(GuardStation *station, GuardPending *pending, GError **error)
{
        sqlite3_stmt *statement =
                guard_book_prepare(station, error,
                                   "SELECT sequence,time_us,expires_us FROM publication ORDER BY "
                                   "sequence DESC LIMIT 1",
                                   NULL);
        int step;

        if (statement == NULL)
                return FALSE;
        step = sqlite3_step(statement);
        if (step == SQLITE_ROW) {
                pending->sequence = (guint64)sqlite3_column_int64(statement, 0);
                pending->issued_us = sqlite3_column_int64(statement, 1);
                pending->expires_us = sqlite3_column_int64(statement, 2);
        } else if (step != SQLITE_DONE) {
                guard_book_failed(station, error);
        }
        sqlite3_finalize(statement);
        return step == SQLITE_ROW || step == SQLITE_DONE;
}

static gboolean
count_all(Look *look, GError **error)
{
        gint64 entries, added;

        if (!read_last(look->station, look->pending, error) ||
            !guard_book_number(look->station, 0, &look->since, error, "SELECT max(seq) FROM history WHERE action='publish'", NULL) ||
            !guard_book_number(look->station, 0, &entries, error, "SELECT count(*) FROM drive", NULL) ||
            !guard_book_number(look->station, 0, &added, error, "SELECT count(*) FROM history WHERE seq>?1 AND action='enrol'", "i",
                               look->since))
                return FALSE;
        look->pending->entries = (guint64)entries;
        look->pending->added = (guint64)added;
        return TRUE;
}

gboolean
guard_station_pending(GuardStation *station, GuardPending *pending, GuardChangeVisit visit, guint max, gpointer user_data, GError **error)
{
        Look look = {station, pending, visit, user_data, 0};

        *pending = (GuardPending){0};
        if (!count_all(&look, error))
                return FALSE;
        if (visit != NULL && !guard_book_visit(station,
                                               guard_book_prepare(station, error,
                                                                  "SELECT " GUARD_BOOK_DRIVE_COLUMNS " FROM drive WHERE media_id IN " ENROLLED
                                                                  " ORDER BY media_id LIMIT ?2",
                                                                  "ii", look.since, max > 0 ? (gint64)max : (gint64)-1),
                                               visit_added, &look, error))
                return FALSE;
        return guard_book_visit(station,
                                guard_book_prepare(station, error,
                                                   "SELECT " GUARD_BOOK_DRIVE_COLUMNS " FROM drive WHERE media_id IN " TOUCHED
                                                   " AND media_id NOT IN " ENROLLED " ORDER BY media_id",
                                                   "i", look.since),
                                visit_touched, &look, error);
}
