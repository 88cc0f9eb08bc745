/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "udev/hold/shield-map.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "udev/hold/files.h"

static int
bpf(int command, union bpf_attr *attr)
{
        return (int)syscall(SYS_bpf, command, attr, sizeof *attr);
}

static int
open_map(int root, const char *path)
{
        union bpf_attr attr;

        /* bpf(2) knows no folder to begin at: a made-up root has no shield */
        if (faccessat(root, hold_rel(path), F_OK, 0) < 0)
                return -1;
        memset(&attr, 0, sizeof attr);
        attr.pathname = (uint64_t)(uintptr_t)path;
        return bpf(BPF_OBJ_GET, &attr);
}

int
hold_shield_open(int root)
{
        return open_map(root, SHIELD_MAP);
}

int
hold_shield_open_refused(int root)
{
        return open_map(root, SHIELD_REFUSED);
}

/* One call on an element: @value is NULL where the command takes none. Commands that look for a next key have the
 * place for it where others have the value. */
static int
element(int command, int map, struct shield_key *key, void *value, uint64_t flags)
{
        union bpf_attr attr;

        memset(&attr, 0, sizeof attr);
        attr.map_fd = (uint32_t)map;
        attr.key = (uint64_t)(uintptr_t)key;
        attr.value = (uint64_t)(uintptr_t)value;
        attr.flags = flags;
        return bpf(command, &attr);
}

bool
hold_shield_take_refused(int map, struct shield_key *key, struct shield_refusals *refusals)
{
        return element(BPF_MAP_GET_NEXT_KEY, map, NULL, key, 0) == 0 &&
               element(BPF_MAP_LOOKUP_AND_DELETE_ELEM, map, key, refusals, 0) == 0;
}

bool
hold_shield_set(int map, unsigned major, unsigned minor, bool is_char, enum shield_access access, unsigned only_pid)
{
        struct shield_key key = {SHIELD_DEVICE(major, minor), is_char};
        struct shield_value value = {access, only_pid};

        if (access == SHIELD_NONE)
                return element(BPF_MAP_DELETE_ELEM, map, &key, NULL, 0) == 0 || errno == ENOENT;
        return element(BPF_MAP_UPDATE_ELEM, map, &key, &value, only_pid != 0 ? BPF_NOEXIST : BPF_ANY) == 0 ||
               (only_pid != 0 && errno == EEXIST);
}

bool
hold_shield_only_read(int map, unsigned major, unsigned minor)
{
        struct shield_key key = {SHIELD_DEVICE(major, minor), 0};
        struct shield_value value;

        if (element(BPF_MAP_LOOKUP_ELEM, map, &key, &value, 0) < 0)
                return errno == ENOENT;
        if (value.access != SHIELD_WRITE)
                return true;
        value.access = SHIELD_READ;
        return element(BPF_MAP_UPDATE_ELEM, map, &key, &value, BPF_EXIST) == 0;
}
