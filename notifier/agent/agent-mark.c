/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The level mark: shown while the administrator wants it and guardd has said what this machine is.
 */
#include "common/guard-level.h"
#include "notifier/agent/agent-private.h"

static void
on_said(GuardWindow *window, const char *line, gpointer user_data)
{
        (void)window, (void)line, (void)user_data;
}

static void
on_closed(GuardWindow *window, gpointer user_data)
{
        GuardAgent *agent = user_data;

        (void)window;
        g_clear_pointer(&agent->mark, guard_window_free); /* shown again when guardd is met again */
}

static GVariant *
content(GuardAgent *agent)
{
        const char *name = "", *id = "";
        GuardLevel level = GUARD_LEVEL_UNKNOWN;
        g_autofree char *text = NULL;
        GVariantDict dict;

        g_variant_lookup(agent->host, "level", "&s", &name);
        g_variant_lookup(agent->host, "host_id", "&s", &id);
        if (!guard_level_from_string(name, &level))
                return NULL;
        text = guard_message_mark(level, id);
        g_variant_dict_init(&dict, NULL);
        g_variant_dict_insert(&dict, "text", "s", text);
        g_variant_dict_insert(&dict, "classified", "b", guard_level_is_classified(level));
        g_variant_dict_insert(&dict, "style", "s", agent->mark_style);
        return g_variant_ref_sink(g_variant_dict_end(&dict));
}

void
guard_agent_show_mark(GuardAgent *agent)
{
        static const GuardWindowHandlers handlers = {on_said, on_closed};
        g_autoptr(GVariant) shown = NULL;
        g_autoptr(GError) error = NULL;

        if (!agent->mark_style || g_str_equal(agent->mark_style, "none") || !agent->host || !(shown = content(agent)))
                return;
        if (agent->mark) {
                guard_window_update(agent->mark, shown);
                return;
        }
        agent->mark = guard_window_open(agent->window_program, "mark", shown, &handlers, agent, &error);
        if (!agent->mark)
                g_warning("the level mark cannot be shown: %s", error->message);
}
