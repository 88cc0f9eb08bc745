/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * System disks: whatever carries /, /usr, /boot, /var, /home, swap and what fstab or crypttab
 * cannot do without is never held. Their identities are pinned in a file, made while they are
 * present (pins-scan.c) and matched here without guardd. The format is told in udev/README.md.
 */
#pragma once
#include "udev/hold/device.h"

/* The pins as guardd or the initramfs left them, early copy, for the time before /var is mounted.
 */
#define HOLD_SYSTEM_DISKS_EARLY "/run/baomi-guard/system-disks"
#define HOLD_CLASSES_EARLY "/run/baomi-guard/hold-classes"
/* On the kernel command line: one more system disk, for a disk that has moved to another case. */
#define HOLD_CMDLINE_PIN "baomi-guard.system-disk="

#define HOLD_PIN_MAX 1024

enum hold_pin_kind { HOLD_PIN_USB, HOLD_PIN_MMC, HOLD_PIN_WWID, HOLD_N_PIN_KINDS };

/* Writes the pin of a USB device, "usb 0951:1666 4142 pci0000:00/0000:00:04.0:2". */
bool hold_pin_usb(const struct hold_device *device, char *buffer, size_t size);
/* Writes the pin of another disk by its card's CID or its world-wide name, "mmc <hex>". */
bool hold_pin_other(enum hold_pin_kind kind, const char *id, char *buffer, size_t size);
/* Is this USB device pinned, in the file or on the command line? Without a serial number (or with
 * one of a single letter repeated) the place where it is plugged must be the same too; at another
 * place, a second device with the identity of an open one is no system disk. */
bool hold_pins_match_usb(int root, const struct hold_device *device);
bool hold_pins_match_other(int root, enum hold_pin_kind kind, const char *id);
/* Is @word on the kernel command line? */
bool hold_cmdline_has(int root, const char *word);
