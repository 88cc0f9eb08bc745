/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardd's end of a helper that systemd starts for it (common/guard-talk.h): the importer, or who records transfers. One
 * message is handed on at a time, and the next one is read when guardd asks for it: the helper never gets far
 * ahead of the record.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct GuardHelperLine GuardHelperLine;

/* @message: an a{sv}, the caller's; NULL: the helper is gone, which is the last word. On the main context. */
typedef void (*GuardHelperSaid)(GVariant *message, gpointer user_data);

/* Connects at @socket. NULL with GUARD_ERROR_UNREACHABLE. */
GuardHelperLine *guard_helper_line_new(const char *socket, GuardHelperSaid said, gpointer user_data, GError **error);
/* Ends the helper, too; nothing is said any more. */
void guard_helper_line_free(GuardHelperLine *line);
/* Takes @message (floating). A failure is heard as the helper being gone. */
void guard_helper_line_tell(GuardHelperLine *line, GVariant *message);
/* Reads on. */
void guard_helper_line_go_on(GuardHelperLine *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardHelperLine, guard_helper_line_free)

G_END_DECLS
