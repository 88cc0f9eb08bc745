/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station issue … destroy`, `set-level` and `history`: what happens to a drive, and why.
 */
#include <string.h>
#include <glib/gi18n-lib.h>

#include "common/guard-text.h"
#include "guardctl/station.h"
#include "station/life.h"

int
station_report_drive(GuardctlContext *ctx, GuardStation *station, const char *media_id)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardDrive) drive = guard_station_get(station, media_id, &error);
        g_autoptr(JsonBuilder) builder = NULL;

        if (drive == NULL)
                return guardctl_fail(ctx, error);
        if (!ctx->json) {
                fprintf(ctx->out,
                        _("Drive %s: %s, %s; publish a snapshot to tell the workstations\n"),
                        media_id, guard_level_label(drive->level),
                        guard_status_to_string(drive->status));
                return GUARDCTL_DONE;
        }
        builder = json_builder_new();
        json_builder_begin_object(builder);
        station_add_drive(builder, drive);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
        return GUARDCTL_DONE;
}

typedef struct {
        char *dir, *reason, *holder, *due, *by, *witness;
} StepOptions;

static void
step_options_clear(StepOptions *given)
{
        g_free(given->dir);
        g_free(given->reason);
        g_free(given->holder);
        g_free(given->due);
        g_free(given->by);
        g_free(given->witness);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StepOptions, step_options_clear)

/* Those that this step has, with an end. */
static void
step_entries(GuardStepKind kind, StepOptions *given, GOptionEntry entries[8])
{
        const struct {
                guint kinds;
                GOptionEntry entry;
        } all[] = {
                {G_MAXUINT, STATION_DIR_OPTION(&given->dir)},
                {G_MAXUINT, STATION_REASON_OPTION(&given->reason)},
                {1u << GUARD_STEP_ISSUE | 1u << GUARD_STEP_REPAIR,
                 {"holder", 0, 0, G_OPTION_ARG_STRING, &given->holder,
                  N_("Who gets it; issued without this, its custodian"), N_("NAME")}},
                {1u << GUARD_STEP_ISSUE,
                 {"due", 0, 0, G_OPTION_ARG_STRING, &given->due,
                  N_("The day it is to be returned, such as 2026-03-01"), N_("DAY")}},
                {1u << GUARD_STEP_DESTROY,
                 {"by", 0, 0, G_OPTION_ARG_STRING, &given->by, N_("Who destroys it; else you"),
                  N_("NAME")}},
                {1u << GUARD_STEP_DESTROY,
                 {"witness", 0, 0, G_OPTION_ARG_STRING, &given->witness,
                  N_("The second person who is there"), N_("NAME")}},
        };
        guint n = 0;

        for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
                if ((all[i].kinds >> kind & 1u) != 0)
                        entries[n++] = all[i].entry;
        }
        entries[n] = (GOptionEntry)STATION_NO_MORE_OPTIONS;
}

int
station_change(GuardctlContext *ctx, int argc, char **argv)
{
        const char *action = argv[0];
        g_autofree char *command = g_strdup_printf("station %s", action);
        const GuardctlUsage usage = {
                command, "MEDIA-ID",
                N_("Enters what happened to a drive. Exit status 1 where its present status "
                   "does not allow it."),
                1, 1};
        g_auto(StepOptions) given = {0};
        GuardStep step = {.kind = GUARD_STEP_ISSUE};
        gboolean known = guard_step_from_string(action, &step.kind);
        GOptionEntry entries[8];
        g_autoptr(GuardStation) station = NULL;
        g_autoptr(GError) error = NULL;
        GuardAct act;
        int status;

        step_entries(step.kind, &given, entries);
        status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        if (status != GUARDCTL_GO_ON)
                return status;
        if (given.reason == NULL || !known)
                return guardctl_usage_error(ctx, &usage, _("'%s' needs --reason TEXT"), command);
        act = station_act(given.reason);
        step.media_id = argv[1];
        step.holder = given.holder;
        step.due = given.due;
        step.by = given.by;
        step.witness = given.witness;
        station = station_open(given.dir, &error);
        if (station == NULL || !guard_station_step(station, &step, &act, &error))
                return guardctl_fail(ctx, error);
        return station_report_drive(ctx, station, argv[1]);
}

int
station_set_level(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station set-level", "MEDIA-ID LEVEL",
                N_("Changes a drive's level: none, confidential, secret or top-secret."), 2, 2};
        g_autofree char *dir = NULL, *reason = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir), STATION_REASON_OPTION(&reason),
                                        STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        g_autoptr(GuardStation) station = NULL;
        g_autoptr(GError) error = NULL;
        GuardLevel level;
        GuardStep step;
        GuardAct act;

        if (status != GUARDCTL_GO_ON)
                return status;
        if (!guard_level_from_string(argv[2], &level))
                return guardctl_usage_error(ctx, &usage, _("There is no level '%s'"), argv[2]);
        if (reason == NULL)
                return guardctl_usage_error(ctx, &usage, _("'%s' needs --reason TEXT"),
                                            usage.command);
        act = station_act(reason);
        step = (GuardStep){.kind = GUARD_STEP_SET_LEVEL, .media_id = argv[1], .level = level};
        station = station_open(dir, &error);
        if (station == NULL || !guard_station_step(station, &step, &act, &error))
                return guardctl_fail(ctx, error);
        return station_report_drive(ctx, station, argv[1]);
}

void
station_history_headers(const char *headers[STATION_HISTORY_COLUMNS])
{
        const char *words[] = {_("Time"),  _("Drive"), _("What"), _("Before"),
                               _("After"), _("Why"),   _("Who")};

        memcpy(headers, words, sizeof words);
}

void
station_history_to_json(const GuardHistory *record, gpointer user_data)
{
        JsonBuilder *builder = user_data;
        g_autofree char *time = guard_time_format(record->time_us);
        const struct {
                const char *name, *json;
        } states[] = {{"before", record->before}, {"after", record->after}};

        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "seq");
        json_builder_add_int_value(builder, (gint64)record->seq);
        guardctl_json_string(builder, "time", time);
        guardctl_json_string(builder, "media_id", record->media_id);
        guardctl_json_string(builder, "action", record->action);
        for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
                JsonNode *node =
                        states[i].json != NULL ? json_from_string(states[i].json, NULL) : NULL;

                json_builder_set_member_name(builder, states[i].name);
                json_builder_add_value(builder,
                                       node != NULL ? node : json_node_new(JSON_NODE_NULL));
        }
        guardctl_json_string(builder, "reason", record->reason);
        guardctl_json_string(builder, "who", record->who);
        guardctl_json_string(builder, "host_id", record->host_id);
        json_builder_end_object(builder);
}

void
station_history_to_table(const GuardHistory *record, gpointer user_data)
{
        g_autofree char *time = guard_time_format(record->time_us);
        const char *about = record->media_id != NULL ? record->media_id : record->host_id;
        const char *cells[] = {time,          about,          record->action, record->before,
                               record->after, record->reason, record->who};

        for (gsize i = 0; i < G_N_ELEMENTS(cells); i++)
                guardctl_table_cell(user_data, GUARDCTL_PLAIN, cells[i]);
}

static gboolean
visit_history(GuardStation *station, gconstpointer argument, JsonBuilder *builder,
              GuardctlTable *table, GError **error)
{
        if (builder != NULL)
                return guard_station_history(station, argument, station_history_to_json, builder,
                                             error);
        return guard_station_history(station, argument, station_history_to_table, table, error);
}

int
station_history(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station history", "[MEDIA-ID]",
                N_("Every change of one drive, or of all, oldest first."), 0, 1};
        const char *headers[STATION_HISTORY_COLUMNS];
        g_autofree char *dir = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir), STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);

        if (status != GUARDCTL_GO_ON)
                return status;
        station_history_headers(headers);
        return station_print_list(ctx, dir, GUARD_DUTY_AUDIT, G_N_ELEMENTS(headers), headers,
                                  visit_history, argc > 1 ? argv[1] : NULL);
}
