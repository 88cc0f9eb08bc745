/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Life and names of what the register says about a medium. Plain data: no I/O here, rules/ uses it.
 */
#include "registry/registry-answer.h"

static const char *const id_type_names[GUARD_N_IDS] = {
        [GUARD_ID_USB] = "usb",         [GUARD_ID_SERIAL] = "serial",   [GUARD_ID_MARK] = "mark",
        [GUARD_ID_FS_UUID] = "fs-uuid", [GUARD_ID_PT_UUID] = "pt-uuid", [GUARD_ID_CID] = "cid",
};

static const char *const status_names[GUARD_N_STATUSES] = {
        [GUARD_STATUS_IN_USE] = "in-use",
        [GUARD_STATUS_ISSUED] = "issued",
        [GUARD_STATUS_IN_REPAIR] = "in-repair",
        [GUARD_STATUS_LOST] = "lost",
        [GUARD_STATUS_DEREGISTERED] = "deregistered",
        [GUARD_STATUS_RETIRED] = "retired",
        [GUARD_STATUS_DESTROYED] = "destroyed",
};

static const char *const state_names[] = {
        [GUARD_REGISTRY_ABSENT] = "absent", [GUARD_REGISTRY_GOOD] = "good",
        [GUARD_REGISTRY_STALE] = "stale",   [GUARD_REGISTRY_NOT_YET_VALID] = "not-yet-valid",
        [GUARD_REGISTRY_LOST] = "lost",
};

/* An entry of the highest level until told otherwise: what is forgotten refuses. */
GuardEntry *
guard_entry_new(void)
{
        GuardEntry *entry = g_new0(GuardEntry, 1);

        entry->level = GUARD_LEVEL_TOP_SECRET;
        return entry;
}

void
guard_entry_free(GuardEntry *entry)
{
        if (entry == NULL)
                return;
        g_free(entry->media_id);
        g_strfreev(entry->hosts);
        g_strfreev(entry->units);
        g_strfreev(entry->users);
        g_free(entry);
}

GuardRegistryAnswer *
guard_registry_answer_new(GuardRegistryState state)
{
        GuardRegistryAnswer *answer = g_new0(GuardRegistryAnswer, 1);

        answer->state = state;
        answer->entries = g_ptr_array_new_with_free_func((GDestroyNotify)guard_entry_free);
        return answer;
}

void
guard_registry_answer_free(GuardRegistryAnswer *answer)
{
        if (answer == NULL)
                return;
        g_ptr_array_unref(answer->entries);
        g_free(answer);
}

const char *
guard_id_type_to_string(GuardIdType type)
{
        if ((guint)type >= GUARD_N_IDS)
                return "unknown";
        return id_type_names[type];
}

const char *
guard_status_to_string(GuardStatus status)
{
        if ((guint)status >= GUARD_N_STATUSES)
                return "unknown";
        return status_names[status];
}

/* Exact names only; leaves @status alone for anything else. */
gboolean
guard_status_from_string(const char *name, GuardStatus *status)
{
        for (guint i = 0; name != NULL && i < GUARD_N_STATUSES; i++) {
                if (g_str_equal(name, status_names[i])) {
                        *status = (GuardStatus)i;
                        return TRUE;
                }
        }
        return FALSE;
}

const char *
guard_registry_state_to_string(GuardRegistryState state)
{
        if ((guint)state >= G_N_ELEMENTS(state_names))
                return "unknown";
        return state_names[state];
}
