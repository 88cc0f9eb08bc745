/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A manager with nothing behind it: implements guardd/manager.h over devices that a test plugs. Counts
 * how often it was looked at, so that a test can show that a refused caller never got that far.
 */
#pragma once
#include "guardd/manager.h"
#include "ledger/ledger.h"

G_BEGIN_DECLS

GuardManager *fake_manager_new(void);
/* A stick with one disk "sda" on which everything is decided: @verdict for @reason. (transfer none) */
GuardDevice *fake_manager_plug(GuardManager *manager, const char *id, const char *serial, GuardVerdict verdict, GuardReason reason);
void fake_manager_unplug(GuardManager *manager, const char *id);
void fake_manager_change(GuardManager *manager, GuardDevice *device);
/* Emits "decided" for the device's USB stage. */
void fake_manager_announce(GuardManager *manager, GuardDevice *device, const char *session);
void fake_manager_set_alarm(GuardManager *manager, const char *key, const char *message);
/* Eject of "slow" stays under way until this. */
void fake_manager_finish_eject(GuardManager *manager);

typedef struct {
        guint looks, ejects, reloads, installs;
        GuardStage last_stage;
        GuardLevel last_host_level;
        char *last_serial;
} FakeCounts;

FakeCounts *fake_manager_counts(GuardManager *manager);

G_END_DECLS
