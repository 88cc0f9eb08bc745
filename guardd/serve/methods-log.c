/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QueryLog and VerifyLog: read the ledger file in a thread, never on the main loop.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "common/guard-text.h"
#include "guardd/serve/serve-private.h"
#include "guardd/serve/show.h"
#include "ledger/ledger.h"

#define DEFAULT_LIMIT 500u
#define MAX_LIMIT 2000u /* records in one message */

typedef struct {
        char *db, *head, *media_id, *kind, *anchor;
        gint64 since_us, until_us;
        guint64 after_seq, limit;
} Job;

static void
job_free(gpointer data)
{
        Job *job = data;

        g_free(job->db);
        g_free(job->head);
        g_free(job->media_id);
        g_free(job->kind);
        g_free(job->anchor);
        g_free(job);
}

static Job *
job_new(GuardCall *call)
{
        Job *job = g_new0(Job, 1);

        job->db = g_strdup(call->serve->ledger_db);
        job->head = g_strdup(call->serve->ledger_head);
        job->limit = DEFAULT_LIMIT;
        return job;
}

typedef enum { KEY_STRING, KEY_TIME, KEY_NUMBER } KeyType;

static gboolean
set_key(Job *job, size_t offset, KeyType type, GVariant *value, GError **error)
{
        void *field = (char *)job + offset;

        if (type == KEY_NUMBER && g_variant_is_of_type(value, G_VARIANT_TYPE_UINT64)) {
                *(guint64 *)field = g_variant_get_uint64(value);
                return TRUE;
        }
        if (type == KEY_STRING && g_variant_is_of_type(value, G_VARIANT_TYPE_STRING)) {
                g_free(*(char **)field);
                *(char **)field = g_variant_dup_string(value, NULL);
                return TRUE;
        }
        if (type == KEY_TIME && g_variant_is_of_type(value, G_VARIANT_TYPE_STRING))
                return guard_time_parse(g_variant_get_string(value, NULL), g_get_real_time(), field, error);
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE, _("A key has the wrong type (%s)"), g_variant_get_type_string(value));
        return FALSE;
}

static gboolean
parse_job(Job *job, GVariant *dict, GError **error)
{
        static const struct {
                const char *key;
                size_t offset;
                KeyType type;
        } keys[] = {
                {"since", offsetof(Job, since_us), KEY_TIME},       {"until", offsetof(Job, until_us), KEY_TIME},
                {"media_id", offsetof(Job, media_id), KEY_STRING},  {"kind", offsetof(Job, kind), KEY_STRING},
                {"after_seq", offsetof(Job, after_seq), KEY_NUMBER}, {"limit", offsetof(Job, limit), KEY_NUMBER},
                {"anchor", offsetof(Job, anchor), KEY_STRING},
        };
        gsize n = g_variant_n_children(dict);

        for (gsize i = 0; i < n; i++) {
                g_autoptr(GVariant) entry = g_variant_get_child_value(dict, i);
                g_autoptr(GVariant) value = NULL;
                const char *key;
                gsize k = 0;

                g_variant_get(entry, "{&sv}", &key, &value);
                while (k < G_N_ELEMENTS(keys) && !g_str_equal(keys[k].key, key))
                        k++;
                if (k == G_N_ELEMENTS(keys)) {
                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_UNKNOWN_KEY, _("There is no key '%s'"), key);
                        return FALSE;
                }
                if (!set_key(job, keys[k].offset, keys[k].type, value, error))
                        return FALSE;
        }
        job->limit = CLAMP(job->limit, 1, MAX_LIMIT);
        return TRUE;
}

static gboolean
collect(const GuardRecord *record, gpointer user_data)
{
        g_variant_builder_add_value(user_data, guard_show_record(record));
        return TRUE;
}

static void
query_in_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
        const Job *job = data;
        const GuardLedgerQuery query = {job->since_us, job->until_us, job->media_id, job->kind, job->after_seq, job->limit};
        GVariantBuilder records;
        GError *error = NULL;

        (void)source, (void)cancel;
        g_variant_builder_init(&records, G_VARIANT_TYPE("aa{sv}"));
        if (guard_ledger_query(job->db, &query, collect, &records, &error)) {
                g_task_return_pointer(task, g_variant_ref_sink(g_variant_new("(aa{sv})", &records)), (GDestroyNotify)g_variant_unref);
                return;
        }
        g_variant_builder_clear(&records);
        g_task_return_error(task, error);
}

static GVariant *
show_check(const GuardLedgerCheck *check)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        guard_show_value(&builder, "good", g_variant_new_boolean(check->good));
        guard_show_value(&builder, "first_seq", g_variant_new_uint64(check->first_seq));
        guard_show_value(&builder, "last_seq", g_variant_new_uint64(check->last_seq));
        guard_show_string(&builder, "last_digest", check->last_digest);
        if (!check->good)
                guard_show_value(&builder, "first_bad_seq", g_variant_new_uint64(check->first_bad_seq));
        guard_show_string(&builder, "why", check->why);
        return g_variant_builder_end(&builder);
}

static void
verify_in_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
        const Job *job = data;
        GuardLedgerCheck check = {0};
        GError *error = NULL;

        (void)source, (void)cancel;
        if (guard_ledger_verify(job->db, job->head, job->anchor, &check, &error))
                g_task_return_pointer(task, g_variant_ref_sink(g_variant_new("(@a{sv})", show_check(&check))),
                                      (GDestroyNotify)g_variant_unref);
        else
                g_task_return_error(task, error);
        guard_ledger_check_clear(&check);
}

static void
on_done(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GuardCall *call = user_data;
        GError *error = NULL;
        g_autoptr(GVariant) reply = g_task_propagate_pointer(G_TASK(result), &error);

        (void)source;
        if (reply)
                guard_call_reply(call, reply);
        else
                guard_call_fail(call, error);
}

static void
run(GuardCall *call, GTaskThreadFunc work)
{
        g_autoptr(GVariant) dict = g_variant_get_child_value(call->parameters, 0);
        g_autoptr(GTask) task = NULL;
        GError *error = NULL;
        Job *job = job_new(call);

        if (!parse_job(job, dict, &error)) {
                job_free(job);
                return guard_call_fail(call, error);
        }
        task = g_task_new(NULL, NULL, on_done, call);
        g_task_set_task_data(task, job, job_free);
        g_task_run_in_thread(task, work);
}

void
guard_handle_query_log(GuardCall *call)
{
        run(call, query_in_thread);
}

void
guard_handle_verify_log(GuardCall *call)
{
        run(call, verify_in_thread);
}
