/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guardd/block/shield-pass.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "guardd/block/facts.h"
#include "udev/hold/shield-map.h"

/* -1: there is none. */
static int
open_shield(void)
{
        int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        int map = root >= 0 ? hold_shield_open(root) : -1;

        if (root >= 0)
                close(root);
        return map;
}

void
guard_shield_let_in(guint major, guint minor)
{
        int map = open_shield();

        if (map < 0)
                return;
        if (!hold_shield_set(map, major, minor, false, SHIELD_READ, (unsigned)getpid()))
                g_warning("the kernel shield does not let guardd look at %u:%u: %s", major, minor, g_strerror(errno));
        close(map);
}

void
guard_shield_let_write(guint major, guint minor, gboolean write)
{
        int map = open_shield();

        if (map < 0)
                return;
        if (write ? !hold_shield_set(map, major, minor, false, SHIELD_WRITE, 0) : !hold_shield_only_read(map, major, minor))
                g_warning("the kernel shield cannot be told about %u:%u: %s", major, minor, g_strerror(errno));
        close(map);
}

/* What is there for another process goes first: an entry for one process never takes another's place. */
static void
let_in(int map, guint major, guint minor, guint pid)
{
        if (!hold_shield_set(map, major, minor, false, SHIELD_NONE, 0) ||
            (pid != 0 && !hold_shield_set(map, major, minor, false, SHIELD_READ, pid)))
                g_warning("the kernel shield cannot be told about %u:%u: %s", major, minor, g_strerror(errno));
}

void
guard_disk_let_in(const GuardBlockFacts *facts, guint pid)
{
        g_autoptr(GPtrArray) partitions = NULL;
        int map = open_shield();

        if (map < 0)
                return;
        let_in(map, facts->major, facts->minor, pid);
        partitions = guard_block_partitions(facts);
        for (guint n = 0; n < partitions->len; n++) {
                guint major, minor;

                if (guard_block_number_of(facts, g_ptr_array_index(partitions, n), &major, &minor))
                        let_in(map, major, minor, pid);
        }
        close(map);
}
