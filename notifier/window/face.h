/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The windows of guard-notifier: each is built once and given a dictionary as often as there is news. They know
 * no bus and no guardd; what is pressed is said on standard output.
 */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct {
        const char *kind;
        void (*update)(GVariant *content); /* a{sv}; builds at the first time */
} GuardFace;

extern const GuardFace guard_face_details, guard_face_history, guard_face_countdown, guard_face_mark, guard_face_ask;

/* Before GTK begins: which displays the mark may be on. After it: TRUE where the other one would be better, and the
 * program is to begin anew with it. */
void guard_mark_choose_display(void);
gboolean guard_mark_wants_x11(void);

/* One line on standard output. */
void guard_face_say(const char *line);
/* Ends the program: the window was closed. */
void guard_face_quit(void);

/* Small helpers. Strings of @content are borrowed; "" where there is none. */
const char *guard_face_text(GVariant *content, const char *key);
guint guard_face_number(GVariant *content, const char *key, guint otherwise);
/* A label that wraps, is no wider than @chars, and takes no markup. @css: a class of face.css. */
GtkWidget *guard_face_label(const char *css, int chars);
GtkWidget *guard_face_button(const char *label, GCallback pressed, gpointer user_data);
/* A top-level window with a box in it; Escape and the close button call guard_face_quit(). */
GtkWidget *guard_face_window(const char *title, GtkWidget **box);

G_END_DECLS
