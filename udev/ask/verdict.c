/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads verdict files and guardd's answers. Both are `key=value` texts; unknown keys are passed
 * over, so that guardd may add some.
 */
#include "udev/ask/verdict.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "common/guard-names.h"

#define TEXT_MAX 4096

static const char *const verdict_names[ASK_N_VERDICTS] = {
        [ASK_HOLD] = "hold",
        [ASK_REFUSE] = "refuse",
        [ASK_READ_ONLY] = "read-only",
        [ASK_ADMIT] = "admit",
};

const char *
ask_verdict_to_string(enum ask_verdict verdict)
{
        return (unsigned)verdict < ASK_N_VERDICTS ? verdict_names[verdict] : "hold";
}

/* The value of @key in a text of blanks or lines; false where it is not there. */
static bool
value_of(const char *text, const char *key, char *value, size_t size)
{
        size_t n = strlen(key);

        while (*text) {
                size_t length = strcspn(text, " \n");

                if (length > n && strncmp(text, key, n) == 0 && text[n] == '=')
                        return hold_format(value, size, "%.*s", (int)(length - n - 1),
                                           text + n + 1);
                text += length;
                text += strspn(text, " \n");
        }
        return false;
}

/* A reason becomes a udev property: letters and hyphens, nothing else. */
static bool
is_reason(const char *text)
{
        return *text && strspn(text, "abcdefghijklmnopqrstuvwxyz-") == strlen(text);
}

static bool
parse_answer(const char *text, struct ask_answer *answer)
{
        char name[32], reason[sizeof answer->reason];

        if (!value_of(text, "verdict", name, sizeof name) ||
            !value_of(text, "reason", reason, sizeof reason) || !is_reason(reason))
                return false;
        for (unsigned i = 0; i < ASK_N_VERDICTS; i++) {
                if (strcmp(name, verdict_names[i]) != 0)
                        continue;
                answer->verdict = (enum ask_verdict)i;
                memcpy(answer->reason, reason, sizeof reason);
                return true;
        }
        return false;
}

bool
ask_verdict_path(const struct ask_target *target, char *buffer, size_t size)
{
        if (target->diskseq)
                return hold_format(buffer, size, GUARD_VERDICT_DIR "/%llu",
                                   (unsigned long long)target->diskseq);
        return hold_format(buffer, size, GUARD_VERDICT_DIR "/%u:%u-%llu", target->major,
                           target->minor, (unsigned long long)target->inode);
}

static bool
same_number(const char *text, const char *key, uint64_t wanted)
{
        char value[32];

        return value_of(text, key, value, sizeof value) && strtoull(value, NULL, 10) == wanted;
}

bool
ask_verdict_read(int root, const struct ask_target *target, struct ask_answer *answer)
{
        char path[128], text[TEXT_MAX], name[NAME_MAX];

        if (!ask_verdict_path(target, path, sizeof path) ||
            !hold_read_line(root, path, text, sizeof text))
                return false;
        /* A file left by a disk that had this place before is about another one. */
        return value_of(text, "name", name, sizeof name) && strcmp(name, target->name) == 0 &&
               same_number(text, "major", target->major) &&
               same_number(text, "minor", target->minor) &&
               same_number(text, "inode", target->inode) &&
               same_number(text, "diskseq", target->diskseq) && parse_answer(text, answer);
}

static int
connect_guardd(int root)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

        if (fd < 0)
                return -1;
        hold_format(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d%s", root,
                    GUARD_ASK_SOCKET);
        if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
                return fd;
        close(fd); /* EAGAIN too: its queue is full, it will not answer in time */
        return -1;
}

static bool
wait_readable(int fd, uint64_t end)
{
        struct pollfd waiting = {.fd = fd, .events = POLLIN};

        for (;;) {
                uint64_t now = hold_now_ms();
                int n = now < end ? poll(&waiting, 1, (int)(end - now)) : 0;

                if (n > 0)
                        return true;
                if (n == 0 || errno != EINTR)
                        return false;
        }
}

bool
ask_begin(int root, const char *action, const struct ask_target *target,
          struct ask_question *question)
{
        char text[TEXT_MAX];

        question->fd = -1;
        question->end_ms = hold_now_ms() + ASK_DEADLINE_MS;
        if (!hold_format(text, sizeof text, "ask %s %s %u:%u %llu\n", action, target->path,
                         target->major, target->minor, (unsigned long long)target->diskseq))
                return false;
        question->fd = connect_guardd(root);
        if (question->fd >= 0 &&
            send(question->fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text))
                return true;
        ask_drop(question);
        return false;
}

bool
ask_end(struct ask_question *question, struct ask_answer *answer)
{
        char text[TEXT_MAX];
        bool answered = false;
        ssize_t n;

        if (question->fd >= 0 && wait_readable(question->fd, question->end_ms)) {
                n = recv(question->fd, text, sizeof text - 1, MSG_DONTWAIT);
                if (n > 0) {
                        text[n] = '\0';
                        answered = parse_answer(text, answer);
                }
        }
        ask_drop(question);
        return answered;
}

void
ask_drop(struct ask_question *question)
{
        if (question->fd >= 0)
                close(question->fd);
        question->fd = -1;
}
