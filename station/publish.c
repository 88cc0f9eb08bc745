/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the book to a snapshot. Persons, names and notes stay here: only digests, media id, level,
 * status and bindings go out. The number is spent in the book before the file appears.
 */
#include "station/book.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "registry/durable.h"
#include "registry/identity.h"
#include "registry/snapshot.h"

#define DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

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

/* The next number, and a clock that has not gone back since the last one. */
static gboolean
plan(GuardStation *station, const GuardPublish *publish, const GuardAct *act,
     GuardManifest *manifest, GError **error)
{
        gint64 sequence, last_us;

        if (!guard_book_number(station, 0, &sequence, error,
                               "SELECT max(sequence) FROM publication", NULL) ||
            !guard_book_number(station, 0, &last_us, error, "SELECT max(time_us) FROM publication",
                               NULL))
                return FALSE;
        manifest->sequence = (guint64)sequence + 1;
        manifest->issued_us = act->now_us - act->now_us % G_USEC_PER_SEC;
        manifest->expires_us = manifest->issued_us + publish->valid_days * DAY_US;
        if (act->now_us < last_us) {
                g_autofree char *last = guard_manifest_time(last_us);
                g_autofree char *now = guard_manifest_time(act->now_us);

                g_set_error(error, GUARD_ERROR, GUARD_ERROR_ROLLBACK,
                            _("The last snapshot was published at %s and it is %s now; set this "
                              "machine's clock"),
                            last, now);
                return FALSE;
        }
        return TRUE;
}

/* An old copy of the book put back would give numbers again that workstations have seen. */
static gboolean
check_output(const char *output, const GuardManifest *manifest, GError **error)
{
        guint8 block[GUARD_MANIFEST_BLOCK];
        GuardManifest old;
        int fd = open(output, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        gboolean is_snapshot;

        if (fd < 0 && errno == ENOENT)
                return TRUE;
        if (fd < 0) {
                guard_durable_set_error(error, errno, _("Cannot open"), output);
                return FALSE;
        }
        is_snapshot = pread(fd, block, sizeof block, 0) == (ssize_t)sizeof block &&
                      guard_manifest_parse(block, output, &old, NULL);
        close(fd);
        if (!is_snapshot) {
                g_set_error(
                        error, GUARD_ERROR, GUARD_ERROR_EXISTS,
                        _("%s is another kind of file and is not overwritten; name another output"),
                        output);
                return FALSE;
        }
        if (g_str_equal(old.desk, manifest->desk) && old.sequence >= manifest->sequence) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_ROLLBACK,
                            _("%s has sequence %" PRIu64 ", but this book would give %" PRIu64
                              ": the book is an old copy; put the latest one back"),
                            output, old.sequence, manifest->sequence);
                return FALSE;
        }
        return TRUE;
}

/* The number is in the name, so that two who publish at once never touch each other's file. */
static char *
aside_name(const char *output, guint64 sequence)
{
        return g_strdup_printf("%s.%" G_GUINT64_FORMAT ".new", output, sequence);
}

static gboolean
build(GuardStation *station, const GuardPublish *publish, const GuardKey *key,
      GuardManifest *manifest, GError **error)
{
        guint8 digest_key[GUARD_DIGEST_KEY_SIZE];
        g_autofree char *scratch = g_strconcat(publish->output, ".scratch", NULL);
        g_autofree char *aside = aside_name(publish->output, manifest->sequence);
        g_autofree char *left_over = aside_name(publish->output, manifest->sequence - 1);
        g_autoptr(GuardSnapshotBuilder) builder = NULL;

        if (!read_desk(station, digest_key, manifest->desk, error) ||
            !check_output(publish->output, manifest, error))
                return FALSE;
        unlink(aside);
        unlink(left_over);
        builder = guard_snapshot_builder_new(digest_key, scratch, error);
        return builder != NULL && guard_station_visit(station, add_drive, builder, error) &&
               guard_snapshot_builder_finish(builder, manifest, key, aside, 0644, publish->progress,
                                             publish->user_data, error);
}

static gboolean
record(GuardStation *station, const GuardManifest *manifest, const GuardKey *key,
       const GuardAct *act, GError **error)
{
        g_autoptr(GString) digest = g_string_new(NULL);
        g_autofree char *after = NULL;

        for (gsize i = 0; i < sizeof manifest->payload_sha256; i++)
                g_string_append_printf(digest, "%02x", manifest->payload_sha256[i]);
        after = g_strdup_printf("{\"sequence\":%" G_GUINT64_FORMAT ",\"entries\":%" G_GUINT64_FORMAT
                                "}",
                                manifest->sequence, manifest->entries);
        return guard_book_run(station, error,
                              "INSERT INTO publication VALUES(?1,?2,?3,?4,?5,?6,?7)", "iiiisss",
                              (gint64)manifest->sequence, act->now_us, manifest->expires_us,
                              (gint64)manifest->entries, digest->str, guard_key_id(key),
                              act->who != NULL ? act->who : "?") &&
               guard_book_append_history(station, NULL, "publish", NULL, after, act, error);
}

static gboolean
spend_number(GuardStation *station, const GuardPublish *publish, const GuardKey *key,
             const GuardAct *act, GuardManifest *manifest, GError **error)
{
        gboolean ok;

        if (!guard_book_begin(station, act, GUARD_DUTY_PUBLISH, error))
                return FALSE;
        ok = plan(station, publish, act, manifest, error) &&
             build(station, publish, key, manifest, error) &&
             record(station, manifest, key, act, error);
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

gboolean
guard_station_publish(GuardStation *station, const GuardPublish *publish, const GuardAct *act,
                      GuardRegistryInfo **info, GError **error)
{
        g_autofree char *aside = NULL;
        g_autoptr(GuardKey) key = NULL;
        GuardManifest manifest = {0};
        gboolean ok;

        if (publish->valid_days < 1 || publish->valid_days > GUARD_VALID_DAYS_MAX) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("A snapshot is valid for 1 to %d days, not %u"), GUARD_VALID_DAYS_MAX,
                            publish->valid_days);
                return FALSE;
        }
        key = guard_key_load_private(publish->key, error);
        if (key == NULL)
                return FALSE;
        ok = spend_number(station, publish, key, act, &manifest, error);
        aside = aside_name(publish->output, manifest.sequence);
        if (!ok || !put_in_place(station, aside, publish->output, manifest.sequence, error)) {
                unlink(aside);
                return FALSE;
        }
        if (info != NULL) {
                manifest.algorithm = guard_key_algorithm(key);
                g_strlcpy(manifest.key_id, guard_key_id(key), sizeof manifest.key_id);
                *info = guard_snapshot_info(&manifest, act->now_us);
                (*info)->payload_verified = TRUE;
        }
        return TRUE;
}
