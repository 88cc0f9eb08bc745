/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is plugged in, as guardd says it: once at the beginning, and whenever something changed.
 */
#pragma once
#include "station/window/facts.h"

G_BEGIN_DECLS

typedef struct GuardMediaWatch GuardMediaWatch;

/* @facts (of GuardFacts, borrowed until the next time) is empty where guardd does not answer;
 * @unreachable says why then, and is NULL otherwise. In the main loop, first before
 * guard_media_watch_new() returns where there is no bus. */
typedef void (*GuardMediaSeen)(const GPtrArray *facts, const char *unreachable, gpointer user_data);
GuardMediaWatch *guard_media_watch_new(GuardMediaSeen seen, gpointer user_data);
void guard_media_watch_free(GuardMediaWatch *watch); /* no call comes any more */
/* Asks once more now. */
void guard_media_watch_look(GuardMediaWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardMediaWatch, guard_media_watch_free)

G_END_DECLS
