/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station host`: the register of computers.
 */
#include <glib/gi18n-lib.h>

#include "guardctl/station-drive.h"
#include "station/computer.h"

#define LABEL_WIDTH 14

typedef struct {
        char *dir, *reason, *level, *unit, *room, *custodian, *note;
        char **addresses, **keys;
} Given;

static void
given_clear(Given *given)
{
        g_free(given->dir);
        g_free(given->reason);
        g_free(given->level);
        g_free(given->unit);
        g_free(given->room);
        g_free(given->custodian);
        g_free(given->note);
        g_strfreev(given->addresses);
        g_strfreev(given->keys);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Given, given_clear)

static gboolean
to_json(const GuardComputer *computer, gpointer user_data, GError **error)
{
        JsonBuilder *builder = user_data;

        (void)error;
        json_builder_begin_object(builder);
        guardctl_json_string(builder, "host_id", computer->host_id);
        guardctl_json_string(builder, "level", guard_level_to_string(computer->level));
        guardctl_json_string(builder, "status", computer->retired ? "retired" : "in-use");
        guardctl_json_string(builder, "unit", computer->unit);
        guardctl_json_string(builder, "room", computer->room);
        guardctl_json_string(builder, "custodian", computer->custodian);
        guardctl_json_string(builder, "note", computer->note);
        station_add_list(builder, "addresses", computer->addresses);
        station_add_list(builder, "keys", computer->keys);
        guardctl_json_string(builder, "secret_id", computer->secret_id);
        station_add_time(builder, "secret_exported", computer->exported_us);
        station_add_time(builder, "enrolled", computer->enrolled_us);
        json_builder_end_object(builder);
        return TRUE;
}

static gboolean
to_table(const GuardComputer *computer, gpointer user_data, GError **error)
{
        g_autofree char *addresses = station_join(computer->addresses);
        const char *cells[] = {computer->host_id,
                               guard_level_label(computer->level),
                               computer->unit,
                               computer->room,
                               computer->custodian,
                               addresses,
                               computer->retired            ? _("out of use")
                               : computer->exported_us != 0 ? _("given out")
                                                            : _("not given out")};

        (void)error;
        for (gsize i = 0; i < G_N_ELEMENTS(cells); i++)
                guardctl_table_cell(user_data, GUARDCTL_PLAIN, cells[i]);
        return TRUE;
}

static int
report(GuardctlContext *ctx, GuardStation *station, const char *host_id)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardComputer) computer = guard_station_get_computer(station, host_id, &error);
        g_autoptr(JsonBuilder) builder = NULL;
        g_autofree char *addresses = NULL, *keys = NULL;

        if (computer == NULL)
                return guardctl_fail(ctx, error);
        if (ctx->json) {
                builder = json_builder_new();
                to_json(computer, builder, NULL);
                guardctl_print_builder(ctx, builder);
                return GUARDCTL_DONE;
        }
        addresses = station_join(computer->addresses);
        keys = station_join(computer->keys);
        {
                const struct {
                        const char *label, *value;
                } fields[] = {
                        {_("Computer"), computer->host_id},
                        {_("Level"), guard_level_label(computer->level)},
                        {_("Status"), computer->retired ? _("out of use") : _("in use")},
                        {_("Unit"), computer->unit},
                        {_("Room"), computer->room},
                        {_("Custodian"), computer->custodian},
                        {_("Addresses"), addresses},
                        {_("Keys"), keys},
                        {_("Note"), computer->note},
                        {_("Its secret"),
                         computer->exported_us != 0 ? _("given out") : _("not given out")},
                };

                for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
                        guardctl_field(ctx, LABEL_WIDTH, fields[i].label, GUARDCTL_PLAIN,
                                       fields[i].value);
        }
        return GUARDCTL_DONE;
}

#define HOST_ENTRIES                                                                               \
        STATION_DIR_OPTION(&given.dir),                                                            \
                STATION_TEXT("level", &given.level,                                                \
                             N_("none, confidential, secret or top-secret"), N_("LEVEL")),         \
                STATION_TEXT("unit", &given.unit, N_("Its unit"), N_("UNIT")),                     \
                STATION_TEXT("room", &given.room, N_("Where it stands"), N_("TEXT")),              \
                STATION_TEXT("custodian", &given.custodian, N_("Who answers for it"), N_("NAME")), \
                STATION_TEXT("note", &given.note, N_("Anything else"), N_("TEXT")),                \
                STATION_LIST("address", &given.addresses,                                          \
                             N_("A network address; once for each"), N_("ADDRESS")),               \
                STATION_LIST("key", &given.keys,                                                   \
                             N_("A key's name or fingerprint; once for each"), N_("KEY")),         \
                STATION_REASON_OPTION(&given.reason), STATION_NO_MORE_OPTIONS

/* GUARDCTL_GO_ON, or the status of a level that does not exist. */
static int
apply(GuardctlContext *ctx, const GuardctlUsage *usage, const Given *given, GuardComputer *computer)
{
        if (given->level != NULL && !guard_level_from_string(given->level, &computer->level))
                return guardctl_usage_error(ctx, usage, _("There is no level '%s'"), given->level);
        station_replace_text(&computer->unit, given->unit);
        station_replace_text(&computer->room, given->room);
        station_replace_text(&computer->custodian, given->custodian);
        station_replace_text(&computer->note, given->note);
        station_replace_list(&computer->addresses, given->addresses);
        station_replace_list(&computer->keys, given->keys);
        return GUARDCTL_GO_ON;
}

static int
host_add(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station host add", "HOST-ID",
                N_("Enters a computer, and makes a secret of its own. The host-id is what guardctl "
                   "status shows there."),
                1, 1};
        g_auto(Given) given = {0};
        const GOptionEntry entries[] = {HOST_ENTRIES};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        g_autoptr(GuardComputer) computer = guard_computer_new();
        g_autoptr(GuardStation) station = NULL;
        g_autoptr(GError) error = NULL;
        GuardAct act;

        if (status != GUARDCTL_GO_ON)
                return status;
        if (given.level == NULL)
                return guardctl_usage_error(ctx, &usage, _("'%s' needs --level LEVEL"),
                                            usage.command);
        computer->host_id = g_strdup(argv[1]);
        status = apply(ctx, &usage, &given, computer);
        if (status != GUARDCTL_GO_ON)
                return status;
        act = station_act(given.reason);
        station = station_open(given.dir, &error);
        if (station == NULL || !guard_station_add_computer(station, computer, &act, &error))
                return guardctl_fail(ctx, error);
        return report(ctx, station, argv[1]);
}

static int
host_edit(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station host edit", "HOST-ID",
                N_("Corrects what is written about a computer. What is not named stays as it is; "
                   "an empty value takes away what was there."),
                1, 1};
        g_auto(Given) given = {0};
        const GOptionEntry entries[] = {HOST_ENTRIES};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        g_autoptr(GuardComputer) computer = NULL;
        g_autoptr(GuardStation) station = NULL;
        g_autoptr(GError) error = NULL;
        GuardAct act;

        if (status != GUARDCTL_GO_ON)
                return status;
        if (given.reason == NULL)
                return guardctl_usage_error(ctx, &usage, _("'%s' needs --reason TEXT"),
                                            usage.command);
        station = station_open(given.dir, &error);
        computer = station != NULL ? guard_station_get_computer(station, argv[1], &error) : NULL;
        if (computer == NULL)
                return guardctl_fail(ctx, error);
        status = apply(ctx, &usage, &given, computer);
        if (status != GUARDCTL_GO_ON)
                return status;
        act = station_act(given.reason);
        if (!guard_station_edit_computer(station, computer, &act, &error))
                return guardctl_fail(ctx, error);
        return report(ctx, station, argv[1]);
}

typedef struct {
        const char *text;
        gboolean all;
} HostListing;

static gboolean
visit_hosts(GuardStation *station, gconstpointer argument, JsonBuilder *builder,
            GuardctlTable *table, GError **error)
{
        const HostListing *listing = argument;

        return builder != NULL ? guard_station_visit_computers(station, listing->text, listing->all,
                                                               to_json, builder, error)
                               : guard_station_visit_computers(station, listing->text, listing->all,
                                                               to_table, table, error);
}

static int
host_list(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {"station host list", NULL,
                                            N_("The computers of the register."), 0, 0};
        const char *headers[] = {_("Computer"),  _("Level"),     _("Unit"),  _("Room"),
                                 _("Custodian"), _("Addresses"), _("Its secret")};
        g_autofree char *dir = NULL, *text = NULL;
        HostListing listing = {NULL, FALSE};
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir),
                                        {"text", 0, 0, G_OPTION_ARG_STRING, &text,
                                         N_("This is in one of its fields"), N_("TEXT")},
                                        {"all", 0, 0, G_OPTION_ARG_NONE, &listing.all,
                                         N_("Also those that are out of use"), NULL},
                                        STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);

        if (status != GUARDCTL_GO_ON)
                return status;
        listing.text = text;
        return station_print_list(ctx, dir, GUARD_DUTY_READ, G_N_ELEMENTS(headers), headers,
                                  visit_hosts, &listing);
}

static int
host_show(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {"station host show", "HOST-ID",
                                            N_("One computer of the register."), 1, 1};
        g_autofree char *dir = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir), STATION_NO_MORE_OPTIONS};
        g_autoptr(GuardStation) station = NULL;
        int status = station_start(ctx, &usage, entries, &argc, &argv, &dir, GUARD_DUTY_READ, &station);

        return status == GUARDCTL_GO_ON ? report(ctx, station, argv[1]) : status;
}

/* retire and renew: a computer and a reason. */
static int
host_change(GuardctlContext *ctx, int argc, char **argv)
{
        gboolean renew = g_str_equal(argv[0], "renew");
        const GuardctlUsage usage = {
                renew ? "station host renew" : "station host retire", "HOST-ID",
                renew ? N_("Makes a new secret for a computer; the old one is worth nothing then.")
                      : N_("Takes a computer out of use and erases its secret."),
                1, 1};
        g_autofree char *dir = NULL, *reason = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir), STATION_REASON_OPTION(&reason),
                                        STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        g_autoptr(GuardStation) station = NULL;
        g_autoptr(GError) error = NULL;
        GuardAct act;

        if (status != GUARDCTL_GO_ON)
                return status;
        if (reason == NULL)
                return guardctl_usage_error(ctx, &usage, _("'%s' needs --reason TEXT"),
                                            usage.command);
        act = station_act(reason);
        station = station_open(dir, &error);
        if (station == NULL ||
            !(renew ? guard_station_renew_secret(station, argv[1], &act, &error)
                    : guard_station_retire_computer(station, argv[1], &act, &error)))
                return guardctl_fail(ctx, error);
        return report(ctx, station, argv[1]);
}

static int
host_secret(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station host secret", "HOST-ID",
                N_("Writes a computer's secret to a file that is to be installed there, once."), 1,
                1};
        g_autofree char *dir = NULL, *output = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir),
                                        {"output", 0, 0, G_OPTION_ARG_FILENAME, &output,
                                         N_("The file to make; none may be there"), N_("FILE")},
                                        STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        g_autoptr(GuardStation) station = NULL;
        g_autoptr(GError) error = NULL;
        GuardAct act;

        if (status != GUARDCTL_GO_ON)
                return status;
        if (output == NULL)
                return guardctl_usage_error(ctx, &usage, _("'%s' needs --output FILE"),
                                            usage.command);
        act = station_act(NULL);
        station = station_open(dir, &error);
        if (station == NULL || !guard_station_export_secret(station, argv[1], output, &act, &error))
                return guardctl_fail(ctx, error);
        return report(ctx, station, argv[1]);
}

static const GuardctlVerb host_verbs[] = {
        {"add", host_add, N_("enter a computer")},
        {"edit", host_edit, N_("correct what is written about a computer")},
        {"list", host_list, N_("every computer")},
        {"show", host_show, N_("one computer, whole")},
        {"secret", host_secret, N_("write a computer's secret to a file, once")},
        {"renew", host_change, N_("make a new secret")},
        {"retire", host_change, N_("take a computer out of use")},
        {NULL, NULL, NULL},
};

int
station_host(GuardctlContext *ctx, int argc, char **argv)
{
        return guardctl_dispatch(ctx, host_verbs, "station host",
                                 _("Keeps the register of computers."), argc, argv);
}
