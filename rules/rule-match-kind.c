/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * kind= of a rule: what people call the device, or what one of its interfaces is for. Pure.
 */
#include "common/device-kind.h"
#include "rules/rule-match.h"

/* In people's words. Which storage it is shows with the disk. */
static GuardTernary
match_device_kind(const GuardRule *rule, const GuardRuleFacts *facts)
{
        guint kinds;

        if (rule->device_kinds == 0)
                return GUARD_NO;
        kinds = guard_device_kinds(facts->input->medium);
        if (facts->content_pending && (kinds & GUARD_DEVICE_BY_DISK) != 0 &&
            (rule->device_kinds & GUARD_DEVICE_BY_DISK) != 0 &&
            (kinds & rule->device_kinds & ~GUARD_DEVICE_BY_DISK) == 0)
                return (rule->device_kinds & GUARD_DEVICE_BY_DISK) == GUARD_DEVICE_BY_DISK
                               ? GUARD_YES
                               : GUARD_MAYBE;
        return (kinds & rule->device_kinds) != 0 ? GUARD_YES : GUARD_NO;
}

/* What is not USB is here because it is a disk. */
GuardTernary
guard_rule_match_kind(const GuardRule *rule, const GuardRuleFacts *facts)
{
        const GuardMedium *medium = facts->input->medium;
        if ((rule->kinds >> GUARD_USB_STORAGE & 1) != 0 &&
            (facts->input->stage == GUARD_STAGE_BLOCK || medium->usb == NULL))
                return GUARD_YES;
        for (gsize n = 0; medium->usb != NULL && n < medium->usb->descriptors.n_interfaces; n++)
                if ((rule->kinds >> medium->usb->descriptors.interfaces[n].kind & 1) != 0)
                        return GUARD_YES;
        return match_device_kind(rule, facts);
}
