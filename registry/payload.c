/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opens a payload and asks it. Refuses any schema but its own, any value out of range; never
 * follows a view, trigger, function or extension that a payload might carry.
 */
#include "registry/payload.h"

#include <string.h>
#include <glib/gi18n-lib.h>
#include <sqlite3.h>

#include "common/guard-error.h"
#include "registry/payload-vfs.h"

/* In pages. The VFS keeps inner pages and the kernel leaves: more would only cool the processor's
 * caches. */
#define CACHE_PRAGMA "PRAGMA cache_size=12"

struct GuardPayload {
        GuardPayloadVfs *vfs;
        sqlite3 *db;
        sqlite3_stmt *find, *entry;
        GuardDigester *digester;
        char *name;
};

static const struct {
        int id, value;
} limits[] = {
        {SQLITE_LIMIT_LENGTH, 1 << 20},    {SQLITE_LIMIT_SQL_LENGTH, 4096},
        {SQLITE_LIMIT_COLUMN, 16},         {SQLITE_LIMIT_EXPR_DEPTH, 16},
        {SQLITE_LIMIT_COMPOUND_SELECT, 1}, {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 0},   {SQLITE_LIMIT_VDBE_OP, 10000},
        {SQLITE_LIMIT_WORKER_THREADS, 0},  {SQLITE_LIMIT_FUNCTION_ARG, 4},
};

static gboolean
corrupt(const GuardPayload *payload, const char *what, GError **error)
{
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                    _("%s: the payload cannot be used: %s"), payload->name, what);
        return FALSE;
}

static gboolean
sql_failed(const GuardPayload *payload, GError **error)
{
        int code = sqlite3_errcode(payload->db);

        if ((code & 0xff) != SQLITE_IOERR)
                return corrupt(payload, sqlite3_errmsg(payload->db), error);
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("%s: cannot be read: %s"), payload->name,
                    sqlite3_errmsg(payload->db));
        return FALSE;
}

static void
harden(sqlite3 *db)
{
#ifdef SQLITE_DBCONFIG_DEFENSIVE
        sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
#endif
#ifdef SQLITE_DBCONFIG_TRUSTED_SCHEMA
        sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
#endif
#ifdef SQLITE_DBCONFIG_ENABLE_VIEW
        sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
#endif
        sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
        sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
        for (gsize i = 0; i < G_N_ELEMENTS(limits); i++)
                sqlite3_limit(db, limits[i].id, limits[i].value);
}

static gboolean
open_db(GuardPayload *payload, GError **error)
{
        static const char *const pragmas[] = {
                CACHE_PRAGMA, "PRAGMA mmap_size=1073741824", /* ask the VFS for pages it keeps */
                "PRAGMA cell_size_check=OFF", /* the digest has vouched for every page */
                "PRAGMA temp_store=MEMORY", "PRAGMA query_only=ON"};
        const char *vfs = guard_payload_vfs_name(payload->vfs);

        if (sqlite3_open_v2("payload", &payload->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
                            vfs) != SQLITE_OK)
                return corrupt(payload,
                               payload->db != NULL ? sqlite3_errmsg(payload->db) : "SQLite", error);
        sqlite3_extended_result_codes(payload->db, 1);
        /* a few prepared statements: SQLite's own default of 48 KiB would be wasted */
        sqlite3_db_config(payload->db, SQLITE_DBCONFIG_LOOKASIDE, NULL, 256, 64);
        harden(payload->db);
        for (gsize i = 0; i < G_N_ELEMENTS(pragmas); i++) {
                if (sqlite3_exec(payload->db, pragmas[i], NULL, NULL, NULL) != SQLITE_OK)
                        return sql_failed(payload, error);
        }
        return TRUE;
}

static sqlite3_stmt *
prepare(GuardPayload *payload, const char *sql, GError **error)
{
        sqlite3_stmt *statement = NULL;

        if (sqlite3_prepare_v3(payload->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
            SQLITE_OK)
                sql_failed(payload, error);
        return statement;
}

static gboolean
row_is_expected(sqlite3_stmt *statement, guint row)
{
        return row < G_N_ELEMENTS(guard_payload_schema) &&
               g_strcmp0((const char *)sqlite3_column_text(statement, 0), "table") == 0 &&
               g_strcmp0((const char *)sqlite3_column_text(statement, 1),
                         guard_payload_schema[row].name) == 0 &&
               g_strcmp0((const char *)sqlite3_column_text(statement, 2),
                         guard_payload_schema[row].sql) == 0;
}

static gboolean
check_schema(GuardPayload *payload, GError **error)
{
        sqlite3_stmt *statement =
                prepare(payload, "SELECT type,name,sql FROM sqlite_master ORDER BY rowid", error);
        gboolean ok = TRUE;
        guint rows = 0;
        int step;

        if (statement == NULL)
                return FALSE;
        while (ok && (step = sqlite3_step(statement)) == SQLITE_ROW)
                ok = row_is_expected(statement, rows++);
        if (!ok || (step == SQLITE_DONE && rows != G_N_ELEMENTS(guard_payload_schema)))
                ok = corrupt(payload, _("its tables are not those of a registry"), error);
        else if (step != SQLITE_DONE)
                ok = sql_failed(payload, error);
        sqlite3_finalize(statement);
        return ok;
}

static gboolean
read_key(GuardPayload *payload, GError **error)
{
        sqlite3_stmt *statement = prepare(
                payload, "SELECT value FROM meta WHERE key='" GUARD_PAYLOAD_META_KEY "'", error);
        gboolean ok;

        if (statement == NULL)
                return FALSE;
        ok = sqlite3_step(statement) == SQLITE_ROW &&
             sqlite3_column_bytes(statement, 0) == GUARD_DIGEST_KEY_SIZE;
        if (ok)
                payload->digester = guard_digester_new(sqlite3_column_blob(statement, 0));
        else
                corrupt(payload, _("it has no digest key"), error);
        sqlite3_finalize(statement);
        return ok;
}

/* Entries are numbered from 1 without gaps, so the last number is their count. */
static gboolean
check_entries(GuardPayload *payload, guint64 entries, GError **error)
{
        sqlite3_stmt *statement = prepare(payload, "SELECT ifnull(max(id),0) FROM entry", error);
        gboolean ok;

        if (statement == NULL)
                return FALSE;
        ok = sqlite3_step(statement) == SQLITE_ROW &&
             (guint64)sqlite3_column_int64(statement, 0) == entries;
        if (!ok)
                corrupt(payload, _("it has not as many entries as its manifest says"), error);
        sqlite3_finalize(statement);
        return ok;
}

GuardPayload *
guard_payload_open(int fd, guint64 offset, guint64 size, guint64 entries, const char *name,
                   GError **error)
{
        g_autoptr(GuardPayload) payload = g_new0(GuardPayload, 1);

        payload->name = g_strdup(name);
        payload->vfs = guard_payload_vfs_new(fd, offset, size);
        if (payload->vfs == NULL) {
                corrupt(payload, "SQLite", error);
                return NULL;
        }
        if (!open_db(payload, error) || !check_schema(payload, error) ||
            !read_key(payload, error) || !check_entries(payload, entries, error))
                return NULL;
        payload->find = prepare(payload, "SELECT members FROM identifier WHERE id=?1", error);
        if (payload->find == NULL)
                return NULL;
        payload->entry = prepare(
                payload,
                "SELECT media_id,level,status,has,weak,hosts,units,users FROM entry WHERE id=?1",
                error);
        if (payload->entry == NULL)
                return NULL;
        return g_steal_pointer(&payload);
}

void
guard_payload_free(GuardPayload *payload)
{
        if (payload == NULL)
                return;
        sqlite3_finalize(payload->find);
        sqlite3_finalize(payload->entry);
        sqlite3_close(payload->db);
        guard_payload_vfs_free(payload->vfs);
        guard_digester_free(payload->digester);
        g_free(payload->name);
        g_free(payload);
}

/* Appends those of one row that are @digest. *@full: the bucket goes on in the next row. */
static gboolean
find_members(GuardPayload *payload, GuardIdType type, const guint8 *digest, GArray *hits,
             gboolean *full, GError **error)
{
        const guint8 *members = sqlite3_column_blob(payload->find, 0);
        gsize size = (gsize)sqlite3_column_bytes(payload->find, 0);

        if (sqlite3_column_type(payload->find, 0) != SQLITE_BLOB || size == 0 ||
            size % GUARD_PAYLOAD_MEMBER != 0 ||
            size / GUARD_PAYLOAD_MEMBER > GUARD_PAYLOAD_ROW_MEMBERS)
                return corrupt(payload, _("its identifiers have another form"), error);
        for (const guint8 *m = members; m < members + size; m += GUARD_PAYLOAD_MEMBER) {
                const guint8 *entry = m + GUARD_PAYLOAD_DIGEST;
                GuardPayloadHit hit = {.type = type, .weak = entry[4] != 0};

                if (memcmp(m, digest, GUARD_PAYLOAD_DIGEST) != 0)
                        continue;
                hit.entry = (gint64)entry[0] << 24 | (gint64)entry[1] << 16 |
                            (gint64)entry[2] << 8 | entry[3];
                g_array_append_val(hits, hit);
        }
        *full = size / GUARD_PAYLOAD_MEMBER == GUARD_PAYLOAD_ROW_MEMBERS;
        return TRUE;
}

static gboolean
find_row(GuardPayload *payload, GuardIdType type, const guint8 *digest, gint64 id, GArray *hits,
         gboolean *more, GError **error)
{
        gboolean ok = TRUE;
        int step;

        *more = FALSE;
        if (sqlite3_bind_int64(payload->find, 1, id) != SQLITE_OK)
                return sql_failed(payload, error);
        step = sqlite3_step(payload->find);
        if (step == SQLITE_ROW)
                ok = find_members(payload, type, digest, hits, more, error);
        else if (step != SQLITE_DONE)
                ok = sql_failed(payload, error);
        sqlite3_reset(payload->find);
        return ok;
}

gboolean
guard_payload_find(GuardPayload *payload, GuardIdType type, const char *canonical, GArray *hits,
                   GError **error)
{
        guint8 digest[GUARD_DIGEST_SIZE], place[GUARD_DIGEST_SIZE];
        gboolean more = TRUE;

        guard_identity_digest(payload->digester, type, canonical, digest);
        guard_identity_place(payload->digester, type, canonical, digest, place);
        for (gint64 id = guard_payload_bucket_id(place); more; id++) {
                if (!find_row(payload, type, digest, id, hits, &more, error))
                        return FALSE;
        }
        return TRUE;
}

/* NULL where the column is NULL: bound to nobody. Lines, since no name may carry a newline. */
static char **
column_list(sqlite3_stmt *statement, int column)
{
        const char *text = (const char *)sqlite3_column_text(statement, column);

        return text != NULL ? g_strsplit(text, "\n", -1) : NULL;
}

static gboolean
in_range(sqlite3_stmt *statement, int column, guint below, guint *value)
{
        gint64 number = sqlite3_column_int64(statement, column);

        if (sqlite3_column_type(statement, column) != SQLITE_INTEGER || number < 0 ||
            number >= below)
                return FALSE;
        *value = (guint)number;
        return TRUE;
}

static gboolean
read_entry(sqlite3_stmt *statement, GuardEntry *entry, guint *has, guint *weak)
{
        const char *media_id = (const char *)sqlite3_column_text(statement, 0);
        guint level, status;

        if (media_id == NULL || *media_id == '\0' || !g_utf8_validate(media_id, -1, NULL) ||
            !in_range(statement, 1, GUARD_LEVEL_TOP_SECRET + 1, &level) ||
            !in_range(statement, 2, GUARD_N_STATUSES, &status) ||
            !in_range(statement, 3, 1u << GUARD_N_IDS, has) ||
            !in_range(statement, 4, 1u << GUARD_N_IDS, weak))
                return FALSE;
        entry->media_id = g_strdup(media_id);
        entry->level = (GuardLevel)level;
        entry->status = (GuardStatus)status;
        entry->hosts = column_list(statement, 5);
        entry->units = column_list(statement, 6);
        entry->users = column_list(statement, 7);
        return TRUE;
}

GuardEntry *
guard_payload_entry(GuardPayload *payload, gint64 id, guint *has, guint *weak, GError **error)
{
        g_autoptr(GuardEntry) entry = guard_entry_new();
        gboolean ok = FALSE;

        sqlite3_bind_int64(payload->entry, 1, id);
        switch (sqlite3_step(payload->entry)) {
        case SQLITE_ROW:
                ok = read_entry(payload->entry, entry, has, weak);
                if (!ok)
                        corrupt(payload, _("an entry has values out of range"), error);
                break;
        case SQLITE_DONE:
                corrupt(payload, _("an identifier belongs to no entry"), error);
                break;
        default:
                sql_failed(payload, error);
        }
        sqlite3_reset(payload->entry);
        return ok ? g_steal_pointer(&entry) : NULL;
}
