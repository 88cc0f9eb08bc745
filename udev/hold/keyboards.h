/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Is there a keyboard besides this device? Asked only about a device that is storage and keyboard
 * in one: it is refused, unless it is what the person types on.
 */
#pragma once
#include "udev/hold/device.h"

/* True where an input device that can type (PS/2, USB, Bluetooth, I2C …), or another USB device
 * that carries a keyboard and no storage, is present. Virtual keyboards do not count. */
bool hold_other_keyboard(int root, const struct hold_device *device);
