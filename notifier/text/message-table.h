/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sentences themselves, one row a reason. Not for anybody but message.c.
 */
#pragma once
#include "common/guard-verdict.h"

G_BEGIN_DECLS

typedef struct {
        const char *title;
        const char *what; /* %s: " (number LY-017)" or the like, or nothing */
        const char *todo; /* %s: whom to call */
} GuardSentences; /* N_() strings */

/* Static; never NULL. */
const GuardSentences *guard_sentences(GuardVerdict verdict, GuardReason reason);

typedef struct {
        const char *key, *title;
        const char *body; /* %s: whom to call */
} GuardAlarmSentences;

const GuardAlarmSentences *guard_alarm_sentences(const char *key); /* NULL: not known */

G_END_DECLS
