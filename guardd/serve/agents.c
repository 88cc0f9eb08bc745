/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Session agents: they register, say that they live, and ask what their own user plugged in. Whose agent
 * a caller is, the bus and logind say; what it tells of itself is kept as a claim.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "common/guard-names.h"
#include "common/guard-text.h"
#include "guardd/serve/serve-private.h"
#include "guardd/serve/session.h"
#include "guardd/serve/show.h"
#include "ledger/ledger.h"

#define DEFAULT_LIMIT 200u
#define MAX_LIMIT 500u
#define DEFAULT_DAYS 31 /* what is older is the auditor's business */

static GuardAgentState
state_of(GVariant *options)
{
        GuardAgentState state = {.heard_us = g_get_monotonic_time(), .notifications = TRUE, .idle_seconds = -1, .locked = -1};
        guint32 idle;

        g_variant_lookup(options, "notifications", "b", &state.notifications);
        g_variant_lookup(options, "locked", "b", &state.locked);
        if (g_variant_lookup(options, "idle_seconds", "u", &idle))
                state.idle_seconds = idle;
        return state;
}

static GVariant *
registered(GuardManager *manager, const GuardSeatSession *session)
{
        g_autoptr(GVariant) host = g_variant_ref_sink(guard_show_host(guard_manager_host(manager)));
        g_autoptr(GVariant) contact = g_variant_lookup_value(host, "contact", NULL);
        GVariantBuilder reply;

        g_variant_builder_init(&reply, G_VARIANT_TYPE_VARDICT);
        guard_show_string(&reply, "session", session->id);
        guard_show_string(&reply, "user", session->user);
        guard_show_string(&reply, "seat", session->seat);
        guard_show_value(&reply, "host", host);
        guard_show_value(&reply, "contact", contact);
        guard_show_value(&reply, "alarms", guard_show_alarms(manager));
        guard_show_value(&reply, "heartbeat_seconds", g_variant_new_uint32(GUARD_AGENT_HEARTBEAT_SECONDS));
        return g_variant_builder_end(&reply);
}

static void
on_session(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GuardCall *call = user_data;
        GError *error = NULL;
        GuardSeatSession *session = guard_session_of_sender_finish(result, &error);
        g_autoptr(GVariant) options = g_variant_get_child_value(call->parameters, 0);
        g_autoptr(GVariant) reply = NULL;
        GuardAgentState state;

        (void)source;
        if (!session)
                return guard_call_fail(call, error);
        if (!call->serve->manager || g_cancellable_is_cancelled(call->cancel)) {
                guard_seat_session_free(session);
                return guard_call_reply(call, NULL);
        }
        reply = g_variant_ref_sink(registered(call->serve->manager, session));
        if (!guard_audience_add(call->serve->audience, g_dbus_method_invocation_get_connection(call->invocation), call->sender, session,
                                &error))
                return guard_call_fail(call, error);
        state = state_of(options);
        guard_audience_beat(call->serve->audience, call->sender, &state);
        guard_serve_heard_agent(call->serve);
        guard_call_reply(call, g_variant_new("(@a{sv})", reply));
}

void
guard_handle_register_agent(GuardCall *call)
{
        guard_session_of_sender_async(g_dbus_method_invocation_get_connection(call->invocation), call->sender, call->cancel, on_session,
                                      call);
}

static GVariant *
wanted(GuardServe *serve, const char *session)
{
        GuardPresence *presence = serve->manager ? guard_manager_presence(serve->manager) : NULL;
        gboolean locked = presence && guard_presence_is_locked(presence, session);
        GVariantDict dict;

        g_variant_dict_init(&dict, NULL);
        g_variant_dict_insert(&dict, "idle", "b", !locked);
        g_variant_dict_insert(&dict, "heartbeat_seconds", "u",
                              locked ? GUARD_AGENT_HEARTBEAT_LOCKED_SECONDS : GUARD_AGENT_HEARTBEAT_SECONDS);
        return g_variant_new("(@a{sv})", g_variant_dict_end(&dict));
}

GVariant *
guard_serve_beat(GuardServe *serve, const char *sender, GVariant *parameters)
{
        g_autoptr(GVariant) options = g_variant_get_child_value(parameters, 0);
        GuardAgentState state = state_of(options);
        const char *session = guard_audience_beat(serve->audience, sender, &state);

        if (!session)
                return NULL;
        guard_serve_heard_agent(serve);
        return wanted(serve, session);
}

void
guard_handle_heartbeat(GuardCall *call)
{
        GVariant *reply = guard_serve_beat(call->serve, call->sender, call->parameters);

        if (reply)
                guard_call_reply(call, reply);
        else
                guard_call_fail(call, g_error_new(GUARD_ERROR, GUARD_ERROR_NOT_FOUND, _("This program is not registered; call RegisterAgent")));
}

typedef struct {
        char *db, *user;
        gint64 since_us;
        guint64 after_seq, limit;
        GQueue *found; /* of GVariant, the newest @limit */
} Job;

static void
job_free(gpointer data)
{
        Job *job = data;

        g_free(job->db);
        g_free(job->user);
        g_queue_free_full(job->found, (GDestroyNotify)g_variant_unref);
        g_free(job);
}

/* A device's record of this user, or of nobody. */
static gboolean
is_theirs(const GuardRecord *record, const char *user)
{
        return record->device && (!record->user || *record->user == '\0' || g_str_equal(record->user, user));
}

static gboolean
collect(const GuardRecord *record, gpointer user_data)
{
        Job *job = user_data;
        g_autoptr(GVariant) shown = NULL;
        GVariantDict entry;

        if (!is_theirs(record, job->user))
                return TRUE;
        shown = g_variant_ref_sink(guard_show_record(record));
        g_variant_dict_init(&entry, shown);
        g_variant_dict_remove(&entry, "details");
        g_variant_dict_remove(&entry, "digest");
        g_queue_push_tail(job->found, g_variant_ref_sink(g_variant_dict_end(&entry)));
        if (job->found->length > job->limit)
                g_variant_unref(g_queue_pop_head(job->found));
        return TRUE;
}

static void
query_in_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
        Job *job = data;
        const GuardLedgerQuery query = {.since_us = job->since_us, .after_seq = job->after_seq};
        GVariantBuilder records;
        GError *error = NULL;

        (void)source, (void)cancel;
        if (!guard_ledger_query(job->db, &query, collect, job, &error)) {
                g_task_return_error(task, error);
                return;
        }
        g_variant_builder_init(&records, G_VARIANT_TYPE("aa{sv}"));
        for (GList *link = job->found->head; link; link = link->next)
                g_variant_builder_add_value(&records, link->data);
        g_task_return_pointer(task, g_variant_ref_sink(g_variant_new("(aa{sv})", &records)), (GDestroyNotify)g_variant_unref);
}

static void
on_queried(GObject *source, GAsyncResult *result, gpointer user_data)
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

static gboolean
parse_query(Job *job, GVariant *query, GError **error)
{
        const char *since = NULL;

        job->limit = DEFAULT_LIMIT;
        job->since_us = g_get_real_time() - DEFAULT_DAYS * G_TIME_SPAN_DAY;
        g_variant_lookup(query, "after_seq", "t", &job->after_seq);
        g_variant_lookup(query, "limit", "t", &job->limit);
        job->limit = CLAMP(job->limit, 1, MAX_LIMIT);
        return !g_variant_lookup(query, "since", "&s", &since) || guard_time_parse(since, g_get_real_time(), &job->since_us, error);
}

static void
on_asker(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GuardCall *call = user_data;
        GError *error = NULL;
        g_autoptr(GuardSeatSession) session = guard_session_of_sender_finish(result, &error);
        g_autoptr(GVariant) query = g_variant_get_child_value(call->parameters, 0);
        g_autoptr(GTask) task = NULL;
        Job *job;

        (void)source;
        if (!session)
                return guard_call_fail(call, error);
        job = g_new0(Job, 1);
        job->db = g_strdup(call->serve->ledger_db);
        job->user = g_strdup(session->user);
        job->found = g_queue_new();
        if (!parse_query(job, query, &error)) {
                job_free(job);
                return guard_call_fail(call, error);
        }
        task = g_task_new(NULL, NULL, on_queried, call);
        g_task_set_task_data(task, job, job_free);
        g_task_run_in_thread(task, query_in_thread);
}

void
guard_handle_my_history(GuardCall *call)
{
        guard_session_of_sender_async(g_dbus_method_invocation_get_connection(call->invocation), call->sender, call->cancel, on_asker, call);
}

void
guard_serve_countdown(GuardServe *serve, const char *session_id, GVariant *countdown)
{
        guard_audience_tell_agents(serve->audience, session_id, GUARD_BUS_PATH, GUARD_BUS_MANAGER, "Countdown",
                                   g_variant_new("(@a{sv})", countdown));
}

gboolean
guard_serve_agent(GuardServe *serve, const char *session_id, GuardAgentState *state)
{
        return guard_audience_agent(serve->audience, session_id, state);
}
