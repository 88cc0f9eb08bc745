/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Descriptors as devices of these kinds tell them, written by hand after the standards. For tests only.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define DEVICE(vid, pid, configurations)                                                           \
        18, 1, 0, 2, 0, 0, 0, 64, (vid) & 0xff, (vid) >> 8, (pid) & 0xff, (pid) >> 8, 0, 1, 1, 2, 3, configurations
#define CONFIGURATION(length, interfaces, value)                                                   \
        9, 2, (length) & 0xff, (length) >> 8, interfaces, value, 0, 0x80, 50
#define INTERFACE(number, alternate, endpoints, cls, subcls, protocol, string)                     \
        9, 4, number, alternate, endpoints, cls, subcls, protocol, string
#define BULK_IN(n) 7, 5, 0x80 | (n), 2, 0, 2, 0
#define BULK_OUT(n) 7, 5, n, 2, 0, 2, 0
#define INTERRUPT_IN(n) 7, 5, 0x80 | (n), 3, 8, 0, 10
#define HID 9, 0x21, 0x11, 1, 0, 1, 0x22, 65, 0

static const uint8_t stick[] = {DEVICE(0x0951, 0x1666, 1), CONFIGURATION(32, 1, 1), INTERFACE(0, 0, 2, 8, 6, 0x50, 0),
                                BULK_IN(1), BULK_OUT(2)};
static const uint8_t uas_disk[] = {DEVICE(0x0bda, 0x9210, 1), CONFIGURATION(79, 1, 1),
                                   INTERFACE(0, 0, 2, 8, 6, 0x50, 0), BULK_IN(1), BULK_OUT(2),
                                   INTERFACE(0, 1, 4, 8, 6, 0x62, 0), BULK_IN(1), 4, 0x24, 3, 0, BULK_OUT(2), BULK_IN(3), BULK_OUT(4)};
static const uint8_t floppy[] = {DEVICE(0x0644, 0x0000, 1), CONFIGURATION(39, 1, 1), INTERFACE(0, 0, 3, 8, 4, 0, 0),
                                 BULK_IN(1), BULK_OUT(2), INTERRUPT_IN(3)};
static const uint8_t keyboard[] = {DEVICE(0x046d, 0xc31c, 1), CONFIGURATION(59, 2, 1), INTERFACE(0, 0, 1, 3, 1, 1, 0), HID,
                                   INTERRUPT_IN(1), INTERFACE(1, 0, 1, 3, 0, 0, 0), HID, INTERRUPT_IN(2)};
static const uint8_t mouse[] = {DEVICE(0x046d, 0xc077, 1), CONFIGURATION(34, 1, 1), INTERFACE(0, 0, 1, 3, 1, 2, 0), HID,
                                INTERRUPT_IN(1)};
static const uint8_t hub[] = {DEVICE(0x05e3, 0x0608, 1), CONFIGURATION(25, 1, 1), INTERFACE(0, 0, 1, 9, 0, 0, 0),
                              INTERRUPT_IN(1)};
static const uint8_t camera[] = {DEVICE(0x04a9, 0x326e, 1), CONFIGURATION(39, 1, 1), INTERFACE(0, 0, 3, 6, 1, 1, 0),
                                 BULK_IN(1), BULK_OUT(2), INTERRUPT_IN(3)};
static const uint8_t phone_mtp[] = {DEVICE(0x18d1, 0x4ee1, 1), CONFIGURATION(39, 1, 1), INTERFACE(0, 0, 3, 0xff, 0xff, 0, 5),
                                    BULK_IN(1), BULK_OUT(2), INTERRUPT_IN(3)};
static const uint8_t phone_mtp_adb[] = {DEVICE(0x18d1, 0x4ee2, 1), CONFIGURATION(62, 2, 1),
                                        INTERFACE(0, 0, 3, 0xff, 0xff, 0, 5), BULK_IN(1), BULK_OUT(2), INTERRUPT_IN(3),
                                        INTERFACE(1, 0, 2, 0xff, 0x42, 1, 6), BULK_IN(4), BULK_OUT(5)};
static const uint8_t ftdi[] = {DEVICE(0x0403, 0x6001, 1), CONFIGURATION(32, 1, 1), INTERFACE(0, 0, 2, 0xff, 0xff, 0xff, 2),
                               BULK_IN(1), BULK_OUT(2)};
static const uint8_t pl2303[] = {DEVICE(0x067b, 0x2303, 1), CONFIGURATION(39, 1, 1), INTERFACE(0, 0, 3, 0xff, 0, 0, 0),
                                 INTERRUPT_IN(1), BULK_OUT(2), BULK_IN(3)};
static const uint8_t ch340[] = {DEVICE(0x1a86, 0x7523, 1), CONFIGURATION(39, 1, 1), INTERFACE(0, 0, 3, 0xff, 1, 2, 0),
                                BULK_IN(2), BULK_OUT(2), INTERRUPT_IN(1)};
static const uint8_t rtl8153[] = {DEVICE(0x0bda, 0x8153, 2), CONFIGURATION(39, 1, 1), INTERFACE(0, 0, 3, 0xff, 0xff, 0, 0),
                                  BULK_IN(1), BULK_OUT(2), INTERRUPT_IN(3), CONFIGURATION(57, 2, 2),
                                  INTERFACE(0, 0, 1, 2, 6, 0, 5), INTERRUPT_IN(3), INTERFACE(1, 0, 0, 0x0a, 0, 0, 0),
                                  INTERFACE(1, 1, 2, 0x0a, 0, 0, 4), BULK_IN(1), BULK_OUT(2)};
static const uint8_t ax88179[] = {DEVICE(0x0b95, 0x1790, 1), CONFIGURATION(39, 1, 1), INTERFACE(0, 0, 3, 0xff, 0xff, 0, 4),
                                  INTERRUPT_IN(1), BULK_IN(2), BULK_OUT(3)};
static const uint8_t headset[] = {DEVICE(0x0d8c, 0x0012, 1), CONFIGURATION(59, 4, 1), INTERFACE(0, 0, 0, 1, 1, 0, 0),
                                  INTERFACE(1, 0, 0, 1, 2, 0, 0), INTERFACE(1, 1, 1, 1, 2, 0, 0), 9, 5, 1, 9, 200, 0, 1, 0, 0,
                                  INTERFACE(3, 0, 1, 3, 0, 0, 0), INTERRUPT_IN(7)};
static const uint8_t printer_with_reader[] = {DEVICE(0x03f0, 0x1234, 1), CONFIGURATION(55, 2, 1),
                                              INTERFACE(0, 0, 2, 7, 1, 2, 0), BULK_IN(1), BULK_OUT(1),
                                              INTERFACE(1, 0, 2, 8, 6, 0x50, 0), BULK_IN(2), BULK_OUT(2)};
static const uint8_t rubber_ducky[] = {DEVICE(0x03eb, 0x2403, 1), CONFIGURATION(57, 2, 1), INTERFACE(0, 0, 2, 8, 6, 0x50, 0),
                                       BULK_IN(1), BULK_OUT(2), INTERFACE(1, 0, 1, 3, 1, 1, 0), HID, INTERRUPT_IN(3)};
/* Storage only in the second configuration, whose place the first one's length lies about. */
static const uint8_t second_configuration[] = {DEVICE(0x1234, 0x5678, 2), CONFIGURATION(0x7fff, 1, 1),
                                               INTERFACE(0, 0, 0, 0xff, 0, 0, 0), CONFIGURATION(9, 0, 2),
                                               INTERFACE(0, 0, 2, 8, 6, 0x50, 0), BULK_IN(1), BULK_OUT(2)};
