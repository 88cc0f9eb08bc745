/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The main() of fuzz targets where libFuzzer is not linked: gives every file of the corpus to the
 * target, one TAP line each. Nothing about any one target may be known here.
 */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
compare_names(const void *a, const void *b)
{
        return g_strcmp0(*(const char *const *) a, *(const char *const *) b);
}

/* The names in @dir, sorted so that a failure has the same number on every machine. NULL: unreadable. */
static GPtrArray *
corpus_names(const char *dir, GError **error)
{
        g_autoptr(GDir) handle = g_dir_open(dir, 0, error);
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        const char *name;

        if (handle == NULL)
                return NULL;
        while ((name = g_dir_read_name(handle)) != NULL)
                g_ptr_array_add(names, g_strdup(name));
        qsort(names->pdata, names->len, sizeof names->pdata[0], compare_names);
        return g_steal_pointer(&names);
}

static gboolean
replay_file(const char *path, GError **error)
{
        g_autofree char *bytes = NULL;
        g_autofree uint8_t *exact = NULL;
        gsize size;

        if (!g_file_get_contents(path, &bytes, &size, error))
                return FALSE;
        /* g_file_get_contents() appends a NUL, which would hide a read past the end from the sanitizers. */
        exact = g_malloc(size);
        if (size > 0)
                memcpy(exact, bytes, size);
        LLVMFuzzerTestOneInput(exact, size);
        return TRUE;
}

int
main(int argc, char **argv)
{
        g_autoptr(GPtrArray) names = NULL;
        g_autoptr(GError) error = NULL;

        if (argc != 2) {
                g_printerr("usage: %s CORPUS-DIRECTORY\n", argv[0]);
                return 2;
        }
        names = corpus_names(argv[1], &error);
        if (names == NULL || names->len == 0) {
                g_printerr("%s: nothing to replay: %s\n", argv[1], error ? error->message : "it is empty");
                return 1;
        }
        printf("1..%u\n", names->len);
        for (guint i = 0; i < names->len; i++) {
                const char *name = g_ptr_array_index(names, i);
                g_autofree char *path = g_build_filename(argv[1], name, NULL);

                if (!replay_file(path, &error)) {
                        printf("not ok %u %s\n# %s\n", i + 1, name, error->message);
                        return 1;
                }
                printf("ok %u %s\n", i + 1, name);
                fflush(stdout);
        }
        return 0;
}
