/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What can be done in the window, as one table, with the duty that it is and where it applies.
 */
#include <inttypes.h>
#include <string.h>
#include <glib/gi18n-lib.h>

#include "station/window/authority.h"
#include "station/window/computers.h"
#include "station/window/window.h"

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
PRINT(print_missing, "missing", FALSE)
PRINT(pdf_missing, "missing", TRUE)
PRINT(pdf_list, "list", TRUE)
PRINT(pdf_card, "card", TRUE)
PRINT(pdf_form, "issue-form", TRUE)

/* Where an action applies. */
static gboolean
has_drive(GuardWindow *window)
{
        return window->drive != NULL;
}

static gboolean
can_edit_drive(GuardWindow *window)
{
        return window->drive != NULL && window->drive->status != GUARD_STATUS_DESTROYED;
}

static gboolean
has_computer(GuardWindow *window)
{
        const GuardComputer *computer = guard_computers_chosen(window);

        return computer != NULL && !computer->retired;
}

static gboolean
has_secret(GuardWindow *window)
{
        return has_computer(window) && guard_computers_chosen(window)->exported_us == 0;
}

static gboolean
no_stocktake(GuardWindow *window)
{
        return !guard_stocktake_is_open(window->stocktake);
}

static gboolean
has_stocktake(GuardWindow *window)
{
        return guard_stocktake_is_open(window->stocktake);
}

static gboolean
was_stocktake(GuardWindow *window)
{
        return guard_stocktake_was_any(window->stocktake);
}

typedef struct {
        const char *name, *accel;
        GuardDuty duty;
        gboolean (*applies)(GuardWindow *window); /* NULL: always */
        Act act;
        const char *otherwise; /* why it does not apply; NULL: one sees that nothing is chosen */
} Action;

static const Action actions[] = {
        {"search", "<Control>f", GUARD_DUTY_READ, NULL, focus_search, NULL},
        {"reload", "F5", GUARD_DUTY_READ, NULL, guard_window_changed, NULL},
        {"enrol", "<Control>n", GUARD_DUTY_EDIT, NULL, guard_enrol_dialog_show, NULL},
        {"edit", "<Control>e", GUARD_DUTY_EDIT, can_edit_drive, guard_edit_dialog_show,
         N_("The entry of a destroyed drive stays as it is")},
        {"import", "<Control>o", GUARD_DUTY_EDIT, NULL, guard_files_import, NULL},
        {"export", "<Control>s", GUARD_DUTY_READ, NULL, guard_export_dialog_show, NULL},
        {"publish", "<Control>u", GUARD_DUTY_PUBLISH, NULL, guard_publish_dialog_show, NULL},
        {"verify", NULL, GUARD_DUTY_AUDIT, NULL, start_verify, NULL},
        {"roles", NULL, GUARD_DUTY_SET_UP, NULL, guard_roles_dialog_show, NULL},
        {"print-list", "<Control>p", GUARD_DUTY_READ, NULL, print_list, NULL},
        {"print-card", NULL, GUARD_DUTY_READ, has_drive, print_card, NULL},
        {"print-issue-form", NULL, GUARD_DUTY_READ, has_drive, print_form, NULL},
        {"pdf-list", NULL, GUARD_DUTY_READ, NULL, pdf_list, NULL},
        {"pdf-card", NULL, GUARD_DUTY_READ, has_drive, pdf_card, NULL},
        {"pdf-issue-form", NULL, GUARD_DUTY_READ, has_drive, pdf_form, NULL},
        {"computer-add", NULL, GUARD_DUTY_EDIT, NULL, guard_computer_add_show, NULL},
        {"computer-edit", NULL, GUARD_DUTY_EDIT, has_computer, guard_computer_edit_show,
         N_("No computer that is in use is chosen")},
        {"computer-retire", NULL, GUARD_DUTY_EDIT, has_computer, guard_computer_retire_show,
         N_("No computer that is in use is chosen")},
        {"computer-secret", NULL, GUARD_DUTY_SECRET, has_secret, guard_computer_secret_show,
         N_("Its secret was given out already; make a new one if that file is gone")},
        {"computer-renew", NULL, GUARD_DUTY_SECRET, has_computer, guard_computer_renew_show,
         N_("No computer that is in use is chosen")},
        {"stock-begin", NULL, GUARD_DUTY_EDIT, no_stocktake, guard_stocktake_begin_show,
         N_("A stock-take is going on; end it first")},
        {"stock-end", NULL, GUARD_DUTY_EDIT, has_stocktake, guard_stocktake_end_show,
         N_("No stock-take is going on; begin one first")},
        {"print-missing", NULL, GUARD_DUTY_READ, was_stocktake, print_missing, N_("There was no stock-take yet")},
        {"pdf-missing", NULL, GUARD_DUTY_READ, was_stocktake, pdf_missing, N_("There was no stock-take yet")},
};

/* Keys of the commonest steps; the others are in the menu. */
static const char *const step_accels[GUARD_N_STEPS] = {
        [GUARD_STEP_ISSUE] = "<Control>i",
        [GUARD_STEP_RETURN] = "<Control>r",
        [GUARD_STEP_LOST] = "<Control>l",
};

typedef struct {
        GuardWindow *window; /* kept alive */
        const Action *action; /* NULL: the step */
        GuardStepKind step;
} Wish;

/* What was chosen may be another by now, or nothing. */
static void
on_authorized(const char *why, gpointer data)
{
        g_autofree Wish *wish = data;
        g_autoptr(GuardWindow) window = wish->window;
        g_autoptr(GError) error = NULL;

        if (why != NULL && *why != '\0') {
                error = g_error_new_literal(GUARD_ERROR, GUARD_ERROR_DENIED, why);
                guard_widgets_error(GTK_WINDOW(window), _("You may not do this"), error);
        }
        if (why != NULL)
                return;
        if (wish->action == NULL) {
                if (window->drive != NULL)
                        guard_step_dialog_show(window, wish->step);
        } else if (wish->action->applies == NULL || wish->action->applies(window)) {
                wish->action->act(window);
        }
}

static void
on_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
        GuardWindow *window = data;
        const char *name = g_action_get_name(G_ACTION(action));
        GuardRolesMode mode = GUARD_ROLES_STRICT;
        Wish *wish = g_new0(Wish, 1);

        (void)parameter;
        wish->window = g_object_ref(window);
        for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
                if (strcmp(actions[i].name, name) == 0)
                        wish->action = &actions[i];
        }
        if (wish->action == NULL)
                guard_step_from_string(name + strlen("step-"), &wish->step);
        guard_station_get_roles(guard_desk_station(window->desk), &mode, NULL);
        guard_authority_ask(mode, wish->action != NULL ? wish->action->duty : GUARD_DUTY_EDIT, on_authorized, wish);
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
add_button(GuardWindow *window, const char *label, const char *name)
{
        GtkWidget *button = gtk_button_new_with_label(label);

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

/* Why this action cannot be started now; NULL: it can. Caller frees; "": no need to say. */
static char *
why_not(GuardWindow *window, const Action *action)
{
        char *why = NULL;

        if (!guard_desk_may(window->desk, action->duty, &why))
                return why;
        if (action->applies == NULL || action->applies(window))
                return NULL;
        return g_strdup(action->otherwise != NULL ? _(action->otherwise) : "");
}

static char *
why_not_step(GuardWindow *window, GuardStepKind kind)
{
        const char *advice = NULL;
        char *why = NULL;

        if (!guard_desk_may(window->desk, GUARD_DUTY_EDIT, &why))
                return why;
        if (window->drive == NULL)
                return g_strdup("");
        return guard_step_allowed(kind, window->drive->status, NULL, &advice) ? NULL : g_strdup(advice);
}

static void
set_state(GuardWindow *window, const char *name, const char *why)
{
        g_autofree char *full = g_strconcat("win.", name, NULL);

        enable(window, name, why == NULL);
        for (guint i = 0; window->buttons != NULL && i < window->buttons->len; i++) {
                GtkWidget *button = g_ptr_array_index(window->buttons, i);

                if (g_strcmp0(gtk_actionable_get_action_name(GTK_ACTIONABLE(button)), full) == 0)
                        gtk_widget_set_tooltip_text(button, why != NULL && *why != '\0' ? why : NULL);
        }
}

/* The gravest of what this person may not do; nothing where he may do all of the desk's work. */
static void
show_notice(GuardWindow *window)
{
        static const GuardDuty duties[] = {GUARD_DUTY_READ, GUARD_DUTY_EDIT, GUARD_DUTY_PUBLISH};
        g_autofree char *why = NULL;

        for (gsize i = 0; why == NULL && i < G_N_ELEMENTS(duties); i++)
                guard_desk_may(window->desk, duties[i], &why);
        gtk_label_set_text(window->notice, why != NULL ? why : "");
        gtk_widget_set_visible(GTK_WIDGET(window->notice), why != NULL);
}

void
guard_window_update_actions(GuardWindow *window)
{
        for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
                g_autofree char *why = why_not(window, &actions[i]);

                set_state(window, actions[i].name, why);
        }
        for (guint kind = 0; kind < GUARD_N_STEPS; kind++) {
                g_autofree char *name = g_strconcat("step-", guard_step_to_string(kind), NULL);
                g_autofree char *why = why_not_step(window, kind);

                set_state(window, name, why);
        }
        show_notice(window);
}

void
guard_window_add_actions(GuardWindow *window, GtkApplication *app)
{
        for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
                add_action(window, app, actions[i].name, actions[i].accel);
        add_button(window, guard_history_action_label("edit"), "win.edit");
        for (guint kind = 0; kind < GUARD_N_STEPS; kind++) {
                g_autofree char *name = g_strconcat("step-", guard_step_to_string(kind), NULL);
                g_autofree char *full = g_strconcat("win.", name, NULL);

                add_action(window, app, name, step_accels[kind]);
                add_button(window, guard_step_label(kind), full);
        }
}
