/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What devices are called: by their interfaces, by the kernel's driver, by their disk; and what a
 * person reads.
 */
#include "common/device-kind.h"

#include <stdio.h>
#include <string.h>

/* Interfaces as "cc:ss:pp …"; a driver's module; the disk: "" for none, else r(emovable), f(ixed), l(un 1), o(ptical). */
static const struct {
        const char *about, *interfaces;
        guint16 vendor;
        const char *driver, *disk, *kinds;
} table[] = {
        {"a stick at the door", "08:06:50", 0x0951, NULL, "", "usb-drive"},
        {"a stick", "08:06:50", 0x0951, NULL, "r", "usb-drive"},
        {"a disk in a case, two protocols", "08:06:50 08:06:62", 0x0bc2, NULL, "f", "hard-disk"},
        {"a reader with two places", "08:06:50", 0x05e3, NULL, "l", "card-reader"},
        {"a reader by its driver", "ff:06:50", 0x0bda, "kernel/drivers/usb/storage/ums-realtek.ko", "", "card-reader"},
        {"the same with a card", "ff:06:50", 0x0bda, "kernel/drivers/usb/storage/ums-realtek.ko", "r", "card-reader"},
        {"a reader that is a function of its own", "ff:06:50", 0x0bda, "kernel/drivers/misc/cardreader/rtsx_usb.ko.xz", "", "card-reader"},
        {"a burner", "08:02:50", 0x13fd, NULL, "", "optical-drive"},
        {"a burner that says SCSI", "08:06:50", 0x152d, NULL, "o", "optical-drive"},
        {"a floppy drive", "08:04:00", 0x0644, NULL, "r", "floppy-drive"},
        {"a phone of a known maker, files only", "06:01:01", 0x04e8, NULL, "", "phone"},
        {"an iPhone", "06:01:01 ff:fe:02", 0x05ac, NULL, "", "phone"},
        {"a phone with its debugger", "06:01:01 ff:42:01", 0x1234, NULL, "", "phone"},
        {"a phone that shares its network", "e0:01:03 0a:00:00", 0x2717, NULL, "", "tethering"},
        {"a phone that does both", "06:01:01 e0:01:03 0a:00:00", 0x1234, NULL, "", "phone tethering"},
        {"a camera", "06:01:01", 0x04a9, NULL, "", "camera"},
        {"a printer with a card reader", "07:01:02 08:06:50", 0x04b8, NULL, "", "printer usb-drive"},
        {"a wired adapter", "02:06:00 0a:00:00", 0x0bda, NULL, "", "network-adapter"},
        {"a wired adapter by its driver", "ff:ff:00", 0x0b95, "kernel/drivers/net/usb/ax88179_178a.ko", "", "network-adapter"},
        {"a Wi-Fi adapter", "ff:ff:ff", 0x148f, "kernel/drivers/net/wireless/mediatek/mt7601u/mt7601u.ko", "", "wifi-adapter"},
        {"a Wi-Fi adapter, xz", "ff:ff:ff", 0x0bda, "kernel/drivers/net/wireless/realtek/rtl8xxxu/rtl8xxxu.ko.xz", "", "wifi-adapter"},
        {"a modem, MBIM", "02:0e:00 0a:00:02", 0x1199, NULL, "", "modem"},
        {"a modem, AT", "02:02:01 0a:00:00", 0x1199, NULL, "", "modem"},
        {"a modem by its driver", "ff:ff:ff", 0x12d1, "kernel/drivers/usb/serial/option.ko", "", "modem"},
        {"a modem over QMI", "ff:ff:ff", 0x05c6, "kernel/drivers/net/usb/qmi_wwan.ko", "", "modem"},
        {"a modem with Android's debugger, MBIM", "02:0e:00 0a:00:02 ff:ff:40 ff:42:01", 0x0489, NULL, "", "modem"},
        {"a modem with Android's debugger, by its driver", "ff:ff:30 ff:42:01", 0x1bc7, "kernel/drivers/usb/serial/option.ko", "", "modem"},
        {"a phone with its debugger and its modem", "06:01:01 ff:42:01 02:02:01", 0x1234, NULL, "", "phone modem"},
        {"a phone with its debugger alone", "ff:42:01", 0x22d9, NULL, "", "phone"},
        {"Bluetooth", "e0:01:01", 0x0a12, NULL, "", "bluetooth-adapter"},
        {"Bluetooth by its driver", "ff:01:01", 0x0a5c, "kernel/drivers/bluetooth/btusb.ko", "", "bluetooth-adapter"},
        {"a serial adapter by its driver", "ff:00:00", 0x067b, "kernel/drivers/usb/serial/pl2303.ko", "", "serial-adapter"},
        {"a board of a hobbyist", "02:02:00 0a:00:00", 0x2341, NULL, "", "serial-adapter"},
        {"a smart card reader", "0b:00:00", 0x076b, NULL, "", "smart-card-reader"},
        {"a webcam with its microphone", "0e:01:00 0e:02:00 01:01:00", 0x046d, NULL, "", "webcam audio"},
        {"a headset with keys", "01:01:00 03:00:00", 0x046d, NULL, "", "audio"},
        {"a keyboard and a mouse in one", "03:01:01 03:01:02", 0x046d, NULL, "", "keyboard mouse"},
        {"a pen", "03:00:00 03:00:00", 0x056a, NULL, "", "input-device"},
        {"a display adapter", "ff:00:00", 0x17e9, "kernel/drivers/gpu/drm/udl/udl.ko", "", "display-adapter"},
        {"nothing that is known", "ff:00:00", 0x1209, NULL, "", "unknown"},
        {"something of another driver", "ff:00:00", 0x1209, "kernel/drivers/usb/misc/usbtest.ko", "", "unknown"},
};

static void
read_interfaces(const char *text, struct guard_usb_descriptors *out)
{
        g_auto(GStrv) words = g_strsplit(text, " ", -1);

        for (guint n = 0; words[n] != NULL; n++) {
                struct guard_usb_interface *one = &out->interfaces[out->n_interfaces++];
                unsigned int cls, subcls, protocol;

                g_assert_cmpint(sscanf(words[n], "%2x:%2x:%2x", &cls, &subcls, &protocol), ==, 3);
                one->cls = (guint8)cls;
                one->subcls = (guint8)subcls;
                one->protocol = (guint8)protocol;
                one->kind = guard_usb_kind_of_codes(one);
        }
}

static char *
names(guint kinds)
{
        GString *out = g_string_new(NULL);

        for (guint n = 0; n < GUARD_N_DEVICE_KINDS; n++)
                if ((kinds >> n & 1) != 0)
                        g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "", guard_device_kind_to_string((GuardDeviceKind)n));
        return g_string_free(out, FALSE);
}

static void
test_table(void)
{
        for (gsize n = 0; n < G_N_ELEMENTS(table); n++) {
                g_autoptr(GuardMedium) medium = guard_medium_new();
                const char *disk = table[n].disk;
                g_autofree char *said = NULL;

                medium->usb = guard_usb_facts_new();
                medium->usb->vendor_id = table[n].vendor;
                medium->usb->driver_kinds = guard_device_kinds_of_driver(table[n].driver);
                read_interfaces(table[n].interfaces, &medium->usb->descriptors);
                if (*disk != '\0') {
                        medium->block = guard_block_facts_new();
                        medium->block->removable = *disk != 'f';
                        medium->block->lun = *disk == 'l' ? 1 : 0;
                        medium->block->optical = *disk == 'o';
                }
                said = names(guard_device_kinds(medium));
                g_test_message("%s", table[n].about);
                g_assert_cmpstr(said, ==, table[n].kinds);
        }
}

static void
test_carriers(void)
{
        static const struct {
                GuardCarrier carrier;
                GuardDeviceKind kind;
        } carriers[] = {
                {GUARD_CARRIER_MMC, GUARD_DEVICE_MEMORY_CARD},
                {GUARD_CARRIER_OPTICAL, GUARD_DEVICE_OPTICAL_DRIVE},
                {GUARD_CARRIER_FIREWIRE, GUARD_DEVICE_HARD_DISK},
                {GUARD_CARRIER_THUNDERBOLT, GUARD_DEVICE_HARD_DISK},
        };

        for (gsize n = 0; n < G_N_ELEMENTS(carriers); n++) {
                g_autoptr(GuardMedium) medium = guard_medium_new();

                medium->carrier = carriers[n].carrier;
                medium->block = guard_block_facts_new();
                g_assert_cmpint(guard_device_kind_first(guard_device_kinds(medium)), ==, carriers[n].kind);
        }
}

static void
test_names(void)
{
        GuardDeviceKind kind;

        for (guint n = 0; n < GUARD_N_DEVICE_KINDS; n++) {
                const char *name = guard_device_kind_to_string((GuardDeviceKind)n);

                g_assert_true(guard_device_kind_from_string(name, &kind));
                g_assert_cmpint(kind, ==, n);
                g_assert_cmpuint(strlen(guard_device_kind_label(kind)), >, 0);
        }
        g_assert_false(guard_device_kind_from_string("toaster", &kind));
        g_assert_false(guard_device_kind_from_string(NULL, &kind));
        g_assert_cmpint(guard_device_kind_first(0), ==, GUARD_DEVICE_UNKNOWN);
        g_assert_cmpuint(guard_device_kinds_of_driver(NULL), ==, 0);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/device-kind/table", test_table);
        g_test_add_func("/device-kind/carriers", test_carriers);
        g_test_add_func("/device-kind/names", test_names);
        return g_test_run();
}
