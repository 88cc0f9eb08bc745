/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading a disk's partition table and superblocks with libblkid, and printing them as protocol.h
 * says. Plain C; used by guard-probe behind its sandbox, and by the fuzz target on image files.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct probe_output {
        char *text;
        size_t size, capacity;
        bool full; /* something did not fit: the probe ends with an error */
};

/* Probes the disk or image at @fd and appends every line of the protocol, "end" included. */
void probe_disk(int fd, struct probe_output *out);
/* Loads what libblkid loads lazily, on a file in memory, so that nothing is left to open later. */
void probe_warm_up(void);
