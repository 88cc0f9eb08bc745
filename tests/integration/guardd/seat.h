/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A private bus with a logind of the test's own: seat0, and the one session that is in front of it.
 */
#pragma once
#include <gio/gio.h>

typedef struct {
        GTestDBus *dbus;
        GDBusConnection *logind;
        guint objects[3];
        const char *class; /* of the session in front: "user", "greeter"; NULL: there is none */
} Seat;

void seat_set_up(Seat *seat);
void seat_tear_down(Seat *seat);
const char *seat_address(Seat *seat);
/* Another session comes to the front, and logind says so. */
void seat_show(Seat *seat, const char *class);
