/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asking rules/: gathers the input of a decision, looks for duplicates among the present devices, and
 * knows when to ask again. The judgement itself is elsewhere.
 */
#include "common/guard-text.h"
#include "guardd/manager-private.h"
#include "registry/mark.h"
#include "rules/registry-age.h"
#include "guardd/presence/presence.h"
#include "registry/identity.h"

/* Only what the register knows by a strong identifier can be a duplicate: many sticks share a weak
 * serial number, and unregistered ones are nobody's. */
static gboolean
same_drive(const ManagedDevice *a, const ManagedDevice *b)
{
        return a->identity && b->identity && guard_answers_same_drive(a->identity, b->identity);
}

static ManagedDevice *
find_twin(ManagedDevice *device)
{
        GPtrArray *devices = device->manager->devices;

        for (guint i = 0; i < devices->len; i++) {
                ManagedDevice *other = g_ptr_array_index(devices, i);

                if (other != device && same_drive(device, other) &&
                    guard_device_present(other))
                        return other;
        }
        return NULL;
}

static gboolean
waited(gpointer data)
{
        ManagedDevice *device = data;
        ManagedDevice *twin = find_twin(device);

        device->duplicate_timer = 0;
        if (twin) {
                device->duplicate = twin->duplicate = TRUE;
                guard_device_ref(twin);
        }
        guard_device_advance(device);
        if (twin) {
                guard_device_advance(twin);
                guard_device_unref(twin);
        }
        return G_SOURCE_REMOVE;
}

gboolean
guard_manager_duplicate_pending(ManagedDevice *device)
{
        if (device->duplicate || !find_twin(device))
                return FALSE;
        if (!device->duplicate_timer)
                device->duplicate_timer = g_timeout_add(DUPLICATE_WAIT_US / 1000, waited, device);
        return TRUE;
}

typedef struct {
        GuardStage stage;
        gboolean duplicate, system_disk, released;
        const ManagedDevice *device; /* NULL: none that is here */
} Circumstances;

/* Who is there to answer for a medium. logind's hint is a claim, and may be left standing by a locker that
 * has crashed; the presence guard knows better where it runs. */
gboolean
guard_manager_person(GuardManager *manager, GuardSession *seen)
{
        const GuardSession *session = guard_session_watch_get(manager->sessions);

        if (!session || (manager->presence && !guard_presence_knows(manager->presence)))
                return FALSE;
        *seen = *session;
        if (manager->presence)
                seen->locked = guard_presence_is_covered(manager->presence);
        return TRUE;
}

/* Each rule once, however many disks there are by it; what is decided and waits for its record as well. */
static void
add_rules_of(const ManagedDevice *device, GHashTable *rules)
{
        const GuardDevice *public = &device->public;
        const char *const claims[] = {device->claim[0], device->claim[1], public->decision ? public->decision->rule : NULL};

        for (gsize n = 0; n < G_N_ELEMENTS(claims); n++)
                if (claims[n])
                        g_hash_table_add(rules, (gpointer)claims[n]);
        for (guint k = 0; k < public->disks->len; k++) {
                const GuardDisk *disk = g_ptr_array_index(public->disks, k);

                if (disk->decision && disk->decision->rule)
                        g_hash_table_add(rules, disk->decision->rule);
        }
}

/* How many devices beside @but are here by which rule; NULL where no rule asks. The keys are the devices' own. */
static GHashTable *
count_by_rule(GuardManager *manager, const ManagedDevice *but)
{
        GHashTable *by_rule;

        if (!guard_policy_counts(guard_config_policy(manager->config)))
                return NULL;
        by_rule = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint i = 0; i < manager->devices->len; i++) {
                const ManagedDevice *device = g_ptr_array_index(manager->devices, i);
                g_autoptr(GHashTable) rules = g_hash_table_new(g_str_hash, g_str_equal);
                GHashTableIter iter;
                gpointer rule;

                if (device == but || device->gone)
                        continue;
                add_rules_of(device, rules);
                g_hash_table_iter_init(&iter, rules);
                while (g_hash_table_iter_next(&iter, &rule, NULL))
                        g_hash_table_insert(by_rule, rule,
                                            GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(by_rule, rule)) + 1));
        }
        return by_rule;
}

static GuardDecision *
decide(GuardManager *manager, const GuardMedium *medium, const GuardHost *host,
       const GuardRegistryAnswer *answer, const Circumstances *now)
{
        g_autoptr(GHashTable) by_rule = count_by_rule(manager, now->device);
        gint64 now_us = g_get_real_time();
        GuardSession session;
        GuardDecisionInput input = {
                .stage = now->stage,
                .medium = medium,
                .host = host ? host : guard_config_host(manager->config),
                .policy = guard_config_policy(manager->config),
                .registry = answer,
                .session = guard_manager_person(manager, &session) ? &session : NULL,
                .duplicate_present = now->duplicate,
                .system_disk = now->system_disk,
                .released = now->released,
                .by_rule = by_rule,
                .exceptions = manager->exceptions ? guard_exceptions_in_force(manager->exceptions) : NULL,
                .now_us = now_us,
                .utc_offset_us = guard_time_utc_offset(now_us),
        };

        g_autoptr(GuardDecision) decision = guard_media_decide(&input);

        input.changed = decision->remember ? guard_manager_changed(manager, medium, decision->media_id) : 0;
        return input.changed ? guard_media_decide(&input) : g_steal_pointer(&decision);
}

GuardDecision *
guard_manager_decide(ManagedDevice *device, const GuardBlockFacts *block, gboolean released)
{
        GuardManager *manager = device->manager;
        const Circumstances now = {block ? GUARD_STAGE_BLOCK : GUARD_STAGE_USB, device->duplicate,
                                   device->system_disk, released, device};
        GuardMedium medium = *device->public.medium;
        g_autoptr(GuardRegistryAnswer) answer = NULL;
        GuardDecision *decision;

        medium.block = (GuardBlockFacts *)block;
        answer = guard_registry_lookup(guard_config_registry(manager->config), &medium,
                                       g_get_real_time());
        guard_mark_add_to_answer(answer, &medium, guard_config_keys(manager->config));
        decision = decide(manager, &medium, NULL, answer, &now);
        g_free(device->claim[now.stage]);
        device->claim[now.stage] = g_strdup(decision->rule);
        if (!block) {
                g_clear_pointer(&device->identity, guard_registry_answer_free);
                device->identity = g_steal_pointer(&answer);
        }
        return decision;
}

GuardDecision *
guard_manager_explain(GuardManager *manager, const GuardMedium *medium, const GuardHost *host,
                      GuardStage stage, gboolean waits)
{
        const Circumstances now = {.stage = stage, .released = !waits};
        GuardRegistry *registry = guard_config_registry(manager->config);
        g_autoptr(GuardRegistryAnswer) answer =
                registry ? guard_registry_lookup(registry, medium, g_get_real_time())
                         : guard_registry_answer_new(GUARD_REGISTRY_LOST);

        guard_mark_add_to_answer(answer, medium, guard_config_keys(manager->config));
        return decide(manager, medium, host, answer, &now);
}

gboolean
guard_manager_person_pending(GuardManager *manager, const GuardDecision *decision)
{
        gboolean locked_or_not = manager->presence && guard_session_watch_get(manager->sessions) &&
                                 !guard_presence_knows(manager->presence);

        return decision->verdict == GUARD_VERDICT_HOLD && decision->reason == GUARD_REASON_NOBODY_PRESENT &&
               (!guard_session_watch_known(manager->sessions) || locked_or_not);
}

gboolean
guard_decision_same(const GuardDecision *a, const GuardDecision *b)
{
        return a->verdict == b->verdict && a->reason == b->reason && a->level == b->level &&
               a->observed == b->observed && a->would_be == b->would_be &&
               g_strcmp0(a->rule, b->rule) == 0 && g_strcmp0(a->media_id, b->media_id) == 0;
}

gboolean
guard_decision_is_known(const GuardDecision *decision, const GuardKnownVerdict *known)
{
        return known->verdict == decision->verdict && known->reason == decision->reason &&
               g_strcmp0(known->media_id, decision->media_id) == 0;
}

static gboolean
concerned(const GuardDecision *decision, guint depends)
{
        if (!decision || depends == G_MAXUINT)
                return TRUE;
        /* Who sits there decides about what is plugged; nobody's work is torn away by a lock screen. */
        if (depends == GUARD_DEPENDS_SESSION && decision->verdict >= GUARD_VERDICT_READ_ONLY)
                return FALSE;
        return (decision->depends & depends) != 0;
}

static void
reevaluate_device(ManagedDevice *device, guint depends)
{
        if (device->public.medium->usb && concerned(device->public.decision, depends))
                guard_device_advance(device);
        for (guint i = 0; i < device->public.disks->len; i++) {
                ManagedDisk *disk = g_ptr_array_index(device->public.disks, i);

                if (!concerned(disk->public.decision, depends))
                        continue;
                guard_disk_ref(disk);
                guard_disk_advance(disk);
                guard_disk_unref(disk);
        }
}

void
guard_manager_reevaluate(GuardManager *manager, guint depends)
{
        g_autoptr(GPtrArray) devices =
                g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))guard_device_unref);

        for (guint i = 0; i < manager->devices->len; i++)
                g_ptr_array_add(devices, guard_device_ref(g_ptr_array_index(manager->devices, i)));
        for (guint i = 0; i < devices->len; i++)
                reevaluate_device(g_ptr_array_index(devices, i), depends);
        guard_manager_schedule(manager);
}

static gint64
sooner(gint64 when, const GuardDecision *decision)
{
        return decision ? MIN(when, decision->valid_until_us) : when;
}

void
guard_manager_schedule(GuardManager *manager)
{
        const GuardRegistryInfo *registry = guard_config_registry_info(manager->config);
        gint64 when = registry->changes_us > 0 ? registry->changes_us : G_MAXINT64;
        gint64 older = 0;

        if (registry->state == GUARD_REGISTRY_GOOD)
                guard_registry_age(registry->issued_us, registry->expires_us, g_get_real_time(), &older);
        if (older > 0)
                when = MIN(when, older);
        for (guint i = 0; i < manager->devices->len; i++) {
                const ManagedDevice *device = g_ptr_array_index(manager->devices, i);

                when = sooner(when, device->public.decision);
                for (guint k = 0; k < device->public.disks->len; k++) {
                        const ManagedDisk *disk = g_ptr_array_index(device->public.disks, k);

                        when = sooner(when, disk->public.decision);
                }
        }
        guard_wall_timer_set(manager->expiry, when);
}
