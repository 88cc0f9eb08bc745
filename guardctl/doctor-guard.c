/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * doctor: the guard's own files: level, policy, keys, registry, ledger, unit.
 */
#include <errno.h>
#include <inttypes.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/guard-conf-dir.h"
#include "common/guard-conf.h"
#include "common/guard-host.h"
#include "common/guard-names.h"
#include "guardctl/doctor.h"
#include "ledger/ledger.h"
#include "registry/registry.h"
#include "rules/policy.h"

static void
look_host(GuardctlDoctor *doctor)
{
        g_autofree char *vendor = guardctl_doctor_path(doctor, GUARD_HOST_CONF_VENDOR), *etc = guardctl_doctor_path(doctor, GUARD_HOST_CONF);
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardHost) host = guard_host_load(vendor, etc, &error);

        if (host->level == GUARD_LEVEL_UNKNOWN)
                guardctl_find(doctor, GUARD_SEVERITY_CRITICAL, _("Correct that line; guardd reads the file again by itself."),
                              _("This machine's level is not known, so that every drive is refused: %s"), error ? error->message : "?");
        else if (access(etc, F_OK) != 0)
                guardctl_find(doctor, GUARD_SEVERITY_NOTICE,
                              _("Write level, unit and contact of this machine into /etc/baomi-guard/host.conf, even where the level is none."),
                              _("This machine still has the vendor's host.conf (level %s, nobody to call)"), guard_level_to_string(host->level));
}

static void
look_policy(GuardctlDoctor *doctor)
{
        g_autofree char *vendor = guardctl_doctor_path(doctor, GUARD_POLICY_DIR_VENDOR), *etc = guardctl_doctor_path(doctor, GUARD_POLICY_DIR);
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GuardPolicy) policy = NULL;
        g_autofree GuardPolicyText *list = NULL;
        GError *error = NULL;
        g_autoptr(GPtrArray) texts = guard_conf_dir_load(vendor, etc, &error);

        if (error)
                g_ptr_array_add(errors, error);
        list = g_new0(GuardPolicyText, (texts ? texts->len : 0) + 1);
        for (guint i = 0; texts && i < texts->len; i++) {
                const GuardConfText *text = texts->pdata[i];

                list[i] = (GuardPolicyText){text->name, text->text, text->size};
        }
        if (texts)
                policy = guard_policy_new_from_texts(list, texts->len, errors);
        for (guint i = 0; i < errors->len; i++)
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("Correct it; until then the last good policy is in use. 'guardctl policy check' tries it."),
                              _("The policy is broken: %s"), ((GError *)errors->pdata[i])->message);
        if (policy && guard_policy_observes(policy))
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("Take mode=observe out when the trial is over."),
                              _("The policy only observes: its refusals are recorded and not enforced"));
}

static void
look_keys(GuardctlDoctor *doctor)
{
        g_autoptr(GPtrArray) names = guardctl_doctor_names(doctor, GUARD_KEYS_DIR, ".pem");

        if (names->len == 0)
                guardctl_find(doctor, GUARD_SEVERITY_WARNING,
                              _("Put the coordination group's public key into /etc/baomi-guard/keys.d, then 'guardctl registry install FILE'."),
                              _("No key is trusted: no registry can be installed, and no classified drive is known here"));
        for (guint i = 0; i < names->len; i++) {
                g_autofree char *full = guardctl_doctor_path(doctor, names->pdata[i]);
                struct stat st;

                if (stat(full, &st) == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)))
                        guardctl_find(doctor, GUARD_SEVERITY_CRITICAL, _("chmod 0644, and compare the key with the coordination group's."),
                                      _("%s can be changed by others than root"), (char *)names->pdata[i]);
        }
}

static void
look_registry(GuardctlDoctor *doctor)
{
        g_autofree char *db = guardctl_doctor_path(doctor, GUARD_REGISTRY_DB), *keys = guardctl_doctor_path(doctor, GUARD_KEYS_DIR);
        g_autofree char *sequence = guardctl_doctor_path(doctor, GUARD_REGISTRY_SEQUENCE);
        gint64 now = g_get_real_time();
        g_autoptr(GuardRegistry) registry = NULL;
        const GuardRegistryInfo *info;

        if (access(db, R_OK) != 0 && errno == EACCES)
                return; /* not root: said at the end */
        registry = guard_registry_open(db, keys, sequence, now);
        info = guard_registry_info(registry, now);
        switch (info->state) {
        case GUARD_REGISTRY_GOOD:
                if (info->expires_us - now < 7 * G_TIME_SPAN_DAY)
                        guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("Ask the coordination group for a new one."),
                                      _("The registry expires within a week"));
                return;
        case GUARD_REGISTRY_ABSENT:
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("guardctl registry install FILE, with the file of the coordination group."),
                              _("No registry was ever installed: no classified drive is known here"));
                return;
        default:
                guardctl_find(doctor, GUARD_SEVERITY_CRITICAL, _("Install a valid one: guardctl registry install FILE."), _("The registry is %s: %s"),
                              guard_registry_state_to_string(info->state), info->why ? info->why : "-");
        }
}

static void
look_ledger(GuardctlDoctor *doctor)
{
        g_autofree char *db = guardctl_doctor_path(doctor, GUARD_LEDGER_DB), *head = guardctl_doctor_path(doctor, GUARD_LEDGER_HEAD);
        GuardLedgerCheck check = {0};
        g_autoptr(GError) error = NULL;

        if (access(db, R_OK) != 0) {
                if (errno == ENOENT && access(head, F_OK) == 0)
                        guardctl_find(doctor, GUARD_SEVERITY_CRITICAL, _("Keep the disk as it is and tell the auditor."), _("The ledger is gone; its head is still there"));
                return;
        }
        if (!guard_ledger_verify(db, head, NULL, &check, &error))
                guardctl_find(doctor, GUARD_SEVERITY_CRITICAL, _("Keep the file as it is and tell the auditor."), _("The ledger cannot be verified: %s"),
                              error->message);
        else if (!check.good)
                guardctl_find(doctor, GUARD_SEVERITY_CRITICAL, _("Keep the file as it is and tell the auditor; 'guardctl log verify' names the record."),
                              _("The ledger is damaged or was altered, first at record %" PRIu64 ": %s"), check.first_bad_seq, check.why ? check.why : "-");
        guard_ledger_check_clear(&check);
}

static void
look_unit(GuardctlDoctor *doctor)
{
        g_autofree char *mask = guardctl_doctor_path(doctor, "/etc/systemd/system/guardd.service");
        g_autofree char *target = g_file_read_link(mask, NULL);

        if (g_strcmp0(target, "/dev/null") == 0)
                guardctl_find(doctor, GUARD_SEVERITY_CRITICAL, _("systemctl unmask guardd && systemctl enable --now guardd"), _("guardd is masked: no drive is ever admitted, nothing is recorded"));
        else if (!guardctl_doctor_enabled(doctor, "guardd.service"))
                guardctl_find(doctor, GUARD_SEVERITY_CRITICAL, _("systemctl enable --now guardd"), _("guardd does not start by itself"));
}

static void
look_system_disks(GuardctlDoctor *doctor)
{
        g_autofree char *text = guardctl_doctor_read(doctor, GUARD_SYSTEM_DISKS_FILE);
        g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;

        for (guint i = 0; lines && lines[i]; i++)
                if (g_str_has_prefix(lines[i], "usb "))
                        guardctl_find(doctor, GUARD_SEVERITY_NOTICE, _("Where the system does not need that disk, take it out of fstab and run update-initramfs -u."),
                                      _("A system disk on USB is never held: %s"), lines[i] + strlen("usb "));
}

static void
look_host_secret(GuardctlDoctor *doctor)
{
        g_autofree char *path = guardctl_doctor_path(doctor, GUARD_HOST_SECRET);
        struct stat file;

        if (stat(path, &file) == 0 && (file.st_mode & 077) != 0)
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("chmod 0600 it, and have the desk renew the secret: guardctl station host renew"),
                              _("%s is readable by others than root: who has read it can answer this computer's requests for exceptions"),
                              GUARD_HOST_SECRET);
}

const GuardctlCheck guardctl_guard_checks[] = {
        {"guardd", look_unit},     {"host-conf", look_host},   {"policy", look_policy},             {"keys", look_keys},
        {"registry", look_registry}, {"updates", guardctl_doctor_look_at_updates}, {"ledger", look_ledger}, {"system-disks", look_system_disks},
        {"host-secret", look_host_secret},
        {NULL, NULL},
};
