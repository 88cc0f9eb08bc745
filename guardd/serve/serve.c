/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The bus face as a whole: when the bus is there, the objects are there and the name is ours.
 */
#include "common/guard-names.h"
#include "guardd/serve/serve-private.h"

GuardServe *
guard_serve_ref(GuardServe *serve)
{
        serve->refs++;
        return serve;
}

void
guard_serve_unref(GuardServe *serve)
{
        if (--serve->refs > 0)
                return;
        g_hash_table_unref(serve->calls);
        g_free(serve->ledger_db);
        g_free(serve->ledger_head);
        g_free(serve);
}

static void
on_name_lost(GDBusConnection *connection, const char *name, gpointer user_data)
{
        (void)user_data;
        if (connection && !g_dbus_connection_is_closed(connection))
                g_warning("The bus name %s belongs to another process: is a second guardd running? guardctl will not reach this one.", name);
}

static void
on_up(GDBusConnection *connection, gpointer user_data)
{
        GuardServe *serve = user_data;
        g_autoptr(GError) error = NULL;

        /* Objects first: who sees the name may call at once. */
        if (!guard_door_open(serve, connection, &error)) {
                g_warning("Cannot serve on the bus: %s", error->message);
                return;
        }
        serve->name_id = g_bus_own_name_on_connection(connection, GUARD_BUS_NAME, G_BUS_NAME_OWNER_FLAGS_NONE, NULL, on_name_lost, serve,
                                                      NULL);
}

static void
leave(GuardServe *serve)
{
        g_clear_handle_id(&serve->name_id, g_bus_unown_name);
        guard_audience_clear(serve->audience);
        guard_door_close(serve);
}

static void
on_down(gpointer user_data)
{
        leave(user_data);
}

static void
agent_gone(gpointer user_data)
{
        guard_serve_heard_agent(user_data);
}

GuardServe *
guard_serve_new(GuardManager *manager, const char *bus_address)
{
        GuardServe *serve = g_new0(GuardServe, 1);

        serve->refs = 1;
        serve->manager = manager;
        serve->ledger_db = g_strdup(GUARD_LEDGER_DB);
        serve->ledger_head = g_strdup(GUARD_LEDGER_HEAD);
        serve->audience = guard_audience_new();
        guard_audience_watch_agents(serve->audience, agent_gone, serve);
        serve->calls = g_hash_table_new(NULL, NULL);
        guard_announce_begin(serve);
        guard_serve_carry_presence(serve, TRUE);
        serve->link = guard_link_new(bus_address, on_up, on_down, serve);
        return serve;
}

void
guard_serve_set_ledger(GuardServe *serve, const char *db, const char *head_file)
{
        g_free(serve->ledger_db);
        g_free(serve->ledger_head);
        serve->ledger_db = g_strdup(db);
        serve->ledger_head = g_strdup(head_file);
}

GDBusConnection *
guard_serve_connection(GuardServe *serve)
{
        return guard_link_connection(serve->link);
}

void
guard_serve_free(GuardServe *serve)
{
        if (!serve)
                return;
        leave(serve);
        guard_announce_end(serve);
        guard_serve_carry_presence(serve, FALSE);
        g_clear_pointer(&serve->link, guard_link_free);
        g_clear_pointer(&serve->audience, guard_audience_free);
        serve->manager = NULL;
        guard_serve_unref(serve);
}
