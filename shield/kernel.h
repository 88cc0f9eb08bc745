/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The few fields of the kernel's structures that the shield reads; where they are is looked up in the
 * running kernel's own type information when it is loaded (CO-RE).
 */
#pragma once

typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

/* linux/bpf.h, whose own needs are not met here */
enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY = 2 };
enum { BPF_NOEXIST = 1 };
enum { BPF_DEVCG_DEV_BLOCK = 1 };
enum { BPF_DEVCG_ACC_MKNOD = 1, BPF_DEVCG_ACC_READ = 2, BPF_DEVCG_ACC_WRITE = 4 };

struct bpf_cgroup_dev_ctx {
        __u32 access_type; /* BPF_DEVCG_ACC_… << 16 | BPF_DEVCG_DEV_… */
        __u32 major;
        __u32 minor;
};

#define PF_KTHREAD 0x00200000 /* linux/sched.h */
#define S_IFMT 0170000        /* linux/stat.h */
#define S_IFBLK 0060000

#define IOCTL_TYPE(cmd) ((cmd) >> 8 & 0xff)
#define BLKROSET 0x125d /* linux/fs.h */
#define SG_IO 0x2285    /* scsi/sg.h */
#define SG_DXFER_NONE (-1)
#define SG_DXFER_FROM_DEV (-3)
#define SCSI_IOCTL_SEND_COMMAND 1  /* scsi/scsi_ioctl.h */
#define CDROM_SEND_PACKET 0x5393   /* linux/cdrom.h */
#define HDIO_DRIVE_TASKFILE 0x031d /* linux/hdreg.h */
#define HDIO_DRIVE_CMD 0x031f
#define NVME_IOCTLS 'N' /* linux/nvme_ioctl.h */
#define NVME_IOCTL_ID 0x4e40
#define MMC_IOCTLS 179 /* linux/mmc/ioctl.h */

struct sg_io_begin { /* of struct sg_io_hdr, 64 and 32 bits alike */
        int interface, direction;
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct inode {
        unsigned short i_mode;
        __u32 i_rdev;
};

struct file {
        struct inode *f_inode;
};

struct kernfs_node {
        struct kernfs_node *parent;
        const char *name;
};

struct cgroup {
        struct kernfs_node *kn;
};

struct css_set {
        struct cgroup *dfl_cgrp;
};

struct task_struct {
        unsigned int flags;
        int tgid;
        char comm[16];
        struct css_set *cgroups;
};

#pragma clang attribute pop
