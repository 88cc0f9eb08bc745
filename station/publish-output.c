/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An old copy of the book put back would give numbers again that workstations have seen: what was published before is the witness.
 */
#include "station/publish-output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>

#include "registry/durable.h"

typedef enum { NOT_THERE, UNREADABLE, SOMETHING_ELSE, SNAPSHOT } Found;

/* Looks at a regular file only; a pipe or a device is something else. */
static Found
look(const char *path, GuardManifest *found)
{
        guint8 block[GUARD_MANIFEST_BLOCK];
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        Found what = SOMETHING_ELSE;
        struct stat st;

        if (fd < 0)
                return errno == ENOENT ? NOT_THERE : UNREADABLE;
        if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && pread(fd, block, sizeof block, 0) == (ssize_t)sizeof block &&
            guard_manifest_parse(block, path, found, NULL))
                what = SNAPSHOT;
        close(fd);
        return what;
}

static gboolean
too_new(const char *path, const GuardManifest *found, const GuardManifest *manifest, GError **error)
{
        if (g_str_equal(found->desk, manifest->desk))
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_ROLLBACK,
                            _("%s has sequence %" PRIu64 ", but this book would give %" PRIu64
                              ": the book is an old copy; put the latest one back. If there is none, go on with --sequence %" PRIu64),
                            path, found->sequence, manifest->sequence, found->sequence + 1);
        else
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_ROLLBACK,
                            _("%s is another register's snapshot %" PRIu64 ", but this book would give %" PRIu64
                              ": workstations that have it would refuse this one. Name another output, or go on with --sequence %" PRIu64),
                            path, found->sequence, manifest->sequence, found->sequence + 1);
        return FALSE;
}

/* Snapshots of this desk under other names. What is left of an interrupted run (.new) was never given out. */
static gboolean
check_folder(const char *output, const GuardManifest *manifest, GError **error)
{
        g_autofree char *folder = g_path_get_dirname(output);
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        const char *name;

        while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
                g_autofree char *path = g_build_filename(folder, name, NULL);
                GuardManifest found;

                if (g_str_has_suffix(name, ".new") || look(path, &found) != SNAPSHOT || !g_str_equal(found.desk, manifest->desk))
                        continue;
                if (found.sequence >= manifest->sequence)
                        return too_new(path, &found, manifest, error);
        }
        return TRUE;
}

gboolean
guard_publish_check_output(const char *output, const GuardManifest *manifest, const GuardSigning *signing, GError **error)
{
        GuardManifest found;

        switch (look(output, &found)) {
        case UNREADABLE:
                guard_durable_set_error(error, errno, _("Cannot open"), output);
                return FALSE;
        case SOMETHING_ELSE:
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_EXISTS,
                            _("%s is another kind of file and is not overwritten; name another output"), output);
                return FALSE;
        case SNAPSHOT:
                if (found.sequence >= manifest->sequence)
                        return too_new(output, &found, manifest, error);
                if (!g_str_equal(found.desk, manifest->desk))
                        guard_signing_warn(signing, _("%s was the snapshot of another register"), output);
                break;
        case NOT_THERE:
        default:
                break;
        }
        return check_folder(output, manifest, error);
}
