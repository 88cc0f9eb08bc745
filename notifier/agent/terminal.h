/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages as lines on the terminal of a session without a desktop. Never waits: a terminal that is held
 * (Ctrl+S) gets them when it goes on. What is told is not decided here.
 */
#pragma once
#include "notifier/text/message.h"

G_BEGIN_DECLS

typedef struct GuardTerminal GuardTerminal;

/* @fd stays the caller's. @gone (may be NULL) is called once, from the main loop, when nothing can be written any more. */
GuardTerminal *guard_terminal_new(int fd, void (*gone)(gpointer user_data), gpointer user_data);
void guard_terminal_free(GuardTerminal *terminal);
void guard_terminal_say(GuardTerminal *terminal, const GuardMessage *message);
/* A bell, the title, and the body in lines of at most @columns cells. Caller frees. */
char *guard_terminal_text(const GuardMessage *message, guint columns);
/* Is @fd a console of the machine itself, whose font knows no Chinese? */
gboolean guard_terminal_is_console(int fd);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardTerminal, guard_terminal_free)

G_END_DECLS
