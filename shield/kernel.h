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

enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY = 2 }; /* linux/bpf.h */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct inode {
        unsigned short i_mode;
        __u32 i_rdev;
};

struct file {
        struct inode *f_inode;
        unsigned int f_mode;
};

struct block_device {
        __u32 bd_dev;
};

struct super_block {
        unsigned long s_flags;
        struct block_device *s_bdev;
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
        struct css_set *cgroups;
};

#pragma clang attribute pop
