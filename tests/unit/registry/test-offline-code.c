/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Codes that people read to each other on the telephone.
 */
#include "registry/offline-code.h"

#include <string.h>

#include "common/guard-error.h"

static const guint8 secret[32] = "0123456789abcdef0123456789abcde";

static void
test_there_and_back(void)
{
        for (guint n = 0; n < 2000; n++) {
                const GuardOfflineRequest asked = {
                        .read_only = n % 2 != 0,
                        .life = n % 9,
                        .device = (guint32)g_test_rand_int() & 0x3fffffff,
                        .nonce = (guint32)g_test_rand_int() & 0x3fffffff,
                };
                g_autofree char *code = guard_offline_request_to_code(&asked);
                g_autofree char *sloppy = g_ascii_strdown(code, -1);
                GuardOfflineRequest read;

                g_assert_cmpuint(strlen(code), ==, 17);
                g_assert_true(guard_offline_request_from_code(code, &read, NULL));
                g_assert_true(read.read_only == asked.read_only && read.life == asked.life && read.device == asked.device &&
                              read.nonce == asked.nonce);
                g_strdelimit(sloppy, "-", ' ');
                g_strdelimit(sloppy, "0", 'o');
                g_strdelimit(sloppy, "1", 'l');
                g_assert_true(guard_offline_request_from_code(sloppy, &read, NULL));
                g_assert_cmpuint(read.nonce, ==, asked.nonce);
        }
}

/* One sign wrong, two changed about, one too few or too many: none of them is taken for another code. */
static void
test_slips(void)
{
        static const char signs[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        const GuardOfflineRequest asked = {TRUE, 3, 0x12345678 & 0x3fffffff, 0x2abcdef1};
        g_autofree char *code = guard_offline_request_to_code(&asked);
        g_autofree char *longer = g_strconcat(code, "0", NULL);
        GuardOfflineRequest read;

        for (guint i = 0; code[i] != '\0'; i++) {
                g_autofree char *wrong = g_strdup(code);

                for (guint s = 0; code[i] != '-' && s < 32; s++) {
                        g_autoptr(GError) error = NULL;

                        wrong[i] = signs[s];
                        if (wrong[i] == code[i])
                                continue;
                        g_assert_false(guard_offline_request_from_code(wrong, &read, &error));
                        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_USAGE);
                }
                memcpy(wrong, code, strlen(code));
                if (code[i + 1] != '\0' && code[i + 1] != '-' && code[i] != '-' && code[i] != code[i + 1]) {
                        wrong[i] = code[i + 1];
                        wrong[i + 1] = code[i];
                        g_assert_false(guard_offline_request_from_code(wrong, &read, NULL));
                }
                memcpy(wrong, code, strlen(code));
                wrong[i] = '\0';
                g_assert_false(guard_offline_request_from_code(wrong, &read, NULL));
        }
        g_assert_false(guard_offline_request_from_code(longer, &read, NULL));
        g_assert_false(guard_offline_request_from_code("", &read, NULL));
        g_assert_false(guard_offline_request_from_code("涉密", &read, NULL));
        g_assert_false(guard_offline_request_from_code("UUUUU-UUUUU-UUUUU", &read, NULL));
}

/* The answer is bound to everything: another direction, life, device, asking, computer or secret has another. */
static void
test_answers(void)
{
        const GuardOfflineRequest asked = {TRUE, 3, 1, 2};
        const GuardOfflineRequest others[] = {{FALSE, 3, 1, 2}, {TRUE, 4, 1, 2}, {TRUE, 3, 5, 2}, {TRUE, 3, 1, 9}};
        g_autofree char *answer = guard_offline_answer(&asked, "pc-1", secret, sizeof secret, NULL);
        g_autofree char *again = guard_offline_answer(&asked, "pc-1", secret, sizeof secret, NULL);
        g_autoptr(GError) denied = NULL;
        g_autoptr(GError) slip = NULL;

        g_assert_cmpuint(strlen(answer), ==, 14);
        g_assert_cmpstr(answer, ==, again);
        g_assert_true(guard_offline_check(&asked, "pc-1", secret, sizeof secret, answer, NULL));
        for (gsize n = 0; n < G_N_ELEMENTS(others); n++)
                g_assert_false(guard_offline_check(&others[n], "pc-1", secret, sizeof secret, answer, NULL));
        g_assert_false(guard_offline_check(&asked, "pc-2", secret, sizeof secret, answer, &denied));
        g_assert_error(denied, GUARD_ERROR, GUARD_ERROR_DENIED);
        g_assert_false(guard_offline_check(&asked, "pc-1", secret, 16, answer, NULL));
        answer[0] = answer[0] == 'A' ? 'B' : 'A';
        g_assert_false(guard_offline_check(&asked, "pc-1", secret, sizeof secret, answer, &slip));
        g_assert_error(slip, GUARD_ERROR, GUARD_ERROR_USAGE);
}

static void
test_lives(void)
{
        guint life;

        g_assert_true(guard_offline_life(1, &life));
        g_assert_cmpuint(guard_offline_seconds(life), ==, 900);
        g_assert_true(guard_offline_life(3601, &life));
        g_assert_cmpuint(guard_offline_seconds(life), ==, 7200);
        g_assert_false(guard_offline_life(604801, &life));
        g_assert_cmpuint(guard_offline_seconds(99), ==, 0);
        g_assert_cmpuint(guard_offline_device("usb:0951:1666:A"), !=, guard_offline_device("usb:0951:1666:B"));
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/offline-code/there-and-back", test_there_and_back);
        g_test_add_func("/offline-code/slips", test_slips);
        g_test_add_func("/offline-code/answers", test_answers);
        g_test_add_func("/offline-code/lives", test_lives);
        return g_test_run();
}
