/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl station over a book in a temporary folder and a made-up /sys: what scripts and people read of
 * it, and that a drive is entered as the device itself tells.
 */
#include <locale.h>
#include <string.h>
#include "tests/unit/guardctl/station-fixture.h"

static void
set_up_devices(Fixture *f, gconstpointer data)
{
        set_up(f, data);
        put(f, "/sys/bus/usb/devices/1-2/idVendor", "0951\n");
        put(f, "/sys/bus/usb/devices/1-2/idProduct", "1666\n");
        put(f, "/sys/bus/usb/devices/1-2/serial", "60A44C413FAE\n");
        put(f, "/sys/bus/usb/devices/1-2/product", "DataTraveler\n");
        put(f, "/sys/bus/usb/devices/1-3.1/idVendor", "0951\n");
        put(f, "/sys/bus/usb/devices/1-3.1/idProduct", "1666\n");
}

static void
test_enrol_device(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
        static const struct {
                const char *words;
                int status;
                const char *says; /* on stderr where it failed, else of the first identifier */
        } CASES[] = {
                {"enrol --media-id A --level secret --device 1-2", GUARDCTL_DONE, "0951:1666:60A44C413FAE"},
                {"enrol --media-id B --level secret --device 1-2 --serial OTHER", GUARDCTL_DONE,
                 "0951:1666:OTHER"}, /* what is typed wins */
                {"enrol --media-id C --level secret --device 1-3.1", GUARDCTL_FAILED, "no serial number"},
                {"enrol --media-id C --level secret --device 1-3.1 --fs-uuid 5A3C-91F0", GUARDCTL_DONE,
                 "5A3C91F0"},
                {"enrol --media-id D --level secret --device 1-9", GUARDCTL_FAILED, "1-9"},
                {"enrol --media-id D --level secret --device ../../../etc", GUARDCTL_USAGE_ERROR, "etc"},
                {"enrol --media-id D --level secret --device 1-..", GUARDCTL_USAGE_ERROR, "1-.."},
                {"enrol --media-id D --level sometimes --device 1-2", GUARDCTL_USAGE_ERROR, "sometimes"},
                {"enrol --level secret --device 1-2", GUARDCTL_USAGE_ERROR, "--media-id"},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
                g_auto(Capture) capture = {0};
                g_autoptr(JsonNode) shown = NULL;
                g_autofree char *words = g_strdup_printf("%s --json", CASES[i].words);
                JsonArray *ids;

                g_assert_cmpint(station(f, &capture, words), ==, CASES[i].status);
                if (CASES[i].status != GUARDCTL_DONE) {
                        g_assert_nonnull(strstr(capture.err, CASES[i].says));
                        continue;
                }
                shown = json_from_string(capture.out, NULL);
                ids = json_object_get_array_member(json_node_get_object(shown), "identifiers");
                g_assert_cmpstr(json_object_get_string_member(json_array_get_object_element(ids, 0), "value"),
                                ==, CASES[i].says);
                g_assert_cmpstr(json_object_get_string_member(json_node_get_object(shown), "status"), ==,
                                "in-use");
        }
}

/* list, show and history tell of the same drive alike; people get a table of it. */
static void
test_read(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
        g_autoptr(JsonNode) empty = document(f, "list", GUARDCTL_DONE);
        g_autoptr(JsonNode) list = NULL, all = NULL, one = NULL, shown = NULL;
        g_auto(Capture) table = {0}, missing = {0}, nowhere = {0};

        g_assert_cmpuint(json_array_get_length(json_node_get_array(empty)), ==, 0);
        json_node_unref(document(f, "enrol --media-id LY-1 --level secret --device 1-2 --custodian 张三", GUARDCTL_DONE));
        json_node_unref(document(f, "enrol --media-id LY-2 --level none --serial ZZ99XX", GUARDCTL_DONE));
        json_node_unref(document(f, "lost LY-1 --reason 'left in a train'", GUARDCTL_DONE));
        list = document(f, "list", GUARDCTL_DONE);
        g_assert_cmpuint(json_array_get_length(json_node_get_array(list)), ==, 2);
        g_assert_cmpstr(member(list, 0, "media_id"), ==, "LY-1");
        g_assert_cmpstr(member(list, 0, "status"), ==, "lost");
        g_assert_cmpstr(member(list, 0, "custodian"), ==, "张三");
        g_assert_cmpstr(member(list, 1, "level"), ==, "none");
        shown = document(f, "show LY-1", GUARDCTL_DONE);
        g_assert_true(json_node_equal(shown, json_array_get_element(json_node_get_array(list), 0)));
        all = document(f, "history", GUARDCTL_DONE);
        one = document(f, "history LY-1", GUARDCTL_DONE);
        g_assert_cmpuint(json_array_get_length(json_node_get_array(all)), >,
                         json_array_get_length(json_node_get_array(one)));
        g_assert_cmpstr(member(one, 1, "action"), ==, "lost");
        g_assert_cmpstr(member(one, 1, "reason"), ==, "left in a train");
        g_assert_cmpint(station(f, &table, "list"), ==, GUARDCTL_DONE);
        g_assert_nonnull(strstr(table.out, "LY-1"));
        g_assert_nonnull(strstr(table.out, "张三"));
        g_assert_cmpint(station(f, &missing, "show LY-9"), ==, GUARDCTL_FAILED);
        g_assert_nonnull(strstr(missing.err, "LY-9"));
        g_free(f->dir);
        f->dir = g_build_filename(f->root, "nowhere", NULL);
        g_assert_cmpint(station(f, &nowhere, "list --json"), ==, GUARDCTL_FAILED);
        g_assert_cmpstr(nowhere.out, ==, "");
}

int
main(int argc, char **argv)
{
        setlocale(LC_ALL, "");
        g_test_init(&argc, &argv, NULL);
        g_test_add("/guardctl/station/enrol-device", Fixture, NULL, set_up_devices, test_enrol_device, tear_down);
        g_test_add("/guardctl/station/read", Fixture, NULL, set_up_devices, test_read, tear_down);
        return g_test_run();
}
