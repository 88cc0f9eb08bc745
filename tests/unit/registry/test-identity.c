/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Canonical forms, weakness and digests, as tables: desk and workstation must agree on every one.
 */
#include <string.h>
#include "registry/identity.h"

static const struct {
        GuardIdType type;
        guint16 vendor, product;
        const char *value, *canonical;
} canonical_cases[] = {
        {GUARD_ID_SERIAL, 0, 0, "ab12cd", "AB12CD"},
        {GUARD_ID_SERIAL, 0, 0, "  ab12cd\n", "AB12CD"},
        {GUARD_ID_SERIAL, 0, 0, "AB12CD&0", "AB12CD"},
        {GUARD_ID_SERIAL, 0, 0, "AB12CD &0 ", "AB12CD"},
        {GUARD_ID_SERIAL, 0, 0, "AB12CD&1", "AB12CD&1"},
        {GUARD_ID_SERIAL, 0, 0, "&0", NULL},
        {GUARD_ID_SERIAL, 0, 0, "", NULL},
        {GUARD_ID_SERIAL, 0, 0, " \t\n", NULL},
        {GUARD_ID_SERIAL, 0, 0, NULL, NULL},
        {GUARD_ID_USB, 0x0951, 0x1666, "60a44c\n", "0951:1666:60A44C"},
        {GUARD_ID_USB, 0x0951, 0x1666, "", NULL},
        {GUARD_ID_FS_UUID, 0, 0, "1234-abcd", "1234ABCD"},
        {GUARD_ID_FS_UUID, 0, 0, "{9F1B2C3D-0000-4000-8000-00000000000a}",
         "9F1B2C3D00004000800000000000000A"},
        {GUARD_ID_PT_UUID, 0, 0, "0xC0ffee11", "C0FFEE11"},
        {GUARD_ID_PT_UUID, 0, 0, "c0ffee11", "C0FFEE11"},
        {GUARD_ID_MARK, 0, 0, "ly-017", "LY-017"},
        {GUARD_ID_CID, 0, 0, "0x12ab34cd", "0X12AB34CD"},
};

static void
test_canonical(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(canonical_cases); i++) {
                g_autofree char *got = guard_identity_canonical(
                        canonical_cases[i].type, canonical_cases[i].vendor,
                        canonical_cases[i].product, canonical_cases[i].value);

                g_assert_cmpstr(got, ==, canonical_cases[i].canonical);
        }
}

static const struct {
        GuardIdType type;
        const char *value;
        gboolean weak;
} weak_cases[] = {
        {GUARD_ID_SERIAL, NULL, TRUE},
        {GUARD_ID_SERIAL, "", TRUE},
        {GUARD_ID_SERIAL, "7", TRUE},
        {GUARD_ID_SERIAL, "AB1", TRUE},
        {GUARD_ID_SERIAL, "000000000000", TRUE},
        {GUARD_ID_SERIAL, "FFFFFFFF", TRUE},
        {GUARD_ID_SERIAL, "0000000000000001", TRUE},
        {GUARD_ID_SERIAL, "123456789", TRUE},
        {GUARD_ID_SERIAL, "1234567890", TRUE},
        {GUARD_ID_SERIAL, "123456789012", TRUE},
        {GUARD_ID_SERIAL, "0123456789abcdef", TRUE},
        {GUARD_ID_SERIAL, "1234567890ABCDEF", TRUE},
        {GUARD_ID_SERIAL, "9876543210", TRUE},
        {GUARD_ID_SERIAL, "abcdefgh", TRUE},
        {GUARD_ID_SERIAL, "20120501030900000", TRUE},
        {GUARD_ID_SERIAL, "60A44C413FAE", FALSE},
        {GUARD_ID_SERIAL, "123456798", FALSE},
        {GUARD_ID_SERIAL, "000000000012", FALSE},
        {GUARD_ID_SERIAL, "LY-0001-7F3A", FALSE},
        {GUARD_ID_USB, "123456789", TRUE},
        {GUARD_ID_USB, "0951:1666:123456789", TRUE},
        {GUARD_ID_USB, "0951:1666:60A44C413FAE", FALSE},
        {GUARD_ID_CID, "0000000000", TRUE},
        {GUARD_ID_FS_UUID, "0000-0000", TRUE},
        {GUARD_ID_FS_UUID, "1234-5678", TRUE},
        {GUARD_ID_FS_UUID, "2024-02-10-11-27-00-00", TRUE},
        {GUARD_ID_FS_UUID, "67E3-17ED", TRUE},
        {GUARD_ID_FS_UUID, "5A3C-91F0", FALSE},
        {GUARD_ID_FS_UUID, "01D9A2B3C4E5F607", FALSE},
        {GUARD_ID_PT_UUID, "00000000", TRUE},
        {GUARD_ID_PT_UUID, "0x00000000", TRUE},
        {GUARD_ID_PT_UUID, "32303234-3032-4130-b131-323730303030", TRUE},
        {GUARD_ID_PT_UUID, "c0ffee11", FALSE},
        {GUARD_ID_MARK, "LY-017", FALSE},
};

static void
test_weak(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(weak_cases); i++) {
                const char *why = "left";
                gboolean weak =
                        guard_identity_is_weak(weak_cases[i].type, weak_cases[i].value, &why);

                if (weak != weak_cases[i].weak)
                        g_error("%s: weak is %d", weak_cases[i].value, weak);
                g_assert_true((why != NULL) == weak);
        }
}

static void
test_digest(void)
{
        guint8 key[GUARD_DIGEST_KEY_SIZE] = {1, 2, 3}, other[GUARD_DIGEST_KEY_SIZE] = {1, 2, 4};
        g_autoptr(GuardDigester) digester = guard_digester_new(key);
        g_autoptr(GuardDigester) another = guard_digester_new(other);
        guint8 a[GUARD_DIGEST_SIZE], b[GUARD_DIGEST_SIZE];
        g_autofree char *hex = NULL;

        guard_identity_digest(digester, GUARD_ID_SERIAL, "60A44C413FAE", a);
        guard_identity_digest(digester, GUARD_ID_SERIAL, "60A44C413FAE", b);
        g_assert_cmpint(memcmp(a, b, sizeof a), ==, 0);
        guard_identity_digest(digester, GUARD_ID_FS_UUID, "60A44C413FAE", b);
        g_assert_cmpint(memcmp(a, b, sizeof a), !=, 0);
        guard_identity_digest(digester, GUARD_ID_SERIAL, "60A44C413FAF", b);
        g_assert_cmpint(memcmp(a, b, sizeof a), !=, 0);
        guard_identity_digest(another, GUARD_ID_SERIAL, "60A44C413FAE", b);
        g_assert_cmpint(memcmp(a, b, sizeof a), !=, 0);
        /* The same message through another implementation, so that the recipe itself cannot drift.
         */
        hex = g_compute_hmac_for_string(G_CHECKSUM_SHA256, key, sizeof key,
                                        "baomi-guard 1 serial 60A44C413FAE", -1);
        for (gsize i = 0; i < sizeof a; i++) {
                g_assert_cmpint(g_ascii_xdigit_value(hex[2 * i]) * 16 +
                                        g_ascii_xdigit_value(hex[2 * i + 1]),
                                ==, a[i]);
        }
}

static void
test_names(void)
{
        for (guint i = 0; i < GUARD_N_STATUSES; i++) {
                GuardStatus back = GUARD_N_STATUSES;

                g_assert_true(
                        guard_status_from_string(guard_status_to_string((GuardStatus)i), &back));
                g_assert_cmpuint(back, ==, i);
        }
        for (guint i = 0; i < GUARD_N_IDS; i++)
                g_assert_cmpstr(guard_id_type_to_string((GuardIdType)i), !=, NULL);
        for (guint i = 0; i <= GUARD_REGISTRY_LOST; i++)
                g_assert_cmpstr(guard_registry_state_to_string((GuardRegistryState)i), !=, NULL);
        g_assert_false(guard_status_from_string("gone", &(GuardStatus){0}));
        g_assert_cmpstr(guard_status_to_string((GuardStatus)99), ==, "unknown");
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/registry/identity/canonical", test_canonical);
        g_test_add_func("/registry/identity/weak", test_weak);
        g_test_add_func("/registry/identity/digest", test_digest);
        g_test_add_func("/registry/names", test_names);
        return g_test_run();
}
