/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-hold: the static helper of layer 1, run by udev for each USB device that comes or goes, in
 * the initramfs too, and by the package's scripts. Only the command line is handled here. It never
 * talks to guardd and never waits for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/guard-names.h"
#include "udev/hold/handle.h"
#include "udev/hold/pins-scan.h"

static unsigned
number(const char *text)
{
        return (unsigned)strtoul(text, NULL, 10); /* "003" as udev has it */
}

static int
run_add(int root, int argc, char **argv)
{
        return hold_handle_add(root, argv[0], argc > 2 ? number(argv[2]) : 0, true);
}

static int
run_remove(int root, int argc, char **argv)
{
        (void)argc;
        return hold_handle_remove(root, number(argv[0]), number(argv[1]));
}

static int
run_coldplug(int root, int argc, char **argv)
{
        (void)argc;
        (void)argv;
        return hold_handle_coldplug(root);
}

static int
run_sweep(int root, int argc, char **argv)
{
        (void)argc;
        (void)argv;
        return hold_handle_sweep(root);
}

static int
run_release_all(int root, int argc, char **argv)
{
        (void)argc;
        (void)argv;
        return hold_handle_release_all(root);
}

static int
run_pins(int root, int argc, char **argv)
{
        return hold_pins_write(root, argc > 0 ? argv[0] : NULL);
}

static const struct {
        const char *name;
        int min, max;
        int (*run)(int root, int argc, char **argv);
        const char *usage;
} modes[] = {
        {"add", 1, 3, run_add, "add DEVPATH [BUSNUM DEVNUM]"},
        {"remove", 2, 2, run_remove, "remove BUSNUM DEVNUM"},
        {"coldplug", 0, 0, run_coldplug, "coldplug"},
        {"sweep", 0, 0, run_sweep, "sweep"},
        {"release-all", 0, 0, run_release_all, "release-all"},
        {"pins", 0, 1, run_pins, "pins [FILE]"},
};

static int
usage(void)
{
        fprintf(stderr, "usage:\n");
        for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
                fprintf(stderr, "  guard-hold %s\n", modes[i].usage);
        return 2;
}

int
main(int argc, char **argv)
{
        const char *sysroot = "/";
        int root;

        argv++;
        argc--;
        if (argc > 0 && strncmp(argv[0], "--sysroot=", 10) == 0) { /* for tests */
                sysroot = argv[0] + 10;
                argv++;
                argc--;
        }
        for (size_t i = 0; argc > 0 && i < sizeof modes / sizeof *modes; i++) {
                if (strcmp(argv[0], modes[i].name) != 0)
                        continue;
                if (argc - 1 < modes[i].min || argc - 1 > modes[i].max)
                        return usage();
                root = open(sysroot, O_PATH | O_DIRECTORY | O_CLOEXEC);
                if (root < 0) {
                        fprintf(stderr, "%s: %s\n", sysroot, strerror(errno));
                        return 1;
                }
                return modes[i].run(root, argc - 1, argv + 1);
        }
        return usage();
}
