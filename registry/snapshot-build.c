/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Builds a snapshot at the desk. The same entries must give the same payload byte for byte: rows go
 * in sorted, and what SQLite stamps into its header by itself is set to fixed values.
 */
#include "registry/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include <openssl/evp.h>
#include <sqlite3.h>

#include "registry/durable.h"
#include "registry/payload-rows.h"
#include "registry/payload-schema.h"

struct GuardSnapshotBuilder {
        char *scratch;
        sqlite3 *db;
        sqlite3_stmt *insert;
        guint8 key[GUARD_DIGEST_KEY_SIZE];
        guint32 entries;
        char *last_media_id;
        GuardPayloadRows *rows;
};

static gboolean
sql_failed(GuardSnapshotBuilder *builder, GError **error)
{
        gboolean full = (sqlite3_errcode(builder->db) & 0xff) == SQLITE_FULL;

        g_set_error(error, GUARD_ERROR, full ? GUARD_ERROR_FULL : GUARD_ERROR_IO,
                    _("Cannot write %s: %s"), builder->scratch, sqlite3_errmsg(builder->db));
        return FALSE;
}

static gboolean
run(GuardSnapshotBuilder *builder, const char *sql, GError **error)
{
        if (sqlite3_exec(builder->db, sql, NULL, NULL, NULL) == SQLITE_OK)
                return TRUE;
        return sql_failed(builder, error);
}

static sqlite3_stmt *
prepare(GuardSnapshotBuilder *builder, const char *sql, GError **error)
{
        sqlite3_stmt *statement = NULL;

        if (sqlite3_prepare_v2(builder->db, sql, -1, &statement, NULL) != SQLITE_OK)
                sql_failed(builder, error);
        return statement;
}

static gboolean
run_once(GuardSnapshotBuilder *builder, sqlite3_stmt *statement, GError **error)
{
        int step = sqlite3_step(statement);

        sqlite3_reset(statement);
        return step == SQLITE_DONE ? TRUE : sql_failed(builder, error);
}

static gboolean
write_key(GuardSnapshotBuilder *builder, GError **error)
{
        sqlite3_stmt *statement =
                prepare(builder, "INSERT INTO meta VALUES('" GUARD_PAYLOAD_META_KEY "',?1)", error);
        gboolean ok;

        if (statement == NULL)
                return FALSE;
        sqlite3_bind_blob(statement, 1, builder->key, sizeof builder->key, SQLITE_STATIC);
        ok = run_once(builder, statement, error);
        sqlite3_finalize(statement);
        return ok;
}

/* Nothing of this survives a crash, and nothing needs to: the scratch file is made anew each time.
 */
static gboolean
prepare_db(GuardSnapshotBuilder *builder, GError **error)
{
        static const char *const pragmas[] = {
                "PRAGMA page_size=4096",    "PRAGMA encoding='UTF-8'",
                "PRAGMA auto_vacuum=NONE",  "PRAGMA journal_mode=OFF",
                "PRAGMA synchronous=OFF",   "PRAGMA locking_mode=EXCLUSIVE",
                "PRAGMA cache_size=-32768", "BEGIN IMMEDIATE",
        };

        G_STATIC_ASSERT(GUARD_PAYLOAD_PAGE == 4096);
        for (gsize i = 0; i < G_N_ELEMENTS(pragmas); i++) {
                if (!run(builder, pragmas[i], error))
                        return FALSE;
        }
        for (gsize i = 0; i < G_N_ELEMENTS(guard_payload_schema); i++) {
                if (!run(builder, guard_payload_schema[i].sql, error))
                        return FALSE;
        }
        if (!write_key(builder, error))
                return FALSE;
        builder->insert =
                prepare(builder, "INSERT INTO entry VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)", error);
        return builder->insert != NULL;
}

GuardSnapshotBuilder *
guard_snapshot_builder_new(const guint8 key[GUARD_MANIFEST_DIGEST], const char *scratch,
                           GError **error)
{
        g_autoptr(GuardSnapshotBuilder) builder = g_new0(GuardSnapshotBuilder, 1);

        memcpy(builder->key, key, sizeof builder->key);
        builder->scratch = g_strdup(scratch);
        builder->rows = guard_payload_rows_new(key);
        unlink(scratch);
        if (sqlite3_open_v2(scratch, &builder->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                            NULL) != SQLITE_OK) {
                sql_failed(builder, error);
                return NULL;
        }
        /* it holds what the snapshot will hold, but is nobody's to read before that is published */
        if (chmod(scratch, 0600) < 0 || !prepare_db(builder, error)) {
                if (error != NULL && *error == NULL)
                        guard_durable_set_error(error, errno, _("Cannot write"), scratch);
                return NULL;
        }
        return g_steal_pointer(&builder);
}

void
guard_snapshot_builder_free(GuardSnapshotBuilder *builder)
{
        if (builder == NULL)
                return;
        sqlite3_finalize(builder->insert);
        sqlite3_close(builder->db);
        unlink(builder->scratch);
        guard_payload_rows_free(builder->rows);
        g_free(builder->last_media_id);
        g_free(builder->scratch);
        g_free(builder);
}

static gboolean
check_name(const char *name, const char *media_id, GError **error)
{
        if (*name != '\0' && g_utf8_validate(name, -1, NULL) && strpbrk(name, "\n\r\t") == NULL)
                return TRUE;
        g_set_error(
                error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                _("Drive %s: a name in it is empty or has a line break or bytes that are no UTF-8"),
                media_id);
        return FALSE;
}

static gboolean
bind_list(sqlite3_stmt *statement, int column, char **list, const char *media_id, GError **error)
{
        g_autofree char *joined = NULL;

        for (gsize i = 0; list != NULL && list[i] != NULL; i++) {
                if (!check_name(list[i], media_id, error))
                        return FALSE;
        }
        if (list == NULL || list[0] == NULL) {
                sqlite3_bind_null(statement, column);
                return TRUE;
        }
        joined = g_strjoinv("\n", list);
        sqlite3_bind_text(statement, column, joined, -1, SQLITE_TRANSIENT);
        return TRUE;
}

static gboolean
check_order(GuardSnapshotBuilder *builder, const char *media_id, GError **error)
{
        if (!check_name(media_id, media_id, error))
                return FALSE;
        if (builder->last_media_id != NULL && strcmp(builder->last_media_id, media_id) >= 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("Drive %s comes after %s: the book is not in order"), media_id,
                            builder->last_media_id);
                return FALSE;
        }
        if (builder->entries == G_MAXUINT32) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_FULL,
                            _("The book has too many drives"));
                return FALSE;
        }
        g_free(builder->last_media_id);
        builder->last_media_id = g_strdup(media_id);
        return TRUE;
}

gboolean
guard_snapshot_builder_add(GuardSnapshotBuilder *builder, const GuardEntry *entry,
                           const GuardIdentifier *ids, gsize n_ids, GError **error)
{
        guint has = 0, strong = 0;

        if (!check_order(builder, entry->media_id, error))
                return FALSE;
        builder->entries++;
        for (gsize i = 0; i < n_ids; i++) {
                has |= 1u << ids[i].type;
                if (!ids[i].weak)
                        strong |= 1u << ids[i].type;
                guard_payload_rows_add(builder->rows, builder->entries, &ids[i]);
        }
        sqlite3_bind_int64(builder->insert, 1, builder->entries);
        sqlite3_bind_text(builder->insert, 2, entry->media_id, -1, SQLITE_TRANSIENT);
        sqlite3_bind_int(builder->insert, 3, (int)entry->level);
        sqlite3_bind_int(builder->insert, 4, (int)entry->status);
        sqlite3_bind_int(builder->insert, 5, (int)has);
        sqlite3_bind_int(builder->insert, 6, (int)(has & ~strong));
        return bind_list(builder->insert, 7, entry->hosts, entry->media_id, error) &&
               bind_list(builder->insert, 8, entry->units, entry->media_id, error) &&
               bind_list(builder->insert, 9, entry->users, entry->media_id, error) &&
               run_once(builder, builder->insert, error);
}

/* SQLite file format, section 1.3: change counter, version-valid-for and the writer's version. */
static gboolean
normalise_header(const char *path, GError **error)
{
        static const guint8 one[4] = {0, 0, 0, 1};
        static const guint8 stamps[8] = {0, 0, 0, 1, 0, 0x2e, 0x3c, 0xd1}; /* 1; 3030225 */
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        gboolean ok = fd >= 0 && pwrite(fd, one, sizeof one, 24) == (ssize_t)sizeof one &&
                      pwrite(fd, stamps, sizeof stamps, 92) == (ssize_t)sizeof stamps;

        if (!ok)
                guard_durable_set_error(error, errno, _("Cannot write"), path);
        if (fd >= 0)
                close(fd);
        return ok;
}

static gboolean
end_payload(GuardSnapshotBuilder *builder, GError **error)
{
        if (!guard_payload_rows_write(builder->rows, builder->db))
                return sql_failed(builder, error);
        if (!run(builder, "COMMIT", error) || !run(builder, "VACUUM", error))
                return FALSE;
        sqlite3_finalize(builder->insert);
        builder->insert = NULL;
        if (sqlite3_close(builder->db) != SQLITE_OK)
                return sql_failed(builder, error);
        builder->db = NULL;
        return normalise_header(builder->scratch, error);
}

typedef struct {
        int in, out;
        EVP_MD_CTX *md;
        guint64 total;
        GuardProgress progress;
        gpointer user_data;
} Copy;

/* FALSE with errno. */
static gboolean
copy_payload(const Copy *copy)
{
        guint8 buffer[65536];
        guint64 done = 0;
        ssize_t n;

        while ((n = read(copy->in, buffer, sizeof buffer)) > 0) {
                if (EVP_DigestUpdate(copy->md, buffer, (gsize)n) != 1 ||
                    !guard_durable_write_all(copy->out, buffer, (gsize)n))
                        return FALSE;
                done += (guint64)n;
                if (copy->progress != NULL)
                        copy->progress(done, copy->total, copy->user_data);
        }
        if (n == 0 && done != copy->total)
                errno = EIO;
        return n == 0 && done == copy->total;
}

/* Payload first, its digest into the manifest, the signed block last into its place. */
static gboolean
write_snapshot(const Copy *copy, GuardManifest *manifest, const GuardKey *key, mode_t mode,
               const char *path, GError **error)
{
        guint8 block[GUARD_MANIFEST_BLOCK];

        if (EVP_DigestInit_ex(copy->md, EVP_sha256(), NULL) != 1 ||
            lseek(copy->out, GUARD_MANIFEST_BLOCK, SEEK_SET) < 0 || !copy_payload(copy) ||
            EVP_DigestFinal_ex(copy->md, manifest->payload_sha256, NULL) != 1) {
                guard_durable_set_error(error, errno, _("Cannot write"), path);
                return FALSE;
        }
        if (!guard_manifest_sign(manifest, key, block, error))
                return FALSE;
        if (pwrite(copy->out, block, sizeof block, 0) != (ssize_t)sizeof block ||
            fchmod(copy->out, mode) < 0 || fsync(copy->out) < 0) {
                guard_durable_set_error(error, errno, _("Cannot write"), path);
                return FALSE;
        }
        return TRUE;
}

gboolean
guard_snapshot_builder_finish(GuardSnapshotBuilder *builder, GuardManifest *manifest,
                              const GuardKey *key, const char *path, mode_t mode,
                              GuardProgress progress, gpointer user_data, GError **error)
{
        Copy copy = {-1, -1, NULL, 0, progress, user_data};
        struct stat st;
        gboolean ok = FALSE;

        if (!end_payload(builder, error))
                return FALSE;
        copy.in = open(builder->scratch, O_RDONLY | O_CLOEXEC);
        copy.out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        copy.md = EVP_MD_CTX_new();
        if (copy.in < 0 || copy.out < 0 || copy.md == NULL || fstat(copy.in, &st) < 0) {
                guard_durable_set_error(error, errno, _("Cannot write"), path);
        } else {
                manifest->entries = builder->entries;
                manifest->payload_size = copy.total = (guint64)st.st_size;
                ok = write_snapshot(&copy, manifest, key, mode, path, error);
        }
        EVP_MD_CTX_free(copy.md);
        if (copy.in >= 0)
                close(copy.in);
        if (copy.out >= 0) {
                close(copy.out);
                if (!ok)
                        unlink(path);
        }
        return ok;
}
