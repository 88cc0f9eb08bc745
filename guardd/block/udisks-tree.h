/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From udisks' objects to the calls that let go of some block devices. Pure: takes the reply, calls
 * nothing.
 */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

#define GUARD_UDISKS "org.freedesktop.UDisks2"

typedef struct {
        char *path;
        const char *interface, *method; /* static; take (a{sv}) */
} GuardUdisksStep;

/* @reply: of GetManagedObjects. Mounted file systems of @names first, those inside an opened
 * container before its Lock. @drive (out): the drive's object, or NULL. (transfer full) */
GPtrArray *guard_udisks_steps(GVariant *reply, GPtrArray *names, char **drive);
/* Errors that mean that there is nothing left to do. */
gboolean guard_udisks_error_is_harmless(const GError *error);

G_END_DECLS
