/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Privileges are dropped first, then the libraries are warmed up, then the system calls are closed:
 * nothing may be opened after the last step.
 */
#include <errno.h>
#include <grp.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include "guardd/probe/descriptor.h"
#include "guardd/probe/sandbox.h"

#define CPU_SECONDS 20
#define MEMORY (256UL * 1024 * 1024)

static bool
limit(__rlimit_resource_t what, rlim_t value)
{
        struct rlimit rl = {.rlim_cur = value, .rlim_max = value};

        return setrlimit(what, &rl) == 0;
}

bool
sandbox_drop_privileges(void)
{
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() == 1)
                return false;
        if (geteuid() == 0 &&
            (setgroups(0, NULL) < 0 || setresgid(DESCRIPTOR_PROBE_USER, DESCRIPTOR_PROBE_USER, DESCRIPTOR_PROBE_USER) < 0 ||
             setresuid(DESCRIPTOR_PROBE_USER, DESCRIPTOR_PROBE_USER, DESCRIPTOR_PROBE_USER) < 0 || setuid(0) == 0))
                return false;
        /* The change of user has cleared it. */
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
            prctl(PR_SET_DUMPABLE, 0) < 0)
                return false;
        return limit(RLIMIT_CPU, CPU_SECONDS) && limit(RLIMIT_AS, MEMORY) && limit(RLIMIT_NOFILE, 16) &&
               limit(RLIMIT_CORE, 0) && limit(RLIMIT_NPROC, 0);
}

static bool
allow_plain(scmp_filter_ctx filter)
{
        static const int CALLS[] = {
                SCMP_SYS(read),          SCMP_SYS(pread64),   SCMP_SYS(lseek),
                SCMP_SYS(_llseek),       SCMP_SYS(fstat),     SCMP_SYS(fstat64),
                SCMP_SYS(fadvise64),     SCMP_SYS(recvmsg),   SCMP_SYS(close),
                /* What fstat() is in newer C libraries. */
                SCMP_SYS(newfstatat),    SCMP_SYS(fstatat64), SCMP_SYS(statx),
                SCMP_SYS(munmap),        SCMP_SYS(brk),       SCMP_SYS(exit),
                SCMP_SYS(exit_group),    SCMP_SYS(futex),     SCMP_SYS(rt_sigreturn),
                SCMP_SYS(clock_gettime), SCMP_SYS(getrandom), SCMP_SYS(restart_syscall),
        };

        for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++)
                if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALLS[i], 0) < 0)
                        return false;
        return true;
}

static bool
allow_narrowed(scmp_filter_ctx filter)
{
        static const unsigned long REQUESTS[] = {
                BLKGETSIZE64, BLKSSZGET,          BLKPBSZGET,         BLKIOMIN,
                BLKIOOPT,     BLKALIGNOFF,        CDROM_GET_CAPABILITY, CDROM_LAST_WRITTEN,
                CDROM_DRIVE_STATUS,
        };

        for (size_t i = 0; i < sizeof REQUESTS / sizeof REQUESTS[0]; i++)
                if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
                                     SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffU,
                                             (scmp_datum_t)REQUESTS[i])) < 0)
                        return false;
        return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
                                SCMP_A0(SCMP_CMP_EQ, 1, 0)) == 0 &&
               seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                                SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
               seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap2), 1,
                                SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
               seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

bool
sandbox_close_system_calls(void)
{
        /* EPERM, not death: libblkid tries a few things (sysfs) that it can do without. */
        scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
        bool good = filter && allow_plain(filter) && allow_narrowed(filter) &&
                    seccomp_load(filter) == 0;

        if (filter)
                seccomp_release(filter);
        return good;
}
