/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The window: what can be done in it, as one table, with the role that it needs.
 */
#include <inttypes.h>
#include <string.h>
#include <glib/gi18n-lib.h>

#include "station/window/window.h"

#define WATCH_SECONDS 3 /* somebody else may change the book */

G_DEFINE_TYPE(GuardWindow, guard_window, GTK_TYPE_APPLICATION_WINDOW)

typedef void (*Act)(GuardWindow *window);

static void
focus_search(GuardWindow *window)
{
        gtk_widget_grab_focus(GTK_WIDGET(window->search));
}

static gpointer
verify(GuardStation *station, gpointer input, GuardProgress progress, gpointer data, GError **error)
{
        g_autofree guint64 *records = g_new0(guint64, 1);

        (void)input;
        (void)progress;
        (void)data;
        return guard_station_verify(station, records, error) ? g_steal_pointer(&records) : NULL;
}

static void
on_verified(GObject *source, GAsyncResult *result, gpointer data)
{
        g_autoptr(GError) error = NULL;
        g_autofree guint64 *records = guard_desk_finish(result, &error);
        GtkWidget *dialog;

        (void)data;
        if (records == NULL) {
                guard_widgets_error(GTK_WINDOW(source), _("The history is not whole"), error);
                return;
        }
        dialog = gtk_message_dialog_new(GTK_WINDOW(source), GTK_DIALOG_MODAL, GTK_MESSAGE_INFO, GTK_BUTTONS_CLOSE,
                                        _("The history is whole: %" PRIu64 " records, none missing or altered."),
                                        *records);
        g_signal_connect(dialog, "response", G_CALLBACK(gtk_window_destroy), NULL);
        gtk_window_present(GTK_WINDOW(dialog));
}

static void
start_verify(GuardWindow *window)
{
        guard_desk_run(window->desk, _("Verifying the history …"), verify, NULL, NULL, g_free, window, on_verified, NULL);
}

#define PRINT(name, what, pdf)                                                                                         \
        static void name(GuardWindow *window)                                                                          \
        {                                                                                                              \
                guard_print(window, what, pdf);                                                                        \
        }
PRINT(print_list, "list", FALSE)
PRINT(print_card, "card", FALSE)
PRINT(print_form, "issue-form", FALSE)
PRINT(pdf_list, "list", TRUE)
PRINT(pdf_card, "card", TRUE)
PRINT(pdf_form, "issue-form", TRUE)

static const struct {
        const char *name, *accel;
        GuardDuty duty;
        gboolean of_drive;
        Act act;
} actions[] = {
        {"search", "<Control>f", GUARD_DUTY_READ, FALSE, focus_search},
        {"reload", "F5", GUARD_DUTY_READ, FALSE, guard_window_changed},
        {"enrol", "<Control>n", GUARD_DUTY_EDIT, FALSE, guard_enrol_dialog_show},
        {"import", "<Control>o", GUARD_DUTY_EDIT, FALSE, guard_files_import},
        {"export", "<Control>s", GUARD_DUTY_READ, FALSE, guard_files_export},
        {"publish", "<Control>u", GUARD_DUTY_PUBLISH, FALSE, guard_publish_dialog_show},
        {"verify", NULL, GUARD_DUTY_AUDIT, FALSE, start_verify},
        {"print-list", "<Control>p", GUARD_DUTY_READ, FALSE, print_list},
        {"print-card", NULL, GUARD_DUTY_READ, TRUE, print_card},
        {"print-issue-form", NULL, GUARD_DUTY_READ, TRUE, print_form},
        {"pdf-list", NULL, GUARD_DUTY_READ, FALSE, pdf_list},
        {"pdf-card", NULL, GUARD_DUTY_READ, TRUE, pdf_card},
        {"pdf-issue-form", NULL, GUARD_DUTY_READ, TRUE, pdf_form},
};

/* Keys of the commonest steps; the others are in the menu. */
static const char *const step_accels[GUARD_N_STEPS] = {
        [GUARD_STEP_ISSUE] = "<Control>i",
        [GUARD_STEP_RETURN] = "<Control>r",
        [GUARD_STEP_LOST] = "<Control>l",
};

static void
on_action(GSimpleAction *action, GVariant *parameter, gpointer window)
{
        const char *name = g_action_get_name(G_ACTION(action));
        GuardStepKind kind;

        (void)parameter;
        if (g_str_has_prefix(name, "step-") && guard_step_from_string(name + strlen("step-"), &kind)) {
                guard_step_dialog_show(window, kind);
                return;
        }
        for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
                if (strcmp(actions[i].name, name) == 0)
                        actions[i].act(window);
        }
}

static void
add_action(GuardWindow *window, GtkApplication *app, const char *name, const char *accel)
{
        g_autoptr(GSimpleAction) action = g_simple_action_new(name, NULL);
        g_autofree char *full = g_strconcat("win.", name, NULL);
        const char *const accels[] = {accel, NULL};

        g_signal_connect(action, "activate", G_CALLBACK(on_action), window);
        g_action_map_add_action(G_ACTION_MAP(window), G_ACTION(action));
        if (accel != NULL)
                gtk_application_set_accels_for_action(app, full, accels);
}

static void
add_step_button(GuardWindow *window, GuardStepKind kind)
{
        GtkWidget *button = gtk_button_new_with_label(guard_step_label(kind));
        g_autofree char *name = g_strconcat("win.step-", guard_step_to_string(kind), NULL);

        gtk_actionable_set_action_name(GTK_ACTIONABLE(button), name);
        gtk_flow_box_append(window->steps, button);
        gtk_widget_set_focusable(gtk_widget_get_parent(button), FALSE);
}

static void
enable(GuardWindow *window, const char *name, gboolean enabled)
{
        GAction *action = g_action_map_lookup_action(G_ACTION_MAP(window), name);

        g_simple_action_set_enabled(G_SIMPLE_ACTION(action), enabled);
}

void
guard_window_update_actions(GuardWindow *window)
{
        g_autofree char *no_edit = NULL, *no_publish = NULL;
        gboolean edit = guard_desk_may(window->desk, GUARD_DUTY_EDIT, &no_edit);
        gboolean publish = guard_desk_may(window->desk, GUARD_DUTY_PUBLISH, &no_publish);
        GtkWidget *child = gtk_widget_get_first_child(GTK_WIDGET(window->steps));

        for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
                enable(window, actions[i].name,
                       guard_desk_may(window->desk, actions[i].duty, NULL) &&
                               (!actions[i].of_drive || window->drive != NULL));
        for (guint kind = 0; kind < GUARD_N_STEPS; kind++) {
                g_autofree char *name = g_strconcat("step-", guard_step_to_string(kind), NULL);
                const char *advice = NULL;
                gboolean may = edit && window->drive != NULL &&
                               guard_step_allowed(kind, window->drive->status, NULL, &advice);

                enable(window, name, may);
                if (child != NULL) {
                        gtk_widget_set_tooltip_text(child, may ? NULL : no_edit != NULL ? no_edit : advice);
                        child = gtk_widget_get_next_sibling(child);
                }
        }
        gtk_label_set_text(window->notice, !edit ? no_edit : !publish ? no_publish : "");
        gtk_widget_set_visible(GTK_WIDGET(window->notice), !edit || !publish);
}

static void
on_progress(const char *what, double fraction, gpointer data)
{
        GuardWindow *window = data;

        gtk_widget_set_visible(GTK_WIDGET(window->bar), what != NULL);
        if (what == NULL)
                return;
        gtk_progress_bar_set_text(window->bar, what);
        if (fraction < 0)
                gtk_progress_bar_pulse(window->bar);
        else
                gtk_progress_bar_set_fraction(window->bar, fraction);
}

static gboolean
on_watch(gpointer data)
{
        GuardWindow *window = data;
        guint64 version = guard_station_version(guard_desk_station(window->desk));

        if (version != window->version && window->version != 0)
                guard_window_changed(window);
        window->version = version;
        return G_SOURCE_CONTINUE;
}

/* A job has the window until it is over. */
static gboolean
on_close(GtkWindow *self)
{
        return guard_desk_busy(GUARD_WINDOW(self)->desk);
}

static void
guard_window_dispose(GObject *object)
{
        GuardWindow *window = GUARD_WINDOW(object);

        g_clear_handle_id(&window->watch, g_source_remove);
        G_OBJECT_CLASS(guard_window_parent_class)->dispose(object);
}

static void
guard_window_finalize(GObject *object)
{
        GuardWindow *window = GUARD_WINDOW(object);

        g_clear_object(&window->selection);
        g_clear_object(&window->model);
        guard_drive_free(window->drive);
        guard_desk_free(window->desk);
        G_OBJECT_CLASS(guard_window_parent_class)->finalize(object);
}

#define BIND(name) gtk_widget_class_bind_template_child(GTK_WIDGET_CLASS(klass), GuardWindow, name)

static void
guard_window_class_init(GuardWindowClass *klass)
{
        G_OBJECT_CLASS(klass)->dispose = guard_window_dispose;
        G_OBJECT_CLASS(klass)->finalize = guard_window_finalize;
        GTK_WINDOW_CLASS(klass)->close_request = on_close;
        gtk_widget_class_set_template_from_resource(GTK_WIDGET_CLASS(klass), "/org/baomiguard/Station/ui/window.ui");
        BIND(list);
        BIND(search);
        BIND(level);
        BIND(status);
        BIND(holder);
        BIND(notice);
        BIND(count);
        BIND(heading);
        BIND(fields);
        BIND(history);
        BIND(steps);
        BIND(details);
        BIND(bar);
}

static void
guard_window_init(GuardWindow *window)
{
        gtk_widget_init_template(GTK_WIDGET(window));
}

GuardWindow *
guard_window_new(GtkApplication *app, GuardDesk *desk)
{
        GuardWindow *window = g_object_new(GUARD_TYPE_WINDOW, "application", app, NULL);

        window->desk = desk;
        guard_desk_set_progress(desk, on_progress, window);
        for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
                add_action(window, app, actions[i].name, actions[i].accel);
        for (guint kind = 0; kind < GUARD_N_STEPS; kind++) {
                g_autofree char *name = g_strconcat("step-", guard_step_to_string(kind), NULL);

                add_action(window, app, name, step_accels[kind]);
                add_step_button(window, kind);
        }
        guard_window_list_init(window);
        guard_window_changed(window);
        window->version = guard_station_version(guard_desk_station(desk));
        window->watch = g_timeout_add_seconds(WATCH_SECONDS, on_watch, window);
        return window;
}
