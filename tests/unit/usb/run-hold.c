/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Running the real guard-hold.
 */
#include <string.h>
#include <sys/wait.h>
#include "tests/unit/usb/run-hold.h"

int
hold(FakeRoot *fake, const char *mode, ...)
{
        g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        const char *arg;
        va_list args;
        int status;

        g_ptr_array_add(argv, g_strdup(g_getenv("GUARD_HOLD")));
        g_ptr_array_add(argv, g_strdup_printf("--sysroot=%s", fake->path));
        g_ptr_array_add(argv, g_strdup(mode));
        va_start(args, mode);
        while ((arg = va_arg(args, const char *)))
                g_ptr_array_add(argv, g_strdup(arg));
        va_end(args);
        g_ptr_array_add(argv, NULL);
        g_assert_true(g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_STDERR_TO_DEV_NULL,
                                   NULL, NULL, NULL, NULL, &status, &error));
        g_assert_no_error(error);
        g_assert_true(WIFEXITED(status));
        return WEXITSTATUS(status);
}

void
assert_attribute(FakeRoot *fake, const char *folder, const char *name, const char *value)
{
        g_autofree char *path = g_strdup_printf("sys%s/%s", folder, name);
        g_autofree char *text = fake_read(fake, path);

        g_assert_cmpstr(text, ==, value);
}

guint
fake_count(FakeRoot *fake, const char *path)
{
        g_auto(GStrv) names = fake_list(fake, path);

        return g_strv_length(names);
}
