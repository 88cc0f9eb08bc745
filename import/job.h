/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guardd asks for (common/guard-import.h), checked: guardd is trusted, and what it passes on of a drive is not.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct {
        char *node; /* "sdb1" */
        guint major, minor;
        char *type; /* as libblkid has it; one of import_mount_type() */
} ImportVolume;

typedef enum { IMPORT_SCAN_NO, IMPORT_SCAN_IF_THERE, IMPORT_SCAN_REQUIRED } ImportScanning;

typedef struct {
        char *disk, *user, *id;
        char *only; /* NULL: all */
        guint64 diskseq;
        guint64 size; /* bytes at most; G_MAXUINT64: no limit */
        GPtrArray *volumes; /* of ImportVolume */
        ImportScanning scanning;
        gboolean sm3;
} ImportJob;

/* NULL with GUARD_ERROR_USAGE. Caller frees. */
ImportJob *import_job_new(GVariant *packet, GError **error);
void import_job_free(ImportJob *job);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImportJob, import_job_free)

G_END_DECLS
