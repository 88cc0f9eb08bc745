/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The list of computers, and one of them whole. An office has some hundreds: they are all read.
 */
#include <glib/gi18n-lib.h>

#include "station/window/computers.h"
#include "station/window/words.h"

struct _GuardComputerItem {
        GObject parent;
        GuardComputer *computer;
};

G_DEFINE_TYPE(GuardComputerItem, guard_computer_item, G_TYPE_OBJECT)

static void
guard_computer_item_finalize(GObject *object)
{
        guard_computer_free(GUARD_COMPUTER_ITEM(object)->computer);
        G_OBJECT_CLASS(guard_computer_item_parent_class)->finalize(object);
}

static void
guard_computer_item_class_init(GuardComputerItemClass *klass)
{
        G_OBJECT_CLASS(klass)->finalize = guard_computer_item_finalize;
}

static void
guard_computer_item_init(GuardComputerItem *item)
{
        (void)item;
}

const GuardComputer *
guard_computer_item_get(GuardComputerItem *item)
{
        return item->computer;
}

enum { HOST_ID, LEVEL, UNIT, ROOM, CUSTODIAN, ADDRESSES, STATUS, SECRET, N_COLUMNS };

static const struct {
        const char *title;
        int width;
} columns[N_COLUMNS] = {
        [HOST_ID] = {N_("Computer"), 160},   [LEVEL] = {N_("Level"), 80},          [UNIT] = {N_("Unit"), 130},
        [ROOM] = {N_("Room"), 100},          [CUSTODIAN] = {N_("Custodian"), 100}, [ADDRESSES] = {N_("Addresses"), 180},
        [STATUS] = {N_("Status"), 90},       [SECRET] = {N_("Its secret"), 110},
};

static char *
cell_text(guint column, const GuardComputer *computer)
{
        switch (column) {
        case HOST_ID: return g_strdup(computer->host_id);
        case LEVEL: return g_strdup(guard_level_label(computer->level));
        case UNIT: return g_strdup(computer->unit);
        case ROOM: return g_strdup(computer->room);
        case CUSTODIAN: return g_strdup(computer->custodian);
        case ADDRESSES: return computer->addresses != NULL ? g_strjoinv(", ", computer->addresses) : NULL;
        case STATUS: return g_strdup(computer->retired ? _("out of use") : _("in use"));
        default:
                return g_strdup(computer->retired            ? ""
                                : computer->exported_us != 0 ? _("given out")
                                                             : _("not given out"));
        }
}

static void
bind_cell(GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer column)
{
        g_autofree char *text = cell_text(GPOINTER_TO_UINT(column), guard_computer_item_get(gtk_list_item_get_item(cell)));

        (void)factory;
        guard_widgets_set_cell(cell, text);
}

const GuardComputer *
guard_computers_chosen(GuardWindow *window)
{
        GuardComputerItem *item = window->computers != NULL
                                          ? gtk_single_selection_get_selected_item(window->computers->selection)
                                          : NULL;

        return item != NULL ? item->computer : NULL;
}

static void
show_computer(GuardComputersPage *page)
{
        const GuardComputer *computer = guard_computers_chosen(page->window);
        g_autoptr(GPtrArray) details = g_ptr_array_new_with_free_func(g_free), records = NULL;

        gtk_widget_set_visible(page->details, computer != NULL);
        if (computer != NULL) {
                for (guint i = 0; i < N_COLUMNS; i++) {
                        char *text = cell_text(i, computer);

                        if (text == NULL || *text == '\0') {
                                g_free(text);
                                continue;
                        }
                        g_ptr_array_add(details, g_strdup(_(columns[i].title)));
                        g_ptr_array_add(details, text);
                }
                if (computer->keys != NULL) {
                        g_ptr_array_add(details, g_strdup(_("Keys")));
                        g_ptr_array_add(details, g_strjoinv("\n", computer->keys));
                }
                if (computer->note != NULL) {
                        g_ptr_array_add(details, g_strdup(_("Note")));
                        g_ptr_array_add(details, g_strdup(computer->note));
                }
                g_ptr_array_add(details, NULL);
                records = guard_window_records(page->window, NULL, computer->host_id);
                gtk_label_set_text(page->heading, computer->host_id);
                guard_widgets_fill_fields(page->fields, (char **)details->pdata);
                guard_widgets_fill_records(page->history, records);
        }
        guard_window_update_actions(page->window);
}

typedef struct {
        char *text;
        gboolean retired;
} Question;

static void
question_free(gpointer data)
{
        g_free(((Question *)data)->text);
        g_free(data);
}

static gboolean
add_computer(const GuardComputer *computer, gpointer items, GError **error)
{
        GuardComputerItem *item = g_object_new(GUARD_TYPE_COMPUTER_ITEM, NULL);

        (void)error;
        item->computer = guard_computer_copy(computer);
        g_ptr_array_add(items, item);
        return TRUE;
}

static gpointer
ask(GuardStation *station, gpointer data, GuardProgress progress, gpointer progress_data, GError **error)
{
        g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_object_unref);
        Question *question = data;

        (void)progress;
        (void)progress_data;
        if (!guard_station_may(station, guard_roles_of_process(), GUARD_DUTY_READ, error) ||
            !guard_station_visit_computers(station, question->text, question->retired, add_computer, items, error))
                return NULL;
        return g_steal_pointer(&items);
}

static void
free_items(gpointer items)
{
        g_ptr_array_unref(items);
}

/* The one that was chosen stays so. */
static void
choose_again(GuardComputersPage *page, const char *host_id)
{
        for (guint i = 0; host_id != NULL && i < g_list_model_get_n_items(G_LIST_MODEL(page->store)); i++) {
                g_autoptr(GuardComputerItem) item = g_list_model_get_item(G_LIST_MODEL(page->store), i);

                if (g_str_equal(item->computer->host_id, host_id))
                        gtk_single_selection_set_selected(page->selection, i);
        }
}

static void
on_answer(GObject *source, GAsyncResult *result, gpointer data)
{
        GuardComputersPage *page = GUARD_WINDOW(source)->computers;
        const GuardComputer *chosen = guard_computers_chosen(page->window);
        g_autofree char *host_id = chosen != NULL ? g_strdup(chosen->host_id) : NULL, *count = NULL;
        g_autoptr(GError) error = NULL;
        GPtrArray *items = guard_desk_finish(result, &error);

        (void)data;
        page->loading = FALSE;
        if (page->again) {
                page->again = FALSE;
                g_clear_pointer(&items, g_ptr_array_unref);
                guard_computers_reload(page);
                return;
        }
        if (items == NULL) {
                g_list_store_remove_all(page->store);
                gtk_label_set_text(page->count, error->message);
                return;
        }
        g_list_store_splice(page->store, 0, g_list_model_get_n_items(G_LIST_MODEL(page->store)), items->pdata, items->len);
        count = g_strdup_printf(ngettext("%u computer", "%u computers", items->len), items->len);
        gtk_label_set_text(page->count, count);
        choose_again(page, host_id);
        g_ptr_array_unref(items);
        show_computer(page);
}

void
guard_computers_reload(GuardComputersPage *page)
{
        Question *question;

        if (page->loading) {
                page->again = TRUE;
                return;
        }
        page->loading = TRUE;
        question = g_new0(Question, 1);
        question->text = guard_widgets_text(GTK_EDITABLE(page->search));
        question->retired = gtk_check_button_get_active(page->retired);
        guard_desk_run(page->window->desk, _("Reading the register …"), ask, question, question_free, free_items,
                       page->window, on_answer, NULL);
}

GtkWidget *
guard_computers_widget(GuardComputersPage *page)
{
        return page->page;
}

static void
page_free(gpointer data)
{
        GuardComputersPage *page = data;

        g_object_unref(page->store);
        g_object_unref(page->selection);
        g_free(page);
}

GuardComputersPage *
guard_computers_page_new(GuardWindow *window)
{
        g_autoptr(GtkBuilder) builder = gtk_builder_new_from_resource("/org/baomiguard/Station/ui/computers-page.ui");
        GuardComputersPage *page = g_new0(GuardComputersPage, 1);

        page->window = window;
        page->page = g_object_ref(GTK_WIDGET(gtk_builder_get_object(builder, "page")));
        page->list = GTK_COLUMN_VIEW(gtk_builder_get_object(builder, "list"));
        page->search = GTK_SEARCH_ENTRY(gtk_builder_get_object(builder, "search"));
        page->retired = GTK_CHECK_BUTTON(gtk_builder_get_object(builder, "retired"));
        page->details = GTK_WIDGET(gtk_builder_get_object(builder, "details"));
        page->heading = GTK_LABEL(gtk_builder_get_object(builder, "heading"));
        page->count = GTK_LABEL(gtk_builder_get_object(builder, "count"));
        page->fields = GTK_GRID(gtk_builder_get_object(builder, "fields"));
        page->history = GTK_LIST_BOX(gtk_builder_get_object(builder, "history"));
        page->store = g_list_store_new(GUARD_TYPE_COMPUTER_ITEM);
        page->selection = gtk_single_selection_new(G_LIST_MODEL(g_object_ref(page->store)));
        for (guint i = 0; i < N_COLUMNS; i++)
                guard_widgets_add_column(page->list, _(columns[i].title), columns[i].width, G_CALLBACK(bind_cell),
                                         GUINT_TO_POINTER(i));
        gtk_column_view_set_model(page->list, GTK_SELECTION_MODEL(page->selection));
        guard_widgets_set_accessible(page->list, _("List of computers"));
        guard_widgets_set_accessible(page->search, _("Search for computers"));
        g_signal_connect_swapped(page->search, "search-changed", G_CALLBACK(guard_computers_reload), page);
        g_signal_connect_swapped(page->retired, "toggled", G_CALLBACK(guard_computers_reload), page);
        g_signal_connect_swapped(page->selection, "notify::selected-item", G_CALLBACK(show_computer), page);
        g_object_set_data_full(G_OBJECT(page->page), "page", page, page_free);
        return page;
}
