/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "udev/ask/shield.h"
#include <string.h>
#include <unistd.h>
#include "udev/ask/layers.h"
#include "udev/hold/pins-scan.h"

static enum shield_access
of_verdict(enum ask_verdict verdict, bool is_char)
{
        if (verdict == ASK_ADMIT)
                return SHIELD_WRITE;
        /* a raw node writes whatever it was opened for */
        return verdict == ASK_READ_ONLY && !is_char ? SHIELD_READ : SHIELD_NONE;
}

static enum ask_verdict
verdict_named(const char *name)
{
        for (unsigned i = 0; i < ASK_N_VERDICTS; i++)
                if (strcmp(ask_verdict_to_string((enum ask_verdict)i), name) == 0)
                        return (enum ask_verdict)i;
        return ASK_HOLD;
}

/* dm and md stand on something, or have no table yet. */
static bool
is_layered(const char *name)
{
        return strncmp(name, "dm-", 3) == 0 || strncmp(name, "md", 2) == 0;
}

static bool
stands_on_nothing_yet(int root, const char *name)
{
        struct hold_system_disks below;

        if (!is_layered(name))
                return false;
        hold_disks_below(root, name, &below);
        return below.n == 0 || (below.n == 1 && strcmp(below.list[0].name, name) == 0);
}

enum shield_access
ask_shield_access(int root, const char *devpath, const char *verdict, struct ask_target *target)
{
        struct ask_answer answer = {ASK_HOLD, "none"};

        memset(target, 0, sizeof *target);
        if (!ask_target_find(root, devpath, target)) /* a raw node without its disk: by what carries it */
                return ask_disk_is_guarded(root, devpath) ? SHIELD_NONE : SHIELD_WRITE;
        if (verdict && *verdict)
                return of_verdict(verdict_named(verdict), ask_is_raw_node(devpath));
        if (ask_layers(root, target->name, &answer))
                return of_verdict(answer.verdict, ask_is_raw_node(devpath));
        if (stands_on_nothing_yet(root, target->name))
                return SHIELD_NONE;
        if (!ask_disk_is_guarded(root, target->path) || ask_is_system_disk(root, target->name, target->path))
                return SHIELD_WRITE;
        (void)ask_verdict_read(root, target, &answer);
        return of_verdict(answer.verdict, ask_is_raw_node(devpath));
}

bool
ask_shield_tell(int root, const char *action, const char *devpath, unsigned major, unsigned minor, const char *verdict)
{
        enum shield_access access = SHIELD_NONE;
        int map = hold_shield_open(root);
        struct ask_target target;
        bool told;

        if (map < 0)
                return true;
        if (strcmp(action, "remove") != 0)
                access = ask_shield_access(root, devpath, verdict, &target);
        told = hold_shield_set(map, major, minor, ask_is_raw_node(devpath), access, 0);
        close(map);
        return told;
}
