/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The decision of layer 1. Pure.
 */
#include "udev/hold/plan.h"

enum { CLASS_HID = 0x03 };

static const char *const plan_names[HOLD_N_PLANS] = {
        [HOLD_PLAN_WAIT] = "wait",
        [HOLD_PLAN_OPEN_INPUT] = "open-input",
        [HOLD_PLAN_OPEN_OTHERS] = "open-others",
        [HOLD_PLAN_FREE] = "free",
};

/* The escape hatch keeps only what is removable storage; policy's classes count no more. */
static const struct guard_usb_hold *
hold_in_force(const struct hold_facts *facts)
{
        return facts->off ? NULL : facts->hold;
}

/* True where at least one interface passes by itself: a device with none waits unconfigured. */
static bool
any_unguarded(const struct hold_facts *facts)
{
        const struct guard_usb_descriptors *d = facts->descriptors;

        for (size_t i = 0; i < d->n_interfaces; i++) {
                const struct guard_usb_interface *one = &d->interfaces[i];

                if (hold_plan_interface_passes(HOLD_PLAN_OPEN_OTHERS, facts, one->configuration,
                                               one->number, one->cls))
                        return true;
        }
        return false;
}

enum hold_plan
hold_plan_decide(const struct hold_facts *facts)
{
        const struct guard_usb_descriptors *d = facts->descriptors;
        bool keyboard = guard_usb_device_has_keyboard(d);

        if (facts->system_disk)
                return HOLD_PLAN_FREE;
        if (!guard_usb_device_guarded(d, hold_in_force(facts)))
                return HOLD_PLAN_FREE;
        if (d->malformed)
                return keyboard && facts->only_keyboard ? HOLD_PLAN_OPEN_INPUT : HOLD_PLAN_WAIT;
        if (keyboard && guard_usb_device_has_storage(d)) {
                if (facts->only_keyboard)
                        return HOLD_PLAN_OPEN_INPUT;
                return facts->off ? HOLD_PLAN_OPEN_OTHERS : HOLD_PLAN_WAIT;
        }
        return any_unguarded(facts) ? HOLD_PLAN_OPEN_OTHERS : HOLD_PLAN_WAIT;
}

const char *
hold_plan_to_string(enum hold_plan plan)
{
        return (unsigned)plan < HOLD_N_PLANS ? plan_names[plan] : "wait";
}

bool
hold_plan_interface_passes(enum hold_plan plan, const struct hold_facts *facts,
                           unsigned configuration, unsigned number, unsigned cls)
{
        const struct guard_usb_descriptors *d = facts->descriptors;
        bool seen = false;

        if (plan == HOLD_PLAN_FREE)
                return true;
        if (plan == HOLD_PLAN_WAIT || (plan == HOLD_PLAN_OPEN_INPUT && cls != CLASS_HID))
                return false;
        for (size_t i = 0; i < d->n_interfaces; i++) {
                const struct guard_usb_interface *one = &d->interfaces[i];

                if (one->configuration != configuration || one->number != number)
                        continue;
                /* Any alternate setting can be chosen later: all of them must pass. */
                if (guard_usb_interface_guarded(one, hold_in_force(facts)))
                        return false;
                seen = seen || one->cls == cls;
        }
        return seen;
}
