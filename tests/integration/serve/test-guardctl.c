/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The guardctl binary against the bus face: INTERFACES' keys and exit status, hostile strings, progress.
 */
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include "tests/integration/serve/stage.h"

typedef struct {
        gboolean done;
        char *out, *err;
        int status;
} Run;

static void
on_run(GObject *source, GAsyncResult *result, gpointer user_data)
{
        Run *run = user_data;
        g_autoptr(GError) error = NULL;

        g_subprocess_communicate_utf8_finish(G_SUBPROCESS(source), result, &run->out, &run->err, &error);
        g_assert_no_error(error);
        run->status = g_subprocess_get_exit_status(G_SUBPROCESS(source));
        run->done = TRUE;
}

static void
run_clear(Run *run)
{
        g_free(run->out);
        g_free(run->err);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static void
guardctl(const char *address, const char *line, Run *run)
{
        g_autofree char *command = g_strconcat(g_getenv("GUARDCTL"), " ", line, NULL);
        g_auto(GStrv) argv = g_strsplit(command, " ", -1);
        g_autoptr(GSubprocessLauncher) launcher =
                g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
        g_autoptr(GSubprocess) process = NULL;
        g_autoptr(GError) error = NULL;

        g_subprocess_launcher_setenv(launcher, "DBUS_SYSTEM_BUS_ADDRESS", address, TRUE);
        g_subprocess_launcher_setenv(launcher, "LC_ALL", "C", TRUE);
        process = g_subprocess_launcher_spawnv(launcher, (const char *const *)argv, &error);
        g_assert_no_error(error);
        g_subprocess_communicate_utf8_async(process, NULL, NULL, on_run, run);
        while (!run->done)
                stage_iterate();
        g_test_message("guardctl %s: %d\n%s%s", line, run->status, run->out, run->err);
}

static void
start(Stage *stage)
{
        stage_start(stage);
        stage->allowed = (char *)"*";
        fake_manager_plug(stage->manager, "1-2", "CLASSIFIED1", GUARD_VERDICT_REFUSE, GUARD_REASON_CLASSIFIED_ON_UNCLASSIFIED);
        fake_manager_plug(stage->manager, "1-3", NULL, GUARD_VERDICT_ADMIT, GUARD_REASON_UNREGISTERED);
        fake_manager_plug(stage->manager, "busy", "B", GUARD_VERDICT_HOLD, GUARD_REASON_NONE);
}

/* Every key of @keys ("a b c") is in @object. */
static void
assert_keys(JsonObject *object, const char *keys)
{
        g_auto(GStrv) list = g_strsplit(keys, " ", -1);

        for (char **key = list; *key; key++) {
                g_test_message("key %s", *key);
                g_assert_true(json_object_has_member(object, *key));
        }
}

static JsonNode *
json_of(Stage *stage, const char *line)
{
        g_auto(Run) run = {0};
        g_autoptr(GError) error = NULL;
        JsonNode *node;

        guardctl(stage->address, line, &run);
        g_assert_cmpint(run.status, ==, 0);
        g_assert_cmpstr(run.err, ==, "");
        /* json-glib takes control characters for text, other readers do not. */
        for (const char *at = run.out; *at; at++)
                g_assert_true(*at == '\n' || !g_ascii_iscntrl(*at));
        node = json_from_string(run.out, &error);
        g_assert_no_error(error);
        return node;
}

static void
test_status_keys(void)
{
        Stage stage = {0};
        g_autoptr(JsonNode) node = NULL;
        JsonObject *status;

        start(&stage);
        node = json_of(&stage, "status --json");
        status = json_node_get_object(node);
        assert_keys(status, "version host layers registry policy alarms");
        assert_keys(json_object_get_object_member(status, "host"), "level host_id");
        assert_keys(json_object_get_object_member(status, "layers"), "usb block shield");
        assert_keys(json_object_get_object_member(json_object_get_object_member(status, "layers"), "shield"), "state why");
        assert_keys(json_object_get_object_member(status, "registry"), "sequence issued expires entries state");
        assert_keys(json_object_get_object_member(status, "policy"), "rules state");
        g_assert_cmpint(json_object_get_int_member(json_object_get_object_member(status, "registry"), "sequence"), ==, 7);
        stage_stop(&stage);
}

static void
test_media_keys(void)
{
        Stage stage = {0};
        g_autoptr(JsonNode) node = NULL;
        JsonArray *media;
        JsonObject *refused, *admitted, *held, *block;

        start(&stage);
        node = json_of(&stage, "media list --json");
        media = json_node_get_array(node);
        g_assert_cmpuint(json_array_get_length(media), ==, 3);
        refused = json_array_get_object_element(media, 0);
        admitted = json_array_get_object_element(media, 1);
        held = json_array_get_object_element(media, 2);
        for (guint i = 0; i < 3; i++)
                assert_keys(json_array_get_object_element(media, i),
                            "device vendor_id product_id serial manufacturer product interfaces blocks verdict reason rule media_id level");
        g_assert_cmpstr(json_object_get_string_member(refused, "verdict"), ==, "refuse");
        g_assert_cmpstr(json_object_get_string_member(refused, "reason"), ==, "classified-on-unclassified");
        g_assert_cmpstr(json_object_get_string_member(refused, "media_id"), ==, "领-017");
        g_assert_cmpstr(json_object_get_string_member(refused, "level"), ==, "secret");
        g_assert_cmpstr(json_object_get_string_member(refused, "vendor_id"), ==, "46f4");
        g_assert_cmpstr(json_array_get_string_element(json_object_get_array_member(refused, "interfaces"), 0), ==, "08:06:50");
        g_assert_true(json_object_get_null_member(admitted, "serial"));
        block = json_array_get_object_element(json_object_get_array_member(admitted, "blocks"), 0);
        assert_keys(block, "name diskseq filesystems verdict reason rule media_id level");
        g_assert_cmpstr(json_object_get_string_member(held, "verdict"), ==, "hold");
        g_assert_true(json_object_get_null_member(held, "reason"));
        stage_stop(&stage);
}

static void
test_explain(void)
{
        Stage stage = {0};
        g_autoptr(JsonNode) here = NULL;
        g_autoptr(JsonNode) described = NULL;
        JsonObject *explanation;

        start(&stage);
        here = json_of(&stage, "media explain 1-3 --json");
        assert_keys(json_node_get_object(here), "verdict reason rule facts near_misses stages");
        g_assert_cmpint(fake_manager_counts(stage.manager)->last_stage, ==, GUARD_STAGE_BLOCK);
        described = json_of(&stage, "media explain --vendor-id 46F4 --product-id 0001 --serial CLASSIFIED1 --fs-uuid 1-2 "
                                    "--host-level secret --json");
        explanation = json_node_get_object(described);
        g_assert_cmpstr(json_object_get_string_member(explanation, "verdict"), ==, "refuse");
        g_assert_cmpint(fake_manager_counts(stage.manager)->last_host_level, ==, GUARD_LEVEL_SECRET);
        g_assert_cmpstr(fake_manager_counts(stage.manager)->last_serial, ==, "CLASSIFIED1");
        assert_keys(json_array_get_object_element(json_object_get_array_member(explanation, "near_misses"), 0), "rule why");
        stage_stop(&stage);
}

/* Exit status and who hears what, by command. */
static void
test_status_codes(void)
{
        static const struct {
                const char *line, *allowed;
                int status;
                const char *out, *err;
        } cases[] = {
                {"status", "*", 0, "Not classified", NULL},
                {"media list", "*", 0, "refused", NULL},
                {"media list", "*", 0, "classified-on-unclassified: A classified drive must not be connected", NULL},
                {"media eject 1-2", "*", 0, "pulled out", NULL},
                {"media eject busy", "*", 1, NULL, "still in use"},
                {"media eject 9-9", "*", 1, NULL, "no medium '9-9'"},
                {"media explain 9-9", "*", 1, NULL, "no medium '9-9'"},
                {"media explain --vendor-id zz --serial x", "*", 1, NULL, "hexadecimal"},
                {"media explain --host-level high 1-2", "*", 1, NULL, "no level"},
                {"media explain", "*", 2, NULL, "name a device"},
                {"media eject", "*", 2, NULL, "needs DEVICE"},
                {"media lst", "*", 2, NULL, "did you mean 'list'?"},
                {"registry show", "*", 0, "ed25519", NULL},
                {"registry install /dev/null", "*", 1, NULL, "signed by a stranger"},
                {"registry install /nowhere", "*", 1, NULL, "cannot open"},
                {"status", NULL, 1, NULL, "read-status"},
                {"media list", NULL, 1, NULL, "read-media"},
                {"media eject 1-2", "org.baomiguard.guard1.read-media", 1, NULL, "guard1.eject"},
                {"registry show", "org.baomiguard.guard1.read-status", 1, NULL, "query-registry"},
                {"registry install /dev/null", "org.baomiguard.guard1.read-log", 1, NULL, "install-registry"},
        };
        Stage stage = {0};

        start(&stage);
        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_auto(Run) run = {0};

                stage.allowed = (char *)cases[i].allowed;
                guardctl(stage.address, cases[i].line, &run);
                g_assert_cmpint(run.status, ==, cases[i].status);
                g_assert_true(cases[i].out ? strstr(run.out, cases[i].out) != NULL : *run.out == '\0');
                g_assert_true(cases[i].err ? strstr(run.err, cases[i].err) != NULL : *run.err == '\0');
                /* A device's control characters never reach the terminal. */
                g_assert_null(strchr(run.out, '\033'));
        }
        stage_stop(&stage);
}

static void
test_install(void)
{
        Stage stage = {0};
        g_autofree char *file = NULL, *line = NULL;
        g_autoptr(JsonNode) node = NULL;

        start(&stage);
        file = g_build_filename(stage.folder, "new.snapshot", NULL);
        g_assert_true(g_file_set_contents(file, "good", -1, NULL));
        line = g_strdup_printf("registry install --json %s", file);
        node = json_of(&stage, line);
        g_assert_cmpint(json_object_get_int_member(json_node_get_object(node), "sequence"), ==, 8);
        remove(file);
        stage_stop(&stage);
}

/* No guardd, no bus: 3, and what to do. */
static void
test_unreachable(void)
{
        Stage stage = {0};
        g_auto(Run) no_bus = {0}, no_guard = {0};

        guardctl("unix:path=/nowhere/bus", "status", &no_bus);
        g_assert_cmpint(no_bus.status, ==, 3);
        g_assert_nonnull(strstr(no_bus.err, "systemctl start guardd"));
        stage_start_bus(&stage);
        guardctl(stage.address, "media list --json", &no_guard);
        g_assert_cmpint(no_guard.status, ==, 3);
        g_assert_nonnull(strstr(no_guard.err, "systemctl start guardd"));
        g_assert_cmpstr(no_guard.out, ==, "");
        stage_stop(&stage);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/guardctl/bus/status-keys", test_status_keys);
        g_test_add_func("/guardctl/bus/media-keys", test_media_keys);
        g_test_add_func("/guardctl/bus/explain", test_explain);
        g_test_add_func("/guardctl/bus/status-codes", test_status_codes);
        g_test_add_func("/guardctl/bus/install", test_install);
        g_test_add_func("/guardctl/bus/unreachable", test_unreachable);
        return g_test_run();
}
