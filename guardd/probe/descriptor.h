/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Passing one descriptor over a socket, with one byte to carry it: guardd's side and guard-probe's.
 * Plain C, no allocation.
 */
#pragma once
#include <stdbool.h>

/* Whom guard-probe becomes: nobody. */
#define DESCRIPTOR_PROBE_USER 65534

/* Never waits for the receiver; false with errno. The caller keeps its own @fd. */
bool descriptor_send(int sock, int fd);
/* The descriptor that came with the first byte; -1 at end of file and for anything else. Waits. */
int descriptor_receive(int sock);
