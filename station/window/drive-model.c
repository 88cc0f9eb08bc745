/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pages of rows, the least lately used of which goes when there are too many: memory does not grow
 * with the book. A new answer tells of the rows that differ only, so that the list stays where it was
 * scrolled to, with what was selected.
 */
#include "station/window/drive-model.h"

#include "station/window/words.h"

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
        guint gap_at, gap; /* that many rows of the view are not told of yet */
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
rows_of(const GuardDriveView *view)
{
        return view != NULL ? guard_drive_view_count(view) : 0;
}

static guint
get_n_items(GListModel *list)
{
        GuardDriveModel *model = GUARD_DRIVE_MODEL(list);

        return rows_of(model->view) - model->gap;
}

static gpointer
get_item(GListModel *list, guint position)
{
        GuardDriveModel *model = GUARD_DRIVE_MODEL(list);
        Page *page;

        if (position >= get_n_items(list))
                return NULL;
        if (position >= model->gap_at)
                position += model->gap;
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

/* What two answers have in common at their beginning and at their end, and how many rows are between. */
typedef struct {
        guint first, last, before, after;
} Same;

static Same
compare(const GuardDriveView *was, const GuardDriveView *is)
{
        guint before = rows_of(was), after = rows_of(is), least = MIN(before, after), first = 0, last = 0;

        while (first < least && guard_drive_view_key(was, first) == guard_drive_view_key(is, first))
                first++;
        while (last < least - first && guard_drive_view_key(was, before - 1 - last) == guard_drive_view_key(is, after - 1 - last))
                last++;
        return (Same){first, last, before - first - last, after - first - last};
}

static gboolean
shows_the_same(const GuardDrive *one, const GuardDrive *other)
{
        gboolean same = TRUE;

        for (guint i = 0; same && i < GUARD_N_SORTS; i++) {
                g_autofree char *was = guard_words_cell(i, one), *is = guard_words_cell(i, other);

                same = g_strcmp0(was, is) == 0;
        }
        return same;
}

/* Rows that were read, stayed, and say something else now. */
static void
tell_changes(GuardDriveModel *model, const Page *page, const Same *same)
{
        for (guint i = 0; i < page->items->len; i++) {
                const GuardDriveItem *was = g_ptr_array_index(page->items, i);
                guint position = page->number * PAGE_ROWS + i;
                g_autoptr(GuardDriveItem) is = NULL;

                if (position >= same->first + same->before)
                        position += same->after - same->before;
                else if (position >= same->first)
                        continue;
                is = get_item(G_LIST_MODEL(model), position);
                if (is != NULL && !shows_the_same(was->drive, is->drive))
                        g_list_model_items_changed(G_LIST_MODEL(model), position, 1, 1);
        }
}

void
guard_drive_model_set_view(GuardDriveModel *model, GuardDriveView *view)
{
        Same same = compare(model->view, view);
        GQueue read = model->pages;

        g_queue_init(&model->pages);
        g_clear_pointer(&model->view, guard_drive_view_free);
        model->view = view;
        /* Gone first, then there: in one step GTK's selection would look for what was selected among
         * all that is new, and read the whole book. */
        model->gap_at = same.first;
        model->gap = same.after;
        if (same.before > 0)
                g_list_model_items_changed(G_LIST_MODEL(model), same.first, same.before, 0);
        model->gap = 0;
        if (same.after > 0)
                g_list_model_items_changed(G_LIST_MODEL(model), same.first, 0, same.after);
        for (GList *l = read.head; l != NULL; l = l->next)
                tell_changes(model, l->data, &same);
        g_queue_clear_full(&read, page_free);
}

guint
guard_drive_model_pages(GuardDriveModel *model)
{
        return g_queue_get_length(&model->pages);
}
