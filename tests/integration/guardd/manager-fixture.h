/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The real manager on a made-up sysfs (umockdev) and a folder of its own. The host's level is none, and no
 * registry is installed; unregistered drives are admitted.
 */
#pragma once
#include <umockdev.h>
#include "guardd/manager.h"
#include "ledger/ledger.h"
#include "tests/unit/registry/desk.h"

typedef struct {
        UMockdevTestbed *bed;
        char *root, *hub, *device;
        GuardManager *manager;
        int socket; /* > 0: passed to the manager */
        const char *bus; /* its address; NULL: there is none */
} Fixture;

#define FIXTURE_ADD(name, function)                                                                \
        g_test_add("/manager/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

void fixture_set_up(Fixture *fixture, gconstpointer data);
void fixture_tear_down(Fixture *fixture, gconstpointer data);
void fixture_write(Fixture *fixture, const char *path, const char *text);
/* The machine has a registry with these drives, good until then. Before the start. */
void fixture_give_registry(Fixture *fixture, gint64 expires_us, const Drive *drives, gsize n);
gboolean fixture_has(Fixture *fixture, const char *path);
/* A stick, 0951:1666, that waits. Its path; caller frees. */
char *fixture_add_device(Fixture *fixture, const char *name, const char *serial, const char *devnum);
void fixture_start(Fixture *fixture);
/* One turn of the main loop, when something happens. */
void fixture_turn(void);
/* NULL where there is none, or another number than one. */
GuardDevice *fixture_only_device(Fixture *fixture);
const GuardDecision *fixture_only_decision(Fixture *fixture);
void fixture_expect(Fixture *fixture, GuardVerdict verdict, GuardReason reason);
gboolean fixture_has_alarm(Fixture *fixture, const char *key);
/* Of every record so far, a blank after each. Caller frees. */
char *fixture_kinds(Fixture *fixture);
