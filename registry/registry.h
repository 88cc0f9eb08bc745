/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The installed registry snapshot: open, verify, look up. An immutable SQLite payload behind a
 * signed manifest, one file. Workstation side; publishing is station/'s work with
 * registry/snapshot.h.
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"
#include "registry/registry-answer.h"

G_BEGIN_DECLS

typedef struct GuardRegistry GuardRegistry; /* one opened snapshot; used from one thread */

typedef struct {
        GuardRegistryState state;
        char *why; /* for LOST and others: what is wrong; NULL when good */
        guint64 sequence, entries, size;
        gint64 issued_us, expires_us; /* since 1970 UTC */
        gint64 changes_us;            /* when the state changes by itself; 0: never */
        char *key_id, *algorithm;     /* "ed25519" or "sm2" */
        gboolean payload_verified;    /* the payload's digest has been checked since open */
} GuardRegistryInfo;

/* Opens @db, checking manifest and signature against the keys in @keys_dir and the sequence against
 * @sequence_file. Never fails: where nothing can be used the info says why (ABSENT only where
 * neither file nor sequence file is there). The payload digest is checked later by
 * guard_registry_verify_payload(), in a thread; until then a caller lets media wait. @now_us: the
 * wall clock. */
GuardRegistry *guard_registry_open(const char *db, const char *keys_dir, const char *sequence_file,
                                   gint64 now_us);
void guard_registry_free(GuardRegistry *registry);
/* State follows the time. Valid until the next call. */
const GuardRegistryInfo *guard_registry_info(GuardRegistry *registry, gint64 now_us);
/* Reads the whole payload as a stream; safe in a thread while another thread looks up nothing. On
 * mismatch the state becomes LOST. @cancel may be NULL. */
gboolean guard_registry_verify_payload(GuardRegistry *registry, volatile gint *cancel,
                                       GError **error);
/* Everything the book knows of @medium (usb facts, and the block's content once probed).
 * Microseconds; no matter how many drives. Before the payload is verified the answer is LOST:
 * nothing of it is parsed. Caller frees. A read error of the file gives state LOST, never an empty
 * GOOD answer. */
GuardRegistryAnswer *guard_registry_lookup(GuardRegistry *registry, const GuardMedium *medium,
                                           gint64 now_us);

typedef void (*GuardProgress)(guint64 done, guint64 total, gpointer user_data);

/* All checks of a snapshot file, without installing it. @info (out, optional) is freed with
 * guard_registry_info_free(). */
gboolean guard_registry_verify_file(const char *file, const char *keys_dir, guint64 last_sequence,
                                    gint64 now_us, GuardProgress progress, gpointer user_data,
                                    GuardRegistryInfo **info, GError **error);
/* Verifies the snapshot readable on @fd, copies it next to @db, fsyncs, renames over it, then
 * writes @sequence_file (crash between the two is mended at the next open). Old one serves until
 * the new one is good. */
gboolean guard_registry_install_fd(int fd, const char *db, const char *keys_dir,
                                   const char *sequence_file, gint64 now_us, GuardProgress progress,
                                   gpointer user_data, GuardRegistryInfo **info, GError **error);
void guard_registry_info_free(GuardRegistryInfo *info);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardRegistry, guard_registry_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardRegistryInfo, guard_registry_info_free)

G_END_DECLS
