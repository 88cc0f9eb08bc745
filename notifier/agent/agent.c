/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The agent: queue and popups kept in step, and what must not be lost written down.
 */
#include "notifier/agent/agent-private.h"

#define MAX_AT_LOGIN 5u /* of messages that were missed; the rest is counted */

void
guard_agent_save(GuardAgent *agent)
{
        g_autoptr(GError) error = NULL;

        if (agent->terminal) /* what scrolls by there is still told on the desktop */
                return;
        guard_store_set_unread(agent->store, guard_queue_save(agent->queue));
        if (!guard_store_write(agent->store, &error))
                g_message("what was not read cannot be kept: %s", error->message);
}

/* Shows what waits, where anybody shows anything. */
static void
flush(GuardAgent *agent)
{
        const GuardMessage *message;
        guint32 replaces, line = 0;

        while (agent->terminal && (message = guard_queue_next(agent->queue, &replaces)) != NULL) {
                g_autofree char *key = g_strdup(message->key);

                guard_terminal_say(agent->terminal, message);
                guard_queue_shown(agent->queue, key, ++line);
                guard_queue_withdraw(agent->queue, key); /* nobody closes a line */
        }
        while (agent->popups && guard_popups_available(agent->popups) && (message = guard_queue_next(agent->queue, &replaces)) != NULL)
                guard_popups_show(agent->popups, message, replaces);
}

/* Nobody shows popups: what a person must know comes in a window of our own, each message once. It waits for
 * a server all the same, which alone can say that it was read. */
static void
show_in_window(GuardAgent *agent, const char *key)
{
        const GuardMessage *message = guard_queue_find_key(agent->queue, key);

        if (message && message->critical && g_hash_table_add(agent->windowed, g_strdup(key)))
                guard_agent_show_details(agent, message);
}

void
guard_agent_tell(GuardAgent *agent, GuardMessage *message)
{
        g_autofree char *key = g_strdup(message->key);

        g_hash_table_remove(agent->windowed, key);
        guard_queue_put(agent->queue, message, agent->now_us());
        flush(agent);
        if (!agent->terminal && (!agent->popups || !guard_popups_available(agent->popups)))
                show_in_window(agent, key);
}

void
guard_agent_withdraw(GuardAgent *agent, const char *key)
{
        guint32 id = guard_queue_withdraw(agent->queue, key);

        if (id && agent->popups)
                guard_popups_close(agent->popups, id);
}

/* guardd knows where nobody shows popups: it is told at once. */
static void
claim_notifications(GuardAgent *agent, gboolean there)
{
        if (agent->notifications == there)
                return;
        agent->notifications = there;
        guard_line_beat(agent->line);
}

static void
on_shown(const char *key, guint32 id, gpointer user_data)
{
        GuardAgent *agent = user_data;

        claim_notifications(agent, id != 0);
        if (id == 0) {
                guard_queue_lost_server(agent->queue);
                guard_agent_save(agent);
                show_in_window(agent, key);
                return;
        }
        if (!guard_queue_find_key(agent->queue, key)) { /* it was withdrawn meanwhile */
                guard_popups_close(agent->popups, id);
                return;
        }
        g_message("shown as popup %u: %s", id, key);
        guard_queue_shown(agent->queue, key, id);
        guard_agent_save(agent);
        flush(agent);
}

static void
on_closed(guint32 id, GuardClosed how, gpointer user_data)
{
        GuardAgent *agent = user_data;

        if (!guard_queue_closed(agent->queue, id, how, agent->now_us()))
                return;
        guard_agent_save(agent);
        flush(agent);
}

static void
on_action(guint32 id, const char *action, gpointer user_data)
{
        GuardAgent *agent = user_data;
        const GuardMessage *message = guard_queue_find_id(agent->queue, id);

        if (!message)
                return;
        if (g_str_equal(action, "history"))
                guard_agent_show_history(agent);
        else if (g_str_equal(action, "eject") && message->can_eject && message->device)
                guard_agent_eject(agent, message->device);
        else
                guard_agent_show_details(agent, message);
}

static void
on_server(gboolean there, gpointer user_data)
{
        GuardAgent *agent = user_data;

        if (!there) {
                guard_queue_lost_server(agent->queue); /* the next beat tries to start it */
                return;
        }
        claim_notifications(agent, TRUE);
        flush(agent);
}

static GVariant *
state(gboolean wants_idle, gpointer user_data)
{
        GuardAgent *agent = user_data;
        gint64 idle = wants_idle ? guard_display_idle_seconds(agent->display) : -1;
        GVariantDict dict;

        if (agent->popups && guard_queue_waiting(agent->queue) > 0) {
                guard_popups_retry(agent->popups);
                flush(agent);
        }
        g_variant_dict_init(&dict, NULL);
        g_variant_dict_insert(&dict, "notifications", "b", agent->notifications);
        if (idle >= 0)
                g_variant_dict_insert(&dict, "idle_seconds", "u", (guint32)MIN(idle, G_MAXUINT32));
        if (guard_saver_locked(agent->saver) >= 0)
                g_variant_dict_insert(&dict, "locked", "b", guard_saver_locked(agent->saver) > 0);
        return g_variant_dict_end(&dict);
}

/* guardd waits for it: it is told at once. */
static void
on_saver(gpointer user_data)
{
        guard_line_beat(((GuardAgent *)user_data)->line);
}

GuardAgent *
guard_agent_new(const GuardAgentOptions *options)
{
        static const GuardPopupsHandlers popups = {on_shown, on_closed, on_action, on_server};
        static const GuardLineHandlers line = {.registered = guard_agent_on_registered, .decided = guard_agent_on_decided,
                                               .countdown = guard_agent_on_countdown, .alarms = guard_agent_on_alarms,
                                               .host = guard_agent_on_host, .state = state};
        GuardAgent *agent = g_new0(GuardAgent, 1);

        agent->window_program = g_strdup(options->window_program);
        agent->mark_style = g_strdup(options->mark_style);
        agent->now_us = options->now_us ? options->now_us : g_get_monotonic_time;
        agent->windowed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        agent->alarms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        agent->store = guard_store_open(options->state_folder);
        agent->queue = guard_queue_new();
        guard_queue_restore(agent->queue, agent->store->unread, MAX_AT_LOGIN, agent->now_us());
        agent->terminal = options->terminal;
        agent->notifications = options->session || options->terminal;
        agent->line = guard_line_new(options->system_address, &line, agent);
        if (options->session && !options->terminal)
                agent->popups = guard_popups_new(options->session, &popups, agent);
        if (options->session)
                agent->saver = guard_saver_new(options->session, on_saver, agent);
        flush(agent);
        return agent;
}

/* Nobody would hear their buttons any more; whoever comes next shows what was not read. */
static void
close_popups(GuardAgent *agent)
{
        g_autoptr(GArray) ids = guard_queue_on_screen(agent->queue);

        for (guint i = 0; agent->popups && i < ids->len; i++)
                guard_popups_close(agent->popups, g_array_index(ids, guint32, i));
        if (agent->popups && ids->len > 0)
                guard_popups_flush(agent->popups);
}

void
guard_agent_free(GuardAgent *agent)
{
        if (!agent)
                return;
        guard_agent_save(agent);
        close_popups(agent);
        guard_agent_end_countdowns(agent);
        guard_agent_close_windows(agent);
        guard_saver_free(agent->saver);
        guard_line_free(agent->line);
        guard_popups_free(agent->popups);
        guard_queue_free(agent->queue);
        guard_store_free(agent->store);
        g_hash_table_unref(agent->windowed);
        g_hash_table_unref(agent->alarms);
        if (agent->host)
                g_variant_unref(agent->host);
        g_free(agent->contact_name);
        g_free(agent->contact_phone);
        g_free(agent->details_device);
        g_free(agent->details_title);
        g_free(agent->ask_device);
        g_free(agent->window_program);
        g_free(agent->mark_style);
        g_free(agent);
}

gboolean
guard_agent_is_registered(GuardAgent *agent)
{
        return guard_line_is_registered(agent->line);
}

void
guard_agent_set_display(GuardAgent *agent, GuardDisplay *display)
{
        agent->display = display;
}
