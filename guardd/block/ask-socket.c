/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SOCK_SEQPACKET server for guard-ask. The devpath is for people reading a trace; the disk is found by
 * its number, which cannot be spelled in two ways.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "guardd/block/ask-socket.h"

#define MAX_MESSAGE 4096
/* An asker speaks at once; whoever is silent longer than this is none. */
#define SILENT_SECONDS 5
#define MAX_ASKERS 256

struct GuardAskSocket {
        int fd;
        guint source;
        GuardAsked asked;
        gpointer user_data;
        char *path;
        GPtrArray *silent; /* of GuardAsk: connected, not yet asked */
};

struct GuardAsk {
        GuardAskSocket *socket; /* while it is silent */
        int fd;
        guint source, deadline;
};

void
guard_ask_drop(GuardAsk *ask)
{
        if (ask->source)
                g_source_remove(ask->source);
        if (ask->deadline)
                g_source_remove(ask->deadline);
        close(ask->fd);
        g_free(ask);
}

void
guard_ask_answer(GuardAsk *ask, GuardVerdict verdict, GuardReason reason)
{
        g_autofree char *text = g_strdup_printf("verdict=%s reason=%s\n", guard_verdict_to_string(verdict),
                                                guard_reason_to_string(reason));

        (void)send(ask->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
        guard_ask_drop(ask);
}

/* Digits only: sscanf() takes signs, blanks, and numbers that do not fit. */
static gboolean
read_number(const char *text, guint64 max, guint64 *value)
{
        return g_ascii_string_to_unsigned(text, 10, 0, max, value, NULL);
}

static gboolean
read_node(char *text, GuardQuestion *question)
{
        char *colon = strchr(text, ':');
        guint64 major, minor;

        if (!colon)
                return FALSE;
        *colon = '\0';
        if (!read_number(text, G_MAXUINT, &major) || !read_number(colon + 1, G_MAXUINT, &minor))
                return FALSE;
        question->major = (guint)major;
        question->minor = (guint)minor;
        return TRUE;
}

gboolean
guard_ask_parse(const char *text, GuardQuestion *question)
{
        g_autofree char *line = g_strdup(text);
        g_auto(GStrv) words = NULL;

        memset(question, 0, sizeof *question);
        if (g_str_has_suffix(line, "\n"))
                line[strlen(line) - 1] = '\0';
        words = g_strsplit(line, " ", 6);
        if (g_strv_length(words) != 5 || strcmp(words[0], "ask") != 0 || words[1][0] == '\0' ||
            words[2][0] != '/')
                return FALSE;
        return g_strlcpy(question->action, words[1], sizeof question->action) < sizeof question->action &&
               read_node(words[3], question) && read_number(words[4], G_MAXUINT64, &question->diskseq);
}

static void
forget_silent(GuardAsk *ask)
{
        if (ask->socket)
                g_ptr_array_remove_fast(ask->socket->silent, ask);
        ask->socket = NULL;
}

static gboolean
too_silent(gpointer data)
{
        GuardAsk *ask = data;

        ask->deadline = 0;
        forget_silent(ask);
        guard_ask_drop(ask);
        return G_SOURCE_REMOVE;
}

static gboolean
readable(gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
        GuardAsk *ask = data;
        GuardAskSocket *owner = ask->socket;
        GuardQuestion question;
        char text[MAX_MESSAGE];
        ssize_t n = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return G_SOURCE_CONTINUE;
        ask->source = 0;
        forget_silent(ask);
        text[n > 0 ? n : 0] = '\0';
        if (n <= 0 || strlen(text) != (gsize)n || !guard_ask_parse(text, &question)) {
                guard_ask_drop(ask);
                return G_SOURCE_REMOVE;
        }
        g_source_remove(ask->deadline);
        ask->deadline = 0;
        owner->asked(ask, &question, owner->user_data);
        return G_SOURCE_REMOVE;
}

static gboolean
peer_may_ask(int fd)
{
        struct ucred peer;
        socklen_t size = sizeof peer;

        return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
               (peer.uid == 0 || peer.uid == geteuid());
}

static gboolean
connected(gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
        GuardAskSocket *owner = data;
        int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        GuardAsk *ask;

        if (peer < 0)
                return G_SOURCE_CONTINUE;
        if (!peer_may_ask(peer) || owner->silent->len >= MAX_ASKERS) {
                close(peer);
                return G_SOURCE_CONTINUE;
        }
        ask = g_new0(GuardAsk, 1);
        ask->socket = owner;
        ask->fd = peer;
        ask->source = g_unix_fd_add(peer, G_IO_IN | G_IO_HUP, readable, ask);
        ask->deadline = g_timeout_add_seconds(SILENT_SECONDS, too_silent, ask);
        g_ptr_array_add(owner->silent, ask);
        return G_SOURCE_CONTINUE;
}

GuardAskSocket *
guard_ask_socket_new(const char *path, GuardAsked asked, gpointer user_data, GError **error)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        g_autoptr(GuardAskSocket) owner = g_new0(GuardAskSocket, 1);

        owner->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        owner->asked = asked;
        owner->user_data = user_data;
        owner->silent = g_ptr_array_new();
        (void)unlink(path);
        if (owner->fd < 0 ||
            g_strlcpy(address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path ||
            bind(owner->fd, (struct sockaddr *)&address, sizeof address) < 0 ||
            chmod(path, 0600) < 0 || listen(owner->fd, 128) < 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("Cannot listen at %s: %s"), path,
                            g_strerror(errno));
                return NULL;
        }
        owner->path = g_strdup(path);
        owner->source = g_unix_fd_add(owner->fd, G_IO_IN, connected, owner);
        return g_steal_pointer(&owner);
}

void
guard_ask_socket_free(GuardAskSocket *owner)
{
        if (!owner)
                return;
        if (owner->source)
                g_source_remove(owner->source);
        for (guint i = 0; i < owner->silent->len; i++)
                guard_ask_drop(g_ptr_array_index(owner->silent, i));
        g_ptr_array_unref(owner->silent);
        if (owner->path)
                (void)unlink(owner->path);
        if (owner->fd >= 0)
                close(owner->fd);
        g_free(owner->path);
        g_free(owner);
}
