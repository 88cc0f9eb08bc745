/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ledgers of workstations, read at the desk. They come from elsewhere: every member is looked at
 * before it is believed, and a file is taken in as a whole or not at all.
 */
#include "station/seen.h"

#include <inttypes.h>
#include <string.h>
#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "common/guard-text.h"
#include "registry/identity.h"
#include "station/book.h"
#include "station/seen-private.h"

#define CLOCK_SLACK_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

typedef struct {
        GuardStation *station;
        const char *name, *host; /* the file's; given for records that do not say */
        const GuardAct *act;
        GuardSightingVisit visit;
        gpointer user_data;
        GuardSeenResult *result;
        GHashTable *lost; /* "MEDIA\nHOST": Sighting, the latest of each */
        guint record;
} Reading;

typedef struct {
        char *media_id, *host, *user;
        gint64 time_us;
        gboolean is_new;
} Sighting;

static void
sighting_free(Sighting *sighting)
{
        g_free(sighting->media_id);
        g_free(sighting->host);
        g_free(sighting->user);
        g_free(sighting);
}

G_GNUC_PRINTF(3, 4)
static gboolean
malformed(const Reading *r, GError **error, const char *format, ...)
{
        g_autofree char *what = NULL;
        va_list values;

        va_start(values, format);
        what = g_strdup_vprintf(format, values);
        va_end(values);
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX,
                    _("%s, record %u: %s; export it anew with guardctl log --json"), r->name,
                    r->record, what);
        return FALSE;
}

/* A string member: NULL where it is absent or null. FALSE: it is something else. */
static gboolean
get_text(const Reading *r, JsonObject *object, const char *name, const char **text, GError **error)
{
        JsonNode *node = json_object_get_member(object, name);

        *text = NULL;
        if (node == NULL || JSON_NODE_HOLDS_NULL(node))
                return TRUE;
        if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING) {
                const char *value = json_node_get_string(node);

                if (strlen(value) <= 1024) {
                        *text = *value != '\0' ? value : NULL;
                        return TRUE;
                }
        }
        return malformed(r, error, _("'%s' is no short text"), name);
}

/* The drive of the book that a record is about, by its number or by what it was known by. */
static gboolean
find_drive(Reading *r, JsonObject *object, GuardDrive **drive, gboolean *known, GError **error)
{
        const char *media_id, *vendor, *product, *serial;
        g_autofree char *canonical = NULL, *found = NULL;
        sqlite3_stmt *statement;

        *drive = NULL;
        *known = FALSE;
        if (!get_text(r, object, "media_id", &media_id, error) ||
            !get_text(r, object, "vendor_id", &vendor, error) ||
            !get_text(r, object, "product_id", &product, error) ||
            !get_text(r, object, "serial", &serial, error))
                return FALSE;
        *known = media_id != NULL || serial != NULL;
        if (media_id == NULL && serial != NULL && vendor != NULL && product != NULL) {
                canonical = guard_identity_canonical(
                        GUARD_ID_USB, (guint16)g_ascii_strtoull(vendor, NULL, 16),
                        (guint16)g_ascii_strtoull(product, NULL, 16), serial);
                statement = guard_book_prepare(r->station, error,
                                               "SELECT media_id FROM identifier WHERE type=?1 AND "
                                               "value=?2 AND NOT weak LIMIT 1",
                                               "is", (gint64)GUARD_ID_USB, canonical);
                if (statement == NULL)
                        return FALSE;
                if (sqlite3_step(statement) == SQLITE_ROW)
                        found = g_strdup(guard_book_text(statement, 0));
                sqlite3_finalize(statement);
                media_id = found;
        }
        if (media_id == NULL)
                return TRUE;
        {
                g_autoptr(GError) missing = NULL;

                *drive = guard_station_get(r->station, media_id, &missing);
                if (*drive != NULL || g_error_matches(missing, GUARD_ERROR, GUARD_ERROR_NOT_FOUND))
                        return TRUE;
                g_propagate_error(error, g_steal_pointer(&missing));
                return FALSE;
        }
}

/* The latest sighting of each drive on each machine. */
static gboolean
keep_sighting(Reading *r, const GuardDrive *drive, const char *host, const char *user, gint64 time,
              gboolean *is_new, GError **error)
{
        gint64 before;

        if (!guard_book_number(r->station, 0, &before, error,
                               "SELECT time_us FROM sighting WHERE media_id=?1 AND host=?2", "ss",
                               drive->media_id, host))
                return FALSE;
        *is_new = time > before;
        return !*is_new || guard_book_run(r->station, error,
                                          "INSERT OR REPLACE INTO sighting VALUES(?1,?2,?3,?4)",
                                          "ssis", drive->media_id, host, time, user);
}

static void
remember_lost(Reading *r, const GuardDrive *drive, const char *host, const char *user, gint64 time,
              gboolean is_new)
{
        g_autofree char *key = g_strconcat(drive->media_id, "\n", host, NULL);
        Sighting *s = g_hash_table_lookup(r->lost, key);

        if (s != NULL) {
                s->is_new = s->is_new || is_new;
                if (s->time_us >= time)
                        return;
                g_free(s->user);
        } else {
                s = g_new0(Sighting, 1);
                s->media_id = g_strdup(drive->media_id);
                s->host = g_strdup(host);
                s->is_new = is_new;
                g_hash_table_insert(r->lost, g_steal_pointer(&key), s);
        }
        s->user = g_strdup(user);
        s->time_us = time;
}

/* The last time it was reported lost; whatever was seen before is no news. */
static gboolean
lost_since(Reading *r, const GuardDrive *drive, gint64 *since, GError **error)
{
        return guard_book_number(r->station, 0, since, error,
                                 "SELECT max(time_us) FROM history WHERE media_id=?1 AND "
                                 "action='lost'",
                                 "s", drive->media_id);
}

static gboolean
take_seen(Reading *r, const GuardDrive *drive, const char *host, const char *user, gint64 time,
          GError **error)
{
        gboolean is_new = FALSE;
        gint64 since;

        r->result->of_drives++;
        /* a machine whose clock is ahead must not keep others from moving it later */
        if (time > drive->seen_us && time <= r->act->now_us + CLOCK_SLACK_US) {
                r->result->updated++;
                if (!guard_book_run(r->station, error,
                                    "UPDATE drive SET seen_us=?2,seen_host=?3,seen_user=?4 WHERE "
                                    "media_id=?1",
                                    "siss", drive->media_id, time, host, user))
                        return FALSE;
        }
        if (!keep_sighting(r, drive, host, user, time, &is_new, error))
                return FALSE;
        if (drive->status != GUARD_STATUS_LOST)
                return TRUE;
        if (!lost_since(r, drive, &since, error))
                return FALSE;
        if (time >= since)
                remember_lost(r, drive, host, user, time, is_new);
        return TRUE;
}

/* On both kinds of computers now, and not before: of a drive of the book that is history. */
static gboolean
tell_crossed(Reading *r, const GuardDrive *drive, const char *host, const char *user, gint64 time, GError **error)
{
        GString *json = g_string_new(NULL);
        g_autofree char *when = guard_time_format(time), *after = NULL;

        r->result->crossed++;
        guard_book_json_open(json);
        guard_book_json_text(json, "host", host);
        guard_book_json_text(json, "user", user);
        guard_book_json_text(json, "time", when);
        after = guard_book_json_close(json);
        return drive == NULL || guard_book_append_history(r->station, drive->media_id, "cross-use", NULL, after, r->act, error);
}

static gboolean
take_record(Reading *r, JsonNode *node, GError **error)
{
        JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
        const char *when, *host, *user, *kind;
        g_autoptr(GuardDrive) drive = NULL;
        gboolean known, crossed = FALSE;
        gint64 time;

        if (object == NULL)
                return malformed(r, error, _("it is no record"));
        if (!get_text(r, object, "time", &when, error) ||
            !get_text(r, object, "kind", &kind, error) ||
            !get_text(r, object, "host_id", &host, error) ||
            !get_text(r, object, "user", &user, error) ||
            !find_drive(r, object, &drive, &known, error))
                return FALSE;
        if (when == NULL || kind == NULL || !g_ascii_isdigit(*when) ||
            !guard_time_parse(when, r->act->now_us, &time, NULL))
                return malformed(r, error, _("it has no time or no kind"));
        r->result->events++;
        if (host == NULL)
                host = r->host;
        if (!guard_seen_cross(r->station, object, drive != NULL ? drive->media_id : NULL, host, time, &crossed, error) ||
            (crossed && !tell_crossed(r, drive, host, user, time, error)))
                return FALSE;
        if (drive == NULL) {
                r->result->unknown += known ? 1 : 0;
                return TRUE;
        }
        if (host == NULL)
                return malformed(r, error,
                                 _("it does not say which machine it is from; say so with --host"));
        return take_seen(r, drive, host, user, time, error);
}

static gboolean
tell_lost(Reading *r, GError **error)
{
        GHashTableIter iter;
        gpointer value;

        g_hash_table_iter_init(&iter, r->lost);
        while (g_hash_table_iter_next(&iter, NULL, &value)) {
                const Sighting *s = value;
                g_autofree char *after = NULL;
                GString *json = g_string_new(NULL);
                g_autofree char *time = guard_time_format(s->time_us);

                guard_book_json_open(json);
                guard_book_json_text(json, "host", s->host);
                guard_book_json_text(json, "user", s->user);
                guard_book_json_text(json, "time", time);
                after = guard_book_json_close(json);
                r->result->lost++;
                if (s->is_new && !guard_book_append_history(r->station, s->media_id, "seen-lost",
                                                            NULL, after, r->act, error))
                        return FALSE;
        }
        return TRUE;
}

/* Once all of it is in the book. */
static void
show_lost(const Reading *r)
{
        GHashTableIter iter;
        gpointer value;

        g_hash_table_iter_init(&iter, r->lost);
        while (r->visit != NULL && g_hash_table_iter_next(&iter, NULL, &value)) {
                const Sighting *s = value;
                GuardSighting seen = {s->media_id, s->host, s->user, s->time_us, s->is_new};

                r->visit(&seen, r->user_data);
        }
}

static JsonNode *
load(const char *path, GError **error)
{
        g_autoptr(JsonParser) parser = json_parser_new();
        g_autoptr(GError) local = NULL;
        g_autofree char *data = NULL;
        const char *where;
        gsize size;

        if (!g_file_get_contents(path, &data, &size, &local)) {
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_IO, local->message);
                return NULL;
        }
        if (g_utf8_validate(data, (gssize)size, NULL) &&
            json_parser_load_from_data(parser, data, (gssize)size, &local) &&
            json_parser_get_root(parser) != NULL &&
            JSON_NODE_HOLDS_ARRAY(json_parser_get_root(parser)))
                return json_node_copy(json_parser_get_root(parser));
        /* "<data>:3:9: Parse error …": line and column belong to the file */
        where = local != NULL ? local->message : "";
        if (g_str_has_prefix(where, "<data>"))
                where += strlen("<data>");
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX,
                    _("%s%s: this is no list of events as guardctl log --json writes it"), path,
                    where);
        return NULL;
}

static gboolean
take_all(Reading *r, JsonArray *records, GError **error)
{
        for (guint i = 0; i < json_array_get_length(records); i++) {
                r->record = i + 1;
                if (!take_record(r, json_array_get_element(records, i), error))
                        return FALSE;
        }
        return tell_lost(r, error);
}

gboolean
guard_station_import_events(GuardStation *station, const char *path, const char *host,
                            const GuardAct *act, GuardSightingVisit visit, gpointer user_data,
                            GuardSeenResult *result, GError **error)
{
        g_autoptr(GHashTable) lost = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                                           (GDestroyNotify)sighting_free);
        Reading r = {station, path, host, act, visit, user_data, result, lost, 0};
        g_autoptr(JsonNode) root = NULL;
        gboolean ok;

        *result = (GuardSeenResult){0};
        root = load(path, error);
        if (root == NULL || !guard_book_begin(station, act, GUARD_DUTY_EDIT, error))
                return FALSE;
        ok = take_all(&r, json_node_get_array(root), error);
        ok = guard_book_end(station, ok, error);
        if (ok)
                show_lost(&r);
        return ok;
}
