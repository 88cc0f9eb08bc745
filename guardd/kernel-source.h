/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kernel's own word of a new USB device or disk, before udev has run its rules: a head start and no more. What
 * is lost here is heard from udev a moment later, so nothing depends on it.
 */
#pragma once
#include <glib.h>
#include <linux/netlink.h>

G_BEGIN_DECLS

typedef struct GuardKernelSource GuardKernelSource;

/* The syspath of the USB device or disk that @message (@length bytes, from @from) says is new, and which of
 * the two. NULL: it is of something else, is malformed, or is not from the kernel. Caller frees. */
char *guard_kernel_message_added(const struct sockaddr_nl *from, const char *message, gsize length,
                                 gboolean *is_disk);

typedef void (*GuardKernelAdded)(const char *syspath, gboolean is_disk, gpointer user_data);
/* @socket: bound to the kernel's group by whoever passed it; stays the caller's. */
GuardKernelSource *guard_kernel_source_new(int socket, GuardKernelAdded added, gpointer user_data);
void guard_kernel_source_free(GuardKernelSource *source); /* NULL: nothing */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardKernelSource, guard_kernel_source_free)

G_END_DECLS
