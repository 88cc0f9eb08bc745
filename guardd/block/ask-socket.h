/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fast path: udev's helper asks about a disk while udev waits. One message, one answer. While an
 * answer is due nothing here may wait for udev, udisks, the bus or systemd: they may wait for us.
 */
#pragma once
#include <glib.h>
#include "common/guard-verdict.h"

G_BEGIN_DECLS

typedef struct GuardAskSocket GuardAskSocket;
typedef struct GuardAsk GuardAsk; /* one question, to be answered once */

typedef struct {
        char action[16];
        guint major, minor;
        guint64 diskseq; /* 0: the kernel has none */
} GuardQuestion;

/* The receiver owns @ask and ends it with guard_ask_answer() or guard_ask_drop(). */
typedef void (*GuardAsked)(GuardAsk *ask, const GuardQuestion *question, gpointer user_data);

/* Listens at @path (replaced where it is there), mode 0600; only uid 0 (or, in tests, our own) is heard. */
GuardAskSocket *guard_ask_socket_new(const char *path, GuardAsked asked, gpointer user_data,
                                     GError **error);
void guard_ask_socket_free(GuardAskSocket *socket);
/* A late answer is dropped by the kernel: the asker has gone. */
void guard_ask_answer(GuardAsk *ask, GuardVerdict verdict, GuardReason reason);
void guard_ask_drop(GuardAsk *ask);
/* Is `ask <action> <devpath> <major>:<minor> <diskseq>` well formed? For tests. */
gboolean guard_ask_parse(const char *text, GuardQuestion *question);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardAskSocket, guard_ask_socket_free)

G_END_DECLS
