/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transfers/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/guard-error.h"
#include "common/guard-text.h"
#include "transfers/digest.h"
#include "transfers/mounts.h"

#define EVENTS (FAN_OPEN | FAN_CLOSE_WRITE | FAN_CLOSE_NOWRITE)

struct TransfersWatch {
        const TransfersWanted *wanted;
        TransfersPeople *people;
        int events, mountinfo;
        GPtrArray *tops; /* mount points that are marked, for paths */
};

static void
tell_unwatched(TransfersWatch *watch, const char *where)
{
        g_autofree char *shown = guard_text_display(where, 200);
        g_autofree char *said = guard_text_pack(N_("%s cannot be watched: %s"), shown, g_strerror(errno), NULL);

        watch->wanted->missed(said, watch->wanted->data);
}

/* Marking one again does nothing; what is unmounted takes its mark with it. */
static void
mark_all(TransfersWatch *watch)
{
        g_autoptr(GPtrArray) mounts = NULL;
        g_autofree char *text = NULL;

        if (!g_file_get_contents("/proc/self/mountinfo", &text, NULL, NULL))
                return;
        mounts = transfers_mounts_of(text, "/sys", watch->wanted->disk);
        for (guint n = 0; n < mounts->len; n++) {
                const char *where = g_ptr_array_index(mounts, n);

                if (fanotify_mark(watch->events, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, EVENTS, AT_FDCWD, where) != 0)
                        tell_unwatched(watch, where);
        }
        g_ptr_array_unref(watch->tops);
        watch->tops = g_steal_pointer(&mounts);
}

TransfersWatch *
transfers_watch_new(const TransfersWanted *wanted, GError **error)
{
        TransfersWatch *watch = g_new0(TransfersWatch, 1);

        watch->wanted = wanted;
        watch->people = transfers_people_new("/proc");
        watch->tops = g_ptr_array_new_with_free_func(g_free);
        watch->mountinfo = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
        watch->events = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_QUEUE,
                                      O_RDONLY | O_LARGEFILE | O_CLOEXEC | O_NOATIME | O_NONBLOCK);
        if (watch->events < 0 || watch->mountinfo < 0) {
                guard_error_set(error, GUARD_ERROR_FAILED, N_("The kernel does not tell what is done on file systems (fanotify): %s"),
                                g_strerror(errno), NULL);
                transfers_watch_free(watch);
                return NULL;
        }
        mark_all(watch);
        return watch;
}

void
transfers_watch_free(TransfersWatch *watch)
{
        if (watch->events >= 0)
                close(watch->events);
        if (watch->mountinfo >= 0)
                close(watch->mountinfo);
        transfers_people_free(watch->people);
        g_ptr_array_unref(watch->tops);
        g_free(watch);
}

/* Below its mount point, where it is below one. Caller frees. */
static char *
path_of(const TransfersWatch *watch, int fd)
{
        g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", fd);
        g_autofree char *path = g_file_read_link(link, NULL);

        for (guint n = 0; path != NULL && n < watch->tops->len; n++) {
                const char *top = g_ptr_array_index(watch->tops, n);

                if (g_str_has_prefix(path, top) && path[strlen(top)] == '/')
                        return g_strdup(path + strlen(top) + 1);
        }
        return path != NULL ? g_steal_pointer(&path) : g_strdup("?");
}

static void
closed(TransfersWatch *watch, const struct fanotify_event_metadata *event)
{
        gboolean written = (event->mask & FAN_CLOSE_WRITE) != 0;
        g_autofree char *path = NULL, *digest = NULL;
        Transfer transfer;
        struct stat st;

        if (!(written ? watch->wanted->writes : watch->wanted->reads) || fstat(event->fd, &st) != 0 || !S_ISREG(st.st_mode))
                return;
        path = path_of(watch, event->fd);
        if (watch->wanted->digest_size > 0 && (guint64)st.st_size <= watch->wanted->digest_size)
                digest = transfers_digest(event->fd, (guint64)st.st_size);
        transfer = (Transfer){path, written, (guint64)st.st_size, digest, transfers_people_find(watch->people, event->pid)};
        watch->wanted->seen(&transfer, watch->wanted->data);
}

static void
handle(TransfersWatch *watch, const struct fanotify_event_metadata *event)
{
        if ((event->mask & FAN_Q_OVERFLOW) != 0)
                watch->wanted->missed(N_("There were more transfers than could be kept"), watch->wanted->data);
        if (event->fd < 0)
                return;
        if (event->pid != getpid()) {
                if ((event->mask & FAN_OPEN) != 0)
                        transfers_people_meet(watch->people, event->pid);
                if ((event->mask & (FAN_CLOSE_WRITE | FAN_CLOSE_NOWRITE)) != 0)
                        closed(watch, event);
        }
        close(event->fd);
}

static void
read_events(TransfersWatch *watch)
{
        char buffer[8192] __attribute__((aligned(__alignof__(struct fanotify_event_metadata))));
        ssize_t size;

        while ((size = read(watch->events, buffer, sizeof buffer)) > 0) {
                const struct fanotify_event_metadata *event = (const void *)buffer;
                gssize left = size;

                while (FAN_EVENT_OK(event, left)) {
                        handle(watch, event);
                        left -= (gssize)event->event_len;
                        event = (const void *)((const char *)event + event->event_len); /* whole, and aligned: the kernel's own */
                }
        }
}

void
transfers_watch_run(TransfersWatch *watch, int until)
{
        struct pollfd all[] = {{.fd = watch->events, .events = POLLIN}, {.fd = watch->mountinfo, .events = POLLPRI},
                               {.fd = until, .events = POLLRDHUP}};

        for (;;) {
                int n = poll(all, G_N_ELEMENTS(all), -1);

                if (n < 0 && errno != EINTR)
                        return;
                if (n <= 0)
                        continue;
                if (all[1].revents != 0)
                        mark_all(watch);
                if (all[0].revents != 0)
                        read_events(watch);
                if (all[2].revents != 0)
                        return;
        }
}
