/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Descriptors as a hostile device tells them. Besides not crashing: what is malformed is guarded.
 */
#include "common/usb-descriptors.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct guard_usb_descriptors d;
        guard_usb_parse(data, size, &d);
        if (d.n_interfaces > GUARD_USB_MAX_INTERFACES ||
            (d.malformed && !guard_usb_device_guarded(&d, NULL)) ||
            (guard_usb_device_has_storage(&d) && !guard_usb_device_guarded(&d, NULL)) ||
            d.malformed != (d.why != NULL))
                abort();
        return 0;
}
