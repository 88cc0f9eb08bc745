/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guardd says, made into messages: decisions as they fall, what was missed meanwhile, alarms.
 */
#include "common/guard-text.h"
#include "notifier/agent/agent-private.h"

#define MAX_MISSED 5u
#define HISTORY_TIMEOUT_MS 60000
#define FIRST_LOOK_BACK "-1d" /* of a user who never had an agent */

static GuardContact
contact_of(const GuardAgent *agent)
{
        return (GuardContact){agent->contact_name, agent->contact_phone};
}

static GuardMessage *
message_of(GuardAgent *agent, const GuardEvent *event, GVariant *facts)
{
        const GuardContact contact = contact_of(agent);
        GuardMessage *message = guard_message_of_event(event, &contact);

        if (message)
                message->facts = g_variant_ref(facts);
        return message;
}

static gboolean
is_removal(const GuardEvent *event)
{
        return g_strcmp0(event->kind, "removed") == 0 || g_strcmp0(event->kind, "ejected") == 0;
}

static void
withdraw_of_device(GuardAgent *agent, const char *device)
{
        g_autoptr(GArray) ids = guard_queue_withdraw_device(agent->queue, device);

        for (guint i = 0; agent->popups && i < ids->len; i++)
                guard_popups_close(agent->popups, g_array_index(ids, guint32, i));
}

void
guard_agent_on_decided(GVariant *event, gpointer user_data)
{
        GuardAgent *agent = user_data;
        g_autoptr(GuardEvent) read = guard_event_new(event);
        GuardMessage *message;

        guard_store_add_history(agent->store, g_variant_new_array(G_VARIANT_TYPE_VARDICT, &event, 1));
        guard_store_see(agent->store, read->seq, read->time);
        if (is_removal(read)) {
                if (read->device)
                        withdraw_of_device(agent, read->device);
        } else if (read->popup && (message = message_of(agent, read, event)) != NULL) {
                guard_agent_tell(agent, message);
        }
        guard_agent_save(agent);
}

typedef struct { /* up to where the records were seen when they were asked for: live ones may come meanwhile */
        GuardAgent *agent;
        guint64 seq;
        char *time;
} Asked;

static void
asked_free(gpointer data)
{
        Asked *asked = data;

        g_free(asked->time);
        g_free(asked);
}

/* What was missed, newest last: (transfer full) messages. */
static GPtrArray *
missed_of(GVariant *records, const Asked *asked)
{
        const GuardStore before = {.seen_seq = asked->seq, .seen_time = asked->time};
        GPtrArray *missed = g_ptr_array_new();

        for (gsize i = 0; i < g_variant_n_children(records); i++) {
                g_autoptr(GVariant) record = g_variant_get_child_value(records, i);
                g_autoptr(GuardEvent) event = guard_event_new(record);
                GuardMessage *message;

                if (!guard_store_is_seen(&before, event->seq, event->time) && guard_event_was_told(event) && !is_removal(event) &&
                    (message = message_of(asked->agent, event, record)) != NULL)
                        g_ptr_array_add(missed, message);
                guard_store_see(asked->agent->store, event->seq, event->time);
        }
        return missed;
}

static void
on_missed(GVariant *reply, const GError *error, gpointer user_data)
{
        const Asked *asked = user_data;
        GuardAgent *agent = asked->agent;
        g_autoptr(GVariant) records = NULL;
        g_autoptr(GPtrArray) missed = NULL;
        guint skipped;

        if (!reply || !g_variant_is_of_type(reply, G_VARIANT_TYPE("(aa{sv})"))) {
                g_message("what was missed is not known: %s", error ? error->message : "guardd gave something else");
                return;
        }
        records = g_variant_get_child_value(reply, 0);
        guard_store_add_history(agent->store, records);
        missed = missed_of(records, asked);
        skipped = missed->len > MAX_MISSED ? missed->len - MAX_MISSED : 0;
        guard_queue_miss(agent->queue, skipped, agent->now_us());
        for (guint i = 0; i < missed->len; i++)
                if (i < skipped)
                        guard_message_free(missed->pdata[i]);
                else
                        guard_agent_tell(agent, missed->pdata[i]);
        guard_agent_save(agent);
}

static void
ask_missed(GuardAgent *agent)
{
        Asked *asked = g_new0(Asked, 1);
        GVariantDict query;

        asked->agent = agent;
        asked->seq = agent->store->seen_seq;
        asked->time = g_strdup(agent->store->seen_time);
        g_variant_dict_init(&query, NULL);
        g_variant_dict_insert(&query, "since", "s", asked->time ? asked->time : FIRST_LOOK_BACK);
        guard_line_call(agent->line, "MyHistory", g_variant_new("(@a{sv})", g_variant_dict_end(&query)), HISTORY_TIMEOUT_MS, on_missed, asked,
                        asked_free);
}

static char *
alarm_text(GVariant *alarm)
{
        const char *packed = NULL, *plain = "";

        if (g_variant_lookup(alarm, "message_text", "&s", &packed))
                return guard_text_translate(packed);
        g_variant_lookup(alarm, "message", "&s", &plain);
        return g_strdup(plain);
}

static void
tell_alarm(GuardAgent *agent, GVariant *alarm, const char *key)
{
        const GuardContact contact = contact_of(agent);
        g_autofree char *text = alarm_text(alarm);
        const char *name = "";
        GuardSeverity severity = GUARD_SEVERITY_WARNING;

        if (g_variant_lookup(alarm, "severity", "&s", &name))
                guard_severity_from_string(name, &severity);
        if (severity < GUARD_SEVERITY_WARNING || g_strcmp0(g_hash_table_lookup(agent->alarms, key), text) == 0)
                return;
        guard_agent_tell(agent, guard_message_of_alarm(key, text, severity, &contact));
        g_hash_table_replace(agent->alarms, g_strdup(key), g_steal_pointer(&text));
}

void
guard_agent_on_alarms(GVariant *alarms, gpointer user_data)
{
        GuardAgent *agent = user_data;
        g_autoptr(GHashTable) there = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        GHashTableIter iter;
        gpointer known;

        for (gsize i = 0; i < g_variant_n_children(alarms); i++) {
                g_autoptr(GVariant) alarm = g_variant_get_child_value(alarms, i);
                const char *key;

                if (!g_variant_lookup(alarm, "key", "&s", &key))
                        continue;
                g_hash_table_add(there, g_strdup(key));
                tell_alarm(agent, alarm, key);
        }
        g_hash_table_iter_init(&iter, agent->alarms);
        while (g_hash_table_iter_next(&iter, &known, NULL)) {
                g_autofree char *key = g_strconcat("alarm/", known, NULL);

                if (g_hash_table_contains(there, known))
                        continue;
                guard_agent_withdraw(agent, key);
                g_hash_table_iter_remove(&iter);
        }
}

void
guard_agent_on_host(GVariant *host, gpointer user_data)
{
        GuardAgent *agent = user_data;
        g_autoptr(GVariant) contact = g_variant_lookup_value(host, "contact", G_VARIANT_TYPE_VARDICT);

        g_clear_pointer(&agent->contact_name, g_free);
        g_clear_pointer(&agent->contact_phone, g_free);
        if (contact) {
                g_variant_lookup(contact, "name", "s", &agent->contact_name);
                g_variant_lookup(contact, "phone", "s", &agent->contact_phone);
        }
        if (agent->host)
                g_variant_unref(agent->host);
        agent->host = g_variant_ref(host);
        guard_agent_show_mark(agent);
}

void
guard_agent_on_registered(GVariant *session, gpointer user_data)
{
        GuardAgent *agent = user_data;
        g_autoptr(GVariant) host = g_variant_lookup_value(session, "host", G_VARIANT_TYPE_VARDICT);
        g_autoptr(GVariant) alarms = g_variant_lookup_value(session, "alarms", G_VARIANT_TYPE("aa{sv}"));

        g_message("registered with guardd");
        if (host)
                guard_agent_on_host(host, agent);
        if (alarms)
                guard_agent_on_alarms(alarms, agent);
        ask_missed(agent);
}
