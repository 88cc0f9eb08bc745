/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A libudev monitor as a GSource. Collecting only: what an event means is decided by its receivers.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "guardd/udev-source.h"

/* A docking station brings some hundred events at once; each is about 1 KiB. */
#define RECEIVE_BUFFER (16 * 1024 * 1024)
/* Events taken in one turn of the loop, so that a storm starves nobody. */
#define BATCH 64

struct GuardUdevSource {
        struct udev *udev;
        struct udev_monitor *monitor;
        guint source;
        const GuardUdevHandler *handler;
        gpointer user_data;
};

static gboolean
readable(gint fd G_GNUC_UNUSED, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
        GuardUdevSource *source = data;

        for (int i = 0; i < BATCH; i++) {
                struct udev_device *device;
                const char *action;

                errno = 0;
                device = udev_monitor_receive_device(source->monitor);
                if (!device) {
                        if (errno == ENOBUFS)
                                source->handler->overflow(source->user_data);
                        break;
                }
                action = udev_device_get_action(device);
                if (action)
                        source->handler->event(device, action, source->user_data);
                udev_device_unref(device);
        }
        return G_SOURCE_CONTINUE;
}

static gboolean
add_matches(struct udev_monitor *monitor)
{
        return udev_monitor_filter_add_match_subsystem_devtype(monitor, "usb", "usb_device") >= 0 &&
               udev_monitor_filter_add_match_subsystem_devtype(monitor, "block", NULL) >= 0;
}

static gboolean
listen_by_itself(struct udev_monitor *monitor)
{
        if (!add_matches(monitor) || udev_monitor_enable_receiving(monitor) < 0)
                return FALSE;
        /* Without the privilege the default size stays; overflows are seen and answered anyway. */
        (void)udev_monitor_set_receive_buffer_size(monitor, RECEIVE_BUFFER);
        return TRUE;
}

/* libudev takes no socket of another's making: this one takes the place of the monitor's own, which
 * hears nothing in a network namespace without udevd. What it has heard so far is dropped: present
 * devices are looked at anyway, and of those that went the spool knows. */
static gboolean
listen_on(struct udev_monitor *monitor, int socket)
{
        const int on = 1;
        char byte;

        if (udev_monitor_enable_receiving(monitor) < 0 ||
            dup3(socket, udev_monitor_get_fd(monitor), O_CLOEXEC) < 0 ||
            !g_unix_set_fd_nonblocking(socket, TRUE, NULL) ||
            setsockopt(socket, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 || !add_matches(monitor) ||
            udev_monitor_filter_update(monitor) < 0)
                return FALSE;
        while (recv(socket, &byte, sizeof byte, MSG_DONTWAIT) >= 0 || errno == ENOBUFS || errno == EINTR)
                ;
        return TRUE;
}

GuardUdevSource *
guard_udev_source_new(const GuardUdevHandler *handler, int socket, gpointer user_data, GError **error)
{
        g_autoptr(GuardUdevSource) source = g_new0(GuardUdevSource, 1);

        source->handler = handler;
        source->user_data = user_data;
        source->udev = udev_new();
        if (source->udev)
                source->monitor = udev_monitor_new_from_netlink(source->udev, "udev");
        if (!source->monitor ||
            !(socket > 0 ? listen_on(source->monitor, socket) : listen_by_itself(source->monitor))) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("Cannot listen to udev: %s"),
                            g_strerror(errno));
                return NULL;
        }
        source->source = g_unix_fd_add(udev_monitor_get_fd(source->monitor), G_IO_IN, readable, source);
        return g_steal_pointer(&source);
}

void
guard_udev_source_free(GuardUdevSource *source)
{
        if (!source)
                return;
        if (source->source)
                g_source_remove(source->source);
        if (source->monitor)
                udev_monitor_unref(source->monitor);
        if (source->udev)
                udev_unref(source->udev);
        g_free(source);
}

struct udev *
guard_udev_source_udev(GuardUdevSource *source)
{
        return source->udev;
}

static void
enumerate(GuardUdevSource *source, const char *subsystem, const char *devtype)
{
        struct udev_enumerate *all = udev_enumerate_new(source->udev);
        struct udev_list_entry *entry;

        if (!all)
                return;
        udev_enumerate_add_match_subsystem(all, subsystem);
        udev_enumerate_scan_devices(all);
        udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(all)) {
                struct udev_device *device = udev_device_new_from_syspath(
                        source->udev, udev_list_entry_get_name(entry));

                if (device && g_strcmp0(udev_device_get_devtype(device), devtype) == 0)
                        source->handler->event(device, "present", source->user_data);
                if (device)
                        udev_device_unref(device);
        }
        udev_enumerate_unref(all);
}

void
guard_udev_source_enumerate(GuardUdevSource *source)
{
        enumerate(source, "usb", "usb_device");
        enumerate(source, "block", "disk");
}
