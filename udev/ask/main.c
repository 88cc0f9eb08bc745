/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-ask: run by the block rules (IMPORT{program}) for each disk, partition, sg and bsg node
 * that is not fixed, and ("above") for what stands on other block devices. Prints BAOMI_VERDICT and BAOMI_REASON for udev.
 * "fixed" only says, by its end, whether a disk is fixed. udevd waits for it, so it has its own deadline, opens no device
 * but to make it read-only, and asks nobody but guardd.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "udev/ask/layers.h"
#include "udev/ask/shield.h"
#include "udev/ask/verdict.h"

/* BLKROSET on the event's own node, before anybody may open it: every partition has its own event.
 */
static bool
make_read_only(int root, const struct ask_target *target, const char *node)
{
        int on = 1, fd;
        struct stat st;
        bool done;

        /* where there is a shield it has to let us in */
        (void)ask_shield_tell(root, "add", target->path, target->node_major, target->node_minor, "read-only");
        fd = openat(root, hold_rel(node), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
        if (fd < 0)
                return false;
        done = fstat(fd, &st) == 0 && S_ISBLK(st.st_mode) &&
               major(st.st_rdev) == target->node_major && minor(st.st_rdev) == target->node_minor &&
               ioctl(fd, BLKROSET, &on) == 0;
        close(fd);
        return done;
}

/* A kernel without diskseq shows a new medium in the same reader under the same name: the verdict
 * about the old one must not be found again. */
static void
forget_old_medium(int root, const struct ask_target *target)
{
        const char *changed = getenv("DISK_MEDIA_CHANGE");
        char path[128];

        if (target->diskseq == 0 && changed && strcmp(changed, "1") == 0 &&
            ask_verdict_path(target, path, sizeof path))
                unlinkat(root, hold_rel(path), 0);
}

static void
decide(int root, const char *action, const struct ask_target *target, struct ask_answer *answer)
{
        struct ask_question question = {.fd = -1};

        forget_old_medium(root, target);
        if (ask_verdict_read(root, target, answer))
                return;
        /* An sg node waits for its disk's verdict: a file, never a question of its own. */
        if (target->node_is_block)
                ask_begin(root, action, target, &question);
        if (ask_is_system_disk(root, target->name, target->path)) {
                answer->verdict = ASK_ADMIT;
                hold_format(answer->reason, sizeof answer->reason, "system-disk");
                ask_drop(&question);
                return;
        }
        ask_end(&question, answer);
}

static int
run(int root, const char *action, const char *devpath, const char *node)
{
        struct ask_answer answer = {ASK_HOLD, "none"};
        struct ask_target target;

        if (ask_target_find(root, devpath, &target)) {
                decide(root, action, &target, &answer);
                /* SG_IO writes whatever BLKROSET says, so the raw nodes stay closed. */
                if (answer.verdict == ASK_READ_ONLY &&
                    (!target.node_is_block || !make_read_only(root, &target, node)))
                        answer.verdict = ASK_HOLD;
        }
        printf("BAOMI_VERDICT=%s\nBAOMI_REASON=%s\n", ask_verdict_to_string(answer.verdict),
               answer.reason);
        return fflush(stdout) == 0 ? 0 : 1;
}

/* What stands on other disks. Nothing is said where none of them is guarded. */
static int
run_above(int root, const char *devpath, const char *node)
{
        struct ask_answer answer;
        struct ask_target target;

        if (!ask_target_find(root, devpath, &target) || !ask_layers(root, target.name, &answer))
                return 0;
        if (answer.verdict == ASK_READ_ONLY && !make_read_only(root, &target, node))
                answer.verdict = ASK_HOLD;
        printf("BAOMI_VERDICT=%s\nBAOMI_REASON=%s\n", ask_verdict_to_string(answer.verdict), answer.reason);
        return fflush(stdout) == 0 ? 0 : 1;
}

/* 0: fixed. For what does not hang from its carrier in sysfs, so that udev's rules cannot tell. */
static int
run_fixed(int root, const char *devpath)
{
        struct ask_target target;

        if (!ask_disk_is_guarded(root, devpath))
                return 0;
        return ask_target_find(root, devpath, &target) && ask_is_system_disk(root, target.name, target.path) ? 0 : 1;
}

/* Of every block device and raw node, where there is a kernel shield. */
static int
run_shield(int root, char **argv)
{
        unsigned long major = strtoul(argv[3], NULL, 10), minor = strtoul(argv[4], NULL, 10);

        return ask_shield_tell(root, argv[1], argv[2], (unsigned)major, (unsigned)minor, argv[5]) ? 0 : 1;
}

int
main(int argc, char **argv)
{
        const char *sysroot = "/";
        int root;

        argv++;
        argc--;
        if (argc > 0 && strncmp(argv[0], "--sysroot=", 10) == 0) { /* for tests */
                sysroot = argv[0] + 10;
                argv++;
                argc--;
        }
        if (argc != 3 && !(argc >= 5 && strcmp(argv[0], "shield") == 0) && !(argc == 2 && strcmp(argv[0], "fixed") == 0)) {
                fprintf(stderr, "usage: guard-ask ACTION|above DEVPATH DEVNAME (run by udev's rules)\n"
                                "       guard-ask fixed DEVPATH\n"
                                "       guard-ask shield ACTION DEVPATH MAJOR MINOR [VERDICT]\n");
                return 2;
        }
        root = open(sysroot, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (root < 0) {
                fprintf(stderr, "%s: %s\n", sysroot, strerror(errno));
                return 1;
        }
        if (strcmp(argv[0], "shield") == 0)
                return run_shield(root, argv);
        if (argc == 2)
                return run_fixed(root, argv[1]);
        return strcmp(argv[0], "above") == 0 ? run_above(root, argv[1], argv[2]) : run(root, argv[0], argv[1], argv[2]);
}
