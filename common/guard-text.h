/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Making hostile strings safe, and times readable. Pure.
 */
#pragma once
#include <glib.h>
#include <stdarg.h>

G_BEGIN_DECLS

/* For people: valid UTF-8, no control characters, no bidi overrides or zero-width tricks, no newlines, at most @max
 * characters (… at the end when cut). NULL gives "". Caller frees. */
char *guard_text_display(const char *raw, gsize max);
/* For audit and one-line logs: as audit does it: quoted as it is when harmless, else upper-case hex. Caller frees. */
char *guard_text_audit(const char *raw);
/* printf() through gettext: the rules are pure and must not look into catalogs themselves; they hand over N_() strings. */
char *guard_text_format(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* A sentence for a reader whose language the writer does not know: @msgid, an N_() string, and what stands in the place
 * of each %s in it (strings, NULL at the end). What stands there may be packed itself where it has nothing of its own in
 * it. guardd sends it, clients show it. Pure. Caller frees. */
char *guard_text_pack(const char *msgid, ...) G_GNUC_NULL_TERMINATED;
char *guard_text_packv(const char *msgid, va_list args);
/* The sentence in English, for records and logs; in the language of this process. Text that is not packed stays what it
 * is, but for being translated where it is known as a whole. NULL gives NULL. Caller frees. */
char *guard_text_plain(const char *packed);
char *guard_text_translate(const char *packed);
/* RFC 3339 with microseconds, local offset; @time_us since 1970 UTC. Caller frees. */
char *guard_time_format(gint64 time_us);
/* By how many microseconds local time is before UTC at that moment. Sees a time zone that was set meanwhile, by one stat()
 * where a new GTimeZone reads the whole file: guardd asks at each decision. */
gint64 guard_time_utc_offset(gint64 time_us);
/* Accepts RFC 3339, "YYYY-MM-DD", "YYYY-MM-DD HH:MM[:SS]", "today", "yesterday", "-2h" "-30min" "-7d". */
gboolean guard_time_parse(const char *text, gint64 now_us, gint64 *time_us, GError **error);

G_END_DECLS
