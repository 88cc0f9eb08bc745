/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The register of computers: rows, changes, history. The secret is in no record and in no list.
 */
#include "station/computer.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#include "common/guard-host.h"
#include "station/book.h"
#include "station/computer-private.h"

#define COLUMNS                                                                                    \
        "host_id,level,unit,room,custodian,note,addresses,keys,retired,enrolled_us,exported_us,"   \
        "secret_id"

GuardComputer *
guard_computer_new(void)
{
        GuardComputer *computer = g_new0(GuardComputer, 1);

        computer->level = GUARD_LEVEL_UNKNOWN;
        return computer;
}

void
guard_computer_free(GuardComputer *computer)
{
        if (computer == NULL)
                return;
        g_free(computer->host_id);
        g_free(computer->unit);
        g_free(computer->room);
        g_free(computer->custodian);
        g_free(computer->note);
        g_free(computer->secret_id);
        g_strfreev(computer->addresses);
        g_strfreev(computer->keys);
        g_free(computer);
}

GuardComputer *
guard_computer_copy(const GuardComputer *computer)
{
        GuardComputer *copy = guard_computer_new();

        *copy = *computer; /* numbers; the texts follow */
        copy->host_id = g_strdup(computer->host_id);
        copy->unit = g_strdup(computer->unit);
        copy->room = g_strdup(computer->room);
        copy->custodian = g_strdup(computer->custodian);
        copy->note = g_strdup(computer->note);
        copy->secret_id = g_strdup(computer->secret_id);
        copy->addresses = g_strdupv(computer->addresses);
        copy->keys = g_strdupv(computer->keys);
        return copy;
}

static gboolean
check(const GuardComputer *computer, GError **error)
{
        const struct {
                const char *what, *text;
        } texts[] = {{_("The unit"), computer->unit},
                     {_("The room"), computer->room},
                     {_("The custodian"), computer->custodian},
                     {_("The note"), computer->note}};

        if (computer->host_id == NULL || !guard_host_id_is_good(computer->host_id)) {
                g_set_error(
                        error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                        _("A host-id is 1 to 128 letters, digits and . _ : -, as guardctl status "
                          "shows it on that machine"));
                return FALSE;
        }
        if (computer->level < GUARD_LEVEL_NONE || computer->level > GUARD_LEVEL_TOP_SECRET) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("Computer %s has no level: none, confidential, secret or top-secret"),
                            computer->host_id);
                return FALSE;
        }
        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
                if (texts[i].text != NULL && !guard_book_check_text(texts[i].what, texts[i].text,
                                                                    GUARD_BOOK_TEXT_MAX, error))
                        return FALSE;
        }
        return guard_book_check_list(_("An address"), computer->addresses, error) &&
               guard_book_check_list(_("A key"), computer->keys, error);
}

static char *
to_json(const GuardComputer *computer)
{
        GString *json = g_string_new(NULL);

        guard_book_json_open(json);
        guard_book_json_text(json, "level", guard_level_to_string(computer->level));
        guard_book_json_text(json, "unit", computer->unit);
        guard_book_json_text(json, "room", computer->room);
        guard_book_json_text(json, "custodian", computer->custodian);
        guard_book_json_text(json, "note", computer->note);
        guard_book_json_list(json, "addresses", computer->addresses);
        guard_book_json_list(json, "keys", computer->keys);
        return guard_book_json_close(json);
}

static char *
join(char **list)
{
        return list != NULL && list[0] != NULL ? g_strjoinv("\n", list) : NULL;
}

static char **
split(const char *text)
{
        return text != NULL ? g_strsplit(text, "\n", -1) : NULL;
}

static GuardComputer *
read_row(sqlite3_stmt *statement)
{
        GuardComputer *computer = guard_computer_new();

        computer->host_id = g_strdup(guard_book_text(statement, 0));
        computer->level = (GuardLevel)CLAMP(sqlite3_column_int(statement, 1), GUARD_LEVEL_UNKNOWN,
                                            GUARD_LEVEL_TOP_SECRET);
        computer->unit = g_strdup(guard_book_text(statement, 2));
        computer->room = g_strdup(guard_book_text(statement, 3));
        computer->custodian = g_strdup(guard_book_text(statement, 4));
        computer->note = g_strdup(guard_book_text(statement, 5));
        computer->addresses = split(guard_book_text(statement, 6));
        computer->keys = split(guard_book_text(statement, 7));
        computer->retired = sqlite3_column_int(statement, 8) != 0;
        computer->enrolled_us = sqlite3_column_int64(statement, 9);
        computer->exported_us = sqlite3_column_int64(statement, 10);
        computer->secret_id = g_strdup(guard_book_text(statement, 11));
        return computer;
}

GuardComputer *
guard_station_get_computer(GuardStation *station, const char *host_id, GError **error)
{
        sqlite3_stmt *statement = guard_book_prepare(
                station, error, "SELECT " COLUMNS " FROM computer WHERE host_id=?1", "s", host_id);
        GuardComputer *computer = NULL;
        int step;

        if (statement == NULL)
                return NULL;
        step = sqlite3_step(statement);
        if (step == SQLITE_ROW)
                computer = read_row(statement);
        else if (step == SQLITE_DONE)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                            _("There is no computer %s in the register"), host_id);
        else
                guard_book_failed(station, error);
        sqlite3_finalize(statement);
        return computer;
}

GuardComputer *
guard_computer_in_use(GuardStation *station, const char *host_id, GError **error)
{
        g_autoptr(GuardComputer) computer = guard_station_get_computer(station, host_id, error);

        if (computer == NULL || !computer->retired)
                return g_steal_pointer(&computer);
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                    _("Computer %s is out of use; its entry stays as it is"), host_id);
        return NULL;
}

gboolean
guard_station_visit_computers(GuardStation *station, const char *text, gboolean with_retired,
                              GuardComputerVisit visit, gpointer user_data, GError **error)
{
        g_autofree char *needle = g_ascii_strdown(text != NULL ? text : "", -1);
        sqlite3_stmt *statement = guard_book_prepare(
                station, error,
                "SELECT " COLUMNS " FROM computer WHERE (?1 OR NOT retired) AND "
                "(?2='' OR instr(lower(host_id||char(10)||ifnull(unit,'')||char(10)||"
                "ifnull(room,'')||char(10)||ifnull(custodian,'')||char(10)||ifnull(note,'')||"
                "char(10)||ifnull(addresses,'')||char(10)||ifnull(keys,'')),?2)) ORDER BY host_id",
                "is", (gint64)(with_retired != FALSE), needle);
        gboolean ok = statement != NULL;
        int step = SQLITE_DONE;

        while (ok && (step = sqlite3_step(statement)) == SQLITE_ROW) {
                g_autoptr(GuardComputer) computer = read_row(statement);

                ok = visit(computer, user_data, error);
        }
        if (ok && step != SQLITE_DONE)
                ok = guard_book_failed(station, error);
        sqlite3_finalize(statement);
        return ok;
}

static gboolean
insert(GuardStation *station, const GuardComputer *computer, const GuardAct *act, GError **error)
{
        g_autofree char *after = to_json(computer), *addresses = join(computer->addresses),
                        *keys = join(computer->keys);
        gint64 n;

        if (!guard_book_number(station, 0, &n, error,
                               "SELECT count(*) FROM computer WHERE host_id=?1", "s",
                               computer->host_id))
                return FALSE;
        if (n > 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_EXISTS,
                            _("There is a computer %s in the register already"), computer->host_id);
                return FALSE;
        }
        return guard_book_run(station, error,
                              "INSERT INTO computer(" COLUMNS ")VALUES(?1,?2,?3,?4,?5,?6,?7,?8,0,"
                              "?9,0,NULL)",
                              "sissssssi", computer->host_id, (gint64)computer->level,
                              computer->unit, computer->room, computer->custodian, computer->note,
                              addresses, keys, act->now_us) &&
               guard_computer_new_secret(station, computer->host_id, error) &&
               guard_book_append_computer_history(station, computer->host_id, "host-add", NULL,
                                                  after, act, error);
}

gboolean
guard_station_add_computer(GuardStation *station, const GuardComputer *computer,
                           const GuardAct *act, GError **error)
{
        if (!check(computer, error) || !guard_book_begin(station, act, GUARD_DUTY_EDIT, error))
                return FALSE;
        return guard_book_end(station, insert(station, computer, act, error), error);
}

static gboolean
update(GuardStation *station, const GuardComputer *computer, const GuardAct *act, GError **error)
{
        g_autoptr(GuardComputer) old = guard_computer_in_use(station, computer->host_id, error);
        g_autofree char *before = NULL, *after = to_json(computer),
                        *addresses = join(computer->addresses), *keys = join(computer->keys);

        if (old == NULL)
                return FALSE;
        before = to_json(old);
        if (g_str_equal(before, after)) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("Nothing about computer %s would change"), computer->host_id);
                return FALSE;
        }
        return guard_book_run(station, error,
                              "UPDATE computer SET level=?2,unit=?3,room=?4,custodian=?5,note=?6,"
                              "addresses=?7,keys=?8 WHERE host_id=?1",
                              "sissssss", computer->host_id, (gint64)computer->level,
                              computer->unit, computer->room, computer->custodian, computer->note,
                              addresses, keys) &&
               guard_book_append_computer_history(station, computer->host_id, "host-edit", before,
                                                  after, act, error);
}

gboolean
guard_station_edit_computer(GuardStation *station, const GuardComputer *computer,
                            const GuardAct *act, GError **error)
{
        if (!guard_book_check_reason("host edit", act, error) || !check(computer, error) ||
            !guard_book_begin(station, act, GUARD_DUTY_EDIT, error))
                return FALSE;
        return guard_book_end(station, update(station, computer, act, error), error);
}

static gboolean
retire(GuardStation *station, const char *host_id, const GuardAct *act, GError **error)
{
        g_autoptr(GuardComputer) old = guard_computer_in_use(station, host_id, error);

        return old != NULL &&
               guard_book_run(station, error,
                              "UPDATE computer SET retired=1,secret=NULL,secret_id=NULL WHERE "
                              "host_id=?1",
                              "s", host_id) &&
               guard_book_append_computer_history(station, host_id, "host-retire",
                                                  "{\"status\":\"in-use\"}",
                                                  "{\"status\":\"retired\"}", act, error);
}

gboolean
guard_station_retire_computer(GuardStation *station, const char *host_id, const GuardAct *act,
                              GError **error)
{
        if (!guard_book_check_reason("host retire", act, error) ||
            !guard_book_begin(station, act, GUARD_DUTY_EDIT, error))
                return FALSE;
        return guard_book_end(station, retire(station, host_id, act, error), error);
}
