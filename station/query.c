/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lists of drives. A view is the row numbers in their order, so that any page of a million is a few
 * reads, whatever the order.
 */
#include "station/query.h"

#include <stdarg.h>
#include <string.h>
#include <glib/gi18n-lib.h>

#include "station/book.h"

#define WORDS_MAX 16
#define VALUES_MAX (WORDS_MAX + 16)

static const struct {
        const char *name, *column;
} sorts[GUARD_N_SORTS] = {
        [GUARD_SORT_MEDIA_ID] = {"media-id", "media_id"},
        [GUARD_SORT_NAME] = {"name", "name"},
        [GUARD_SORT_MODEL] = {"model", "model"},
        [GUARD_SORT_LEVEL] = {"level", "level"},
        [GUARD_SORT_STATUS] = {"status", "status"},
        [GUARD_SORT_HOLDER] = {"holder", "holder"},
        [GUARD_SORT_CUSTODIAN] = {"custodian", "custodian"},
        [GUARD_SORT_DEPARTMENT] = {"department", "department"},
        [GUARD_SORT_UNIT] = {"unit", "unit"},
        [GUARD_SORT_IN_USE_DATE] = {"in-use-date", "in_use_date"},
        [GUARD_SORT_DUE_DATE] = {"due-date", "due_date"},
        [GUARD_SORT_SEEN] = {"seen", "seen_us"},
        [GUARD_SORT_ENROLLED] = {"enrolled", "enrolled_us"},
};

static const char *const fields[] = {
        [GUARD_FIELD_HOLDER] = "holder",
        [GUARD_FIELD_CUSTODIAN] = "custodian",
        [GUARD_FIELD_DEPARTMENT] = "department",
        [GUARD_FIELD_UNIT] = "unit",
};

struct GuardDriveView {
        GArray *rows; /* of gint64 */
};

typedef struct { /* an SQL condition that grows, and its values */
        GString *sql;
        struct {
                char *text; /* NULL: the number */
                gint64 number;
        } values[VALUES_MAX];
        int n;
} Condition;

const char *
guard_sort_to_string(GuardSort sort)
{
        return (guint)sort < GUARD_N_SORTS ? sorts[sort].name : "?";
}

gboolean
guard_sort_from_string(const char *name, GuardSort *sort)
{
        for (guint i = 0; name != NULL && i < GUARD_N_SORTS; i++) {
                if (strcmp(sorts[i].name, name) != 0)
                        continue;
                *sort = (GuardSort)i;
                return TRUE;
        }
        return FALSE;
}

/* As guard_station_stocktake_missing() has it. */
#define LAST_STOCKTAKE(what) "(SELECT " what " FROM stocktake ORDER BY number DESC LIMIT 1)"
#define MISSING                                                                                    \
        "CASE WHEN " LAST_STOCKTAKE("ended_us") " IS NULL THEN status NOT IN(3,6) AND "            \
        "enrolled_us<=" LAST_STOCKTAKE("begun_us") " AND NOT EXISTS(SELECT 1 FROM stocktick t "    \
        "WHERE t.number=" LAST_STOCKTAKE("number") " AND t.media_id=drive.media_id) ELSE "         \
        "media_id IN(SELECT media_id FROM stockmissing WHERE number=" LAST_STOCKTAKE("number")     \
        ") END"
G_STATIC_ASSERT(GUARD_STATUS_LOST == 3 && GUARD_STATUS_DESTROYED == 6);

static void
and_sql(Condition *c, const char *sql)
{
        g_string_append_printf(c->sql, "%s%s", c->sql->len > 0 ? " AND " : " WHERE ", sql);
}

/* One more condition with one "?" in it; the text is the condition's from now on. */
static void
and_text(Condition *c, const char *sql, char *text)
{
        if (c->n >= VALUES_MAX) {
                g_free(text);
                return;
        }
        and_sql(c, sql);
        c->values[c->n++].text = text;
}

static void
and_number(Condition *c, const char *sql, gint64 number)
{
        and_text(c, sql, NULL);
        c->values[c->n - 1].number = number;
}

static void
and_words(Condition *c, const char *text)
{
        g_auto(GStrv) words = g_strsplit_set(text, " \t\n", WORDS_MAX);

        for (guint i = 0; words[i] != NULL; i++) {
                g_strstrip(words[i]);
                if (words[i][0] != '\0')
                        and_text(c, "instr(search,?)", g_ascii_strdown(words[i], -1));
        }
}

static void
condition_build(Condition *c, const GuardDriveQuery *query)
{
        const struct {
                const char *value, *sql;
        } exact[] = {{query->holder, "holder=?"},
                     {query->custodian, "custodian=?"},
                     {query->department, "department=?"},
                     {query->unit, "unit=?"}};

        *c = (Condition){.sql = g_string_new(NULL)};
        if (query->levels != 0)
                and_number(c, "(?>>level)&1", query->levels);
        if (query->statuses != 0)
                and_number(c, "(?>>status)&1", query->statuses);
        for (gsize i = 0; i < G_N_ELEMENTS(exact); i++) {
                if (exact[i].value != NULL)
                        and_text(c, exact[i].sql, g_strdup(exact[i].value));
        }
        if (query->overdue_on != NULL) {
                and_number(c, "status=?", GUARD_STATUS_ISSUED);
                and_text(c, "due_date<?", g_strdup(query->overdue_on));
        }
        if (query->not_seen_since_us != 0) {
                and_number(c, "status!=?", GUARD_STATUS_DESTROYED);
                and_number(c, "max(seen_us,changed_us)<?", query->not_seen_since_us);
        }
        if (query->missing)
                and_sql(c, MISSING);
        if (query->text != NULL)
                and_words(c, query->text);
}

static void
condition_clear(Condition *c)
{
        for (int i = 0; i < c->n; i++)
                g_free(c->values[i].text);
        g_string_free(c->sql, TRUE);
}

static sqlite3_stmt *
condition_prepare(GuardStation *station, Condition *c, const char *what, const char *order,
                  GError **error)
{
        g_autofree char *sql =
                g_strconcat("SELECT ", what, " FROM drive", c->sql->str, order, NULL);
        sqlite3_stmt *statement = guard_book_prepare(station, error, sql, NULL);

        for (int i = 0; statement != NULL && i < c->n; i++) {
                if (c->values[i].text != NULL)
                        sqlite3_bind_text(statement, i + 1, c->values[i].text, -1,
                                          SQLITE_TRANSIENT);
                else
                        sqlite3_bind_int64(statement, i + 1, c->values[i].number);
        }
        return statement;
}

/* Whose order is the language's, not that of bytes. */
static gboolean
is_words(GuardSort sort)
{
        return sort == GUARD_SORT_NAME || sort == GUARD_SORT_MODEL || sort == GUARD_SORT_HOLDER ||
               sort == GUARD_SORT_CUSTODIAN || sort == GUARD_SORT_DEPARTMENT ||
               sort == GUARD_SORT_UNIT;
}

/* @query's drives: rowid, and @what more. */
static sqlite3_stmt *
select_rows(GuardStation *station, const GuardDriveQuery *query, const char *what,
            const char *order, GError **error)
{
        sqlite3_stmt *statement;
        Condition c;

        condition_build(&c, query);
        statement = condition_prepare(station, &c, what, order, error);
        condition_clear(&c);
        return statement;
}

static gboolean
read_ordered(GuardStation *station, const GuardDriveQuery *query, const char *column, GArray *rows,
             GError **error)
{
        const char *down = query->descending ? " DESC" : "";
        g_autofree char *order = g_strdup_printf(" ORDER BY %s%s,rowid%s", column, down, down);
        sqlite3_stmt *statement = select_rows(station, query, "rowid", order, error);
        int step = SQLITE_ERROR;

        while (statement != NULL && (step = sqlite3_step(statement)) == SQLITE_ROW) {
                gint64 row = sqlite3_column_int64(statement, 0);

                g_array_append_val(rows, row);
        }
        if (statement != NULL && step != SQLITE_DONE)
                guard_book_failed(station, error);
        sqlite3_finalize(statement);
        return step == SQLITE_DONE;
}

static gboolean
read_collated(GuardStation *station, const GuardDriveQuery *query, const char *column, GArray *rows,
              GError **error)
{
        g_autoptr(GuardCollator) own = query->collator == NULL ? guard_collator_new() : NULL;
        GuardCollator *collator = own != NULL ? own : query->collator;
        g_autofree char *what = g_strconcat("rowid,", column, NULL);
        g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(GuardCollated));
        sqlite3_stmt *statement = select_rows(station, query, what, "", error);
        int step = SQLITE_ERROR;

        guard_collator_begin(collator);
        while (statement != NULL && (step = sqlite3_step(statement)) == SQLITE_ROW) {
                GuardCollated one = {
                        .row = sqlite3_column_int64(statement, 0),
                        .rank = guard_collator_add(collator, guard_book_text(statement, 1)),
                };

                g_array_append_val(found, one);
        }
        guard_collator_end(collator, (GuardCollated *)(void *)found->data, found->len,
                           query->descending);
        if (statement != NULL && step != SQLITE_DONE)
                guard_book_failed(station, error);
        sqlite3_finalize(statement);
        for (guint i = 0; i < found->len; i++)
                g_array_append_val(rows, g_array_index(found, GuardCollated, i).row);
        return step == SQLITE_DONE;
}

GuardDriveView *
guard_station_query(GuardStation *station, const GuardDriveQuery *query, GError **error)
{
        g_autoptr(GuardDriveView) view = g_new0(GuardDriveView, 1);
        GuardSort sort = (guint)query->sort < GUARD_N_SORTS ? query->sort : 0;
        gboolean ok;

        view->rows = g_array_new(FALSE, FALSE, sizeof(gint64));
        ok = is_words(sort)
                     ? read_collated(station, query, sorts[sort].column, view->rows, error)
                     : read_ordered(station, query, sorts[sort].column, view->rows, error);
        return ok ? g_steal_pointer(&view) : NULL;
}

guint
guard_drive_view_count(const GuardDriveView *view)
{
        return view->rows->len;
}

gint64
guard_drive_view_key(const GuardDriveView *view, guint position)
{
        return g_array_index(view->rows, gint64, position);
}

guint
guard_drive_view_find(GuardStation *station, const GuardDriveView *view, const char *media_id)
{
        gint64 key;

        if (!guard_book_number(station, -1, &key, NULL, "SELECT rowid FROM drive WHERE media_id=?1", "s", media_id))
                return G_MAXUINT;
        for (guint i = 0; i < view->rows->len; i++) {
                if (guard_drive_view_key(view, i) == key)
                        return i;
        }
        return G_MAXUINT;
}

void
guard_drive_view_free(GuardDriveView *view)
{
        if (view == NULL)
                return;
        g_array_unref(view->rows);
        g_free(view);
}

GPtrArray *
guard_drive_view_rows(GuardStation *station, const GuardDriveView *view, guint first, guint n,
                      GError **error)
{
        g_autoptr(GPtrArray) rows =
                g_ptr_array_new_with_free_func((GDestroyNotify)guard_drive_free);
        sqlite3_stmt *drives = guard_book_prepare(
                station, error, "SELECT " GUARD_BOOK_DRIVE_COLUMNS " FROM drive WHERE rowid=?1",
                NULL);
        GuardBookWalk walk;
        gboolean ok = guard_book_walk_begin(station, &walk, drives, error);

        for (guint i = first; ok && i < view->rows->len && i - first < n; i++) {
                GuardDrive *drive;
                int step;

                sqlite3_reset(walk.drives);
                sqlite3_bind_int64(walk.drives, 1, g_array_index(view->rows, gint64, i));
                step = sqlite3_step(walk.drives);
                if (step == SQLITE_DONE)
                        continue;
                drive = step == SQLITE_ROW ? guard_book_walk_read(station, &walk, error) : NULL;
                if (step != SQLITE_ROW)
                        guard_book_failed(station, error);
                ok = drive != NULL;
                if (ok)
                        g_ptr_array_add(rows, drive);
        }
        guard_book_walk_end(&walk);
        return ok ? g_steal_pointer(&rows) : NULL;
}

gboolean
guard_station_count(GuardStation *station, const GuardDriveQuery *query, guint64 *count,
                    GError **error)
{
        sqlite3_stmt *statement;
        Condition c;
        gboolean ok;

        condition_build(&c, query);
        statement = condition_prepare(station, &c, "count(*)", "", error);
        condition_clear(&c);
        if (statement == NULL)
                return FALSE;
        ok = sqlite3_step(statement) == SQLITE_ROW;
        if (ok)
                *count = (guint64)sqlite3_column_int64(statement, 0);
        else
                guard_book_failed(station, error);
        sqlite3_finalize(statement);
        return ok;
}

char **
guard_station_values(GuardStation *station, GuardField field, guint max, GError **error)
{
        const char *column = fields[(guint)field < G_N_ELEMENTS(fields) ? field : 0];
        g_autofree char *sql = g_strdup_printf(
                "SELECT DISTINCT %s FROM drive WHERE %s IS NOT NULL ORDER BY 1 LIMIT ?1", column,
                column);
        sqlite3_stmt *statement = guard_book_prepare(station, error, sql, "i", (gint64)max);
        g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
        int step;

        if (statement == NULL)
                return NULL;
        while ((step = sqlite3_step(statement)) == SQLITE_ROW)
                g_ptr_array_add(values, g_strdup(guard_book_text(statement, 0)));
        if (step != SQLITE_DONE)
                guard_book_failed(station, error);
        sqlite3_finalize(statement);
        if (step != SQLITE_DONE)
                return NULL;
        g_ptr_array_add(values, NULL);
        g_ptr_array_set_free_func(values, NULL);
        return (char **)g_ptr_array_free(g_steal_pointer(&values), FALSE);
}
