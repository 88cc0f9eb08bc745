/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the book to a snapshot. Persons, names and notes stay here: only digests, media id, level,
 * status and bindings go out. The number is spent in the book before the file appears.
 */
#include "station/book.h"

#include <string.h>
#include <unistd.h>
#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "common/guard-hex.h"
#include "registry/durable.h"
#include "registry/identity.h"
#include "registry/snapshot.h"
#include "station/publish-output.h"

#define DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define CLOCKS_APART_US (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC) /* of two machines that write one book */
#define SEQUENCE_MAX (G_GUINT64_CONSTANT(1) << 53) /* what every reader of JSON keeps whole */

static gboolean
read_desk(GuardStation *station, guint8 key[GUARD_DIGEST_KEY_SIZE],
          char desk[GUARD_DESK_LENGTH + 1], GError **error)
{
        sqlite3_stmt *statement =
                guard_book_prepare(station, error,
                                   "SELECT (SELECT value FROM desk WHERE key='desk'),(SELECT value "
                                   "FROM desk WHERE key='digest-key')",
                                   NULL);
        gboolean ok;

        if (statement == NULL)
                return FALSE;
        ok = sqlite3_step(statement) == SQLITE_ROW && guard_book_text(statement, 0) != NULL &&
             strlen(guard_book_text(statement, 0)) == GUARD_DESK_LENGTH &&
             sqlite3_column_bytes(statement, 1) == GUARD_DIGEST_KEY_SIZE;
        if (ok) {
                memcpy(desk, guard_book_text(statement, 0), GUARD_DESK_LENGTH + 1);
                memcpy(key, sqlite3_column_blob(statement, 1), GUARD_DIGEST_KEY_SIZE);
        } else {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                            _("The register in %s has lost its desk id or digest key"),
                            station->dir);
        }
        sqlite3_finalize(statement);
        return ok;
}

static gboolean
add_drive(const GuardDrive *drive, gpointer user_data, GError **error)
{
        GuardEntry entry = {.media_id = drive->media_id,
                            .level = drive->level,
                            .status = drive->status,
                            .hosts = drive->hosts,
                            .units = drive->units,
                            .users = drive->users};
        g_autofree GuardIdentifier *ids = g_new(GuardIdentifier, drive->ids->len + 1);

        for (guint i = 0; i < drive->ids->len; i++) {
                const GuardDriveId *id = g_ptr_array_index(drive->ids, i);

                ids[i] = (GuardIdentifier){id->type, id->value, id->weak};
        }
        return guard_snapshot_builder_add(user_data, &entry, ids, drive->ids->len, error);
}

/* What somebody insisted on; goes into the history. */
typedef struct {
        gboolean untrusted, earlier, sequence;
} Forced;

/* The clock must not have gone back since the last snapshot; nor far behind what was written since, by another machine perhaps. */
static gboolean
check_clock(GuardStation *station, const GuardPublish *publish, gint64 now_us, Forced *forced, GError **error)
{
        g_autofree char *last = NULL, *now = guard_manifest_time(now_us);
        gint64 published_us, written_us, last_us;

        if (!guard_book_number(station, 0, &published_us, error, "SELECT max(time_us) FROM publication", NULL) ||
            !guard_book_number(station, 0, &written_us, error, "SELECT max(time_us) FROM history", NULL))
                return FALSE;
        last_us = MAX(published_us, written_us - CLOCKS_APART_US);
        if (now_us >= last_us)
                return TRUE;
        if (publish->earlier_date) {
                forced->earlier = TRUE;
                return TRUE;
        }
        last = guard_manifest_time(last_us == published_us ? published_us : written_us);
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_ROLLBACK,
                    last_us == published_us
                            ? _("The last snapshot was published at %s and it is %s now; set this machine's clock, or say --earlier-date")
                            : _("The register's last record is of %s and it is %s now; set this machine's clock, or say --earlier-date"),
                    last, now);
        return FALSE;
}

static gboolean
choose_number(GuardStation *station, const GuardPublish *publish, GuardManifest *manifest, Forced *forced, GError **error)
{
        gint64 last;

        if (!guard_book_number(station, 0, &last, error, "SELECT max(sequence) FROM publication", NULL))
                return FALSE;
        manifest->sequence = (guint64)last + 1;
        if (publish->sequence == 0)
                return TRUE;
        if (publish->sequence < manifest->sequence || publish->sequence > SEQUENCE_MAX) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_ROLLBACK,
                            _("Snapshot %" PRIu64 " was published already; the next number is %" PRIu64 ", and the highest %" PRIu64),
                            (guint64)last, manifest->sequence, SEQUENCE_MAX);
                return FALSE;
        }
        forced->sequence = publish->sequence > manifest->sequence;
        manifest->sequence = publish->sequence;
        return TRUE;
}

static gboolean
check_days(const GuardPublish *publish, GError **error)
{
        if (publish->valid_days >= 1 && publish->valid_days <= GUARD_VALID_DAYS_MAX)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                    publish->valid_days < 1 ? _("A snapshot would be over before it begins: it is valid for 1 to %d days, not %d")
                                            : _("A snapshot is valid for 1 to %d days, not %d"),
                    GUARD_VALID_DAYS_MAX, publish->valid_days);
        return FALSE;
}

/* Another key than the last time: workstations must have it by now. */
static gboolean
compare_key(GuardStation *station, const GuardPublish *publish, const GuardKey *key, GError **error)
{
        sqlite3_stmt *statement =
                guard_book_prepare(station, error, "SELECT key_id FROM publication ORDER BY sequence DESC LIMIT 1", NULL);
        const char *last;

        if (statement == NULL)
                return FALSE;
        last = sqlite3_step(statement) == SQLITE_ROW ? guard_book_text(statement, 0) : NULL;
        if (last != NULL && !g_str_equal(last, guard_key_id(key)))
                guard_signing_warn(&publish->signing,
                                   _("The last snapshot was signed with key %s, this one is with %s: every workstation must have its public half "
                                     "in keys.d, or it goes on with the last one"),
                                   last, guard_key_id(key));
        sqlite3_finalize(statement);
        return TRUE;
}

static gboolean
plan(GuardStation *station, const GuardPublish *publish, const GuardKey *key, const GuardAct *act, GuardManifest *manifest, Forced *forced,
     GError **error)
{
        if (!choose_number(station, publish, manifest, forced, error) || !check_clock(station, publish, act->now_us, forced, error) ||
            !compare_key(station, publish, key, error))
                return FALSE;
        manifest->issued_us = act->now_us - act->now_us % G_USEC_PER_SEC;
        manifest->expires_us = manifest->issued_us + publish->valid_days * DAY_US;
        return (!forced->untrusted && !forced->earlier && !forced->sequence) ||
               guard_book_check_reason("publish --untrusted-key, --earlier-date, --sequence", act, error);
}

/* The number is in the name, so that two who publish at once never touch each other's file. */
static char *
aside_name(const char *output, guint64 sequence)
{
        return g_strdup_printf("%s.%" G_GUINT64_FORMAT ".new", output, sequence);
}

static gboolean
build(GuardStation *station, const GuardPublish *publish, const GuardKey *key, const guint8 digest_key[GUARD_DIGEST_KEY_SIZE],
      GuardManifest *manifest, GError **error)
{
        g_autofree char *scratch = g_strconcat(publish->output, ".scratch", NULL);
        g_autofree char *aside = aside_name(publish->output, manifest->sequence);
        g_autofree char *left_over = aside_name(publish->output, manifest->sequence - 1);
        g_autoptr(GuardSnapshotBuilder) builder = NULL;

        unlink(aside);
        unlink(left_over);
        builder = guard_snapshot_builder_new(digest_key, scratch, error);
        return builder != NULL && guard_station_visit(station, add_drive, builder, error) &&
               guard_snapshot_builder_finish(builder, manifest, key, aside, 0644, publish->progress,
                                             publish->user_data, error);
}

static char *
describe(const GuardManifest *manifest, const GuardKey *key, const Forced *forced)
{
        const char *names[4] = {NULL};
        GString *json = g_string_new(NULL);
        guint n = 0;

        if (forced->untrusted)
                names[n++] = "untrusted-key";
        if (forced->earlier)
                names[n++] = "earlier-date";
        if (forced->sequence)
                names[n++] = "sequence";
        guard_book_json_open(json);
        guard_book_json_number(json, "sequence", manifest->sequence);
        guard_book_json_number(json, "entries", manifest->entries);
        guard_book_json_text(json, "key", guard_key_id(key));
        if (n > 0)
                guard_book_json_list(json, "forced", (char *const *)names);
        return guard_book_json_close(json);
}

static gboolean
record(GuardStation *station, const GuardManifest *manifest, const GuardKey *key, const Forced *forced,
       const GuardAct *act, GError **error)
{
        g_autoptr(GString) digest = g_string_new(NULL);
        g_autofree char *after = describe(manifest, key, forced);

        guard_hex_append(digest, manifest->payload_sha256, sizeof manifest->payload_sha256);
        return guard_book_run(station, error,
                              "INSERT INTO publication VALUES(?1,?2,?3,?4,?5,?6,?7)", "iiiisss",
                              (gint64)manifest->sequence, act->now_us, manifest->expires_us,
                              (gint64)manifest->entries, digest->str, guard_key_id(key),
                              act->who != NULL ? act->who : "?") &&
               guard_book_append_history(station, NULL, "publish", NULL, after, act, error);
}

/* All but the last step; of a dry run only the checks. */
static gboolean
spend_number(GuardStation *station, const GuardPublish *publish, const GuardKey *key, Forced *forced,
             const GuardAct *act, GuardManifest *manifest, GError **error)
{
        guint8 digest_key[GUARD_DIGEST_KEY_SIZE];
        gint64 entries;
        gboolean ok;

        if (!guard_book_begin(station, act, GUARD_DUTY_PUBLISH, error))
                return FALSE;
        ok = read_desk(station, digest_key, manifest->desk, error) && plan(station, publish, key, act, manifest, forced, error) &&
             guard_publish_check_output(publish->output, manifest, &publish->signing, error);
        if (publish->dry_run) {
                ok = ok && guard_book_number(station, 0, &entries, error, "SELECT count(*) FROM drive", NULL);
                manifest->entries = ok ? (guint64)entries : 0;
                guard_book_end(station, FALSE, NULL);
                return ok;
        }
        ok = ok && build(station, publish, key, digest_key, manifest, error) &&
             record(station, manifest, key, forced, act, error);
        return guard_book_end(station, ok, error);
}

/* Under the book's lock again: whoever published meanwhile has a later number, and that one stays.
 */
static gboolean
put_in_place(GuardStation *station, const char *aside, const char *output, guint64 sequence,
             GError **error)
{
        gint64 last;
        gboolean ok;

        if (!guard_book_lock(station, error))
                return FALSE;
        ok = guard_book_number(station, 0, &last, error, "SELECT max(sequence) FROM publication",
                               NULL);
        if (ok && (guint64)last != sequence) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_BUSY,
                            _("Someone published a later snapshot meanwhile; this one is dropped"));
                ok = FALSE;
        }
        ok = ok && guard_durable_rename(aside, output, error);
        guard_book_end(station, FALSE, NULL);
        return ok;
}

static GuardRegistryInfo *
tell(GuardManifest *manifest, const GuardKey *key, gint64 now_us)
{
        GuardRegistryInfo *info;

        manifest->algorithm = guard_key_algorithm(key);
        g_strlcpy(manifest->key_id, guard_key_id(key), sizeof manifest->key_id);
        info = guard_snapshot_info(manifest, now_us);
        info->payload_verified = manifest->payload_size > 0;
        return info;
}

gboolean
guard_station_publish(GuardStation *station, const GuardPublish *publish, const GuardAct *act,
                      GuardRegistryInfo **info, GError **error)
{
        g_autofree char *aside = NULL;
        g_autoptr(GuardKey) key = NULL;
        GuardManifest manifest = {0};
        Forced forced = {0};
        gboolean ok;

        if (!check_days(publish, error))
                return FALSE;
        key = guard_signing_open(&publish->signing, &forced.untrusted, error);
        if (key == NULL)
                return FALSE;
        ok = spend_number(station, publish, key, &forced, act, &manifest, error);
        aside = aside_name(publish->output, manifest.sequence);
        if (ok && !publish->dry_run)
                ok = put_in_place(station, aside, publish->output, manifest.sequence, error);
        if (!ok) {
                if (!publish->dry_run)
                        unlink(aside);
                return FALSE;
        }
        if (info != NULL)
                *info = tell(&manifest, key, act->now_us);
        return TRUE;
}
