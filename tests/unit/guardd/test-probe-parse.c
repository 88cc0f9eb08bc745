/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The reader of guard-probe's output: what it takes, and that anything else leaves no volume behind.
 */
#include <string.h>
#include "common/guard-error.h"
#include "guardd/probe/protocol.h"

static const char GOOD[] = "probe 1\n"
                           "disk size=33554432 sector=512\n"
                           "table type=gpt uuid=aaaa-01\n"
                           "part number=1 start=1048576 size=16777216 uuid=bbbb-02\n"
                           "part number=2 start=17825792 size=8388608\n"
                           "volume partition=0 start=0 size=33554432 usage=filesystem type=iso9660 "
                           "uuid=2024-01-01-00-00-00-00\n"
                           "volume partition=1 start=1048576 size=16777216 usage=filesystem type=vfat "
                           "version=FAT16 uuid=1234-ABCD label=A%20B%0Ares%3Dsuccess\n"
                           "end ok\n";

static void
test_good(void)
{
        g_autoptr(GuardBlockFacts) facts = guard_block_facts_new();
        g_autoptr(GError) error = NULL;
        const GuardVolumeFacts *volume;

        g_assert_true(guard_probe_parse(GOOD, strlen(GOOD), facts, &error));
        g_assert_no_error(error);
        g_assert_cmpint(facts->probe, ==, GUARD_PROBE_OK);
        g_assert_cmpuint(facts->size, ==, 33554432);
        g_assert_cmpstr(facts->pt_type, ==, "gpt");
        g_assert_cmpstr(facts->pt_uuid, ==, "aaaa-01");
        g_assert_cmpuint(facts->volumes->len, ==, 3);
        volume = g_ptr_array_index(facts->volumes, 1);
        g_assert_cmpuint(volume->partition, ==, 1);
        g_assert_cmpstr(volume->type, ==, "vfat");
        g_assert_cmpstr(volume->uuid, ==, "1234-ABCD");
        g_assert_cmpstr(volume->label, ==, "A B\nres=success");
        g_assert_cmpstr(volume->part_uuid, ==, "bbbb-02");
        /* A partition without a superblock is still a partition. */
        volume = g_ptr_array_index(facts->volumes, 2);
        g_assert_cmpuint(volume->partition, ==, 2);
        g_assert_null(volume->type);
}

/* A mark belongs to a table, is one, and is text: bytes that are none stay a mark that nobody has signed. */
static void
test_mark(void)
{
        static const struct {
                const char *lines, *mark; /* NULL: refused */
        } rows[] = {
                {"table type=dos\nmark text=baomi-guard-mark%201%0Amedia-id=x%0A\n", NULL},
                {"table type=dos\nmark text=baomi-guard-mark%201%0Amedia-id%3Dx%0A\n", "baomi-guard-mark 1\nmedia-id=x\n"},
                {"table type=dos\nmark text=baomi-guard-mark%201%0A%FF%FE\n", "baomi-guard-mark 1\n"},
                {"table type=dos\nmark text=a\nmark text=b\n", NULL},
                {"table type=dos\nmark text=\n", ""},
                {"table type=dos\nmark\n", NULL},
                {"mark text=a\n", NULL},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_autofree char *text = g_strconcat("probe 1\ndisk size=33554432 sector=512\n", rows[i].lines, "end ok\n", NULL);
                g_autoptr(GuardBlockFacts) facts = guard_block_facts_new();

                g_assert_cmpint(guard_probe_parse(text, strlen(text), facts, NULL), ==, rows[i].mark != NULL);
                g_assert_cmpstr(facts->mark, ==, rows[i].mark);
        }
}

/* Cut anywhere, it is never taken for a whole. */
static void
test_cut(void)
{
        for (gsize size = 0; size < strlen(GOOD); size++) {
                g_autoptr(GuardBlockFacts) facts = guard_block_facts_new();

                g_assert_false(guard_probe_parse(GOOD, size, facts, NULL));
                g_assert_cmpint(facts->probe, ==, GUARD_PROBE_FAILED);
                g_assert_cmpuint(facts->volumes->len, ==, 0);
        }
}

static void
test_bad(void)
{
        static const char *const BAD[] = {
                "probe 2\ndisk size=1 sector=1\nend ok\n",
                "probe 1\nend ok\n",                                        /* no disk */
                "probe 1\ndisk size=1\nend ok\n",                           /* a word missing */
                "probe 1\ndisk size=1 sector=1 sector=1\nend ok\n",         /* twice */
                "probe 1\ndisk size=1 sector=1 more=1\nend ok\n",           /* unknown */
                "probe 1\ndisk size=-1 sector=1\nend ok\n",                 /* no number */
                "probe 1\ndisk size=1 sector=1\ndisk size=1 sector=1\nend ok\n",
                "probe 1\ndisk size=1 sector=1\nend ok\nend ok\n",          /* after the end */
                "probe 1\ndisk size=1 sector=1\ntable type=a%00b\nend ok\n", /* NUL */
                "probe 1\ndisk size=1 sector=1\ntable type=a%4\nend ok\n",
                "probe 1\ndisk size=1 sector=1\ntable type=\x01\nend ok\n",
                "probe 1\ndisk size=1 sector=1\npart number=1 start=1 size=1\nend ok\n", /* no table */
                "probe 1\ndisk size=1 sector=1 \nend ok\n",
                "probe 1\ndisk size=1 sector=1\nwhatever a=b\nend ok\n",
        };

        for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
                g_autoptr(GuardBlockFacts) facts = guard_block_facts_new();
                g_autoptr(GError) error = NULL;

                g_test_message("%s", BAD[i]);
                g_assert_false(guard_probe_parse(BAD[i], strlen(BAD[i]), facts, &error));
                g_assert_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX);
        }
}

static void
test_failure_is_told(void)
{
        static const char TEXT[] = "probe 1\nend error=read-error\n";
        g_autoptr(GuardBlockFacts) facts = guard_block_facts_new();
        g_autoptr(GError) error = NULL;

        g_assert_false(guard_probe_parse(TEXT, strlen(TEXT), facts, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_IO);
        g_assert_cmpstr(facts->probe_error, ==, "read-error");
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/probe-parse/mark", test_mark);
        g_test_add_func("/probe/good", test_good);
        g_test_add_func("/probe/cut", test_cut);
        g_test_add_func("/probe/bad", test_bad);
        g_test_add_func("/probe/failure", test_failure_is_told);
        return g_test_run();
}
