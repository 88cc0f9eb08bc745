/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl station keygen, publish, pending: what is asked, refused and told. The library's own tests go deeper.
 */
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/guardctl/station-fixture.h"

/* In @words: %s is the root. */
static void
run(Fixture *f, const char *words, int status, const char *out, const char *err)
{
        g_auto(GStrv) parts = g_strsplit(words, "%s", -1);
        g_autofree char *line = g_strjoinv(f->root, parts);

        says(f, line, status, out, err);
}

static JsonNode *
ask(Fixture *f, const char *words, int status)
{
        g_auto(GStrv) parts = g_strsplit(words, "%s", -1);
        g_autofree char *line = g_strjoinv(f->root, parts);

        return document(f, line, status);
}

static void
put_secret(Fixture *f, const char *name, const char *text, int mode)
{
        g_autofree char *path = g_strconcat(f->root, name, NULL);

        put(f, name, text);
        g_assert_cmpint(g_chmod(path, (mode_t)mode), ==, 0);
}

#define PUBLISH "publish --key %s/a.key --valid-days 30 --output %s/out "

static void
test_passphrase(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
        put_secret(f, "/right", "correct horse battery\r\nanother line\n", 0600);
        put_secret(f, "/wrong", "correct horse batteries", 0600);
        put_secret(f, "/open", "correct horse battery", 0644);
        put_secret(f, "/short", "horse", 0600);
        put_secret(f, "/none", "\n", 0600);
        run(f, "keygen --key %s/b.key --public %s/b.pub --encrypt", GUARDCTL_FAILED, NULL, "no terminal to ask on");
        run(f, "keygen --key %s/b.key --public %s/b.pub --passphrase-file %s/short", GUARDCTL_FAILED, NULL, "too short");
        run(f, "keygen --key %s/b.key --public %s/b.pub --passphrase-file %s/none", GUARDCTL_FAILED, NULL, "no passphrase in its first line");
        run(f, "keygen --key %s/b.key --public %s/b.pub --passphrase-file %s/nowhere", GUARDCTL_FAILED, NULL, "nowhere");
        run(f, "keygen --key %s/b.key --public %s/b.pub --passphrase-fd 999", GUARDCTL_FAILED, NULL, "descriptor 999");
        run(f, "keygen --key %s/b.key --public %s/b.pub", GUARDCTL_DONE, "has no passphrase", NULL);
        run(f, "keygen --key %s/a.key --public %s/a.pub --passphrase-file %s/right", GUARDCTL_DONE, "Key ", NULL);
        run(f, PUBLISH, GUARDCTL_FAILED, NULL, "no terminal to ask on");
        run(f, PUBLISH "--passphrase-file %s/wrong", GUARDCTL_FAILED, NULL, "passphrase is wrong");
        run(f, PUBLISH "--passphrase-file %s/open", GUARDCTL_DONE, NULL, "can be read by everybody");
        run(f, PUBLISH "--passphrase-file %s/right", GUARDCTL_DONE, "Snapshot 2", NULL);
}

static void
test_descriptor(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
        static const char text[] = "correct horse battery\n";
        int fds[2];

        for (guint i = 0; i < 2; i++) {
                g_autofree char *words = NULL;

                g_assert_cmpint(pipe(fds), ==, 0);
                g_assert_cmpint(write(fds[1], text, strlen(text)), ==, (gssize)strlen(text));
                close(fds[1]);
                words = g_strdup_printf("%s --passphrase-fd %d",
                                        i == 0 ? "keygen --key %s/a.key --public %s/a.pub" : "publish --key %s/a.key --valid-days 3 --output %s/out",
                                        fds[0]);
                run(f, words, GUARDCTL_DONE, NULL, NULL);
                close(fds[0]);
        }
}

static void
test_options(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
        run(f, "keygen --key %s/a.key --public %s/a.pub", GUARDCTL_DONE, NULL, NULL);
        run(f, "publish --key %s/a.key --output %s/out", GUARDCTL_USAGE_ERROR, NULL, "--valid-days");
        run(f, PUBLISH "--sequence -4", GUARDCTL_USAGE_ERROR, NULL, "--sequence");
        run(f, "publish --key %s/a.key --valid-days -3 --output %s/out", GUARDCTL_FAILED, NULL, "over before it begins");
        run(f, PUBLISH "--sequence 9", GUARDCTL_FAILED, NULL, "--reason");
        run(f, PUBLISH "--sequence 9 --reason 'old copy'", GUARDCTL_DONE, "Snapshot 9", NULL);
        run(f, "history", GUARDCTL_DONE, "Against the checks: sequence", NULL);
        run(f, "publish --key %s/a.pub --valid-days 3 --output %s/out", GUARDCTL_FAILED, NULL, "this is a public key");
        run(f, "publish --key pkcs11:token=x?pin-value=1234 --valid-days 3 --output %s/out", GUARDCTL_FAILED, NULL, "pin-source");
}

/* The keys that this machine's packages gave it are what workstations have. */
static void
test_trust(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
        run(f, "keygen --key %s/a.key --public %s/a.pub", GUARDCTL_DONE, NULL, NULL);
        put(f, "/etc/baomi-guard/keys.d/README", "none here");
        run(f, PUBLISH, GUARDCTL_DONE, NULL, NULL);
        run(f, "keygen --key %s/b.key --public %s/etc/baomi-guard/keys.d/desk.pem", GUARDCTL_DONE, NULL, NULL);
        run(f, PUBLISH, GUARDCTL_FAILED, NULL, "--untrusted-key");
        run(f, PUBLISH "--untrusted-key", GUARDCTL_FAILED, NULL, "--reason");
        run(f, PUBLISH "--untrusted-key --reason 'the other half of the house'", GUARDCTL_DONE, NULL, NULL);
        run(f, PUBLISH "--keys-dir %s/nowhere", GUARDCTL_DONE, NULL, NULL);
        run(f, "publish --key %s/b.key --valid-days 30 --output %s/out", GUARDCTL_DONE, NULL, "was signed with key");
}

static void
test_dry_run(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
        g_autoptr(JsonNode) first = NULL, second = NULL, pending = NULL;
        JsonObject *change, *after;

        run(f, "keygen --key %s/a.key --public %s/a.pub", GUARDCTL_DONE, NULL, NULL);
        run(f, "enrol --media-id LY-1 --level secret --serial ZZ99XX --custodian 张三", GUARDCTL_DONE, NULL, NULL);
        run(f, "enrol --media-id LY-2 --level secret --serial ZZ99YY", GUARDCTL_DONE, NULL, NULL);
        run(f, "pending", GUARDCTL_FAILED, "LY-2", NULL);
        first = ask(f, PUBLISH "--dry-run", GUARDCTL_DONE);
        g_assert_cmpint(number(first, "sequence"), ==, 1);
        g_assert_cmpint(number(first, "previous"), ==, 0);
        g_assert_cmpint(number(first, "added"), ==, 2);
        g_assert_cmpuint(length(first, "changes"), ==, 2);
        run(f, PUBLISH, GUARDCTL_DONE, "Snapshot 1", NULL);
        run(f, "pending", GUARDCTL_DONE, "0 drives new", NULL);
        run(f, "set-level LY-1 top-secret --reason 'order 7'", GUARDCTL_DONE, NULL, NULL);
        run(f, "retire LY-2 --reason old", GUARDCTL_DONE, NULL, NULL);
        run(f, PUBLISH "--dry-run", GUARDCTL_DONE, "Secret → Top secret", NULL);
        run(f, PUBLISH "--dry-run", GUARDCTL_DONE, "Nothing was written", NULL);
        second = ask(f, PUBLISH "--dry-run", GUARDCTL_DONE);
        g_assert_cmpint(number(second, "sequence"), ==, 2);
        g_assert_cmpint(number(second, "removed"), ==, 1);
        g_assert_cmpint(number(second, "changed"), ==, 1);
        change = json_array_get_object_element(json_object_get_array_member(json_node_get_object(second), "changes"), 0);
        g_assert_cmpstr(json_object_get_string_member(change, "media_id"), ==, "LY-1");
        g_assert_cmpstr(json_object_get_string_member(change, "change"), ==, "changed");
        after = json_object_get_object_member(change, "after");
        g_assert_cmpstr(json_object_get_string_member(after, "level"), ==, "top-secret");
        g_assert_cmpuint(json_object_get_size(after), ==, 1);
        pending = ask(f, "pending", GUARDCTL_FAILED);
        g_assert_cmpint(number(pending, "sequence"), ==, 1);
        g_assert_cmpuint(length(pending, "changes"), ==, 2);
}

#define ADD_TEST(name, test) g_test_add("/guardctl/publish/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
        setlocale(LC_ALL, "");
        g_test_init(&argc, &argv, NULL);
        ADD_TEST("passphrase", test_passphrase);
        ADD_TEST("descriptor", test_descriptor);
        ADD_TEST("options", test_options);
        ADD_TEST("trust", test_trust);
        ADD_TEST("dry-run", test_dry_run);
        return g_test_run();
}
