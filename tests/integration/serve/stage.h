/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The stage that the bus face is tried on: a private bus with our bus policy file, a polkit that answers as
 * told, a logind with the sessions it is given, guardd/serve over the fake manager. Everything runs on
 * one main loop; nothing sleeps.
 */
#pragma once
#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include "guardd/serve/serve.h"
#include "tests/integration/serve/fake-manager.h"

G_BEGIN_DECLS

typedef struct {
        char *sender, *action;
        gboolean interactive;
} PolkitQuestion;

typedef struct {
        char *folder, *address;
        GSubprocess *daemon;
        GDBusConnection *mocks; /* polkit and logind live here */
        guint polkit_name, logind_name, polkit_id, logind_id, subtree_id;
        /* polkit */
        char *allowed;        /* one action, "*" for all, NULL for none */
        gboolean silent;      /* never answers */
        GPtrArray *questions; /* of PolkitQuestion, what polkit was asked */
        guint withdrawn;      /* questions taken back */
        /* logind: the session of every pid; NULL: none */
        const char *session_id, *session_class;
        guint32 session_uid;
        GuardManager *manager;
        GuardServe *serve;
} Stage;

void stage_start(Stage *stage);      /* bus, mocks, serve; waits until the name is owned */
void stage_start_bus(Stage *stage);  /* the bus alone */
void stage_stop_bus(Stage *stage);
void stage_start_mocks(Stage *stage, gboolean with_polkit);
void stage_stop(Stage *stage);
/* Runs the main loop until the name is owned (or not). */
void stage_wait_name(Stage *stage, GDBusConnection *client, gboolean owned);
GDBusConnection *stage_client(Stage *stage);
/* Runs the loop once, blocking. Aborts the test when nothing comes for long. */
void stage_iterate(void);
/* A method call of @client while the main loop runs; the reply, or NULL and @error (remote name kept). */
GVariant *stage_call(GDBusConnection *client, const char *path, const char *interface, const char *method, GVariant *parameters,
                     GUnixFDList *fds, GError **error);
#define stage_manager_call(client, method, parameters, error)                                                                                    \
        stage_call(client, "/org/baomiguard/Guard1", "org.baomiguard.Guard1.Manager", method, parameters, NULL, error)
/* The error's name on the bus. Caller frees. */
char *stage_error_name(const GError *error);

G_END_DECLS
