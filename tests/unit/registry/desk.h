/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A desk and a workstation in a temporary directory: keys, small snapshots, and the paths to
 * install them to. For tests of registry/ only.
 */
#pragma once
#include "common/guard-error.h"
#include "registry/registry.h"
#include "registry/snapshot.h"

/* Time zero of every test: 2026-01-01T00:00:00Z. */
#define T0 (G_GINT64_CONSTANT(1767225600) * G_USEC_PER_SEC)
#define DAY (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

typedef struct {
        char *dir;
        char *keys;          /* trusted keys */
        char *private_key;   /* the desk's; its public half is in keys */
        char *stranger;      /* a private key nobody trusts */
        char *db, *sequence; /* the workstation's */
        char *snapshot;      /* where make writes */
} Desk;

typedef struct {
        const char *media_id;
        GuardLevel level;
        GuardStatus status;
        guint16 vendor, product;
        const char *serial, *fs_uuid, *pt_uuid;
        gboolean weak; /* the serial */
        const char *hosts;
} Drive;

Desk *desk_new(GuardAlgorithm algorithm);
void desk_free(Desk *desk);
/* Three drives of the tests; see desk.c. */
extern const Drive desk_drives[];
extern const gsize desk_n_drives;
/* Writes desk->snapshot anew. @key: NULL for the desk's own. */
void desk_publish(Desk *desk, guint64 sequence, gint64 issued_us, gint64 expires_us,
                  const char *key, const Drive *drives, gsize n_drives);
/* Sequence, issued at T0, 90 days, the usual drives. */
void desk_publish_plain(Desk *desk, guint64 sequence);
gboolean desk_install(Desk *desk, gint64 now_us, GError **error);
/* Opened and verified. */
GuardRegistry *desk_open(Desk *desk, gint64 now_us);
/* Is the snapshot one that could be installed? */
gboolean desk_check(Desk *desk, gint64 now_us, GError **error);
/* The workstation's registry is the one with that number, and answers. */
void assert_serves(Desk *desk, guint64 sequence);
/* The snapshot is neither to be installed, nor fit for use. */
void assert_refused(Desk *desk, gint64 now_us, int code);
GuardMedium *desk_medium(guint16 vendor, guint16 product, const char *serial);
void desk_add_volume(GuardMedium *medium, const char *pt_uuid, const char *fs_uuid);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Desk, desk_free)
