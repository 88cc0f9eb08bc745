/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fields of the journal entry of a record, as a table. What fails here is told; it holds up
 * nothing.
 */
#include <string.h>
#include <syslog.h>
#include "common/guard-error.h"
#include "guardd/record/journal.h"
#include "ledger/kinds.h"

static const int priorities[GUARD_N_SEVERITIES] = {
        [GUARD_SEVERITY_INFO] = LOG_INFO,
        [GUARD_SEVERITY_NOTICE] = LOG_NOTICE,
        [GUARD_SEVERITY_WARNING] = LOG_WARNING,
        [GUARD_SEVERITY_CRITICAL] = LOG_CRIT,
};

static const struct {
        const char *name;
        gsize offset;
} strings[] = {
        {"BAOMI_KIND", G_STRUCT_OFFSET(GuardRecord, kind)},
        {"BAOMI_DIGEST", G_STRUCT_OFFSET(GuardRecord, digest)},
        {"BAOMI_RULE", G_STRUCT_OFFSET(GuardRecord, rule)},
        {"BAOMI_MEDIA_ID", G_STRUCT_OFFSET(GuardRecord, media_id)},
        {"BAOMI_LEVEL", G_STRUCT_OFFSET(GuardRecord, level)},
        {"BAOMI_DEVICE", G_STRUCT_OFFSET(GuardRecord, device)},
        {"BAOMI_BLOCK", G_STRUCT_OFFSET(GuardRecord, block)},
        {"BAOMI_VENDOR_ID", G_STRUCT_OFFSET(GuardRecord, vendor_id)},
        {"BAOMI_PRODUCT_ID", G_STRUCT_OFFSET(GuardRecord, product_id)},
        {"BAOMI_SERIAL", G_STRUCT_OFFSET(GuardRecord, serial)},
        {"BAOMI_MANUFACTURER", G_STRUCT_OFFSET(GuardRecord, manufacturer)},
        {"BAOMI_PRODUCT", G_STRUCT_OFFSET(GuardRecord, product)},
        {"BAOMI_USER", G_STRUCT_OFFSET(GuardRecord, user)},
        {"BAOMI_SESSION", G_STRUCT_OFFSET(GuardRecord, session)},
        {"BAOMI_DETAILS", G_STRUCT_OFFSET(GuardRecord, details)},
};

static void
add(GPtrArray *fields, const char *name, const char *value)
{
        if (value != NULL)
                g_ptr_array_add(fields, g_strconcat(name, "=", value, NULL));
}

static void
add_number(GPtrArray *fields, const char *name, guint64 number)
{
        if (number != 0)
                g_ptr_array_add(fields, g_strdup_printf("%s=%" G_GUINT64_FORMAT, name, number));
}

GPtrArray *
guard_journal_fields(const GuardRecord *record)
{
        GPtrArray *fields = g_ptr_array_new_with_free_func(g_free);
        guint severity = MIN((guint)record->severity, GUARD_N_SEVERITIES - 1);
        g_autofree char *sentence = guard_record_message(record);

        add(fields, "MESSAGE", sentence);
        add(fields, "MESSAGE_ID", guard_kind_message_id(record->kind));
        g_ptr_array_add(fields, g_strdup_printf("PRIORITY=%d", priorities[severity]));
        add(fields, "SYSLOG_IDENTIFIER", "guardd");
        add_number(fields, "BAOMI_SEQ", record->seq);
        add(fields, "BAOMI_SEVERITY", guard_severity_to_string(record->severity));
        add(fields, "BAOMI_VERDICT",
            record->has_verdict ? guard_verdict_to_string(record->verdict) : NULL);
        if (record->reason != GUARD_REASON_NONE)
                add(fields, "BAOMI_REASON", guard_reason_to_string(record->reason));
        add_number(fields, "BAOMI_DISKSEQ", record->diskseq);
        for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
                add(fields, strings[i].name,
                    *(char *const *)(const void *)((const char *)record + strings[i].offset));
        return fields;
}

gboolean
guard_journal_send(GuardJournalSend send, const GuardRecord *record, GError **error)
{
        g_autoptr(GPtrArray) fields = guard_journal_fields(record);
        g_autofree struct iovec *iov = g_new0(struct iovec, fields->len);
        int code;

        for (guint i = 0; i < fields->len; i++) {
                iov[i].iov_base = fields->pdata[i];
                iov[i].iov_len = strlen(fields->pdata[i]);
        }
        code = send(iov, (int)fields->len);
        if (code >= 0)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_UNREACHABLE, "journal: %s", g_strerror(-code));
        return FALSE;
}
