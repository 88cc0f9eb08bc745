/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>

#include "transfers/who.h"

static void
put(const char *proc, const char *path, const char *text)
{
        g_autofree char *file = g_build_filename(proc, path, NULL), *above = g_path_get_dirname(file);

        g_mkdir_with_parents(above, 0700);
        g_assert_true(g_file_set_contents(file, text, -1, NULL));
}

static void
test_who(void)
{
        g_autofree char *proc = g_dir_make_tmp("guard-who-XXXXXX", NULL), *status = NULL;
        TransfersPeople *people;
        const TransfersWho *who;

        put(proc, "10/status", "Name:\tcp\nUmask:\t0022\nUid:\t0\t0\t0\t0\n");
        put(proc, "10/loginuid", "4294967295"); /* nobody has logged in */
        put(proc, "11/status", "Name:\tsudo cp\nUid:\t0\t0\t0\t0\n");
        put(proc, "11/loginuid", "54321\n");
        people = transfers_people_new(proc);
        who = transfers_people_find(people, 10);
        g_assert_cmpstr(who->program, ==, "cp");
        g_assert_cmpstr(who->user, ==, "root");
        who = transfers_people_find(people, 11);
        g_assert_cmpstr(who->user, ==, "uid 54321");
        /* known from when it opened the file, though it is gone when it has closed it */
        transfers_people_meet(people, 10);
        status = g_build_filename(proc, "10", "status", NULL);
        g_assert_cmpint(g_unlink(status), ==, 0);
        g_assert_cmpstr(transfers_people_find(people, 10)->program, ==, "cp");
        g_assert_cmpstr(transfers_people_find(people, 12)->program, ==, "");
        transfers_people_free(people);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/transfers/who", test_who);
        return g_test_run();
}
