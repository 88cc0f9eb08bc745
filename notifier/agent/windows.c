/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Running the window program.
 */
#include "notifier/agent/windows.h"
#include <signal.h>
#include <string.h>

struct GuardWindow {
        GSubprocess *process;
        GDataInputStream *lines;
        GCancellable *cancel;
        GQueue *to_say; /* of GBytes; the head is being written */
        gboolean writing;
        GuardWindowHandlers handlers;
        gpointer user_data;
};

static void read_line(GuardWindow *window);
static void write_next(GuardWindow *window);

static void
on_written(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GuardWindow *window;
        g_autoptr(GError) error = NULL;

        g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, NULL, &error);
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return;
        window = user_data;
        window->writing = FALSE;
        g_bytes_unref(g_queue_pop_head(window->to_say));
        if (!error) /* else it is gone; reading says so */
                write_next(window);
}

static void
write_next(GuardWindow *window)
{
        GBytes *bytes = g_queue_peek_head(window->to_say);
        gsize size;
        const void *data;

        if (!bytes || window->writing)
                return;
        window->writing = TRUE;
        data = g_bytes_get_data(bytes, &size);
        g_output_stream_write_all_async(g_subprocess_get_stdin_pipe(window->process), data, size, G_PRIORITY_DEFAULT, window->cancel,
                                        on_written, window);
}

void
guard_window_update(GuardWindow *window, GVariant *content)
{
        g_autoptr(GVariant) owned = g_variant_ref_sink(content);
        g_autofree char *text = g_variant_print(owned, TRUE);
        char *line = g_strconcat(text, "\n", NULL);

        g_queue_push_tail(window->to_say, g_bytes_new_take(line, strlen(line)));
        write_next(window);
}

static void
on_line(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GuardWindow *window;
        g_autoptr(GError) error = NULL;
        g_autofree char *line = g_data_input_stream_read_line_finish_utf8(G_DATA_INPUT_STREAM(source), result, NULL, &error);

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return;
        window = user_data;
        if (!line) {
                window->handlers.closed(window, window->user_data);
                return;
        }
        read_line(window);
        window->handlers.said(window, line, window->user_data); /* may free the window */
}

static void
read_line(GuardWindow *window)
{
        g_data_input_stream_read_line_async(window->lines, G_PRIORITY_DEFAULT, window->cancel, on_line, window);
}

GuardWindow *
guard_window_open(const char *program, const char *kind, GVariant *content, const GuardWindowHandlers *handlers, gpointer user_data,
                  GError **error)
{
        g_autoptr(GVariant) owned = g_variant_ref_sink(content);
        GuardWindow *window;
        GSubprocess *process = g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, error, program, kind, NULL);

        if (!process)
                return NULL;
        window = g_new0(GuardWindow, 1);
        window->process = process;
        window->lines = g_data_input_stream_new(g_subprocess_get_stdout_pipe(process));
        window->cancel = g_cancellable_new();
        window->to_say = g_queue_new();
        window->handlers = *handlers;
        window->user_data = user_data;
        guard_window_update(window, owned);
        read_line(window);
        return window;
}

void
guard_window_free(GuardWindow *window)
{
        if (!window)
                return;
        g_cancellable_cancel(window->cancel);
        g_object_unref(window->cancel);
        g_subprocess_send_signal(window->process, SIGTERM);
        g_object_unref(window->lines);
        g_object_unref(window->process);
        g_queue_free_full(window->to_say, (GDestroyNotify)g_bytes_unref);
        g_free(window);
}
