/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-notifier-window KIND: one window, fed line by line; it ends with its input.
 */
#include <errno.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>
#include "common/guard-names.h"
#include "notifier/window/face.h"

static const GuardFace *const faces[] = {&guard_face_details, &guard_face_history, &guard_face_countdown, &guard_face_mark, &guard_face_ask};

static const char css[] =
        ".guard-title { font-size: 150%; font-weight: bold; }"
        ".guard-huge { font-size: 240%; font-weight: bold; }"
        ".guard-body { font-size: 120%; }"
        ".guard-quiet { opacity: 0.7; }"
        ".guard-critical { color: #c01c28; }"
        ".guard-mark { font-weight: bold; color: #ffffff; background-color: #1c6b3c; padding: 2px 10px; }"
        ".guard-mark-classified { background-color: #b3121d; }";

void
guard_face_say(const char *line)
{
        puts(line);
        fflush(stdout);
}

void
guard_face_quit(void)
{
        gtk_main_quit();
}

static void read_line(GDataInputStream *lines, const GuardFace *face);

static void
on_line(GObject *source, GAsyncResult *result, gpointer user_data)
{
        g_autofree char *line = g_data_input_stream_read_line_finish_utf8(G_DATA_INPUT_STREAM(source), result, NULL, NULL);
        g_autoptr(GVariant) content = NULL;
        const GuardFace *face = user_data;

        if (!line) { /* the agent is gone, or wants us gone */
                guard_face_quit();
                return;
        }
        content = g_variant_parse(G_VARIANT_TYPE_VARDICT, line, NULL, NULL, NULL);
        if (content)
                face->update(content);
        read_line(G_DATA_INPUT_STREAM(source), face);
}

static void
read_line(GDataInputStream *lines, const GuardFace *face)
{
        g_data_input_stream_read_line_async(lines, G_PRIORITY_DEFAULT, NULL, on_line, (gpointer)(guintptr)face);
}

static const GuardFace *
find_face(const char *kind)
{
        for (gsize i = 0; i < G_N_ELEMENTS(faces); i++)
                if (g_strcmp0(faces[i]->kind, kind) == 0)
                        return faces[i];
        return NULL;
}

static void
load_css(void)
{
        g_autoptr(GtkCssProvider) provider = gtk_css_provider_new();

        gtk_css_provider_load_from_data(provider, css, -1, NULL);
        gtk_style_context_add_provider_for_screen(gdk_screen_get_default(), GTK_STYLE_PROVIDER(provider), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

int
main(int argc, char **argv)
{
        const GuardFace *face = find_face(argc == 2 ? argv[1] : NULL);
        g_autoptr(GInputStream) input = NULL;
        g_autoptr(GDataInputStream) lines = NULL;

        setlocale(LC_ALL, "");
        bindtextdomain(GETTEXT_PACKAGE, GUARD_LOCALE_DIR);
        bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
        textdomain(GETTEXT_PACKAGE);
        if (!face) {
                fprintf(stderr, "guard-notifier-window: run by guard-notifier, with the kind of window\n");
                return 2;
        }
        if (face == &guard_face_mark)
                guard_mark_choose_display();
        g_set_prgname("guard-notifier");
        if (!gtk_init_check(NULL, NULL)) {
                fprintf(stderr, "guard-notifier-window: there is no display\n");
                return 1;
        }
        if (face == &guard_face_mark && guard_mark_wants_x11() && g_setenv("GDK_BACKEND", "x11", TRUE)) {
                execv("/proc/self/exe", argv);
                fprintf(stderr, "guard-notifier-window: %s\n", g_strerror(errno));
        }
        load_css();
        input = g_unix_input_stream_new(STDIN_FILENO, FALSE);
        lines = g_data_input_stream_new(input);
        read_line(lines, face);
        gtk_main();
        return 0;
}
