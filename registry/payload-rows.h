/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The desk's half of the identifier table: all identifiers of a book are gathered, sorted and
 * written as the rows that payload.c reads. Same identifiers, same rows, in whatever order they
 * came.
 */
#pragma once
#include <glib.h>
#include <sqlite3.h>
#include "registry/identity.h"
#include "registry/snapshot.h"

G_BEGIN_DECLS

typedef struct GuardPayloadRows GuardPayloadRows;

GuardPayloadRows *guard_payload_rows_new(const guint8 key[GUARD_DIGEST_KEY_SIZE]);
void guard_payload_rows_free(GuardPayloadRows *rows);
/* @entry: the number of the drive that has it. */
void guard_payload_rows_add(GuardPayloadRows *rows, guint32 entry, const GuardIdentifier *id);
/* FALSE: what @db then says is why. */
gboolean guard_payload_rows_write(GuardPayloadRows *rows, sqlite3 *db);

G_END_DECLS
