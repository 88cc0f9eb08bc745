/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fake manager's own parts; tests look at fake-manager.h only.
 */
#pragma once
#include "tests/integration/serve/fake-manager.h"

struct _GuardManager {
        GObject parent;
        GPtrArray *devices, *alarms;
        GuardHost *host;
        GuardPolicy *policy;
        GuardRegistryInfo registry;
        GTask *slow_eject;
        FakeCounts counts;
};
