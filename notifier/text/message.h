/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What people are told, in words: what happened and why, that it is on record, what to do now, whom to
 * call. Pure: facts in, text out, through gettext; no bus, no clock, no file. Nothing that comes from a
 * device or from host.conf leaves here as markup, with control or bidi characters, or longer than a line.
 */
#pragma once
#include <glib.h>
#include "common/guard-level.h"
#include "notifier/text/event.h"

G_BEGIN_DECLS

typedef struct { /* whom to call; NULL where host.conf does not say */
        const char *name, *phone;
} GuardContact;

typedef struct {
        char *key;         /* one message a key: a later one replaces it in place */
        char *title, *body; /* plain text without < > & */
        gboolean critical; /* passes do-not-disturb, stays until read */
        gboolean can_eject;
        gboolean can_ask; /* refused by policy: an exception may be asked for */
        guint64 seq;       /* the record, 0: none */
        char *device;      /* NULL: about no device */
        GVariant *facts;   /* a{sv}, what was told, for the details; NULL: nothing more than the body. Set by who has it */
} GuardMessage;

/* NULL where there is nothing to say. @event->popup does not count here: whether to tell is the caller's question. */
GuardMessage *guard_message_of_event(const GuardEvent *event, const GuardContact *contact);
/* A present weakness of the machine, by guardd's key; @detail: guardd's own sentence, used where the key is not known. */
GuardMessage *guard_message_of_alarm(const char *key, const char *detail, GuardSeverity severity, const GuardContact *contact);
/* Shown instead of @n older messages that were missed. */
GuardMessage *guard_message_of_missed(guint n);
/* How an eject that a person asked for here went; @error NULL: well. */
GuardMessage *guard_message_of_eject(const char *device, const char *error);
void guard_message_free(GuardMessage *message);

/* What is known of one event, in words: a(ss), label and value; floating. */
GVariant *guard_message_details(const GuardEvent *event);

/* One line for a list: "11-26 09:12  refused  U disk (number LY-017)  why". Caller frees each. */
char *guard_message_when(const GuardEvent *event);    /* "2026-11-26 09:12:03", or "" */
char *guard_message_what(const GuardEvent *event);    /* "refused", "ejected" … */
char *guard_message_drive(const GuardEvent *event);   /* its number, name or serial */
char *guard_message_why(const GuardEvent *event);     /* one sentence, or "" */

typedef enum { GUARD_COUNTDOWN_LOCK, GUARD_COUNTDOWN_SHUTDOWN } GuardCountdownKind;
/* "The computer will be locked in 42 seconds"; @seconds left. Caller frees. */
char *guard_countdown_title(GuardCountdownKind kind, guint seconds);
/* Why, and what to do; @idle_minutes 0: not told. Caller frees. */
char *guard_countdown_body(GuardCountdownKind kind, guint idle_minutes);
/* A countdown that has begun, while there is still more time than a window should take up. */
GuardMessage *guard_message_of_countdown(GuardCountdownKind kind, guint seconds);
/* The same for a terminal, where nothing can be pressed: it names the command. */
GuardMessage *guard_message_of_countdown_line(GuardCountdownKind kind, guint seconds);

/* The level mark: the level's word and the machine's number. Caller frees. */
char *guard_message_mark(GuardLevel level, const char *host_id);

/* Text of others made harmless for a popup or window: guard_text_display(), and no < > &. Caller frees. */
char *guard_message_clean(const char *raw, gsize max);
/* "the coordination group (phone 8203)"; caller frees. */
char *guard_message_contact(const GuardContact *contact);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardMessage, guard_message_free)

G_END_DECLS
