/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station pending`, and what it shares with a dry run of publish: which drives a snapshot of now would show otherwise.
 */
#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "guardctl/station-changes.h"

#define COLUMNS 3

typedef struct {
        JsonBuilder *builder;
        GuardctlTable *table;
} To;

static void
add_object(JsonBuilder *builder, const char *name, const char *json)
{
        json_builder_set_member_name(builder, name);
        if (json != NULL)
                json_builder_add_value(builder, json_from_string(json, NULL));
        else
                json_builder_add_null_value(builder);
}

static void
add_change(const GuardChange *change, gpointer data)
{
        To *to = data;
        g_autofree char *text = NULL;

        if (to->builder != NULL) {
                json_builder_begin_object(to->builder);
                guardctl_json_string(to->builder, "media_id", change->media_id);
                guardctl_json_string(to->builder, "change", guard_change_to_string(change->kind));
                add_object(to->builder, "before", change->before);
                add_object(to->builder, "after", change->after);
                json_builder_end_object(to->builder);
                return;
        }
        text = guard_change_describe(change);
        guardctl_table_cell(to->table, GUARDCTL_STRONG, change->media_id);
        guardctl_table_cell(to->table, change->kind == GUARD_CHANGE_REMOVED ? GUARDCTL_CAUTION : GUARDCTL_PLAIN,
                            guard_change_label(change->kind));
        guardctl_table_cell(to->table, GUARDCTL_PLAIN, text);
}

static void
add_sums(JsonBuilder *builder, const GuardPending *p)
{
        station_add_number(builder, "entries", p->entries);
        station_add_number(builder, "added", p->added);
        station_add_number(builder, "removed", p->removed);
        station_add_number(builder, "changed", p->changed);
}

gboolean
station_changes(GuardctlContext *ctx, GuardStation *station, JsonBuilder *builder, GuardPending *p, GError **error)
{
        const char *headers[COLUMNS] = {_("Drive"), _("Change"), _("What the snapshot says")};
        g_autoptr(GuardctlTable) table = guardctl_table_new(COLUMNS, headers);
        To to = {builder, table};
        gboolean ok;

        if (builder != NULL) {
                json_builder_set_member_name(builder, "changes");
                json_builder_begin_array(builder);
        }
        ok = guard_station_pending(station, p, add_change, 0, &to, error);
        if (builder != NULL) {
                json_builder_end_array(builder);
                add_sums(builder, p);
                return ok;
        }
        if (!ok)
                return FALSE;
        if (p->sequence == 0)
                fprintf(ctx->out, _("There is no snapshot yet: %" PRIu64 " drives would be new\n"), p->added);
        else
                fprintf(ctx->out,
                        _("Since snapshot %" PRIu64 ": %" PRIu64 " drives new, %" PRIu64 " out of use, %" PRIu64
                          " changed\n"),
                        p->sequence, p->added, p->removed, p->changed);
        if (guardctl_table_rows(table) > 0)
                guardctl_table_print(ctx, table);
        return TRUE;
}

int
station_pending(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station pending", NULL,
                N_("What changed since the last snapshot: drives that are new, out of use or changed in what "
                   "workstations are told of them.\nExit status: 0 if nothing did, 1 if a snapshot should be published."),
                0, 0};
        g_autofree char *dir = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir), STATION_NO_MORE_OPTIONS};
        g_autoptr(GuardStation) station = NULL;
        int status = station_start(ctx, &usage, entries, &argc, &argv, &dir, GUARD_DUTY_READ, &station);
        g_autoptr(JsonBuilder) builder = NULL;
        g_autoptr(GError) error = NULL;
        GuardPending p;

        if (status != GUARDCTL_GO_ON)
                return status;
        builder = ctx->json ? json_builder_new() : NULL;
        if (builder != NULL)
                json_builder_begin_object(builder);
        if (!station_changes(ctx, station, builder, &p, &error))
                return guardctl_fail(ctx, error);
        if (builder != NULL) {
                station_add_number(builder, "sequence", p.sequence);
                station_add_time(builder, "issued", p.issued_us);
                station_add_time(builder, "expires", p.expires_us);
                json_builder_end_object(builder);
                guardctl_print_builder(ctx, builder);
        }
        return p.added + p.removed + p.changed > 0 ? GUARDCTL_FAILED : GUARDCTL_DONE;
}
