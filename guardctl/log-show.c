/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Records for scripts and for people. Scripts get what is stored, the English sentence included;
 * people get the sentence in their language.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-names.h"
#include "common/guard-text.h"
#include "guardctl/log.h"
#include "guardctl/words.h"

/* Columns that are plain strings of the record, in the order of INTERFACES. */
static const struct {
        const char *name;
        gsize offset;
} strings[] = {
        {"media_id", G_STRUCT_OFFSET(GuardRecord, media_id)},
        {"vendor_id", G_STRUCT_OFFSET(GuardRecord, vendor_id)},
        {"product_id", G_STRUCT_OFFSET(GuardRecord, product_id)},
        {"serial", G_STRUCT_OFFSET(GuardRecord, serial)},
        {"user", G_STRUCT_OFFSET(GuardRecord, user)},
        {"session", G_STRUCT_OFFSET(GuardRecord, session)},
        {"digest", G_STRUCT_OFFSET(GuardRecord, digest)},
        {"message", G_STRUCT_OFFSET(GuardRecord, message)},
        {"rule", G_STRUCT_OFFSET(GuardRecord, rule)},
        {"level", G_STRUCT_OFFSET(GuardRecord, level)},
        {"device", G_STRUCT_OFFSET(GuardRecord, device)},
        {"block", G_STRUCT_OFFSET(GuardRecord, block)},
        {"manufacturer", G_STRUCT_OFFSET(GuardRecord, manufacturer)},
        {"product", G_STRUCT_OFFSET(GuardRecord, product)},
};

/* JSON is UTF-8; a device's claim need not be. */
static void
add_claim(JsonBuilder *builder, const char *name, const char *value)
{
        g_autofree char *valid = value != NULL ? g_utf8_make_valid(value, -1) : NULL;

        guardctl_json_string(builder, name, valid);
}

/* The details are a JSON object of our own; what is none (an altered record) is shown as text. */
static void
add_details(JsonBuilder *builder, const char *details)
{
        JsonNode *node = details != NULL ? json_from_string(details, NULL) : NULL;

        if (node == NULL) {
                add_claim(builder, "details", details);
                return;
        }
        json_builder_set_member_name(builder, "details");
        json_builder_add_value(builder, node);
}

/* As guardd has it: host.conf, else the id that was made at its first start. */
char *
guardctl_log_host_id(GuardctlContext *ctx)
{
        g_autofree char *made = guardctl_path(ctx, GUARD_HOST_ID_FILE);
        g_autoptr(GuardHost) host = guardctl_host(ctx->root, NULL);
        g_autofree char *text = NULL;

        if (host->host_id != NULL)
                return g_strdup(host->host_id);
        if (!g_file_get_contents(made, &text, NULL, NULL))
                return NULL;
        g_strstrip(text);
        return guard_host_id_is_good(text) ? g_steal_pointer(&text) : NULL;
}

void
guardctl_log_add_json(JsonBuilder *builder, const GuardRecord *record, const char *host_id)
{
        g_autofree char *time = guard_time_format(record->time_us);

        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "seq");
        json_builder_add_int_value(builder, (gint64)record->seq);
        guardctl_json_string(builder, "time", time);
        add_claim(builder, "boot_id", record->boot_id);
        add_claim(builder, "kind", record->kind);
        guardctl_json_string(builder, "severity", guard_severity_to_string(record->severity));
        guardctl_json_string(builder, "verdict",
                             record->has_verdict ? guard_verdict_to_string(record->verdict) : NULL);
        guardctl_json_string(builder, "reason",
                             record->reason != GUARD_REASON_NONE
                                     ? guard_reason_to_string(record->reason)
                                     : NULL);
        for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
                add_claim(builder, strings[i].name,
                          *(char *const *)(const void *)((const char *)record + strings[i].offset));
        json_builder_set_member_name(builder, "diskseq");
        if (record->diskseq != 0)
                json_builder_add_int_value(builder, (gint64)record->diskseq);
        else
                json_builder_add_null_value(builder);
        guardctl_json_string(builder, "host_id", host_id);
        add_details(builder, record->details);
        json_builder_end_object(builder);
}

static const char *const severity_words[GUARD_N_SEVERITIES] = {
        [GUARD_SEVERITY_INFO] = N_("information"),
        [GUARD_SEVERITY_NOTICE] = N_("notice"),
        [GUARD_SEVERITY_WARNING] = N_("warning"),
        [GUARD_SEVERITY_CRITICAL] = N_("critical"),
};

GuardctlTable *
guardctl_log_table_new(void)
{
        const char *const headers[] = {_("NO."),      _("TIME"), _("SEVERITY"),     _("VERDICT"),
                                       _("MEDIA ID"), _("USER"), _("WHAT HAPPENED")};

        return guardctl_table_new(G_N_ELEMENTS(headers), headers);
}

void
guardctl_log_add_row(GuardctlTable *table, const GuardRecord *record)
{
        g_autofree char *message = guard_record_message(record);
        g_autofree char *time = guard_time_format(record->time_us);
        g_autofree char *when = guardctl_short_time(time);
        const char *severity = guard_severity_to_string(record->severity);
        const char *verdict = record->has_verdict ? guard_verdict_to_string(record->verdict) : NULL;

        guardctl_table_cell_format(table, GUARDCTL_FAINT, "%" G_GUINT64_FORMAT, record->seq);
        guardctl_table_cell(table, GUARDCTL_PLAIN, when);
        guardctl_table_cell(table, guardctl_severity_style(severity),
                            _(severity_words[record->severity]));
        guardctl_table_cell(table,
                            verdict != NULL ? guardctl_verdict_style(verdict) : GUARDCTL_PLAIN,
                            verdict != NULL ? guardctl_verdict_word(verdict) : NULL);
        guardctl_table_cell(table, GUARDCTL_PLAIN, record->media_id);
        guardctl_table_cell(table, GUARDCTL_PLAIN, record->user);
        guardctl_table_cell(table, GUARDCTL_PLAIN, message);
}
