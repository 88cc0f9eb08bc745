/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station init` and `publish`: the book and its snapshots.
 */
#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "common/guard-text.h"
#include "guardctl/station.h"
#include "registry/signature.h"

int
station_init(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station init", NULL,
                N_("Makes an empty register. Keep its directory private: it names "
                   "persons and places."),
                0, 0};
        g_autofree char *dir = NULL, *place = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir), STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        g_autoptr(GError) error = NULL;
        GuardAct act;

        if (status != GUARDCTL_GO_ON)
                return status;
        act = station_act(NULL);
        place = station_dir(dir);
        if (!guard_station_init(place, &act, &error))
                return guardctl_fail(ctx, error);
        if (!ctx->json)
                fprintf(ctx->out, _("A register was made in %s\n"), place);
        return GUARDCTL_DONE;
}

static void
report_publication(GuardctlContext *ctx, const GuardRegistryInfo *info, const char *output)
{
        g_autofree char *issued = guard_time_format(info->issued_us);
        g_autofree char *expires = guard_time_format(info->expires_us);
        g_autoptr(JsonBuilder) builder = NULL;

        if (!ctx->json) {
                fprintf(ctx->out,
                        _("Snapshot %" PRIu64 " with %" PRIu64
                          " drives, valid until %s: %s\nInstall it on a workstation with: guardctl "
                          "registry "
                          "install %s\n"),
                        info->sequence, info->entries, expires, output, output);
                return;
        }
        builder = json_builder_new();
        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "sequence");
        json_builder_add_int_value(builder, (gint64)info->sequence);
        json_builder_set_member_name(builder, "entries");
        json_builder_add_int_value(builder, (gint64)info->entries);
        json_builder_set_member_name(builder, "size");
        json_builder_add_int_value(builder, (gint64)info->size);
        guardctl_json_string(builder, "issued", issued);
        guardctl_json_string(builder, "expires", expires);
        guardctl_json_string(builder, "key_id", info->key_id);
        guardctl_json_string(builder, "algorithm", info->algorithm);
        guardctl_json_string(builder, "output", output);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
}

int
station_publish(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {"station publish", NULL,
                                            N_("Signs a snapshot of the register: digests, media "
                                               "ids, levels, states and bindings, no names."),
                                            0, 0};
        g_autofree char *dir = NULL, *key = NULL, *output = NULL, *reason = NULL;
        int days = 0;
        const GOptionEntry entries[] = {
                STATION_DIR_OPTION(&dir),
                {"key", 0, 0, G_OPTION_ARG_FILENAME, &key, N_("The desk's private key"),
                 N_("FILE")},
                {"valid-days", 0, 0, G_OPTION_ARG_INT, &days,
                 N_("Workstations ask for a new one after so long"), N_("DAYS")},
                {"output", 0, 0, G_OPTION_ARG_FILENAME, &output,
                 N_("The snapshot to make or replace"), N_("FILE")},
                STATION_REASON_OPTION(&reason),
                STATION_NO_MORE_OPTIONS,
        };
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        g_autoptr(GuardStation) station = NULL;
        g_autoptr(GuardRegistryInfo) info = NULL;
        g_autoptr(GError) error = NULL;
        GuardAct act;
        GuardPublish publish;

        if (status != GUARDCTL_GO_ON)
                return status;
        if (key == NULL || output == NULL || days == 0)
                return guardctl_usage_error(ctx, &usage,
                                            _("'station publish' needs --key FILE, --valid-days "
                                              "DAYS and --output FILE"));
        act = station_act(reason);
        publish = (GuardPublish){key, output, days > 0 ? (guint)days : 0, station_progress, ctx};
        station = station_open(dir, &error);
        if (station == NULL || !guard_station_publish(station, &publish, &act, &info, &error))
                return guardctl_fail(ctx, error);
        report_publication(ctx, info, output);
        return GUARDCTL_DONE;
}
