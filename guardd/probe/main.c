/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-probe: started by guardd before it is needed, waits in its cage on descriptor 0 for one
 * message with a disk's descriptor, tells the disk's content on descriptor 1, ends. One process a disk.
 */
#include <stdio.h>
#include <unistd.h>
#include "guardd/probe/descriptor.h"
#include "guardd/probe/probe.h"
#include "guardd/probe/sandbox.h"

#define MAX_OUTPUT (256 * 1024)

int
main(int argc, char **argv)
{
        static char text[MAX_OUTPUT];
        struct probe_output out = {.text = text, .capacity = sizeof text};
        size_t sent = 0;
        int fd;

        (void)argv;
        if (argc != 1) {
                fputs("guard-probe is started by guardd only\n", stderr);
                return 2;
        }
        if (!sandbox_drop_privileges())
                return 3;
        probe_warm_up();
        if (!sandbox_close_system_calls())
                return 3;
        fd = descriptor_receive(0);
        if (fd < 0)
                return 0;
        probe_disk(fd, &out);
        /* The exclusive hold is guardd's: no copy of it outlives the answer. */
        close(fd);
        while (sent < out.size) {
                ssize_t n = write(1, text + sent, out.size - sent);

                if (n <= 0)
                        return 1;
                sent += (size_t)n;
        }
        return 0;
}
