/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl registry update by hand, over a made-up root and without guardd: what --check can tell, and what each
 * mistake says. That it installs is shown with the bus (integration) and in a guest.
 */
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "common/guard-names.h"
#include "guardctl/updates.h"
#include "tests/unit/guardctl/capture.h"
#include "tests/unit/registry/desk.h"
#include "update/update-settings.h"

typedef struct {
        Desk *desk;
        char *root, *share, *etc, *state;
} Place;

static void
place_new(Place *place)
{
        g_autofree char *keys = NULL, *below = NULL;
        gint64 now = g_get_real_time() / G_USEC_PER_SEC * G_USEC_PER_SEC;

        place->desk = desk_new(GUARD_ALGORITHM_ED25519);
        place->root = g_build_filename(place->desk->dir, "root", NULL);
        place->share = g_build_filename(place->desk->dir, "share", NULL);
        place->etc = g_strconcat(place->root, GUARD_UPDATE_CONF, NULL);
        place->state = g_strconcat(place->root, GUARD_UPDATE_DIR, NULL);
        keys = g_strconcat(place->root, GUARD_KEYS_DIR, NULL);
        below = g_path_get_dirname(keys);
        g_assert_cmpint(g_mkdir_with_parents(below, 0700) | g_mkdir_with_parents(place->state, 0700) | g_mkdir(place->share, 0700), ==, 0);
        g_assert_cmpint(symlink(place->desk->keys, keys), ==, 0);
        desk_publish(place->desk, 7, now, now + 30 * DAY, NULL, desk_drives, desk_n_drives);
        below = (g_free(below), g_build_filename(place->share, GUARD_UPDATE_FILE, NULL));
        g_assert_cmpint(g_rename(place->desk->snapshot, below), ==, 0);
}

static void
place_clear(Place *place)
{
        g_autofree char *keys = g_strconcat(place->root, GUARD_KEYS_DIR, NULL);

        g_unlink(keys); /* a link: what it leads to is the desk's to remove */
        desk_free(place->desk);
        g_free(place->root);
        g_free(place->share);
        g_free(place->etc);
        g_free(place->state);
}

static int
run(Place *place, Capture *capture, const char *line)
{
        g_auto(GStrv) words = g_strsplit(line, " ", -1);
        g_autofree char **argv = g_new0(char *, g_strv_length(words) + 1); /* GOption takes words out of it */
        int status;

        capture_begin(capture);
        capture->ctx.root = place->root;
        capture->ctx.bus_address = "unix:path=/nowhere/bus";
        for (char **word = words; *word; word++)
                if (g_str_equal(*word, "SHARE")) {
                        g_free(*word);
                        *word = g_strdup(place->share);
                }
        memcpy(argv, words, g_strv_length(words) * sizeof *argv);
        status = guardctl_registry(&capture->ctx, (int)g_strv_length(words), argv);
        capture_end(capture);
        g_test_message("%s: %d\n%s%s", line, status, capture->out, capture->err);
        return status;
}

static const struct {
        const char *conf, *line; /* conf NULL: none */
        int status;
        const char *out, *err;
} cases[] = {
        {NULL, "registry update", 1, NULL, "No source of registries is configured"},
        {NULL, "registry update --check --from SHARE", 0, "has a newer registry: number 7, 3 drives", NULL},
        {NULL, "registry update --from SHARE", 3, NULL, "guardd cannot be reached"},
        {NULL, "registry update --from http://registry.invalid/", 2, NULL, "is not encrypted"},
        {NULL, "registry update --from ftp://registry.invalid/", 2, NULL, "neither https nor http"},
        {NULL, "registry update --check --from /nowhere/at/all", 1, NULL, "is the share mounted?"},
        {NULL, "registry update --check --from https://registry.invalid/", 1, NULL, "name is not known here"},
        {NULL, "registry update FILE", 2, NULL, "takes no 'FILE'"},
        {"[update]\nfrom=/nowhere\n", "registry update --check", 1, NULL, "is the share mounted?"},
        {"[update]\nfrom=/nowhere\n", "registry update --check --from SHARE", 0, "newer registry: number 7", NULL},
        {"[update]\nform=/nowhere\n", "registry update --check --from SHARE", 1, NULL, "update.conf:2: there is no key “form”"},
};

static void
says(void)
{
        Place place;

        place_new(&place);
        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_auto(Capture) capture = {0};

                g_unlink(place.etc);
                g_assert_true(!cases[i].conf || g_file_set_contents(place.etc, cases[i].conf, -1, NULL));
                g_assert_cmpint(run(&place, &capture, cases[i].line), ==, cases[i].status);
                g_assert_true(cases[i].out ? strstr(capture.out, cases[i].out) != NULL : *capture.out == '\0');
                g_assert_true(cases[i].err ? strstr(capture.err, cases[i].err) != NULL : *capture.err == '\0');
        }
        place_clear(&place);
}

/* The configured source is staged in the service's own folder, where the next run finds it; --from leaves nothing. */
static void
stages(void)
{
        g_auto(Capture) once = {0}, again = {0};
        g_autofree char *conf = NULL, *staged = NULL;
        g_autoptr(JsonNode) node = NULL;
        JsonObject *object;
        Place place;

        place_new(&place);
        conf = g_strdup_printf("[update]\nfrom=%s\n", place.share);
        staged = g_build_filename(place.state, "incoming.snapshot", NULL);
        g_assert_true(g_file_set_contents(place.etc, conf, -1, NULL));
        g_assert_cmpint(run(&place, &once, "registry update --check --from SHARE"), ==, 0);
        g_assert_false(g_file_test(staged, G_FILE_TEST_EXISTS));
        g_assert_cmpint(run(&place, &again, "registry update --check --json"), ==, 0);
        g_assert_true(g_file_test(staged, G_FILE_TEST_EXISTS));
        node = json_from_string(again.out, NULL);
        object = json_node_get_object(node);
        g_assert_cmpstr(json_object_get_string_member(object, "result"), ==, "available");
        g_assert_cmpint(json_object_get_int_member(object, "sequence"), ==, 7);
        place_clear(&place);
}

/* What status shows, by state: every one has its sentence, and its dictionary has what scripts read. */
static void
shown(void)
{
        static const struct {
                const char *conf, *memory;
                const char *state, *text;
        } rows[] = {
                {NULL, NULL, "off", "no source is configured"},
                {"[update]\nfrom=x\n", NULL, "broken", "none before this is corrected: "},
                {"[update]\nfrom=/mnt\n", NULL, "never", "from /mnt; it was not asked yet"},
                {"[update]\nfrom=/mnt\n", "[update]\nsource=/mnt\nlast-run=1700000000000000\nlast-success=1700000000000000\n", "stuck",
                 "last success 2023-11-14"},
                {"[update]\nfrom=/mnt\n", "[update]\nsource=/mnt\nlast-run=1700000000000000\nfailing-since=1700000000000000\nfailures=3\nerror=no network\n",
                 "stuck", "last success never: no network"},
        };
        Place place;

        place_new(&place);
        for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_autofree char *file = g_build_filename(place.state, "state", NULL), *text = NULL;
                g_autoptr(GuardUpdateHealth) health = NULL;
                g_autoptr(GVariant) dict = NULL;
                const char *state = NULL;

                g_unlink(place.etc);
                g_unlink(file);
                g_assert_true(!rows[i].conf || g_file_set_contents(place.etc, rows[i].conf, -1, NULL));
                g_assert_true(!rows[i].memory || g_file_set_contents(file, rows[i].memory, -1, NULL));
                health = guard_update_health_read(place.root, g_get_real_time());
                text = guardctl_updates_text(health);
                dict = g_variant_ref_sink(guardctl_updates_dict(health));
                g_test_message("%s", text);
                g_assert_nonnull(strstr(text, rows[i].text));
                g_assert_true(g_variant_lookup(dict, "state", "&s", &state));
                g_assert_cmpstr(state, ==, rows[i].state);
        }
        place_clear(&place);
}

int
main(int argc, char **argv)
{
        g_setenv("TZ", "UTC", TRUE);
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/guardctl/update/says", says);
        g_test_add_func("/guardctl/update/stages", stages);
        g_test_add_func("/guardctl/update/shown", shown);
        return g_test_run();
}
