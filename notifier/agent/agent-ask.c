/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asking for an exception: a code for the coordination group, and their answer.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "common/guard-text.h"
#include "notifier/agent/agent-private.h"

#define TIMEOUT_MS 30000
#define MAX_NUMBER 64

static GVariant *
say(const char *key, const char *text)
{
        GVariantDict content;

        g_variant_dict_init(&content, NULL);
        g_variant_dict_insert(&content, key, "s", text);
        return g_variant_dict_end(&content);
}

static void
say_error(GuardAgent *agent, const GError *error)
{
        g_autofree char *text = error ? guard_text_translate(error->message) : NULL;

        guard_window_update(agent->ask, say("error", text ? text : _("The guard does not answer now; try again in a moment.")));
}

static void
on_code(GVariant *reply, const GError *error, gpointer user_data)
{
        GuardAgent *agent = user_data;
        const char *code;

        if (!agent->ask) /* closed meanwhile */
                return;
        if (!reply || !g_variant_is_of_type(reply, G_VARIANT_TYPE("(s)"))) {
                say_error(agent, error);
                return;
        }
        g_variant_get(reply, "(&s)", &code);
        guard_window_update(agent->ask, say("code", code));
}

static void
on_entered(GVariant *reply, const GError *error, gpointer user_data)
{
        GuardAgent *agent = user_data;

        if (!agent->ask)
                return;
        if (reply)
                guard_window_update(agent->ask, say("done", "yes"));
        else
                say_error(agent, error);
}

/* "SECONDS read-only|read-write REASON" */
static void
request(GuardAgent *agent, const char *line)
{
        g_auto(GStrv) words = g_strsplit(line, " ", 3);
        guint64 seconds = 0;
        GVariantBuilder options;

        if (g_strv_length(words) != 3 || !g_ascii_string_to_unsigned(words[0], 10, 1, G_MAXUINT32, &seconds, NULL))
                return;
        g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&options, "{sv}", "seconds", g_variant_new_uint32((guint32)seconds));
        g_variant_builder_add(&options, "{sv}", "read_only", g_variant_new_boolean(!g_str_equal(words[1], "read-write")));
        g_variant_builder_add(&options, "{sv}", "reason", g_variant_new_string(words[2]));
        guard_line_call(agent->line, "RequestException", g_variant_new("(sa{sv})", agent->ask_device, &options), TIMEOUT_MS, on_code, agent,
                        NULL);
}

static void
on_said(GuardWindow *window, const char *line, gpointer user_data)
{
        GuardAgent *agent = user_data;

        (void)window;
        if (g_str_has_prefix(line, "request "))
                request(agent, line + strlen("request "));
        else if (g_str_has_prefix(line, "answer "))
                guard_line_call(agent->line, "EnterCode", g_variant_new("(sa{sv})", line + strlen("answer "), NULL), TIMEOUT_MS, on_entered,
                                agent, NULL);
}

static void
on_closed(GuardWindow *window, gpointer user_data)
{
        GuardAgent *agent = user_data;

        (void)window;
        g_clear_pointer(&agent->ask, guard_window_free);
}

void
guard_agent_ask(GuardAgent *agent, const char *device, const char *title)
{
        static const GuardWindowHandlers handlers = {on_said, on_closed};
        const GuardContact contact = {agent->contact_name, agent->contact_phone};
        g_autofree char *who = guard_message_contact(&contact), *number = NULL;
        const char *host_id = "";
        g_autoptr(GError) error = NULL;
        GVariantDict content;

        g_clear_pointer(&agent->ask, guard_window_free);
        g_free(agent->ask_device);
        agent->ask_device = g_strdup(device);
        g_variant_dict_init(&content, NULL);
        g_variant_dict_insert(&content, "title", "s", title ? title : "");
        g_variant_dict_insert(&content, "contact", "s", who);
        if (agent->host)
                g_variant_lookup(agent->host, "host_id", "&s", &host_id);
        number = guard_message_clean(host_id, MAX_NUMBER);
        g_variant_dict_insert(&content, "host_id", "s", number);
        agent->ask = guard_window_open(agent->window_program, "ask", g_variant_dict_end(&content), &handlers, agent, &error);
        if (!agent->ask)
                g_warning("no window can be shown: %s", error->message);
}
