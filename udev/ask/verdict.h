/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a verdict comes from: the file that guardd wrote, or guardd itself. Whatever is missing,
 * damaged, late or about another disk is no verdict, and no verdict is quarantine.
 */
#pragma once
#include "udev/ask/target.h"

#define ASK_DEADLINE_MS 1000

enum ask_verdict { ASK_HOLD = 0, ASK_REFUSE, ASK_READ_ONLY, ASK_ADMIT, ASK_N_VERDICTS };

struct ask_answer {
        enum ask_verdict verdict;
        char reason[64]; /* a name of DESIGN's table */
};

const char *ask_verdict_to_string(enum ask_verdict verdict);
/* The name of the verdict's file: by diskseq, or "<major>:<minor>-<inode>". */
bool ask_verdict_path(const struct ask_target *target, char *buffer, size_t size);
/* False: there is none for this very disk. */
bool ask_verdict_read(int root, const struct ask_target *target, struct ask_answer *answer);
/* Asks guardd, for at most ASK_DEADLINE_MS in all. False: no answer in time. */
bool ask_guardd(int root, const char *action, const struct ask_target *target,
                struct ask_answer *answer);
