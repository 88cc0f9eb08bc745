/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station list`, `overdue` and `not-seen`: drives of the book, filtered and sorted.
 */
#include <string.h>
#include <glib/gi18n-lib.h>

#include "guardctl/station.h"
#include "station/life.h"
#include "station/query.h"

#define PAGE 500
#define DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

typedef struct {
        GuardDriveQuery query;
        guint first, max;
} Listing;

typedef struct {
        char *dir, *text, *holder, *custodian, *department, *sort;
        char **levels, **statuses;
        gboolean descending;
        int limit, offset;
} Given;

static void
given_clear(Given *given)
{
        g_free(given->dir);
        g_free(given->text);
        g_free(given->holder);
        g_free(given->custodian);
        g_free(given->department);
        g_free(given->sort);
        g_strfreev(given->levels);
        g_strfreev(given->statuses);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Given, given_clear)

void
station_drive_headers(const char *headers[STATION_DRIVE_COLUMNS])
{
        const char *words[] = {_("Drive"),     _("Level"), _("Status"), _("Identity"),
                               _("Custodian"), _("Name"),  _("Holder")};

        memcpy(headers, words, sizeof words);
}

gboolean
station_drive_to_json(const GuardDrive *drive, gpointer builder, GError **error)
{
        (void)error;
        json_builder_begin_object(builder);
        station_add_drive(builder, drive);
        json_builder_end_object(builder);
        return TRUE;
}

gboolean
station_drive_to_table(const GuardDrive *drive, gpointer table, GError **error)
{
        const GuardDriveId *id = drive->ids->len > 0 ? g_ptr_array_index(drive->ids, 0) : NULL;
        g_autofree char *holder =
                drive->due_date != NULL
                        ? g_strdup_printf(_("%s, until %s"),
                                          drive->holder != NULL ? drive->holder : "-",
                                          drive->due_date)
                        : g_strdup(drive->holder);
        const char *cells[] = {drive->media_id,
                               guard_level_label(drive->level),
                               guard_status_label(drive->status),
                               id != NULL ? id->value : NULL,
                               drive->custodian,
                               drive->name != NULL ? drive->name : drive->model,
                               holder};

        (void)error;
        for (gsize i = 0; i < G_N_ELEMENTS(cells); i++)
                guardctl_table_cell(table, GUARDCTL_PLAIN, cells[i]);
        return TRUE;
}

static gboolean
visit_listing(GuardStation *station, gconstpointer argument, JsonBuilder *builder,
              GuardctlTable *table, GError **error)
{
        const Listing *listing = argument;
        g_autoptr(GuardDriveView) view = guard_station_query(station, &listing->query, error);
        guint end = 0;

        if (view == NULL)
                return FALSE;
        end = guard_drive_view_count(view);
        if (listing->max != 0 && listing->first < end && end - listing->first > listing->max)
                end = listing->first + listing->max;
        for (guint at = listing->first; at < end; at += PAGE) {
                g_autoptr(GPtrArray) rows =
                        guard_drive_view_rows(station, view, at, MIN(PAGE, end - at), error);

                if (rows == NULL)
                        return FALSE;
                for (guint i = 0; i < rows->len; i++) {
                        const GuardDrive *drive = g_ptr_array_index(rows, i);

                        if (builder != NULL)
                                station_drive_to_json(drive, builder, NULL);
                        else
                                station_drive_to_table(drive, table, NULL);
                }
        }
        return TRUE;
}

static int
print_listing(GuardctlContext *ctx, const char *dir, const Listing *listing)
{
        const char *headers[STATION_DRIVE_COLUMNS];

        station_drive_headers(headers);
        return station_print_list(ctx, dir, GUARD_DUTY_READ, G_N_ELEMENTS(headers), headers,
                                  visit_listing, listing);
}

static const GuardctlUsage list_usage = {
        "station list", NULL,
        N_("Drives of the register. Conditions must all hold; without any, every drive."), 0, 0};

/* Words of options to the query; GUARDCTL_GO_ON, or the status of wrong usage. */
static int
take_words(GuardctlContext *ctx, const Given *given, GuardDriveQuery *query)
{
        GuardLevel level;
        GuardStatus status;

        for (guint i = 0; given->levels != NULL && given->levels[i] != NULL; i++) {
                if (!guard_level_from_string(given->levels[i], &level))
                        return guardctl_usage_error(ctx, &list_usage, _("There is no level '%s'"),
                                                    given->levels[i]);
                query->levels |= 1u << level;
        }
        for (guint i = 0; given->statuses != NULL && given->statuses[i] != NULL; i++) {
                if (!guard_status_from_string(given->statuses[i], &status))
                        return guardctl_usage_error(
                                ctx, &list_usage,
                                _("There is no status '%s': in-use, issued, in-repair, lost, "
                                  "deregistered, retired or destroyed"),
                                given->statuses[i]);
                query->statuses |= 1u << status;
        }
        if (given->sort != NULL && !guard_sort_from_string(given->sort, &query->sort))
                return guardctl_usage_error(ctx, &list_usage, _("There is no column '%s'"),
                                            given->sort);
        if (given->limit < 0 || given->offset < 0)
                return guardctl_usage_error(ctx, &list_usage,
                                            _("--limit and --offset are not negative"));
        return GUARDCTL_GO_ON;
}

int
station_list(GuardctlContext *ctx, int argc, char **argv)
{
        g_auto(Given) given = {0};
        const GOptionEntry entries[] = {
                STATION_DIR_OPTION(&given.dir),
                {"text", 0, 0, G_OPTION_ARG_STRING, &given.text,
                 N_("These words are in its number, name, persons, places or serials"),
                 N_("WORDS")},
                {"level", 0, 0, G_OPTION_ARG_STRING_ARRAY, &given.levels,
                 N_("Of this level; once for each"), N_("LEVEL")},
                {"status", 0, 0, G_OPTION_ARG_STRING_ARRAY, &given.statuses,
                 N_("Of this status; once for each"), N_("STATUS")},
                {"holder", 0, 0, G_OPTION_ARG_STRING, &given.holder, N_("Handed out to"),
                 N_("NAME")},
                {"custodian", 0, 0, G_OPTION_ARG_STRING, &given.custodian, N_("Answered for by"),
                 N_("NAME")},
                {"department", 0, 0, G_OPTION_ARG_STRING, &given.department,
                 N_("Of the department"), N_("NAME")},
                {"sort", 0, 0, G_OPTION_ARG_STRING, &given.sort,
                 N_("By media-id (default), name, model, level, status, holder, custodian, "
                    "department, unit, in-use-date, due-date, seen or enrolled"),
                 N_("COLUMN")},
                {"descending", 0, 0, G_OPTION_ARG_NONE, &given.descending, N_("The last first"),
                 NULL},
                {"limit", 0, 0, G_OPTION_ARG_INT, &given.limit, N_("At most so many"), N_("N")},
                {"offset", 0, 0, G_OPTION_ARG_INT, &given.offset, N_("Leave out the first ones"),
                 N_("N")},
                STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &list_usage, entries, &argc, &argv);
        Listing listing = {0};

        if (status != GUARDCTL_GO_ON)
                return status;
        listing.query = (GuardDriveQuery){.text = given.text,
                                          .holder = given.holder,
                                          .custodian = given.custodian,
                                          .department = given.department,
                                          .descending = given.descending};
        status = take_words(ctx, &given, &listing.query);
        if (status != GUARDCTL_GO_ON)
                return status;
        listing.first = (guint)given.offset;
        listing.max = (guint)given.limit;
        return print_listing(ctx, given.dir, &listing);
}

int
station_overdue(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station overdue", NULL,
                N_("Drives that were handed out and should be back, the longest overdue first."), 0,
                0};
        g_autofree char *dir = NULL, *today = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir), STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        g_autoptr(GDateTime) now = g_date_time_new_now_local();
        Listing listing = {0};

        if (status != GUARDCTL_GO_ON)
                return status;
        today = g_date_time_format(now, "%Y-%m-%d");
        listing.query = (GuardDriveQuery){.overdue_on = today, .sort = GUARD_SORT_DUE_DATE};
        return print_listing(ctx, dir, &listing);
}

int
station_not_seen(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station not-seen", NULL,
                N_("Drives that no workstation, no stock-take and nobody at the desk has seen for "
                   "so long, those unseen for longest first."),
                0, 0};
        g_autofree char *dir = NULL;
        int days = 90;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir),
                                        {"days", 0, 0, G_OPTION_ARG_INT, &days,
                                         N_("For so many days; 90 if nothing is said"), N_("N")},
                                        STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        Listing listing = {0};

        if (status != GUARDCTL_GO_ON)
                return status;
        if (days < 0 || days > 36500)
                return guardctl_usage_error(ctx, &usage, _("--days is 0 to 36500"));
        listing.query = (GuardDriveQuery){.not_seen_since_us = g_get_real_time() - days * DAY_US,
                                          .sort = GUARD_SORT_SEEN};
        return print_listing(ctx, dir, &listing);
}
