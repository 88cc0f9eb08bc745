/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which message is on screen, which waits, which was read. One message a key (device and cause); a later
 * one takes its place. Pure: the clock is handed in, showing is the caller's. What was not read outlives
 * the notification server, and by guard_queue_save() the session.
 */
#pragma once
#include "notifier/text/message.h"

G_BEGIN_DECLS

/* Two stages of one plug follow within this time: the second one is not told again. */
#define GUARD_QUEUE_QUIET_US (5 * G_USEC_PER_SEC)
/* More than that is noise: what is not critical is counted instead, and found in the history. */
#define GUARD_QUEUE_MAX_SHOWN 6u
/* A server that takes critical messages away by itself is not fought for ever. */
#define GUARD_QUEUE_MAX_TRIES 3u

typedef enum { /* why a popup left the screen, in the numbers of org.freedesktop.Notifications */
        GUARD_CLOSED_EXPIRED = 1,
        GUARD_CLOSED_READ = 2,
        GUARD_CLOSED_BY_CALL = 3,
        GUARD_CLOSED_UNKNOWN = 4,
} GuardClosed;

typedef struct GuardQueue GuardQueue;

GuardQueue *guard_queue_new(void);
void guard_queue_free(GuardQueue *queue);

/* Takes @message. */
void guard_queue_put(GuardQueue *queue, GuardMessage *message, gint64 now_us);
/* What to show next, critical ones first, then the oldest; it counts as being shown until guard_queue_shown() or
 * guard_queue_lost_server() answers. @replaces: the popup whose place it takes, 0: a new one. NULL: nothing. */
const GuardMessage *guard_queue_next(GuardQueue *queue, guint32 *replaces);
/* @n messages are only counted, one popup tells how many. */
void guard_queue_miss(GuardQueue *queue, guint n, gint64 now_us);
/* It is on screen as popup @id. */
void guard_queue_shown(GuardQueue *queue, const char *key, guint32 id);
/* Popups of the server that is gone: what was not read waits again. */
void guard_queue_lost_server(GuardQueue *queue);
/* TRUE: a popup of ours. Not read and critical: it waits again. */
gboolean guard_queue_closed(GuardQueue *queue, guint32 id, GuardClosed how, gint64 now_us);
/* The message of popup @id (0: none), of @key; NULL: not ours. */
const GuardMessage *guard_queue_find_id(GuardQueue *queue, guint32 id);
const GuardMessage *guard_queue_find_key(GuardQueue *queue, const char *key);
/* It is no longer true (an alarm that is over). The popup to close, 0: none. */
guint32 guard_queue_withdraw(GuardQueue *queue, const char *key);
/* The drive is gone: what is not critical about it is no longer worth reading. Popups to close, of guint32. */
GArray *guard_queue_withdraw_device(GuardQueue *queue, const char *device);

/* Popups that are on screen, of guint32; caller unrefs. */
GArray *guard_queue_on_screen(GuardQueue *queue);

guint guard_queue_waiting(GuardQueue *queue); /* not on screen yet */
guint guard_queue_unread(GuardQueue *queue);  /* not read: waiting, and critical ones on screen */

/* aa{sv} of what was not read (floating); puts such a thing back, at most @max of the newest, the rest counted. */
GVariant *guard_queue_save(GuardQueue *queue);
void guard_queue_restore(GuardQueue *queue, GVariant *saved, guint max, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardQueue, guard_queue_free)

G_END_DECLS
