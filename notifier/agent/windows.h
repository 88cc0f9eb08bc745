/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Windows are a program of their own that is run only while one is open: the agent stays small, and a toolkit
 * that hangs or crashes takes no message along. It is told what to show on its input, a dictionary a line, and
 * says on its output, a line each, what was pressed.
 */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct GuardWindow GuardWindow;

typedef struct {
        void (*said)(GuardWindow *window, const char *line, gpointer user_data);
        void (*closed)(GuardWindow *window, gpointer user_data); /* by itself; guard_window_free() is left to do */
} GuardWindowHandlers;

/* @kind: details, history, countdown, mark. @content: a{sv}, consumed when floating. NULL and @error: it cannot be run. */
GuardWindow *guard_window_open(const char *program, const char *kind, GVariant *content, const GuardWindowHandlers *handlers,
                               gpointer user_data, GError **error);
void guard_window_update(GuardWindow *window, GVariant *content);
void guard_window_free(GuardWindow *window); /* closes it */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardWindow, guard_window_free)

G_END_DECLS
