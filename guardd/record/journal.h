/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The same event in the journal, with the message id of its kind (systemd/baomi-guard.catalog) and
 * BAOMI_* fields. Fields are length-prefixed on the way: no value can start another field.
 */
#pragma once
#include <sys/uio.h>
#include "ledger/ledger.h"

G_BEGIN_DECLS

typedef int (*GuardJournalSend)(const struct iovec *iov, int n); /* 0 or -errno */

/* Pure: of char*, "NAME=value". Caller unrefs. */
GPtrArray *guard_journal_fields(const GuardRecord *record);
gboolean guard_journal_send(GuardJournalSend send, const GuardRecord *record, GError **error);

G_END_DECLS
