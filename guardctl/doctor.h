/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The checks of guardctl doctor. Each looks at files below a root folder and nothing else, so that a
 * made-up root tries it; each says what is weak and what to do about it.
 */
#pragma once
#include "guardctl/guardctl.h"

G_BEGIN_DECLS

typedef struct {
        const char *key; /* of the check; stable, kebab-case */
        GuardSeverity severity;
        char *message, *remedy;
} GuardctlFinding;

typedef struct {
        const char *root;    /* "" on a real machine */
        GPtrArray *findings; /* of GuardctlFinding */
        const char *key;     /* of the check that runs */
} GuardctlDoctor;

typedef struct {
        const char *key;
        void (*look)(GuardctlDoctor *doctor);
} GuardctlCheck; /* tables end with a NULL key */

extern const GuardctlCheck guardctl_boot_checks[];   /* doctor-boot.c: kernel, initramfs, boot loader */
extern const GuardctlCheck guardctl_guard_checks[];  /* doctor-guard.c: the guard's own files */
extern const GuardctlCheck guardctl_system_checks[]; /* doctor-system.c: the machine around it */
extern const GuardctlCheck guardctl_rules_checks[];  /* doctor-rules.c: local rules that loosen */

/* doctor-initramfs.c: what is in the images that were built; part of the boot checks. */
void guardctl_doctor_look_into_initramfs(GuardctlDoctor *doctor);
/* doctor-update.c: whether new registries arrive; part of the guard checks. */
void guardctl_doctor_look_at_updates(GuardctlDoctor *doctor);

/* Runs every check below @root. Caller frees the array. */
GPtrArray *guardctl_doctor_look(const char *root);

/* For the checks. @remedy is copied. */
void guardctl_find(GuardctlDoctor *doctor, GuardSeverity severity, const char *remedy, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* Text of a file below the root, NULL where it cannot be read. Caller frees. */
char *guardctl_doctor_read(GuardctlDoctor *doctor, const char *path);
gboolean guardctl_doctor_exists(GuardctlDoctor *doctor, const char *path);
/* Full path below the root; caller frees. */
char *guardctl_doctor_path(GuardctlDoctor *doctor, const char *path);
/* Is the unit of that name linked into a target, below /etc or /usr/lib? */
gboolean guardctl_doctor_enabled(GuardctlDoctor *doctor, const char *unit);
/* Paths (without the root) of the files in @folder with @suffix, sorted. Caller frees. */
GPtrArray *guardctl_doctor_names(GuardctlDoctor *doctor, const char *folder, const char *suffix);
/* Calls @visit for each line of each file in @folder with @suffix: comments and blank lines left out. */
typedef void (*GuardctlLine)(GuardctlDoctor *doctor, const char *file, guint number, const char *line);
void guardctl_doctor_lines(GuardctlDoctor *doctor, const char *folder, const char *suffix, GuardctlLine visit);

G_END_DECLS
