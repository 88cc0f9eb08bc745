/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The snapshot in use: opened behind its signature, believed only once its payload's digest is
 * checked, asked in microseconds. Whatever goes wrong makes its state LOST; nothing here ever
 * answers "unknown drive" because it could not read.
 */
#include "registry/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "registry/durable.h"
#include "registry/lookup.h"
#include "registry/sequence.h"
#include "registry/snapshot.h"

struct GuardRegistry {
        int fd;
        char *name;
        GuardManifest manifest;
        GMutex lock; /* over what follows: the verifying thread writes it, the owner reads it */
        gboolean absent;
        char *lost; /* why nothing can be used; NULL: something can */
        gboolean verified;
        GuardPayload *payload;
        GuardRegistryInfo *info;
};

static void
lose(GuardRegistry *registry, const char *why)
{
        g_mutex_lock(&registry->lock);
        if (registry->lost == NULL)
                registry->lost = g_strdup(why);
        g_mutex_unlock(&registry->lock);
}

/* An install was cut between the two files: the snapshot is good and newer, so it is remembered
 * now. That this may fail (read-only disk) does no harm: the next open does it. */
static void
mend_sequence(const char *path, const GuardSequence *last, const GuardManifest *manifest)
{
        if (!last->present || manifest->sequence > last->sequence)
                guard_sequence_write(path, manifest, NULL);
}

static gboolean
open_snapshot(GuardRegistry *registry, const char *keys_dir, const char *sequence_file,
              GError **error)
{
        GuardSequence last;
        gboolean have_last = guard_sequence_read(sequence_file, &last, error);

        if (!have_last)
                return FALSE;
        registry->fd = open(registry->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (registry->fd < 0 && errno == ENOENT && !last.present) {
                registry->absent = TRUE;
                return TRUE;
        }
        if (registry->fd < 0 && errno == ENOENT) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                            _("%s is gone (sequence %" PRIu64
                              " was installed); install the desk's latest snapshot"),
                            registry->name, last.sequence);
                return FALSE;
        }
        if (registry->fd < 0) {
                guard_durable_set_error(error, errno, _("Cannot open"), registry->name);
                return FALSE;
        }
        if (!guard_snapshot_read_manifest(registry->fd, registry->name, keys_dir,
                                          &registry->manifest, error) ||
            !guard_snapshot_check_size(registry->fd, &registry->manifest, registry->name, error) ||
            !guard_sequence_check(&last, &registry->manifest, registry->name, error))
                return FALSE;
        mend_sequence(sequence_file, &last, &registry->manifest);
        return TRUE;
}

GuardRegistry *
guard_registry_open(const char *db, const char *keys_dir, const char *sequence_file, gint64 now_us)
{
        GuardRegistry *registry = g_new0(GuardRegistry, 1);
        g_autoptr(GError) error = NULL;

        registry->fd = -1;
        registry->name = g_strdup(db);
        g_mutex_init(&registry->lock);
        if (!open_snapshot(registry, keys_dir, sequence_file, &error))
                lose(registry, error->message);
        guard_registry_info(registry, now_us);
        return registry;
}

void
guard_registry_free(GuardRegistry *registry)
{
        if (registry == NULL)
                return;
        guard_payload_free(registry->payload);
        if (registry->fd >= 0)
                close(registry->fd);
        guard_registry_info_free(registry->info);
        g_mutex_clear(&registry->lock);
        g_free(registry->lost);
        g_free(registry->name);
        g_free(registry);
}

/* Why the state is not GOOD, for people; NULL when it is. */
static char *
explain(GuardRegistry *registry, GuardRegistryState state, gint64 now_us)
{
        g_autoptr(GError) error = NULL;

        if (state == GUARD_REGISTRY_ABSENT)
                return g_strdup(_("No registry snapshot was ever installed"));
        if (state == GUARD_REGISTRY_LOST)
                return g_strdup(registry->lost);
        if (!guard_snapshot_check_dates(&registry->manifest, registry->name, now_us, &error))
                return g_strdup(error->message);
        return NULL;
}

const GuardRegistryInfo *
guard_registry_info(GuardRegistry *registry, gint64 now_us)
{
        GuardRegistryInfo *info;

        g_mutex_lock(&registry->lock);
        /* a manifest that was not accepted says nothing worth repeating */
        info = registry->lost != NULL || registry->absent
                       ? g_new0(GuardRegistryInfo, 1)
                       : guard_snapshot_info(&registry->manifest, now_us);
        if (registry->lost != NULL)
                info->state = GUARD_REGISTRY_LOST;
        else if (registry->absent)
                info->state = GUARD_REGISTRY_ABSENT;
        info->payload_verified = registry->verified;
        info->why = explain(registry, info->state, now_us);
        guard_registry_info_free(registry->info);
        registry->info = info;
        g_mutex_unlock(&registry->lock);
        return info;
}

static gboolean
verify(GuardRegistry *registry, volatile gint *cancel, GuardPayload **payload, GError **error)
{
        if (!guard_snapshot_check_size(registry->fd, &registry->manifest, registry->name, error) ||
            !guard_snapshot_hash_payload(registry->fd, -1, &registry->manifest, registry->name,
                                         cancel, NULL, NULL, error))
                return FALSE;
        *payload = guard_payload_open(registry->fd, GUARD_MANIFEST_BLOCK,
                                      registry->manifest.payload_size, registry->manifest.entries,
                                      registry->name, error);
        return *payload != NULL;
}

gboolean
guard_registry_verify_payload(GuardRegistry *registry, volatile gint *cancel, GError **error)
{
        g_autoptr(GuardPayload) payload = NULL;
        g_autoptr(GError) why = NULL;

        if (registry->absent || registry->fd < 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                            _("%s: there is no snapshot to check"), registry->name);
                return FALSE;
        }
        if (!verify(registry, cancel, &payload, &why)) {
                if (cancel == NULL || !g_atomic_int_get(cancel))
                        lose(registry, why->message);
                g_propagate_error(error, g_steal_pointer(&why));
                return FALSE;
        }
        g_mutex_lock(&registry->lock);
        if (registry->payload == NULL)
                registry->payload = g_steal_pointer(&payload);
        registry->verified = TRUE;
        g_mutex_unlock(&registry->lock);
        return TRUE;
}

GuardRegistryAnswer *
guard_registry_lookup(GuardRegistry *registry, const GuardMedium *medium, gint64 now_us)
{
        g_autoptr(GuardRegistryAnswer) answer = guard_registry_answer_new(GUARD_REGISTRY_LOST);
        g_autoptr(GError) error = NULL;
        gboolean usable;

        g_mutex_lock(&registry->lock);
        /* before its digest is checked nothing of the payload is parsed or believed */
        usable = registry->lost == NULL && registry->verified;
        if (registry->absent)
                answer->state = GUARD_REGISTRY_ABSENT;
        g_mutex_unlock(&registry->lock);
        if (!usable)
                return g_steal_pointer(&answer);
        answer->state = guard_snapshot_state(&registry->manifest, now_us);
        answer->sequence = registry->manifest.sequence;
        answer->changes_us = guard_snapshot_changes(&registry->manifest, now_us);
        if (!guard_lookup_medium(registry->payload, medium, answer->entries, &error)) {
                lose(registry, error->message);
                g_ptr_array_set_size(answer->entries, 0);
                answer->state = GUARD_REGISTRY_LOST;
        }
        return g_steal_pointer(&answer);
}
