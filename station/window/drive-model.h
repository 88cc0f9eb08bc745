/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A list model over a view of the book: rows are read a page at a time, where somebody looks. No
 * widget.
 */
#pragma once
#include <gio/gio.h>
#include "station/query.h"

G_BEGIN_DECLS

#define GUARD_TYPE_DRIVE_ITEM (guard_drive_item_get_type())
G_DECLARE_FINAL_TYPE(GuardDriveItem, guard_drive_item, GUARD, DRIVE_ITEM, GObject)
/* The drive of a row (transfer none); never NULL. */
const GuardDrive *guard_drive_item_get(GuardDriveItem *item);

#define GUARD_TYPE_DRIVE_MODEL (guard_drive_model_get_type())
G_DECLARE_FINAL_TYPE(GuardDriveModel, guard_drive_model, GUARD, DRIVE_MODEL, GObject)
/* An empty list. @station must outlive it. */
GuardDriveModel *guard_drive_model_new(GuardStation *station);
/* Shows @view (taken; NULL: empty) from now on, read anew. */
void guard_drive_model_set_view(GuardDriveModel *model, GuardDriveView *view);
/* How many pages are held now; for tests. */
guint guard_drive_model_pages(GuardDriveModel *model);

G_END_DECLS
