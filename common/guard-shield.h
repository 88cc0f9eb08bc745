/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the kernel's programs and those who keep their map agree on.
 */
#pragma once

#define SHIELD_MAX_DEVICES 4096
#define SHIELD_RAM_MAJOR 1
#define SHIELD_LOOP_MAJOR 7
#define SHIELD_SG_MAJOR 21
#define SHIELD_NBD_MAJOR 43

#define SHIELD_FOLDER "/sys/fs/bpf/baomi-guard"
#define SHIELD_MAP SHIELD_FOLDER "/allowed"
/* What was refused and nobody has written down yet: guardd takes it out. */
#define SHIELD_REFUSED SHIELD_FOLDER "/refused"

enum shield_access { SHIELD_NONE = 0, SHIELD_READ = 1, SHIELD_WRITE = 2 };

struct shield_key {
        unsigned int device;  /* as the kernel has it: major << 20 | minor */
        unsigned int is_char; /* a raw SCSI node */
};

struct shield_refusals { /* of one device; who: the first one */
        unsigned long long count;
        unsigned int uid, pid;
        char program[16];
};

struct shield_value {
        unsigned int access;   /* enum shield_access, never NONE */
        unsigned int only_pid; /* 0: for everybody */
};
