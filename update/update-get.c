/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the source to the staged file. What is remembered about the staged bytes is written before the
 * bytes are: a run that is killed leaves a file that the next one can go on with, or one it throws away.
 */
#include "update/update-private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>

#include "registry/durable.h"
#include "registry/sequence.h"
#include "registry/snapshot.h"
#include "update/update-fetch.h"
#include "update/update-folder.h"

static guint64
staged_size(const GuardUpdateJob *job)
{
        struct stat st;

        return fstat(job->fd, &st) == 0 && st.st_size > 0 ? (guint64)st.st_size : 0;
}

static gboolean
empty_staged(GuardUpdateJob *job, GError **error)
{
        job->looked = FALSE;
        guard_update_memory_forget_staged(job->memory);
        if (ftruncate(job->fd, 0) == 0)
                return guard_update_remember(job, error);
        guard_durable_set_error(error, errno, _("Cannot write"), job->staged);
        return FALSE;
}

static void
look_at_what_is_there(GuardUpdateJob *job, GuardUpdateRequest *request)
{
        GuardUpdateMemory *memory = job->memory;
        GuardUpdateHave have = {
                .installed = &memory->installed,
                .serves = job->in_use.whole && job->in_use.sequence == memory->sequence && memory->sequence > 0,
                .staged = &memory->staged,
                .staged_bytes = staged_size(job),
                .complete = memory->complete,
        };

        guard_update_ask(&have, request);
}

gboolean
guard_update_look(GuardUpdateJob *job, GError **error)
{
        GuardSequence last = {.present = job->in_use.sequence > 0, .sequence = job->in_use.sequence};
        const char *name = job->run->settings->from;
        GuardManifest manifest;

        job->looked = TRUE;
        if (!guard_snapshot_read_manifest(job->fd, name, job->run->keys_dir, &manifest, error) ||
            !guard_snapshot_check_dates(&manifest, name, g_get_real_time(), error))
                return FALSE;
        /* The same number is for later: there it is told whether it is the same snapshot. */
        return manifest.sequence == last.sequence || guard_sequence_check(&last, &manifest, name, error);
}

static gboolean
on_begin(const GuardUpdateTag *tag, gpointer data, GError **error)
{
        GuardUpdateJob *job = data;

        job->looked = FALSE;
        guard_update_tag_set(&job->memory->staged, tag->etag, tag->modified);
        job->memory->complete = FALSE;
        return guard_update_remember(job, error);
}

/* A stranger's file is not fetched to its end. */
static gboolean
on_grow(guint64 have, gpointer data, GError **error)
{
        GuardUpdateJob *job = data;

        return job->looked || have < GUARD_MANIFEST_BLOCK || guard_update_look(job, error);
}

static gboolean
got_all(GuardUpdateJob *job, GError **error)
{
        if (fsync(job->fd) < 0) {
                guard_durable_set_error(error, errno, _("Cannot write"), job->staged);
                return FALSE;
        }
        job->memory->complete = TRUE;
        return guard_update_remember(job, error);
}

/* One request. @again: ask once more at once. */
static gboolean
ask_once(GuardUpdateJob *job, gboolean *newest, gboolean *again, guint64 *received, GError **error)
{
        const GuardUpdateHooks hooks = {on_begin, on_grow, job};
        GuardUpdateFetched fetched = {0};
        GuardUpdateRequest request;
        gboolean good;

        look_at_what_is_there(job, &request);
        good = guard_update_fetch(job->run->settings, &request, job->fd, &hooks, &fetched, error);
        *received = fetched.received;
        if (good && fetched.action == GUARD_UPDATE_UNCHANGED)
                *newest = request.unless == &job->memory->installed;
        else if (good && fetched.action == GUARD_UPDATE_AFRESH)
                good = *again = empty_staged(job, error);
        else if (good)
                good = got_all(job, error);
        guard_update_tag_clear(&fetched.tag);
        return good;
}

static gboolean
get_from_web(GuardUpdateJob *job, gboolean *newest, GError **error)
{
        for (guint tries = 1;; tries++) {
                g_autoptr(GError) failure = NULL;
                gboolean again = FALSE;
                guint64 received = 0;

                if (ask_once(job, newest, &again, &received, &failure)) {
                        if (!again)
                                return TRUE;
                        continue;
                }
                if (!guard_update_error_is_cut(failure) || !guard_update_try_again(tries, received)) {
                        g_propagate_error(error, g_steal_pointer(&failure));
                        return FALSE;
                }
        }
}

static gboolean
copy_from(GuardUpdateJob *job, int fd, const char *name, gboolean *newest, GError **error)
{
        GuardUpdateTag tag = {0};
        GuardUpdateRequest request;
        gboolean good;

        if (!guard_update_folder_tag(fd, name, &tag, error))
                return FALSE;
        look_at_what_is_there(job, &request);
        if (request.unless && g_strcmp0(request.unless->etag, tag.etag) == 0) {
                *newest = request.unless == &job->memory->installed;
                guard_update_tag_clear(&tag);
                return TRUE;
        }
        good = on_begin(&tag, job, error) && guard_update_folder_copy(fd, job->fd, job->run->settings->max_size, name, error) &&
               got_all(job, error);
        guard_update_tag_clear(&tag);
        return good;
}

static gboolean
get_from_folder(GuardUpdateJob *job, gboolean *newest, GError **error)
{
        g_autofree char *name = NULL;
        gboolean good;
        int fd = job->run->source_fd;

        if (fd >= 0)
                return copy_from(job, fd, job->run->settings->from, newest, error);
        fd = guard_update_folder_open(job->run->settings->from, &name, error);
        if (fd < 0)
                return FALSE;
        good = copy_from(job, fd, name, newest, error);
        close(fd);
        return good;
}

gboolean
guard_update_get(GuardUpdateJob *job, gboolean *newest, GError **error)
{
        *newest = FALSE;
        if (job->run->settings->kind == GUARD_UPDATE_FOLDER)
                return get_from_folder(job, newest, error);
        return get_from_web(job, newest, error);
}
