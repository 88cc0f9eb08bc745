/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardd's answer as the udev helper reads it: as root, into udev's properties. Besides not crashing:
 * nothing but a whole answer admits, and a reason is letters and hyphens.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "udev/ask/verdict.h"

#define LONGEST 8000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct ask_answer answer = {.verdict = ASK_HOLD};
        struct ask_question question = {.end_ms = UINT64_MAX};
        int pair[2];

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
                abort();
        if (size > 0 && send(pair[1], data, size < LONGEST ? size : LONGEST, MSG_NOSIGNAL) < 0)
                abort();
        close(pair[1]);
        question.fd = pair[0];
        if (!ask_end(&question, &answer) && answer.verdict != ASK_HOLD)
                abort();
        if (strspn(answer.reason, "abcdefghijklmnopqrstuvwxyz-") != strlen(answer.reason) ||
            (answer.verdict != ASK_HOLD && answer.reason[0] == '\0') || question.fd != -1)
                abort();
        return 0;
}
