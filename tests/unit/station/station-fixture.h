/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A book at the desk, in a folder of its own, with the keys to publish it and a workstation to take
 * what was published.
 */
#pragma once
#include "desk.h"
#include "station/life.h"
#include "station/station.h"

typedef struct {
        Desk *desk; /* keys, and the workstation's side */
        char *dir;
} Fixture;

GuardAct station_act(const char *reason);
void station_set_up(Fixture *f, gconstpointer data);
void station_tear_down(Fixture *f, gconstpointer data);
GuardStation *station_open(Fixture *f);
/* Warnings are counted; -1: refused with @code. */
int station_enrol(GuardStation *station, const char *media_id, guint16 product, const char *serial,
                  const char *fs_uuid, gboolean shared, int code);
GuardDrive *station_get(GuardStation *station, const char *media_id);
gboolean station_change(GuardStation *station, const char *media_id, const char *action);
/* How many records; all must be the tester's. */
guint station_history(GuardStation *station, const char *media_id);
gboolean station_publish_at(Fixture *f, GuardStation *station, gint64 now_us, guint days,
                            GError **error);
void station_publish(Fixture *f, GuardStation *station); /* must succeed */

#define ADD(name, test)                                                                            \
        g_test_add("/station/" name, Fixture, NULL, station_set_up, test, station_tear_down)
