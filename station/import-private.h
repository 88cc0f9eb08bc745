/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Between import.c (the file, preview and commit) and import-rows.c (its rows).
 */
#pragma once
#include "station/columns.h"
#include "station/csv.h"
#include "station/import.h"

G_BEGIN_DECLS

#define GUARD_FAULTS_MAX 10000 /* kept to be shown; all are counted */

struct GuardImport {
        GuardCsv *csv;
        char *name, *digest;
        GPtrArray *header;    /* of char* */
        GuardColumn *columns; /* one for each of header */
        char **known, **ignored;
        GPtrArray *faults, *notes;
        GuardImportInfo info;
};

/* All rows, inside a transaction that the caller began; counts, faults and notes are made anew. */
gboolean guard_import_run(GuardStation *station, GuardImport *import, const GuardAct *act,
                          GuardProgress progress, gpointer user_data, GError **error);

G_END_DECLS
