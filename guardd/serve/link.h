/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A connection to the bus that is made when the bus appears and made again when it was lost. Waits for
 * the socket with inotify; retries by the clock (ever more slowly) only while the socket is there and
 * does not let us in. Knows nothing of what is served.
 */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct GuardLink GuardLink;
typedef void (*GuardLinkUp)(GDBusConnection *connection, gpointer user_data);
typedef void (*GuardLinkDown)(gpointer user_data);

/* @address NULL: the system bus. Callbacks come from the main context, never from inside this call. */
GuardLink *guard_link_new(const char *address, GuardLinkUp up, GuardLinkDown down, gpointer user_data);
GDBusConnection *guard_link_connection(GuardLink *link); /* (transfer none), NULL while down */
/* No callback comes any more. */
void guard_link_free(GuardLink *link);
/* The socket of a "unix:path=" address, NULL where it has none. Caller frees. */
char *guard_link_socket_of(const char *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardLink, guard_link_free)

G_END_DECLS
