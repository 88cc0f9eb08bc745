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
/* The program in its place: while this is there, the shield is in force. */
#define SHIELD_DOOR SHIELD_FOLDER "/door"
/* What a kernel needs to have for it: its own type information. */
#define SHIELD_NEEDS "/sys/kernel/btf/vmlinux"

enum shield_access { SHIELD_NONE = 0, SHIELD_READ = 1, SHIELD_WRITE = 2 };

/* As the kernel itself puts the two into one. */
#define SHIELD_DEVICE(major, minor) ((unsigned int)(major) << 20 | (minor))
#define SHIELD_MAJOR(device) ((device) >> 20)
#define SHIELD_MINOR(device) ((device) & 0xfffffU)

struct shield_key {
        unsigned int device;  /* SHIELD_DEVICE */
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
