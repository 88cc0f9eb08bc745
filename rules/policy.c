/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Life of a policy snapshot and its plain answers. Parsing is policy-parse.c's, judging
 * media-rule.c's.
 */
#include "rules/policy-private.h"
#include <string.h>

enum { BUSY_SECONDS = 10, RETENTION_DAYS = 366 };

static const struct {
        const char *name;
        GuardReason reason;
} situations[GUARD_N_SITUATIONS] = {
        [GUARD_SITUATION_REGISTRY_LOST] = {"registry-lost", GUARD_REASON_REGISTRY_LOST},
        [GUARD_SITUATION_REGISTRY_STALE] = {"registry-stale", GUARD_REASON_REGISTRY_STALE},
        [GUARD_SITUATION_REGISTRY_ABSENT] = {"registry-absent", GUARD_REASON_REGISTRY_ABSENT},
        [GUARD_SITUATION_CONTENT_CHANGED] = {"content-changed", GUARD_REASON_CONTENT_CHANGED},
        [GUARD_SITUATION_UNREGISTERED] = {"unregistered", GUARD_REASON_UNREGISTERED},
        [GUARD_SITUATION_REGISTERED] = {"registered", GUARD_REASON_REGISTERED},
};

const char *
guard_situation_to_string(GuardSituation situation)
{
        return situations[situation].name;
}

gboolean
guard_situation_from_string(const char *name, GuardSituation *situation)
{
        for (guint s = 0; s < GUARD_N_SITUATIONS; s++)
                if (g_str_equal(name, guard_situation_to_string((GuardSituation)s))) {
                        *situation = (GuardSituation)s;
                        return TRUE;
                }
        return FALSE;
}

GuardReason
guard_situation_reason(GuardSituation situation)
{
        return situations[situation].reason;
}

/* Refuses whatever is not registered and in order, on every host. */
GuardPolicy *
guard_policy_new_builtin(void)
{
        GuardPolicy *policy = g_new0(GuardPolicy, 1);
        policy->refs = 1;
        policy->rules = g_ptr_array_new_with_free_func((GDestroyNotify)guard_rule_free);
        policy->busy_seconds = BUSY_SECONDS;
        policy->retention_days = RETENTION_DAYS;
        policy->presence = guard_presence_settings_new();
        policy->after_hours = guard_after_hours_settings_new();
        guard_exception_settings_init(&policy->exceptions, FALSE);
        guard_exception_settings_init(&policy->exceptions_classified, TRUE);
        for (guint level = 0; level < GUARD_N_HOST_LEVELS; level++) {
                policy->popup[level] = GUARD_POPUP_USUAL;
                policy->transfers[level].digest_size = GUARD_TRANSFERS_DIGEST_USUAL;
                for (guint s = 0; s < GUARD_N_SITUATIONS; s++)
                        policy->settings[level][s].verdict = GUARD_VERDICT_REFUSE;
                policy->settings[level][GUARD_SITUATION_REGISTERED].verdict = GUARD_VERDICT_ADMIT;
        }
        return policy;
}

GuardPolicy *
guard_policy_ref(GuardPolicy *policy)
{
        g_atomic_int_inc(&policy->refs);
        return policy;
}

void
guard_policy_unref(GuardPolicy *policy)
{
        if (policy == NULL || !g_atomic_int_dec_and_test(&policy->refs))
                return;
        g_ptr_array_unref(policy->rules);
        guard_presence_settings_free(policy->presence);
        guard_after_hours_settings_free(policy->after_hours);
        for (guint level = 0; level < GUARD_N_HOST_LEVELS; level++)
                for (guint s = 0; s < GUARD_N_SITUATIONS; s++)
                        g_free(policy->settings[level][s].origin);
        g_free(policy);
}

guint
guard_policy_n_rules(const GuardPolicy *policy)
{
        return policy->rules->len;
}

gboolean
guard_policy_counts(const GuardPolicy *policy)
{
        for (guint n = 0; n < policy->rules->len; n++)
                if (((GuardRule *)g_ptr_array_index(policy->rules, n))->limit > 0)
                        return TRUE;
        return FALSE;
}

gboolean
guard_policy_observes(const GuardPolicy *policy)
{
        for (guint level = 0; level < GUARD_N_HOST_LEVELS; level++)
                if (!policy->observe[level])
                        return FALSE;
        return TRUE;
}

gboolean
guard_policy_observes_on(const GuardPolicy *policy, GuardLevel host_level)
{
        return host_level >= 0 && host_level < GUARD_N_HOST_LEVELS && policy->observe[host_level];
}

const struct guard_usb_hold *
guard_policy_hold(const GuardPolicy *policy)
{
        return &policy->hold[GUARD_LEVEL_NONE];
}

const struct guard_usb_hold *
guard_policy_hold_on(const GuardPolicy *policy, GuardLevel host_level)
{
        if (host_level >= 0 && host_level < GUARD_N_HOST_LEVELS)
                return &policy->hold[host_level];
        return &policy->hold_any; /* unknown level: whatever any level would hold */
}

char *
guard_policy_hold_text(const GuardPolicy *policy, GuardLevel host_level)
{
        const struct guard_usb_hold *hold = guard_policy_hold_on(policy, host_level);
        GString *text = g_string_new(NULL);
        for (guint cls = 0; cls < 256; cls++)
                if ((hold->classes[cls / 8] >> (cls % 8) & 1) != 0)
                        g_string_append_printf(text, "%02x\n", cls);
        for (gsize n = 0; n < hold->n_triples; n++) {
                const struct guard_usb_triple *t = &hold->triples[n];
                g_string_append_printf(text, "%02x:%02x", t->cls, t->subcls);
                if (!t->any_protocol)
                        g_string_append_printf(text, ":%02x", t->protocol);
                g_string_append_c(text, '\n');
        }
        if (hold->mtp)
                g_string_append(text, "mtp\n");
        return g_string_free(text, FALSE);
}

const struct GuardPresenceSettings *
guard_policy_presence(const GuardPolicy *policy)
{
        return policy->presence;
}

const struct GuardAfterHoursSettings *
guard_policy_after_hours(const GuardPolicy *policy)
{
        return policy->after_hours;
}

const struct GuardExceptionSettings *
guard_policy_exceptions(const GuardPolicy *policy, GuardLevel host_level)
{
        return host_level == GUARD_LEVEL_NONE ? &policy->exceptions : &policy->exceptions_classified;
}

const GuardTransferSettings *
guard_policy_transfers(const GuardPolicy *policy, GuardLevel host_level)
{
        static const GuardTransferSettings none;

        return (guint)host_level < GUARD_N_HOST_LEVELS ? &policy->transfers[host_level] : &none;
}

guint
guard_policy_busy_seconds(const GuardPolicy *policy)
{
        return policy->busy_seconds;
}

guint
guard_policy_retention_days(const GuardPolicy *policy)
{
        return policy->retention_days;
}
