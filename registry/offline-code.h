/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Short codes for a machine without a network: it shows a request, the desk answers it on the
 * telephone, the answer is typed in. Both are made of letters and digits that are not taken for
 * each other, and each tells a slip of the finger from a wrong code.
 *
 * A request says what is asked (direction and life, which the desk sees), and names the device and
 * this one asking by 30 bits each. The answer is the beginning (55 bits) of an HMAC-SHA256 under
 * the secret of that computer over all of it and the computer's name; what limits guessing is the
 * machine itself.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct {
        gboolean read_only;
        guint life;     /* index of guard_offline_seconds() */
        guint32 device; /* guard_offline_device() */
        guint32 nonce;  /* 30 bits */
} GuardOfflineRequest;

/* 15 minutes to 7 days; 0 behind the last index. */
guint guard_offline_seconds(guint life);
/* The shortest life of at least @seconds; FALSE: longer than any. */
gboolean guard_offline_life(guint seconds, guint *life);
/* 30 bits of the digest of what an exception is bound to. */
guint32 guard_offline_device(const char *device);
/* "K7QM2-0H9XA-3ZTV8"; caller frees. */
char *guard_offline_request_to_code(const GuardOfflineRequest *request);
/* Blanks, hyphens and case do not matter, O is 0, I and L are 1. GUARD_ERROR_USAGE says what is
 * wrong. */
gboolean guard_offline_request_from_code(const char *code, GuardOfflineRequest *request,
                                         GError **error);
/* The answer, "XXXX-XXXX-XXXX"; caller frees. NULL only where libcrypto fails. */
char *guard_offline_answer(const GuardOfflineRequest *request, const char *host_id,
                           const guint8 *secret, gsize size, GError **error);
/* Is @typed that answer? In constant time. GUARD_ERROR_USAGE: it is none at all (a slip of the
 * finger), GUARD_ERROR_DENIED: a wrong one. */
gboolean guard_offline_check(const GuardOfflineRequest *request, const char *host_id,
                             const guint8 *secret, gsize size, const char *typed, GError **error);

G_END_DECLS
