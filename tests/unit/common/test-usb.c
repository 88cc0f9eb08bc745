/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The descriptor parser on descriptors of real kinds of devices, on cut and lying ones, and the
 * list of held classes.
 */
#include "common/usb-descriptors.h"
#include "tests/unit/common/usb-samples.h"
#include <glib.h>
#include <string.h>

typedef struct {
        const char *name;
        const uint8_t *bytes;
        size_t size;
        size_t n_interfaces;
        const char *kinds; /* of the interfaces */
        bool guarded, guarded_with_mtp;
} Sample;

#define SAMPLE(bytes) #bytes, bytes, sizeof bytes

static const Sample samples[] = {
        {SAMPLE(stick), 1, "storage", true, true},
        {SAMPLE(uas_disk), 2, "storage storage", true, true},
        {SAMPLE(floppy), 1, "storage", true, true},
        {SAMPLE(keyboard), 2, "keyboard keyboard", false, false},
        {SAMPLE(mouse), 1, "pointer", false, false},
        {SAMPLE(hub), 1, "hub", false, false},
        {SAMPLE(camera), 1, "still-image", true, true},
        {SAMPLE(phone_mtp), 1, "mtp", false, true},
        {SAMPLE(phone_mtp_adb), 2, "mtp vendor", false, true},
        {SAMPLE(ftdi), 1, "vendor", false, false},
        {SAMPLE(pl2303), 1, "vendor", false, false},
        {SAMPLE(ch340), 1, "vendor", false, false},
        {SAMPLE(rtl8153), 4, "vendor network network network", false, false},
        {SAMPLE(ax88179), 1, "mtp", false, true}, /* the price of "mtp", told in policy.d/README */
        {SAMPLE(headset), 4, "audio audio audio keyboard", false, false},
        {SAMPLE(printer_with_reader), 2, "printer storage", true, true},
        {SAMPLE(rubber_ducky), 2, "storage keyboard", true, true},
        {SAMPLE(second_configuration), 2, "vendor storage", true, true},
};

static char *
kinds_of(const struct guard_usb_descriptors *d)
{
        GString *out = g_string_new(NULL);
        for (size_t n = 0; n < d->n_interfaces; n++)
                g_string_append_printf(out, "%s%s", n > 0 ? " " : "",
                                       guard_usb_kind_to_string(d->interfaces[n].kind));
        return g_string_free(out, FALSE);
}

static void
knows(gconstpointer data)
{
        const Sample *sample = data;
        struct guard_usb_hold hold;
        struct guard_usb_descriptors d;

        guard_usb_parse(sample->bytes, sample->size, &d);
        g_assert_false(d.malformed);
        g_assert_null(d.why);
        g_assert_cmpuint(d.n_interfaces, ==, sample->n_interfaces);
        g_autofree char *kinds = kinds_of(&d);
        g_assert_cmpstr(kinds, ==, sample->kinds);
        g_assert_cmpint(guard_usb_device_guarded(&d, NULL), ==, sample->guarded);
        g_assert_true(guard_usb_hold_parse("mtp", 3, &hold));
        g_assert_cmpint(guard_usb_device_guarded(&d, &hold), ==, sample->guarded_with_mtp);
        g_assert_cmpint(guard_usb_device_has_storage(&d), ==,
                        strstr(sample->kinds, "storage") != NULL);
        g_assert_cmpint(guard_usb_device_has_keyboard(&d), ==,
                        strstr(sample->kinds, "keyboard") != NULL);
}

/* However much is missing at the end: a cut inside a descriptor is seen, and what was guarded never
 * looks harmless. */
static void
cut_is_never_harmless(gconstpointer data)
{
        const Sample *sample = data;
        size_t boundary = 0;
        for (size_t size = 0; size < sample->size; size++) {
                g_autofree uint8_t *exact = g_malloc(size + 1);
                struct guard_usb_descriptors d;
                if (size == boundary + sample->bytes[boundary])
                        boundary = size;
                memcpy(exact, sample->bytes, size);
                guard_usb_parse(exact, size, &d);
                if (size != boundary || size < 18 + 9 + 9)
                        g_assert_true(d.malformed);
                if (d.malformed || (sample->guarded && sample->n_interfaces == 1))
                        g_assert_true(guard_usb_device_guarded(&d, NULL));
        }
}

static void
device_fields(void)
{
        struct guard_usb_descriptors d;
        guard_usb_parse(uas_disk, sizeof uas_disk, &d);
        g_assert_cmphex(d.vendor_id, ==, 0x0bda);
        g_assert_cmphex(d.product_id, ==, 0x9210);
        g_assert_cmphex(d.usb_version, ==, 0x0200);
        g_assert_cmphex(d.device_version, ==, 0x0100);
        g_assert_cmpuint(d.n_configurations, ==, 1);
        g_assert_cmpuint(d.interfaces[1].alternate, ==, 1);
        g_assert_cmphex(d.interfaces[1].protocol, ==, 0x62);
        g_assert_cmpuint(d.interfaces[1].bulk_in, ==, 2);
        g_assert_cmpuint(d.interfaces[1].bulk_out, ==, 2);
        guard_usb_parse(rtl8153, sizeof rtl8153, &d);
        g_assert_cmpuint(d.interfaces[0].configuration, ==, 1);
        g_assert_cmpuint(d.interfaces[3].configuration, ==, 2);
}

static void
malformed(void)
{
        struct guard_usb_descriptors d;
        uint8_t bytes[sizeof stick];

        guard_usb_parse(NULL, 0, &d);
        g_assert_true(d.malformed);
        guard_usb_parse(stick, 17, &d);
        g_assert_true(d.malformed);
        guard_usb_parse(stick, 18, &d); /* no configuration */
        g_assert_true(d.malformed);
        static const size_t spoiled[] = {0, 1, 17, 18,
                                         27}; /* lengths, type, number of configurations */
        for (size_t n = 0; n < G_N_ELEMENTS(spoiled); n++) {
                memcpy(bytes, stick, sizeof stick);
                bytes[spoiled[n]] = spoiled[n] == 17 ? 2 : 0;
                guard_usb_parse(bytes, sizeof bytes, &d);
                g_assert_true(d.malformed);
                g_assert_nonnull(d.why);
                g_assert_true(guard_usb_device_guarded(&d, NULL));
        }
}

/* Honest keyboards get counts wrong; nothing can hide behind that. */
static void
quirks_are_not_malformed(void)
{
        struct guard_usb_descriptors d;
        uint8_t bytes[sizeof keyboard];
        memcpy(bytes, keyboard, sizeof keyboard);
        bytes[18 + 2] = 200;   /* total length */
        bytes[18 + 4] = 7;     /* number of interfaces */
        bytes[18 + 9 + 4] = 3; /* number of endpoints */
        guard_usb_parse(bytes, sizeof bytes, &d);
        g_assert_false(d.malformed);
        g_assert_false(guard_usb_device_guarded(&d, NULL));
        g_assert_true(guard_usb_device_has_keyboard(&d));
}

static GByteArray *
many_alternates(guint count, guint8 last_class)
{
        static const uint8_t head[] = {DEVICE(0x1234, 0x5678, 1), CONFIGURATION(9, 1, 1)};
        GByteArray *bytes = g_byte_array_new();
        g_byte_array_append(bytes, head, sizeof head);
        for (guint n = 0; n < count; n++) {
                const uint8_t one[] = {INTERFACE(1, (uint8_t)n, 0, 0x0e, 2, 0, 0)};
                g_byte_array_append(bytes, one, sizeof one);
        }
        const uint8_t last[] = {INTERFACE(2, 0, 0, last_class, 0, 0, 0)};
        g_byte_array_append(bytes, last, sizeof last);
        return bytes;
}

static void
nothing_hides_behind_many(void)
{
        struct guard_usb_descriptors d;
        g_autoptr(GByteArray) storage = many_alternates(300, 8),
                              camera_only = many_alternates(300, 0x0e), sound_card = many_alternates(100, 3);
        guard_usb_parse(storage->data, storage->len, &d);
        g_assert_cmpuint(d.n_interfaces, ==, GUARD_USB_MAX_INTERFACES);
        g_assert_true(d.malformed);
        g_assert_true(guard_usb_device_guarded(&d, NULL));
        camera_only->data[camera_only->len - 7] =
                1; /* interface number: one more alternate setting of the same */
        camera_only->data[camera_only->len - 3] = 2;
        guard_usb_parse(camera_only->data, camera_only->len, &d);
        g_assert_false(d.malformed);
        g_assert_false(guard_usb_device_guarded(&d, NULL));
        /* real ones have as many, and keys behind them */
        guard_usb_parse(sound_card->data, sound_card->len, &d);
        g_assert_false(d.malformed);
        g_assert_false(guard_usb_device_guarded(&d, NULL));
}

static const struct {
        const char *text;
        bool good;
        const char *held,
                *free; /* "cls:sub:proto" of one interface that must be, and must not be */
} lists[] = {
        {"", true, NULL, "02:00:00"},
        {"02", true, "02:06:00", "0a:00:00"},
        {"02, 0a\ne0 # wireless\n;ff", true, "e0:01:01", "0e:01:00"},
        {"e0:01", true, "e0:01:07", "e0:02:01"},
        {"E0:01:01", true, "e0:01:01", "e0:01:02"},
        {"e0:01:*", true, "e0:01:02", "e0:02:02"},
        {"e0:*", true, "e0:05:05", "02:05:05"},
        {"e0:*:*", true, "e0:05:05", "02:05:05"},
        {"#02", true, NULL, "02:00:00"},
        {"mtp", true, NULL, "ff:ff:00"}, /* ff:ff:00 is no candidate without its endpoints */
        {"2", false, NULL, "02:00:00"},
        {"g0", false, NULL, "e0:00:00"},
        {"*", false, NULL, "e0:00:00"},
        {"e0:", false, NULL, "e0:00:00"},
        {"e0:1", false, NULL, "e0:01:00"},
        {"e0:*:01", false, NULL, "e0:00:01"},
        {"e0:01:01:01", false, NULL, "e0:01:01"},
        {"MTP", false, NULL, "ff:ff:00"},
        {"03", false, NULL, "03:01:01"},
        {"09 03:01:02 02", false, "02:00:00", "09:00:00"}, /* the good one still counts */
};

static bool
held(const struct guard_usb_hold *hold, const char *codes)
{
        struct guard_usb_descriptors d;
        const uint8_t bytes[] = {DEVICE(1, 1, 1), CONFIGURATION(18, 1, 1),
                                 INTERFACE(0, 0, 0, (uint8_t)g_ascii_strtoull(codes, NULL, 16),
                                           (uint8_t)g_ascii_strtoull(codes + 3, NULL, 16),
                                           (uint8_t)g_ascii_strtoull(codes + 6, NULL, 16), 0)};
        guard_usb_parse(bytes, sizeof bytes, &d);
        return guard_usb_device_guarded(&d, hold);
}

static void
hold_lists(void)
{
        for (size_t n = 0; n < G_N_ELEMENTS(lists); n++) {
                struct guard_usb_hold hold;
                g_test_message("“%s”", lists[n].text);
                g_assert_cmpint(guard_usb_hold_parse(lists[n].text, strlen(lists[n].text), &hold),
                                ==, lists[n].good);
                if (lists[n].held != NULL)
                        g_assert_true(held(&hold, lists[n].held));
                if (lists[n].free != NULL)
                        g_assert_false(held(&hold, lists[n].free));
        }
}

/* Even a list made by hand, with every bit set, takes no keyboard, mouse or hub away. */
static void
input_is_never_held(void)
{
        struct guard_usb_hold hold;
        memset(&hold, 0xff, sizeof hold);
        hold.n_triples = 0;
        g_assert_false(held(&hold, "03:01:01"));
        g_assert_false(held(&hold, "03:01:02"));
        g_assert_false(held(&hold, "09:00:00"));
        g_assert_true(held(&hold, "01:01:00"));
}

static void
too_many_entries(void)
{
        struct guard_usb_hold hold;
        g_autoptr(GString) text = g_string_new(NULL);
        for (guint n = 0; n <= GUARD_USB_MAX_HOLD_TRIPLES; n++)
                g_string_append_printf(text, "e0:%02x e0:%02x\n", n,
                                       n); /* the same again takes no room */
        g_assert_false(guard_usb_hold_parse(text->str, text->len, &hold));
        g_assert_cmpuint(hold.n_triples, ==, GUARD_USB_MAX_HOLD_TRIPLES);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        for (guint n = 0; n < G_N_ELEMENTS(samples); n++) {
                g_autofree char *known = g_strdup_printf("/usb/%s/known", samples[n].name);
                g_autofree char *cut = g_strdup_printf("/usb/%s/cut", samples[n].name);
                g_test_add_data_func(known, &samples[n], knows);
                g_test_add_data_func(cut, &samples[n], cut_is_never_harmless);
        }
        g_test_add_func("/usb/device-fields", device_fields);
        g_test_add_func("/usb/malformed", malformed);
        g_test_add_func("/usb/quirks-are-not-malformed", quirks_are_not_malformed);
        g_test_add_func("/usb/nothing-hides-behind-many", nothing_hides_behind_many);
        g_test_add_func("/usb/hold-lists", hold_lists);
        g_test_add_func("/usb/input-is-never-held", input_is_never_held);
        g_test_add_func("/usb/too-many-entries", too_many_entries);
        return g_test_run();
}
