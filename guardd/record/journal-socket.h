/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fields, "NAME=value" each, as one entry of the journal. Blocks while the journal is full.
 */
#pragma once
#include <glib.h>
#include <sys/uio.h>

G_BEGIN_DECLS

/* 0 or -errno; a GuardJournalSend. */
int guard_journal_socket_send(const struct iovec *iov, int n);
int guard_journal_socket_send_to(const char *path, const struct iovec *iov, int n);

G_END_DECLS
