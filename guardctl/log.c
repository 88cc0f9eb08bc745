/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl log: what happened, oldest first; log verify and log anchor: the proof that nothing is
 * missing.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-text.h"
#include "guardctl/log.h"
#include "ledger/kinds.h"

static const GuardctlUsage list_usage = {
        "log",
        NULL,
        N_("Shows the event log, oldest first. Times may be written as 2026-11-24, \"2026-11-24 "
           "08:30\", RFC 3339, today, "
           "yesterday, or -2h, -30min, -7d. 'guardctl log verify' proves that the log is complete; "
           "'guardctl log anchor' "
           "prints a line that names its last record.\n"
           "Exit status: 0; 1 if the log cannot be read; 3 if guardd would have to be asked and "
           "cannot be reached."),
        0,
        0,
};

static const GuardctlUsage verify_usage = {
        "log verify",
        NULL,
        N_("Checks that no record of the event log was altered or is missing. With --anchor, also "
           "that the log still holds the "
           "record that 'guardctl log anchor' named earlier.\n"
           "Exit status: 0 if the log is complete; 1 if not, with the first record that is missing "
           "or altered."),
        0,
        0,
};

static const GuardctlUsage anchor_usage = {
        "log anchor",
        NULL,
        N_("Prints one line that names the last record. Keep it on another computer or on paper: "
           "'guardctl log verify "
           "--anchor FILE' then shows whether the log was cut or rewritten since.\n"
           "Exit status: 0; 1 if the log cannot be read."),
        0,
        0,
};

typedef struct {
        char *since, *until, *media_id, *kind;
} ListOptions;

static void
list_options_clear(ListOptions *options)
{
        g_free(options->since);
        g_free(options->until);
        g_free(options->media_id);
        g_free(options->kind);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ListOptions, list_options_clear)

static gboolean
kind_is_known(const char *kind)
{
        const char *known;

        for (gsize i = 0; (known = guard_kind_nth(i)) != NULL; i++) {
                if (g_str_equal(known, kind))
                        return TRUE;
        }
        return FALSE;
}

typedef struct {
        JsonBuilder *builder;
        char *host_id;
} Listing;

static gboolean
visit_json(const GuardRecord *record, gpointer data)
{
        Listing *listing = data;

        guardctl_log_add_json(listing->builder, record, listing->host_id);
        return TRUE;
}

static gboolean
visit_row(const GuardRecord *record, gpointer data)
{
        guardctl_log_add_row(data, record);
        return TRUE;
}

static int
print_records(GuardctlContext *ctx, const GuardLedgerQuery *query)
{
        g_autoptr(JsonBuilder) builder = json_builder_new();
        g_autoptr(GuardctlTable) table = guardctl_log_table_new();
        g_autofree char *host_id = ctx->json ? guardctl_log_host_id(ctx) : NULL;
        Listing listing = {builder, host_id};
        int status;

        json_builder_begin_array(builder);
        status = ctx->json ? guardctl_log_read(ctx, query, visit_json, &listing)
                           : guardctl_log_read(ctx, query, visit_row, table);
        if (status != GUARDCTL_DONE)
                return status;
        json_builder_end_array(builder);
        if (ctx->json)
                guardctl_print_builder(ctx, builder);
        else if (guardctl_table_rows(table) > 0)
                guardctl_table_print(ctx, table);
        else
                fprintf(ctx->out, "%s\n", _("No records match."));
        return GUARDCTL_DONE;
}

static int
list(GuardctlContext *ctx, int argc, char **argv)
{
        g_auto(ListOptions) options = {0};
        const GOptionEntry entries[] = {
                {"since", 0, 0, G_OPTION_ARG_STRING, &options.since,
                 N_("Records from this time on"), N_("TIME")},
                {"until", 0, 0, G_OPTION_ARG_STRING, &options.until, N_("Records before this time"),
                 N_("TIME")},
                {"media-id", 0, 0, G_OPTION_ARG_STRING, &options.media_id,
                 N_("Records about this drive"), N_("ID")},
                {"kind", 0, 0, G_OPTION_ARG_STRING, &options.kind,
                 N_("Records of this kind, such as usb-decision"), N_("KIND")},
                {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
        };
        GuardLedgerQuery query = {0};
        int status = guardctl_parse(ctx, &list_usage, entries, &argc, &argv);

        if (status != GUARDCTL_GO_ON)
                return status;
        if (!guardctl_take_time(ctx, &list_usage, options.since, &query.since_us) ||
            !guardctl_take_time(ctx, &list_usage, options.until, &query.until_us))
                return GUARDCTL_USAGE_ERROR;
        /* A later guardd may know more kinds: only a hint. */
        if (options.kind != NULL && !kind_is_known(options.kind))
                guardctl_warn(ctx, _("no record of the kind '%s' is known to this version"),
                              options.kind);
        query.media_id = options.media_id;
        query.kind = options.kind;
        return print_records(ctx, &query);
}

static void
print_check_json(GuardctlContext *ctx, const GuardLedgerCheck *check)
{
        g_autoptr(JsonBuilder) builder = json_builder_new();

        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "good");
        json_builder_add_boolean_value(builder, check->good);
        json_builder_set_member_name(builder, "first_seq");
        json_builder_add_int_value(builder, (gint64)check->first_seq);
        json_builder_set_member_name(builder, "last_seq");
        json_builder_add_int_value(builder, (gint64)check->last_seq);
        guardctl_json_string(builder, "last_digest", check->last_digest);
        json_builder_set_member_name(builder, "first_bad_seq");
        if (check->good)
                json_builder_add_null_value(builder);
        else
                json_builder_add_int_value(builder, (gint64)check->first_bad_seq);
        guardctl_json_string(builder, "why", check->why);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
}

static void
print_check(GuardctlContext *ctx, const GuardLedgerCheck *check)
{
        g_autofree char *first = g_strdup_printf("%" G_GUINT64_FORMAT, check->first_seq);
        g_autofree char *last = g_strdup_printf("%" G_GUINT64_FORMAT, check->last_seq);

        fprintf(ctx->out, _("The event log is complete: records %s to %s, last digest %s.\n"),
                first, last, check->last_digest != NULL ? check->last_digest : "-");
}

static int
verify(GuardctlContext *ctx, int argc, char **argv)
{
        g_autofree char *file = NULL;
        g_autofree char *anchor = NULL;
        const GOptionEntry entries[] = {
                {"anchor", 0, 0, G_OPTION_ARG_FILENAME, &file,
                 N_("Compare with what 'guardctl log anchor' printed earlier"), N_("FILE")},
                {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
        };
        GuardLedgerCheck check = {0};
        g_autoptr(GError) error = NULL;
        int status = guardctl_parse(ctx, &verify_usage, entries, &argc, &argv);

        if (status != GUARDCTL_GO_ON)
                return status;
        if (file != NULL && !g_file_get_contents(file, &anchor, NULL, &error))
                return guardctl_fail(ctx, error);
        status = guardctl_log_check(ctx, anchor, &check);
        if (status == GUARDCTL_DONE && ctx->json)
                print_check_json(ctx, &check);
        else if (status == GUARDCTL_DONE && check.good)
                print_check(ctx, &check);
        if (status == GUARDCTL_DONE && !check.good) {
                guardctl_warn(ctx, _("the event log is not complete: %s"), check.why);
                status = GUARDCTL_FAILED;
        }
        guard_ledger_check_clear(&check);
        return status;
}

static int
anchor(GuardctlContext *ctx, int argc, char **argv)
{
        g_autofree char *line = NULL;
        g_autoptr(JsonBuilder) builder = NULL;
        int status = guardctl_parse(ctx, &anchor_usage, NULL, &argc, &argv);

        if (status != GUARDCTL_GO_ON)
                return status;
        status = guardctl_log_anchor(ctx, &line);
        if (status != GUARDCTL_DONE)
                return status;
        if (!ctx->json) {
                fputs(line, ctx->out);
                return GUARDCTL_DONE;
        }
        builder = json_builder_new();
        json_builder_begin_object(builder);
        guardctl_json_string(builder, "anchor", g_strchomp(line));
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
        return GUARDCTL_DONE;
}

int
guardctl_log(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlVerb verbs[] = {
                {"verify", verify, NULL},
                {"anchor", anchor, NULL},
        };

        for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS(verbs); i++) {
                if (g_str_equal(argv[1], verbs[i].name))
                        return verbs[i].run(ctx, argc - 1, argv + 1);
        }
        return list(ctx, argc, argv);
}
