/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * collect → decide → enforce for layer 1: ties device.c, plan.c, authorize.c and spool.c together.
 */
#include "udev/hold/handle.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "common/guard-names.h"
#include "udev/hold/authorize.h"
#include "udev/hold/keyboards.h"
#include "udev/hold/pins.h"
#include "udev/hold/plan.h"
#include "udev/hold/spool.h"

#define USBCORE_DEFAULT "sys/module/usbcore/parameters/authorized_default"
#define HOLD_FILE_MAX 4096

struct deciding {
        struct hold_facts facts;
        struct guard_usb_hold hold;
        enum hold_plan plan;
};

static bool
load_classes_from(int root, const char *path, struct guard_usb_hold *hold)
{
        char text[HOLD_FILE_MAX];
        ssize_t n = hold_read_bytes(root, path, text, sizeof text);

        if (n < 0)
                return false;
        /* Entries that are good count, also beside a bad one. */
        if (!guard_usb_hold_parse(text, (size_t)n, hold))
                hold_say("%s is damaged: some classes are not held until guardd writes it again",
                         path);
        return true;
}

static void
decide(int root, const struct hold_device *device, struct deciding *d)
{
        memset(d, 0, sizeof *d);
        d->facts.descriptors = &device->parsed;
        if (load_classes_from(root, GUARD_HOLD_FILE, &d->hold) ||
            load_classes_from(root, HOLD_CLASSES_EARLY, &d->hold))
                d->facts.hold = &d->hold;
        if (!guard_usb_device_guarded(&device->parsed, d->facts.hold)) {
                d->plan = HOLD_PLAN_FREE; /* the common case reads nothing more */
                return;
        }
        d->facts.off = hold_cmdline_has(root, GUARD_CMDLINE_OFF);
        d->facts.system_disk = hold_pins_match_usb(root, device);
        if (guard_usb_device_has_keyboard(&device->parsed))
                d->facts.only_keyboard = !hold_other_keyboard(root, device);
        d->plan = hold_plan_decide(&d->facts);
}

static bool
passes(unsigned configuration, unsigned number, unsigned cls, void *data)
{
        const struct deciding *d = data;

        return hold_plan_interface_passes(d->plan, &d->facts, configuration, number, cls);
}

static bool
enforce(int root, const struct hold_device *device, struct deciding *d)
{
        switch (d->plan) {
        case HOLD_PLAN_FREE:
                return hold_authorize_whole(device, root);
        case HOLD_PLAN_OPEN_INPUT:
        case HOLD_PLAN_OPEN_OTHERS:
                return hold_authorize_interfaces(device, root, passes, d);
        case HOLD_PLAN_WAIT:
        case HOLD_N_PLANS:
                break;
        }
        return true;
}

static bool
is_gone(int error)
{
        return error == ENOENT || error == ENODEV || error == ESHUTDOWN;
}

int
hold_handle_add(int root, const char *path, unsigned devnum, bool spool)
{
        struct hold_device device;
        struct deciding deciding;
        bool ok;

        if (!hold_device_open(&device, root, path) || (devnum != 0 && device.devnum != devnum)) {
                ok = device.folder >= 0 || is_gone(errno); /* another device has its own event */
                if (!ok)
                        hold_say("%s cannot be read: %s", path, strerror(errno));
                hold_device_close(&device);
                return ok ? 0 : 1;
        }
        decide(root, &device, &deciding);
        /* Written down before anything of it is opened: a helper killed half-way has told. */
        if (spool && deciding.plan != HOLD_PLAN_FREE && !device.authorized)
                hold_spool_add(root, &device);
        if (spool && deciding.facts.off)
                hold_spool_off(root);
        ok = enforce(root, &device, &deciding) || is_gone(errno);
        if (!ok)
                hold_say("%s (%04x:%04x, %s) could not be authorised: %s", device.sysname,
                         device.vendor_id, device.product_id, hold_plan_to_string(deciding.plan),
                         strerror(errno));
        hold_device_close(&device);
        return ok ? 0 : 1;
}

int
hold_handle_remove(int root, unsigned busnum, unsigned devnum)
{
        return hold_spool_remove(root, busnum, devnum) ? 0 : 1;
}

struct setting {
        const char *attribute, *value;
        int status;
};

static bool
set_on_hub(int root, const char *path, void *data)
{
        struct setting *setting = data;
        char attribute[PATH_MAX];

        if (hold_format(attribute, sizeof attribute, "%s/%s", path, setting->attribute) &&
            (hold_write_attribute(root, attribute, setting->value) || is_gone(errno)))
                return true;
        hold_say("%s cannot be set to %s: %s", attribute, setting->value, strerror(errno));
        setting->status = 1;
        return true;
}

static int
set_everywhere(int root, const char *attribute, const char *value)
{
        struct setting setting = {attribute, value, 0};

        hold_root_hub_each(root, set_on_hub, &setting);
        return setting.status;
}

int
hold_handle_coldplug(int root)
{
        /* For controllers that come later; where usbcore is not loaded yet modprobe.d does it. */
        if (!hold_write_attribute(root, USBCORE_DEFAULT, "0") && errno != ENOENT)
                hold_say("the kernel's default for new controllers stays: %s", strerror(errno));
        return set_everywhere(root, "authorized_default", "0");
}

static bool
sweep_one(int root, const char *path, void *data)
{
        int *status = data;

        *status |= hold_handle_add(root, path, 0, false);
        return true;
}

int
hold_handle_sweep(int root)
{
        int status = 0;

        hold_device_each(root, sweep_one, &status);
        return status;
}

static bool
release_one(int root, const char *path, void *data)
{
        struct hold_device device;
        int *status = data;

        if ((!hold_device_open(&device, root, path) || !hold_authorize_whole(&device, root)) &&
            !is_gone(errno)) {
                hold_say("%s could not be authorised: %s; unplug it and plug it in again", path,
                         strerror(errno));
                *status = 1;
        }
        hold_device_close(&device);
        return true;
}

int
hold_handle_release_all(int root)
{
        int status;

        if (!hold_write_attribute(root, USBCORE_DEFAULT, "1") && errno != ENOENT)
                hold_say("the kernel's default for new controllers stays: %s", strerror(errno));
        status = set_everywhere(root, "interface_authorized_default", "1");
        status |= set_everywhere(root, "authorized_default", "1");
        hold_device_each(root, release_one, &status);
        return status;
}
