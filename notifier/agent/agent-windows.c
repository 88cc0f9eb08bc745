/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Details and history on screen, and what is pressed there.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "notifier/agent/agent-private.h"

#define EJECT_TIMEOUT_MS 120000
#define HISTORY_TIMEOUT_MS 30000

static void
drop(GuardWindow **window)
{
        g_clear_pointer(window, guard_window_free);
}

static void
on_closed(GuardWindow *window, gpointer user_data)
{
        GuardAgent *agent = user_data;

        drop(window == agent->details ? &agent->details : &agent->history);
}

static void
on_said(GuardWindow *window, const char *line, gpointer user_data)
{
        GuardAgent *agent = user_data;

        (void)window;
        if (g_str_equal(line, "history"))
                guard_agent_show_history(agent);
        else if (g_str_equal(line, "eject") && agent->details_device)
                guard_agent_eject(agent, agent->details_device);
        else if (g_str_equal(line, "ask") && agent->details_device)
                guard_agent_ask(agent, agent->details_device, agent->details_title);
}

static void
show(GuardAgent *agent, GuardWindow **window, const char *kind, GVariant *content)
{
        static const GuardWindowHandlers handlers = {on_said, on_closed};
        g_autoptr(GVariant) owned = g_variant_ref_sink(content);
        g_autoptr(GError) error = NULL;

        if (*window) {
                guard_window_update(*window, owned);
                return;
        }
        *window = guard_window_open(agent->window_program, kind, owned, &handlers, agent, &error);
        if (!*window)
                g_warning("no window can be shown: %s", error->message);
}

void
guard_agent_show_details(GuardAgent *agent, const GuardMessage *message)
{
        GVariantDict content;

        g_variant_dict_init(&content, NULL);
        g_variant_dict_insert(&content, "title", "s", message->title);
        g_variant_dict_insert(&content, "body", "s", message->body);
        g_variant_dict_insert(&content, "critical", "b", message->critical);
        g_variant_dict_insert(&content, "eject", "b", message->can_eject);
        g_variant_dict_insert(&content, "ask", "b", message->can_ask);
        if (message->facts) {
                g_autoptr(GuardEvent) event = guard_event_new(message->facts);

                g_variant_dict_insert_value(&content, "rows", guard_message_details(event));
        }
        g_free(agent->details_device);
        agent->details_device = g_strdup(message->device);
        g_free(agent->details_title);
        agent->details_title = g_strdup(message->title);
        show(agent, &agent->details, "details", g_variant_dict_end(&content));
}

static GVariant *
rows_of(GVariant *records)
{
        GVariantBuilder rows;

        g_variant_builder_init(&rows, G_VARIANT_TYPE("a(ssss)"));
        for (gsize i = g_variant_n_children(records); i-- > 0;) { /* newest first */
                g_autoptr(GVariant) record = g_variant_get_child_value(records, i);
                g_autoptr(GuardEvent) event = guard_event_new(record);
                g_autofree char *when = guard_message_when(event), *what = guard_message_what(event);
                g_autofree char *drive = guard_message_drive(event), *why = guard_message_why(event);

                g_variant_builder_add(&rows, "(ssss)", when, what, drive, why);
        }
        return g_variant_builder_end(&rows);
}

static void
on_history(GVariant *reply, const GError *error, gpointer user_data)
{
        GuardAgent *agent = user_data;
        GVariantDict content;

        (void)error;
        g_variant_dict_init(&content, NULL);
        if (reply && g_variant_is_of_type(reply, G_VARIANT_TYPE("(aa{sv})"))) {
                g_autoptr(GVariant) records = g_variant_get_child_value(reply, 0);

                guard_store_add_history(agent->store, records);
                guard_agent_save(agent);
        } else {
                g_variant_dict_insert(&content, "note", "s", _("The guard does not answer now; this is what was known before."));
        }
        g_variant_dict_insert_value(&content, "rows", rows_of(agent->store->history));
        show(agent, &agent->history, "history", g_variant_dict_end(&content));
}

void
guard_agent_show_history(GuardAgent *agent)
{
        guard_line_call(agent->line, "MyHistory", g_variant_new("(a{sv})", NULL), HISTORY_TIMEOUT_MS, on_history, agent, NULL);
}

typedef struct {
        GuardAgent *agent;
        char *device;
} Ejecting;

static void
ejecting_free(gpointer data)
{
        Ejecting *ejecting = data;

        g_free(ejecting->device);
        g_free(ejecting);
}

static void
on_ejected(GVariant *reply, const GError *error, gpointer user_data)
{
        const Ejecting *ejecting = user_data;

        guard_agent_tell(ejecting->agent, guard_message_of_eject(ejecting->device, reply ? NULL : error->message));
}

void
guard_agent_eject(GuardAgent *agent, const char *device)
{
        Ejecting *ejecting = g_new0(Ejecting, 1);

        ejecting->agent = agent;
        ejecting->device = g_strdup(device);
        guard_line_call(agent->line, "Eject", g_variant_new("(sa{sv})", device, NULL), EJECT_TIMEOUT_MS, on_ejected, ejecting, ejecting_free);
}

void
guard_agent_close_windows(GuardAgent *agent)
{
        drop(&agent->details);
        drop(&agent->history);
        drop(&agent->mark);
        drop(&agent->ask);
}
