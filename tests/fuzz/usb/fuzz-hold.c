/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The list of held classes. Besides not crashing: no list takes a keyboard or a hub away.
 */
#include "common/usb-descriptors.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct guard_usb_hold hold;
        (void)guard_usb_hold_parse((const char *)data, size, &hold);
        if (hold.n_triples > GUARD_USB_MAX_HOLD_TRIPLES || (hold.classes[0] & (1u << 3)) != 0 ||
            (hold.classes[1] & (1u << 1)) != 0)
                abort();
        for (size_t n = 0; n < hold.n_triples; n++)
                if (hold.triples[n].cls == 3 || hold.triples[n].cls == 9)
                        abort();
        return 0;
}
