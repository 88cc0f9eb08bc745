/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The order of one run, and what is remembered of it. One run at a time: a lock on the folder.
 */
#include "update/update-run.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>

#include "registry/durable.h"
#include "update/update-private.h"

gboolean
guard_update_remember(GuardUpdateJob *job, GError **error)
{
        return guard_update_memory_save(job->memory, job->memory_file, error);
}

static int
lock_folder(const char *folder, GError **error)
{
        int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0) {
                guard_durable_set_error(error, errno, _("Cannot open"), folder);
                return -1;
        }
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
                return fd;
        if (errno == EWOULDBLOCK)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_BUSY, _("Another update is under way; wait until it is done"));
        else
                guard_durable_set_error(error, errno, _("Cannot lock"), folder);
        close(fd);
        return -1;
}

/* What is not a plain file of our own is not written into. */
static gboolean
open_staged(GuardUpdateJob *job, GError **error)
{
        struct stat st;

        job->fd = open(job->staged, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
        if (job->fd < 0) {
                guard_durable_set_error(error, errno, _("Cannot open"), job->staged);
                return FALSE;
        }
        if (fstat(job->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("%s is not an ordinary file; remove it"), job->staged);
        return FALSE;
}

/* The whole snapshot this time. */
static gboolean
verify(GuardUpdateJob *job, GuardRegistryInfo **info, GError **error)
{
        return guard_update_look(job, error) &&
               guard_registry_verify_file(job->staged, job->run->keys_dir, job->in_use.sequence, g_get_real_time(), NULL, NULL, info, error);
}

/* guardd has what is staged: from now on it is known as the installed one. */
static void
taken(GuardUpdateJob *job, guint64 sequence)
{
        GuardUpdateMemory *memory = job->memory;

        guard_update_tag_set(&memory->installed, memory->staged.etag, memory->staged.modified);
        memory->sequence = sequence;
        guard_update_memory_forget_staged(memory);
        unlink(job->staged);
}

static gboolean
get_and_hand_over(GuardUpdateJob *job, GuardClient *client, GuardUpdateDone *done, GuardRegistryInfo **info, GError **error)
{
        g_autoptr(GuardRegistryInfo) found = NULL;
        gboolean newest;

        *done = GUARD_UPDATE_DONE_NEWEST;
        if (!guard_update_get(job, &newest, error))
                return FALSE;
        if (newest)
                return TRUE;
        if (!verify(job, &found, error))
                return FALSE;
        if (guard_update_is_in_use(&job->in_use, found)) {
                taken(job, found->sequence);
                return TRUE;
        }
        *done = job->run->check ? GUARD_UPDATE_DONE_AVAILABLE : GUARD_UPDATE_DONE_INSTALLED;
        if (!job->run->check) {
                if (!guard_update_hand_over(client, job->run, job->fd, error))
                        return FALSE;
                taken(job, found->sequence);
        }
        *info = g_steal_pointer(&found);
        return TRUE;
}

/* A copy that is not to be used would stand in the way of the good one. */
static void
throw_away(GuardUpdateJob *job)
{
        guard_update_memory_forget_staged(job->memory);
        unlink(job->staged);
}

static gboolean
run_locked(GuardUpdateJob *job, GuardUpdateDone *done, GuardRegistryInfo **info, GError **error)
{
        g_autoptr(GuardClient) client = NULL;
        g_autoptr(GError) failure = NULL;

        guard_update_memory_set_source(job->memory, job->run->settings->from);
        client = guard_client_new(job->run->bus_address, &failure);
        /* Without guardd there is nobody to hand it to; to look at it needs nobody. */
        if ((client && guard_update_ask_guardd(client, &job->in_use, &failure)) || job->run->check) {
                g_clear_error(&failure);
                if (open_staged(job, &failure))
                        get_and_hand_over(job, client, done, info, &failure);
        }
        if (failure && guard_update_error_spoils(failure))
                throw_away(job);
        if (!job->run->check) /* how the runs went is about installing */
                guard_update_memory_note(job->memory, g_get_real_time(), failure);
        if (failure) {
                guard_update_remember(job, NULL); /* the reason that it failed for counts, not that it could not be noted */
                g_propagate_error(error, g_steal_pointer(&failure));
                return FALSE;
        }
        return guard_update_remember(job, error);
}

gboolean
guard_update_run(const GuardUpdateRun *run, GuardUpdateDone *done, GuardRegistryInfo **info, GError **error)
{
        g_autofree char *staged = g_build_filename(run->folder, GUARD_UPDATE_STAGED, NULL);
        g_autofree char *memory_file = g_build_filename(run->folder, GUARD_UPDATE_MEMORY, NULL);
        g_autoptr(GuardUpdateMemory) memory = NULL;
        GuardUpdateJob job = {.run = run, .staged = staged, .memory_file = memory_file, .fd = -1};
        gboolean good;
        int lock;

        *done = GUARD_UPDATE_DONE_NOTHING;
        *info = NULL;
        if (run->settings->kind == GUARD_UPDATE_NOWHERE)
                return TRUE;
        lock = lock_folder(run->folder, error);
        if (lock < 0)
                return FALSE;
        memory = guard_update_memory_load(memory_file);
        job.memory = memory;
        good = run_locked(&job, done, info, error);
        if (job.fd >= 0)
                close(job.fd);
        guard_update_in_use_clear(&job.in_use);
        close(lock);
        return good;
}

char *
guard_update_done_text(GuardUpdateDone done, const GuardRegistryInfo *info, const GuardUpdateSettings *settings)
{
        switch (done) {
        case GUARD_UPDATE_DONE_NEWEST:
                return g_strdup_printf(_("The registry in use is the newest that %s has."), settings->from);
        case GUARD_UPDATE_DONE_AVAILABLE:
                return g_strdup_printf(_("%s has a newer registry: number %" PRIu64 ", %" PRIu64
                                         " drives. It was verified and not installed."),
                                       settings->from, info->sequence, info->entries);
        case GUARD_UPDATE_DONE_INSTALLED:
                return g_strdup_printf(_("Registry number %" PRIu64 " with %" PRIu64 " drives was installed from %s."),
                                       info->sequence, info->entries, settings->from);
        default:
                return g_strdup(_("No source of registries is configured: nothing was done. "
                                  "To have them fetched, write from= below [update] into /etc/baomi-guard/update.conf."));
        }
}
