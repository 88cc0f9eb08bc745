/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * update.conf by tables: what is read, and that every fault is told with file, line and what to do.
 */
#include <locale.h>
#include <string.h>
#include <glib/gstdio.h>
#include "common/guard-conf.h"
#include "update/update-settings.h"

static const struct {
        const char *text;
        const char *error; /* how the first message begins; NULL: none */
} texts[] = {
        {"", NULL},
        {"[update]\nfrom=https://r.example.org/\n", NULL},
        {"[update]\nfrom=/mnt/share/register\n", NULL},
        {"[update]\nfrom=\n", NULL},
        {"[update]\nfrom=r.example.org\n", "f:2: from=r.example.org: it is an address"},
        {"[update]\n\nfrom=ftp://r.example.org/\n", "f:3: from=ftp://r.example.org/: is neither https nor http"},
        {"[update]\nfrom=http://r.example.org/\n", "f:2: from=http://r.example.org/: is not encrypted"},
        {"[update]\nfrom=http://r.example.org/\nallow-http=yes\n", NULL},
        {"[update]\nfrom=http://127.0.0.1:81/\n", NULL},
        {"[update]\nfrom=http://[::1]/\n", NULL},
        {"[update]\nfrom=http://localhost/\n", NULL},
        {"[update]\nfrom=http://localhost.example.org/\n", "f:2: from=http://localhost.example.org/: is not encrypted"},
        {"[update]\nfrom=http://127.example.org/\n", "f:2: from=http://127.example.org/: is not encrypted"},
        {"[update]\nfrom=https://me:secret@r.example.org/\n", "f:2: from=https://me:secret@r.example.org/: has a name or password"},
        {"[update]\nfrom=https://r.example.org/#x\n", "f:2: from=https://r.example.org/#x: has a # in it"},
        {"[update]\nfrom=https://\n", "f:2: from=https://: is no address"},
        {"[update]\nallow-http=true\n", "f:2: allow-http=true: it is yes or no"},
        {"[update]\nproxy=http://proxy:3128\n", NULL},
        {"[update]\nproxy=none\n", NULL},
        {"[update]\nproxy=proxy:3128\n", "f:2: proxy=proxy:3128: a proxy is written"},
        {"[update]\nproxy=http://\n", "f:2: proxy=http://: a proxy is written"},
        {"[update]\nca=ca.pem\n", "f:2: ca=ca.pem: a path begins with /"},
        {"[update]\nclient-certificate=/c\nclient-key=/k\n", NULL},
        {"[update]\nclient-certificate=/c\n", NULL},
        {"[update]\nclient-key=/k\n", "f:2: client-key= is of no use without"},
        {"[update]\nmax-size=0\n", "f:2: max-size=0: a size is written 512M"},
        {"[update]\nmax-size=16G\n", NULL},
        {"[update]\nmax-size=17G\n", "f:2: max-size=17G: a size"},
        {"[update]\nmax-size=99999999999999999999\n", "f:2: max-size=99999999999999999999: a size"},
        {"[update]\nmax-size=-5\n", "f:2: max-size=-5: a size"},
        {"[update]\nmax-size=5Q\n", "f:2: max-size=5Q: a size"},
        {"[update]\ndeadline=2h\n", NULL},
        {"[update]\ndeadline=25h\n", "f:2: deadline=25h: a time is written"},
        {"[update]\nstall-timeout=soon\n", "f:2: stall-timeout=soon: a time"},
        {"[update]\nconnect-timeout=0\n", "f:2: connect-timeout=0: a time"},
        {"[update]\nform=https://x/\n", "f:2: there is no key “form” in [update]; known are: from, "},
        {"[Update]\nfrom=https://x/\n", "f:1: there is no group [Update]; known is: [update]"},
        {"[update]\nfrom=/a\nfrom=/b\n", "f:3: “from” is already set, in line 2"},
        {"from=/a\n", "f:1: this line stands before the first [group]"},
};

static void
says_what_is_wrong(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
                g_autoptr(GPtrArray) errors = guard_conf_errors_new();
                g_autoptr(GuardUpdateSettings) settings = guard_update_settings_new();
                const char *said;

                guard_update_settings_apply(settings, "f", texts[i].text, strlen(texts[i].text), errors);
                guard_update_settings_check(settings, errors);
                said = errors->len > 0 ? ((GError *)g_ptr_array_index(errors, 0))->message : NULL;
                g_test_message("%s: %s", texts[i].text, said ? said : "-");
                if (!texts[i].error)
                        g_assert_null(said);
                else
                        g_assert_true(said && g_str_has_prefix(said, texts[i].error));
        }
}

static void
reads_values(void)
{
        static const char text[] = "[update]\nfrom=https://r.example.org/a/\nproxy=http://p:1\nca=/ca\nclient-certificate=/c\n"
                                   "max-size=3M\nconnect-timeout=5\nstall-timeout=2min\ndeadline=1h\n";
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GuardUpdateSettings) settings = guard_update_settings_new();
        g_autofree char *address = NULL;

        g_assert_cmpint(settings->kind, ==, GUARD_UPDATE_NOWHERE);
        guard_update_settings_apply(settings, "f", text, strlen(text), errors);
        g_assert_cmpuint(errors->len, ==, 0);
        g_assert_cmpint(settings->kind, ==, GUARD_UPDATE_WEB);
        address = guard_update_settings_address(settings);
        g_assert_cmpstr(address, ==, "https://r.example.org/a/registry.snapshot");
        g_assert_cmpstr(settings->proxy, ==, "http://p:1");
        g_assert_cmpstr(settings->ca, ==, "/ca");
        g_assert_cmpstr(settings->client_certificate, ==, "/c");
        g_assert_null(settings->client_key);
        g_assert_cmpuint(settings->max_size, ==, 3 * 1024 * 1024);
        g_assert_cmpuint(settings->connect_seconds, ==, 5);
        g_assert_cmpuint(settings->stall_seconds, ==, 120);
        g_assert_cmpuint(settings->total_seconds, ==, 3600);

        /* The administrator's file is read over it, key by key; an empty value takes the vendor's away. */
        guard_update_settings_apply(settings, "g", "[update]\nca=\nfrom=/mnt\n", 20, errors);
        g_assert_null(settings->ca);
        g_assert_cmpint(settings->kind, ==, GUARD_UPDATE_FOLDER);
        g_assert_cmpstr(settings->from_file, ==, "g");
        g_assert_cmpuint(settings->connect_seconds, ==, 5);
}

static void
another_source(void)
{
        static const struct {
                const char *from;
                GuardUpdateKind kind; /* NOWHERE: refused */
        } sources[] = {{"https://x/", GUARD_UPDATE_WEB}, {"/mnt", GUARD_UPDATE_FOLDER}, {"", GUARD_UPDATE_NOWHERE},
                       {"mnt", GUARD_UPDATE_NOWHERE},    {"http://x/", GUARD_UPDATE_NOWHERE}};

        for (gsize i = 0; i < G_N_ELEMENTS(sources); i++) {
                g_autoptr(GuardUpdateSettings) settings = guard_update_settings_new();
                g_autoptr(GError) error = NULL;
                gboolean good = guard_update_settings_set_from(settings, sources[i].from, &error);

                g_assert_true(good == (sources[i].kind != GUARD_UPDATE_NOWHERE));
                if (good)
                        g_assert_cmpint(settings->kind, ==, sources[i].kind);
                else
                        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_USAGE);
        }
}

static void
reads_two_files(void)
{
        g_autofree char *folder = g_dir_make_tmp("update-XXXXXX", NULL);
        g_autofree char *vendor = g_build_filename(folder, "vendor", NULL), *etc = g_build_filename(folder, "etc", NULL);
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GuardUpdateSettings) none = guard_update_settings_load(vendor, etc, errors);
        g_autoptr(GuardUpdateSettings) both = NULL;
        g_autofree char *source = g_strdup_printf("%s, %s", vendor, etc);

        g_assert_cmpint(none->kind, ==, GUARD_UPDATE_NOWHERE);
        g_assert_cmpuint(errors->len, ==, 0);
        g_assert_true(g_file_set_contents(vendor, "[update]\ndeadline=10s\n", -1, NULL));
        g_assert_true(g_file_set_contents(etc, "[update]\nfrom=/mnt\n", -1, NULL));
        both = guard_update_settings_load(vendor, etc, errors);
        g_assert_cmpuint(errors->len, ==, 0);
        g_assert_cmpuint(both->total_seconds, ==, 10);
        g_assert_cmpint(both->kind, ==, GUARD_UPDATE_FOLDER);
        g_assert_cmpstr(both->source, ==, source);
        g_remove(etc);
        g_assert_cmpint(g_mkdir(etc, 0700), ==, 0); /* there, and unreadable: an error, not "nothing is configured" */
        guard_update_settings_free(guard_update_settings_load(vendor, etc, errors));
        g_assert_cmpuint(errors->len, ==, 1);
        g_rmdir(etc);
        g_remove(vendor);
        g_rmdir(folder);
}

int
main(int argc, char **argv)
{
        setlocale(LC_ALL, "C.UTF-8");
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/update/settings/faults", says_what_is_wrong);
        g_test_add_func("/update/settings/values", reads_values);
        g_test_add_func("/update/settings/from", another_source);
        g_test_add_func("/update/settings/files", reads_two_files);
        return g_test_run();
}
