/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How signed texts spell bytes and times: one spelling of each value, so that nothing can change unseen. Pure.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* Lower-case hex digits, two a byte. */
void guard_hex_append(GString *text, const guint8 *bytes, gsize size);
/* @hex: room for 2 * @size + 1. */
void guard_hex_write(char *hex, const guint8 *bytes, gsize size);
gboolean guard_hex_is(const char *text, gsize digits); /* so many lower-case digits, and no more */
/* All of @digits, an even number. FALSE: others than lower-case digits are there. */
gboolean guard_hex_read(const char *text, gsize digits, guint8 *bytes);
/* "2026-11-24T20:00:00Z". Caller frees. */
char *guard_manifest_time(gint64 time_us);
/* Only what guard_manifest_time() writes, after 1970. */
gboolean guard_manifest_time_read(const char *text, gint64 *time_us);

G_END_DECLS
