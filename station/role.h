/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who may do what at the desk, after 三员分立: system administrator, security administrator,
 * auditor. A pure table; whose groups are asked is the caller's matter.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef enum {
        GUARD_ROLE_ADMIN = 1 << 0,    /* 系统管理员: makes the book, says how it is kept */
        GUARD_ROLE_SECURITY = 1 << 1, /* 安全保密管理员: edits and publishes */
        GUARD_ROLE_AUDIT = 1 << 2,    /* 安全审计员: reads, verifies; never writes */
} GuardRole;

#define GUARD_GROUP_ADMIN "baomi-admin"
#define GUARD_GROUP_SECURITY "baomi-security"
#define GUARD_GROUP_AUDIT "baomi-audit"

typedef enum {
        GUARD_ROLES_OFF = 0, /* whoever may write the file is the desk */
        GUARD_ROLES_ON,      /* roles by groups; root does what the first two may */
        GUARD_ROLES_STRICT,  /* root is a system administrator and no more */
} GuardRolesMode;

/* Things to do that need a role; the verbs of guardctl station. */
typedef enum {
        GUARD_DUTY_SET_UP = 0, /* init, roles */
        GUARD_DUTY_EDIT,       /* enrol, the steps, edit, import, computers, stock-take */
        GUARD_DUTY_SECRET,     /* a computer's secret, the keys */
        GUARD_DUTY_PUBLISH,
        GUARD_DUTY_READ,  /* list, show, export */
        GUARD_DUTY_AUDIT, /* history, verify */
        GUARD_N_DUTIES
} GuardDuty;

/* Mask of GuardRole out of group names (NULL-terminated). Pure. */
guint guard_roles_from_groups(const char *const *groups);
#define GUARD_ROLE_ROOT (1u << 3) /* in a mask of roles: this is root */
/* Those of this process's groups, and GUARD_ROLE_ROOT. */
guint guard_roles_of_process(void);
/* GUARD_ERROR_DENIED says which group is needed, or that an auditor may be nothing else. Pure. */
gboolean guard_role_check(GuardRolesMode mode, guint roles, GuardDuty duty, GError **error);
const char *guard_roles_mode_to_string(GuardRolesMode mode); /* off on strict */
gboolean guard_roles_mode_from_string(const char *name, GuardRolesMode *mode);

G_END_DECLS
