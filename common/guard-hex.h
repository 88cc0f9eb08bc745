/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bytes as lower-case hex digits, two a byte. Pure.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

void guard_hex_append(GString *text, const guint8 *bytes, gsize size);
/* @hex: room for 2 * @size + 1. */
void guard_hex_write(char *hex, const guint8 *bytes, gsize size);
gboolean guard_hex_is(const char *text, gsize digits); /* so many lower-case digits, and no more */
/* All of @digits, an even number. FALSE: others than lower-case digits are there. */
gboolean guard_hex_read(const char *text, gsize digits, guint8 *bytes);

G_END_DECLS
