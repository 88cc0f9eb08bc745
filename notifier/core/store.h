/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The user's own file (XDG_STATE_HOME/baomi-guard/notifier): what was not read, up to where the records were
 * seen, and the last ones, so that the history can be read while guardd is away. Losing it loses comfort
 * only: the ledger has everything.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

#define GUARD_STORE_MAX_HISTORY 200u

typedef struct {
        char *path;
        guint64 seen_seq;  /* the newest record that this user was told of, 0: none yet */
        char *seen_time;   /* its time, RFC 3339; NULL: none yet */
        GVariant *unread;  /* aa{sv}, guard_queue_save() */
        GVariant *history; /* aa{sv}, records as guardd gave them, oldest first */
} GuardStore;

/* Never fails: what cannot be read is as not there. @folder NULL: the usual one. */
GuardStore *guard_store_open(const char *folder);
void guard_store_free(GuardStore *store);
/* Both are consumed when floating. */
void guard_store_set_unread(GuardStore *store, GVariant *unread);
/* Newer records behind the known ones; the same seq is kept once. */
void guard_store_add_history(GuardStore *store, GVariant *records);
/* Was @record (its seq and time) already told? A ledger that was begun anew counts from one again: time decides too. */
gboolean guard_store_is_seen(const GuardStore *store, guint64 seq, const char *time);
/* TRUE: it is newer than what was seen before. */
gboolean guard_store_see(GuardStore *store, guint64 seq, const char *time);
gboolean guard_store_write(const GuardStore *store, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardStore, guard_store_free)

G_END_DECLS
