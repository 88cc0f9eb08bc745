/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Key files as people have them: what is in one, and what to say of one that does not fit. For registry/'s own files.
 */
#pragma once
#include <openssl/bio.h>
#include "registry/signature.h"

G_BEGIN_DECLS

/* The bytes of a key file, read whole; wiped by guard_key_text_free(). */
typedef struct {
        char *bytes; /* ended by NUL */
        gsize size;
        guint mode; /* permission bits; 0 where it is no regular file */
} GuardKeyText;

/* GUARD_ERROR_IO: not there, not readable, a directory; GUARD_ERROR_SYNTAX: empty, or far too large for a key. */
gboolean guard_key_text_read(const char *path, GuardKeyText *text, GError **error);
void guard_key_text_free(GuardKeyText *text);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GuardKeyText, guard_key_text_free)

/* Is a key of this half in it? If not, says what is there instead, and what to do. GUARD_ERROR_SYNTAX or
 * GUARD_ERROR_INVALID_VALUE. */
gboolean guard_key_text_check(const GuardKeyText *text, gboolean private, const char *path, GError **error);

G_END_DECLS
