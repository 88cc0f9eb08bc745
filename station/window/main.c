/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-station's entry: locale, command line, one window.
 */
#include <locale.h>
#include <glib/gi18n-lib.h>

#include "station/window/window.h"

typedef struct {
        char *dir;
} Options;

static char *
place_of(const Options *options)
{
        if (options->dir != NULL)
                return g_strdup(options->dir);
        return g_build_filename(g_get_user_data_dir(), "baomi-guard", "station", NULL);
}

static GuardWindow *
show_window(GtkApplication *app, Options *options)
{
        GtkWindow *window = gtk_application_get_active_window(app);
        g_autofree char *place = NULL;
        g_autoptr(GError) error = NULL;
        GuardDesk *desk;

        if (window == NULL) {
                place = place_of(options);
                desk = guard_desk_new(place, TRUE, &error);
                if (desk == NULL) {
                        guard_widgets_error(NULL, _("The register cannot be opened"), error);
                        window = GTK_WINDOW(g_list_last(gtk_window_list_toplevels())->data);
                        gtk_window_set_application(window, app);
                        return NULL;
                }
                window = GTK_WINDOW(guard_window_new(app, desk));
        }
        gtk_window_present(window);
        return GUARD_IS_WINDOW(window) ? GUARD_WINDOW(window) : NULL;
}

static void
on_activate(GtkApplication *app, gpointer options)
{
        show_window(app, options);
}

static void
on_open(GtkApplication *app, GFile **files, int n, const char *hint, gpointer options)
{
        GuardWindow *window = show_window(app, options);
        g_autofree char *path = n > 0 ? g_file_get_path(files[0]) : NULL;

        (void)hint;
        if (window != NULL && path != NULL && guard_desk_may(window->desk, GUARD_DUTY_EDIT, NULL))
                guard_import_dialog_show(window, path);
}

static void
on_quit(GSimpleAction *action, GVariant *parameter, gpointer app)
{
        GtkWindow *window = gtk_application_get_active_window(app);

        (void)action;
        (void)parameter;
        if (window != NULL)
                gtk_window_close(window);
}

int
main(int argc, char **argv)
{
        Options options = {0};
        const GOptionEntry entries[] = {
                {"dir", 0, 0, G_OPTION_ARG_FILENAME, &options.dir, N_("The register's directory"), N_("DIR")},
                {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
        };
        static const GActionEntry app_actions[] = {{"quit", on_quit, NULL, NULL, NULL, {0}}};
        const char *const quit[] = {"<Control>q", NULL};
        g_autoptr(GtkApplication) app = NULL;
        int status;

        setlocale(LC_ALL, "");
        bindtextdomain(GETTEXT_PACKAGE, GUARD_LOCALE_DIR);
        bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
        textdomain(GETTEXT_PACKAGE);
        g_set_application_name(_("Register of removable media"));
        /* two windows on two books are fine, so each is a program of its own */
        app = gtk_application_new("org.baomiguard.Station", G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
        g_application_add_main_option_entries(G_APPLICATION(app), entries);
        g_application_set_option_context_parameter_string(G_APPLICATION(app), _("[SPREADSHEET.csv]"));
        g_action_map_add_action_entries(G_ACTION_MAP(app), app_actions, G_N_ELEMENTS(app_actions), app);
        gtk_application_set_accels_for_action(app, "app.quit", quit);
        g_signal_connect(app, "activate", G_CALLBACK(on_activate), &options);
        g_signal_connect(app, "open", G_CALLBACK(on_open), &options);
        status = g_application_run(G_APPLICATION(app), argc, argv);
        g_free(options.dir);
        return status;
}
