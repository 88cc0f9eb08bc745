/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of duties and roles, the groups of this process, and the book's mode.
 */
#include "station/role.h"

#include <grp.h>
#include <string.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>

#include "station/book.h"

static const struct {
        const char *group;
        GuardRole role;
} groups[] = {
        {GUARD_GROUP_ADMIN, GUARD_ROLE_ADMIN},
        {GUARD_GROUP_SECURITY, GUARD_ROLE_SECURITY},
        {GUARD_GROUP_AUDIT, GUARD_ROLE_AUDIT},
};

static const struct {
        guint roles; /* any of them */
        const char *what, *needs;
} duties[GUARD_N_DUTIES] = {
        [GUARD_DUTY_SET_UP] = {GUARD_ROLE_ADMIN, N_("Setting up the register"), GUARD_GROUP_ADMIN},
        [GUARD_DUTY_EDIT] = {GUARD_ROLE_SECURITY, N_("Changing the register"),
                             GUARD_GROUP_SECURITY},
        [GUARD_DUTY_SECRET] = {GUARD_ROLE_SECURITY, N_("Handling keys and secrets"),
                               GUARD_GROUP_SECURITY},
        [GUARD_DUTY_PUBLISH] = {GUARD_ROLE_SECURITY, N_("Publishing"), GUARD_GROUP_SECURITY},
        [GUARD_DUTY_READ] = {GUARD_ROLE_SECURITY | GUARD_ROLE_AUDIT, N_("Reading the register"),
                             GUARD_GROUP_SECURITY ", " GUARD_GROUP_AUDIT},
        [GUARD_DUTY_AUDIT] = {GUARD_ROLE_SECURITY | GUARD_ROLE_AUDIT, N_("Reading the history"),
                              GUARD_GROUP_SECURITY ", " GUARD_GROUP_AUDIT},
};

static const char *const modes[] = {
        [GUARD_ROLES_OFF] = "off", [GUARD_ROLES_ON] = "on", [GUARD_ROLES_STRICT] = "strict"};

guint
guard_roles_from_groups(const char *const *names)
{
        guint roles = 0;

        for (; names != NULL && *names != NULL; names++) {
                for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
                        if (strcmp(groups[i].group, *names) == 0)
                                roles |= groups[i].role;
                }
        }
        return roles;
}

guint
guard_roles_of_process(void)
{
        int n = getgroups(0, NULL);
        g_autofree gid_t *ids = g_new0(gid_t, (gsize)MAX(n, 0) + 1);
        const char *present[G_N_ELEMENTS(groups) + 1] = {NULL};
        gsize found = 0;

        n = getgroups(MAX(n, 0), ids);
        for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
                const struct group *group = getgrnam(groups[i].group);
                gboolean has = group != NULL && group->gr_gid == getegid();

                for (int k = 0; group != NULL && k < n; k++)
                        has = has || ids[k] == group->gr_gid;
                if (has)
                        present[found++] = groups[i].group;
        }
        return guard_roles_from_groups(present) | (geteuid() == 0 ? GUARD_ROLE_ROOT : 0);
}

/* What root counts as. */
static guint
effective(GuardRolesMode mode, guint roles)
{
        if ((roles & GUARD_ROLE_ROOT) == 0 || (roles & GUARD_ROLE_AUDIT) != 0)
                return roles;
        return roles | GUARD_ROLE_ADMIN | (mode == GUARD_ROLES_ON ? GUARD_ROLE_SECURITY : 0);
}

gboolean
guard_role_check(GuardRolesMode mode, guint roles, GuardDuty duty, GError **error)
{
        g_return_val_if_fail((guint)duty < GUARD_N_DUTIES, FALSE);
        if (mode == GUARD_ROLES_OFF)
                return TRUE;
        roles = effective(mode, roles);
        if ((roles & GUARD_ROLE_AUDIT) != 0 &&
            (roles & (GUARD_ROLE_ADMIN | GUARD_ROLE_SECURITY)) != 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_DENIED,
                            _("You are an auditor (%s) and an administrator at once, which nobody "
                              "may be; have yourself removed from one of the groups"),
                            GUARD_GROUP_AUDIT);
                return FALSE;
        }
        if ((roles & duties[duty].roles) != 0)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_DENIED,
                    _("%s is for members of the group %s, and you are not one of them"),
                    _(duties[duty].what), duties[duty].needs);
        return FALSE;
}

const char *
guard_roles_mode_to_string(GuardRolesMode mode)
{
        return (guint)mode < G_N_ELEMENTS(modes) ? modes[mode] : "?";
}

gboolean
guard_roles_mode_from_string(const char *name, GuardRolesMode *mode)
{
        for (guint i = 0; name != NULL && i < G_N_ELEMENTS(modes); i++) {
                if (strcmp(modes[i], name) != 0)
                        continue;
                *mode = (GuardRolesMode)i;
                return TRUE;
        }
        return FALSE;
}

gboolean
guard_station_get_roles(GuardStation *station, GuardRolesMode *mode, GError **error)
{
        gint64 value;

        if (!guard_book_number(station, GUARD_ROLES_OFF, &value, error,
                               "SELECT value FROM desk WHERE key='roles'", NULL))
                return FALSE;
        /* what nobody knows is taken for the strictest */
        *mode = value >= GUARD_ROLES_OFF && value <= GUARD_ROLES_STRICT ? (GuardRolesMode)value
                                                                        : GUARD_ROLES_STRICT;
        return TRUE;
}

gboolean
guard_station_may(GuardStation *station, guint roles, GuardDuty duty, GError **error)
{
        GuardRolesMode mode;

        return guard_station_get_roles(station, &mode, error) &&
               guard_role_check(mode, roles, duty, error);
}

gboolean
guard_station_set_roles(GuardStation *station, GuardRolesMode mode, const GuardAct *act,
                        GError **error)
{
        GuardRolesMode old = GUARD_ROLES_OFF;
        g_autofree char *before = NULL, *after = NULL;
        gboolean ok;

        if (!guard_book_check_reason("roles", act, error) ||
            !guard_role_check(mode, act->roles, GUARD_DUTY_SET_UP, error) ||
            !guard_book_begin(station, act, GUARD_DUTY_SET_UP, error))
                return FALSE;
        ok = guard_station_get_roles(station, &old, error);
        before = g_strdup_printf("{\"roles\":\"%s\"}", guard_roles_mode_to_string(old));
        after = g_strdup_printf("{\"roles\":\"%s\"}", guard_roles_mode_to_string(mode));
        ok = ok &&
             guard_book_run(station, error, "INSERT OR REPLACE INTO desk VALUES('roles',?1)", "i",
                            (gint64)mode) &&
             guard_book_append_history(station, NULL, "roles", before, after, act, error);
        return guard_book_end(station, ok, error);
}
