/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pages of rows, the least lately used of which goes when there are too many: memory does not grow
 * with the book.
 */
#include "station/window/drive-model.h"

#define PAGE_ROWS 64
#define PAGES_MAX 32

struct _GuardDriveItem {
        GObject parent;
        GuardDrive *drive;
};

G_DEFINE_TYPE(GuardDriveItem, guard_drive_item, G_TYPE_OBJECT)

static void
guard_drive_item_finalize(GObject *object)
{
        guard_drive_free(GUARD_DRIVE_ITEM(object)->drive);
        G_OBJECT_CLASS(guard_drive_item_parent_class)->finalize(object);
}

static void
guard_drive_item_class_init(GuardDriveItemClass *klass)
{
        G_OBJECT_CLASS(klass)->finalize = guard_drive_item_finalize;
}

static void
guard_drive_item_init(GuardDriveItem *item)
{
        (void)item;
}

const GuardDrive *
guard_drive_item_get(GuardDriveItem *item)
{
        return item->drive;
}

typedef struct {
        guint number;
        GPtrArray *items; /* of GuardDriveItem */
} Page;

struct _GuardDriveModel {
        GObject parent;
        GuardStation *station;
        GuardDriveView *view;
        GQueue pages; /* of Page, the latest used first */
};

static void guard_drive_model_list(GListModelInterface *iface);
G_DEFINE_TYPE_WITH_CODE(GuardDriveModel, guard_drive_model, G_TYPE_OBJECT,
                        G_IMPLEMENT_INTERFACE(G_TYPE_LIST_MODEL, guard_drive_model_list))

static void
page_free(gpointer data)
{
        Page *page = data;

        g_ptr_array_unref(page->items);
        g_free(page);
}

static Page *
read_page(GuardDriveModel *model, guint number)
{
        guint first = number * PAGE_ROWS, count = guard_drive_view_count(model->view);
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) rows = guard_drive_view_rows(model->station, model->view, first,
                                                          PAGE_ROWS, &error);
        Page *page = g_new0(Page, 1);

        if (rows == NULL)
                g_warning("The register cannot be read: %s", error->message);
        page->number = number;
        page->items = g_ptr_array_new_with_free_func(g_object_unref);
        for (guint i = 0; i < PAGE_ROWS && first + i < count; i++) {
                GuardDriveItem *item = g_object_new(GUARD_TYPE_DRIVE_ITEM, NULL);

                /* a list may not have holes: what cannot be read is an empty row */
                item->drive = rows != NULL && i < rows->len
                                      ? guard_drive_copy(g_ptr_array_index(rows, i))
                                      : guard_drive_new();
                g_ptr_array_add(page->items, item);
        }
        return page;
}

static Page *
find_page(GuardDriveModel *model, guint number)
{
        Page *page;

        for (GList *l = model->pages.head; l != NULL; l = l->next) {
                page = l->data;
                if (page->number == number) {
                        g_queue_unlink(&model->pages, l);
                        g_queue_push_head_link(&model->pages, l);
                        return page;
                }
        }
        page = read_page(model, number);
        g_queue_push_head(&model->pages, page);
        if (g_queue_get_length(&model->pages) > PAGES_MAX)
                page_free(g_queue_pop_tail(&model->pages));
        return page;
}

static GType
get_item_type(GListModel *list)
{
        (void)list;
        return GUARD_TYPE_DRIVE_ITEM;
}

static guint
get_n_items(GListModel *list)
{
        GuardDriveModel *model = GUARD_DRIVE_MODEL(list);

        return model->view != NULL ? guard_drive_view_count(model->view) : 0;
}

static gpointer
get_item(GListModel *list, guint position)
{
        GuardDriveModel *model = GUARD_DRIVE_MODEL(list);
        Page *page;

        if (position >= get_n_items(list))
                return NULL;
        page = find_page(model, position / PAGE_ROWS);
        return g_object_ref(g_ptr_array_index(page->items, position % PAGE_ROWS));
}

static void
guard_drive_model_list(GListModelInterface *iface)
{
        iface->get_item_type = get_item_type;
        iface->get_n_items = get_n_items;
        iface->get_item = get_item;
}

static void
forget(GuardDriveModel *model)
{
        g_queue_clear_full(&model->pages, page_free);
        g_clear_pointer(&model->view, guard_drive_view_free);
}

static void
guard_drive_model_finalize(GObject *object)
{
        forget(GUARD_DRIVE_MODEL(object));
        G_OBJECT_CLASS(guard_drive_model_parent_class)->finalize(object);
}

static void
guard_drive_model_class_init(GuardDriveModelClass *klass)
{
        G_OBJECT_CLASS(klass)->finalize = guard_drive_model_finalize;
}

static void
guard_drive_model_init(GuardDriveModel *model)
{
        g_queue_init(&model->pages);
}

GuardDriveModel *
guard_drive_model_new(GuardStation *station)
{
        GuardDriveModel *model = g_object_new(GUARD_TYPE_DRIVE_MODEL, NULL);

        model->station = station;
        return model;
}

void
guard_drive_model_set_view(GuardDriveModel *model, GuardDriveView *view)
{
        guint before = get_n_items(G_LIST_MODEL(model));

        /* Gone first, then there: in one step GTK's selection would look for what was selected among
         * all that is new, and read the whole book. */
        forget(model);
        g_list_model_items_changed(G_LIST_MODEL(model), 0, before, 0);
        model->view = view;
        g_list_model_items_changed(G_LIST_MODEL(model), 0, 0, get_n_items(G_LIST_MODEL(model)));
}

guint
guard_drive_model_pages(GuardDriveModel *model)
{
        return g_queue_get_length(&model->pages);
}
