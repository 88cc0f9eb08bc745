/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one client of guardd's bus face, shared by guardctl, the notifier and the station. Knows how to
 * reach guardd and how its absence reads; knows nothing of what is asked.
 */
#pragma once
#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

typedef struct GuardClient GuardClient;

/* Connects to @bus_address (NULL: the system bus). GUARD_ERROR_UNREACHABLE, with what to do, where there is no bus. */
GuardClient *guard_client_new(const char *bus_address, GError **error);
void guard_client_free(GuardClient *client);
/* May polkit ask a person for a password? Default: no. */
void guard_client_set_interactive(GuardClient *client, gboolean interactive);
GDBusConnection *guard_client_connection(GuardClient *client); /* (transfer none) */
/* Long methods tell how far they are. */
typedef void (*GuardClientProgress)(guint64 done, guint64 total, gpointer user_data);
void guard_client_set_progress(GuardClient *client, GuardClientProgress progress, gpointer user_data);
/* Calls @method of the manager and waits, running the thread's default main context meanwhile; without limit of time where a
 * person may be asked or progress is told. @parameters is consumed when floating; @fds may be NULL. GUARD_ERROR_UNREACHABLE where guardd is not on the bus or went away meanwhile, GUARD_ERROR_DENIED where polkit
 * said no, else guardd's own code. */
GVariant *guard_client_call(GuardClient *client, const char *method, GVariant *parameters, const char *reply_type, GUnixFDList *fds,
                            GError **error);
/* Translates an error of GDBus into the contract's; @error is consumed. Exposed for asynchronous callers. */
GError *guard_client_translate(GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardClient, guard_client_free)

G_END_DECLS
