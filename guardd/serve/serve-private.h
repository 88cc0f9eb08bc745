/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the files of serve/ share. Not for anybody else.
 */
#pragma once
#include "guardd/presence/presence.h"
#include "guardd/serve/audience.h"
#include "common/guard-names.h"
#include "guardd/serve/link.h"
#include "guardd/serve/serve.h"

G_BEGIN_DECLS

#define GUARD_MEDIUM_INTERFACE "org.baomiguard.Guard1.Medium"
#define GUARD_OBJECTS_INTERFACE "org.freedesktop.DBus.ObjectManager"
#define GUARD_PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"

struct GuardServe {
        gint refs; /* calls under way hold one */
        GuardManager *manager; /* NULL once guard_serve_free() was called */
        GuardLink *link;
        char *ledger_db, *ledger_head;
        GuardAudience *audience;
        GHashTable *calls; /* set of GuardCall under way */
        guint name_id, manager_id, objects_id, media_id;
        gulong handlers[6];
        GuardPresenceAgents presence_agents;
};

/* One method call that came through the door. Ends with exactly one of reply and fail, which free it. */
typedef struct {
        GuardServe *serve;
        GDBusMethodInvocation *invocation;
        char *sender, *action;
        GVariant *parameters;
        GCancellable *cancel; /* cancelled when the caller leaves the bus */
        guint name_watch;
} GuardCall;

typedef void (*GuardHandler)(GuardCall *call);

void guard_call_reply(GuardCall *call, GVariant *reply); /* @reply NULL: "()"; consumed when floating */
void guard_call_fail(GuardCall *call, GError *error);    /* takes @error */
GuardServe *guard_serve_ref(GuardServe *serve);
void guard_serve_unref(GuardServe *serve);

/* door.c: makes the objects appear on @connection, and take them back. */
gboolean guard_door_open(GuardServe *serve, GDBusConnection *connection, GError **error);
void guard_door_close(GuardServe *serve);
extern const GDBusInterfaceVTable guard_door_vtable;

/* The handlers, by interface and method. */
typedef struct {
        const char *interface, *method;
        GuardHandler handle;
        gboolean (*asks_more)(GVariant *parameters); /* TRUE: the method's AskAction is needed instead */
} GuardMethod;

extern const GuardMethod guard_methods[]; /* ends with a NULL interface */

void guard_handle_get_status(GuardCall *call);
void guard_handle_list_media(GuardCall *call);
void guard_handle_explain(GuardCall *call);
gboolean guard_explain_asks_registry(GVariant *parameters);
void guard_handle_eject(GuardCall *call);
void guard_handle_reload(GuardCall *call);
void guard_handle_get_registry(GuardCall *call);
void guard_handle_install_registry(GuardCall *call);
void guard_handle_query_log(GuardCall *call);
void guard_handle_verify_log(GuardCall *call);
void guard_handle_register_agent(GuardCall *call);
void guard_handle_heartbeat(GuardCall *call);
void guard_handle_my_history(GuardCall *call);
void guard_handle_watch(GuardCall *call);
void guard_handle_get_presence(GuardCall *call);
void guard_handle_lock(GuardCall *call);
void guard_handle_postpone(GuardCall *call);
void guard_handle_forget(GuardCall *call);
void guard_handle_list_exceptions(GuardCall *call);
void guard_handle_allow_device(GuardCall *call);
void guard_handle_approve_exception(GuardCall *call);
void guard_handle_revoke_exception(GuardCall *call);
void guard_handle_request_exception(GuardCall *call);
void guard_handle_enter_code(GuardCall *call);
void guard_handle_managed_objects(GuardCall *call);
void guard_handle_property(GuardCall *call);
void guard_handle_all_properties(GuardCall *call);

/* methods-presence.c: the presence guard reaches the agents by us, from now on or no more. */
void guard_serve_carry_presence(GuardServe *serve, gboolean on);
/* An agent has come, has gone, or has told something new of its session. */
void guard_serve_heard_agent(GuardServe *serve);
/* A heartbeat of @sender: what it is answered, floating; NULL: it is no registered agent. */
GVariant *guard_serve_beat(GuardServe *serve, const char *sender, GVariant *parameters);

/* objects.c */
extern const GDBusSubtreeVTable guard_objects_vtable;
char *guard_media_path(const char *id);
GVariant *guard_medium_properties(const GuardDevice *device); /* a{sv} of the Medium interface */
/* announce.c: the manager's signals to the audience. */
void guard_announce_begin(GuardServe *serve);
void guard_announce_end(GuardServe *serve);

G_END_DECLS
