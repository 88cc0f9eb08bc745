/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages to guardd by a thread of their own: what happens on the drive is taken in however slowly it goes on record, so
 * that no file is kept open for it.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct TransfersTeller TransfersTeller;

TransfersTeller *transfers_teller_new(int connection);
/* Says all there is to say, then ends. */
void transfers_teller_free(TransfersTeller *teller);
/* Takes @message (floating). Where too many wait, they are counted, and one "missed" is said instead. */
void transfers_teller_say(TransfersTeller *teller, GVariant *message);
/* An a{sv} that has "event" and nothing else; "missed", which says why (guard_text_pack()). */
GVariant *transfers_message(const char *event);
GVariant *transfers_missed(const char *why);

G_END_DECLS
