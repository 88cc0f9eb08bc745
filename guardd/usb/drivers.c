/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guardd/usb/drivers.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <libkmod.h>

#include "common/device-kind.h"

#define VENDOR_SPECIFIC 0xff

char *
guard_usb_modalias(const GuardUsbFacts *facts, const struct guard_usb_interface *interface)
{
        const struct guard_usb_descriptors *d = &facts->descriptors;

        return g_strdup_printf("usb:v%04Xp%04Xd%04Xdc%02Xdsc%02Xdp%02Xic%02Xisc%02Xip%02Xin%02X",
                               facts->vendor_id, facts->product_id, d->device_version,
                               d->device_class, d->device_subclass, d->device_protocol,
                               interface->cls, interface->subcls, interface->protocol,
                               interface->number);
}

static struct kmod_ctx *
open_table(void)
{
        const char *const no_configuration[] = {NULL};
        g_autofree char *shown = NULL;
        struct kmod_ctx *kmod;
        struct utsname kernel;

        if (uname(&kernel) == 0)
                shown = g_build_filename(GUARD_MODULES_DIR, kernel.release, NULL);
        kmod = kmod_new(shown != NULL && access(shown, F_OK) == 0 ? shown : NULL, no_configuration);
        if (kmod != NULL)
                kmod_set_log_priority(kmod, 0);
        return kmod;
}

static guint
look_up(struct kmod_ctx *kmod, const char *alias)
{
        struct kmod_list *modules = NULL, *one;
        guint set = 0;

        if (kmod_module_new_from_lookup(kmod, alias, &modules) < 0)
                return 0;
        kmod_list_foreach(one, modules)
        {
                struct kmod_module *module = kmod_module_get_module(one);

                set |= guard_device_kinds_of_driver(kmod_module_get_path(module));
                kmod_module_unref(module);
        }
        kmod_module_unref_list(modules);
        return set;
}

static gboolean
says_nothing(const struct guard_usb_interface *interface)
{
        return interface->cls == VENDOR_SPECIFIC;
}

guint
guard_usb_driver_kinds(const GuardUsbFacts *facts)
{
        struct kmod_ctx *kmod = NULL;
        guint set = 0;

        for (gsize n = 0; n < facts->descriptors.n_interfaces; n++) {
                const struct guard_usb_interface *interface = &facts->descriptors.interfaces[n];
                g_autofree char *alias = NULL;

                if (!says_nothing(interface) || interface->alternate != 0)
                        continue;
                if (kmod == NULL) {
                        kmod = open_table();
                        if (kmod == NULL)
                                return 0;
                }
                alias = guard_usb_modalias(facts, interface);
                set |= look_up(kmod, alias);
        }
        kmod_unref(kmod);
        return set;
}
