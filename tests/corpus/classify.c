/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the guard makes of descriptors: "HEX<tab>MANUFACTURER<tab>PRODUCT" on standard input, a line of JSON each on standard
 * output, in the same order. Arguments: policy files, each of which may hold classes of its own. Nothing is judged here; `run` does.
 */
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include "common/device-kind.h"
#include "common/guard-hex.h"
#include "guardd/usb/drivers.h"
#include "rules/policy.h"
#include "udev/hold/plan.h"

typedef struct {
        char *name;
        GuardPolicy *policy; /* NULL: nothing but what is always held */
} Holding;

static GPtrArray *
read_policies(char **paths)
{
        GPtrArray *holdings = g_ptr_array_new();

        for (gsize i = 0;; i++) {
                Holding *one = g_new0(Holding, 1);
                g_autofree char *text = NULL;
                gsize size;

                g_ptr_array_add(holdings, one);
                one->name = i == 0 ? g_strdup("always") : g_path_get_basename(paths[i - 1]);
                if (i > 0) {
                        if (!g_file_get_contents(paths[i - 1], &text, &size, NULL))
                                g_error("%s cannot be read", paths[i - 1]);
                        one->policy = guard_policy_new_from_texts(&(GuardPolicyText){paths[i - 1], text, size}, 1, NULL);
                        g_assert_nonnull(one->policy);
                }
                if (!paths[i])
                        return holdings;
        }
}

/* The interfaces that wait, as "CC:SS:PP". */
static void
add_waiting(JsonBuilder *json, const struct hold_facts *facts, enum hold_plan plan)
{
        const struct guard_usb_descriptors *d = facts->descriptors;

        json_builder_begin_array(json);
        for (gsize i = 0; i < d->n_interfaces; i++) {
                const struct guard_usb_interface *one = &d->interfaces[i];
                g_autofree char *codes = g_strdup_printf("%02x:%02x:%02x", one->cls, one->subcls, one->protocol);

                if (!hold_plan_interface_passes(plan, facts, one->configuration, one->number, one->cls))
                        json_builder_add_string_value(json, codes);
        }
        json_builder_end_array(json);
}

static void
add_holdings(JsonBuilder *json, const struct guard_usb_descriptors *descriptors, const GPtrArray *holdings)
{
        for (guint i = 0; i < holdings->len; i++) {
                const Holding *one = g_ptr_array_index(holdings, i);
                const struct hold_facts facts = {.descriptors = descriptors,
                                                 .hold = one->policy ? guard_policy_hold_on(one->policy, GUARD_LEVEL_UNKNOWN) : NULL};
                enum hold_plan plan = hold_plan_decide(&facts);

                json_builder_set_member_name(json, one->name);
                json_builder_begin_object(json);
                json_builder_set_member_name(json, "plan");
                json_builder_add_string_value(json, hold_plan_to_string(plan));
                json_builder_set_member_name(json, "waiting");
                add_waiting(json, &facts, plan);
                json_builder_end_object(json);
        }
}

static void
add_kinds(JsonBuilder *json, GuardUsbFacts *facts)
{
        const GuardMedium medium = {.carrier = GUARD_CARRIER_USB, .usb = facts};
        guint kinds;

        facts->driver_kinds = guard_usb_driver_kinds(facts);
        kinds = guard_device_kinds(&medium);
        json_builder_set_member_name(json, "kinds");
        json_builder_begin_array(json);
        for (guint i = 0; i < GUARD_N_DEVICE_KINDS; i++)
                if (kinds & GUARD_DEVICE_BIT(i))
                        json_builder_add_string_value(json, guard_device_kind_to_string((GuardDeviceKind)i));
        json_builder_end_array(json);
}

static void
classify(char **words, const GPtrArray *holdings)
{
        gsize digits = strlen(words[0]);
        g_autofree guint8 *bytes = g_malloc(digits / 2 + 1);
        g_autoptr(JsonBuilder) json = json_builder_new();
        g_autoptr(JsonGenerator) generator = json_generator_new();
        g_autoptr(JsonNode) root = NULL;
        g_autofree char *text = NULL;
        GuardUsbFacts facts = {.manufacturer = words[1], .product = words[2]};

        if (!guard_hex_read(words[0], digits, bytes))
                g_error("not bytes in hex: %s", words[0]);
        guard_usb_parse(bytes, digits / 2, &facts.descriptors);
        facts.vendor_id = facts.descriptors.vendor_id;
        facts.product_id = facts.descriptors.product_id;
        json_builder_begin_object(json);
        json_builder_set_member_name(json, "malformed");
        json_builder_add_string_value(json, facts.descriptors.malformed ? facts.descriptors.why : "");
        add_kinds(json, &facts);
        add_holdings(json, &facts.descriptors, holdings);
        json_builder_end_object(json);
        root = json_builder_get_root(json);
        json_generator_set_root(generator, root);
        text = json_generator_to_data(generator, NULL);
        printf("%s\n", text);
}

int
main(int argc, char **argv)
{
        g_autoptr(GPtrArray) holdings = read_policies(argv + 1);
        char *line = NULL;
        size_t room = 0;

        (void)argc;
        while (getline(&line, &room, stdin) > 0) {
                g_auto(GStrv) words = NULL;

                line[strcspn(line, "\n")] = '\0';
                words = g_strsplit(line, "\t", 3);
                if (g_strv_length(words) != 3)
                        g_error("a line of other than three fields: %s", line);
                classify(words, holdings);
        }
        free(line);
        for (guint i = 0; i < holdings->len; i++) {
                Holding *one = g_ptr_array_index(holdings, i);

                g_clear_pointer(&one->policy, guard_policy_unref);
                g_free(one->name);
                g_free(one);
        }
        return 0;
}
