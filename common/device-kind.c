/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/device-kind.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BIT GUARD_DEVICE_BIT

/* Nouns, for the middle of a sentence. */
static const struct {
        const char *name, *label;
} kinds[GUARD_N_DEVICE_KINDS] = {
        [GUARD_DEVICE_PHONE] = {"phone", N_("phone")},
        [GUARD_DEVICE_CAMERA] = {"camera", N_("camera")},
        [GUARD_DEVICE_MEMORY_CARD] = {"memory-card", N_("memory card")},
        [GUARD_DEVICE_CARD_READER] = {"card-reader", N_("card reader")},
        [GUARD_DEVICE_OPTICAL_DRIVE] = {"optical-drive", N_("optical drive")},
        [GUARD_DEVICE_FLOPPY_DRIVE] = {"floppy-drive", N_("floppy drive")},
        [GUARD_DEVICE_HARD_DISK] = {"hard-disk", N_("external hard disk")},
        [GUARD_DEVICE_PRINTER] = {"printer", N_("printer")},
        [GUARD_DEVICE_MODEM] = {"modem", N_("modem")},
        [GUARD_DEVICE_WIFI_ADAPTER] = {"wifi-adapter", N_("Wi-Fi adapter")},
        [GUARD_DEVICE_BLUETOOTH_ADAPTER] = {"bluetooth-adapter", N_("Bluetooth adapter")},
        [GUARD_DEVICE_TETHERING] = {"tethering", N_("phone that shares its network")},
        [GUARD_DEVICE_NETWORK_ADAPTER] = {"network-adapter", N_("network adapter")},
        [GUARD_DEVICE_USB_DRIVE] = {"usb-drive", N_("USB drive")},
        [GUARD_DEVICE_SERIAL_ADAPTER] = {"serial-adapter", N_("serial adapter")},
        [GUARD_DEVICE_SMART_CARD_READER] = {"smart-card-reader", N_("smart card reader")},
        [GUARD_DEVICE_WEBCAM] = {"webcam", N_("webcam")},
        [GUARD_DEVICE_DISPLAY_ADAPTER] = {"display-adapter", N_("display adapter")},
        [GUARD_DEVICE_AUDIO] = {"audio", N_("audio device")},
        [GUARD_DEVICE_KEYBOARD] = {"keyboard", N_("keyboard")},
        [GUARD_DEVICE_MOUSE] = {"mouse", N_("mouse")},
        [GUARD_DEVICE_INPUT] = {"input-device", N_("input device")},
        [GUARD_DEVICE_HUB] = {"hub", N_("hub")},
        [GUARD_DEVICE_UNKNOWN] = {"unknown", N_("device")},
};

const char *
guard_device_kind_to_string(GuardDeviceKind kind)
{
        return kinds[(guint)kind < GUARD_N_DEVICE_KINDS ? kind : GUARD_DEVICE_UNKNOWN].name;
}

gboolean
guard_device_kind_from_string(const char *name, GuardDeviceKind *kind)
{
        for (guint n = 0; n < GUARD_N_DEVICE_KINDS; n++) {
                if (g_strcmp0(name, kinds[n].name) == 0) {
                        *kind = (GuardDeviceKind)n;
                        return TRUE;
                }
        }
        return FALSE;
}

const char *
guard_device_kind_label(GuardDeviceKind kind)
{
        return _(kinds[(guint)kind < GUARD_N_DEVICE_KINDS ? kind : GUARD_DEVICE_UNKNOWN].label);
}

GuardDeviceKind
guard_device_kind_first(guint set)
{
        for (guint n = 0; n < GUARD_N_DEVICE_KINDS; n++)
                if ((set >> n & 1) != 0)
                        return (GuardDeviceKind)n;
        return GUARD_DEVICE_UNKNOWN;
}

/* Makers of phones, who use class 06 for their files as cameras do (linux-usb.org/usb.ids). */
static gboolean
is_phone_maker(guint16 vendor)
{
        static const guint16 makers[] = {
                0x0421,
                /* Nokia */ 0x0489,
                /* Foxconn */ 0x04dd,
                /* Sharp */ 0x04e8, /* Samsung */
                0x05ac,
                /* Apple */ 0x05c6,
                /* Qualcomm */ 0x0bb4,
                /* HTC */ 0x0e8d, /* MediaTek */
                0x0fca,
                /* BlackBerry */ 0x0fce,
                /* Sony Mobile */ 0x1004,
                /* LG */ 0x109b, /* Hisense */
                0x12d1,
                /* Huawei */ 0x17ef,
                /* Lenovo */ 0x18d1,
                /* Google */ 0x1949, /* Amazon */
                0x19d2,
                /* ZTE */ 0x1bbb,
                /* TCL */ 0x1ebf,
                /* Coolpad */ 0x22b8, /* Motorola */
                0x22d9,
                /* OPPO, realme */ 0x2717,
                /* Xiaomi */ 0x29a9,
                /* Smartisan */ 0x2a45, /* Meizu */
                0x2a70,
                /* OnePlus */ 0x2ae5,
                /* Fairphone */ 0x2d95,
                /* vivo */ 0x2e04, /* HMD */
                0x339b,            /* Honor */
        };

        for (gsize n = 0; n < G_N_ELEMENTS(makers); n++)
                if (makers[n] == vendor)
                        return TRUE;
        return FALSE;
}

/* -1: any. The first that fits counts. USB-IF's class codes; ff/42 is Android's debugger, ff/fe/02
 * Apple's file access. */
static const struct {
        gint16 cls, subcls, protocol;
        guint bits;
} by_class[] = {
        {0x01, -1, -1, BIT(GUARD_DEVICE_AUDIO)},
        {0x02, 0x02, 0x00, BIT(GUARD_DEVICE_SERIAL_ADAPTER)},
        {0x02, 0x02, 0xff, BIT(GUARD_DEVICE_TETHERING)},
        {0x02, 0x02, -1, BIT(GUARD_DEVICE_MODEM)},
        {0x02, 0x0e, -1, BIT(GUARD_DEVICE_MODEM)},
        {0x02, 0x06, -1, BIT(GUARD_DEVICE_NETWORK_ADAPTER)},
        {0x02, 0x0c, -1, BIT(GUARD_DEVICE_NETWORK_ADAPTER)},
        {0x02, 0x0d, -1, BIT(GUARD_DEVICE_NETWORK_ADAPTER)},
        {0x03, -1, 0x02, BIT(GUARD_DEVICE_MOUSE)},
        {0x03, -1, 0x01, BIT(GUARD_DEVICE_KEYBOARD)},
        {0x06, -1, -1, BIT(GUARD_DEVICE_CAMERA)},
        {0x07, -1, -1, BIT(GUARD_DEVICE_PRINTER)},
        {0x08, 0x02, -1, BIT(GUARD_DEVICE_OPTICAL_DRIVE)},
        {0x08, 0x04, -1, BIT(GUARD_DEVICE_FLOPPY_DRIVE)},
        {0x08, -1, -1, BIT(GUARD_DEVICE_USB_DRIVE)},
        {0x09, -1, -1, BIT(GUARD_DEVICE_HUB)},
        {0x0b, -1, -1, BIT(GUARD_DEVICE_SMART_CARD_READER)},
        {0x0e, -1, -1, BIT(GUARD_DEVICE_WEBCAM)},
        {0xe0, 0x01, 0x01, BIT(GUARD_DEVICE_BLUETOOTH_ADAPTER)},
        {0xe0, 0x01, 0x04, BIT(GUARD_DEVICE_BLUETOOTH_ADAPTER)},
        {0xe0, 0x01, 0x03, BIT(GUARD_DEVICE_TETHERING)},
        {0xef, 0x04, 0x01, BIT(GUARD_DEVICE_TETHERING)},
        {0xff, 0x42, 0x01, BIT(GUARD_DEVICE_PHONE)},
        {0xff, 0xfe, 0x02, BIT(GUARD_DEVICE_PHONE)},
};

static guint
kinds_of_interface(const struct guard_usb_interface *i)
{
        if (i->kind == GUARD_USB_MTP)
                return BIT(GUARD_DEVICE_PHONE);
        for (gsize n = 0; n < G_N_ELEMENTS(by_class); n++)
                if (by_class[n].cls == i->cls &&
                    (by_class[n].subcls < 0 || by_class[n].subcls == i->subcls) &&
                    (by_class[n].protocol < 0 || by_class[n].protocol == i->protocol))
                        return by_class[n].bits;
        return 0;
}

/* A module for mobile networks, as many a laptop has it built in, may have Android's debugger and is no phone for that: MBIM no
 * phone has, and the drivers of modems name such modules one by one. */
static gboolean
is_debugged_modem(const GuardUsbFacts *usb, guint set)
{
        gboolean mbim = FALSE;

        for (gsize n = 0; n < usb->descriptors.n_interfaces; n++) {
                const struct guard_usb_interface *i = &usb->descriptors.interfaces[n];

                if (i->kind == GUARD_USB_MTP || i->kind == GUARD_USB_STILL)
                        return FALSE;
                mbim = mbim || (i->cls == 0x02 && i->subcls == 0x0e);
        }
        return mbim || ((set & BIT(GUARD_DEVICE_MODEM)) != 0 && !is_phone_maker(usb->vendor_id));
}

static guint
kinds_of_usb(const GuardUsbFacts *usb)
{
        guint set = usb->driver_kinds;

        for (gsize n = 0; n < usb->descriptors.n_interfaces; n++)
                set |= kinds_of_interface(&usb->descriptors.interfaces[n]);
        if ((set & BIT(GUARD_DEVICE_PHONE)) != 0 && is_debugged_modem(usb, set))
                set = (set & ~BIT(GUARD_DEVICE_PHONE)) | BIT(GUARD_DEVICE_MODEM);
        /* a phone's picture folder, and its debugger's or its network's */
        if ((set & BIT(GUARD_DEVICE_CAMERA)) != 0 &&
            ((set & (BIT(GUARD_DEVICE_PHONE) | BIT(GUARD_DEVICE_TETHERING))) != 0 ||
             is_phone_maker(usb->vendor_id)))
                set = (set & ~BIT(GUARD_DEVICE_CAMERA)) | BIT(GUARD_DEVICE_PHONE);
        if (usb->descriptors.device_class == 0x09)
                set |= BIT(GUARD_DEVICE_HUB);
        /* what might type and does not say that it is a keyboard */
        if (set == 0 && guard_usb_device_has_keyboard(&usb->descriptors))
                set = BIT(GUARD_DEVICE_INPUT);
        return set;
}

static guint
kinds_of_disk(const GuardMedium *medium)
{
        const GuardBlockFacts *disk = medium->block;

        if (medium->carrier == GUARD_CARRIER_OPTICAL || (disk != NULL && disk->optical))
                return BIT(GUARD_DEVICE_OPTICAL_DRIVE);
        if (medium->carrier == GUARD_CARRIER_MMC)
                return BIT(GUARD_DEVICE_MEMORY_CARD);
        if (disk != NULL && disk->lun > 0)
                return BIT(GUARD_DEVICE_CARD_READER);
        return disk == NULL || disk->removable ? BIT(GUARD_DEVICE_USB_DRIVE)
                                               : BIT(GUARD_DEVICE_HARD_DISK);
}

guint
guard_device_kinds(const GuardMedium *medium)
{
        const guint storage = GUARD_DEVICE_BY_DISK | BIT(GUARD_DEVICE_FLOPPY_DRIVE);
        guint set = medium->usb != NULL ? kinds_of_usb(medium->usb) : 0;

        if (medium->block != NULL || medium->usb == NULL) {
                guint disk = kinds_of_disk(medium);

                /* what the device said of its storage by class or driver is nearer than "a drive"
                 */
                if ((set & storage & ~BIT(GUARD_DEVICE_USB_DRIVE)) == 0 ||
                    disk == BIT(GUARD_DEVICE_OPTICAL_DRIVE))
                        set = (set & ~storage) | disk;
        }
        return set != 0 ? set : BIT(GUARD_DEVICE_UNKNOWN);
}

/* By the folder where a module's source lives; more exact entries first. */
static const struct {
        const char *part;
        guint bits;
} by_driver[] = {
        {"/net/usb/ipheth.", BIT(GUARD_DEVICE_PHONE) | BIT(GUARD_DEVICE_TETHERING)},
        {"/net/usb/rndis_host.", BIT(GUARD_DEVICE_TETHERING)},
        {"/net/usb/rndis_wlan.", BIT(GUARD_DEVICE_WIFI_ADAPTER)},
        {"/net/usb/qmi_wwan.", BIT(GUARD_DEVICE_MODEM)},
        {"/net/usb/cdc_mbim.", BIT(GUARD_DEVICE_MODEM)},
        {"/net/usb/huawei_cdc_ncm.", BIT(GUARD_DEVICE_MODEM)},
        {"/net/usb/sierra_net.", BIT(GUARD_DEVICE_MODEM)},
        {"/net/usb/hso.", BIT(GUARD_DEVICE_MODEM)},
        {"/net/usb/kalmia.", BIT(GUARD_DEVICE_MODEM)},
        {"/net/usb/lg-vl600.", BIT(GUARD_DEVICE_MODEM)},
        {"/net/wireless/", BIT(GUARD_DEVICE_WIFI_ADAPTER)},
        {"/staging/rtl8", BIT(GUARD_DEVICE_WIFI_ADAPTER)},
        {"/staging/r8188eu/", BIT(GUARD_DEVICE_WIFI_ADAPTER)},
        {"/net/usb/", BIT(GUARD_DEVICE_NETWORK_ADAPTER)},
        {"/drivers/bluetooth/", BIT(GUARD_DEVICE_BLUETOOTH_ADAPTER)},
        {"/usb/serial/option.", BIT(GUARD_DEVICE_MODEM)},
        {"/usb/serial/sierra.", BIT(GUARD_DEVICE_MODEM)},
        {"/usb/serial/qcserial.", BIT(GUARD_DEVICE_MODEM)},
        {"/usb/serial/ipw.", BIT(GUARD_DEVICE_MODEM)},
        {"/usb/serial/", BIT(GUARD_DEVICE_SERIAL_ADAPTER)},
        {"/usb/storage/ums-realtek.", BIT(GUARD_DEVICE_CARD_READER)},
        {"/usb/storage/ums-eneub6250.", BIT(GUARD_DEVICE_CARD_READER)},
        {"/usb/storage/ums-sddr", BIT(GUARD_DEVICE_CARD_READER)},
        {"/cardreader/", BIT(GUARD_DEVICE_CARD_READER)},
        {"/mfd/rtsx_usb.", BIT(GUARD_DEVICE_CARD_READER)},
        {"/usb/storage/", BIT(GUARD_DEVICE_USB_DRIVE)},
        {"/drivers/media/", BIT(GUARD_DEVICE_WEBCAM)},
        {"/drivers/gpu/", BIT(GUARD_DEVICE_DISPLAY_ADAPTER)},
        {"/sound/usb/", BIT(GUARD_DEVICE_AUDIO)},
};

guint
guard_device_kinds_of_driver(const char *module)
{
        for (gsize n = 0; module != NULL && n < G_N_ELEMENTS(by_driver); n++)
                if (strstr(module, by_driver[n].part) != NULL)
                        return by_driver[n].bits;
        return 0;
}
