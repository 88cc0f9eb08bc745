/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One candidate at a time; its thread owns it until it has said good or bad.
 */
#include <string.h>
#include "guardd/config/registry-load.h"
#include "registry/signature.h"

typedef struct {
        GuardRegistryLoad *load; /* NULL: given up */
        GuardRegistry *registry;
        volatile gint cancel;
} Candidate;

struct GuardRegistryLoad {
        const GuardPaths *paths;
        void (*ready)(gpointer user_data);
        gpointer user_data;
        GuardRegistry *current;
        Candidate *candidate;
        GPtrArray *keys; /* of GuardKey, by which marks are judged; NULL: none could be read */
        GuardRegistryInfo placeholder; /* told while the very first one is being verified */
};

static void
candidate_free(gpointer data)
{
        Candidate *candidate = data;

        guard_registry_free(candidate->registry);
        g_free(candidate);
}

static void
serve(GuardRegistryLoad *load, GuardRegistry *registry)
{
        guard_registry_free(load->current);
        load->current = registry;
        load->ready(load->user_data);
}

static gboolean
verified(gpointer data)
{
        Candidate *candidate = data;
        GuardRegistryLoad *load = candidate->load;

        if (load) {
                load->candidate = NULL;
                serve(load, g_steal_pointer(&candidate->registry));
        }
        return G_SOURCE_REMOVE;
}

static gpointer
verify(gpointer data)
{
        Candidate *candidate = data;
        g_autoptr(GError) error = NULL;
        GSource *source = g_idle_source_new();

        /* A bad payload makes the registry's state LOST: it serves as such, and refuses. */
        if (!guard_registry_verify_payload(candidate->registry, &candidate->cancel, &error) &&
            !g_atomic_int_get(&candidate->cancel))
                g_warning("%s", error->message);
        g_source_set_priority(source, G_PRIORITY_DEFAULT);
        g_source_set_callback(source, verified, candidate, candidate_free);
        g_source_attach(source, NULL);
        g_source_unref(source);
        return NULL;
}

static void
give_up(GuardRegistryLoad *load)
{
        if (!load->candidate)
                return;
        load->candidate->load = NULL;
        g_atomic_int_set(&load->candidate->cancel, 1);
        load->candidate = NULL;
}

void
guard_registry_load_start(GuardRegistryLoad *load)
{
        const GuardPaths *paths = load->paths;
        gint64 now = g_get_real_time();
        GuardRegistry *registry =
                guard_registry_open(paths->registry_db, paths->keys_dir, paths->registry_sequence, now);
        const GuardRegistryInfo *info = guard_registry_info(registry, now);
        Candidate *candidate;

        give_up(load);
        g_clear_pointer(&load->keys, g_ptr_array_unref);
        load->keys = guard_keys_load_dir(paths->keys_dir, NULL, NULL); /* the registry has told what is wrong with them */
        if (info->payload_verified || info->state == GUARD_REGISTRY_ABSENT ||
            info->state == GUARD_REGISTRY_LOST) {
                serve(load, registry);
                return;
        }
        candidate = g_new0(Candidate, 1);
        candidate->load = load;
        candidate->registry = registry;
        load->candidate = candidate;
        load->placeholder = *info;
        load->placeholder.why = load->placeholder.key_id = load->placeholder.algorithm = NULL;
        g_thread_unref(g_thread_new("guard-registry", verify, candidate));
}

GuardRegistryLoad *
guard_registry_load_new(const GuardPaths *paths, void (*ready)(gpointer), gpointer user_data)
{
        GuardRegistryLoad *load = g_new0(GuardRegistryLoad, 1);

        load->paths = paths;
        load->ready = ready;
        load->user_data = user_data;
        return load;
}

void
guard_registry_load_free(GuardRegistryLoad *load)
{
        if (!load)
                return;
        give_up(load);
        g_clear_pointer(&load->keys, g_ptr_array_unref);
        guard_registry_free(load->current);
        g_free(load);
}

GuardRegistry *
guard_registry_load_current(GuardRegistryLoad *load)
{
        return load->current;
}

GPtrArray *
guard_registry_load_keys(GuardRegistryLoad *load)
{
        return load->keys;
}

const GuardRegistryInfo *
guard_registry_load_info(GuardRegistryLoad *load)
{
        return load->current ? guard_registry_info(load->current, g_get_real_time()) : &load->placeholder;
}
