/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asking polkit, asynchronously, whether a caller on the bus may do something. Any doubt is a no.
 */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

/* @sender: unique bus name of the caller. @interactive: the caller allows a person to be asked. Cancelling also takes
 * polkit's question away. Where there is no polkit on the bus, root alone is let through (a rescue system). */
void guard_authority_check_async(GDBusConnection *connection, const char *sender, const char *action, gboolean interactive,
                                 GCancellable *cancel, GAsyncReadyCallback callback, gpointer user_data);
/* TRUE: allowed. G_DBUS_ERROR_ACCESS_DENIED, or G_IO_ERROR_CANCELLED. */
gboolean guard_authority_check_finish(GAsyncResult *result, GError **error);

G_END_DECLS
