/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Before a lock or a shutdown: first a message, then in the last minutes a window of our own, which no
 * do-not-disturb keeps back. guardd owns the deadline; what is shown here stops nothing by itself.
 */
#include <stdlib.h>
#include <string.h>
#include "notifier/agent/agent-private.h"

#define WINDOW_SECONDS 300u /* more than that would stand in the way of work */
#define LOCK_TIMEOUT_MS 120000
#define CALL_TIMEOUT_MS 25000

static const struct {
        const char *kind, *key;
        GuardCountdownKind number;
} kinds[GUARD_N_COUNTS] = {
        {"lock", "countdown/lock", GUARD_COUNTDOWN_LOCK},
        {"shutdown", "countdown/shutdown", GUARD_COUNTDOWN_SHUTDOWN},
};

static void
end(GuardCount *count)
{
        if (count->timer)
                g_source_remove(count->timer);
        count->timer = 0;
        g_clear_pointer(&count->window, guard_window_free);
        g_clear_pointer(&count->told, g_variant_unref);
}

static guint
seconds_left(const GuardCount *count)
{
        gint64 left = count->end_us - count->agent->now_us();

        return left > 0 ? (guint)((left + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC) : 0;
}

static GVariant *
content(const GuardCount *count, const char *error)
{
        GVariantDict dict;

        g_variant_dict_init(&dict, count->told);
        g_variant_dict_insert(&dict, "seconds", "u", seconds_left(count));
        if (error)
                g_variant_dict_insert(&dict, "error", "s", error);
        return g_variant_dict_end(&dict);
}

static void
on_answer(GVariant *reply, const GError *error, gpointer user_data)
{
        GuardCount *count = user_data;

        if (!count->window)
                return;
        if (!reply)
                guard_window_update(count->window, content(count, error->message));
}

static void
postpone(GuardCount *count, const char *words)
{
        char *reason;
        guint64 minutes = g_ascii_strtoull(words, &reason, 10);

        guard_line_call(count->agent->line, "Postpone",
                        g_variant_new("(us@a{sv})", (guint32)MIN(minutes, G_MAXUINT32), g_strstrip(reason), g_variant_new("a{sv}", NULL)),
                        CALL_TIMEOUT_MS, on_answer, count, NULL);
}

static void
on_said(GuardWindow *window, const char *line, gpointer user_data)
{
        GuardCount *count = user_data;

        (void)window;
        if (g_str_equal(line, "lock")) {
                guard_line_call(count->agent->line, "Lock", g_variant_new("(a{sv})", NULL), LOCK_TIMEOUT_MS, on_answer, count, NULL);
        } else if (g_str_has_prefix(line, "postpone ")) {
                g_autofree char *words = g_strdup(line + strlen("postpone "));

                postpone(count, words);
        } /* "here": who presses a key is seen by guardd itself */
}

static void
on_closed(GuardWindow *window, gpointer user_data)
{
        GuardCount *count = user_data;

        (void)window;
        g_clear_pointer(&count->window, guard_window_free);
}

static void
open_window(GuardCount *count)
{
        static const GuardWindowHandlers handlers = {on_said, on_closed};
        g_autoptr(GError) error = NULL;

        if (count->window) {
                guard_window_update(count->window, content(count, NULL));
                return;
        }
        count->window = guard_window_open(count->agent->window_program, "countdown", content(count, NULL), &handlers, count, &error);
        if (!count->window)
                g_warning("no countdown can be shown: %s", error->message);
}

static gboolean
on_window_time(gpointer user_data)
{
        GuardCount *count = user_data;

        count->timer = 0;
        guard_agent_withdraw(count->agent, kinds[count - count->agent->counts].key);
        open_window(count);
        return G_SOURCE_REMOVE;
}

static gboolean on_reminder(gpointer user_data);

/* On a terminal a countdown is said when it begins, and again when little is left. */
static void
say(GuardCount *count)
{
        static const guint reminders[] = {WINDOW_SECONDS, 60, 10};
        guint left = seconds_left(count);

        guard_agent_tell(count->agent, guard_message_of_countdown_line(kinds[count - count->agent->counts].number, left));
        for (gsize i = 0; i < G_N_ELEMENTS(reminders); i++)
                if (reminders[i] < left) {
                        count->timer = g_timeout_add_seconds(left - reminders[i], on_reminder, count);
                        return;
                }
}

static gboolean
on_reminder(gpointer user_data)
{
        GuardCount *count = user_data;

        count->timer = 0;
        say(count);
        return G_SOURCE_REMOVE;
}

static void
run(GuardCount *count, guint i, GVariant *told)
{
        guint32 seconds = 0;

        g_variant_lookup(told, "seconds", "u", &seconds);
        if (count->told)
                g_variant_unref(count->told);
        count->told = g_variant_ref(told);
        count->end_us = count->agent->now_us() + (gint64)seconds * G_USEC_PER_SEC;
        if (count->timer)
                g_source_remove(count->timer);
        count->timer = 0;
        if (count->agent->terminal) {
                say(count);
                return;
        }
        if (seconds <= WINDOW_SECONDS) {
                guard_agent_withdraw(count->agent, kinds[i].key);
                open_window(count);
                return;
        }
        g_clear_pointer(&count->window, guard_window_free);
        guard_agent_tell(count->agent, guard_message_of_countdown(kinds[i].number, seconds));
        count->timer = g_timeout_add_seconds(seconds - WINDOW_SECONDS, on_window_time, count);
}

void
guard_agent_on_countdown(GVariant *countdown, gpointer user_data)
{
        GuardAgent *agent = user_data;
        const char *kind = "", *state = "";

        g_variant_lookup(countdown, "kind", "&s", &kind);
        g_variant_lookup(countdown, "state", "&s", &state);
        for (guint i = 0; i < GUARD_N_COUNTS; i++) {
                GuardCount *count = &agent->counts[i];

                if (!g_str_equal(kinds[i].kind, kind))
                        continue;
                count->agent = agent;
                if (g_str_equal(state, "running")) {
                        run(count, i, countdown);
                        return;
                }
                end(count);
                guard_agent_withdraw(agent, kinds[i].key);
        }
}

void
guard_agent_end_countdowns(GuardAgent *agent)
{
        for (guint i = 0; i < GUARD_N_COUNTS; i++)
                end(&agent->counts[i]);
}
