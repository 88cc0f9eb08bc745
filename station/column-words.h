/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Words of cells: levels, states, days, sizes, lists. Pure. Each sets @reason (through gettext;
 * caller frees) where it returns FALSE.
 */
#pragma once
#include "station/station.h"

G_BEGIN_DECLS

gboolean guard_words_level(const char *text, GuardLevel *level, char **reason);
gboolean guard_words_status(const char *text, GuardStatus *status, char **reason);
/* 2026-03-01, 2026/3/1, 2026.3.1, 20260301, 2026年3月1日: @date is the first form, caller frees. */
gboolean guard_words_date(const char *text, char **date, char **reason);
/* Bytes, or a number with KB, MB, GB, TB (of 1000) or KiB … (of 1024). */
gboolean guard_words_capacity(const char *text, guint64 *bytes, char **reason);
gboolean guard_words_yes(const char *text, gboolean *yes, char **reason);
gboolean guard_words_hex16(const char *text, guint16 *number, char **reason);
/* Parts of a list, at ; ；、 | or, where there is one, at line ends only; NULL for none. Caller
 * frees. */
char **guard_words_split(const char *text);
/* The other way; NULL for none. Caller frees. */
char *guard_words_join(char *const *list);
/* The word in a cell. Static. */
const char *guard_words_of_level(GuardLevel level, gboolean english);
const char *guard_words_of_status(GuardStatus status, gboolean english);

G_END_DECLS
