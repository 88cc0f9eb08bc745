/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-hold as udev runs it, on a made-up root.
 */
#pragma once
#include "tests/unit/usb/fake-sysfs.h"

#define FAKE_USB1 "sys/" FAKE_PCI "/usb1"
#define FAKE_SPOOL "var/lib/baomi-guard/spool"
#define FAKE_SPOOL_EARLY "run/baomi-guard/spool"

/* Its arguments end with NULL. Returns its exit status. */
int hold(FakeRoot *fake, const char *mode, ...) G_GNUC_NULL_TERMINATED;
void assert_attribute(FakeRoot *fake, const char *folder, const char *name, const char *value);
/* How many names a folder has. */
guint fake_count(FakeRoot *fake, const char *path);
