/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * doctor: local rules of udev, udisks and polkit that loosen what the guard holds. They are an
 * administrator's right; that they are there must be seen.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "guardctl/doctor.h"

static const char *const guard_rules[] = {"59-baomi-guard-usb.rules", "59-baomi-guard-block.rules", "72-baomi-guard-late.rules"};

static void
look_masked(GuardctlDoctor *doctor)
{
        static const char *const vendor[] = {"/usr/lib/udev/rules.d", "/lib/udev/rules.d"};
        static const char *const over[] = {"/etc/udev/rules.d", "/run/udev/rules.d"};

        for (gsize i = 0; i < G_N_ELEMENTS(guard_rules); i++) {
                gboolean there = FALSE;

                for (gsize j = 0; j < G_N_ELEMENTS(vendor); j++) {
                        g_autofree char *file = g_strdup_printf("%s/%s", vendor[j], guard_rules[i]);

                        there = there || guardctl_doctor_exists(doctor, file);
                }
                if (!there)
                        guardctl_find(doctor, GUARD_SEVERITY_CRITICAL, _("Reinstall the package baomi-guard."), _("The udev rules %s are missing"),
                                      guard_rules[i]);
                for (gsize j = 0; j < G_N_ELEMENTS(over); j++) {
                        g_autofree char *file = g_strdup_printf("%s/%s", over[j], guard_rules[i]);

                        if (guardctl_doctor_exists(doctor, file))
                                guardctl_find(doctor, GUARD_SEVERITY_CRITICAL, _("Remove it and run udevadm control --reload."),
                                              _("%s takes the place of the guard's own rules"), file);
                }
        }
}

static void
visit_udev(GuardctlDoctor *doctor, const char *file, guint number, const char *line)
{
        static const struct {
                const char *what;
                const char *and; /* NULL: by itself */
        } signs[] = {
                {"BAOMI_", NULL},
                {"UDEV_DISABLE_PERSISTENT_STORAGE_RULES_FLAG", NULL},
                {"UDISKS_IGNORE", NULL},
                {"UDISKS_SYSTEM", NULL},
                {"UDISKS_AUTO", NULL},
                {"UDISKS_MOUNT_OPTIONS", NULL},
                {"ATTR{authorized", NULL},
                {"ATTR{authorized_default", NULL},
                {"MODE", "usb"},
                {"GROUP", "usb"},
                {"uaccess", "usb"},
                {"MODE", "\"block\""},
                {"GROUP", "\"block\""},
                {"uaccess", "\"block\""},
                {"MODE", "KERNEL==\"sd"},
                {"mount", "\"block\""},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
                if (!strstr(line, signs[i].what) || (signs[i].and && !strstr(line, signs[i].and)))
                        continue;
                guardctl_find(doctor, GUARD_SEVERITY_WARNING,
                              _("Read that rule; where it opens USB devices or disks to more than root, take it out and run udevadm control --reload."),
                              _("A local udev rule touches what the guard holds (%s:%u)"), file, number);
                return;
        }
}

static void
look_udev(GuardctlDoctor *doctor)
{
        static const char *const folders[] = {"/etc/udev/rules.d", "/run/udev/rules.d", "/usr/local/lib/udev/rules.d"};

        for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
                guardctl_doctor_lines(doctor, folders[i], ".rules", visit_udev);
}

static void
visit_polkit(GuardctlDoctor *doctor, const char *file, guint number, const char *line)
{
        static const char *const signs[] = {"org.baomiguard", "org.freedesktop.udisks2"};

        for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
                if (strstr(line, signs[i]))
                        guardctl_find(doctor, GUARD_SEVERITY_WARNING,
                                      _("Read that rule: it may let people without an administrator's password read the ledger or mount drives. "
                                        "Where it is the auditor's, leave it."),
                                      _("A local polkit rule decides about %s (%s:%u)"), signs[i], file, number);
}

static void
look_polkit(GuardctlDoctor *doctor)
{
        static const struct {
                const char *folder, *suffix;
        } places[] = {
                {"/etc/polkit-1/rules.d", ".rules"},
                {"/usr/local/share/polkit-1/rules.d", ".rules"},
                {"/etc/polkit-1/localauthority/50-local.d", ".pkla"},
                {"/etc/polkit-1/localauthority/90-mandatory.d", ".pkla"},
                {"/var/lib/polkit-1/localauthority/50-local.d", ".pkla"},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
                guardctl_doctor_lines(doctor, places[i].folder, places[i].suffix, visit_polkit);
}

static void
visit_mount_options(GuardctlDoctor *doctor, const char *file, guint number, const char *line)
{
        static const char *const loose[] = {"suid", "dev"};
        g_auto(GStrv) words = g_strsplit_set(line, "=, ", -1);

        if (!strstr(line, "defaults") && !strstr(line, "allow"))
                return;
        for (gsize i = 0; i < G_N_ELEMENTS(loose); i++)
                if (g_strv_contains((const char *const *)words, loose[i]))
                        guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("Take that option out and restart udisks2."),
                                      _("udisks may mount removable media with '%s' (%s:%u)"), loose[i], file, number);
}

static void
look_udisks(GuardctlDoctor *doctor)
{
        guardctl_doctor_lines(doctor, "/etc/udisks2", "mount_options.conf", visit_mount_options);
}

const GuardctlCheck guardctl_rules_checks[] = {
        {"udev-masked", look_masked}, {"udev-local", look_udev}, {"polkit-local", look_polkit}, {"udisks-options", look_udisks}, {NULL, NULL},
};
