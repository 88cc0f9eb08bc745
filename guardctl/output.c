/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What people see: styles, fields, tables that align Chinese text, JSON. Every string that may come
 * from a device passes guard_text_display() here, so that no verb can forget it.
 */
#include "guardctl/guardctl.h"
#include "common/guard-text.h"

#define MAX_CELL 300 /* characters; a hostile string may not push the rest off the screen */

static const char *const style_codes[GUARDCTL_N_STYLES] = {
        [GUARDCTL_PLAIN] = "",        [GUARDCTL_GOOD] = "\033[32m", [GUARDCTL_CAUTION] = "\033[33m",
        [GUARDCTL_BAD] = "\033[1;31m", [GUARDCTL_STRONG] = "\033[1m", [GUARDCTL_FAINT] = "\033[2m",
};

GuardctlStyle
guardctl_style_of_verdict(GuardVerdict verdict)
{
        static const GuardctlStyle styles[GUARD_N_VERDICTS] = {
                [GUARD_VERDICT_REFUSE] = GUARDCTL_BAD,
                [GUARD_VERDICT_HOLD] = GUARDCTL_CAUTION,
                [GUARD_VERDICT_READ_ONLY] = GUARDCTL_CAUTION,
                [GUARD_VERDICT_ADMIT] = GUARDCTL_GOOD,
        };

        return (guint)verdict < GUARD_N_VERDICTS ? styles[verdict] : GUARDCTL_BAD;
}

GuardctlStyle
guardctl_style_of_severity(GuardSeverity severity)
{
        static const GuardctlStyle styles[GUARD_N_SEVERITIES] = {
                [GUARD_SEVERITY_INFO] = GUARDCTL_PLAIN,
                [GUARD_SEVERITY_NOTICE] = GUARDCTL_PLAIN,
                [GUARD_SEVERITY_WARNING] = GUARDCTL_CAUTION,
                [GUARD_SEVERITY_CRITICAL] = GUARDCTL_BAD,
        };

        return (guint)severity < GUARD_N_SEVERITIES ? styles[severity] : GUARDCTL_BAD;
}

static void
put_safe(GuardctlContext *ctx, GuardctlStyle style, const char *text)
{
        gboolean styled = ctx->colour && style != GUARDCTL_PLAIN;

        if (styled)
                fputs(style_codes[style], ctx->out);
        fputs(text, ctx->out);
        if (styled)
                fputs("\033[0m", ctx->out);
}

void
guardctl_put(GuardctlContext *ctx, GuardctlStyle style, const char *text)
{
        g_autofree char *safe = guard_text_display(text, 4096);

        put_safe(ctx, style, safe);
}

int
guardctl_columns(const char *text)
{
        int columns = 0;

        for (const char *p = text; *p; p = g_utf8_next_char(p)) {
                gunichar c = g_utf8_get_char(p);

                if (!g_unichar_iszerowidth(c))
                        columns += g_unichar_iswide(c) ? 2 : 1;
        }
        return columns;
}

static void
pad(GuardctlContext *ctx, int columns)
{
        fprintf(ctx->out, "%*s", MAX(columns, 0), "");
}

void
guardctl_field(GuardctlContext *ctx, int width, const char *label, GuardctlStyle style, const char *value)
{
        fputs(label, ctx->out);
        pad(ctx, width - guardctl_columns(label));
        fputs("  ", ctx->out);
        guardctl_put(ctx, style, value && *value ? value : "-");
        fputc('\n', ctx->out);
}

typedef struct {
        GuardctlStyle style;
        char *text;
} Cell;

struct GuardctlTable {
        guint columns;
        GArray *cells; /* of Cell; the first row is the headers */
};

static void
cell_clear(gpointer data)
{
        g_free(((Cell *)data)->text);
}

GuardctlTable *
guardctl_table_new(guint columns, const char *const *headers)
{
        GuardctlTable *table = g_new0(GuardctlTable, 1);

        table->columns = columns;
        table->cells = g_array_new(FALSE, FALSE, sizeof(Cell));
        g_array_set_clear_func(table->cells, cell_clear);
        for (guint i = 0; i < columns; i++)
                guardctl_table_cell(table, GUARDCTL_STRONG, headers[i]);
        return table;
}

void
guardctl_table_cell(GuardctlTable *table, GuardctlStyle style, const char *text)
{
        Cell cell = {style, guard_text_display(text && *text ? text : "-", MAX_CELL)};

        g_array_append_val(table->cells, cell);
}

void
guardctl_table_cell_format(GuardctlTable *table, GuardctlStyle style, const char *format, ...)
{
        g_autofree char *text = NULL;
        va_list args;

        va_start(args, format);
        text = g_strdup_vprintf(format, args);
        va_end(args);
        guardctl_table_cell(table, style, text);
}

guint
guardctl_table_rows(const GuardctlTable *table)
{
        return table->cells->len / table->columns - 1;
}

void
guardctl_table_print(GuardctlContext *ctx, GuardctlTable *table)
{
        g_autofree int *widths = g_new0(int, table->columns);

        for (guint i = 0; i < table->cells->len; i++) {
                const Cell *cell = &g_array_index(table->cells, Cell, i);
                int *width = &widths[i % table->columns];

                *width = MAX(*width, guardctl_columns(cell->text));
        }
        for (guint i = 0; i < table->cells->len; i++) {
                const Cell *cell = &g_array_index(table->cells, Cell, i);
                guint column = i % table->columns;

                put_safe(ctx, cell->style, cell->text);
                if (column + 1 == table->columns) {
                        fputc('\n', ctx->out);
                        continue;
                }
                pad(ctx, widths[column] - guardctl_columns(cell->text) + 2);
        }
}

void
guardctl_table_free(GuardctlTable *table)
{
        if (!table)
                return;
        g_array_unref(table->cells);
        g_free(table);
}

/* JSON has no bare control characters in its strings; json-glib lets 0x1f through. What it lays out itself is newlines
 * and blanks. */
static void
put_json(FILE *out, const char *text)
{
        for (const char *p = text; *p; p++) {
                if ((guchar)*p < 0x20 && *p != '\n')
                        fprintf(out, "\\u%04x", (guint)*p);
                else
                        fputc(*p, out);
        }
        fputc('\n', out);
}

void
guardctl_print_json(GuardctlContext *ctx, JsonNode *node)
{
        g_autoptr(JsonGenerator) generator = json_generator_new();
        g_autofree char *text = NULL;

        json_generator_set_pretty(generator, TRUE);
        json_generator_set_root(generator, node);
        text = json_generator_to_data(generator, NULL);
        put_json(ctx->out, text);
}

void
guardctl_print_builder(GuardctlContext *ctx, JsonBuilder *builder)
{
        g_autoptr(JsonNode) node = json_builder_get_root(builder);

        guardctl_print_json(ctx, node);
}

void
guardctl_json_string(JsonBuilder *builder, const char *name, const char *value)
{
        json_builder_set_member_name(builder, name);
        if (value)
                json_builder_add_string_value(builder, value);
        else
                json_builder_add_null_value(builder);
}
