/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * doctor: the machine around the guard: who may read disks, what mounts by itself, whether records
 * leave a trace elsewhere.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "guardctl/doctor.h"
#include "common/guard-shield.h"

/* Who has the group of number @gid for his first one; appended to @members, with commas. */
static void
add_first_group(GuardctlDoctor *doctor, const char *gid, GString *members)
{
        g_autofree char *text = guardctl_doctor_read(doctor, "/etc/passwd");
        g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;

        for (guint i = 0; lines && lines[i]; i++) {
                g_auto(GStrv) fields = g_strsplit(lines[i], ":", 7);

                if (g_strv_length(fields) >= 4 && g_str_equal(fields[3], gid))
                        g_string_append_printf(members, "%s%s", members->len > 0 ? "," : "", fields[0]);
        }
}

/* Everybody in @group, by /etc/group and by /etc/passwd. Caller frees. */
static char *
members_of(GuardctlDoctor *doctor, const char *group)
{
        g_autofree char *text = guardctl_doctor_read(doctor, "/etc/group");
        g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;
        GString *members = g_string_new(NULL);

        for (guint i = 0; lines && lines[i]; i++) {
                g_auto(GStrv) fields = g_strsplit(lines[i], ":", 4);

                if (g_strv_length(fields) != 4 || !g_str_equal(fields[0], group))
                        continue;
                g_string_append(members, fields[3]);
                add_first_group(doctor, fields[2], members);
        }
        return g_string_free(members, FALSE);
}

#define TAKE_OUT _("Take them out: gpasswd -d USER GROUP, or usermod -g for a first group.")

static void
look_groups(GuardctlDoctor *doctor)
{
        static const char *const groups[] = {"disk", "floppy"};

        for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
                g_autofree char *members = members_of(doctor, groups[i]);

                if (*members)
                        guardctl_find(doctor, GUARD_SEVERITY_WARNING, TAKE_OUT,
                                      _("In group %s, which reads and writes whole disks past every check: %s"), groups[i], members);
        }
}

/* What the lock's proof rests on: nobody else feeds the input devices, and there is a last means. */
static void
look_input_group(GuardctlDoctor *doctor)
{
        g_autofree char *members = members_of(doctor, "input");

        if (*members)
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, TAKE_OUT,
                              _("In group input, whose members can pretend to type, so that no screen is locked: %s"), members);
}

static void
look_console_lock(GuardctlDoctor *doctor)
{
        gboolean desktop = guardctl_doctor_exists(doctor, "/usr/share/xsessions") ||
                           guardctl_doctor_exists(doctor, "/usr/share/wayland-sessions");

        if (desktop && !guardctl_doctor_exists(doctor, "/usr/bin/physlock"))
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("apt install physlock"),
                              _("There is no physlock: where the desktop does not lock the screen, nothing does"));
}

static gboolean
has_option(const char *options, const char *const *wanted)
{
        g_auto(GStrv) list = g_strsplit(options, ",", -1);

        for (guint i = 0; list[i]; i++)
                if (g_strv_contains(wanted, list[i]))
                        return TRUE;
        return FALSE;
}

static void
visit_fstab(GuardctlDoctor *doctor, const char *file, guint number, const char *line)
{
        static const char *const by_user[] = {"user", "users", "owner", "group", NULL};
        static const char *const waits_not[] = {"noauto", "nofail", NULL};
        g_autofree char *even = g_strdelimit(g_strdup(line), "\t", ' ');
        g_auto(GStrv) all = g_strsplit(even, " ", -1);
        g_autoptr(GPtrArray) fields = g_ptr_array_new();
        const char *source, *options;

        for (guint i = 0; all[i]; i++)
                if (*all[i])
                        g_ptr_array_add(fields, all[i]);
        if (fields->len < 4)
                return;
        source = fields->pdata[0];
        options = fields->pdata[3];
        if (has_option(options, by_user))
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("Take the option out; admitted drives are mounted by the desktop without it."),
                              _("%s:%u lets people without privileges mount %s"), file, number, source);
        if (strstr(source, "/by-id/usb-") && !has_option(options, waits_not))
                guardctl_find(doctor, GUARD_SEVERITY_WARNING,
                              _("Where the system does not need it, add nofail,noauto, so that it is guarded like any other drive."),
                              _("%s:%u makes a USB drive a system disk, which is never held: %s"), file, number, source);
}

static void
look_fstab(GuardctlDoctor *doctor)
{
        guardctl_doctor_lines(doctor, "/etc", "fstab", visit_fstab);
}

static void
look_audit(GuardctlDoctor *doctor)
{
        if (!guardctl_doctor_exists(doctor, "/sbin/auditd") && !guardctl_doctor_exists(doctor, "/usr/sbin/auditd"))
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("Install auditd (apt install auditd), so that a second record is kept that ausearch reads."),
                              _("There is no auditd: the guard's audit records are kept nowhere but in the kernel log"));
        else if (!guardctl_doctor_enabled(doctor, "auditd.service"))
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("systemctl enable --now auditd"), _("auditd is installed and does not start by itself"));
}

/* The last "Storage=" in @text, or @storage as it was. */
static char *
storage_of(const char *text, char *storage)
{
        g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;

        for (guint i = 0; lines && lines[i]; i++) {
                const char *line = g_strstrip(lines[i]);

                if (g_str_has_prefix(line, "Storage=")) {
                        g_free(storage);
                        storage = g_strdup(line + strlen("Storage="));
                }
        }
        return storage;
}

/* Drop-ins count over the file; which of several wins is their order. */
static char *
journal_storage(GuardctlDoctor *doctor)
{
        g_autofree char *main_file = guardctl_doctor_read(doctor, "/etc/systemd/journald.conf");
        g_autoptr(GPtrArray) names = guardctl_doctor_names(doctor, "/etc/systemd/journald.conf.d", ".conf");
        char *storage = storage_of(main_file, g_strdup("auto"));

        for (guint i = 0; i < names->len; i++) {
                g_autofree char *text = guardctl_doctor_read(doctor, names->pdata[i]);

                storage = storage_of(text, storage);
        }
        return storage;
}

static void
look_journal(GuardctlDoctor *doctor)
{
        gboolean folder = guardctl_doctor_exists(doctor, "/var/log/journal");
        g_autofree char *storage = journal_storage(doctor);

        if (g_str_equal(storage, "volatile") || g_str_equal(storage, "none") || (g_str_equal(storage, "auto") && !folder))
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("mkdir -p /var/log/journal, set Storage=persistent in journald.conf, restart systemd-journald."),
                              _("The journal is not kept over a restart (Storage=%s)"), storage);
}

static void
look_usbguard(GuardctlDoctor *doctor)
{
        if (guardctl_doctor_enabled(doctor, "usbguard.service"))
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("Let one of the two decide: systemctl disable --now usbguard."),
                              _("usbguard is active too: it authorises devices that this guard holds, or the other way round"));
}

static void
look_vendor_control(GuardctlDoctor *doctor)
{
        static const char *const paths[] = {"/usr/sbin/ksc-defender", "/usr/bin/ksaf-manager", "/etc/kysec", "/usr/lib/deepin-daemon/dde-system-daemon-usec"};
        g_autoptr(GuardHost) host = guardctl_host(doctor->root, NULL);
        gboolean found = FALSE;

        for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
                if (!guardctl_doctor_exists(doctor, paths[i]))
                        continue;
                found = TRUE;
                guardctl_find(doctor, GUARD_SEVERITY_NOTICE, _("Nothing to do; where a drive is refused and this guard has no record of it, look there."),
                                      _("This system has a device control of its own (%s)"), paths[i]);
        }
        if (!found && host->level > GUARD_LEVEL_NONE)
                guardctl_find(doctor, GUARD_SEVERITY_NOTICE,
                              _("The rules ask for the approved protection system for computers and mobile storage there (三合一); this guard "
                                "stands beside it and does not replace it. Where it is installed and not known to this program, nothing needs doing."),
                              _("This is a computer for classified work, and no 三合一 was recognised on it"));
}

static void
look_shield(GuardctlDoctor *doctor)
{
        g_autofree char *lsm = guardctl_doctor_read(doctor, "/sys/kernel/security/lsm");

        if (guardctl_doctor_exists(doctor, SHIELD_DOOR)) {
                if (lsm && !strstr(lsm, "bpf"))
                        guardctl_find(doctor, GUARD_SEVERITY_NOTICE, _("Add bpf to the list in lsm= on the kernel command line, and start the machine anew."),
                                      _("The kernel shield is in force; but without BPF LSM root can make a read-only drive writable"));
                return;
        }
        if (guardctl_doctor_exists(doctor, SHIELD_NEEDS))
                guardctl_find(doctor, GUARD_SEVERITY_NOTICE, _("systemctl enable --now baomi-guard-shield"),
                              _("The kernel shield is not switched on: root can open and mount a quarantined disk"));
        else
                guardctl_find(doctor, GUARD_SEVERITY_NOTICE,
                              _("Give root only to those who may switch the guard off; review the ledger and the audit log."),
                              _("This kernel has no type information (BTF), which the shield needs: root can open and mount a quarantined disk"));
}

const GuardctlCheck guardctl_system_checks[] = {
        {"disk-group", look_groups}, {"input-group", look_input_group}, {"console-lock", look_console_lock}, {"fstab", look_fstab},       {"auditd", look_audit},           {"journal", look_journal},
        {"usbguard", look_usbguard}, {"shield", look_shield}, {"vendor-control", look_vendor_control}, {NULL, NULL},
};
