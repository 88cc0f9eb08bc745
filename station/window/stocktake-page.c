/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The yearly stock-take (盘点): begun, drives ticked off by number, by serial number (typed or
 * scanned) or by plugging them in, what is missing in a list, ended.
 */
#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "station/stocktake.h"
#include "station/window/form.h"
#include "station/window/media-watch.h"
#include "station/window/words.h"

struct GuardStocktakePage {
        GuardWindow *window;
        GtkWidget *page, *tick, *ok;
        GtkLabel *state_label, *said;
        GtkEditable *number;
        GtkCheckButton *plugged;
        GuardDriveModel *model;
        GuardStocktake state;
        GuardMediaWatch *watch; /* while the page is shown */
        GHashTable *done;       /* devices that are plugged in and were looked at */
        gboolean loading, again;
};

static const GuardSort columns[] = {GUARD_SORT_MEDIA_ID, GUARD_SORT_NAME,      GUARD_SORT_LEVEL,      GUARD_SORT_STATUS,
                                    GUARD_SORT_HOLDER,   GUARD_SORT_CUSTODIAN, GUARD_SORT_DEPARTMENT, GUARD_SORT_SEEN};

typedef struct {
        GuardStocktake state;
        GuardDriveView *view;
} Answer;

static void
answer_free(gpointer data)
{
        Answer *answer = data;

        guard_drive_view_free(answer->view);
        g_free(answer);
}

static gpointer
ask(GuardStation *station, gpointer input, GuardProgress progress, gpointer data, GError **error)
{
        GuardDriveQuery query = {.missing = TRUE};
        Answer *answer = g_new0(Answer, 1);

        (void)input;
        (void)progress;
        (void)data;
        if (guard_station_may(station, guard_roles_of_process(), GUARD_DUTY_READ, error) &&
            guard_station_stocktake_state(station, &answer->state, error) &&
            (answer->view = guard_station_query(station, &query, error)) != NULL)
                return answer;
        answer_free(answer);
        return NULL;
}

static void
show_state(GuardStocktakePage *page)
{
        g_autofree char *text = guard_words_stocktake(&page->state);

        gtk_label_set_text(page->state_label, text);
        gtk_widget_set_sensitive(page->tick,
                                 page->state.open && guard_desk_may(page->window->desk, GUARD_DUTY_EDIT, NULL));
        guard_window_update_actions(page->window);
}

static void
on_answer(GObject *source, GAsyncResult *result, gpointer data)
{
        GuardStocktakePage *page = GUARD_WINDOW(source)->stocktake;
        g_autoptr(GError) error = NULL;
        Answer *answer = guard_desk_finish(result, &error);

        (void)data;
        page->loading = FALSE;
        if (answer == NULL) {
                guard_drive_model_set_view(page->model, NULL);
                gtk_label_set_text(page->state_label, error->message);
        } else {
                page->state = answer->state;
                guard_drive_model_set_view(page->model, g_steal_pointer(&answer->view));
                answer_free(answer);
                show_state(page);
        }
        if (page->again) {
                page->again = FALSE;
                guard_stocktake_reload(page);
        }
}

void
guard_stocktake_reload(GuardStocktakePage *page)
{
        if (page->loading) {
                page->again = TRUE;
                return;
        }
        page->loading = TRUE;
        guard_desk_run(page->window->desk, _("Reading the register …"), ask, NULL, NULL, answer_free, page->window,
                       on_answer, NULL);
}

GtkWidget *
guard_stocktake_widget(GuardStocktakePage *page)
{
        return page->page;
}

gboolean
guard_stocktake_is_open(GuardStocktakePage *page)
{
        return page != NULL && page->state.open;
}

gboolean
guard_stocktake_was_any(GuardStocktakePage *page)
{
        return page != NULL && page->state.number > 0;
}

typedef struct {
        char *text;        /* number or serial number; NULL: of what is plugged in … */
        GuardDrive *drive; /* … this */
        char *label;
} Tick;

static void
tick_free(gpointer data)
{
        Tick *tick = data;

        g_free(tick->text);
        g_free(tick->label);
        guard_drive_free(tick->drive);
        g_free(tick);
}

/* The one drive of the book that this is; NULL with @error, which says what to do. Caller frees. */
static char *
find_drive(GuardStation *station, const Tick *tick, GError **error)
{
        g_autoptr(GuardDrive) by_serial = guard_drive_new(),
                              known = tick->text != NULL ? guard_station_get(station, tick->text, NULL) : NULL;
        g_autoptr(GPtrArray) same = NULL;
        g_autofree char *names = NULL;
        const char *what = tick->text != NULL ? tick->text : tick->label;

        if (known != NULL)
                return g_strdup(tick->text);
        if (tick->text != NULL)
                guard_drive_add_id(by_serial, GUARD_ID_SERIAL, tick->text);
        same = guard_station_find_same(station, tick->drive != NULL ? tick->drive : by_serial, error);
        if (same == NULL)
                return NULL;
        if (same->len == 1)
                return g_strdup(g_ptr_array_index(same, 0));
        if (same->len == 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                            _("%s is neither the number nor the serial number of a drive of this register; look for it "
                              "on the page of drives"),
                            what);
                return NULL;
        }
        g_ptr_array_set_size(same, (int)MIN(same->len, 5));
        g_ptr_array_add(same, NULL);
        names = g_strjoinv(", ", (char **)same->pdata);
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                    _("%s may be any of these drives: %s; write the number that stands on it"), what, names);
        return NULL;
}

static gpointer
tick_off(GuardStation *station, gpointer data, GuardProgress progress, gpointer progress_data, GError **error)
{
        GuardAct act = guard_desk_act(NULL);
        g_autofree char *media_id = find_drive(station, data, error), *note = NULL;

        (void)progress;
        (void)progress_data;
        if (media_id == NULL || !guard_station_stocktake_tick(station, media_id, &act, &note, error))
                return NULL;
        return note != NULL ? g_steal_pointer(&note) : g_strdup_printf(_("%s is ticked off"), media_id);
}

static void
on_ticked(GObject *source, GAsyncResult *result, gpointer by_hand)
{
        GuardStocktakePage *page = GUARD_WINDOW(source)->stocktake;
        g_autoptr(GError) error = NULL;
        g_autofree char *said = guard_desk_finish(result, &error);

        gtk_label_set_text(page->said, said != NULL ? said : error->message);
        if (said != NULL)
                gtk_widget_remove_css_class(GTK_WIDGET(page->said), "error");
        else
                gtk_widget_add_css_class(GTK_WIDGET(page->said), "error");
        if (said != NULL && by_hand != NULL)
                gtk_editable_set_text(page->number, "");
        if (said != NULL)
                guard_stocktake_reload(page);
}

static void
start_tick(GuardStocktakePage *page, Tick *tick)
{
        guard_desk_run(page->window->desk, _("Writing …"), tick_off, tick, tick_free, g_free, page->window, on_ticked,
                       tick->text != NULL ? page : NULL);
}

static void
on_tick(GuardStocktakePage *page)
{
        char *text = guard_widgets_text(page->number);
        Tick *tick;

        if (text == NULL)
                return;
        tick = g_new0(Tick, 1);
        tick->text = text;
        start_tick(page, tick);
        gtk_widget_grab_focus(GTK_WIDGET(page->number));
}

/* Each plug once; what was pulled out may come again. */
static void
on_media(const GPtrArray *facts, const char *unreachable, gpointer data)
{
        GuardStocktakePage *page = data;
        g_autoptr(GHashTable) now = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        if (unreachable != NULL)
                gtk_label_set_text(page->said, unreachable);
        for (guint i = 0; i < facts->len; i++) {
                const GuardFacts *one = g_ptr_array_index(facts, i);
                g_autofree char *key = g_strdup_printf("%s %s", one->device, one->serial != NULL ? one->serial : "");
                gboolean known = g_hash_table_contains(page->done, key);

                g_hash_table_add(now, g_strdup(key));
                if (!known && one->drive->ids->len > 0 && gtk_widget_get_sensitive(page->tick) &&
                    gtk_check_button_get_active(page->plugged)) {
                        Tick *tick = g_new0(Tick, 1);

                        tick->drive = guard_drive_copy(one->drive);
                        tick->label = g_strdup(one->label);
                        start_tick(page, tick);
                }
        }
        g_hash_table_unref(page->done);
        page->done = g_steal_pointer(&now);
}

/* Asked for only where somebody wants it: guardd may be missing at a desk. */
static void
on_plugged(GuardStocktakePage *page)
{
        gboolean wanted = gtk_check_button_get_active(page->plugged) && gtk_widget_get_mapped(page->page);

        g_clear_pointer(&page->watch, guard_media_watch_free);
        g_hash_table_remove_all(page->done);
        if (wanted)
                page->watch = guard_media_watch_new(on_media, page);
}

static void
on_map(GuardStocktakePage *page)
{
        on_plugged(page);
        gtk_widget_grab_focus(GTK_WIDGET(page->number));
}

static gpointer
no_fields(GuardForm *form, GError **error)
{
        (void)form;
        (void)error;
        return GINT_TO_POINTER(1);
}

static gpointer
begin(GuardStation *station, gpointer input, GuardProgress progress, gpointer data, GError **error)
{
        GuardAct act = guard_desk_act(NULL);

        (void)input;
        (void)progress;
        (void)data;
        return guard_station_stocktake_begin(station, &act, error) ? GINT_TO_POINTER(1) : NULL;
}

static gpointer
end(GuardStation *station, gpointer input, GuardProgress progress, gpointer data, GError **error)
{
        GuardAct act = guard_desk_act(NULL);

        (void)input;
        (void)progress;
        (void)data;
        return guard_station_stocktake_end(station, &act, NULL, error) ? GINT_TO_POINTER(1) : NULL;
}

static const GuardFormSpec begin_spec = {.title = N_("Begin a stock-take"),
                                         .ok = N_("_Begin"),
                                         .busy = N_("Writing …"),
                                         .collect = no_fields,
                                         .work = begin};
static const GuardFormSpec end_spec = {.title = N_("End the stock-take"),
                                       .ok = N_("_End it"),
                                       .busy = N_("Writing …"),
                                       .collect = no_fields,
                                       .work = end};

void
guard_stocktake_begin_show(GuardWindow *window)
{
        guard_form_show(window, &begin_spec,
                        _("Every drive that is in the register now, and neither lost nor destroyed, is expected."), NULL,
                        NULL);
}

void
guard_stocktake_end_show(GuardWindow *window)
{
        g_autofree char *state = guard_words_stocktake(&window->stocktake->state);
        g_autofree char *about = g_strconcat(state, "\n", _("What is missing now stays written down."), NULL);

        guard_form_show(window, &end_spec, about, NULL, NULL);
}

GListModel *
guard_stocktake_missing(GuardStocktakePage *page)
{
        return G_LIST_MODEL(page->model);
}

static void
bind_cell(GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer sort)
{
        g_autofree char *text =
                guard_words_cell(GPOINTER_TO_UINT(sort), guard_drive_item_get(gtk_list_item_get_item(cell)));

        (void)factory;
        guard_widgets_set_cell(cell, text);
}

static void
page_free(gpointer data)
{
        GuardStocktakePage *page = data;

        guard_media_watch_free(page->watch);
        g_hash_table_unref(page->done);
        g_object_unref(page->model);
        g_free(page);
}

static void
connect_page(GuardStocktakePage *page)
{
        g_signal_connect_swapped(page->ok, "clicked", G_CALLBACK(on_tick), page);
        g_signal_connect_swapped(page->number, "activate", G_CALLBACK(on_tick), page);
        g_signal_connect_swapped(page->plugged, "toggled", G_CALLBACK(on_plugged), page);
        g_signal_connect_swapped(page->page, "map", G_CALLBACK(on_map), page);
        g_signal_connect_swapped(page->page, "unmap", G_CALLBACK(on_plugged), page);
}

GuardStocktakePage *
guard_stocktake_page_new(GuardWindow *window)
{
        g_autoptr(GtkBuilder) builder = gtk_builder_new_from_resource("/org/baomiguard/Station/ui/stocktake-page.ui");
        GuardStocktakePage *page = g_new0(GuardStocktakePage, 1);
        GtkColumnView *list = GTK_COLUMN_VIEW(gtk_builder_get_object(builder, "list"));
        g_autoptr(GtkNoSelection) selection = NULL;

        page->window = window;
        page->page = g_object_ref(GTK_WIDGET(gtk_builder_get_object(builder, "page")));
        page->tick = GTK_WIDGET(gtk_builder_get_object(builder, "tick"));
        page->ok = GTK_WIDGET(gtk_builder_get_object(builder, "ok"));
        page->state_label = GTK_LABEL(gtk_builder_get_object(builder, "state"));
        page->said = GTK_LABEL(gtk_builder_get_object(builder, "said"));
        page->number = GTK_EDITABLE(gtk_builder_get_object(builder, "number"));
        page->plugged = GTK_CHECK_BUTTON(gtk_builder_get_object(builder, "plugged"));
        page->model = guard_drive_model_new(guard_desk_station(window->desk));
        page->done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        selection = gtk_no_selection_new(G_LIST_MODEL(g_object_ref(page->model)));
        for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
                guard_widgets_add_column(list, guard_words_title(columns[i]),
                                         i + 1 < G_N_ELEMENTS(columns) ? 120 : 0, G_CALLBACK(bind_cell),
                                         GUINT_TO_POINTER(columns[i]));
        gtk_column_view_set_model(list, GTK_SELECTION_MODEL(selection));
        guard_widgets_set_accessible(list, _("Drives that are not ticked off"));
        connect_page(page);
        g_object_set_data_full(G_OBJECT(page->page), "page", page, page_free);
        return page;
}
