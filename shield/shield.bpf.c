/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kernel's own door: a block device (or a raw node of one, SCSI or NVMe) that is not in the map is opened by nobody, root and
 * the kernel's own mounts, dm and md included. The map is kept by guard-ask, which udev runs for each of them, and by
 * guardd, which may look at a disk that waits. It needs neither of them to go on refusing.
 *
 * It is asked as a device control group is, at the root of all groups: for device nodes alone, so that files cost
 * nothing, and by the kernel too where it opens a block device by its number. Beside the door, what writes to a
 * device that was opened for reading is asked for by its ioctl.
 */
#include "shield/kernel.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "common/guard-shield.h"

/* The kernel wants to read this word; the LGPL may be taken as the GPL. */
char shield_license[] SEC("license") = "GPL";

#define EACCES 13

enum answer { REFUSED = 0, ALLOWED = 1 }; /* refused: EPERM, where nothing else is said */

/* Numbers that differ from machine to machine; 0: there is none. */
const volatile __u32 bsg_major = 0, nvme_major = 0, nvme_generic_major = 0, zram_major = 0;
const char udevd_unit[] = "systemd-udevd.service", udevd_slice[] = "system.slice";

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

static struct task_struct *
current_task(void)
{
        return (struct task_struct *)bpf_get_current_task();
}

static enum answer
refuse(const struct shield_key *key)
{
        struct shield_refusals one = {.count = 1}, *known = bpf_map_lookup_elem(&refused, key);
        struct task_struct *task = current_task();

        if (known) {
                __sync_fetch_and_add(&known->count, 1);
                return REFUSED;
        }
        one.uid = (__u32)bpf_get_current_uid_gid();
        one.pid = (__u32)BPF_CORE_READ(task, tgid);
        BPF_CORE_READ_STR_INTO(&one.program, task, comm);
        bpf_map_update_elem(&refused, key, &one, BPF_NOEXIST);
        return REFUSED;
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
is_udevd(struct task_struct *task)
{
        struct kernfs_node *folder = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);

        for (int i = 0; folder && i < 3; i++) {
                struct kernfs_node *above = BPF_CORE_READ(folder, parent);

                if (is_named(folder, udevd_unit, sizeof udevd_unit) && above &&
                    is_named(above, udevd_slice, sizeof udevd_slice))
                        return 1;
                folder = above;
        }
        return 0;
}

/* The kernel itself looks for a partition table when a disk comes. */
static int
may_look_first(void)
{
        struct task_struct *task = current_task();

        return BPF_CORE_READ(task, flags) & PF_KTHREAD || is_udevd(task);
}

static enum answer
check(const struct shield_key *key, int writes)
{
        struct shield_value *value = bpf_map_lookup_elem(&allowed, key);

        if (!value || (value->only_pid && value->only_pid != (__u32)BPF_CORE_READ(current_task(), tgid)))
                return !key->is_char && !writes && may_look_first() ? ALLOWED : refuse(key);
        if (!writes || value->access == SHIELD_WRITE)
                return ALLOWED;
        bpf_set_retval(-EACCES); /* as of any medium that is write-protected: mount(8) tries again without writing */
        return refuse(key);
}

/* Memory and files: what they hold was opened by its own name. */
static int
holds_no_disk(__u32 major)
{
        return major == SHIELD_RAM_MAJOR || major == SHIELD_LOOP_MAJOR || major == SHIELD_NBD_MAJOR ||
               (zram_major && major == zram_major);
}

/* The nodes of commands: by them a disk is read and written whatever its own node says. */
static int
is_raw(__u32 major)
{
        return major == SHIELD_SG_MAJOR || (bsg_major && major == bsg_major) || (nvme_major && major == nvme_major) ||
               (nvme_generic_major && major == nvme_generic_major);
}

SEC("cgroup/dev")
int
shield_door(struct bpf_cgroup_dev_ctx *asked)
{
        struct shield_key key = {.device = SHIELD_DEVICE(asked->major, asked->minor)};
        __u32 access = asked->access_type >> 16;

        if (access == BPF_DEVCG_ACC_MKNOD)
                return ALLOWED; /* a node is a name: to open it is what is asked for */
        if ((asked->access_type & 0xffff) == BPF_DEVCG_DEV_BLOCK)
                return holds_no_disk(asked->major) ? ALLOWED : check(&key, access & BPF_DEVCG_ACC_WRITE);
        key.is_char = 1;
        if (is_raw(asked->major))
                return check(&key, 1); /* a command may write however the node was opened */
        return ALLOWED;
}

/* What a device that was opened for reading may be told and must not, where reading is all that is allowed. What has no data
 * (eject, flush) passes. */
static int
writes_all_the_same(unsigned int cmd, unsigned long arg)
{
        struct sg_io_begin sg = {};

        if (cmd == SG_IO) {
                bpf_probe_read_user(&sg, sizeof sg, (const void *)arg);
                return sg.direction != SG_DXFER_NONE && sg.direction != SG_DXFER_FROM_DEV;
        }
        return cmd == BLKROSET || cmd == CDROM_SEND_PACKET || cmd == SCSI_IOCTL_SEND_COMMAND ||
               (cmd >= HDIO_DRIVE_TASKFILE && cmd <= HDIO_DRIVE_CMD) || IOCTL_TYPE(cmd) == MMC_IOCTLS ||
               (IOCTL_TYPE(cmd) == NVME_IOCTLS && cmd != NVME_IOCTL_ID);
}

static int
check_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
        struct shield_key key = {.device = file->f_inode->i_rdev};
        struct shield_value *value;

        if ((file->f_inode->i_mode & S_IFMT) != S_IFBLK || !writes_all_the_same(cmd, arg))
                return 0;
        value = bpf_map_lookup_elem(&allowed, &key);
        if (!value || value->access == SHIELD_WRITE || value->only_pid == (__u32)BPF_CORE_READ(current_task(), tgid) ||
            is_udevd(current_task()))
                return 0;
        refuse(&key);
        return -EACCES;
}

SEC("lsm/file_ioctl")
int
BPF_PROG(shield_ioctl, struct file *file, unsigned int cmd, unsigned long arg, int ret)
{
        return ret ? ret : check_ioctl(file, cmd, arg);
}

/* The same from 32-bit programs, where the kernel asks for them apart. */
SEC("?lsm/file_ioctl_compat")
int
BPF_PROG(shield_ioctl_compat, struct file *file, unsigned int cmd, unsigned long arg, int ret)
{
        return ret ? ret : check_ioctl(file, cmd, arg);
}
