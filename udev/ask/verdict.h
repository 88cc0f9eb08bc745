/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a verdict comes from: the file that guardd wrote, or guardd itself. Whatever is missing,
 * damaged, late or about another disk is no verdict, and no verdict is quarantine.
 */
#pragma once
#include "udev/ask/target.h"

/* All of guardd's answer: a probe, whose reads a slow stick and a slow machine stretch, and a record's
 * fsync. Nobody but this disk's own event waits meanwhile, and a guardd that is not there is found out
 * at connect; see docs/architecture/hold.md. */
#define ASK_DEADLINE_MS 3000

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
/* A question under way; its deadline runs from ask_begin(). */
struct ask_question {
        int fd; /* -1: nobody to ask */
        uint64_t end_ms;
};

/* Puts the question to guardd and does not wait: what else there is to look at is looked at while
 * guardd works. False where guardd is not there. */
bool ask_begin(int root, const char *action, const struct ask_target *target,
               struct ask_question *question);
/* Waits for the answer, for at most ASK_DEADLINE_MS in all. False: none in time. Ends the question. */
bool ask_end(struct ask_question *question, struct ask_answer *answer);
/* Ends the question without an answer. */
void ask_drop(struct ask_question *question);
