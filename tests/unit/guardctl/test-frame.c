/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl's frame: verbs are found, suggested and refused with the right exit status; tables align
 * Chinese text; errors map to INTERFACES' exit status.
 */
#include <string.h>
#include "tests/unit/guardctl/capture.h"

static int last_argc;
static char last_argv0[32];

static int
verb_probe(GuardctlContext *ctx, int argc, char **argv)
{
        (void)ctx;
        last_argc = argc;
        g_strlcpy(last_argv0, argv[0], sizeof last_argv0);
        return GUARDCTL_DONE;
}

static const GuardctlVerb verbs[] = {
        {"status", verb_probe, "how it is"},
        {"media", verb_probe, "drives"},
        {"doctor", verb_probe, "weaknesses"},
        {NULL, NULL, NULL},
};

static void
test_dispatch(void)
{
        static const struct {
                const char *line;
                int status;
                const char *out, *err; /* substrings */
        } cases[] = {
                {"guardctl media list -x", 0, NULL, NULL},
                {"guardctl --json media list", 0, NULL, NULL},
                {"guardctl", 2, NULL, "media"},
                {"guardctl --help", 0, "doctor", NULL},
                {"guardctl help", 0, "doctor", NULL},
                {"guardctl docter", 2, NULL, "did you mean 'doctor'?"},
                {"guardctl stat", 2, NULL, "did you mean 'status'?"},
                {"guardctl frobnicate", 2, NULL, "lists what there is"},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_auto(Capture) capture = {0};
                g_auto(GStrv) argv = g_strsplit(cases[i].line, " ", -1);
                int status;

                capture_begin(&capture);
                status = guardctl_dispatch(&capture.ctx, verbs, NULL, "about", (int)g_strv_length(argv), argv);
                capture_end(&capture);
                g_test_message("%s: %d\n%s%s", cases[i].line, status, capture.out, capture.err);
                g_assert_cmpint(status, ==, cases[i].status);
                if (cases[i].out)
                        g_assert_nonnull(strstr(capture.out, cases[i].out));
                else
                        g_assert_cmpstr(capture.out, ==, "");
                if (cases[i].err)
                        g_assert_nonnull(strstr(capture.err, cases[i].err));
                else
                        g_assert_cmpstr(capture.err, ==, "");
        }
}

static void
test_dispatch_arguments(void)
{
        g_auto(Capture) capture = {0};
        char *argv[] = {(char *)"guardctl", (char *)"media", (char *)"a", (char *)"b", NULL};

        capture_begin(&capture);
        g_assert_cmpint(guardctl_dispatch(&capture.ctx, verbs, NULL, "about", 4, argv), ==, 0);
        g_assert_cmpint(last_argc, ==, 3);
        g_assert_cmpstr(last_argv0, ==, "media");
}

/* GOption takes strings out of the vector: parse a copy of it, free the original. */
static char **
view_of(char **argv)
{
        gsize n = g_strv_length(argv) + 1;
        char **view = g_new(char *, n);

        memcpy(view, argv, n * sizeof *view);
        return view;
}

static void
test_parse(void)
{
        static const GuardctlUsage usage = {"media eject", "DEVICE", "Ejects.", 1, 1};
        static const struct {
                const char *line;
                int status, argc;
                gboolean json;
        } cases[] = {
                {"eject 1-2", GUARDCTL_GO_ON, 2, FALSE},
                {"eject --json 1-2", GUARDCTL_GO_ON, 2, TRUE},
                {"eject 1-2 --json", GUARDCTL_GO_ON, 2, TRUE},
                {"eject -- --odd", GUARDCTL_GO_ON, 2, FALSE},
                {"eject", GUARDCTL_USAGE_ERROR, 1, FALSE},
                {"eject 1 2", GUARDCTL_USAGE_ERROR, 3, FALSE},
                {"eject --what 1-2", GUARDCTL_USAGE_ERROR, 3, FALSE},
                {"eject --help", GUARDCTL_DONE, 1, FALSE},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_auto(Capture) capture = {0};
                g_auto(GStrv) argv = g_strsplit(cases[i].line, " ", -1);
                g_autofree char **view = view_of(argv);
                char **p = view;
                int argc = (int)g_strv_length(argv), status;

                capture_begin(&capture);
                status = guardctl_parse(&capture.ctx, &usage, NULL, &argc, &p);
                capture_end(&capture);
                g_test_message("%s: %d\n%s%s", cases[i].line, status, capture.out, capture.err);
                g_assert_cmpint(status, ==, cases[i].status);
                g_assert_cmpint(argc, ==, cases[i].argc);
                g_assert_cmpint(capture.ctx.json, ==, cases[i].json);
                if (status == GUARDCTL_DONE) {
                        g_assert_nonnull(strstr(capture.out, "guardctl media eject"));
                        g_assert_nonnull(strstr(capture.out, "--json"));
                }
                if (status == GUARDCTL_USAGE_ERROR)
                        g_assert_nonnull(strstr(capture.err, "media eject --help"));
        }
}

static void
test_status(void)
{
        static const struct {
                int code, status;
        } cases[] = {
                {GUARD_ERROR_FAILED, 1}, {GUARD_ERROR_DENIED, 1}, {GUARD_ERROR_NOT_FOUND, 1},
                {GUARD_ERROR_ROLLBACK, 1}, {GUARD_ERROR_USAGE, 2}, {GUARD_ERROR_UNREACHABLE, 3},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GError) error = g_error_new_literal(GUARD_ERROR, cases[i].code, "because");
                g_auto(Capture) capture = {0};

                capture_begin(&capture);
                g_assert_cmpint(guardctl_fail(&capture.ctx, error), ==, cases[i].status);
                capture_end(&capture);
                g_assert_cmpstr(capture.err, ==, "guardctl: because\n");
                g_assert_cmpstr(capture.out, ==, "");
        }
}

static void
test_table(void)
{
        static const char *const headers[] = {"编号", "NAME", "X"};
        g_autoptr(GuardctlTable) table = guardctl_table_new(3, headers);
        g_auto(Capture) capture = {0};

        guardctl_table_cell(table, GUARDCTL_BAD, "涉密一号");
        guardctl_table_cell(table, GUARDCTL_PLAIN, "a\033[2Jb\nc");
        guardctl_table_cell(table, GUARDCTL_PLAIN, NULL);
        guardctl_table_cell(table, GUARDCTL_PLAIN, "7");
        guardctl_table_cell_format(table, GUARDCTL_PLAIN, "%d%s", 12, "三");
        guardctl_table_cell(table, GUARDCTL_PLAIN, "x");
        g_assert_cmpuint(guardctl_table_rows(table), ==, 2);

        capture_begin(&capture);
        guardctl_table_print(&capture.ctx, table);
        capture_end(&capture);
        {
                g_auto(GStrv) lines = g_strsplit(capture.out, "\n", -1);
                int at[3];

                g_assert_cmpuint(g_strv_length(lines), ==, 4); /* header, two rows, the end */
                g_assert_null(strchr(capture.out, '\033'));
                for (int i = 0; i < 3; i++) { /* the last column begins at the same place in each */
                        g_autofree char *head = g_strndup(lines[i], (gsize)(strrchr(lines[i], ' ') + 1 - lines[i]));

                        at[i] = guardctl_columns(head);
                }
                g_assert_cmpint(at[0], ==, at[1]);
                g_assert_cmpint(at[0], ==, at[2]);
                g_assert_true(g_str_has_prefix(lines[1], "涉密一号  a"));
                g_assert_true(g_str_has_prefix(lines[2], "7         12三"));
        }
}

static void
test_colour(void)
{
        g_auto(Capture) plain = {0}, coloured = {0};

        capture_begin(&plain);
        guardctl_put(&plain.ctx, GUARDCTL_BAD, "refuse");
        capture_end(&plain);
        g_assert_cmpstr(plain.out, ==, "refuse");

        capture_begin(&coloured);
        coloured.ctx.colour = TRUE;
        guardctl_put(&coloured.ctx, GUARDCTL_BAD, "refuse");
        capture_end(&coloured);
        g_assert_nonnull(strstr(coloured.out, "\033[1;31mrefuse\033[0m"));
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/guardctl/frame/dispatch", test_dispatch);
        g_test_add_func("/guardctl/frame/dispatch-arguments", test_dispatch_arguments);
        g_test_add_func("/guardctl/frame/parse", test_parse);
        g_test_add_func("/guardctl/frame/status", test_status);
        g_test_add_func("/guardctl/frame/table", test_table);
        g_test_add_func("/guardctl/frame/colour", test_colour);
        return g_test_run();
}
