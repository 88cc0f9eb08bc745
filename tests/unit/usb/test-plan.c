/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The decision of layer 1 as a table, and the interfaces that pass.
 */
#include <glib.h>
#include <string.h>
#include "tests/unit/usb/fake-sysfs.h"
#include "udev/hold/plan.h"

#define KEYBOARD                                                                                   \
        {                                                                                          \
                0x03, 0x01, 0x01                                                                   \
        }
#define MOUSE                                                                                      \
        {                                                                                          \
                0x03, 0x01, 0x02                                                                   \
        }
#define STORAGE                                                                                    \
        {                                                                                          \
                0x08, 0x06, 0x50                                                                   \
        }
#define PRINTER                                                                                    \
        {                                                                                          \
                0x07, 0x01, 0x02                                                                   \
        }
#define STILL                                                                                      \
        {                                                                                          \
                0x06, 0x01, 0x01                                                                   \
        }
#define HUB                                                                                        \
        {                                                                                          \
                0x09, 0x00, 0x00                                                                   \
        }
#define NET                                                                                        \
        {                                                                                          \
                0x02, 0x06, 0x00                                                                   \
        }
#define NET_DATA                                                                                   \
        {                                                                                          \
                0x0a, 0x00, 0x00                                                                   \
        }

typedef struct {
        const char *name;
        FakeInterface interfaces[4];
        gsize n;
        const char *hold;
        gboolean off, system_disk, only_keyboard, cut;
        enum hold_plan plan;
        guint passes; /* bit of each interface that passes */
} Case;

static const Case cases[] = {
        {.name = "keyboard", .interfaces = {KEYBOARD}, .n = 1, .plan = HOLD_PLAN_FREE, .passes = 1},
        {.name = "hub", .interfaces = {HUB}, .n = 1, .plan = HOLD_PLAN_FREE, .passes = 1},
        {.name = "network",
         .interfaces = {NET, NET_DATA},
         .n = 2,
         .plan = HOLD_PLAN_FREE,
         .passes = 3},
        {.name = "network-held-by-policy",
         .interfaces = {NET, NET_DATA},
         .n = 2,
         .hold = "02 0a",
         .plan = HOLD_PLAN_WAIT},
        {.name = "network-held-but-off",
         .interfaces = {NET, NET_DATA},
         .n = 2,
         .hold = "02 0a",
         .off = TRUE,
         .plan = HOLD_PLAN_FREE,
         .passes = 3},
        {.name = "stick", .interfaces = {STORAGE}, .n = 1, .plan = HOLD_PLAN_WAIT},
        {.name = "stick-off", .interfaces = {STORAGE}, .n = 1, .off = TRUE, .plan = HOLD_PLAN_WAIT},
        {.name = "stick-system",
         .interfaces = {STORAGE},
         .n = 1,
         .system_disk = TRUE,
         .plan = HOLD_PLAN_FREE,
         .passes = 1},
        {.name = "camera", .interfaces = {STILL}, .n = 1, .plan = HOLD_PLAN_WAIT},
        {.name = "printer-reader",
         .interfaces = {PRINTER, STORAGE},
         .n = 2,
         .plan = HOLD_PLAN_OPEN_OTHERS,
         .passes = 1},
        {.name = "mouse-stick",
         .interfaces = {STORAGE, MOUSE},
         .n = 2,
         .plan = HOLD_PLAN_OPEN_OTHERS,
         .passes = 2},
        {.name = "keyboard-stick",
         .interfaces = {KEYBOARD, STORAGE},
         .n = 2,
         .plan = HOLD_PLAN_WAIT},
        {.name = "keyboard-stick-only",
         .interfaces = {STORAGE, KEYBOARD, PRINTER},
         .n = 3,
         .only_keyboard = TRUE,
         .plan = HOLD_PLAN_OPEN_INPUT,
         .passes = 2},
        {.name = "keyboard-stick-off",
         .interfaces = {KEYBOARD, STORAGE},
         .n = 2,
         .off = TRUE,
         .plan = HOLD_PLAN_OPEN_OTHERS,
         .passes = 1},
        {.name = "keyboard-network-by-policy",
         .interfaces = {KEYBOARD, NET},
         .n = 2,
         .hold = "02",
         .plan = HOLD_PLAN_OPEN_OTHERS,
         .passes = 1},
        {.name = "cut-keyboard",
         .interfaces = {KEYBOARD},
         .n = 1,
         .cut = TRUE,
         .plan = HOLD_PLAN_WAIT},
        {.name = "cut-keyboard-only",
         .interfaces = {KEYBOARD, STORAGE},
         .n = 2,
         .cut = TRUE,
         .only_keyboard = TRUE,
         .plan = HOLD_PLAN_OPEN_INPUT,
         .passes = 1},
};

static void
test_case(gconstpointer data)
{
        const Case *c = data;
        g_autoptr(GByteArray) blob = fake_descriptors(0x46f4, 1, c->interfaces, c->n);
        struct guard_usb_descriptors parsed;
        struct guard_usb_hold hold;
        struct hold_facts facts = {.descriptors = &parsed,
                                   .hold = c->hold ? &hold : NULL,
                                   .off = c->off,
                                   .system_disk = c->system_disk,
                                   .only_keyboard = c->only_keyboard};

        if (c->cut) {
                const guint8 half[] = {9, 4, 1};

                g_byte_array_append(blob, half, sizeof half);
        }
        if (c->hold)
                g_assert_true(guard_usb_hold_parse(c->hold, strlen(c->hold), &hold));
        guard_usb_parse(blob->data, blob->len, &parsed);
        g_assert_cmpint(parsed.malformed, ==, c->cut);
        g_assert_cmpstr(hold_plan_to_string(hold_plan_decide(&facts)), ==,
                        hold_plan_to_string(c->plan));
        for (gsize i = 0; i < c->n; i++)
                g_assert_cmpint(hold_plan_interface_passes(c->plan, &facts, 1, (guint)i,
                                                           c->interfaces[i].cls),
                                ==, c->passes >> i & 1);
}

/* An interface that our parser did not see, or that the kernel understood otherwise, waits. */
static void
test_unseen_interface(void)
{
        const FakeInterface interfaces[] = {PRINTER, STORAGE};
        g_autoptr(GByteArray) blob = fake_descriptors(0x46f4, 1, interfaces, 2);
        struct guard_usb_descriptors parsed;
        struct hold_facts facts = {.descriptors = &parsed};

        guard_usb_parse(blob->data, blob->len, &parsed);
        g_assert_true(hold_plan_interface_passes(HOLD_PLAN_OPEN_OTHERS, &facts, 1, 0, 0x07));
        g_assert_false(hold_plan_interface_passes(HOLD_PLAN_OPEN_OTHERS, &facts, 1, 0, 0x08));
        g_assert_false(hold_plan_interface_passes(HOLD_PLAN_OPEN_OTHERS, &facts, 1, 5, 0x07));
        g_assert_false(hold_plan_interface_passes(HOLD_PLAN_OPEN_OTHERS, &facts, 2, 0, 0x07));
}

/* One alternate setting that is storage keeps the whole interface closed. */
static void
test_alternate_setting(void)
{
        const FakeInterface interfaces[] = {PRINTER, PRINTER};
        const guint8 alternate[9] = {9, 4, 0, 1, 0, 0x08, 0x06, 0x62, 0};
        g_autoptr(GByteArray) blob = fake_descriptors(0x46f4, 1, interfaces, 2);
        struct guard_usb_descriptors parsed;
        struct hold_facts facts = {.descriptors = &parsed};

        g_byte_array_append(blob, alternate, sizeof alternate);
        guard_usb_parse(blob->data, blob->len, &parsed);
        g_assert_cmpint(hold_plan_decide(&facts), ==, HOLD_PLAN_OPEN_OTHERS);
        g_assert_false(hold_plan_interface_passes(HOLD_PLAN_OPEN_OTHERS, &facts, 1, 0, 0x07));
        g_assert_true(hold_plan_interface_passes(HOLD_PLAN_OPEN_OTHERS, &facts, 1, 1, 0x07));
}

static void
test_nothing_at_all(void)
{
        struct guard_usb_descriptors parsed;
        struct hold_facts facts = {.descriptors = &parsed};

        guard_usb_parse(NULL, 0, &parsed);
        g_assert_cmpint(hold_plan_decide(&facts), ==, HOLD_PLAN_WAIT);
        g_assert_cmpstr(hold_plan_to_string(HOLD_N_PLANS), ==, "wait");
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *path = g_strdup_printf("/usb/plan/%s", cases[i].name);

                g_test_add_data_func(path, &cases[i], test_case);
        }
        g_test_add_func("/usb/plan/unseen-interface", test_unseen_interface);
        g_test_add_func("/usb/plan/alternate-setting", test_alternate_setting);
        g_test_add_func("/usb/plan/nothing-at-all", test_nothing_at_all);
        return g_test_run();
}
