/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lines to a terminal, kept while it takes none.
 */
#include "notifier/agent/terminal.h"
#include <errno.h>
#include <glib-unix.h>
#include <linux/kd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS 76u
#define MAX_KEPT 16384u /* of a terminal that is held for long: more would be noise when it goes on */

struct GuardTerminal {
        int fd;
        GString *kept;
        guint source;
        gboolean ended;
        void (*gone)(gpointer user_data);
        gpointer user_data;
};

gboolean
guard_terminal_is_console(int fd)
{
        char type = 0;

        return ioctl(fd, KDGKBTYPE, &type) == 0;
}

static guint
cells(gunichar c)
{
        return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

/* Breaks at blanks, and anywhere between wide characters, which have no blanks between words. */
static void
add_wrapped(GString *out, const char *text, guint columns)
{
        guint used = 0, since = 0; /* cells in the line, cells after the last place to break at */
        gssize blank = -1;         /* where that place is in @out */

        g_string_append(out, "  ");
        for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
                gunichar c = g_utf8_get_char(p);

                if (used > 0 && used + cells(c) > columns) {
                        gboolean here = blank < 0 || c == ' ' || g_unichar_iswide(c);

                        if (!here)
                                g_string_erase(out, blank, 1);
                        g_string_insert(out, here ? -1 : blank, "\r\n  ");
                        used = here ? 0 : since;
                        blank = -1;
                        since = 0;
                        if (c == ' ')
                                continue;
                }
                if (c == ' ') {
                        blank = (gssize)out->len;
                        since = 0;
                } else {
                        since += cells(c);
                }
                g_string_append_unichar(out, c);
                used += cells(c);
        }
        g_string_append(out, "\r\n");
}

char *
guard_terminal_text(const GuardMessage *message, guint columns)
{
        GString *out = g_string_new("\r\n\a*** ");

        columns = MAX(columns, 20);
        g_string_append(out, message->title);
        g_string_append(out, " ***\r\n");
        add_wrapped(out, message->body, columns - 2);
        return g_string_free(out, FALSE);
}

static gboolean
send(GuardTerminal *terminal)
{
        while (terminal->kept->len > 0) {
                gssize n = write(terminal->fd, terminal->kept->str, terminal->kept->len);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return errno == EAGAIN;
                g_string_erase(terminal->kept, 0, n);
        }
        return TRUE;
}

static gboolean
on_ready(gint fd, GIOCondition condition, gpointer user_data)
{
        GuardTerminal *terminal = user_data;

        (void)fd;
        if (send(terminal) && (condition & (G_IO_HUP | G_IO_ERR)) == 0) {
                if (terminal->kept->len > 0)
                        return G_SOURCE_CONTINUE;
                terminal->source = 0;
                return G_SOURCE_REMOVE;
        }
        terminal->source = 0;
        terminal->ended = TRUE;
        if (terminal->gone)
                terminal->gone(terminal->user_data);
        return G_SOURCE_REMOVE;
}

GuardTerminal *
guard_terminal_new(int fd, void (*gone)(gpointer user_data), gpointer user_data)
{
        GuardTerminal *terminal = g_new0(GuardTerminal, 1);
        g_autoptr(GError) error = NULL;

        *terminal = (GuardTerminal){.fd = fd, .kept = g_string_new(NULL), .gone = gone, .user_data = user_data};
        if (!g_unix_set_fd_nonblocking(fd, TRUE, &error))
                g_message("the terminal may keep us waiting: %s", error->message);
        return terminal;
}

void
guard_terminal_free(GuardTerminal *terminal)
{
        if (!terminal)
                return;
        if (terminal->source)
                g_source_remove(terminal->source);
        g_string_free(terminal->kept, TRUE);
        g_free(terminal);
}

void
guard_terminal_say(GuardTerminal *terminal, const GuardMessage *message)
{
        g_autofree char *text = guard_terminal_text(message, COLUMNS);

        if (terminal->ended || terminal->kept->len + strlen(text) > MAX_KEPT)
                return;
        g_string_append(terminal->kept, text);
        if (!terminal->source)
                terminal->source = g_unix_fd_add(terminal->fd, G_IO_OUT | G_IO_HUP | G_IO_ERR, on_ready, terminal);
}
