/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages and what was seen, to be kept over a logout. Pure: dictionaries in, dictionaries out.
 */
#pragma once
#include "notifier/text/message.h"

G_BEGIN_DECLS

GVariant *guard_message_save(const GuardMessage *message); /* a{sv}, floating */
/* NULL: not one of ours. The file may have been written to by others: text is made harmless again. */
GuardMessage *guard_message_restore(GVariant *saved);

G_END_DECLS
