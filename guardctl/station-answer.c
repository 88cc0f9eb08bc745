/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station answer`: the desk's answer to a workstation's request for an exception.
 */
#include <glib/gi18n-lib.h>
#include "guardctl/station.h"
#include "station/computer.h"

static void
report(GuardctlContext *ctx, const GuardAnswer *answer, const char *host_id)
{
        g_autofree char *length = g_strdup_printf("%u", answer->seconds / 60);
        g_autoptr(JsonBuilder) builder = NULL;

        if (!ctx->json) {
                guardctl_field(ctx, 18, _("Computer"), GUARDCTL_PLAIN, host_id);
                guardctl_field(ctx, 18, _("Direction"), answer->read_only ? GUARDCTL_PLAIN : GUARDCTL_CAUTION,
                               answer->read_only ? _("read only") : _("read and write"));
                guardctl_field(ctx, 18, _("Minutes"), GUARDCTL_PLAIN, length);
                guardctl_field(ctx, 18, _("Answer"), GUARDCTL_STRONG, answer->code);
                return;
        }
        builder = json_builder_new();
        json_builder_begin_object(builder);
        guardctl_json_string(builder, "host_id", host_id);
        guardctl_json_string(builder, "direction", answer->read_only ? "read-only" : "read-write");
        station_add_number(builder, "seconds", answer->seconds);
        guardctl_json_string(builder, "code", answer->code);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
}

int
station_answer(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {"station answer", "HOST-ID CODE",
                                            N_("Answers the code that “guardctl exception request” has shown on computer HOST-ID. The answer "
                                               "lets that device be used there once, for the time that was asked for; who was told what goes "
                                               "into the history."),
                                            2, -1};
        g_autofree char *dir = NULL, *reason = NULL, *code = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir), STATION_REASON_OPTION(&reason), STATION_NO_MORE_OPTIONS};
        g_autoptr(GuardStation) station = NULL;
        g_autoptr(GError) error = NULL;
        GuardAnswer answer = {0};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        GuardAct act;

        if (status != GUARDCTL_GO_ON)
                return status;
        if (!reason || *reason == '\0')
                return guardctl_usage_error(ctx, &usage, "%s", _("Say why: --reason TEXT"));
        code = g_strjoinv(" ", argv + 2);
        act = station_act(reason);
        station = station_open(dir, &error);
        if (!station || !guard_station_answer(station, argv[1], code, &act, &answer, &error))
                return guardctl_fail(ctx, error);
        report(ctx, &answer, argv[1]);
        g_free(answer.code);
        return GUARDCTL_DONE;
}
