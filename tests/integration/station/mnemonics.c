/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Alt and a letter mean one thing: walks the window's pages, its menu and each dialog, in the
 * language of the environment, for letters that two have. Prints TAP; run on a display by
 * test_mnemonics.py.
 *
 *     mnemonics LOCALE-DIR CANCEL
 *
 * CANCEL is what "_Cancel" is in that language.
 */
#include <locale.h>
#include <stdio.h>
#include <libintl.h>
#include <string.h>
#include <unistd.h>
#include "station/stocktake.h"
#include "station/window/computers.h"
#include "station/window/window.h"

static guint number, failed;

static void
say(gboolean ok, const char *what, const char *why)
{
        printf("%s %u - %s%s\n", ok ? "ok" : "not ok", ++number, what, why);
        failed += !ok;
}

/* The same letter in @seen: what has it already; then it has @text. */
static void
take(GHashTable *seen, guint letter, const char *text, GString *clashes)
{
        const char *other = g_hash_table_lookup(seen, GUINT_TO_POINTER(letter));

        if (other != NULL && !g_str_equal(other, text))
                g_string_append_printf(clashes, " '%s' and '%s' share %c;", other, text, (char)letter);
        g_hash_table_insert(seen, GUINT_TO_POINTER(letter), g_strdup(text));
}

static void
walk(GtkWidget *widget, GHashTable *seen, GString *clashes)
{
        guint key;

        if (!gtk_widget_get_visible(widget) || !gtk_widget_get_child_visible(widget))
                return;
        if (GTK_IS_LABEL(widget)) {
                key = gtk_label_get_mnemonic_keyval(GTK_LABEL(widget));
                if (key != GDK_KEY_VoidSymbol)
                        take(seen, gdk_keyval_to_lower(key), gtk_label_get_label(GTK_LABEL(widget)), clashes);
        }
        for (GtkWidget *child = gtk_widget_get_first_child(widget); child != NULL;
             child = gtk_widget_get_next_sibling(child))
                walk(child, seen, clashes);
}

static void
check(GtkWidget *widget, const char *what)
{
        g_autoptr(GHashTable) seen = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        g_autoptr(GString) clashes = g_string_new(NULL);

        walk(widget, seen, clashes);
        if (g_hash_table_size(seen) == 0)
                g_string_append(clashes, " no mnemonic at all");
        say(clashes->len == 0, what, clashes->str);
}

static void
check_menu(GMenuModel *menu, GHashTable *seen, GString *clashes)
{
        for (int i = 0; i < g_menu_model_get_n_items(menu); i++) {
                g_autoptr(GMenuModel) section = g_menu_model_get_item_link(menu, i, G_MENU_LINK_SECTION);
                g_autoptr(GMenuModel) sub = g_menu_model_get_item_link(menu, i, G_MENU_LINK_SUBMENU);
                g_autofree char *label = NULL;
                const char *at;

                if (section != NULL)
                        check_menu(section, seen, clashes);
                if (sub != NULL) {
                        g_autoptr(GHashTable) own = g_hash_table_new_full(NULL, NULL, NULL, g_free);

                        check_menu(sub, own, clashes);
                }
                g_menu_model_get_item_attribute(menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label);
                at = label != NULL ? strchr(label, '_') : NULL;
                if (at != NULL)
                        take(seen, (guint)g_ascii_tolower(at[1]), label, clashes);
                else if (label != NULL)
                        g_string_append_printf(clashes, " '%s' has none;", label);
        }
}

static void
settle(GuardWindow *window)
{
        while (guard_desk_busy(window->desk) || g_main_context_pending(NULL))
                g_main_context_iteration(NULL, TRUE);
}

static void
dialog(GuardWindow *window, const char *action, GuardStepKind step, const char *name)
{
        GtkWindow *shown = NULL;
        g_autoptr(GList) all = NULL;

        if (action != NULL)
                g_action_group_activate_action(G_ACTION_GROUP(window), action, NULL);
        else
                guard_step_dialog_show(window, step);
        settle(window);
        all = gtk_window_list_toplevels();
        for (GList *l = all; l != NULL; l = l->next) {
                if (l->data != window && GTK_IS_WINDOW(l->data))
                        shown = l->data;
        }
        if (shown == NULL) {
                say(FALSE, name, " is not shown");
                return;
        }
        check(GTK_WIDGET(shown), name);
        gtk_window_destroy(shown);
        settle(window);
}

static void
fill(const char *dir)
{
        g_autoptr(GuardStation) station = guard_station_open(dir, NULL);
        g_autoptr(GuardDrive) drive = guard_drive_new();
        g_autoptr(GuardComputer) computer = guard_computer_new();
        GuardAct act = guard_desk_act("test");

        drive->media_id = g_strdup("LY-1");
        drive->level = GUARD_LEVEL_SECRET;
        guard_drive_add_usb(drive, 0x951, 0x1666, "AZ0001QX77");
        computer->host_id = g_strdup("LY-PC-1");
        computer->level = GUARD_LEVEL_NONE;
        if (!guard_station_enrol(station, drive, FALSE, &act, NULL, NULL) ||
            !guard_station_add_computer(station, computer, &act, NULL))
                say(FALSE, "a register to look at", "");
}

static GtkMenuButton *
find_menu(GtkWidget *widget)
{
        GtkMenuButton *found = GTK_IS_MENU_BUTTON(widget) ? GTK_MENU_BUTTON(widget) : NULL;

        for (GtkWidget *child = gtk_widget_get_first_child(widget); found == NULL && child != NULL;
             child = gtk_widget_get_next_sibling(child))
                found = find_menu(child);
        return found;
}

static void
pages(GuardWindow *window)
{
        static const char *const names[] = {"drives", "computers", "stock-take", "history"};
        g_autoptr(GHashTable) seen = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        g_autoptr(GString) clashes = g_string_new(NULL);

        for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
                gtk_stack_set_visible_child_name(window->pages, names[i]);
                settle(window);
                check(GTK_WIDGET(window), names[i]);
        }
        check_menu(gtk_menu_button_get_menu_model(find_menu(GTK_WIDGET(window))), seen, clashes);
        say(clashes->len == 0, "the menu", clashes->str);
}

int
main(int argc, char **argv)
{
        static const char *const actions[] = {"enrol", "edit", "export", "publish", "roles", "computer-add", "computer-edit",
                                              "computer-secret", "computer-renew", "computer-retire", "stock-begin"};
        g_autofree char *dir = g_dir_make_tmp("mnemonics-XXXXXX", NULL);
        g_autoptr(GtkApplication) app = NULL;
        GuardDesk *desk;
        GuardWindow *window;

        setlocale(LC_ALL, "");
        bindtextdomain(GETTEXT_PACKAGE, argc > 1 ? argv[1] : "/nonexistent");
        bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
        textdomain(GETTEXT_PACKAGE);
        app = gtk_application_new(NULL, G_APPLICATION_NON_UNIQUE);
        desk = guard_desk_new(dir, TRUE, NULL);
        if (desk == NULL || !g_application_register(G_APPLICATION(app), NULL, NULL)) {
                printf("Bail out! no register or no display\n");
                return 1;
        }
        fill(dir);
        window = guard_window_new(app, desk);
        gtk_window_present(GTK_WINDOW(window));
        settle(window);
        pages(window);
        for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
                dialog(window, actions[i], 0, actions[i]);
        for (guint step = 0; step < GUARD_N_STEPS; step++)
                dialog(window, NULL, step, guard_step_to_string(step));
        say(argc > 2 && g_str_equal(gettext("_Cancel"), argv[2]), "the language is the one asked for", "");
        printf("1..%u\n", number);
        fflush(stdout);
        _exit(failed > 0 ? 1 : 0); /* what the toolkit keeps is not ours to judge */
}
