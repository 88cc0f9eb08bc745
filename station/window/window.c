/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The window itself: its pages, its bar, and that somebody else may change the book.
 */
#include <glib/gi18n-lib.h>

#include "station/window/window.h"

#define WATCH_SECONDS 3 /* somebody else may change the book */

G_DEFINE_TYPE(GuardWindow, guard_window, GTK_TYPE_APPLICATION_WINDOW)

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

        g_clear_pointer(&window->buttons, g_ptr_array_unref);
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
        BIND(attention);
        BIND(days);
        BIND(pages);
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

/* Buttons that start an action say why they may not. */
static void
collect_buttons(GtkWidget *widget, GPtrArray *buttons)
{
        if (GTK_IS_COLUMN_VIEW(widget)) /* rows */
                return;
        if (GTK_IS_ACTIONABLE(widget) && gtk_actionable_get_action_name(GTK_ACTIONABLE(widget)) != NULL)
                g_ptr_array_add(buttons, widget);
        for (GtkWidget *child = gtk_widget_get_first_child(widget); child != NULL;
             child = gtk_widget_get_next_sibling(child))
                collect_buttons(child, buttons);
}

static void
add_page(GuardWindow *window, GtkWidget *page, const char *name, const char *title) /* takes @page */
{
        gtk_stack_add_titled(window->pages, page, name, title);
        g_object_unref(page);
}

void
guard_window_reload_page(GuardWindow *window)
{
        const char *name = gtk_stack_get_visible_child_name(window->pages);

        if (g_strcmp0(name, "computers") == 0)
                guard_computers_reload(window->computers);
        else if (g_strcmp0(name, "stock-take") == 0)
                guard_stocktake_reload(window->stocktake);
        else if (g_strcmp0(name, "history") == 0)
                guard_history_reload(window->records);
}

/* A page is read when somebody looks at it. How many drives the list has is of no interest elsewhere. */
static void
on_page(GuardWindow *window)
{
        gboolean drives = g_strcmp0(gtk_stack_get_visible_child_name(window->pages), "drives") == 0;

        gtk_widget_set_opacity(GTK_WIDGET(window->count), drives ? 1 : 0);
        guard_window_reload_page(window);
}

static void
add_pages(GuardWindow *window)
{
        GtkWidget *history;

        window->computers = guard_computers_page_new(window);
        window->stocktake = guard_stocktake_page_new(window);
        window->records = guard_history_page_new(window, &history);
        add_page(window, guard_computers_widget(window->computers), "computers", _("Computers"));
        add_page(window, guard_stocktake_widget(window->stocktake), "stock-take", _("Stock-take"));
        add_page(window, history, "history", _("History"));
        g_signal_connect_object(window->pages, "notify::visible-child", G_CALLBACK(on_page), window,
                                G_CONNECT_SWAPPED);
}

GuardWindow *
guard_window_new(GtkApplication *app, GuardDesk *desk)
{
        GuardWindow *window = g_object_new(GUARD_TYPE_WINDOW, "application", app, NULL);

        window->desk = desk;
        guard_desk_set_progress(desk, on_progress, window);
        guard_window_add_actions(window, app);
        add_pages(window);
        guard_window_list_init(window);
        window->buttons = g_ptr_array_new();
        collect_buttons(GTK_WIDGET(window), window->buttons);
        guard_window_changed(window);
        window->version = guard_station_version(guard_desk_station(desk));
        window->watch = g_timeout_add_seconds(WATCH_SECONDS, on_watch, window);
        return window;
}
