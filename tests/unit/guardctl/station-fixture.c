/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the tests of the station verbs share; see station-fixture.h.
 */
#include "tests/unit/guardctl/station-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

int
station(Fixture *f, Capture *capture, const char *words)
{
        g_autofree char *line = g_strdup_printf("station %s --dir %s", words, f->dir);
        g_auto(GStrv) argv = NULL;
        g_autofree char **view = NULL;
        int argc, status;

        g_assert_true(g_shell_parse_argv(line, &argc, &argv, NULL));
        view = g_new(char *, (gsize)argc + 1); /* GOption takes strings out */
        memcpy(view, argv, ((gsize)argc + 1) * sizeof *view);
        capture_begin(capture);
        capture->ctx.root = f->root;
        status = guardctl_station(&capture->ctx, argc, view);
        capture_end(capture);
        g_test_message("%s: %d %s%s", words, status, capture->out, capture->err);
        return status;
}

void
says(Fixture *f, const char *words, int status, const char *out, const char *err)
{
        g_auto(Capture) capture = {0};

        g_assert_cmpint(station(f, &capture, words), ==, status);
        if (out != NULL)
                g_assert_nonnull(strstr(capture.out, out));
        if (err != NULL)
                g_assert_nonnull(strstr(capture.err, err));
}

JsonNode *
document(Fixture *f, const char *words, int status)
{
        g_auto(Capture) capture = {0};
        g_autofree char *line = g_strconcat(words, " --json", NULL);
        JsonNode *node;

        g_assert_cmpint(station(f, &capture, line), ==, status);
        node = json_from_string(capture.out, NULL);
        g_assert_nonnull(node);
        return node;
}

gint64
number(JsonNode *node, const char *name)
{
        return json_object_get_int_member(json_node_get_object(node), name);
}

guint
length(JsonNode *node, const char *name)
{
        return json_array_get_length(
                name != NULL ? json_object_get_array_member(json_node_get_object(node), name)
                             : json_node_get_array(node));
}

const char *
member(JsonNode *list, guint i, const char *name)
{
        JsonObject *object = json_array_get_object_element(json_node_get_array(list), i);

        return json_object_get_string_member(object, name);
}

void
put(Fixture *f, const char *path, const char *text)
{
        g_autofree char *full = g_strconcat(f->root, path, NULL);
        g_autofree char *folder = g_path_get_dirname(full);

        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        g_assert_true(g_file_set_contents(full, text, -1, NULL));
}

void
set_up(Fixture *f, gconstpointer data)
{
        (void)data;
        f->root = g_dir_make_tmp("guardctl-station-XXXXXX", NULL);
        f->dir = g_build_filename(f->root, "register", NULL);
        f->file = g_build_filename(f->root, "file", NULL);
        says(f, "init", GUARDCTL_DONE, NULL, NULL);
}

void
tear_down(Fixture *f, gconstpointer data)
{
        g_autofree char *command = g_strdup_printf("rm -rf '%s'", f->root);

        (void)data;
        g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
        g_free(f->root);
        g_free(f->dir);
        g_free(f->file);
}
