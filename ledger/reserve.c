/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Room kept for bad days: a file of one MiB next to the ledger. While it is whole, anything may be
 * recorded; on a full disk it is given back, so that refusals and the alarm are recorded still, and
 * nothing is admitted until it is whole again.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "ledger/ledger-private.h"

static char *
reserve_path(const char *db)
{
        return g_strconcat(db, ".reserve", NULL);
}

gboolean
ledger_reserve_hold(const char *db, GError **error)
{
        g_autofree char *path = reserve_path(db);
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        struct stat st;
        int failed = 0;

        if (fd < 0 || fstat(fd, &st) < 0)
                failed = errno;
        else if (st.st_blocks * 512 < LEDGER_RESERVE_BYTES || st.st_size < LEDGER_RESERVE_BYTES)
                failed = posix_fallocate(fd, 0, LEDGER_RESERVE_BYTES);
        if (failed != 0 && fd >= 0 && ftruncate(fd, 0) < 0)
                failed = errno;
        if (fd >= 0)
                close(fd);
        if (failed == 0)
                return TRUE;
        g_set_error(error, GUARD_ERROR,
                    failed == ENOSPC || failed == EDQUOT ? GUARD_ERROR_FULL : GUARD_ERROR_IO,
                    "%s: %s", path, g_strerror(failed));
        return FALSE;
}

gboolean
ledger_reserve_release(const char *db)
{
        g_autofree char *path = reserve_path(db);
        struct stat st;

        return stat(path, &st) == 0 && st.st_size > 0 && truncate(path, 0) == 0;
}
