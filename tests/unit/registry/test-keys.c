/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Key files as people have them: each wrong one is named for what it is, and the passphrase opens what it should.
 */
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "key-cases.h"
#include "registry/key-token.h"

#define SECRET "correct horse battery"

static void
expect(KeyFixture *f, const GuardKey *key, const GError *error, const char *says, int code)
{
        g_test_message("%s", error != NULL ? error->message : "a key");
        if (says == NULL) {
                g_assert_no_error(error);
                g_assert_nonnull(key);
                return;
        }
        g_assert_null(key);
        g_assert_nonnull(error);
        g_assert_true(error->domain == GUARD_ERROR);
        g_assert_true(error->code == code || error->code == GUARD_ERROR_SYNTAX);
        g_assert_nonnull(strstr(error->message, says));
        g_assert_nonnull(strstr(error->message, f->file));
}

static void
test_wrong_files(void)
{
        for (gsize i = 0; i < key_n_cases; i++) {
                int code = key_cases[i].code != 0 ? key_cases[i].code : GUARD_ERROR_SYNTAX;
                g_autoptr(GError) private_error = NULL, public_error = NULL;
                g_autoptr(GuardKey) private = NULL, public = NULL;
                KeyFixture f;

                g_test_message("%s", key_cases[i].name);
                key_set_up(&f, NULL);
                key_cases[i].make(&f);
                private = guard_key_load_private(f.file, &private_error);
                expect(&f, private, private_error, key_cases[i].as_private, code);
                public = guard_key_load_public(f.file, &public_error);
                expect(&f, public, public_error, key_cases[i].as_public, code);
                key_tear_down(&f, NULL);
        }
}

/* Written by other editors and other programs, and keys all the same. */
static void
test_other_hands(KeyFixture *f, gconstpointer data)
{
        g_autofree char *pem = key_text(f->desk->private_key), *crlf = NULL, *bag = NULL;
        g_auto(GStrv) lines = g_strsplit(pem, "\n", -1);
        g_autoptr(GuardKey) plain = guard_key_load_private(f->desk->private_key, NULL), one = NULL, two = NULL;
        g_autoptr(GError) error = NULL;

        (void)data;
        crlf = g_strjoinv("\r\n", lines);
        key_put(f, crlf, -1);
        one = guard_key_load_private(f->file, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(guard_key_id(one), ==, guard_key_id(plain));
        bag = g_strconcat("Bag Attributes\n    friendlyName: desk\n", pem, "\n\n", NULL);
        key_put(f, bag, -1);
        two = guard_key_load_private(f->file, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(guard_key_id(two), ==, guard_key_id(plain));
}

static void
key_put_private(KeyFixture *f)
{
        g_autofree char *text = key_text(f->desk->private_key);

        key_put(f, text, -1);
}

static void
test_modes(KeyFixture *f, gconstpointer data)
{
        static const struct {
                int mode;
                guint warnings;
        } modes[] = {{0600, 0}, {0400, 0}, {0640, 0}, {0660, 0}, {0604, 1}, {0644, 1}, {0602, 1}};

        (void)data;
        key_put_private(f);
        for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
                g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
                g_autoptr(GuardKey) key = NULL;

                g_assert_cmpint(g_chmod(f->file, (mode_t)modes[i].mode), ==, 0);
                key = guard_key_open_private(f->file, NULL, warnings, NULL);
                g_assert_nonnull(key);
                g_assert_cmpuint(warnings->len, ==, modes[i].warnings);
                if (warnings->len > 0)
                        g_assert_nonnull(strstr(g_ptr_array_index(warnings, 0), "chmod 600"));
        }
}

/* root reads everything, so he becomes nobody for a moment. */
static void
test_unreadable(KeyFixture *f, gconstpointer data)
{
        gboolean root = geteuid() == 0;
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardKey) key = NULL;

        (void)data;
        key_put_private(f);
        g_assert_cmpint(g_chmod(f->file, 0), ==, 0);
        g_assert_cmpint(g_chmod(f->desk->dir, 0755), ==, 0);
        g_assert_true(!root || seteuid(65534) == 0);
        key = guard_key_load_private(f->file, &error);
        g_assert_true(!root || seteuid(0) == 0);
        g_assert_null(key);
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_IO);
        g_assert_nonnull(strstr(error->message, "Permission denied"));
}

typedef struct {
        const char *text; /* NULL: he does not want to */
        guint asked;
} Person;

static char *
answer(const char *what, gpointer user_data, GError **error)
{
        Person *person = user_data;

        g_assert_nonnull(strstr(what, "sealed"));
        person->asked++;
        if (person->text == NULL)
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_DENIED, "he went away");
        return g_strdup(person->text);
}

static void
test_passphrase(gconstpointer data)
{
        static const struct {
                const char *text, *says;
        } answers[] = {{SECRET, NULL}, {"Correct horse battery", "passphrase is wrong"}, {"", "passphrase is wrong"}, {NULL, "he went away"}};
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autofree char *path = g_build_filename(desk->dir, "sealed.key", NULL), *public = g_build_filename(desk->dir, "sealed.pub", NULL);
        g_autoptr(GuardKey) half = NULL;
        g_autoptr(GError) error = NULL, nobody = NULL;
        GStatBuf st;

        guard_key_generate(*(const GuardAlgorithm *)data, path, public, SECRET, &error);
        g_assert_no_error(error);
        g_assert_cmpint(g_stat(path, &st), ==, 0);
        g_assert_cmpint(st.st_mode & 0777, ==, 0600);
        g_assert_true(guard_key_needs_passphrase(path));
        g_assert_false(guard_key_needs_passphrase(desk->private_key));
        g_assert_false(guard_key_needs_passphrase(public));
        half = guard_key_load_public(public, &error);
        g_assert_no_error(error);
        for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
                Person person = {answers[i].text, 0};
                GuardPassphrase passphrase = {answer, &person};
                g_autoptr(GError) why = NULL;
                g_autoptr(GuardKey) key = guard_key_open_private(path, &passphrase, NULL, &why);

                g_assert_cmpuint(person.asked, ==, 1);
                g_assert_true((key != NULL) == (answers[i].says == NULL));
                if (key != NULL)
                        g_assert_cmpstr(guard_key_id(key), ==, guard_key_id(half));
                else
                        g_assert_nonnull(strstr(why->message, answers[i].says));
                if (key == NULL)
                        g_assert_error(why, GUARD_ERROR, GUARD_ERROR_DENIED);
        }
        g_assert_null(guard_key_load_private(path, &nobody));
        g_assert_error(nobody, GUARD_ERROR, GUARD_ERROR_DENIED);
}

static void
test_new_passphrase(KeyFixture *f, gconstpointer data)
{
        g_autofree char *public = g_build_filename(f->desk->dir, "new.pub", NULL);
        g_autofree char *long_one = g_strnfill(GUARD_PASSPHRASE_MAX + 1, 'x');
        const char *const bad[] = {"", "short", "\xff\xff\xff\xff\xff\xff\xff\xff\xff", long_one};
        g_autoptr(GError) error = NULL;

        (void)data;
        for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(GError) why = NULL;

                g_assert_false(guard_key_generate(GUARD_ALGORITHM_ED25519, f->file, public, bad[i], &why));
                g_assert_error(why, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
                g_assert_false(g_file_test(f->file, G_FILE_TEST_EXISTS));
        }
        /* eight characters, not bytes */
        g_assert_true(guard_key_generate(GUARD_ALGORITHM_ED25519, f->file, public, "八个汉字组成口令", &error));
}

/* What does not need a token: the rest is tests/integration/station/test_keys.py. */
static void
test_token(void)
{
        g_autoptr(GError) in_the_open = NULL, none = NULL;

        g_assert_true(guard_key_is_token("pkcs11:token=desk"));
        g_assert_true(guard_key_is_token("PKCS11:token=desk"));
        g_assert_false(guard_key_is_token("/root/pkcs11:desk.pem"));
        g_assert_true(guard_key_needs_passphrase("pkcs11:token=desk"));
        g_assert_false(guard_key_needs_passphrase("pkcs11:token=desk?pin-source=file:/root/pin"));
        g_assert_null(guard_key_load_private("pkcs11:token=desk?pin-value=123456", &in_the_open));
        g_assert_error(in_the_open, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        g_assert_null(strstr(in_the_open->message, "123456"));
        g_setenv("OPENSSL_MODULES", "/nonexistent", TRUE);
        g_assert_null(guard_key_load_private("pkcs11:token=desk", &none));
        g_assert_error(none, GUARD_ERROR, GUARD_ERROR_NOT_FOUND);
        g_assert_nonnull(strstr(none->message, "pkcs11-provider"));
}

int
main(int argc, char **argv)
{
        static const GuardAlgorithm algorithms[] = {GUARD_ALGORITHM_ED25519, GUARD_ALGORITHM_SM2};

        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/registry/keys/wrong-files", test_wrong_files);
        g_test_add("/registry/keys/other-hands", KeyFixture, NULL, key_set_up, test_other_hands, key_tear_down);
        g_test_add("/registry/keys/modes", KeyFixture, NULL, key_set_up, test_modes, key_tear_down);
        g_test_add("/registry/keys/unreadable", KeyFixture, NULL, key_set_up, test_unreadable, key_tear_down);
        g_test_add_data_func("/registry/keys/passphrase/ed25519", &algorithms[0], test_passphrase);
        g_test_add_data_func("/registry/keys/passphrase/sm2", &algorithms[1], test_passphrase);
        g_test_add("/registry/keys/new-passphrase", KeyFixture, NULL, key_set_up, test_new_passphrase, key_tear_down);
        g_test_add_func("/registry/keys/token", test_token);
        return g_test_run();
}
