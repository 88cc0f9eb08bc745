/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One writer at a time, and everybody else is told who it is. A lock of the kernel's on a file
 * beside the book, which dies with its holder and works over a share where file locks do; what
 * stands in the file is only for the message.
 */
#include "station/book.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>

#include "common/guard-text.h"
#include "registry/durable.h"

#define STEP_US (20 * G_TIME_SPAN_MILLISECOND)
#define NOTE_MAX 1024
/* Behind the note: a server that enforces locks lets nobody read what is locked. */
#define LOCK_BYTE (1 << 20)

/* As open to others as the book itself. */
static int
open_lock(GuardStation *station, const char *path, GError **error)
{
        g_autofree char *book = g_build_filename(station->dir, GUARD_BOOK_NAME, NULL);
        struct stat st;
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

        if (fd < 0) {
                guard_durable_set_error(error, errno,
                                        _("The register cannot be written; cannot open"), path);
                return -1;
        }
        if (stat(book, &st) == 0 && fchmod(fd, st.st_mode & 0666) < 0 && errno != EPERM) {
                guard_durable_set_error(error, errno, _("Cannot change"), path);
                close(fd);
                return -1;
        }
        return fd;
}

static void
set_busy(GuardStation *station, int fd, GError **error)
{
        char note[NOTE_MAX + 1];
        ssize_t n = pread(fd, note, NOTE_MAX, 0);
        g_auto(GStrv) lines = NULL;
        g_autofree char *user = NULL, *host = NULL, *since = NULL;
        g_autoptr(GDateTime) when = NULL;

        note[n > 0 ? n : 0] = '\0';
        lines = g_strsplit(note, "\n", 5);
        if (g_strv_length(lines) < 4) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_BUSY,
                            _("The register in %s is being written by someone else; try again in a "
                              "moment"),
                            station->dir);
                return;
        }
        user = guard_text_display(lines[0], 64);
        host = guard_text_display(lines[1], 64);
        when = g_date_time_new_from_unix_local(g_ascii_strtoll(lines[3], NULL, 10) /
                                               G_USEC_PER_SEC);
        since = when != NULL ? g_date_time_format(when, "%Y-%m-%d %H:%M") : g_strdup("?");
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_BUSY,
                    _("The register in %s is in use by %s on %s (process %s) since %s; close it "
                      "there, or try again later"),
                    station->dir, user, host, lines[2], since);
}

static gboolean
take(GuardStation *station, int fd, const char *path, GError **error)
{
        struct flock lock = {
                .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCK_BYTE, .l_len = 1};
        gint64 deadline = g_get_monotonic_time() + station->patience_ms * G_TIME_SPAN_MILLISECOND;

        while (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
                if (errno == EINTR)
                        continue;
                if (errno != EAGAIN && errno != EACCES) {
                        guard_durable_set_error(error, errno,
                                                _("The register's place has no file locks, keep it "
                                                  "on a disk or share that has them; cannot lock"),
                                                path);
                        return FALSE;
                }
                if (g_get_monotonic_time() >= deadline) {
                        set_busy(station, fd, error);
                        return FALSE;
                }
                g_usleep(STEP_US);
        }
        return TRUE;
}

/* Only for a message: where it cannot be written, the lock is held all the same. */
static void
write_note(int fd)
{
        g_autofree char *note =
                g_strdup_printf("%s\n%s\n%d\n%" G_GINT64_FORMAT "\n", g_get_user_name(),
                                g_get_host_name(), (int)getpid(), g_get_real_time());
        size_t size = strlen(note);

        if (pwrite(fd, note, size, 0) != (ssize_t)size || ftruncate(fd, (off_t)size) < 0)
                errno = 0;
}

void
guard_station_set_patience(GuardStation *station, guint ms)
{
        station->patience_ms = ms;
        sqlite3_busy_timeout(station->db, (int)MIN(ms, G_MAXINT));
}

gboolean
guard_station_hold(GuardStation *station, GError **error)
{
        g_autofree char *path = NULL;
        int fd;

        if (station->holds > 0) {
                station->holds++;
                return TRUE;
        }
        path = g_build_filename(station->dir, GUARD_BOOK_NAME ".lock", NULL);
        fd = open_lock(station, path, error);
        if (fd < 0)
                return FALSE;
        if (!take(station, fd, path, error)) {
                close(fd);
                return FALSE;
        }
        write_note(fd);
        station->lock_fd = fd;
        station->holds = 1;
        return TRUE;
}

void
guard_station_release(GuardStation *station)
{
        g_return_if_fail(station->holds > 0);
        if (--station->holds > 0)
                return;
        close(station->lock_fd); /* which lets go */
        station->lock_fd = -1;
}
