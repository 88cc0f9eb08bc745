/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How updating goes, in one word, by a table.
 */
#include "update/update-health.h"

#define NOW (G_GINT64_CONSTANT(1767225600) * G_USEC_PER_SEC)
#define HOUR G_TIME_SPAN_HOUR

static const struct {
        const char *what, *from, *source;
        guint n_errors, failures;
        gint64 run, success, failing; /* before NOW; 0: never */
        GuardUpdateHealthState state;
} cases[] = {
        {"nothing configured", NULL, NULL, 0, 0, 0, 0, 0, GUARD_UPDATE_OFF},
        {"nothing configured any more", NULL, "/a", 0, 0, HOUR, HOUR, 0, GUARD_UPDATE_OFF},
        {"broken", NULL, NULL, 1, 0, 0, 0, 0, GUARD_UPDATE_BROKEN},
        {"broken, though it went well", "/a", "/a", 1, 0, HOUR, HOUR, 0, GUARD_UPDATE_BROKEN},
        {"never run", "/a", NULL, 0, 0, 0, 0, 0, GUARD_UPDATE_NEVER},
        {"another source", "/b", "/a", 0, 3, HOUR, HOUR, HOUR, GUARD_UPDATE_NEVER},
        {"good", "/a", "/a", 0, 0, HOUR, HOUR, 0, GUARD_UPDATE_GOOD},
        {"good, two days ago to the second", "/a", "/a", 0, 0, 48 * HOUR, 48 * HOUR, 0, GUARD_UPDATE_GOOD},
        {"no run for long", "/a", "/a", 0, 0, 49 * HOUR, 49 * HOUR, 0, GUARD_UPDATE_STUCK},
        {"failing", "/a", "/a", 0, 1, HOUR, 2 * HOUR, HOUR, GUARD_UPDATE_FAILING},
        {"failing from the first run on", "/a", "/a", 0, 5, HOUR, 0, 5 * HOUR, GUARD_UPDATE_FAILING},
        {"failing for days", "/a", "/a", 0, 60, HOUR, 70 * HOUR, 60 * HOUR, GUARD_UPDATE_STUCK},
};

static void
judges(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GuardUpdateSettings) settings = guard_update_settings_new();
                g_autoptr(GuardUpdateMemory) memory = g_new0(GuardUpdateMemory, 1);

                if (cases[i].from)
                        g_assert_true(guard_update_settings_set_from(settings, cases[i].from, NULL));
                memory->source = g_strdup(cases[i].source);
                memory->failures = cases[i].failures;
                memory->run_us = cases[i].run ? NOW - cases[i].run : 0;
                memory->success_us = cases[i].success ? NOW - cases[i].success : 0;
                memory->failing_us = cases[i].failing ? NOW - cases[i].failing : 0;
                g_test_message("%s", cases[i].what);
                g_assert_cmpstr(guard_update_health_to_string(guard_update_health_judge(settings, cases[i].n_errors, memory, NOW)), ==,
                                guard_update_health_to_string(cases[i].state));
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/update/health", judges);
        return g_test_run();
}
