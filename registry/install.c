/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Takes a new snapshot in, or only checks it. The old one serves until the new one is whole on the
 * disk: copy aside while hashing, try it, fsync, rename, remember the sequence.
 */
#include "registry/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>

#include "registry/durable.h"
#include "registry/payload.h"
#include "registry/sequence.h"
#include "registry/snapshot.h"

typedef struct {
        const char *db, *keys_dir, *sequence_file;
        gint64 now_us;
        GuardProgress progress;
        gpointer user_data;
        const char *source; /* for messages */
        GuardManifest manifest;
} Install;

/* A pipe or a device could make the reader wait for ever. */
static gboolean
check_regular(int fd, const char *name, GError **error)
{
        struct stat st;

        if (fstat(fd, &st) < 0) {
                guard_durable_set_error(error, errno, _("Cannot read"), name);
                return FALSE;
        }
        if (S_ISREG(st.st_mode))
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                    S_ISDIR(st.st_mode)
                            ? _("%s is a directory: name the snapshot's file in it")
                            : _("%s is not an ordinary file; save the snapshot to one first"),
                    name);
        return FALSE;
}

static gboolean
try_payload(int fd, const GuardManifest *manifest, const char *name, GError **error)
{
        g_autoptr(GuardPayload) payload = guard_payload_open(
                fd, GUARD_MANIFEST_BLOCK, manifest->payload_size, manifest->entries, name, error);

        return payload != NULL;
}

static gboolean
verify_fd(int fd, const char *file, const char *keys_dir, guint64 last_sequence, gint64 now_us,
          GuardProgress progress, gpointer user_data, GuardManifest *manifest, GError **error)
{
        if (!check_regular(fd, file, error) ||
            !guard_snapshot_read_manifest(fd, file, keys_dir, manifest, error) ||
            !guard_snapshot_check_size(fd, manifest, file, error) ||
            !guard_snapshot_check_dates(manifest, file, now_us, error))
                return FALSE;
        if (manifest->sequence < last_sequence) {
                GuardSequence last = {.present = TRUE, .sequence = last_sequence};

                return guard_sequence_check(&last, manifest, file, error);
        }
        return guard_snapshot_hash_payload(fd, -1, manifest, file, NULL, progress, user_data,
                                           error) &&
               try_payload(fd, manifest, file, error);
}

gboolean
guard_registry_verify_file(const char *file, const char *keys_dir, guint64 last_sequence,
                           gint64 now_us, GuardProgress progress, gpointer user_data,
                           GuardRegistryInfo **info, GError **error)
{
        GuardManifest manifest;
        int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        gboolean ok;

        if (fd < 0) {
                guard_durable_set_error(error, errno, _("Cannot open"), file);
                return FALSE;
        }
        ok = verify_fd(fd, file, keys_dir, last_sequence, now_us, progress, user_data, &manifest,
                       error);
        close(fd);
        if (ok && info != NULL) {
                *info = guard_snapshot_info(&manifest, now_us);
                (*info)->payload_verified = TRUE;
        }
        return ok;
}

/* The snapshot in use counts too, so that deleting the sequence file alone opens no way back. An
 * unusable one in use says nothing: it is about to be replaced. */
static gboolean
check_not_older(const Install *install, GError **error)
{
        GuardManifest current;
        GuardSequence last;
        int fd;

        if (!guard_sequence_read(install->sequence_file, &last, error) ||
            !guard_sequence_check(&last, &install->manifest, install->source, error))
                return FALSE;
        fd = open(install->db, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (fd < 0)
                return TRUE;
        if (guard_snapshot_read_manifest(fd, install->db, install->keys_dir, &current, NULL)) {
                last = (GuardSequence){.present = TRUE, .sequence = current.sequence};
                memcpy(last.digest, current.digest, sizeof last.digest);
        } else {
                last.present = FALSE;
        }
        close(fd);
        return guard_sequence_check(&last, &install->manifest, install->source, error);
}

/* The signed block as it was judged is what is written, not what the source may hold by now. */
static gboolean
copy_block(int fd, int copy, const Install *install, GError **error)
{
        guint8 block[GUARD_MANIFEST_BLOCK];
        GuardManifest again;

        if (pread(fd, block, sizeof block, 0) != (ssize_t)sizeof block ||
            !guard_manifest_parse(block, install->source, &again, NULL) ||
            memcmp(again.digest, install->manifest.digest, sizeof again.digest) != 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_BUSY,
                            _("%s was changed while it was being read; try again"),
                            install->source);
                return FALSE;
        }
        if (guard_durable_write_all(copy, block, sizeof block))
                return TRUE;
        guard_durable_set_error(error, errno, _("Cannot write beside"), install->db);
        return FALSE;
}

static gboolean
fill_copy(int fd, int copy, const Install *install, GError **error)
{
        if (!copy_block(fd, copy, install, error) ||
            !guard_snapshot_hash_payload(fd, copy, &install->manifest, install->source, NULL,
                                         install->progress, install->user_data, error) ||
            !try_payload(copy, &install->manifest, install->source, error))
                return FALSE;
        if (fsync(copy) == 0)
                return TRUE;
        guard_durable_set_error(error, errno, _("Cannot write beside"), install->db);
        return FALSE;
}

static gboolean
replace(int fd, const Install *install, GError **error)
{
        g_autofree char *aside = g_strconcat(install->db, ".new", NULL);
        gboolean ok;
        int copy;

        unlink(aside);
        copy = open(aside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (copy < 0) {
                guard_durable_set_error(error, errno, _("Cannot create"), aside);
                return FALSE;
        }
        ok = fill_copy(fd, copy, install, error);
        if (close(copy) < 0 && ok) {
                guard_durable_set_error(error, errno, _("Cannot write"), aside);
                ok = FALSE;
        }
        if (!ok || !guard_durable_rename(aside, install->db, error)) {
                unlink(aside);
                return FALSE;
        }
        return guard_sequence_write(install->sequence_file, &install->manifest, error);
}

/* One installer at a time: a lock on the directory leaves no file behind. */
static int
lock_directory(const char *db, GError **error)
{
        g_autofree char *dir = g_path_get_dirname(db);
        int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0) {
                guard_durable_set_error(error, errno, _("Cannot open"), dir);
                return -1;
        }
        if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
                if (errno == EWOULDBLOCK)
                        g_set_error(
                                error, GUARD_ERROR, GUARD_ERROR_BUSY,
                                _("Another snapshot is being installed; wait until it is done"));
                else
                        guard_durable_set_error(error, errno, _("Cannot lock"), dir);
                close(fd);
                return -1;
        }
        return fd;
}

static gboolean
install_locked(int fd, Install *install, GError **error)
{
        if (!check_regular(fd, install->source, error) ||
            !guard_snapshot_read_manifest(fd, install->source, install->keys_dir,
                                          &install->manifest, error) ||
            !guard_snapshot_check_size(fd, &install->manifest, install->source, error) ||
            !guard_snapshot_check_dates(&install->manifest, install->source, install->now_us,
                                        error) ||
            !check_not_older(install, error))
                return FALSE;
        return replace(fd, install, error);
}

gboolean
guard_registry_install_fd(int fd, const char *db, const char *keys_dir, const char *sequence_file,
                          gint64 now_us, GuardProgress progress, gpointer user_data,
                          GuardRegistryInfo **info, GError **error)
{
        Install install = {
                .db = db,
                .keys_dir = keys_dir,
                .sequence_file = sequence_file,
                .now_us = now_us,
                .progress = progress,
                .user_data = user_data,
                .source = _("The snapshot"),
        };
        int lock = lock_directory(db, error);
        gboolean ok;

        if (lock < 0)
                return FALSE;
        ok = install_locked(fd, &install, error);
        close(lock);
        if (ok && info != NULL) {
                *info = guard_snapshot_info(&install.manifest, now_us);
                (*info)->payload_verified = TRUE;
        }
        return ok;
}
