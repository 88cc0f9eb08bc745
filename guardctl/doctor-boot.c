/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * doctor: from power-on to the first udev rule. The USB hold counts from there or not at all.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "common/guard-names.h"
#include "guardctl/doctor.h"

static gboolean
has_word(const char *text, const char *word)
{
        g_auto(GStrv) words = text ? g_strsplit_set(text, " \t\n", -1) : NULL;

        return words && g_strv_contains((const char *const *)words, word);
}

static void
look_cmdline(GuardctlDoctor *doctor)
{
        g_autofree char *cmdline = guardctl_doctor_read(doctor, "/proc/cmdline");

        if (has_word(cmdline, GUARD_CMDLINE_OFF))
                guardctl_find(doctor, GUARD_SEVERITY_CRITICAL,
                              _("Take it off in the boot loader's configuration and start the machine again."),
                              _("The escape hatch %s is on the kernel command line: only storage is still held"), GUARD_CMDLINE_OFF);
}

static void
look_default(GuardctlDoctor *doctor)
{
        g_autofree char *now = guardctl_doctor_read(doctor, "/sys/module/usbcore/parameters/authorized_default");

        if (now && *g_strstrip(now) != '0')
                guardctl_find(doctor, GUARD_SEVERITY_WARNING,
                              _("Start the machine again after the installation. If it stays so, usbcore is built into this kernel: add "
                                "usbcore.authorized_default=0 to the kernel command line."),
                              _("The kernel authorises new USB devices on new controllers by itself (authorized_default=%s)"), now);
}

static void
visit_modprobe(GuardctlDoctor *doctor, const char *file, guint number, const char *line)
{
        if (!strstr(line, "usbcore") || !strstr(line, "authorized_default=") || strstr(line, "authorized_default=0"))
                return;
        guardctl_find(doctor, GUARD_SEVERITY_CRITICAL, _("Take that line out and run update-initramfs -u."),
                      _("%s:%u opens the USB hold again"), file, number);
}

static void
look_modprobe(GuardctlDoctor *doctor)
{
        static const char *const files[] = {"/etc/modprobe.d/baomi-guard.conf", "/usr/lib/modprobe.d/baomi-guard.conf",
                                            "/lib/modprobe.d/baomi-guard.conf"};
        g_autofree char *text = NULL;

        /* The first of one name counts, as modprobe has it. */
        for (gsize i = 0; !text && i < G_N_ELEMENTS(files); i++)
                text = guardctl_doctor_read(doctor, files[i]);
        if (!text || !strstr(text, "authorized_default=0"))
                guardctl_find(doctor, GUARD_SEVERITY_CRITICAL, _("Reinstall the package baomi-guard; take away what masks the file in /etc/modprobe.d."),
                              _("The modprobe default that holds USB devices from the first moment is missing"));
        guardctl_doctor_lines(doctor, "/etc/modprobe.d", ".conf", visit_modprobe);
}

static void
look_initramfs(GuardctlDoctor *doctor)
{
        if (!guardctl_doctor_exists(doctor, "/usr/share/initramfs-tools/hooks"))
                return; /* another builder, or none */
        if (!guardctl_doctor_exists(doctor, "/usr/share/initramfs-tools/hooks/baomi-guard"))
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("Reinstall the package baomi-guard, then run update-initramfs -u -k all."),
                              _("The initramfs is built without the guard's hook: a drive plugged in before power-on may attach"));
        if (guardctl_doctor_exists(doctor, "/etc/initramfs-tools/hooks/baomi-guard"))
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("Remove it, then run update-initramfs -u -k all."),
                              _("/etc/initramfs-tools/hooks/baomi-guard takes the place of the guard's hook"));
        guardctl_doctor_look_into_initramfs(doctor);
}

static void
look_boot_loader(GuardctlDoctor *doctor)
{
        static const char *const menus[] = {"/boot/grub/grub.cfg", "/boot/grub2/grub.cfg"};
        static const char *const entries[] = {"/boot/loader/loader.conf", "/boot/efi/loader/loader.conf", "/efi/loader/loader.conf"};

        for (gsize i = 0; i < G_N_ELEMENTS(menus); i++) {
                g_autofree char *text = guardctl_doctor_read(doctor, menus[i]);

                if (text && (!strstr(text, "superusers=") || !strstr(text, "password")))
                        guardctl_find(doctor, GUARD_SEVERITY_WARNING,
                                      _("Set a superuser and a password (grub-mkpasswd-pbkdf2) in /etc/grub.d/40_custom, add --unrestricted to "
                                        "the menu entries that may be started, and run update-grub."),
                                      _("GRUB has no password: whoever stands at the machine can switch the guard off on the kernel command line"));
        }
        for (gsize i = 0; i < G_N_ELEMENTS(entries); i++) {
                g_autofree char *text = guardctl_doctor_read(doctor, entries[i]);
                g_autofree char *squeezed = text ? g_strdelimit(g_strdup(text), "\t", ' ') : NULL;

                if (text && !g_regex_match_simple("^ *editor +(no|0|off|false)", squeezed, G_REGEX_MULTILINE, 0))
                        guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("Write 'editor no' into it, and set a firmware password."),
                                      _("%s lets whoever stands at the machine change the kernel command line"), entries[i]);
        }
}

const GuardctlCheck guardctl_boot_checks[] = {
        {"escape-hatch", look_cmdline}, {"usb-default", look_default},        {"modprobe-default", look_modprobe},
        {"initramfs", look_initramfs},  {"boot-loader", look_boot_loader}, {NULL, NULL},
};
