/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guardd and its helpers that systemd starts say to each other: one packet a message, each an a{sv}. This is the
 * helper's end (guardd's is guardd/block/helper-line.h).
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

#define GUARD_TALK_MAX_PACKET 65536

/* Waits for one packet; NULL: guardd is gone, or has said something else than an a{sv}. Caller owns it. */
GVariant *guard_talk_receive(int fd);
/* Begins the message @event; its members come with g_variant_builder_add("{sv}"). Both ends use it. */
void guard_talk_begin(GVariantBuilder *message, const char *event);
/* Takes @message (floating). FALSE: guardd is gone. */
gboolean guard_talk_send(int fd, GVariant *message);
gboolean guard_talk_send_failed(int fd, const char *why);
/* Is it over with guardd? Looks without waiting. */
gboolean guard_talk_is_left(int fd);

G_END_DECLS
