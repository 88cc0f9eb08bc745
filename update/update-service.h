/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-registry-update: the program that the timer starts. Everything but main().
 */
#pragma once
#include <glib.h>
#include <stdio.h>

G_BEGIN_DECLS

/* Command line and one run. Says what happened on @out, for the journal with priorities where @journal. Returns the
 * exit status: 0 done or nothing to do, 1 failed, 2 wrong usage. */
int guard_update_service(int argc, char **argv, FILE *out, gboolean journal);

G_END_DECLS
