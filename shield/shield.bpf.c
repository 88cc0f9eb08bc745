/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kernel's own door: a block device (or the raw SCSI node of one) that is not in the map is opened and
 * mounted by nobody, root included. The map is kept by guard-ask, which udev runs for each of them, and by
 * guardd, which may look at a disk that waits. It needs neither of them to go on refusing.
 *
 * dm and md open what they stand on inside the kernel, where nothing is asked; so their own nodes are
 * refused until it is known what they stand on.
 */
#include "shield/kernel.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "common/guard-shield.h"

/* The kernel wants to read this word; the LGPL may be taken as the GPL. */
char shield_license[] SEC("license") = "GPL";

#define EPERM 1
#define BPF_NOEXIST 1
#define S_IFMT 0170000
#define S_IFBLK 0060000
#define S_IFCHR 0020000
#define FMODE_WRITE 2
#define SB_RDONLY 1
#define MAJOR(dev) ((dev) >> 20)

/* Numbers that differ from machine to machine; 0: there is none. */
const volatile __u32 bsg_major = 0, zram_major = 0;

struct {
        __uint(type, BPF_MAP_TYPE_HASH);
        __uint(max_entries, SHIELD_MAX_DEVICES);
        __type(key, struct shield_key);
        __type(value, struct shield_value);
} allowed SEC(".maps");

struct {
        __uint(type, BPF_MAP_TYPE_HASH);
        __uint(max_entries, SHIELD_MAX_DEVICES);
        __type(key, struct shield_key);
        __type(value, struct shield_refusals);
} refused SEC(".maps");

static int
refuse(const struct shield_key *key)
{
        struct shield_refusals one = {.count = 1}, *known = bpf_map_lookup_elem(&refused, key);

        if (known) {
                __sync_fetch_and_add(&known->count, 1);
                return -EPERM;
        }
        one.uid = (__u32)bpf_get_current_uid_gid();
        one.pid = bpf_get_current_pid_tgid() >> 32;
        bpf_get_current_comm(one.program, sizeof one.program);
        bpf_map_update_elem(&refused, key, &one, BPF_NOEXIST);
        return -EPERM;
}

static int
is_named(const struct kernfs_node *folder, const char *name, int size)
{
        char found[32] = {};
        int same = 1;

        bpf_probe_read_kernel_str(found, sizeof found, BPF_CORE_READ(folder, name));
        for (int i = 0; i < size && i < (int)sizeof found; i++)
                same = same && found[i] == name[i];
        return same;
}

/* udevd takes a lock on each disk before it reads its rules: by the unit that the process is in. */
static int
is_udevd(void)
{
        static const char unit[] = "systemd-udevd.service", slice[] = "system.slice";
        struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
        struct kernfs_node *folder = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);

        for (int i = 0; folder && i < 3; i++) {
                struct kernfs_node *above = BPF_CORE_READ(folder, parent);

                if (is_named(folder, unit, sizeof unit) && above && is_named(above, slice, sizeof slice))
                        return 1;
                folder = above;
        }
        return 0;
}

static int
check(__u32 dev, __u32 is_char, int writes)
{
        struct shield_key key = {.device = dev, .is_char = is_char};
        struct shield_value *value = bpf_map_lookup_elem(&allowed, &key);

        if (!value || (value->only_pid && value->only_pid != bpf_get_current_pid_tgid() >> 32))
                return !is_char && !writes && is_udevd() ? 0 : refuse(&key);
        return writes && value->access != SHIELD_WRITE ? refuse(&key) : 0;
}

/* Memory and files: what they hold was opened by its own name. */
static int
holds_no_disk(__u32 dev)
{
        __u32 major = MAJOR(dev);

        return major == SHIELD_RAM_MAJOR || major == SHIELD_LOOP_MAJOR || major == SHIELD_NBD_MAJOR ||
               (zram_major && major == zram_major);
}

SEC("lsm/file_open")
int
BPF_PROG(shield_file_open, struct file *file, int ret)
{
        unsigned short kind = file->f_inode->i_mode & S_IFMT;
        __u32 dev = file->f_inode->i_rdev;

        if (ret)
                return ret;
        if (kind == S_IFBLK)
                return holds_no_disk(dev) ? 0 : check(dev, 0, file->f_mode & FMODE_WRITE);
        if (kind == S_IFCHR && (MAJOR(dev) == SHIELD_SG_MAJOR || (bsg_major && MAJOR(dev) == bsg_major)))
                return check(dev, 1, 1); /* a command may write however the node was opened */
        return 0;
}

SEC("lsm/sb_kern_mount")
int
BPF_PROG(shield_mount, struct super_block *sb, int ret)
{
        __u32 dev;

        if (ret || !sb->s_bdev)
                return ret;
        dev = sb->s_bdev->bd_dev;
        return holds_no_disk(dev) ? 0 : check(dev, 0, !(sb->s_flags & SB_RDONLY));
}
