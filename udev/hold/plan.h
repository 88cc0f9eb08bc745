/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the static helper does with a device: pure, from its descriptors and a few facts. No file is
 * read here. The answer where nothing else fits is to wait.
 */
#pragma once
#include "common/usb-descriptors.h"

enum hold_plan {
        HOLD_PLAN_WAIT = 0,    /* nothing is configured until guardd says so */
        HOLD_PLAN_OPEN_INPUT,  /* only its keyboard and pointer pass: it is the only keyboard */
        HOLD_PLAN_OPEN_OTHERS, /* interfaces that are not guarded pass, the guarded ones wait */
        HOLD_PLAN_FREE,        /* all of it passes at once */
        HOLD_N_PLANS
};

struct hold_facts {
        const struct guard_usb_descriptors *descriptors;
        const struct guard_usb_hold *hold; /* classes that policy adds, or NULL */
        bool off;                          /* baomi-guard=off on the kernel command line */
        bool system_disk;                  /* its identity is pinned */
        bool only_keyboard;                /* no other keyboard is present */
};

enum hold_plan hold_plan_decide(const struct hold_facts *facts);
/* "wait", "open-input", "open-others", "free"; static. */
const char *hold_plan_to_string(enum hold_plan plan);
/* Does @number of configuration @configuration pass under @plan? @cls is the class as the kernel
 * understood it: an interface that our parser did not see, or saw otherwise, waits. */
bool hold_plan_interface_passes(enum hold_plan plan, const struct hold_facts *facts,
                                unsigned configuration, unsigned number, unsigned cls);
