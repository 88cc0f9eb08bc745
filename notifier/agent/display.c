/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * X and Wayland, as little of them as is needed.
 */
#include "notifier/agent/display.h"
#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <xcb/xcb.h>
#include <xcb/xcbext.h>

struct GuardDisplay {
        xcb_connection_t *x; /* NULL: Wayland */
        xcb_window_t root;
        gboolean can_idle;
        int fd;
        guint watch;
        void (*gone)(gpointer user_data);
        gpointer user_data;
};

/* MIT-SCREEN-SAVER, request 1: the only one that is needed, so its library is not. */
static xcb_extension_t screen_saver = {"MIT-SCREEN-SAVER", 0};

typedef struct {
        uint8_t opcode, request;
        uint16_t length;
        uint32_t drawable;
} QueryInfo;

typedef struct {
        uint8_t response, state;
        uint16_t sequence;
        uint32_t length, window, ms_until_server, ms_since_input, events;
        uint8_t kind, padding[7];
} QueryInfoReply;

static void
open_x(GuardDisplay *display)
{
        int number = 0;
        xcb_screen_iterator_t screens;
        const xcb_query_extension_reply_t *extension;

        display->x = xcb_connect(NULL, &number);
        if (xcb_connection_has_error(display->x)) {
                xcb_disconnect(display->x);
                display->x = NULL;
                return;
        }
        screens = xcb_setup_roots_iterator(xcb_get_setup(display->x));
        for (; screens.rem > 1 && number > 0; number--)
                xcb_screen_next(&screens);
        display->root = screens.data->root;
        extension = xcb_get_extension_data(display->x, &screen_saver);
        display->can_idle = extension && extension->present;
        display->fd = xcb_get_file_descriptor(display->x);
}

static void
open_wayland(GuardDisplay *display, const char *name)
{
        g_autofree char *path = g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(g_get_user_runtime_dir(), name, NULL);
        struct sockaddr_un address = {.sun_family = AF_UNIX};

        if (strlen(path) >= sizeof address.sun_path)
                return;
        strcpy(address.sun_path, path);
        display->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (display->fd >= 0 && connect(display->fd, (const struct sockaddr *)&address, sizeof address) != 0) {
                close(display->fd);
                display->fd = -1;
        }
}

static gboolean
is_over(GuardDisplay *display, GIOCondition condition)
{
        xcb_generic_event_t *event;
        char byte;

        if (condition & (G_IO_HUP | G_IO_ERR))
                return TRUE;
        if (!display->x)
                return recv(display->fd, &byte, 1, 0) == 0; /* what a compositor says is not listened to */
        while ((event = xcb_poll_for_event(display->x)) != NULL)
                free(event);
        return xcb_connection_has_error(display->x) != 0;
}

static gboolean
on_readable(gint fd, GIOCondition condition, gpointer user_data)
{
        GuardDisplay *display = user_data;

        (void)fd;
        if (!is_over(display, condition))
                return G_SOURCE_CONTINUE;
        display->watch = 0;
        display->gone(display->user_data);
        return G_SOURCE_REMOVE;
}

GuardDisplay *
guard_display_open(void (*gone)(gpointer user_data), gpointer user_data)
{
        const char *wayland = g_getenv("WAYLAND_DISPLAY"), *x = g_getenv("DISPLAY");
        GuardDisplay *display = g_new0(GuardDisplay, 1);

        display->fd = -1;
        display->gone = gone;
        display->user_data = user_data;
        if (wayland && *wayland)
                open_wayland(display, wayland);
        else if (x && *x)
                open_x(display);
        if (display->fd < 0) {
                guard_display_free(display);
                return NULL;
        }
        display->watch = g_unix_fd_add(display->fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, display);
        return display;
}

void
guard_display_free(GuardDisplay *display)
{
        if (!display)
                return;
        if (display->watch)
                g_source_remove(display->watch);
        if (display->x)
                xcb_disconnect(display->x);
        else if (display->fd >= 0)
                close(display->fd);
        g_free(display);
}

gint64
guard_display_idle_seconds(GuardDisplay *display)
{
        const xcb_protocol_request_t request = {.count = 2, .ext = &screen_saver, .opcode = 1, .isvoid = 0};
        QueryInfo query = {0};
        struct iovec parts[4] = {{0}};
        gint64 idle = -1;
        QueryInfoReply *reply;
        unsigned int sequence;

        if (!display || !display->can_idle)
                return -1;
        query.drawable = display->root;
        parts[2].iov_base = &query;
        parts[2].iov_len = sizeof query;
        parts[3].iov_len = 0;
        sequence = xcb_send_request(display->x, XCB_REQUEST_CHECKED, parts + 2, &request);
        /* Waits for the X server of this very session; while it does not answer nobody sees anything of us anyway. */
        reply = xcb_wait_for_reply(display->x, sequence, NULL);
        if (reply)
                idle = reply->ms_since_input / 1000;
        free(reply);
        return idle;
}
