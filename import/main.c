/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-import: started by systemd for one import, with guardd at the other end of its standard input. Mounts, gives that
 * right away for good, copies, and hands the copies over when guardd has everything on record. Ends with its
 * guardd: what was copied until then is removed.
 */
#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/guard-error.h"
#include "common/guard-import.h"
#include "common/guard-text.h"
#include "import/copy.h"
#include "import/deliver.h"
#include "import/job.h"
#include "import/mount.h"
#include "common/guard-talk.h"

#define CONNECTION STDIN_FILENO

typedef struct {
        int tops[GUARD_IMPORT_MAX_VOLUMES];
        const char *names[GUARD_IMPORT_MAX_VOLUMES];
        guint n;
} Volumes;

static gboolean
say_file(const ImportFile *file, gpointer data)
{
        static const char *const words[] = {"not-scanned", "clean", "found"};
        g_autofree char *path = guard_text_display(file->path, 1000);
        GVariantBuilder builder;

        (void)data;
        guard_talk_begin(&builder, "file");
        g_variant_builder_add(&builder, "{sv}", "path", g_variant_new_string(path));
        g_variant_builder_add(&builder, "{sv}", "size", g_variant_new_uint64(file->size));
        g_variant_builder_add(&builder, "{sv}", "digest", g_variant_new_string(file->digest));
        g_variant_builder_add(&builder, "{sv}", "scan", g_variant_new_string(words[file->scanned]));
        if (file->found != NULL)
                g_variant_builder_add(&builder, "{sv}", "found", g_variant_new_string(file->found));
        g_variant_builder_add(&builder, "{sv}", "kept", g_variant_new_boolean(file->kept));
        return guard_talk_send(CONNECTION, g_variant_builder_end(&builder)) && !guard_talk_is_left(CONNECTION);
}

static gboolean
say_copied(const ImportCopied *copied)
{
        GVariantBuilder builder;

        guard_talk_begin(&builder, "copied");
        g_variant_builder_add(&builder, "{sv}", "files", g_variant_new_uint32(copied->files));
        g_variant_builder_add(&builder, "{sv}", "kept", g_variant_new_uint32(copied->kept));
        g_variant_builder_add(&builder, "{sv}", "skipped", g_variant_new_uint32(copied->skipped));
        g_variant_builder_add(&builder, "{sv}", "bytes", g_variant_new_uint64(copied->bytes));
        return guard_talk_send(CONNECTION, g_variant_builder_end(&builder));
}

static gboolean
say_text(const char *event, const char *key, GVariant *value)
{
        GVariantBuilder builder;

        guard_talk_begin(&builder, event);
        g_variant_builder_add(&builder, "{sv}", key, value);
        return guard_talk_send(CONNECTION, g_variant_builder_end(&builder));
}

/* What cannot be read as a whole is told; one volume of a kind that is not taken spoils no other. */
static gboolean
mount_all(const ImportJob *job, Volumes *volumes, GError **error)
{
        g_autoptr(GError) unsupported = NULL;

        for (guint n = 0; n < job->volumes->len; n++) {
                const ImportVolume *volume = g_ptr_array_index(job->volumes, n);
                g_autoptr(GError) own = NULL;
                int top = import_mount(job, volume, &own);

                if (top >= 0) {
                        volumes->names[volumes->n] = volume->node;
                        volumes->tops[volumes->n++] = top;
                } else if (g_error_matches(own, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE)) {
                        g_clear_error(&unsupported);
                        unsupported = g_steal_pointer(&own);
                } else {
                        g_propagate_error(error, g_steal_pointer(&own));
                        return FALSE;
                }
        }
        if (volumes->n > 0)
                return TRUE;
        if (unsupported != NULL)
                g_propagate_error(error, g_steal_pointer(&unsupported));
        else
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE, N_("There is no file system on the drive"));
        return FALSE;
}

/* From here on nothing can be mounted. */
static gboolean
give_up_mounting(GError **error)
{
        capng_clear(CAPNG_SELECT_CAPS);
        if (capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_DAC_READ_SEARCH, CAP_CHOWN, -1) == 0 &&
            capng_apply(CAPNG_SELECT_CAPS) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0)
                return TRUE;
        g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_FAILED, "Capabilities cannot be given up");
        return FALSE;
}

/* Several volumes are folders beside each other. */
static gboolean
copy_all(const ImportJob *job, const Volumes *volumes, int files, ImportCopied *copied, GError **error)
{
        const ImportCopying how = {.only = job->only, .size = job->size, .scan = job->scanning != IMPORT_SCAN_NO,
                                   .scan_required = job->scanning == IMPORT_SCAN_REQUIRED, .sm3 = job->sm3,
                                   .clamd = GUARD_IMPORT_CLAMD, .left = CONNECTION, .told = say_file};

        for (guint n = 0; n < volumes->n; n++) {
                int to = files;
                gboolean good;

                if (volumes->n > 1) {
                        if (mkdirat(files, volumes->names[n], 0700) != 0 ||
                            (to = openat(files, volumes->names[n], O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
                                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_IO, g_strerror(errno));
                                return FALSE;
                        }
                }
                good = import_copy(volumes->tops[n], to, &how, copied, error);
                if (to != files)
                        close(to);
                if (!good)
                        return FALSE;
        }
        return TRUE;
}

static gboolean
wait_for_record(void)
{
        g_autoptr(GVariant) packet = guard_talk_receive(CONNECTION);
        const char *event = NULL;

        return packet != NULL && g_variant_lookup(packet, "event", "&s", &event) && g_str_equal(event, "deliver");
}

static char *
name_now(const ImportJob *job)
{
        g_autoptr(GDateTime) now = g_date_time_new_now_local();
        g_autofree char *time = g_date_time_format(now, "%Y-%m-%d_%H%M%S");

        return g_strdup_printf("%s-%s", time, job->id);
}

static gboolean
import(const ImportJob *job, ImportStaging *staging, GError **error)
{
        g_autofree char *name = name_now(job), *folder = NULL;
        const struct passwd *person = getpwnam(job->user);
        ImportCopied copied = {0};
        Volumes volumes = {.n = 0};

        if (person == NULL) {
                guard_error_set(error, GUARD_ERROR_NOT_FOUND, N_("There is no user “%s” on this computer"), job->user, NULL);
                return FALSE;
        }
        if (!import_staging_open(staging, GUARD_IMPORT_FOLDER, name, error) || !mount_all(job, &volumes, error) ||
            !give_up_mounting(error) || !copy_all(job, &volumes, staging->files, &copied, error))
                return FALSE;
        if (!say_copied(&copied) || !wait_for_record()) {
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_GONE, "Nobody waits for this import any more");
                return FALSE;
        }
        folder = import_deliver(staging, job->user, name, person->pw_uid, person->pw_gid, error);
        return folder != NULL && say_text("done", "folder", g_variant_new_take_string(g_strconcat(GUARD_IMPORT_FOLDER "/", folder, NULL)));
}

int
main(int argc, char **argv)
{
        ImportStaging staging = {-1, -1, -1, NULL};
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) packet = NULL;
        g_autoptr(ImportJob) job = NULL;
        gboolean good;

        (void)argv;
        if (argc != 1) {
                fputs("guard-import is started by baomi-guard-import.socket only\n", stderr);
                return 2;
        }
        umask(0077);
        if (!say_text("hello", "pid", g_variant_new_uint32((guint32)getpid())))
                return 1;
        packet = guard_talk_receive(CONNECTION);
        if (packet == NULL)
                return 1;
        job = import_job_new(packet, &error);
        good = job != NULL && import(job, &staging, &error);
        import_staging_close(&staging);
        if (good)
                return 0;
        if (error != NULL) {
                g_autofree char *plain = guard_text_plain(error->message);

                g_printerr("%s\n", plain);
                (void)guard_talk_send_failed(CONNECTION, error->message);
        }
        return 1;
}
