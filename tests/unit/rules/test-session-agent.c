/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When an agent is missed and started, played second by second.
 */
#include <string.h>
#include "rules/session-agent.h"

#define SECOND G_GINT64_CONSTANT(1000000)

typedef struct {
        const char *name;
        /* Turns: seconds at which an agent comes (even places) and goes (odd ones); 0 ends. */
        guint turns[8];
        guint until;
        const char *expected; /* "60 gone, 60 start, …" */
        gboolean ours;
} Row;

static const Row rows[] = {
        {"its own comes in time", {40}, 300, "", FALSE},
        {"none ever comes", {0}, 800,
         "121 gone, 121 start, 151 start, 181 start, 241 start, 361 failed, 361 start, 661 start", FALSE},
        {"started, and it lives", {0, 0, 122}, 2000, "121 gone, 121 start, 122 back", FALSE},
        {"killed once", {10, 100, 106}, 2000, "105 gone, 105 start, 106 back", FALSE},
        {"the session ends with it: nobody looks any more", {10, 100}, 104, "", FALSE},
        {"killed in a loop", {10, 100, 106, 107, 136, 137, 168, 169, }, 250,
         "105 gone, 105 start, 106 back, 112 gone, 135 start, 136 back, 142 gone, 165 start, 168 back, "
         "174 gone, 225 start", FALSE},
        {"ours is started at once, and nobody calls it missed", {6}, 2000, "4 start", TRUE},
        {"ours of before a restart", {2}, 2000, "", TRUE},
        {"ours never comes", {0}, 300, "4 start, 34 start, 64 start, 124 start, 244 failed, 244 start", TRUE},
        {"ours comes late", {0, 0, 250}, 300, "4 start, 34 start, 64 start, 124 start, 244 failed, 244 start, 250 back", TRUE},
        {"ours killed once", {6, 100, 106}, 2000, "4 start, 105 gone, 105 start, 106 back", TRUE},
        {"killed after it has lived long", {10, 100, 106, 900, 906}, 1000,
         "105 gone, 105 start, 106 back, 905 gone, 905 start, 906 back", FALSE},
};

static gboolean
alive_at(const Row *row, guint second)
{
        gboolean alive = FALSE;

        for (guint n = 0; n < G_N_ELEMENTS(row->turns); n++)
                if (row->turns[n] != 0 && second >= row->turns[n])
                        alive = n % 2 == 0;
        return alive;
}

static void
play(gconstpointer data)
{
        static const char *const names[] = {"", "gone", "back", "failed"};
        const Row *row = data;
        g_autoptr(GString) seen = g_string_new(NULL);
        GuardAgentPlan plan = {0};

        for (guint second = 1; second <= row->until; second++) {
                const GuardAgentFacts facts = {second * SECOND, SECOND / 1000, alive_at(row, second), row->ours};
                GuardAgentStep step;

                do {
                        step = guard_agent_step(&plan, &facts);
                        if (step.edge != GUARD_AGENT_NO_EDGE) {
                                g_string_append_printf(seen, "%s%u %s", seen->len ? ", " : "", second, names[step.edge]);
                                g_assert_cmpstr(guard_agent_edge_describe(step.edge), !=, "");
                        }
                        if (step.start)
                                g_string_append_printf(seen, "%s%u start", seen->len ? ", " : "", second);
                } while (step.edge != GUARD_AGENT_NO_EDGE);
                g_assert_cmpint(step.next_us, >, facts.now_us);
        }
        g_assert_cmpstr(seen->str, ==, row->expected);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        for (gsize n = 0; n < G_N_ELEMENTS(rows); n++) {
                g_autofree char *path = g_strconcat("/agent/", rows[n].name, NULL);

                g_test_add_data_func(path, &rows[n], play);
        }
        return g_test_run();
}
