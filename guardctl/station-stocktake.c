/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station stocktake`: the yearly count of what is there.
 */
#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "guardctl/station.h"
#include "station/stocktake.h"

static int
report(GuardctlContext *ctx, GuardStation *station)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonBuilder) builder = NULL;
        GuardStocktake state;

        if (!guard_station_stocktake_state(station, &state, &error))
                return guardctl_fail(ctx, error);
        if (!ctx->json && state.number == 0) {
                fprintf(ctx->out, "%s\n", _("There was no stock-take yet."));
                return GUARDCTL_DONE;
        }
        if (!ctx->json) {
                fprintf(ctx->out,
                        state.open ? _("Stock-take %" PRIu64 " is going on: %" PRIu64 " of %" PRIu64
                                       " are ticked off, %" PRIu64 " are not; %" PRIu64
                                       " more are here that should not be\n")
                                   : _("Stock-take %" PRIu64 " has ended: %" PRIu64 " of %" PRIu64
                                       " were ticked off, %" PRIu64 " are missing; %" PRIu64
                                       " more were here that should not be\n"),
                        state.number, state.expected - state.missing, state.expected, state.missing,
                        state.extra);
                return GUARDCTL_DONE;
        }
        builder = json_builder_new();
        json_builder_begin_object(builder);
        station_add_number(builder, "number", state.number);
        json_builder_set_member_name(builder, "open");
        json_builder_add_boolean_value(builder, state.open);
        station_add_time(builder, "begun", state.begun_us);
        station_add_time(builder, "ended", state.ended_us);
        station_add_number(builder, "expected", state.expected);
        station_add_number(builder, "ticked", state.ticked);
        station_add_number(builder, "missing", state.missing);
        station_add_number(builder, "extra", state.extra);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
        return GUARDCTL_DONE;
}

/* begin, end and status. */
static int
stock_change(GuardctlContext *ctx, int argc, char **argv)
{
        static const struct {
                const char *verb;
                GuardctlUsage usage;
        } usages[] = {
                {"begin",
                 {"station stocktake begin", NULL,
                  N_("Begins a stock-take of the drives that should be here now."), 0, 0}},
                {"end",
                 {"station stocktake end", NULL,
                  N_("Ends the stock-take; what was not ticked off is written down as missing."), 0,
                  0}},
                {"status",
                 {"station stocktake status", NULL, N_("How far the stock-take is."), 0, 0}},
        };
        gsize which = g_str_equal(argv[0], "begin") ? 0 : g_str_equal(argv[0], "end") ? 1 : 2;
        g_autofree char *dir = NULL, *reason = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir), STATION_REASON_OPTION(&reason),
                                        STATION_NO_MORE_OPTIONS};
        g_autoptr(GuardStation) station = NULL;
        int status = station_start(ctx, &usages[which].usage, entries, &argc, &argv, &dir,
                                   which == 2 ? GUARD_DUTY_READ : GUARD_DUTY_EDIT, &station);
        g_autoptr(GError) error = NULL;
        GuardAct act;
        gboolean ok = TRUE;

        if (status != GUARDCTL_GO_ON)
                return status;
        act = station_act(reason);
        if (which == 0)
                ok = guard_station_stocktake_begin(station, &act, &error);
        if (which == 1)
                ok = guard_station_stocktake_end(station, &act, NULL, &error);
        return ok ? report(ctx, station) : guardctl_fail(ctx, error);
}

static int
stock_tick(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station stocktake tick", "MEDIA-ID…",
                N_("Ticks off drives that are here, all of them or, where one is unknown, those "
                   "before it."),
                1, -1};
        g_autofree char *dir = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir), STATION_NO_MORE_OPTIONS};
        g_autoptr(GuardStation) station = NULL;
        int status = station_start(ctx, &usage, entries, &argc, &argv, &dir, GUARD_DUTY_EDIT, &station);
        g_autoptr(GError) error = NULL;
        GuardAct act;

        if (status != GUARDCTL_GO_ON)
                return status;
        act = station_act(NULL);
        for (int i = 1; i < argc; i++) {
                g_autofree char *note = NULL;

                if (!guard_station_stocktake_tick(station, argv[i], &act, &note, &error))
                        break;
                if (note != NULL)
                        guardctl_warn(ctx, _("note: %s"), note);
        }
        return error == NULL ? report(ctx, station) : guardctl_fail(ctx, error);
}

static gboolean
visit_missing(GuardStation *station, gconstpointer argument, JsonBuilder *builder,
              GuardctlTable *table, GError **error)
{
        (void)argument;
        return builder != NULL ? guard_station_stocktake_missing(station, station_drive_to_json,
                                                                 builder, error)
                               : guard_station_stocktake_missing(station, station_drive_to_table,
                                                                 table, error);
}

static int
stock_missing(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station stocktake missing", NULL,
                N_("Drives of the last stock-take that were not ticked off."), 0, 0};
        g_autofree char *dir = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir), STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        const char *headers[STATION_DRIVE_COLUMNS];

        if (status != GUARDCTL_GO_ON)
                return status;
        station_drive_headers(headers);
        return station_print_list(ctx, dir, GUARD_DUTY_READ, G_N_ELEMENTS(headers), headers,
                                  visit_missing, NULL);
}

static const GuardctlVerb stocktake_verbs[] = {
        {"begin", stock_change, N_("begin a stock-take")},
        {"tick", stock_tick, N_("tick off drives that are here")},
        {"status", stock_change, N_("how far it is")},
        {"missing", stock_missing, N_("drives that were not ticked off")},
        {"end", stock_change, N_("end it")},
        {NULL, NULL, NULL},
};

int
station_stocktake(GuardctlContext *ctx, int argc, char **argv)
{
        return guardctl_dispatch(ctx, stocktake_verbs, "station stocktake",
                                 _("Counts once a year what is there."), argc, argv);
}
