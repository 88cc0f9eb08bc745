/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Hostile strings made safe.
 */
#include "common/guard-text.h"
#include <locale.h>
#include <string.h>

static const struct {
        const char *raw;
        gsize max;
        const char *shown;
} display[] = {
        {NULL, 10, ""},
        {"", 10, ""},
        {"Kingston", 10, "Kingston"},
        {"Kingston", 8, "Kingston"},
        {"Kingston", 7, "Kingst…"},
        {"Kingston", 1, "…"},
        {"K", 1, "K"},
        {"Kingston", 0, ""},
        {"涉密专用U盘", 7, "涉密专用U盘"},
        {"涉密专用U盘", 4, "涉密专…"},
        {"a\nb\tc\r\nd", 20, "a b c d"},
        {"  padded   out  ", 20, "padded out"},
        {"x    ", 2, "x"},
        {"\x1b[31mred", 20, "\xef\xbf\xbd[31mred"}, /* terminal escape */
        {"a\xc2\x9b"
         "31m",
         20,
         "a\xef\xbf\xbd"
         "31m"}, /* C1 control sequence introducer */
        {"a\x7f"
         "b",
         20,
         "a\xef\xbf\xbd"
         "b"},
        {"exe\xe2\x80\xae"
         "gpj",
         20,
         "exe\xef\xbf\xbd"
         "gpj"}, /* right-to-left override */
        {"a\xe2\x81\xa6"
         "b\xe2\x81\xa9",
         20,
         "a\xef\xbf\xbd"
         "b\xef\xbf\xbd"}, /* isolates */
        {"a\xe2\x80\x8b"
         "b",
         20,
         "a\xef\xbf\xbd"
         "b"}, /* zero-width space */
        {"a\xe2\x80\x8d"
         "b",
         20,
         "a\xef\xbf\xbd"
         "b"}, /* zero-width joiner */
        {"a\xef\xbb\xbf"
         "b",
         20,
         "a\xef\xbf\xbd"
         "b"}, /* byte order mark */
        {"a\xe2\x80\xa8"
         "b",
         20,
         "a\xef\xbf\xbd"
         "b"}, /* line separator */
        {"a\xc2\xad"
         "b",
         20,
         "a\xef\xbf\xbd"
         "b"}, /* soft hyphen */
        {"a\xe3\x85\xa4"
         "b",
         20,
         "a\xef\xbf\xbd"
         "b"}, /* Hangul filler: a letter that nobody sees */
        {"a\xf3\xa0\x81\x81"
         "b",
         20,
         "a\xef\xbf\xbd"
         "b"}, /* tag character */
        {"a\xee\x80\x80"
         "b",
         20,
         "a\xef\xbf\xbd"
         "b"}, /* private use */
        {"a\xc2\xa0\xe3\x80\x80"
         "b",
         20, "a b"},                    /* no-break and ideographic space */
        {"e\xcc\x81", 20, "e\xcc\x81"}, /* one accent is writing */
        {"e\xcc\x81\xcc\x81\xcc\x81", 20,
         "e\xcc\x81\xcc\x81\xef\xbf\xbd"}, /* a tower of them is not */
        {"\xcc\x81"
         "e",
         20,
         "\xef\xbf\xbd"
         "e"}, /* nothing to sit on */
        {"a\xff\xfe"
         "b",
         20,
         "a\xef\xbf\xbd\xef\xbf\xbd"
         "b"},                                          /* not UTF-8 */
        {"a\xe6\xb6", 20, "a\xef\xbf\xbd\xef\xbf\xbd"}, /* cut in the middle */
        {"a\xc0\x80"
         "b",
         20,
         "a\xef\xbf\xbd\xef\xbf\xbd"
         "b"}, /* overlong */
        {"a\xed\xa0\x80"
         "b",
         20,
         "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
         "b"}, /* surrogate */
};

static void
shows_no_tricks(void)
{
        for (guint n = 0; n < G_N_ELEMENTS(display); n++) {
                g_autofree char *shown = guard_text_display(display[n].raw, display[n].max);
                g_assert_cmpstr(shown, ==, display[n].shown);
        }
}

/* Whatever comes in: valid UTF-8, at most so many characters, nothing that moves the cursor. */
static void
holds_for_random_bytes(void)
{
        for (guint round = 0; round < 20000; round++) {
                char raw[40];
                guint length = (guint)g_test_rand_int_range(0, 39);
                for (guint n = 0; n < length; n++)
                        raw[n] = (char)g_test_rand_int_range(1, 256);
                raw[length] = '\0';
                gsize max = (gsize)g_test_rand_int_range(0, 30);
                g_autofree char *shown = guard_text_display(raw, max);
                g_assert_true(g_utf8_validate(shown, -1, NULL));
                g_assert_cmpuint((gsize)g_utf8_strlen(shown, -1), <=, max);
                for (const char *p = shown; *p != '\0'; p = g_utf8_next_char(p)) {
                        GUnicodeType type = g_unichar_type(g_utf8_get_char(p));
                        g_assert_true(type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT);
                }
        }
}

static const struct {
        const char *raw, *written;
} audit[] = {
        {NULL, "?"},
        {"", "\"\""},
        {"ABC-123", "\"ABC-123\""},
        {"a b", "612062"},
        {"a\"b", "612262"},
        {"1\nres=success", "310A7265733D73756363657373"},
        {"\xe6\xb6\x89", "E6B689"},
        {"a\x7f", "617F"},
};

static void
encodes_as_audit_does(void)
{
        for (guint n = 0; n < G_N_ELEMENTS(audit); n++) {
                g_autofree char *written = guard_text_audit(audit[n].raw);
                g_assert_cmpstr(written, ==, audit[n].written);
        }
}

static void
packs(void)
{
        g_autofree char *word = guard_text_pack("nobody", NULL);
        g_autofree char *packed = guard_text_pack("%s is not %s", "a\x1f%s", word, NULL);
        g_autofree char *plain = guard_text_plain(packed);
        g_autofree char *order = guard_text_pack("%2$s before %1$s, 100%", "one", "two", NULL);
        g_autofree char *ordered = guard_text_translate(order);
        g_autofree char *whole = guard_text_plain("%s as it is");
        g_autofree char *missing = guard_text_pack("%s and %s", "one", NULL);
        g_autofree char *kept = guard_text_plain(missing);

        /* What stands in a place is never taken for a place itself, nor for an end. */
        g_assert_cmpstr(plain, ==, "a %s is not nobody");
        g_assert_cmpstr(ordered, ==, "two before one, 100%");
        g_assert_cmpstr(whole, ==, "%s as it is");
        g_assert_cmpstr(kept, ==, "one and %s");
        g_assert_null(guard_text_plain(NULL));
}

static void
formats(void)
{
        g_autofree char *text = guard_text_format("%s is %d", "this", 7);
        g_assert_cmpstr(text, ==, "this is 7");
}

int
main(int argc, char **argv)
{
        setlocale(LC_ALL, "C.UTF-8");
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/text/shows-no-tricks", shows_no_tricks);
        g_test_add_func("/text/holds-for-random-bytes", holds_for_random_bytes);
        g_test_add_func("/text/encodes-as-audit-does", encodes_as_audit_does);
        g_test_add_func("/text/formats", formats);
        g_test_add_func("/text/packs", packs);
        return g_test_run();
}
