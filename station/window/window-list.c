/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The list of drives: its columns, its filters, and the one job that asks the book again. While one
 * question runs another waits, never more.
 */
#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "station/window/window.h"
#include "station/window/words.h"

#define HOLDERS_MAX 2000

enum { ANY, OVERDUE, NOT_SEEN }; /* of the drop-down */

typedef struct {
        GuardDriveQuery query;
        char *text, *holder, *today;
} Question;

static void
question_free(gpointer data)
{
        Question *question = data;

        g_free(question->text);
        g_free(question->holder);
        g_free(question->today);
        g_free(question);
}

static gpointer
ask(GuardStation *station, gpointer input, GuardProgress progress, gpointer data, GError **error)
{
        (void)progress;
        (void)data;
        return guard_station_may(station, guard_roles_of_process(), GUARD_DUTY_READ, error)
                       ? guard_station_query(station, &((Question *)input)->query, error)
                       : NULL;
}

static void
free_view(gpointer view)
{
        guard_drive_view_free(view);
}

/* The drive of the details is the one that is selected: a step may not be taken with another one than it seems. */
static void
select_shown(GuardWindow *window, const GuardDriveView *view)
{
        GuardStation *station = guard_desk_station(window->desk);
        guint position = window->drive != NULL ? guard_drive_view_find(station, view, window->drive->media_id) : G_MAXUINT;
        GuardDriveItem *item;

        if (position == G_MAXUINT) {
                item = gtk_single_selection_get_selected_item(window->selection);
                guard_window_show_drive(window, item != NULL ? guard_drive_item_get(item)->media_id : NULL);
        } else if (position != gtk_single_selection_get_selected(window->selection)) {
                gtk_single_selection_set_selected(window->selection, position);
                gtk_widget_activate_action(gtk_widget_get_last_child(GTK_WIDGET(window->list)), "list.scroll-to-item", "u",
                                           position);
        }
}

static void
on_answer(GObject *source, GAsyncResult *result, gpointer data)
{
        GuardWindow *window = GUARD_WINDOW(source);
        g_autoptr(GError) error = NULL;
        GuardDriveView *view = guard_desk_finish(result, &error);
        g_autofree char *count = NULL;

        (void)data;
        window->loading = FALSE;
        if (window->again) {
                window->again = FALSE;
                guard_drive_view_free(view);
                guard_window_reload(window);
                return;
        }
        if (view == NULL) {
                guard_drive_model_set_view(window->model, NULL);
                gtk_label_set_text(window->count, "");
                if (!g_error_matches(error, GUARD_ERROR, GUARD_ERROR_DENIED)) /* which the notice says */
                        guard_widgets_error(GTK_WINDOW(window), _("The list cannot be read"), error);
                return;
        }
        window->quiet = TRUE;
        guard_drive_model_set_view(window->model, view);
        select_shown(window, view);
        window->quiet = FALSE;
        count = g_strdup_printf(ngettext("%u drive", "%u drives", guard_drive_view_count(view)),
                                guard_drive_view_count(view));
        gtk_label_set_text(window->count, count);
}

static void
ask_attention(GuardWindow *window, Question *question)
{
        g_autoptr(GDateTime) now = g_date_time_new_now_local();

        switch (gtk_drop_down_get_selected(window->attention)) {
        case OVERDUE:
                question->today = g_date_time_format(now, "%Y-%m-%d");
                question->query.overdue_on = question->today;
                break;
        case NOT_SEEN:
                question->query.not_seen_since_us =
                        g_get_real_time() - gtk_spin_button_get_value_as_int(window->days) * G_TIME_SPAN_DAY;
                break;
        default: break;
        }
}

void
guard_window_reload(GuardWindow *window)
{
        Question *question;
        guint level = gtk_drop_down_get_selected(window->level);
        guint status = gtk_drop_down_get_selected(window->status);
        guint holder = gtk_drop_down_get_selected(window->holder);
        GObject *name = holder > 0 ? gtk_drop_down_get_selected_item(window->holder) : NULL;

        if (window->loading) {
                window->again = TRUE;
                return;
        }
        window->loading = TRUE;
        question = g_new0(Question, 1);
        question->text = guard_widgets_text(GTK_EDITABLE(window->search));
        question->query.text = question->text;
        if (level > 0 && level != GTK_INVALID_LIST_POSITION)
                question->query.levels = 1u << (level - 1);
        if (status > 0 && status != GTK_INVALID_LIST_POSITION)
                question->query.statuses = 1u << (status - 1);
        if (name != NULL)
                question->holder = g_strdup(gtk_string_object_get_string(GTK_STRING_OBJECT(name)));
        question->query.holder = question->holder;
        ask_attention(window, question);
        question->query.collator = guard_desk_collator(window->desk);
        question->query.sort = window->sort;
        question->query.descending = window->descending;
        guard_desk_run(window->desk, _("Reading the register …"), ask, question, question_free,
                       free_view, window, on_answer, NULL);
}

static gpointer
list_holders(GuardStation *station, gpointer input, GuardProgress progress, gpointer data, GError **error)
{
        (void)input;
        (void)progress;
        (void)data;
        if (!guard_station_may(station, guard_roles_of_process(), GUARD_DUTY_READ, error))
                return NULL;
        return guard_station_values(station, GUARD_FIELD_HOLDER, HOLDERS_MAX, error);
}

static void
free_strings(gpointer strings)
{
        g_strfreev(strings);
}

static void
on_holders(GObject *source, GAsyncResult *result, gpointer data)
{
        GuardWindow *window = GUARD_WINDOW(source);
        g_auto(GStrv) names = guard_desk_finish(result, NULL);
        g_autoptr(GtkStringList) list = gtk_string_list_new(NULL);
        guint selected = gtk_drop_down_get_selected(window->holder), n = 0;
        GObject *was = selected > 0 ? gtk_drop_down_get_selected_item(window->holder) : NULL;
        g_autofree char *name =
                was != NULL ? g_strdup(gtk_string_object_get_string(GTK_STRING_OBJECT(was))) : NULL;

        (void)data;
        gtk_string_list_append(list, _("Any holder"));
        for (guint i = 0; names != NULL && names[i] != NULL; i++) {
                gtk_string_list_append(list, names[i]);
                if (g_strcmp0(names[i], name) == 0)
                        n = i + 1;
        }
        window->quiet = TRUE;
        gtk_drop_down_set_model(window->holder, G_LIST_MODEL(list));
        gtk_drop_down_set_selected(window->holder, n);
        window->quiet = FALSE;
        if (name != NULL && n == 0) /* nobody of that name has one any more */
                guard_window_reload(window);
}

void
guard_window_changed(GuardWindow *window)
{
        g_autofree char *media_id = window->drive != NULL ? g_strdup(window->drive->media_id) : NULL;

        guard_window_reload(window);
        guard_desk_run(window->desk, _("Reading the register …"), list_holders, NULL, NULL, free_strings,
                       window, on_holders, NULL);
        guard_window_show_drive(window, media_id);
        guard_window_reload_page(window);
}

static void
on_filter(GuardWindow *window)
{
        if (!window->quiet)
                guard_window_reload(window);
}

/* GTK tells which column sorts only by sorting with it: two things that it compares, once, say so. */
static int
probe(gconstpointer a, gconstpointer b, gpointer column)
{
        (void)a;
        (void)b;
        GUARD_WINDOW(g_object_get_data(column, "window"))->sort =
                GPOINTER_TO_UINT(g_object_get_data(column, "sort"));
        return GTK_ORDERING_SMALLER;
}

static void
on_sorter_changed(GuardWindow *window, guint change, GtkSorter *sorter)
{
        g_autoptr(GObject) one = g_object_new(G_TYPE_OBJECT, NULL), other = g_object_new(G_TYPE_OBJECT, NULL);

        (void)change;
        window->sort = GUARD_SORT_MEDIA_ID;
        window->descending = gtk_sorter_compare(sorter, one, other) == GTK_ORDERING_LARGER;
        guard_window_reload(window);
}

static void
bind_cell(GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer sort)
{
        const GuardDrive *drive = guard_drive_item_get(gtk_list_item_get_item(cell));
        g_autofree char *text = guard_words_cell(GPOINTER_TO_UINT(sort), drive);

        (void)factory;
        guard_widgets_set_cell(cell, text);
}

static void
add_column(GuardWindow *window, GuardSort sort, int width)
{
        GtkColumnViewColumn *column = guard_widgets_add_column(window->list, guard_words_title(sort), width,
                                                               G_CALLBACK(bind_cell), GUINT_TO_POINTER(sort));
        g_autoptr(GtkSorter) sorter = NULL;

        g_object_set_data(G_OBJECT(column), "window", window);
        g_object_set_data(G_OBJECT(column), "sort", GUINT_TO_POINTER(sort));
        sorter = GTK_SORTER(gtk_custom_sorter_new(probe, column, NULL));
        gtk_column_view_column_set_sorter(column, sorter);
        window->columns[sort] = column;
}

static void
on_selected(GuardWindow *window)
{
        GuardDriveItem *item = gtk_single_selection_get_selected_item(window->selection);

        if (!window->quiet)
                guard_window_show_drive(window, item != NULL ? guard_drive_item_get(item)->media_id : NULL);
}

static void
on_attention(GuardWindow *window)
{
        gtk_widget_set_visible(GTK_WIDGET(window->days), gtk_drop_down_get_selected(window->attention) == NOT_SEEN);
        on_filter(window);
}

static void
fill_attention(GuardWindow *window)
{
        g_autoptr(GtkStringList) words = gtk_string_list_new(NULL);

        gtk_string_list_append(words, _("Whenever seen"));
        gtk_string_list_append(words, _("Overdue"));
        gtk_string_list_append(words, _("Not seen for … days"));
        gtk_drop_down_set_model(window->attention, G_LIST_MODEL(words));
        guard_widgets_set_accessible(window->attention, _("What needs attention"));
        guard_widgets_set_accessible(window->days, _("Days"));
        g_signal_connect_object(window->attention, "notify::selected", G_CALLBACK(on_attention), window,
                                G_CONNECT_SWAPPED);
        g_signal_connect_object(window->days, "value-changed", G_CALLBACK(on_filter), window, G_CONNECT_SWAPPED);
}

static void
fill_filters(GuardWindow *window)
{
        g_autoptr(GtkStringList) levels = gtk_string_list_new(NULL), statuses = gtk_string_list_new(NULL),
                                 holders = gtk_string_list_new(NULL);
        g_autoptr(GtkExpression) text =
                gtk_property_expression_new(GTK_TYPE_STRING_OBJECT, NULL, "string");

        gtk_string_list_append(levels, _("Any level"));
        for (guint i = GUARD_LEVEL_NONE; i <= GUARD_LEVEL_TOP_SECRET; i++)
                gtk_string_list_append(levels, guard_level_label((GuardLevel)i));
        gtk_string_list_append(statuses, _("Any status"));
        for (guint i = 0; i < GUARD_N_STATUSES; i++)
                gtk_string_list_append(statuses, guard_status_label(i));
        gtk_string_list_append(holders, _("Any holder"));
        gtk_drop_down_set_model(window->level, G_LIST_MODEL(levels));
        gtk_drop_down_set_model(window->status, G_LIST_MODEL(statuses));
        gtk_drop_down_set_model(window->holder, G_LIST_MODEL(holders));
        gtk_drop_down_set_expression(window->holder, text);
        gtk_drop_down_set_enable_search(window->holder, TRUE);
        guard_widgets_set_accessible(window->level, _("Level"));
        guard_widgets_set_accessible(window->status, _("Status"));
        guard_widgets_set_accessible(window->holder, _("Holder"));
        guard_widgets_set_accessible(window->search, _("Search"));
        guard_widgets_set_accessible(window->list, _("List of drives"));
}

/* Enter: what is done most with such a drive. */
static void
on_row_activated(GuardWindow *window)
{
        gboolean in = window->drive != NULL &&
                      guard_step_allowed(GUARD_STEP_ISSUE, window->drive->status, NULL, NULL);

        gtk_widget_activate_action(GTK_WIDGET(window), in ? "win.step-issue" : "win.step-return", NULL);
}

/* In the list only: in an entry Delete deletes a letter. */
static void
add_keys(GuardWindow *window)
{
        GtkEventController *keys = gtk_shortcut_controller_new();

        gtk_shortcut_controller_add_shortcut(
                GTK_SHORTCUT_CONTROLLER(keys),
                gtk_shortcut_new(gtk_keyval_trigger_new(GDK_KEY_Delete, 0), gtk_named_action_new("win.step-retire")));
        gtk_widget_add_controller(GTK_WIDGET(window->list), keys);
        g_signal_connect_object(window->list, "activate", G_CALLBACK(on_row_activated), window, G_CONNECT_SWAPPED);
}

void
guard_window_list_init(GuardWindow *window)
{
        static const struct {
                GuardSort sort;
                int width;
        } columns[] = {
                {GUARD_SORT_MEDIA_ID, 120}, {GUARD_SORT_NAME, 140},   {GUARD_SORT_LEVEL, 70},
                {GUARD_SORT_STATUS, 90},    {GUARD_SORT_HOLDER, 90},  {GUARD_SORT_CUSTODIAN, 90},
                {GUARD_SORT_DEPARTMENT, 110}, {GUARD_SORT_MODEL, 150}, {GUARD_SORT_IN_USE_DATE, 100},
                {GUARD_SORT_DUE_DATE, 100}, {GUARD_SORT_SEEN, 140},
        };
        GtkSorter *sorter;

        window->model = guard_drive_model_new(guard_desk_station(window->desk));
        window->selection = gtk_single_selection_new(G_LIST_MODEL(g_object_ref(window->model)));
        for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
                add_column(window, columns[i].sort, columns[i].width);
        gtk_column_view_set_model(window->list, GTK_SELECTION_MODEL(window->selection));
        fill_filters(window);
        fill_attention(window);
        add_keys(window);
        sorter = gtk_column_view_get_sorter(window->list);
        g_signal_connect_object(sorter, "changed", G_CALLBACK(on_sorter_changed), window, G_CONNECT_SWAPPED);
        g_signal_connect_object(window->selection, "notify::selected-item", G_CALLBACK(on_selected), window,
                                G_CONNECT_SWAPPED);
        g_signal_connect_object(window->search, "search-changed", G_CALLBACK(on_filter), window, G_CONNECT_SWAPPED);
        g_signal_connect_object(window->level, "notify::selected", G_CALLBACK(on_filter), window, G_CONNECT_SWAPPED);
        g_signal_connect_object(window->status, "notify::selected", G_CALLBACK(on_filter), window, G_CONNECT_SWAPPED);
        g_signal_connect_object(window->holder, "notify::selected", G_CALLBACK(on_filter), window, G_CONNECT_SWAPPED);
}
