/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A registry's life, moment by moment.
 */
#include "rules/registry-age.h"

#define DAY G_GINT64_CONSTANT(86400000000)

static const struct {
        gint64 issued, expires, now;
        GuardRegistryAge age;
        gint64 next;
} rows[] = {
        {1000 * DAY, 1100 * DAY, 1000 * DAY, GUARD_REGISTRY_FRESH, 1050 * DAY},
        {1000 * DAY, 1100 * DAY, 999 * DAY, GUARD_REGISTRY_FRESH, 1050 * DAY}, /* a clock that is behind */
        {1000 * DAY, 1100 * DAY, 1050 * DAY - 1, GUARD_REGISTRY_FRESH, 1050 * DAY},
        {1000 * DAY, 1100 * DAY, 1050 * DAY, GUARD_REGISTRY_AGEING, 1090 * DAY},
        {1000 * DAY, 1100 * DAY, 1090 * DAY - 1, GUARD_REGISTRY_AGEING, 1090 * DAY},
        {1000 * DAY, 1100 * DAY, 1090 * DAY, GUARD_REGISTRY_OLD, 0},
        {1000 * DAY, 1100 * DAY, 2000 * DAY, GUARD_REGISTRY_OLD, 0},
        {1000 * DAY, 1000 * DAY, 1000 * DAY, GUARD_REGISTRY_OLD, 0}, /* no life at all */
};

static void
test_age(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
                gint64 next = -1;

                g_assert_cmpint(guard_registry_age(rows[i].issued, rows[i].expires, rows[i].now, &next), ==, rows[i].age);
                g_assert_cmpint(next, ==, rows[i].next);
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/rules/registry-age", test_age);
        return g_test_run();
}
