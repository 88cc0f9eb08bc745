/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where guardctl log gets its records: from the file as root, guardd or no guardd; for everybody
 * else from guardd, which asks polkit.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-names.h"
#include "common/guard-text.h"
#include "guardctl/connect.h"
#include "guardctl/log.h"
#include "guardctl/shape.h"

#define PAGE 500

static const struct {
        const char *key;
        gsize offset;
} strings[] = {
        {"boot_id", G_STRUCT_OFFSET(GuardRecord, boot_id)},
        {"kind", G_STRUCT_OFFSET(GuardRecord, kind)},
        {"rule", G_STRUCT_OFFSET(GuardRecord, rule)},
        {"media_id", G_STRUCT_OFFSET(GuardRecord, media_id)},
        {"level", G_STRUCT_OFFSET(GuardRecord, level)},
        {"device", G_STRUCT_OFFSET(GuardRecord, device)},
        {"block", G_STRUCT_OFFSET(GuardRecord, block)},
        {"vendor_id", G_STRUCT_OFFSET(GuardRecord, vendor_id)},
        {"product_id", G_STRUCT_OFFSET(GuardRecord, product_id)},
        {"serial", G_STRUCT_OFFSET(GuardRecord, serial)},
        {"manufacturer", G_STRUCT_OFFSET(GuardRecord, manufacturer)},
        {"product", G_STRUCT_OFFSET(GuardRecord, product)},
        {"user", G_STRUCT_OFFSET(GuardRecord, user)},
        {"session", G_STRUCT_OFFSET(GuardRecord, session)},
        {"message", G_STRUCT_OFFSET(GuardRecord, message)},
        {"details", G_STRUCT_OFFSET(GuardRecord, details)},
        {"digest", G_STRUCT_OFFSET(GuardRecord, digest)},
};

/* A record out of guardd's dictionary, so that both ways are shown alike. */
static GuardRecord *
record_from_dict(GVariant *dict)
{
        GuardRecord *record = g_new0(GuardRecord, 1);

        record->seq = guardctl_dict_number(dict, "seq");
        record->diskseq = guardctl_dict_number(dict, "diskseq");
        guard_time_parse(guardctl_dict_string(dict, "time"), 0, &record->time_us, NULL);
        guard_severity_from_string(guardctl_dict_string(dict, "severity"), &record->severity);
        guard_reason_from_string(guardctl_dict_string(dict, "reason"), &record->reason);
        record->has_verdict =
                guard_verdict_from_string(guardctl_dict_string(dict, "verdict"), &record->verdict);
        for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
                *(char **)(void *)((char *)record + strings[i].offset) =
                        g_strdup(guardctl_dict_string(dict, strings[i].key));
        return record;
}

static GVariant *
page_query(const GuardLedgerQuery *query, guint64 after_seq)
{
        GVariantDict dict;
        g_autofree char *since = query->since_us != 0 ? guard_time_format(query->since_us) : NULL;
        g_autofree char *until = query->until_us != 0 ? guard_time_format(query->until_us) : NULL;

        g_variant_dict_init(&dict, NULL);
        if (since != NULL)
                g_variant_dict_insert(&dict, "since", "s", since);
        if (until != NULL)
                g_variant_dict_insert(&dict, "until", "s", until);
        if (query->media_id != NULL)
                g_variant_dict_insert(&dict, "media_id", "s", query->media_id);
        if (query->kind != NULL)
                g_variant_dict_insert(&dict, "kind", "s", query->kind);
        g_variant_dict_insert(&dict, "after_seq", "t", after_seq);
        g_variant_dict_insert(&dict, "limit", "t", (guint64)PAGE);
        return g_variant_new("(@a{sv})", g_variant_dict_end(&dict));
}

static int
read_from_guardd(GuardctlContext *ctx, const GuardLedgerQuery *query, GuardLedgerVisit visit,
                 gpointer user_data)
{
        int status = GUARDCTL_DONE;
        g_autoptr(GuardClient) client = guardctl_connect(ctx, &status);
        guint64 after_seq = query->after_seq;
        gsize n = PAGE;

        while (client != NULL && n >= PAGE) {
                g_autoptr(GVariant) reply = guardctl_ask(
                        ctx, client, "QueryLog", page_query(query, after_seq), "(aa{sv})", &status);
                g_autoptr(GVariant) list =
                        reply != NULL ? g_variant_get_child_value(reply, 0) : NULL;

                n = list != NULL ? g_variant_n_children(list) : 0;
                for (gsize i = 0; i < n; i++) {
                        g_autoptr(GVariant) dict = g_variant_get_child_value(list, i);
                        g_autoptr(GuardRecord) record = record_from_dict(dict);

                        after_seq = record->seq;
                        if (!visit(record, user_data))
                                return status;
                }
        }
        return status;
}

static int
fail_about_file(GuardctlContext *ctx, const char *db, const GError *error)
{
        g_autoptr(GError) better = NULL;

        if (!g_error_matches(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND))
                return guardctl_fail(ctx, error);
        better = g_error_new(
                GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                _("there is no event log at %s: guardd has never run on this computer"), db);
        return guardctl_fail(ctx, better);
}

int
guardctl_log_read(GuardctlContext *ctx, const GuardLedgerQuery *query, GuardLedgerVisit visit,
                  gpointer user_data)
{
        g_autofree char *db = guardctl_path(ctx, GUARD_LEDGER_DB);
        g_autoptr(GError) error = NULL;

        if (guard_ledger_query(db, query, visit, user_data, &error))
                return GUARDCTL_DONE;
        if (g_error_matches(error, GUARD_ERROR, GUARD_ERROR_DENIED))
                return read_from_guardd(ctx, query, visit, user_data);
        return fail_about_file(ctx, db, error);
}

static int
check_by_guardd(GuardctlContext *ctx, const char *anchor_text, GuardLedgerCheck *check)
{
        int status = GUARDCTL_DONE;
        GVariantDict options;
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GVariant) dict = NULL;
        gboolean good = FALSE;

        g_variant_dict_init(&options, NULL);
        if (anchor_text != NULL)
                g_variant_dict_insert(&options, "anchor", "s", anchor_text);
        reply = guardctl_call(ctx, "VerifyLog",
                              g_variant_new("(@a{sv})", g_variant_dict_end(&options)), "(a{sv})",
                              &status);
        if (reply == NULL)
                return status;
        dict = g_variant_get_child_value(reply, 0);
        check->good = g_variant_lookup(dict, "good", "b", &good) && good;
        check->first_seq = guardctl_dict_number(dict, "first_seq");
        check->last_seq = guardctl_dict_number(dict, "last_seq");
        check->first_bad_seq = guardctl_dict_number(dict, "first_bad_seq");
        check->last_digest = g_strdup(guardctl_dict_string(dict, "last_digest"));
        check->why = g_strdup(guardctl_dict_string(dict, "why"));
        return GUARDCTL_DONE;
}

int
guardctl_log_check(GuardctlContext *ctx, const char *anchor_text, GuardLedgerCheck *check)
{
        g_autofree char *db = guardctl_path(ctx, GUARD_LEDGER_DB);
        g_autofree char *head = guardctl_path(ctx, GUARD_LEDGER_HEAD);
        g_autoptr(GError) error = NULL;

        if (guard_ledger_verify(db, head, anchor_text, check, &error))
                return GUARDCTL_DONE;
        if (g_error_matches(error, GUARD_ERROR, GUARD_ERROR_DENIED))
                return check_by_guardd(ctx, anchor_text, check);
        return fail_about_file(ctx, db, error);
}

int
guardctl_log_anchor(GuardctlContext *ctx, char **line)
{
        g_autofree char *db = guardctl_path(ctx, GUARD_LEDGER_DB);
        g_autoptr(GError) error = NULL;

        *line = guard_ledger_anchor(db, &error);
        if (*line != NULL)
                return GUARDCTL_DONE;
        if (!g_error_matches(error, GUARD_ERROR, GUARD_ERROR_DENIED))
                return fail_about_file(ctx, db, error);
        guardctl_warn(ctx, _("only an administrator may read the event log; run it as root"));
        return GUARDCTL_FAILED;
}
