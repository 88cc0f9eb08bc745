/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an installed registry answers about media: each match state, weak identifiers, states over
 * time.
 */
#include <glib/gstdio.h>

#include "desk.h"

static GuardEntry *
find(GuardRegistryAnswer *answer, const char *media_id)
{
        for (guint i = 0; i < answer->entries->len; i++) {
                GuardEntry *entry = g_ptr_array_index(answer->entries, i);

                if (g_str_equal(entry->media_id, media_id))
                        return entry;
        }
        g_error("%s is not in the answer", media_id);
}

static GuardRegistry *
ready(Desk *desk)
{
        g_autoptr(GError) error = NULL;

        desk_publish_plain(desk, 1);
        desk_install(desk, T0, &error);
        g_assert_no_error(error);
        return desk_open(desk, T0);
}

static void
test_usb_stage(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GuardRegistry) registry = ready(desk);
        g_autoptr(GuardMedium) medium = desk_medium(0x0951, 0x1666, " 60a44c413fae&0\n");
        g_autoptr(GuardRegistryAnswer) answer = guard_registry_lookup(registry, medium, T0);
        GuardEntry *entry = find(answer, "LY-001");

        g_assert_cmpint(answer->state, ==, GUARD_REGISTRY_GOOD);
        g_assert_cmpuint(answer->sequence, ==, 1);
        g_assert_cmpint(answer->changes_us, ==, T0 + 90 * DAY);
        g_assert_cmpuint(answer->entries->len, ==, 1);
        g_assert_cmpint(entry->level, ==, GUARD_LEVEL_SECRET);
        g_assert_cmpint(entry->status, ==, GUARD_STATUS_IN_USE);
        g_assert_null(entry->hosts);
        g_assert_cmpint(entry->match[GUARD_ID_USB], ==, GUARD_MATCH_YES);
        g_assert_cmpint(entry->match[GUARD_ID_SERIAL], ==, GUARD_MATCH_YES);
        g_assert_cmpint(entry->match[GUARD_ID_FS_UUID], ==, GUARD_MATCH_NOT_READ);
        g_assert_cmpint(entry->match[GUARD_ID_PT_UUID], ==, GUARD_MATCH_NOT_READ);
        g_assert_cmpint(entry->match[GUARD_ID_MARK], ==, GUARD_MATCH_NOT_IN_BOOK);
        g_assert_false(entry->weak[GUARD_ID_SERIAL]);
}

/* The serial alone, in a stick of another make: enough to be found, and told apart. */
static void
test_serial_only(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GuardRegistry) registry = ready(desk);
        g_autoptr(GuardMedium) medium = desk_medium(0x1234, 0x5678, "60A44C413FAE");
        g_autoptr(GuardRegistryAnswer) answer = guard_registry_lookup(registry, medium, T0);
        GuardEntry *entry = find(answer, "LY-001");

        g_assert_cmpint(entry->match[GUARD_ID_SERIAL], ==, GUARD_MATCH_YES);
        g_assert_cmpint(entry->match[GUARD_ID_USB], ==, GUARD_MATCH_NO);
}

static void
test_content(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GuardRegistry) registry = ready(desk);
        g_autoptr(GuardMedium) medium = desk_medium(0x0951, 0x1666, "60A44C413FAE");
        g_autoptr(GuardRegistryAnswer) answer = NULL;

        desk_add_volume(medium, "0xC0FFEE11", "FFFF-1234");
        desk_add_volume(medium, "0xC0FFEE11", "01d9a2b3c4e5f607");
        answer = guard_registry_lookup(registry, medium, T0);
        g_assert_cmpuint(answer->entries->len, ==, 2);
        g_assert_cmpint(find(answer, "LY-001")->match[GUARD_ID_PT_UUID], ==, GUARD_MATCH_YES);
        g_assert_cmpint(find(answer, "LY-001")->match[GUARD_ID_FS_UUID], ==, GUARD_MATCH_NO);
        g_assert_cmpint(find(answer, "LY-003")->match[GUARD_ID_FS_UUID], ==, GUARD_MATCH_YES);
        g_assert_cmpint(find(answer, "LY-003")->match[GUARD_ID_SERIAL], ==,
                        GUARD_MATCH_NOT_IN_BOOK);
        g_assert_cmpint(find(answer, "LY-003")->status, ==, GUARD_STATUS_LOST);
        g_assert_cmpint(find(answer, "LY-003")->level, ==, GUARD_LEVEL_TOP_SECRET);
}

static void
test_weak_and_bound(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GuardRegistry) registry = ready(desk);
        g_autoptr(GuardMedium) medium = desk_medium(0x0781, 0x5567, "123456789");
        g_autoptr(GuardRegistryAnswer) answer = guard_registry_lookup(registry, medium, T0);
        GuardEntry *entry = find(answer, "LY-002");

        g_assert_true(entry->weak[GUARD_ID_USB]);
        g_assert_true(entry->weak[GUARD_ID_SERIAL]);
        g_assert_false(entry->weak[GUARD_ID_FS_UUID]);
        g_assert_cmpstr(entry->hosts[0], ==, "host-a");
        g_assert_cmpstr(entry->hosts[1], ==, "host-b");
        g_assert_null(entry->hosts[2]);
}

static void
test_unknown(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GuardRegistry) registry = ready(desk);
        g_autoptr(GuardMedium) medium = desk_medium(0x0951, 0x1666, NULL);
        g_autoptr(GuardMedium) card = guard_medium_new();
        g_autoptr(GuardRegistryAnswer) answer = guard_registry_lookup(registry, medium, T0);
        g_autoptr(GuardRegistryAnswer) other = NULL;

        g_assert_cmpint(answer->state, ==, GUARD_REGISTRY_GOOD);
        g_assert_cmpuint(answer->entries->len, ==, 0);
        card->carrier = GUARD_CARRIER_MMC;
        card->carrier_serial = g_strdup("0x12345678");
        other = guard_registry_lookup(registry, card, T0);
        g_assert_cmpint(other->state, ==, GUARD_REGISTRY_GOOD);
        g_assert_cmpuint(other->entries->len, ==, 0);
}

/* A disk in a Thunderbolt case says the serial number that it has in one for USB. */
static void
test_serial_of_another_carrier(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GuardRegistry) registry = ready(desk);
        g_autoptr(GuardMedium) disk = guard_medium_new();
        g_autoptr(GuardRegistryAnswer) answer = NULL, as_card = NULL;

        disk->carrier = GUARD_CARRIER_THUNDERBOLT;
        disk->carrier_serial = g_strdup("60A44C413FAE");
        answer = guard_registry_lookup(registry, disk, T0);
        g_assert_cmpuint(answer->entries->len, ==, 1);
        disk->carrier = GUARD_CARRIER_MMC; /* where the same text would be a CID */
        as_card = guard_registry_lookup(registry, disk, T0);
        g_assert_cmpuint(as_card->entries->len, ==, 0);
}

/* A batch with one factory serial: a few near misses are told, all of them where the content
 * matches too. */
static void
test_many_weak(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        g_autofree Drive *drives = g_new0(Drive, 300);
        g_autoptr(GuardRegistry) registry = NULL;
        g_autoptr(GuardMedium) medium = desk_medium(0x0781, 0x5567, "000000000000");
        g_autoptr(GuardRegistryAnswer) answer = NULL;
        g_autoptr(GError) error = NULL;

        for (guint i = 0; i < 300; i++) {
                char *name = g_strdup_printf("B-%04u", i);

                g_ptr_array_add(names, name);
                drives[i] = (Drive){.media_id = name,
                                    .vendor = 0x0781,
                                    .product = 0x5567,
                                    .serial = "000000000000",
                                    .fs_uuid = i == 250 ? "5A3C-91F0" : NULL,
                                    .weak = TRUE,
                                    .level = GUARD_LEVEL_SECRET};
        }
        desk_publish(desk, 1, T0, T0 + DAY, NULL, drives, 300);
        desk_install(desk, T0, &error);
        g_assert_no_error(error);
        registry = desk_open(desk, T0);
        desk_add_volume(medium, NULL, "5A3C-91F0");
        answer = guard_registry_lookup(registry, medium, T0);
        g_assert_cmpint(find(answer, "B-0250")->match[GUARD_ID_FS_UUID], ==, GUARD_MATCH_YES);
        g_assert_cmpuint(answer->entries->len, ==, 17);
}

/* One strong serial on so many drives that their identifiers just fill, or do not fit into, a row.
 */
static void
test_full_bucket(void)
{
        static const guint counts[] = {63, 64, 65, 128, 300};
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GuardMedium) medium = desk_medium(0x0951, 0x1666, "60A44C413FAE");
        g_autofree Drive *drives = g_new0(Drive, 300);
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

        for (guint i = 0; i < 300; i++) {
                g_ptr_array_add(names, g_strdup_printf("B-%04u", i));
                drives[i] = (Drive){.media_id = g_ptr_array_index(names, i),
                                    .vendor = 0x0951,
                                    .product = 0x1666,
                                    .serial = "60A44C413FAE",
                                    .level = GUARD_LEVEL_SECRET};
        }
        for (guint c = 0; c < G_N_ELEMENTS(counts); c++) {
                g_autoptr(GuardRegistry) registry = NULL;
                g_autoptr(GuardRegistryAnswer) answer = NULL;
                g_autoptr(GError) error = NULL;

                desk_publish(desk, c + 1, T0, T0 + DAY, NULL, drives, counts[c]);
                desk_install(desk, T0, &error);
                g_assert_no_error(error);
                registry = desk_open(desk, T0);
                answer = guard_registry_lookup(registry, medium, T0);
                g_assert_cmpuint(answer->entries->len, ==, counts[c]);
                for (guint i = 0; i < counts[c]; i++) {
                        const GuardEntry *entry = g_ptr_array_index(answer->entries, i);

                        g_assert_cmpstr(entry->media_id, ==, drives[i].media_id);
                        g_assert_cmpint(entry->match[GUARD_ID_USB], ==, GUARD_MATCH_YES);
                        g_assert_cmpint(entry->match[GUARD_ID_SERIAL], ==, GUARD_MATCH_YES);
                }
        }
}

static void
test_states(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GuardMedium) medium = desk_medium(0x0951, 0x1666, "60A44C413FAE");
        g_autoptr(GuardRegistry) absent =
                guard_registry_open(desk->db, desk->keys, desk->sequence, T0);
        g_autoptr(GuardRegistryAnswer) nothing = guard_registry_lookup(absent, medium, T0);
        g_autoptr(GuardRegistry) registry = NULL;
        g_autoptr(GuardRegistryAnswer) stale = NULL;
        g_autoptr(GuardRegistry) gone = NULL;
        g_autoptr(GuardRegistryAnswer) lost = NULL;

        g_assert_cmpint(guard_registry_info(absent, T0)->state, ==, GUARD_REGISTRY_ABSENT);
        g_assert_cmpint(nothing->state, ==, GUARD_REGISTRY_ABSENT);
        registry = ready(desk);
        g_assert_null(guard_registry_info(registry, T0)->why);
        g_assert_cmpuint(guard_registry_info(registry, T0)->entries, ==, 3);
        g_assert_true(guard_registry_info(registry, T0)->payload_verified);
        g_assert_cmpint(guard_registry_info(registry, T0 + 90 * DAY)->state, ==,
                        GUARD_REGISTRY_STALE);
        g_assert_nonnull(guard_registry_info(registry, T0 + 90 * DAY)->why);
        g_assert_cmpint(guard_registry_info(registry, T0 - DAY)->state, ==,
                        GUARD_REGISTRY_NOT_YET_VALID);
        /* a stale one still knows its drives */
        stale = guard_registry_lookup(registry, medium, T0 + 91 * DAY);
        g_assert_cmpint(stale->state, ==, GUARD_REGISTRY_STALE);
        g_assert_cmpuint(stale->entries->len, ==, 1);
        g_assert_cmpint(stale->changes_us, ==, 0);
        g_unlink(desk->db);
        gone = guard_registry_open(desk->db, desk->keys, desk->sequence, T0);
        g_assert_cmpint(guard_registry_info(gone, T0)->state, ==, GUARD_REGISTRY_LOST);
        lost = guard_registry_lookup(gone, medium, T0);
        g_assert_cmpint(lost->state, ==, GUARD_REGISTRY_LOST);
}

/* Nothing of a payload is believed before its digest was checked. */
static void
test_unverified(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GuardRegistry) ready_one = ready(desk);
        g_autoptr(GuardRegistry) registry =
                guard_registry_open(desk->db, desk->keys, desk->sequence, T0);
        g_autoptr(GuardMedium) medium = desk_medium(0x0951, 0x1666, "60A44C413FAE");
        g_autoptr(GuardRegistryAnswer) answer = guard_registry_lookup(registry, medium, T0);

        g_assert_true(guard_registry_info(ready_one, T0)->payload_verified);
        g_assert_cmpint(guard_registry_info(registry, T0)->state, ==, GUARD_REGISTRY_GOOD);
        g_assert_false(guard_registry_info(registry, T0)->payload_verified);
        g_assert_cmpint(answer->state, ==, GUARD_REGISTRY_LOST);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/registry/lookup/usb-stage", test_usb_stage);
        g_test_add_func("/registry/lookup/serial-only", test_serial_only);
        g_test_add_func("/registry/lookup/serial-of-another-carrier", test_serial_of_another_carrier);
        g_test_add_func("/registry/lookup/content", test_content);
        g_test_add_func("/registry/lookup/weak-and-bound", test_weak_and_bound);
        g_test_add_func("/registry/lookup/unknown", test_unknown);
        g_test_add_func("/registry/lookup/many-weak", test_many_weak);
        g_test_add_func("/registry/lookup/full-bucket", test_full_bucket);
        g_test_add_func("/registry/lookup/states", test_states);
        g_test_add_func("/registry/lookup/unverified", test_unverified);
        return g_test_run();
}
