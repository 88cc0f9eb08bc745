/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station import-csv` and `export-csv`: the spreadsheets that offices have.
 */
#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "guardctl/station.h"
#include "station/import.h"

static void
add_faults(JsonBuilder *builder, const char *name, const GPtrArray *faults)
{
        json_builder_set_member_name(builder, name);
        json_builder_begin_array(builder);
        for (guint i = 0; i < faults->len; i++) {
                const GuardRowFault *fault = g_ptr_array_index(faults, i);

                json_builder_begin_object(builder);
                station_add_number(builder, "row", fault->row);
                station_add_number(builder, "line", fault->line);
                guardctl_json_string(builder, "column", fault->column);
                guardctl_json_string(builder, "value", fault->value);
                guardctl_json_string(builder, "reason", fault->reason);
                json_builder_end_object(builder);
        }
        json_builder_end_array(builder);
}

static void
print_json(GuardctlContext *ctx, const GuardImportInfo *info, guint64 imported)
{
        g_autoptr(JsonBuilder) builder = json_builder_new();

        json_builder_begin_object(builder);
        station_add_number(builder, "rows", info->rows);
        station_add_number(builder, "good", info->good);
        station_add_number(builder, "bad", info->bad);
        station_add_number(builder, "imported", imported);
        guardctl_json_string(builder, "encoding", info->encoding);
        station_add_list(builder, "columns", (char **)info->columns);
        station_add_list(builder, "ignored_columns", (char **)info->ignored);
        add_faults(builder, "faults", info->faults);
        add_faults(builder, "notes", info->notes);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
}

static void
print_faults(GuardctlContext *ctx, const GPtrArray *faults, GuardctlStyle style)
{
        const char *headers[] = {_("Row"), _("Column"), _("Value"), _("What is wrong")};
        g_autoptr(GuardctlTable) table = guardctl_table_new(G_N_ELEMENTS(headers), headers);

        for (guint i = 0; i < faults->len; i++) {
                const GuardRowFault *fault = g_ptr_array_index(faults, i);

                guardctl_table_cell_format(table, GUARDCTL_PLAIN, "%" PRIu64, fault->row);
                guardctl_table_cell(table, GUARDCTL_PLAIN, fault->column);
                guardctl_table_cell(table, GUARDCTL_PLAIN, fault->value);
                guardctl_table_cell(table, style, fault->reason);
        }
        if (faults->len > 0)
                guardctl_table_print(ctx, table);
}

static void
print_preview(GuardctlContext *ctx, const GuardImportInfo *info)
{
        fprintf(ctx->out,
                _("%" PRIu64 " rows (%s): %" PRIu64 " can be entered, %" PRIu64 " cannot\n"),
                info->rows, info->encoding, info->good, info->bad);
        for (guint i = 0; info->ignored[i] != NULL; i++)
                guardctl_warn(ctx, _("note: the column '%s' is not known and not read"),
                              info->ignored[i]);
        print_faults(ctx, info->faults, GUARDCTL_BAD);
        print_faults(ctx, info->notes, GUARDCTL_CAUTION);
}

typedef struct {
        char *dir, *reason;
        gboolean confirm, dry_run, skip_bad;
} ImportOptions;

static void
import_options_clear(ImportOptions *options)
{
        g_free(options->dir);
        g_free(options->reason);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ImportOptions, import_options_clear)

/* Exit status: a preview with bad rows is "the answer is no". */
static int
import(GuardctlContext *ctx, const ImportOptions *options, const char *file)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardStation) station = station_open(options->dir, &error);
        GuardAct act = station_act(options->reason);
        g_autoptr(GuardImport) preview =
                station != NULL ? guard_station_import_preview(station, file, &act,
                                                               station_progress, ctx, &error)
                                : NULL;
        const GuardImportInfo *info;
        guint64 imported = 0;
        gboolean confirmed = options->confirm && !options->dry_run;

        if (preview == NULL)
                return guardctl_fail(ctx, error);
        info = guard_import_info(preview);
        if (!ctx->json)
                print_preview(ctx, info);
        if (confirmed &&
            guard_station_import_commit(station, preview, options->skip_bad, &act, station_progress,
                                        ctx, &imported, &error) &&
            !ctx->json)
                fprintf(ctx->out,
                        _("%" PRIu64 " drives are in the register now; publish a snapshot to tell "
                          "the workstations\n"),
                        imported);
        if (ctx->json)
                print_json(ctx, info, imported);
        if (error != NULL)
                guardctl_warn(ctx, "%s", error->message);
        if (error != NULL && info->bad > 0 && !options->skip_bad)
                guardctl_warn(ctx, _("Correct the rows in the spreadsheet, or enter the good ones "
                                     "with --confirm --skip-bad"));
        if (!confirmed && !ctx->json)
                fprintf(ctx->out, "%s\n",
                        info->bad == 0 ? _("Nothing was entered yet; enter them with --confirm")
                                       : _("Nothing was entered yet; correct the rows, or enter "
                                           "the good ones with --confirm --skip-bad"));
        return error != NULL || (!confirmed && info->bad > 0) ? GUARDCTL_FAILED : GUARDCTL_DONE;
}

int
station_import_csv(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station import-csv", "FILE",
                N_("Enters the drives of a spreadsheet (CSV in UTF-8 or GB18030; the first row "
                   "names the columns, in Chinese or English, as export-csv writes them). Without "
                   "--confirm it shows every bad row and changes nothing.\n"
                   "Exit status: 0; 1 if there are bad rows that are not skipped, or it failed."),
                1, 1};
        g_auto(ImportOptions) options = {0};
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&options.dir),
                                        {"confirm", 0, 0, G_OPTION_ARG_NONE, &options.confirm,
                                         N_("Enter them, all or none"), NULL},
                                        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &options.dry_run,
                                         N_("Change nothing, whatever else is said"), NULL},
                                        {"skip-bad", 0, 0, G_OPTION_ARG_NONE, &options.skip_bad,
                                         N_("With --confirm: leave the bad rows out"), NULL},
                                        STATION_REASON_OPTION(&options.reason),
                                        STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);

        return status != GUARDCTL_GO_ON ? status : import(ctx, &options, argv[1]);
}

static const struct {
        const char *name;
        GuardCsvEncoding encoding;
} encodings[] = {{"utf-8-bom", GUARD_CSV_UTF8_BOM},
                 {"utf-8", GUARD_CSV_UTF8},
                 {"gb18030", GUARD_CSV_GB18030}};

int
station_export_csv(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station export-csv", "FILE",
                N_("Writes every drive of the register as a spreadsheet. It names persons: keep "
                   "the file private."),
                1, 1};
        g_autofree char *dir = NULL, *encoding = NULL;
        GuardExport how = {.progress = station_progress, .user_data = ctx};
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir),
                                        {"encoding", 0, 0, G_OPTION_ARG_STRING, &encoding,
                                         N_("utf-8-bom (default), utf-8 or gb18030"), N_("NAME")},
                                        {"english", 0, 0, G_OPTION_ARG_NONE, &how.english,
                                         N_("English names and words"), NULL},
                                        STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        g_autoptr(GuardStation) station = NULL;
        g_autoptr(GError) error = NULL;
        GuardAct act;
        guint64 n = 0;
        gsize i = 0;

        if (status != GUARDCTL_GO_ON)
                return status;
        while (encoding != NULL && i < G_N_ELEMENTS(encodings) &&
               g_ascii_strcasecmp(encodings[i].name, encoding) != 0)
                i++;
        if (i == G_N_ELEMENTS(encodings))
                return guardctl_usage_error(ctx, &usage, _("There is no encoding '%s'"), encoding);
        how.encoding = encodings[i].encoding;
        how.path = argv[1];
        act = station_act(NULL);
        station = station_open(dir, &error);
        if (station == NULL || !guard_station_export_csv(station, &how, &act, &n, &error))
                return guardctl_fail(ctx, error);
        if (!ctx->json) {
                fprintf(ctx->out, _("%" PRIu64 " drives: %s\n"), n, argv[1]);
        } else {
                g_autoptr(JsonBuilder) builder = json_builder_new();

                json_builder_begin_object(builder);
                station_add_number(builder, "drives", n);
                guardctl_json_string(builder, "output", argv[1]);
                json_builder_end_object(builder);
                guardctl_print_builder(ctx, builder);
        }
        return GUARDCTL_DONE;
}
