/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who may do what: the whole table, and a book that asks for roles.
 */
#include "station-fixture.h"

#define A GUARD_ROLE_ADMIN
#define S GUARD_ROLE_SECURITY
#define U GUARD_ROLE_AUDIT
#define R GUARD_ROLE_ROOT

/* For each duty, in the order of GuardDuty (set-up edit secret publish read audit): may they? */
static const struct {
        guint roles;
        const char *on, *strict;
} table[] = {
        {0, "------", "------"},     {A, "y-----", "y-----"},     {S, "-yyyyy", "-yyyyy"},
        {U, "----yy", "----yy"},     {A | S, "yyyyyy", "yyyyyy"}, {A | U, "------", "------"},
        {S | U, "------", "------"}, {R, "yyyyyy", "y-----"},     {R | S, "yyyyyy", "yyyyyy"},
        {R | U, "----yy", "----yy"},
};

static void
test_table(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
                for (guint duty = 0; duty < GUARD_N_DUTIES; duty++) {
                        GuardDuty d = (GuardDuty)duty;

                        g_assert_true(guard_role_check(GUARD_ROLES_OFF, table[i].roles, d, NULL));
                        g_assert_cmpint(guard_role_check(GUARD_ROLES_ON, table[i].roles, d, NULL),
                                        ==, table[i].on[duty] == 'y');
                        g_assert_cmpint(
                                guard_role_check(GUARD_ROLES_STRICT, table[i].roles, d, NULL), ==,
                                table[i].strict[duty] == 'y');
                }
        }
}

static void
test_groups(void)
{
        const char *const none[] = {"users", "baomi", NULL};
        const char *const all[] = {"baomi-audit", "x", "baomi-admin", "baomi-security", NULL};

        g_assert_cmpuint(guard_roles_from_groups(none), ==, 0);
        g_assert_cmpuint(guard_roles_from_groups(all), ==, A | S | U);
        for (guint i = GUARD_ROLES_OFF; i <= GUARD_ROLES_STRICT; i++) {
                GuardRolesMode back = GUARD_ROLES_OFF;

                g_assert_true(guard_roles_mode_from_string(
                        guard_roles_mode_to_string((GuardRolesMode)i), &back));
                g_assert_cmpint(back, ==, i);
        }
}

static gboolean
change(GuardStation *station, guint roles, const char *action)
{
        GuardAct a = station_act("x");
        GuardStep step = {.media_id = "A"};
        g_autoptr(GError) error = NULL;

        a.roles = roles;
        g_assert_true(guard_step_from_string(action, &step.kind));
        if (guard_station_step(station, &step, &a, &error))
                return TRUE;
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_DENIED);
        return FALSE;
}

static void
test_book(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        GuardAct a = station_act("order 3");
        GuardRolesMode mode = GUARD_ROLES_OFF;

        (void)data;
        station_enrol(station, "A", 1, "60A44C413FAE", NULL, FALSE, 0);
        /* not by one who could not undo it */
        a.roles = S;
        g_assert_false(guard_station_set_roles(station, GUARD_ROLES_STRICT, &a, NULL));
        a.roles = A;
        g_assert_true(guard_station_set_roles(station, GUARD_ROLES_STRICT, &a, NULL));
        g_assert_true(guard_station_get_roles(station, &mode, NULL));
        g_assert_cmpint(mode, ==, GUARD_ROLES_STRICT);
        g_assert_false(change(station, A, "lost"));
        g_assert_false(change(station, U, "lost"));
        g_assert_false(change(station, R, "lost"));
        g_assert_true(change(station, S, "lost"));
        g_assert_false(station_publish_at(f, station, T0, 30, NULL));
        a.roles = S;
        g_assert_false(guard_station_set_roles(station, GUARD_ROLES_OFF, &a, NULL));
        a.roles = R;
        g_assert_true(guard_station_set_roles(station, GUARD_ROLES_OFF, &a, NULL));
        g_assert_true(change(station, 0, "found"));
        g_assert_cmpuint(station_history(station, NULL), ==, 6);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/station/roles/table", test_table);
        g_test_add_func("/station/roles/groups", test_groups);
        ADD("roles/book", test_book);
        return g_test_run();
}
