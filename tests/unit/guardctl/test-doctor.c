/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl doctor over made-up roots: a sound machine brings no finding that needs doing; each single
 * fault brings its own finding, and only that.
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <string.h>
#include "guardctl/doctor.h"
#include "tests/unit/guardctl/capture.h"

typedef struct {
        const char *path, *text; /* text NULL: take the file away; "->X": a link to X */
} File;

/* What the made-up lsinitramfs tells of an image: its own text. */
#define REST \
        "init\nusr/lib/modprobe.d/baomi-guard.conf\nusr/lib/baomi-guard/guard-hold\n" \
        "scripts/init-top/baomi-guard\nvar/lib/baomi-guard/system-disks\n"
#define WHOLE REST "usr/lib/udev/rules.d/59-baomi-guard-usb.rules\n"

static const File sound[] = {
        {"/usr/share/baomi-guard/host.conf", "[host]\nlevel=none\n"},
        {"/etc/baomi-guard/host.conf", "[host]\nlevel=none\nunit=office\n"},
        {"/etc/baomi-guard/keys.d/desk.pem", "key"},
        {"/etc/systemd/system/multi-user.target.wants/guardd.service", "->/usr/lib/systemd/system/guardd.service"},
        {"/etc/systemd/system/multi-user.target.wants/auditd.service", "->/usr/lib/systemd/system/auditd.service"},
        {"/etc/baomi-guard/update.conf", "[update]\nfrom=/mnt/share\nclient-certificate=/etc/ssl/own.pem\n"},
        {"/etc/ssl/own.pem", "x"},
        {"/etc/systemd/system/timers.target.wants/guard-registry-update.timer", "->/usr/lib/systemd/system/guard-registry-update.timer"},
        {"/usr/sbin/auditd", "x"},
        {"/usr/share/xsessions/xfce.desktop", "x"},
        {"/usr/bin/physlock", "x"},
        {"/var/log/journal/x", ""},
        {"/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/sda1 quiet\n"},
        {"/sys/module/usbcore/parameters/authorized_default", "0\n"},
        {"/usr/lib/modprobe.d/baomi-guard.conf", "options usbcore authorized_default=0\n"},
        {"/usr/share/initramfs-tools/hooks/baomi-guard", "x"},
        {"/usr/bin/lsinitramfs", "#!/bin/sh\ncat \"$1\"\n"},
        {"/var/lib/baomi-guard/system-disks", "# fixed sda /\n"},
        {"/var/lib/baomi-guard/hold-classes", ""},
        {"/boot/initrd.img-6.1.0-40-amd64", WHOLE},
        {"/boot/vmlinuz-6.1.0-40-amd64", "x"},
        {"/boot/grub/grub.cfg", "set superusers=\"root\"\npassword_pbkdf2 root grub.pbkdf2\n"},
        {"/usr/lib/udev/rules.d/59-baomi-guard-usb.rules", "x"},
        {"/usr/lib/udev/rules.d/59-baomi-guard-block.rules", "x"},
        {"/usr/lib/udev/rules.d/72-baomi-guard-late.rules", "x"},
        {"/etc/udev/rules.d/70-net.rules", "# UDISKS_IGNORE in a comment\nSUBSYSTEM==\"net\", NAME=\"lan0\"\n"},
        {"/etc/group", "root:x:0:\ndisk:x:6:\nplugdev:x:46:wang\n"},
        {"/etc/fstab", "# usb\nUUID=1 / ext4 defaults 0 1\n/dev/disk/by-id/usb-x /srv ext4 noauto 0 0\n"},
};

static void
put(const char *root, const File *file)
{
        g_autofree char *full = g_strconcat(root, file->path, NULL);
        g_autofree char *folder = g_path_get_dirname(full);
        g_autoptr(GError) error = NULL;

        g_remove(full);
        if (!file->text)
                return;
        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        if (g_str_has_prefix(file->text, "->")) {
                g_assert_cmpint(symlink(file->text + 2, full), ==, 0);
                return;
        }
        g_file_set_contents(full, file->text, -1, &error);
        g_assert_no_error(error);
        g_chmod(full, g_str_has_prefix(file->text, "#!") ? 0755 : g_str_has_suffix(file->path, "own.pem") ? 0640 : 0644);
}

static char *
make_root(void)
{
        char *root = g_dir_make_tmp("guard-doctor-XXXXXX", NULL);

        for (gsize i = 0; i < G_N_ELEMENTS(sound); i++)
                put(root, &sound[i]);
        return root;
}

static void
remove_tree(const char *path)
{
        g_autoptr(GDir) dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *below = g_build_filename(path, name, NULL);

                remove_tree(below);
        }
        g_remove(path);
}

/* Keys of what needs doing, "registry" apart: a registry that is good cannot be written here by hand. */
static char *
serious_keys(const char *root)
{
        g_autoptr(GPtrArray) findings = guardctl_doctor_look(root);
        GString *keys = g_string_new(NULL);

        for (guint i = 0; i < findings->len; i++) {
                const GuardctlFinding *finding = findings->pdata[i];

                g_assert_true(*finding->message != '\0' && *finding->remedy != '\0');
                g_test_message("%s: %s", finding->key, finding->message);
                if (finding->severity >= GUARD_SEVERITY_WARNING && !g_str_equal(finding->key, "registry"))
                        g_string_append_printf(keys, "%s%s", keys->len ? " " : "", finding->key);
        }
        return g_string_free(keys, FALSE);
}

static void
test_sound(void)
{
        g_autofree char *root = make_root();
        g_autofree char *keys = serious_keys(root);

        g_assert_cmpstr(keys, ==, "");
        remove_tree(root);
}

static void
test_faults(void)
{
        static const struct {
                File fault;
                const char *key;
        } faults[] = {
                {{"/etc/systemd/system/guardd.service", "->/dev/null"}, "guardd"},
                {{"/etc/systemd/system/multi-user.target.wants/guardd.service", NULL}, "guardd"},
                {{"/etc/baomi-guard/host.conf", "[host]\nlevel=high\n"}, "host-conf"},
                {{"/etc/baomi-guard/policy.d/50-x.conf", "[nonsense]\nkey=1\n"}, "policy"},
                {{"/etc/baomi-guard/keys.d/desk.pem", NULL}, "keys"},
                {{"/etc/baomi-guard/update.conf", "[update]\nfrom=share\n"}, "updates"},
                {{"/etc/systemd/system/timers.target.wants/guard-registry-update.timer", NULL}, "updates"},
                {{"/var/lib/baomi-guard-update/state", "[update]\nsource=/mnt/share\nlast-run=1\nfailing-since=1\nfailures=9\n"}, "updates"},
                {{"/var/lib/baomi-guard-update/state", "[update]\nsource=/mnt/share\nlast-run=1\nlast-success=1\n"}, "updates"},
                {{"/var/lib/baomi-guard/ledger.head", "x"}, "ledger"},
                {{"/var/lib/baomi-guard/ledger.db", "no database"}, "ledger"},
                {{"/proc/cmdline", "quiet baomi-guard=off\n"}, "escape-hatch"},
                {{"/sys/module/usbcore/parameters/authorized_default", "-1\n"}, "usb-default"},
                {{"/usr/lib/modprobe.d/baomi-guard.conf", NULL}, "modprobe-default"},
                {{"/etc/modprobe.d/baomi-guard.conf", "->/dev/null"}, "modprobe-default"},
                {{"/etc/modprobe.d/zz.conf", "options usbcore authorized_default=1\n"}, "modprobe-default"},
                {{"/usr/share/initramfs-tools/hooks/baomi-guard", NULL}, "initramfs"},
                {{"/etc/initramfs-tools/hooks/baomi-guard", "x"}, "initramfs"},
                {{"/boot/initrd.img-6.1.0-40-amd64", REST}, "initramfs"},
                {{"/boot/initrd.img-6.1.0-9-amd64", "init\n"}, "initramfs"},
                {{"/boot/initrd.img-6.1.0-9-amd64", ""}, "initramfs"},
                {{"/usr/bin/lsinitramfs", "#!/bin/sh\ncat \"$1\"; exit 1\n"}, "initramfs"},
                {{"/boot/grub/grub.cfg", "menuentry Debian {}\n"}, "boot-loader"},
                {{"/boot/loader/loader.conf", "timeout 3\n"}, "boot-loader"},
                {{"/usr/lib/udev/rules.d/59-baomi-guard-usb.rules", NULL}, "udev-masked"},
                {{"/etc/udev/rules.d/59-baomi-guard-block.rules", "->/dev/null"}, "udev-masked"},
                {{"/etc/udev/rules.d/99-x.rules", "SUBSYSTEM==\"block\", MODE=\"0666\"\n"}, "udev-local"},
                {{"/etc/udev/rules.d/99-x.rules", "SUBSYSTEM==\"usb\", ATTR{authorized}=\"1\"\n"}, "udev-local"},
                {{"/etc/udev/rules.d/99-x.rules", "ENV{UDISKS_IGNORE}=\"0\"\n"}, "udev-local"},
                {{"/etc/udev/rules.d/70-x.rules", "ENV{UDISKS_MOUNT_OPTIONS_DEFAULTS}=\"exec\"\n"}, "udev-local"},
                {{"/etc/polkit-1/rules.d/10-x.rules", "if (action.id.indexOf('org.baomiguard') == 0) return polkit.Result.YES;\n"}, "polkit-local"},
                {{"/etc/udisks2/mount_options.conf", "defaults=ro,suid\n"}, "udisks-options"},
                {{"/etc/group", "disk:x:6:wang\n"}, "disk-group"},
                {{"/etc/group", "input:x:106:wang\n"}, "input-group"},
                {{"/etc/passwd", "root:x:0:0::/root:/bin/sh\nwang:x:1000:6::/home/wang:/bin/bash\n"}, "disk-group"},
                {{"/etc/baomi-guard/host.secret", "[secret]\n"}, "host-secret"},
                {{"/usr/bin/physlock", NULL}, "console-lock"},
                {{"/etc/fstab", "/dev/sdb1 /mnt vfat noauto,users 0 0\n"}, "fstab"},
                {{"/etc/fstab", "/dev/disk/by-id/usb-x /srv ext4 defaults 0 0\n"}, "fstab"},
                {{"/usr/sbin/auditd", NULL}, "auditd"},
                {{"/etc/systemd/system/multi-user.target.wants/auditd.service", NULL}, "auditd"},
                {{"/etc/systemd/journald.conf.d/10-x.conf", "[Journal]\nStorage=volatile\n"}, "journal"},
                {{"/etc/systemd/system/basic.target.wants/usbguard.service", "->/x"}, "usbguard"},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
                g_autofree char *root = make_root(), *keys = NULL;

                put(root, &faults[i].fault);
                g_test_message("-- %s", faults[i].fault.path);
                keys = serious_keys(root);
                g_assert_cmpstr(keys, ==, faults[i].key);
                remove_tree(root);
        }
}

static guint
count_of(const char *root, const char *key)
{
        g_autoptr(GPtrArray) findings = guardctl_doctor_look(root);
        guint count = 0;

        for (guint i = 0; i < findings->len; i++)
                count += g_str_equal(((GuardctlFinding *)findings->pdata[i])->key, key) ? 1 : 0;
        return count;
}

static gboolean
told_of(const char *root, const char *words)
{
        g_autoptr(GPtrArray) findings = guardctl_doctor_look(root);
        gboolean told = FALSE;

        for (guint i = 0; i < findings->len; i++)
                told = told || strstr(((GuardctlFinding *)findings->pdata[i])->message, words) != NULL;
        return told;
}

/* On a computer for classified work the approved control is looked for; elsewhere only told of. */
static void
test_classified_control(void)
{
        static const File secret = {"/etc/baomi-guard/host.conf", "[host]\nlevel=secret\n"};
        static const File kysec = {"/etc/kysec", "x"};
        g_autofree char *root = make_root();

        g_assert_cmpuint(count_of(root, "vendor-control"), ==, 0);
        put(root, &secret);
        g_assert_cmpuint(count_of(root, "vendor-control"), ==, 1);
        g_assert_true(told_of(root, "no 三合一 was recognised"));
        put(root, &kysec);
        g_assert_cmpuint(count_of(root, "vendor-control"), ==, 1);
        g_assert_false(told_of(root, "no 三合一 was recognised"));
        remove_tree(root);
}

/* In force, and without the part that needs a security module; not in force; not to be had. */
static void
test_shield(void)
{
        static const File door = {"/sys/fs/bpf/baomi-guard/door", ""}, btf = {"/sys/kernel/btf/vmlinux", "x"},
                          without = {"/sys/kernel/security/lsm", "lockdown,yama\n"}, with = {"/sys/kernel/security/lsm", "lockdown,bpf\n"};
        g_autofree char *root = make_root();

        g_assert_true(told_of(root, "no type information"));
        put(root, &btf);
        g_assert_true(told_of(root, "The kernel shield is not switched on"));
        put(root, &door);
        put(root, &without);
        g_assert_true(told_of(root, "root can make a read-only drive writable"));
        put(root, &with);
        g_assert_cmpuint(count_of(root, "shield"), ==, 0);
        remove_tree(root);
}

/* This computer's own key, readable by everybody. */
static void
test_open_key(void)
{
        g_autofree char *root = make_root(), *keys = NULL, *key = g_strconcat(root, "/etc/ssl/own.pem", NULL);

        g_assert_cmpint(g_chmod(key, 0644), ==, 0);
        keys = serious_keys(root);
        g_assert_cmpstr(keys, ==, "updates");
        remove_tree(root);
}

static void
make_older(const char *root, const char *path)
{
        const struct timespec times[2] = {{.tv_sec = 1700000000}, {.tv_sec = 1700000000}};
        g_autofree char *full = g_strconcat(root, path, NULL);

        g_assert_cmpint(utimensat(AT_FDCWD, full, times, 0), ==, 0);
}

/* A system disk on USB that was pinned after the image was built would be held by it; a comment is no
 * disk. Classes that came later are a note. */
static void
test_old_initramfs(void)
{
        static const File pins = {"/var/lib/baomi-guard/system-disks", "# x\nusb 0951:1666 4142 - /home\n"};
        static const File classes = {"/var/lib/baomi-guard/hold-classes", "mtp\n"};
        g_autofree char *root = make_root(), *sound_keys = NULL, *noted = NULL, *keys = NULL, *new_keys = NULL;

        make_older(root, "/boot/initrd.img-6.1.0-40-amd64");
        sound_keys = serious_keys(root);
        g_assert_cmpstr(sound_keys, ==, "");
        put(root, &classes);
        noted = serious_keys(root);
        g_assert_cmpstr(noted, ==, "");
        put(root, &pins);
        keys = serious_keys(root);
        g_assert_cmpstr(keys, ==, "initramfs");
        make_older(root, pins.path);
        new_keys = serious_keys(root);
        g_assert_cmpstr(new_keys, ==, "");
        remove_tree(root);
}

/* --json is one list of objects with these keys; the exit status says whether something needs doing. */
static void
test_output(void)
{
        g_autofree char *root = make_root();
        g_auto(Capture) capture = {0};
        g_autoptr(JsonParser) parser = json_parser_new();
        char *argv[] = {(char *)"doctor", (char *)"--json", NULL};
        JsonArray *list;

        capture_begin(&capture);
        capture.ctx.root = root;
        g_assert_cmpint(guardctl_doctor(&capture.ctx, 2, argv), ==, GUARDCTL_FAILED); /* no registry here */
        capture_end(&capture);
        g_assert_true(json_parser_load_from_data(parser, capture.out, -1, NULL));
        list = json_node_get_array(json_parser_get_root(parser));
        g_assert_cmpuint(json_array_get_length(list), >, 0);
        for (guint i = 0; i < json_array_get_length(list); i++) {
                JsonObject *object = json_array_get_object_element(list, i);

                g_assert_true(json_object_has_member(object, "key"));
                g_assert_true(json_object_has_member(object, "severity"));
                g_assert_true(json_object_has_member(object, "message"));
                g_assert_true(json_object_has_member(object, "remedy"));
        }
        remove_tree(root);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/guardctl/doctor/sound", test_sound);
        g_test_add_func("/guardctl/doctor/faults", test_faults);
        g_test_add_func("/guardctl/doctor/classified-control", test_classified_control);
        g_test_add_func("/guardctl/doctor/open-key", test_open_key);
        g_test_add_func("/guardctl/doctor/shield", test_shield);
        g_test_add_func("/guardctl/doctor/old-initramfs", test_old_initramfs);
        g_test_add_func("/guardctl/doctor/output", test_output);
        return g_test_run();
}
