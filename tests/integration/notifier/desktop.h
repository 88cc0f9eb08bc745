/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A session as the agent meets it: a bus of its own, on it a notification server that can do what the test says
 * and remembers what it showed, and a window program that writes down what it was given.
 */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
        guint32 id, replaces;
        char *title, *body, **actions;
        guchar urgency;
        gint32 timeout;
} Popup;

typedef struct {
        GTestDBus *bus;
        GDBusConnection *server, *agent; /* the server's line to the bus, the agent's */
        const char *const *capabilities;
        GPtrArray *popups; /* of Popup, in the order of Notify */
        GArray *closed;    /* of guint32, by CloseNotification */
        guint object, name;
        char *folder, *window_program, *window_log, *window_says;
} Desktop;

void desktop_start(Desktop *desktop, gboolean with_server);
void desktop_start_server(Desktop *desktop);
void desktop_stop_server(Desktop *desktop);
void desktop_stop(Desktop *desktop);
/* Runs the main loop until there are @n popups; the last one. */
const Popup *desktop_wait_popup(Desktop *desktop, guint n);
/* What the server has answered has arrived at the agent. */
void desktop_settle(Desktop *desktop);
void desktop_press(Desktop *desktop, guint32 id, const char *action);
void desktop_close(Desktop *desktop, guint32 id, guint32 how);
/* Until the window program was given something with @text in it. */
void desktop_wait_window(Desktop *desktop, const char *text);

G_END_DECLS
