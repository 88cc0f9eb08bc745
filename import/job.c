/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/job.h"

#include <string.h>

#include "common/guard-error.h"
#include "common/guard-import.h"

static void
volume_free(gpointer data)
{
        ImportVolume *volume = data;

        g_free(volume->node);
        g_free(volume->type);
        g_free(volume);
}

void
import_job_free(ImportJob *job)
{
        if (job == NULL)
                return;
        g_free(job->disk);
        g_free(job->user);
        g_free(job->id);
        g_free(job->only);
        g_ptr_array_unref(job->volumes);
        g_free(job);
}

/* A part of a path: no folder, none of the hidden ones. */
static gboolean
is_name(const char *text)
{
        return text != NULL && *text != '\0' && *text != '.' && strchr(text, '/') == NULL && strlen(text) < 128;
}

static gboolean
read_volumes(ImportJob *job, GVariant *packet)
{
        g_autoptr(GVariant) volumes = g_variant_lookup_value(packet, "volumes", G_VARIANT_TYPE("a(suus)"));

        if (volumes == NULL || g_variant_n_children(volumes) > GUARD_IMPORT_MAX_VOLUMES)
                return FALSE;
        for (gsize n = 0; n < g_variant_n_children(volumes); n++) {
                ImportVolume *volume = g_new0(ImportVolume, 1);

                g_ptr_array_add(job->volumes, volume);
                g_variant_get_child(volumes, n, "(suus)", &volume->node, &volume->major, &volume->minor, &volume->type);
                if (!is_name(volume->node))
                        return FALSE;
        }
        return TRUE;
}

static gboolean
read_scanning(ImportJob *job, const char *word)
{
        const char *const words[] = {GUARD_IMPORT_SCAN_NO, GUARD_IMPORT_SCAN_IF_THERE, GUARD_IMPORT_SCAN_REQUIRED};

        for (guint n = 0; n < G_N_ELEMENTS(words); n++)
                if (g_strcmp0(word, words[n]) == 0) {
                        job->scanning = (ImportScanning)n;
                        return TRUE;
                }
        return FALSE;
}

ImportJob *
import_job_new(GVariant *packet, GError **error)
{
        g_autoptr(ImportJob) job = g_new0(ImportJob, 1);
        const char *event = NULL, *scan = NULL;

        job->volumes = g_ptr_array_new_with_free_func(volume_free);
        g_variant_lookup(packet, "event", "&s", &event);
        g_variant_lookup(packet, "disk", "s", &job->disk);
        g_variant_lookup(packet, "user", "s", &job->user);
        g_variant_lookup(packet, "id", "s", &job->id);
        g_variant_lookup(packet, "only", "s", &job->only);
        g_variant_lookup(packet, "diskseq", "t", &job->diskseq);
        g_variant_lookup(packet, "size", "t", &job->size);
        g_variant_lookup(packet, "scan", "&s", &scan);
        g_variant_lookup(packet, "sm3", "b", &job->sm3);
        if (job->only != NULL && *job->only == '\0')
                g_clear_pointer(&job->only, g_free);
        if (job->size == 0)
                job->size = G_MAXUINT64;
        if (g_strcmp0(event, "job") != 0 || !is_name(job->disk) || !is_name(job->user) || !is_name(job->id) ||
            !read_volumes(job, packet) || !read_scanning(job, scan)) {
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_USAGE, "This is no order for an import");
                return NULL;
        }
        return g_steal_pointer(&job);
}
