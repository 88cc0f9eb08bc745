/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station import-events`, `verify` and `roles`: what comes back from the workstations, and
 * whether all is in order.
 */
#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "common/guard-text.h"
#include "guardctl/station.h"
#include "station/seen.h"

typedef struct {
        GuardctlContext *ctx;
        JsonBuilder *builder; /* NULL: for people */
} Telling;

static void
tell_lost(const GuardSighting *s, gpointer user_data)
{
        Telling *t = user_data;
        g_autofree char *time = guard_time_format(s->time_us);
        g_autofree char *text = NULL;

        if (t->builder != NULL) {
                json_builder_begin_object(t->builder);
                guardctl_json_string(t->builder, "severity", "critical");
                guardctl_json_string(t->builder, "media_id", s->media_id);
                guardctl_json_string(t->builder, "time", time);
                guardctl_json_string(t->builder, "host_id", s->host);
                guardctl_json_string(t->builder, "user", s->user);
                json_builder_set_member_name(t->builder, "new");
                json_builder_add_boolean_value(t->builder, s->is_new);
                json_builder_end_object(t->builder);
                return;
        }
        text = g_strdup_printf(
                _("CRITICAL: drive %s, reported lost, was connected to %s at %s (%s)"), s->media_id,
                s->host, time, s->user != NULL ? s->user : _("nobody known was there"));
        guardctl_put(t->ctx, GUARDCTL_BAD, text);
        fputs("\n", t->ctx->out);
}

static void
print_sum(GuardctlContext *ctx, JsonBuilder *builder, const GuardSeenResult *sum)
{
        if (builder == NULL) {
                fprintf(ctx->out,
                        _("%" PRIu64 " events; %" PRIu64 " about drives of the register, %" PRIu64
                          " about others; %" PRIu64 " times a drive was seen later than known\n"),
                        sum->events, sum->of_drives, sum->unknown, sum->updated);
                if (sum->crossed > 0) {
                        g_autofree char *text = g_strdup_printf(
                                _("CROSS-USE: %" PRIu64 " more drives were connected to classified computers and to others; see guardctl station cross-use"),
                                sum->crossed);

                        guardctl_put(ctx, GUARDCTL_BAD, text);
                        fputs("\n", ctx->out);
                }
                return;
        }
        json_builder_end_array(builder);
        station_add_number(builder, "events", sum->events);
        station_add_number(builder, "of_drives", sum->of_drives);
        station_add_number(builder, "unknown", sum->unknown);
        station_add_number(builder, "updated", sum->updated);
        station_add_number(builder, "crossed", sum->crossed);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
}

int
station_import_events(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station import-events", "FILE…",
                N_("Takes in event logs that workstations exported with guardctl log --json: when "
                   "was which drive seen last, where, by whom. A lost drive that was seen is told "
                   "as critical. The same file again changes nothing.\n"
                   "Cross-use that was not known before is counted; 'guardctl station cross-use' shows it.\n"
                   "Exit status: 0; 1 if a lost drive was seen or there is new cross-use, or a file cannot be read (those "
                   "before it are taken in)."),
                1, -1};
        g_autofree char *dir = NULL, *host = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir),
                                        {"host", 0, 0, G_OPTION_ARG_STRING, &host,
                                         N_("The machine they are from, where they do not say"),
                                         N_("HOST-ID")},
                                        STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        g_autoptr(JsonBuilder) builder = NULL;
        g_autoptr(GuardStation) station = NULL;
        g_autoptr(GError) error = NULL;
        GuardSeenResult sum = {0};
        Telling telling = {ctx, NULL};
        GuardAct act;

        if (status != GUARDCTL_GO_ON)
                return status;
        act = station_act(NULL);
        station = station_open(dir, &error);
        if (station == NULL)
                return guardctl_fail(ctx, error);
        if (ctx->json) {
                telling.builder = builder = json_builder_new();
                json_builder_begin_object(builder);
                json_builder_set_member_name(builder, "lost_seen");
                json_builder_begin_array(builder);
        }
        for (int i = 1; i < argc && error == NULL; i++) {
                GuardSeenResult one;

                if (!guard_station_import_events(station, argv[i], host, &act, tell_lost, &telling,
                                                 &one, &error))
                        break;
                sum.events += one.events;
                sum.of_drives += one.of_drives;
                sum.unknown += one.unknown;
                sum.updated += one.updated;
                sum.lost += one.lost;
                sum.crossed += one.crossed;
        }
        print_sum(ctx, builder, &sum);
        if (error != NULL)
                return guardctl_fail(ctx, error);
        return sum.lost + sum.crossed > 0 ? GUARDCTL_FAILED : GUARDCTL_DONE;
}

int
station_verify(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station verify", NULL,
                N_("Checks that no record of the register's history is missing or altered.\n"
                   "Exit status: 0 if it is whole; 1 if not, with the first bad record."),
                0, 0};
        g_autofree char *dir = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir), STATION_NO_MORE_OPTIONS};
        g_autoptr(GuardStation) station = NULL;
        int status = station_start(ctx, &usage, entries, &argc, &argv, &dir, GUARD_DUTY_AUDIT, &station);
        g_autoptr(JsonBuilder) builder = NULL;
        g_autoptr(GError) error = NULL;
        guint64 records = 0;

        if (status != GUARDCTL_GO_ON)
                return status;
        status = guard_station_verify(station, &records, &error) ? GUARDCTL_DONE : GUARDCTL_FAILED;
        if (ctx->json) {
                builder = json_builder_new();
                json_builder_begin_object(builder);
                json_builder_set_member_name(builder, "good");
                json_builder_add_boolean_value(builder, error == NULL);
                station_add_number(builder, "records", records);
                guardctl_json_string(builder, "why", error != NULL ? error->message : NULL);
                json_builder_end_object(builder);
                guardctl_print_builder(ctx, builder);
        } else if (error == NULL) {
                fprintf(ctx->out, _("The history is whole: %" PRIu64 " records\n"), records);
        } else {
                guardctl_fail(ctx, error);
        }
        return status;
}

int
station_roles(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station roles", "[off|on|strict]",
                N_("Shows or sets who may do what. off: whoever may write the register's file; on: "
                   "members of the groups baomi-admin (set up), baomi-security (change, publish) "
                   "and baomi-audit (read, verify; neither of the others), and root; strict: root "
                   "may only set up."),
                0, 1};
        g_autofree char *dir = NULL, *reason = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir), STATION_REASON_OPTION(&reason),
                                        STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        g_autoptr(GuardStation) station = NULL;
        g_autoptr(JsonBuilder) builder = NULL;
        g_autoptr(GError) error = NULL;
        GuardRolesMode mode = GUARD_ROLES_OFF;
        GuardAct act;

        if (status != GUARDCTL_GO_ON)
                return status;
        if (argc > 1 && !guard_roles_mode_from_string(argv[1], &mode))
                return guardctl_usage_error(ctx, &usage, _("It is off, on or strict, not '%s'"),
                                            argv[1]);
        if (argc > 1 && reason == NULL)
                return guardctl_usage_error(ctx, &usage, _("'%s' needs --reason TEXT"),
                                            usage.command);
        act = station_act(reason);
        station = station_open(dir, &error);
        if (station == NULL ||
            (argc > 1 && !guard_station_set_roles(station, mode, &act, &error)) ||
            !guard_station_get_roles(station, &mode, &error))
                return guardctl_fail(ctx, error);
        if (!ctx->json) {
                fprintf(ctx->out, _("Roles: %s\n"), guard_roles_mode_to_string(mode));
                return GUARDCTL_DONE;
        }
        builder = json_builder_new();
        json_builder_begin_object(builder);
        guardctl_json_string(builder, "roles", guard_roles_mode_to_string(mode));
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
        return GUARDCTL_DONE;
}
