/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * policy.d text, and a decision with whatever was read. Besides not crashing: an error gives no
 * policy, and no policy admits a classified drive on a non-classified host.
 */
#include "tests/tables/case.h"
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static GuardVerdict
decide(GuardPolicy *policy)
{
        g_autoptr(GuardHost) host = guard_host_new();
        g_autoptr(GuardMedium) medium = guard_medium_new();
        g_autoptr(GuardRegistryAnswer) answer = guard_registry_answer_new(GUARD_REGISTRY_GOOD);
        host->level = GUARD_LEVEL_NONE;
        medium->usb = guard_usb_facts_new();
        (void)case_descriptors("storage", &medium->usb->descriptors);
        g_ptr_array_add(answer->entries, case_entry("LY-1 secret in-use usb:yes serial:yes"));
        GuardDecisionInput input = {
                .medium = medium, .host = host, .policy = policy, .registry = answer};
        g_autoptr(GuardDecision) refused = guard_media_decide(&input);
        g_ptr_array_set_size(answer->entries, 0);
        g_autoptr(GuardDecision) any = guard_media_decide(&input);
        return refused->verdict;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        GuardPolicyText text = {"fuzz.conf", (const char *)data, size};
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GuardPolicy) policy = guard_policy_new_from_texts(&text, 1, errors);
        if ((policy == NULL) != (errors->len > 0))
                abort();
        if (policy != NULL && decide(policy) != GUARD_VERDICT_REFUSE)
                abort();
        return 0;
}
