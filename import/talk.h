/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The importer's end of the packets of common/guard-import.h.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* Waits for one packet; NULL: guardd is gone, or has said something else than an a{sv}. Caller owns it. */
GVariant *import_receive(int fd);
/* Takes @message (floating). FALSE: guardd is gone. */
gboolean import_send(int fd, GVariant *message);
gboolean import_send_failed(int fd, const char *why);
/* Is it over with guardd? Looks without waiting. */
gboolean import_is_left(int fd);

G_END_DECLS
