/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The grades of a lock.
 */
#include "rules/presence-proof.h"
#include <string.h>

const GuardLocker guard_lockers[] = {
        {"/usr/bin/light-locker", GUARD_LOCKER_GREETER, NULL},
        {"/usr/bin/gnome-shell", GUARD_LOCKER_DESKTOP, NULL},
        {"/usr/bin/kwin_wayland", GUARD_LOCKER_DESKTOP, NULL},
        {"/usr/bin/cinnamon-screensaver", GUARD_LOCKER_CLAIM, NULL},
        {"/usr/bin/mate-screensaver", GUARD_LOCKER_CLAIM, "/usr/bin/mate-screensaver"},
        {"/usr/bin/xfce4-screensaver", GUARD_LOCKER_CLAIM, "/usr/bin/xfce4-screensaver"},
        {"/usr/bin/xscreensaver", GUARD_LOCKER_CLAIM, NULL},
        {"/usr/bin/ukui-screensaver-dialog", GUARD_LOCKER_CLAIM, NULL},
        {"/usr/bin/dde-lock", GUARD_LOCKER_CLAIM, NULL},
        {"/usr/lib*/libexec/kscreenlocker_greet", GUARD_LOCKER_ITSELF, NULL},
        {"/usr/libexec/kscreenlocker_greet", GUARD_LOCKER_ITSELF, NULL},
        {"/usr/bin/xsecurelock", GUARD_LOCKER_ITSELF, "/usr/bin/xsecurelock"},
        {"/usr/bin/i3lock", GUARD_LOCKER_ITSELF, "/usr/bin/i3lock"},
        {"/usr/bin/swaylock", GUARD_LOCKER_ITSELF, NULL},
        {"/usr/bin/slock", GUARD_LOCKER_ITSELF, NULL},
        {NULL, GUARD_LOCKER_ITSELF, NULL},
};

static const GuardLocker other = {"", GUARD_LOCKER_ITSELF, NULL};

const GuardLocker *
guard_locker_find(const char *path, char *const *more)
{
        for (const GuardLocker *locker = guard_lockers; locker->path != NULL; locker++)
                if (g_pattern_match_simple(locker->path, path))
                        return locker;
        for (guint n = 0; more != NULL && more[n] != NULL; n++)
                if (strcmp(more[n], path) == 0)
                        return &other;
        return NULL;
}

typedef struct {
        const GuardLockerFound *by_kind[GUARD_LOCKER_ITSELF + 1];
        const GuardLockerFound *untrusted;
} Found;

static Found
sort_out(const GArray *array)
{
        Found found = {{NULL}, NULL};
        for (guint n = 0; array != NULL && n < array->len; n++) {
                const GuardLockerFound *one = &g_array_index(array, GuardLockerFound, n);
                if (one->trusted)
                        found.by_kind[one->locker->kind] = one;
                else
                        found.untrusted = one;
        }
        return found;
}

static GuardProof
proven(GuardProof proof, const char *how, const GuardLockerFound *by, char **evidence, gint *pid)
{
        const char *name = by != NULL ? strrchr(by->locker->path, '/') : NULL;
        *pid = by != NULL ? by->pid : 0;
        *evidence = by != NULL ? g_strdup_printf("%s, %s (pid %d)", how,
                                                 name != NULL ? name + 1 : "locker", by->pid)
                               : g_strdup(how);
        return proof;
}

static GuardProof
missing(const GuardLockFacts *facts, const Found *found, char **evidence)
{
        if (facts->physlock)
                *evidence = g_strdup("physlock runs, but another console is in front");
        else if (facts->greeter)
                *evidence = g_strdup("a greeter is shown, but no locker covers the session");
        else if (facts->hint || facts->agent_locked)
                *evidence = g_strdup(
                        found->untrusted != NULL
                                ? "said to be locked, by a locker that is not to be trusted"
                                : "said to be locked, but no locker runs");
        else
                *evidence = g_strdup("nothing says that it is locked");
        return GUARD_PROOF_NONE;
}

GuardProof
guard_lock_proof(const GuardLockFacts *facts, char **evidence, gint *pid)
{
        Found found = sort_out(facts->found);
        const GuardLockerFound *greets = found.by_kind[GUARD_LOCKER_GREETER];
        const GuardLockerFound *desktop = found.by_kind[GUARD_LOCKER_DESKTOP];
        const GuardLockerFound *claims = desktop != NULL ? desktop : found.by_kind[GUARD_LOCKER_CLAIM];
        const GuardLockerFound *itself = found.by_kind[GUARD_LOCKER_ITSELF];

        *pid = 0;
        if (facts->physlock && facts->physlock_front)
                return proven(GUARD_PROOF_STRONG, "physlock on the console in front", NULL,
                              evidence, pid);
        if (facts->greeter && greets != NULL)
                return proven(GUARD_PROOF_STRONG, "greeter on the seat", greets, evidence, pid);
        if (desktop != NULL && facts->hint)
                return proven(GUARD_PROOF_CORROBORATED, "LockedHint", desktop, evidence, pid);
        if (claims != NULL && facts->agent_locked)
                return proven(GUARD_PROOF_CORROBORATED, "the desktop says so", claims, evidence,
                              pid);
        if (itself != NULL)
                return proven(GUARD_PROOF_CORROBORATED, "locker runs", itself, evidence, pid);
        return missing(facts, &found, evidence);
}
