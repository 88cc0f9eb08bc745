/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station cross-use`: what was connected to classified computers and to others.
 */
#include <glib/gi18n-lib.h>

#include "common/guard-text.h"
#include "guardctl/station.h"
#include "station/cross.h"

enum { DRIVE, CLASSIFIED, PLAIN, N_COLUMNS };

typedef struct {
        JsonBuilder *builder; /* NULL: for people */
        GuardctlTable *table;
} Listing;

/* "PC-7 (secret), wang, 2026-11-28T09:12:03+08:00, refused" */
static char *
side_text(const GuardCrossSeen *side)
{
        g_autofree char *when = guard_time_format(side->time_us), *host = guard_text_display(side->host, 60);
        g_autofree char *user = guard_text_display(side->user, 40);

        return g_strdup_printf(_("%s (%s) %.16s %s %s"), host, guard_level_label(side->level), when, side->used ? _("used") : _("refused"), user);
}

static void
side_json(JsonBuilder *builder, const char *name, const GuardCrossSeen *side)
{
        json_builder_set_member_name(builder, name);
        json_builder_begin_object(builder);
        guardctl_json_string(builder, "host_id", side->host);
        guardctl_json_string(builder, "level", guard_level_to_string(side->level));
        station_add_time(builder, "time", side->time_us);
        guardctl_json_string(builder, "user", side->user);
        json_builder_set_member_name(builder, "used");
        json_builder_add_boolean_value(builder, side->used);
        json_builder_end_object(builder);
}

static gboolean
show(const GuardCross *cross, gpointer user_data)
{
        Listing *listing = user_data;
        g_autofree char *name = guard_text_display(cross->name, 60), *classified = side_text(&cross->classified), *plain = side_text(&cross->plain);
        g_autofree char *what = cross->media_id != NULL ? g_strdup(cross->media_id) : g_strdup_printf("%s (%s)", name, cross->identity);

        if (listing->builder != NULL) {
                json_builder_begin_object(listing->builder);
                guardctl_json_string(listing->builder, "media_id", cross->media_id);
                guardctl_json_string(listing->builder, "identity", cross->identity);
                guardctl_json_string(listing->builder, "name", cross->name);
                side_json(listing->builder, "classified", &cross->classified);
                side_json(listing->builder, "unclassified", &cross->plain);
                json_builder_end_object(listing->builder);
                return TRUE;
        }
        guardctl_table_cell(listing->table, GUARDCTL_STRONG, what);
        guardctl_table_cell(listing->table, cross->classified.used ? GUARDCTL_BAD : GUARDCTL_PLAIN, classified);
        guardctl_table_cell(listing->table, cross->plain.used ? GUARDCTL_BAD : GUARDCTL_PLAIN, plain);
        return TRUE;
}

static gboolean
visit(GuardStation *station, gconstpointer argument, JsonBuilder *builder, GuardctlTable *table, GError **error)
{
        Listing listing = {builder, table};

        (void)argument;
        return guard_cross_visit(station, show, &listing, error);
}

int
station_cross_use(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station cross-use", NULL,
                N_("Drives and other media that were connected to classified computers and to others, as the event logs say that were "
                   "taken in (import-events): where last, by whom, and whether they could be used there."
                   "\nExit status: 0; 1 if the register cannot be read."),
                0, 0};
        const char *headers[N_COLUMNS] = {[DRIVE] = _("DRIVE"), [CLASSIFIED] = _("CLASSIFIED COMPUTER"), [PLAIN] = _("OTHER COMPUTER")};
        g_autofree char *dir = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir), STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);

        return status == GUARDCTL_GO_ON ? station_print_list(ctx, dir, GUARD_DUTY_READ, N_COLUMNS, headers, visit, NULL) : status;
}
