/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A snapshot file as a whole: manifest block, then payload. Reading (workstation) and building
 * (desk).
 */
#pragma once
#include <glib.h>
#include "registry/manifest.h"
#include "registry/registry.h"

G_BEGIN_DECLS

/* Reads the first block from @fd's position on, and checks spelling and signature against the keys
 * of @keys_dir. */
gboolean guard_snapshot_read_manifest(int fd, const char *name, const char *keys_dir,
                                      GuardManifest *manifest, GError **error);
/* GUARD_ERROR_NOT_YET_VALID, GUARD_ERROR_EXPIRED. */
gboolean guard_snapshot_check_dates(const GuardManifest *manifest, const char *name, gint64 now_us,
                                    GError **error);
GuardRegistryState guard_snapshot_state(const GuardManifest *manifest, gint64 now_us);
/* When that state changes by itself; 0: never again. */
gint64 guard_snapshot_changes(const GuardManifest *manifest, gint64 now_us);
/* Is the file on @fd exactly as long as its manifest says? */
gboolean guard_snapshot_check_size(int fd, const GuardManifest *manifest, const char *name,
                                   GError **error);
/* Streams the payload of @fd (from GUARD_MANIFEST_BLOCK on) and compares its digest; with @copy_fd
 * >= 0 every byte that was hashed is also written there. @cancel may be NULL (then
 * GUARD_ERROR_FAILED when it is set). */
gboolean guard_snapshot_hash_payload(int fd, int copy_fd, const GuardManifest *manifest,
                                     const char *name, volatile gint *cancel,
                                     GuardProgress progress, gpointer user_data, GError **error);
GuardRegistryInfo *guard_snapshot_info(const GuardManifest *manifest, gint64 now_us);

/* Building. The same entries give the same payload, byte for byte. */
typedef struct GuardSnapshotBuilder GuardSnapshotBuilder;

typedef struct {
        GuardIdType type;
        const char *canonical; /* guard_identity_canonical() */
        gboolean weak;
} GuardIdentifier;

/* @scratch: a file that is made, used and removed; on the disk where the snapshot will be. */
GuardSnapshotBuilder *guard_snapshot_builder_new(const guint8 key[GUARD_MANIFEST_DIGEST],
                                                 const char *scratch, GError **error);
/* Entries in ascending order of media id (strcmp). Uses media_id, level, status and bindings of
 * @entry. */
gboolean guard_snapshot_builder_add(GuardSnapshotBuilder *builder, const GuardEntry *entry,
                                    const GuardIdentifier *ids, gsize n_ids, GError **error);
/* Ends the payload; fills entries, payload_size and payload_sha256 of @manifest, signs it and
 * writes the whole to @path (must not exist), fsynced, mode @mode. The builder is used up. */
gboolean guard_snapshot_builder_finish(GuardSnapshotBuilder *builder, GuardManifest *manifest,
                                       const GuardKey *key, const char *path, mode_t mode,
                                       GuardProgress progress, gpointer user_data, GError **error);
void guard_snapshot_builder_free(GuardSnapshotBuilder *builder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardSnapshotBuilder, guard_snapshot_builder_free)

G_END_DECLS
