/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * doctor: opens every initramfs that this machine can start with: is the USB hold in it, whole, and
 * with the system disks of today? Listed by initramfs-tools' own lsinitramfs, which knows each
 * compression and the microcode in front.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/guard-names.h"
#include "guardctl/doctor.h"

#define LISTER "/usr/bin/lsinitramfs"
#define SECONDS "120" /* a slow machine needs some; whoever waits longer waits for nothing */
#define BUILD_AGAIN N_("Run update-initramfs -u -k all and look again; what it warns of has to be put right first.")

/* Ends of names: with and without a merged /usr. */
static const char *const parts[] = {
        "/modprobe.d/baomi-guard.conf",
        "/udev/rules.d/59-baomi-guard-usb.rules",
        "/baomi-guard/guard-hold",
        "/init-top/baomi-guard",
        "/baomi-guard/system-disks",
};

/* One name a line. NULL: it cannot be opened. Caller frees. */
static char *
list(GuardctlDoctor *doctor, const char *image)
{
        g_autofree char *lister = guardctl_doctor_path(doctor, LISTER), *full = guardctl_doctor_path(doctor, image);
        char *argv[] = {(char *)"timeout", (char *)SECONDS, lister, full, NULL};
        char *names = NULL;
        int status = 0;

        if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &names, NULL, &status, NULL))
                return NULL;
        if (status == 0 && *names != '\0')
                return names;
        g_free(names);
        return NULL;
}

static gboolean
has_part(char *const *names, const char *part)
{
        for (guint i = 0; names[i]; i++)
                if (g_str_has_suffix(names[i], part))
                        return TRUE;
        return FALSE;
}

/* Was @path, which says something, written after the image was built? */
static gboolean
is_newer(GuardctlDoctor *doctor, const char *path, const char *image)
{
        g_autofree char *full = guardctl_doctor_path(doctor, path), *built = guardctl_doctor_path(doctor, image);
        g_autofree char *text = guardctl_doctor_read(doctor, path);
        struct stat file, initramfs;

        return text && g_regex_match_simple("^[^#\\n]", text, G_REGEX_MULTILINE, 0) && stat(full, &file) == 0 &&
               stat(built, &initramfs) == 0 && file.st_mtime > initramfs.st_mtime;
}

static void
look_age(GuardctlDoctor *doctor, const char *image)
{
        if (is_newer(doctor, GUARD_SYSTEM_DISKS_FILE, image))
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _(BUILD_AGAIN),
                              _("%s is older than the list of system disks: a USB disk that this machine needs may be held when it starts"), image);
        if (is_newer(doctor, GUARD_HOLD_FILE, image))
                guardctl_find(doctor, GUARD_SEVERITY_NOTICE, _(BUILD_AGAIN),
                              _("%s is older than the policy's list of held classes: until guardd starts, such devices are let through"), image);
}

static void
look_into(GuardctlDoctor *doctor, const char *image)
{
        g_autofree char *text = NULL;
        g_auto(GStrv) names = NULL;
        g_autoptr(GString) missing = g_string_new(NULL);
        g_autofree char *full = guardctl_doctor_path(doctor, image);

        if (access(full, R_OK) != 0)
                return; /* not root: said at the end */
        text = list(doctor, image);
        if (!text) {
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _(BUILD_AGAIN), _("%s cannot be opened: whether it holds USB devices is not known"), image);
                return;
        }
        names = g_strsplit(text, "\n", -1);
        for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
                if (!has_part(names, parts[i]))
                        g_string_append_printf(missing, "%s%s", missing->len ? ", " : "", strrchr(parts[i], '/') + 1);
        if (missing->len > 0)
                guardctl_find(doctor, GUARD_SEVERITY_CRITICAL, _(BUILD_AGAIN),
                              _("%s holds no USB devices, so that a drive plugged in before power-on may attach; not in it: %s"), image, missing->str);
        else
                look_age(doctor, image);
}

void
guardctl_doctor_look_into_initramfs(GuardctlDoctor *doctor)
{
        g_autoptr(GPtrArray) images = NULL;

        if (!guardctl_doctor_exists(doctor, LISTER))
                return;
        images = guardctl_doctor_names(doctor, "/boot", "");
        for (guint i = 0; i < images->len; i++) {
                const char *image = images->pdata[i];

                if (g_str_has_prefix(image, "/boot/initrd.img-") && !g_str_has_suffix(image, ".bak") && !g_str_has_suffix(image, ".dpkg-bak"))
                        look_into(doctor, image);
        }
}
