/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The whole history, the latest first: what the auditor reads. Records are read where somebody
 * looks, one by one; their numbers have no gaps.
 */
#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "station/window/window.h"
#include "station/window/words.h"

/* A list of numbers, from the last to 1. */
#define GUARD_TYPE_RECORD_ITEM (guard_record_item_get_type())
G_DECLARE_FINAL_TYPE(GuardRecordItem, guard_record_item, GUARD, RECORD_ITEM, GObject)

enum { NUMBER, TIME, WHAT, WHOM, CHANGE, REASON, WHO, N_COLUMNS };

struct _GuardRecordItem {
        GObject parent;
        char *cells[N_COLUMNS];
};

G_DEFINE_TYPE(GuardRecordItem, guard_record_item, G_TYPE_OBJECT)

static void
guard_record_item_finalize(GObject *object)
{
        for (guint i = 0; i < N_COLUMNS; i++)
                g_free(GUARD_RECORD_ITEM(object)->cells[i]);
        G_OBJECT_CLASS(guard_record_item_parent_class)->finalize(object);
}

static void
guard_record_item_class_init(GuardRecordItemClass *klass)
{
        G_OBJECT_CLASS(klass)->finalize = guard_record_item_finalize;
}

static void
guard_record_item_init(GuardRecordItem *item)
{
        (void)item;
}

#define GUARD_TYPE_RECORD_MODEL (guard_record_model_get_type())
G_DECLARE_FINAL_TYPE(GuardRecordModel, guard_record_model, GUARD, RECORD_MODEL, GObject)

struct _GuardRecordModel {
        GObject parent;
        GuardStation *station;
        guint64 last;
};

static void guard_record_model_list(GListModelInterface *iface);
G_DEFINE_TYPE_WITH_CODE(GuardRecordModel, guard_record_model, G_TYPE_OBJECT,
                        G_IMPLEMENT_INTERFACE(G_TYPE_LIST_MODEL, guard_record_model_list))

static void
guard_record_model_class_init(GuardRecordModelClass *klass)
{
        (void)klass;
}

static void
guard_record_model_init(GuardRecordModel *model)
{
        (void)model;
}

static GType
get_item_type(GListModel *list)
{
        (void)list;
        return GUARD_TYPE_RECORD_ITEM;
}

static guint
get_n_items(GListModel *list)
{
        return (guint)MIN(GUARD_RECORD_MODEL(list)->last, G_MAXUINT - 1);
}

static void
take_record(const GuardHistory *record, gpointer data)
{
        GuardRecordItem *item = data;

        item->cells[NUMBER] = g_strdup_printf("%" PRIu64, record->seq);
        item->cells[TIME] = guard_words_time(record->time_us);
        item->cells[WHAT] = g_strdup(guard_history_action_label(record->action));
        item->cells[WHOM] = g_strdup(record->media_id != NULL ? record->media_id : record->host_id);
        item->cells[CHANGE] = guard_history_describe(record);
        item->cells[REASON] = g_strdup(record->reason);
        item->cells[WHO] = g_strdup(record->who);
}

static gpointer
get_item(GListModel *list, guint position)
{
        GuardRecordModel *model = GUARD_RECORD_MODEL(list);
        GuardRecordItem *item;
        g_autoptr(GError) error = NULL;

        if (position >= model->last)
                return NULL;
        item = g_object_new(GUARD_TYPE_RECORD_ITEM, NULL);
        if (!guard_station_history_range(model->station, model->last - position, 1, take_record, item, &error)) {
                g_free(item->cells[CHANGE]);
                item->cells[CHANGE] = g_strdup(error->message);
        }
        return item;
}

static void
guard_record_model_list(GListModelInterface *iface)
{
        iface->get_item_type = get_item_type;
        iface->get_n_items = get_n_items;
        iface->get_item = get_item;
}

/* The page. */
struct GuardHistoryPage {
        GuardWindow *window;
        GuardRecordModel *model;
        GtkLabel *count;
};

static const struct {
        const char *title;
        int width; /* 0: what is left */
} columns[N_COLUMNS] = {
        [NUMBER] = {N_("No."), 80},    [TIME] = {N_("Time"), 140}, [WHAT] = {N_("What was done"), 140},
        [WHOM] = {N_("Of"), 130},      [CHANGE] = {N_("Before → after"), 0},
        [REASON] = {N_("Reason"), 180}, [WHO] = {N_("By"), 100},
};

static void
bind_cell(GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer column)
{
        GuardRecordItem *item = gtk_list_item_get_item(cell);

        (void)factory;
        guard_widgets_set_cell(cell, item->cells[GPOINTER_TO_UINT(column)]);
}

void
guard_history_reload(GuardHistoryPage *page)
{
        guint before = get_n_items(G_LIST_MODEL(page->model));
        g_autofree char *why = NULL, *count = NULL;
        gboolean may = guard_desk_may(page->window->desk, GUARD_DUTY_AUDIT, &why);

        page->model->last = 0;
        g_list_model_items_changed(G_LIST_MODEL(page->model), 0, before, 0);
        page->model->last = may ? guard_station_history_last(page->model->station) : 0;
        g_list_model_items_changed(G_LIST_MODEL(page->model), 0, 0, get_n_items(G_LIST_MODEL(page->model)));
        count = g_strdup_printf(ngettext("%u record", "%u records", get_n_items(G_LIST_MODEL(page->model))),
                                get_n_items(G_LIST_MODEL(page->model)));
        gtk_label_set_text(page->count, may ? count : why);
}

static void
page_free(gpointer data)
{
        GuardHistoryPage *page = data;

        g_object_unref(page->model);
        g_free(page);
}

GuardHistoryPage *
guard_history_page_new(GuardWindow *window, GtkWidget **widget)
{
        g_autoptr(GtkBuilder) builder = gtk_builder_new_from_resource("/org/baomiguard/Station/ui/history-page.ui");
        GuardHistoryPage *page = g_new0(GuardHistoryPage, 1);
        GtkColumnView *list = GTK_COLUMN_VIEW(gtk_builder_get_object(builder, "list"));
        g_autoptr(GtkNoSelection) selection = NULL;

        page->window = window;
        page->model = g_object_new(GUARD_TYPE_RECORD_MODEL, NULL);
        page->model->station = guard_desk_station(window->desk);
        page->count = GTK_LABEL(gtk_builder_get_object(builder, "count"));
        selection = gtk_no_selection_new(G_LIST_MODEL(g_object_ref(page->model)));
        for (guint i = 0; i < N_COLUMNS; i++)
                guard_widgets_add_column(list, _(columns[i].title), columns[i].width, G_CALLBACK(bind_cell),
                                         GUINT_TO_POINTER(i));
        gtk_column_view_set_model(list, GTK_SELECTION_MODEL(selection));
        guard_widgets_set_accessible(list, _("History of the register"));
        *widget = g_object_ref(GTK_WIDGET(gtk_builder_get_object(builder, "page")));
        g_object_set_data_full(G_OBJECT(*widget), "page", page, page_free);
        return page;
}
