/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The level of this machine on every monitor, as its sticker has it: in a corner over everything, or as a banner
 * that windows keep clear of. It takes no click and no key.
 */
#include <glib/gi18n-lib.h>
#include "notifier/window/face.h"
#ifdef GDK_WINDOWING_X11
#include <gdk/gdkx.h>
#endif
#ifdef HAVE_LAYER_SHELL
#include <gtk-layer-shell.h>
#endif

static struct {
        GPtrArray *windows;
        GVariant *content;
} w;

#ifdef GDK_WINDOWING_X11
/* Room at the top edge of @area, of the whole screen's height. */
static void
reserve(GdkWindow *window, const GdkRectangle *area, int height)
{
        gulong strut[12] = {0};

        if (!GDK_IS_X11_WINDOW(window) || area->y != 0) /* a strut counts from the screen's edge: inner edges have none */
                return;
        strut[2] = (gulong)height;
        strut[8] = (gulong)area->x;
        strut[9] = (gulong)(area->x + area->width - 1);
        gdk_property_change(window, gdk_atom_intern("_NET_WM_STRUT_PARTIAL", FALSE), gdk_atom_intern("CARDINAL", FALSE), 32,
                            GDK_PROP_MODE_REPLACE, (const guchar *)strut, G_N_ELEMENTS(strut));
}
#endif

/* Wayland lets nobody say where a window goes, but by layer-shell; the mark must be where it is looked for. */
void
guard_mark_choose_display(void)
{
#ifdef HAVE_LAYER_SHELL
        gdk_set_allowed_backends("wayland,x11,*");
#else
        gdk_set_allowed_backends("x11,*");
#endif
}

gboolean
guard_mark_wants_x11(void)
{
#if defined(HAVE_LAYER_SHELL) && defined(GDK_WINDOWING_X11)
        gboolean on_x11 = GDK_IS_X11_DISPLAY(gdk_display_get_default());

        return !on_x11 && !gtk_layer_is_supported() && g_getenv("DISPLAY") != NULL && g_getenv("GDK_BACKEND") == NULL;
#else
        return FALSE;
#endif
}

/* In a layer over all windows, where the compositor has such; FALSE: it has none. */
static gboolean
put_in_layer(GtkWindow *window, GdkMonitor *monitor, gboolean banner)
{
#ifdef HAVE_LAYER_SHELL
        if (!gtk_layer_is_supported())
                return FALSE;
        gtk_layer_init_for_window(window);
        gtk_layer_set_namespace(window, "baomi-guard-mark");
        gtk_layer_set_monitor(window, monitor);
        gtk_layer_set_layer(window, GTK_LAYER_SHELL_LAYER_OVERLAY);
        gtk_layer_set_keyboard_mode(window, GTK_LAYER_SHELL_KEYBOARD_MODE_NONE);
        gtk_layer_set_anchor(window, GTK_LAYER_SHELL_EDGE_RIGHT, TRUE);
        gtk_layer_set_anchor(window, GTK_LAYER_SHELL_EDGE_LEFT, banner);
        gtk_layer_set_anchor(window, banner ? GTK_LAYER_SHELL_EDGE_TOP : GTK_LAYER_SHELL_EDGE_BOTTOM, TRUE);
        if (banner) /* windows keep clear of it */
                gtk_layer_auto_exclusive_zone_enable(window);
        return TRUE;
#else
        (void)window, (void)monitor, (void)banner;
        return FALSE;
#endif
}

static GtkWidget *
make_label(GVariant *content)
{
        GtkWidget *label = gtk_label_new(guard_face_text(content, "text"));
        gboolean classified = FALSE;

        g_variant_lookup(content, "classified", "b", &classified);
        gtk_style_context_add_class(gtk_widget_get_style_context(label), "guard-mark");
        if (classified)
                gtk_style_context_add_class(gtk_widget_get_style_context(label), "guard-mark-classified");
        return label;
}

static void
let_clicks_through(GtkWidget *window)
{
        cairo_region_t *nothing = cairo_region_create();

        gtk_widget_input_shape_combine_region(window, nothing);
        cairo_region_destroy(nothing);
}

static GtkWidget *
put(GVariant *content, GdkMonitor *monitor)
{
        gboolean banner = g_str_equal(guard_face_text(content, "style"), "banner");
        gboolean toplevel = banner || !GDK_IS_X11_DISPLAY(gdk_display_get_default());
        GtkWidget *window = gtk_window_new(toplevel ? GTK_WINDOW_TOPLEVEL : GTK_WINDOW_POPUP);
        gboolean layered = put_in_layer(GTK_WINDOW(window), monitor, banner);
        GdkRectangle area;
        GtkRequisition size;

        gdk_monitor_get_geometry(monitor, &area);
        gtk_window_set_title(GTK_WINDOW(window), _("Level of this computer"));
        gtk_window_set_type_hint(GTK_WINDOW(window), GDK_WINDOW_TYPE_HINT_DOCK);
        gtk_window_set_accept_focus(GTK_WINDOW(window), FALSE);
        gtk_window_set_decorated(GTK_WINDOW(window), FALSE);
        gtk_window_set_keep_above(GTK_WINDOW(window), TRUE);
        gtk_window_stick(GTK_WINDOW(window));
        gtk_container_add(GTK_CONTAINER(window), make_label(content));
        gtk_widget_show_all(gtk_bin_get_child(GTK_BIN(window)));
        gtk_widget_get_preferred_size(gtk_bin_get_child(GTK_BIN(window)), NULL, &size);
        if (layered) {
                ; /* it is placed */
        } else if (banner) {
                gtk_widget_set_size_request(window, area.width, size.height);
                gtk_window_move(GTK_WINDOW(window), area.x, area.y);
        } else {
                gtk_window_move(GTK_WINDOW(window), area.x + area.width - size.width, area.y + area.height - size.height);
        }
        gtk_widget_realize(window);
#ifdef GDK_WINDOWING_X11
        if (banner && !layered)
                reserve(gtk_widget_get_window(window), &area, size.height);
#endif
        let_clicks_through(window);
        gtk_widget_show(window);
        return window;
}

static void
draw(void)
{
        GdkDisplay *display = gdk_display_get_default();

        g_ptr_array_set_size(w.windows, 0);
        for (int i = 0; i < gdk_display_get_n_monitors(display); i++)
                g_ptr_array_add(w.windows, put(w.content, gdk_display_get_monitor(display, i)));
}

static void
update(GVariant *content)
{
        if (!w.windows) {
                w.windows = g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))gtk_widget_destroy);
                /* Monitors come and go, and change their size. */
                g_signal_connect(gdk_screen_get_default(), "monitors-changed", G_CALLBACK(draw), NULL);
                g_signal_connect(gdk_screen_get_default(), "size-changed", G_CALLBACK(draw), NULL);
        }
        if (w.content)
                g_variant_unref(w.content);
        w.content = g_variant_ref(content);
        draw();
}

const GuardFace guard_face_mark = {"mark", update};
