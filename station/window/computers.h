/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The page of computers (主机), and its dialogs.
 */
#pragma once
#include "station/computer.h"
#include "station/window/window.h"

G_BEGIN_DECLS

struct GuardComputersPage {
        GuardWindow *window;
        GtkWidget *page;
        GtkColumnView *list;
        GListStore *store; /* of GuardComputerItem */
        GtkSingleSelection *selection;
        GtkSearchEntry *search;
        GtkCheckButton *retired;
        GtkWidget *details;
        GtkLabel *heading, *count;
        GtkGrid *fields;
        GtkListBox *history;
        gboolean loading, again;
};

#define GUARD_TYPE_COMPUTER_ITEM (guard_computer_item_get_type())
G_DECLARE_FINAL_TYPE(GuardComputerItem, guard_computer_item, GUARD, COMPUTER_ITEM, GObject)
const GuardComputer *guard_computer_item_get(GuardComputerItem *item);

/* The one that is chosen, NULL for none; good until the page is read anew. */
const GuardComputer *guard_computers_chosen(GuardWindow *window);

/* computer-dialogs.c */
void guard_computer_add_show(GuardWindow *window);
void guard_computer_edit_show(GuardWindow *window);
void guard_computer_secret_show(GuardWindow *window);
void guard_computer_renew_show(GuardWindow *window);
void guard_computer_retire_show(GuardWindow *window);

G_END_DECLS
