/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station init` and `publish`: the book and its snapshots.
 */
#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "common/guard-text.h"
#include "guardctl/station-changes.h"

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

typedef struct {
        char *dir, *output, *reason;
        int days;
        gint64 sequence;
        gboolean dry_run, earlier;
        StationSigning signing;
} Given;

static void
given_clear(Given *given)
{
        g_free(given->dir);
        g_free(given->output);
        g_free(given->reason);
        station_signing_clear(&given->signing);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Given, given_clear)

static void
add_publication(JsonBuilder *builder, const GuardRegistryInfo *info, const Given *given)
{
        g_autofree char *issued = guard_time_format(info->issued_us);
        g_autofree char *expires = guard_time_format(info->expires_us);

        station_add_number(builder, "sequence", info->sequence);
        station_add_number(builder, "entries", info->entries);
        guardctl_json_string(builder, "issued", issued);
        guardctl_json_string(builder, "expires", expires);
        guardctl_json_string(builder, "key_id", info->key_id);
        guardctl_json_string(builder, "algorithm", info->algorithm);
        guardctl_json_string(builder, "output", given->output);
}

static void
report(GuardctlContext *ctx, const GuardRegistryInfo *info, const Given *given)
{
        g_autofree char *expires = guard_time_format(info->expires_us);
        g_autoptr(JsonBuilder) builder = NULL;

        if (!ctx->json) {
                fprintf(ctx->out,
                        _("Snapshot %" PRIu64 " with %" PRIu64
                          " drives, valid until %s: %s\nInstall it on a workstation with: guardctl "
                          "registry "
                          "install %s\n"),
                        info->sequence, info->entries, expires, given->output, given->output);
                return;
        }
        builder = json_builder_new();
        json_builder_begin_object(builder);
        add_publication(builder, info, given);
        station_add_number(builder, "size", info->size);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
}

static gboolean
report_dry_run(GuardctlContext *ctx, GuardStation *station, const GuardRegistryInfo *info, const Given *given, GError **error)
{
        g_autofree char *expires = guard_time_format(info->expires_us);
        g_autoptr(JsonBuilder) builder = ctx->json ? json_builder_new() : NULL;
        GuardPending pending;

        if (builder != NULL)
                json_builder_begin_object(builder);
        if (!station_changes(ctx, station, builder, &pending, error))
                return FALSE;
        if (builder == NULL) {
                fprintf(ctx->out, _("It would be snapshot %" PRIu64 ", signed with key %s, valid until %s: %s. Nothing was written.\n"),
                        info->sequence, info->key_id, expires, given->output);
                return TRUE;
        }
        add_publication(builder, info, given);
        json_builder_set_member_name(builder, "dry_run");
        json_builder_add_boolean_value(builder, TRUE);
        station_add_number(builder, "previous", pending.sequence);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
        return TRUE;
}

static int
publish(GuardctlContext *ctx, Given *given)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardStation) station = station_open(given->dir, &error);
        g_autoptr(GuardRegistryInfo) info = NULL;
        GuardAct act = station_act(given->reason);
        GuardPublish how = {.signing = station_signing(&given->signing),
                            .output = given->output,
                            .valid_days = given->days,
                            .sequence = (guint64)given->sequence,
                            .earlier_date = given->earlier,
                            .dry_run = given->dry_run,
                            .progress = station_progress,
                            .user_data = ctx};
        gboolean ok = station != NULL && guard_station_publish(station, &how, &act, &info, &error);

        station_signing_tell(&given->signing);
        if (ok && given->dry_run)
                ok = report_dry_run(ctx, station, info, given, &error);
        if (!ok)
                return guardctl_fail(ctx, error);
        if (!given->dry_run)
                report(ctx, info, given);
        return GUARDCTL_DONE;
}

int
station_publish(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {"station publish", NULL,
                                            N_("Signs a snapshot of the register: digests, media "
                                               "ids, levels, states and bindings, no names."),
                                            0, 0};
        g_auto(Given) given = {.signing.passphrase = {.ctx = ctx, .fd = -1}};
        const GOptionEntry entries[] = {
                STATION_DIR_OPTION(&given.dir),
                STATION_SIGNING_OPTIONS(&given.signing),
                {"valid-days", 0, 0, G_OPTION_ARG_INT, &given.days, N_("Workstations ask for a new one after so long"), N_("DAYS")},
                {"output", 0, 0, G_OPTION_ARG_FILENAME, &given.output, N_("The snapshot to make or replace"), N_("FILE")},
                {"dry-run", 0, 0, G_OPTION_ARG_NONE, &given.dry_run, N_("Check all, show what would change, write nothing"), NULL},
                {"sequence", 0, 0, G_OPTION_ARG_INT64, &given.sequence,
                 N_("A later number than the next, where the register is an old copy; needs --reason"), N_("NUMBER")},
                {"earlier-date", 0, 0, G_OPTION_ARG_NONE, &given.earlier,
                 N_("Publish although the last snapshot bears a later date; needs --reason"), NULL},
                STATION_REASON_OPTION(&given.reason),
                STATION_NO_MORE_OPTIONS,
        };
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);

        if (status != GUARDCTL_GO_ON)
                return status;
        if (given.signing.key == NULL || given.output == NULL || given.days == 0)
                return guardctl_usage_error(ctx, &usage,
                                            _("'station publish' needs --key FILE, --valid-days "
                                              "DAYS and --output FILE"));
        if (given.sequence < 0)
                return guardctl_usage_error(ctx, &usage, _("--sequence is a number above 0"));
        return publish(ctx, &given);
}
