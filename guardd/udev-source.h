/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * udev's events on the GLib main loop. Only what udevd itself sent counts (libudev checks the sender);
 * lost events are told as an overflow, whose only answer is to look at everything again.
 */
#pragma once
#include <glib.h>
#include <libudev.h>

G_BEGIN_DECLS

typedef struct GuardUdevSource GuardUdevSource;

typedef struct {
        void (*event)(struct udev_device *device, const char *action, gpointer user_data);
        void (*overflow)(gpointer user_data);
} GuardUdevHandler;

/* Subscribes to "udev" events of usb devices and block devices, on @socket where that is one (> 0: bound
 * to udev's group by whoever passed it; stays the caller's). Sets GUARD_ERROR_IO. */
GuardUdevSource *guard_udev_source_new(const GuardUdevHandler *handler, int socket, gpointer user_data,
                                       GError **error);
void guard_udev_source_free(GuardUdevSource *source);
struct udev *guard_udev_source_udev(GuardUdevSource *source);
/* Calls event() with action "present" for each device there is now: usb devices, then disks. */
void guard_udev_source_enumerate(GuardUdevSource *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardUdevSource, guard_udev_source_free)

G_END_DECLS
