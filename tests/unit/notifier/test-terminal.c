/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lines on a terminal: where they break, and that a terminal which takes nothing keeps nobody waiting.
 */
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>
#include "notifier/agent/terminal.h"

static const struct {
        const char *title, *body;
        guint columns;
        const char *expected;
} rows[] = {
        {"Blocked", "one two", 40, "\r\n\a*** Blocked ***\r\n  one two\r\n"},
        {"Blocked", "one two three four five", 20, "\r\n\a*** Blocked ***\r\n  one two three four\r\n  five\r\n"},
        {"Blocked", "0123456789012345678901234", 20, "\r\n\a*** Blocked ***\r\n  012345678901234567\r\n  8901234\r\n"},
        {"已阻止", "请立即拔出并报告综合协调组。", 20, "\r\n\a*** 已阻止 ***\r\n  请立即拔出并报告综\r\n  合协调组。\r\n"},
        {"已阻止", "编号 LY-017 请立即拔出", 20, "\r\n\a*** 已阻止 ***\r\n  编号 LY-017 请立即\r\n  拔出\r\n"},
        {"x", "", 1, "\r\n\a*** x ***\r\n  \r\n"},
};

static void
test_text(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
                const GuardMessage message = {.title = (char *)rows[i].title, .body = (char *)rows[i].body};
                g_autofree char *text = guard_terminal_text(&message, rows[i].columns);

                g_assert_cmpstr(text, ==, rows[i].expected);
        }
}

static void
on_gone(gpointer user_data)
{
        (*(guint *)user_data)++;
}

static gsize
drain(int fd)
{
        char buffer[4096];
        gsize all = 0;
        gssize n;

        while ((n = read(fd, buffer, sizeof buffer)) > 0)
                all += (gsize)n;
        return all;
}

/* A full pipe is a terminal that is held: what is said waits, up to a limit, and comes when it goes on. */
static void
test_held(void)
{
        const GuardMessage message = {.title = (char *)"Blocked", .body = (char *)"one two"};
        g_autoptr(GuardTerminal) terminal = NULL;
        guint gone = 0;
        gsize seen = 0;
        char full[4096] = {0};
        int ends[2];

        g_assert_true(g_unix_open_pipe(ends, FD_CLOEXEC, NULL));
        g_assert_true(g_unix_set_fd_nonblocking(ends[0], TRUE, NULL));
        terminal = guard_terminal_new(ends[1], on_gone, &gone);
        while (write(ends[1], full, sizeof full) > 0)
                ;
        for (guint i = 0; i < 10000; i++)
                guard_terminal_say(terminal, &message);
        while (g_main_context_iteration(NULL, FALSE))
                ;
        drain(ends[0]);
        for (guint i = 0; i < 1000 && g_main_context_iteration(NULL, FALSE); i++)
                seen += drain(ends[0]);
        g_assert_cmpuint(seen, >, 1000);
        g_assert_cmpuint(seen, <=, 16384);
        g_assert_cmpuint(gone, ==, 0);
        close(ends[0]);
        guard_terminal_say(terminal, &message);
        while (gone == 0)
                g_main_context_iteration(NULL, TRUE);
        guard_terminal_say(terminal, &message);
        while (g_main_context_iteration(NULL, FALSE))
                ;
        g_assert_cmpuint(gone, ==, 1);
        close(ends[1]);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        signal(SIGPIPE, SIG_IGN);
        g_test_add_func("/notifier/terminal/text", test_text);
        g_test_add_func("/notifier/terminal/held", test_held);
        return g_test_run();
}
