/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes to `authorized` under the bus lock. Every holder of the lock first writes the default for
 * interfaces that it needs, since one who was killed leaves the other value behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "guardd/sysfs.h"
#include "guardd/usb/enforce.h"
#include "udev/hold/authorize.h"

/* Configuring a device reads from it: five seconds for each of a few transfers, at worst. */
#define DEADLINE_MS 30000
#define CLASS_HID 0x03
#define CLASS_STORAGE 0x08

typedef struct {
        GuardUsbFacts *facts;
        struct guard_usb_hold hold;
        GuardUsbAction action;
} Request;

static void
request_free(gpointer data)
{
        Request *request = data;

        guard_usb_facts_free(request->facts);
        g_free(request);
}

gboolean
guard_usb_is_mixed(const struct guard_usb_descriptors *descriptors, const struct guard_usb_hold *hold)
{
        if (descriptors->malformed)
                return FALSE;
        for (gsize i = 0; i < descriptors->n_interfaces; i++)
                if (!guard_usb_interface_guarded(&descriptors->interfaces[i], hold))
                        return TRUE;
        return FALSE;
}

gboolean
guard_usb_is_storage_alone(const struct guard_usb_descriptors *descriptors, const struct guard_usb_hold *hold)
{
        if (descriptors->malformed || !guard_usb_device_has_storage(descriptors))
                return FALSE;
        for (gsize i = 0; i < descriptors->n_interfaces; i++)
                if (guard_usb_interface_guarded(&descriptors->interfaces[i], hold) &&
                    descriptors->interfaces[i].cls != CLASS_STORAGE)
                        return FALSE;
        return TRUE;
}

/* Of interfaces with the same number any alternate setting can be chosen: the worst counts. */
static gboolean
must_close(const Request *request, guint64 number)
{
        const struct guard_usb_descriptors *d = &request->facts->descriptors;
        gboolean known = FALSE;

        for (gsize i = 0; i < d->n_interfaces; i++) {
                const struct guard_usb_interface *one = &d->interfaces[i];

                if (one->number != number)
                        continue;
                known = TRUE;
                if (guard_usb_interface_guarded(one, &request->hold) ||
                    (request->action == GUARD_USB_LEAVE_INPUT && one->cls != CLASS_HID))
                        return TRUE;
        }
        return !known;
}

/* Names of the interface folders, in order: "1-2:1.0". */
static GPtrArray *
interface_names(const Request *request)
{
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *prefix = g_strconcat(request->facts->sysname, ":", NULL);
        g_autoptr(GDir) dir = g_dir_open(request->facts->syspath, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir)) != NULL)
                if (g_str_has_prefix(name, prefix))
                        g_ptr_array_add(names, g_strdup(name));
        g_ptr_array_sort(names, (GCompareFunc)(void (*)(void))g_strcmp0);
        return names;
}

static void
set_gone(const Request *request, GError **error)
{
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_GONE, _("The device at %s is no longer there"),
                    request->facts->sysname);
}

static int
open_same_device(const Request *request, GError **error)
{
        int dirfd = guard_sysfs_open(request->facts->syspath, error);

        if (dirfd < 0)
                return -1;
        if (guard_sysfs_inode(dirfd) == request->facts->inode &&
            guard_sysfs_read_number(dirfd, "devnum", 10, 0) == request->facts->devnum)
                return dirfd;
        close(dirfd);
        set_gone(request, error);
        return -1;
}

/* The order of writes and the lock are the static helper's own. */
static gboolean
authorize(const Request *request, GError **error)
{
        g_autofree struct hold_device *device = g_new0(struct hold_device, 1);
        int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        gboolean same, good;
        int saved;

        device->folder = -1;
        same = root >= 0 && hold_device_find(device, root, request->facts->syspath) &&
               device->inode == request->facts->inode && device->devnum == request->facts->devnum;
        good = same && hold_authorize_whole(device, root);
        saved = errno;
        hold_device_close(device);
        if (root >= 0)
                close(root);
        if (!same || (!good && (saved == ENOENT || saved == ENODEV)))
                set_gone(request, error);
        else if (!good)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("Cannot authorise %s: %s"),
                            request->facts->sysname, g_strerror(saved));
        return good;
}

static gboolean
deauthorize_interfaces(const Request *request, int dirfd, GError **error)
{
        g_autoptr(GPtrArray) names = interface_names(request);

        for (guint i = 0; i < names->len; i++) {
                const char *name = g_ptr_array_index(names, i);
                g_autofree char *number = g_build_filename(name, "bInterfaceNumber", NULL);
                g_autofree char *attribute = g_build_filename(name, "authorized", NULL);

                if (must_close(request, guard_sysfs_read_number(dirfd, number, 16, 255)) &&
                    !guard_sysfs_write(dirfd, attribute, "0", error))
                        return FALSE;
        }
        return TRUE;
}

static gboolean
deauthorize(const Request *request, GError **error)
{
        int dirfd = open_same_device(request, error);
        gboolean good;

        if (dirfd < 0)
                return FALSE;
        if (request->action == GUARD_USB_DEAUTHORIZE)
                good = guard_sysfs_write(dirfd, "authorized", "0", error);
        else
                good = deauthorize_interfaces(request, dirfd, error);
        close(dirfd);
        return good;
}

static gpointer
run(GuardJob *job, gpointer data, GError **error)
{
        const Request *request = data;
        gboolean good;

        if (guard_job_abandoned(job))
                return NULL;
        /* Taking away needs no lock, so it never waits behind a device that hangs. */
        good = request->action == GUARD_USB_AUTHORIZE ? authorize(request, error)
                                                      : deauthorize(request, error);
        return good ? GINT_TO_POINTER(1) : NULL;
}

void
guard_usb_enforce(GuardWorkers *workers, const GuardUsbFacts *facts,
                  const struct guard_usb_hold *hold, GuardUsbAction action, GuardJobDone done,
                  gpointer user_data)
{
        static const GuardJobKind OPEN = {"usb-authorize", run, request_free, NULL, DEADLINE_MS, FALSE};
        static const GuardJobKind CLOSE = {"usb-deauthorize", run, request_free, NULL, DEADLINE_MS, TRUE};
        Request *request = g_new0(Request, 1);

        request->facts = guard_usb_facts_copy(facts);
        if (hold)
                request->hold = *hold;
        request->action = action;
        guard_workers_run(workers, action == GUARD_USB_AUTHORIZE ? &OPEN : &CLOSE, facts->syspath,
                          request, done, user_data);
}
