/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What open, verify and install have in common: read the signed block, judge it, stream the
 * payload.
 */
#include "registry/snapshot.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <inttypes.h>
#include <glib/gi18n-lib.h>
#include <openssl/evp.h>

#include "registry/durable.h"

#define CHUNK (256 * 1024)
/* A workstation's clock may be a little behind the desk's. */
#define CLOCK_SLACK_US (5 * 60 * G_USEC_PER_SEC)

/* Up to @size bytes; -1 with errno, less than @size at the end of the file. */
static ssize_t
read_full(int fd, void *buffer, gsize size, gint64 at)
{
        gsize done = 0;

        while (done < size) {
                ssize_t n =
                        pread(fd, (guint8 *)buffer + done, size - done, (off_t)(at + (gint64)done));

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -1;
                if (n == 0)
                        break;
                done += (gsize)n;
        }
        return (ssize_t)done;
}

gboolean
guard_snapshot_read_manifest(int fd, const char *name, const char *keys_dir,
                             GuardManifest *manifest, GError **error)
{
        g_autoptr(GPtrArray) keys = NULL;
        g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
        guint8 block[GUARD_MANIFEST_BLOCK];
        ssize_t n = read_full(fd, block, sizeof block, 0);

        if (n < 0) {
                guard_durable_set_error(error, errno, _("Cannot read"), name);
                return FALSE;
        }
        if (n != GUARD_MANIFEST_BLOCK) {
                const char *other = guard_manifest_guess(block, (gsize)n);

                if (other != NULL)
                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                                    _("%s: not a registry snapshot (%s)"), name, other);
                else
                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                                    _("%s: not a registry snapshot, or cut short (%d bytes)"), name,
                                    (int)n);
                return FALSE;
        }
        if (!guard_manifest_parse(block, name, manifest, error))
                return FALSE;
        keys = guard_keys_load_dir(keys_dir, problems, error);
        return keys != NULL &&
               guard_manifest_check_signature(manifest, block, keys, problems, name, error);
}

GuardRegistryState
guard_snapshot_state(const GuardManifest *manifest, gint64 now_us)
{
        if (now_us < manifest->issued_us - CLOCK_SLACK_US)
                return GUARD_REGISTRY_NOT_YET_VALID;
        return now_us >= manifest->expires_us ? GUARD_REGISTRY_STALE : GUARD_REGISTRY_GOOD;
}

gint64
guard_snapshot_changes(const GuardManifest *manifest, gint64 now_us)
{
        switch (guard_snapshot_state(manifest, now_us)) {
        case GUARD_REGISTRY_NOT_YET_VALID:
                return manifest->issued_us - CLOCK_SLACK_US;
        case GUARD_REGISTRY_GOOD:
                return manifest->expires_us;
        default:
                return 0;
        }
}

gboolean
guard_snapshot_check_dates(const GuardManifest *manifest, const char *name, gint64 now_us,
                           GError **error)
{
        GuardRegistryState state = guard_snapshot_state(manifest, now_us);
        g_autofree char *issued = guard_manifest_time(manifest->issued_us);
        g_autofree char *expires = guard_manifest_time(manifest->expires_us);
        g_autofree char *now = guard_manifest_time(now_us);

        if (state == GUARD_REGISTRY_NOT_YET_VALID)
                g_set_error(
                        error, GUARD_ERROR, GUARD_ERROR_NOT_YET_VALID,
                        _("%s is valid from %s on, and it is %s here; check this machine's clock"),
                        name, issued, now);
        else if (state == GUARD_REGISTRY_STALE)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_EXPIRED,
                            _("%s was valid until %s, and it is %s here; get the latest snapshot "
                              "from the desk"),
                            name, expires, now);
        return state == GUARD_REGISTRY_GOOD;
}

gboolean
guard_snapshot_check_size(int fd, const GuardManifest *manifest, const char *name, GError **error)
{
        guint64 want = GUARD_MANIFEST_BLOCK + manifest->payload_size;
        struct stat st;

        if (fstat(fd, &st) < 0) {
                guard_durable_set_error(error, errno, _("Cannot read"), name);
                return FALSE;
        }
        if ((guint64)st.st_size == want)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                    _("%s has %" PRId64 " bytes instead of %" PRIu64
                      ": it was not copied whole; copy it again"),
                    name, (gint64)st.st_size, want);
        return FALSE;
}

typedef struct {
        int fd, copy_fd;
        const GuardManifest *manifest;
        const char *name;
        volatile gint *cancel;
        GuardProgress progress;
        gpointer user_data;
        guint8 *buffer;
        EVP_MD_CTX *md;
} Stream;

static gboolean
stream_chunk(Stream *s, guint64 done, gsize size, GError **error)
{
        ssize_t n;

        if (s->cancel != NULL && g_atomic_int_get(s->cancel)) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED,
                            _("%s: the check was cancelled"), s->name);
                return FALSE;
        }
        n = read_full(s->fd, s->buffer, size, (gint64)(GUARD_MANIFEST_BLOCK + done));
        if (n < 0) {
                guard_durable_set_error(error, errno, _("Cannot read"), s->name);
                return FALSE;
        }
        if ((gsize)n != size) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                            _("%s is cut short; copy it again"), s->name);
                return FALSE;
        }
        if (EVP_DigestUpdate(s->md, s->buffer, size) != 1) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED, _("libcrypto has no SHA-256"));
                return FALSE;
        }
        if (s->copy_fd >= 0 && !guard_durable_write_all(s->copy_fd, s->buffer, size)) {
                guard_durable_set_error(error, errno, _("Cannot write a copy of"), s->name);
                return FALSE;
        }
        return TRUE;
}

static gboolean
stream_all(Stream *s, GError **error)
{
        guint64 total = s->manifest->payload_size, done = 0;
        guint8 digest[EVP_MAX_MD_SIZE];

        if (s->md == NULL || EVP_DigestInit_ex(s->md, EVP_sha256(), NULL) != 1) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED, _("libcrypto has no SHA-256"));
                return FALSE;
        }
        while (done < total) {
                gsize size = (gsize)MIN(total - done, CHUNK);

                if (!stream_chunk(s, done, size, error))
                        return FALSE;
                done += size;
                if (s->progress != NULL)
                        s->progress(done, total, s->user_data);
        }
        if (EVP_DigestFinal_ex(s->md, digest, NULL) == 1 &&
            memcmp(digest, s->manifest->payload_sha256, GUARD_MANIFEST_DIGEST) == 0)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                    _("%s was altered or damaged: its content is not what was signed"), s->name);
        return FALSE;
}

gboolean
guard_snapshot_hash_payload(int fd, int copy_fd, const GuardManifest *manifest, const char *name,
                            volatile gint *cancel, GuardProgress progress, gpointer user_data,
                            GError **error)
{
        g_autofree guint8 *buffer = g_malloc(CHUNK);
        Stream stream = {fd,        copy_fd, manifest,        name, cancel, progress,
                         user_data, buffer,  EVP_MD_CTX_new()};
        gboolean ok = stream_all(&stream, error);

        EVP_MD_CTX_free(stream.md);
        return ok;
}

GuardRegistryInfo *
guard_snapshot_info(const GuardManifest *manifest, gint64 now_us)
{
        GuardRegistryInfo *info = g_new0(GuardRegistryInfo, 1);

        info->state = guard_snapshot_state(manifest, now_us);
        info->sequence = manifest->sequence;
        info->entries = manifest->entries;
        info->size = GUARD_MANIFEST_BLOCK + manifest->payload_size;
        info->issued_us = manifest->issued_us;
        info->expires_us = manifest->expires_us;
        info->changes_us = guard_snapshot_changes(manifest, now_us);
        info->key_id = g_strdup(manifest->key_id);
        info->algorithm = g_strdup(guard_algorithm_to_string(manifest->algorithm));
        return info;
}

void
guard_registry_info_free(GuardRegistryInfo *info)
{
        if (info == NULL)
                return;
        g_free(info->why);
        g_free(info->key_id);
        g_free(info->algorithm);
        g_free(info);
}
