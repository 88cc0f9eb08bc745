/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What enrol and edit take alike: what is written about a drive.
 */
#pragma once
#include "guardctl/station.h"

G_BEGIN_DECLS

typedef struct {
        char *name, *model, *custodian, *department, *own_unit, *in_use_date, *capacity, *note;
        char **hosts, **units, **users, **fs_uuids, **pt_uuids;
        gboolean shared_serial;
} StationWritten;

#define STATION_TEXT(name, field, help, arg) {name, 0, 0, G_OPTION_ARG_STRING, field, help, arg}
#define STATION_LIST(name, field, help, arg) {name, 0, 0, G_OPTION_ARG_STRING_ARRAY, field, help, arg}
#define STATION_WRITTEN_OPTIONS(w)                                                                 \
        STATION_TEXT("name", &(w)->name, N_("What people call it"), N_("TEXT")),                   \
        STATION_TEXT("model", &(w)->model, N_("Its make"), N_("TEXT")),                            \
        STATION_TEXT("custodian", &(w)->custodian, N_("Who answers for it; stays at the desk"),    \
                     N_("NAME")),                                                                  \
        STATION_TEXT("department", &(w)->department, N_("Its department; stays at the desk"),      \
                     N_("NAME")),                                                                  \
        STATION_TEXT("own-unit", &(w)->own_unit, N_("The unit it belongs to; stays at the desk"),  \
                     N_("NAME")),                                                                  \
        STATION_TEXT("in-use-date", &(w)->in_use_date,                                             \
                     N_("Since when it is used, such as 2026-03-01"), N_("DAY")),                  \
        STATION_TEXT("capacity", &(w)->capacity, N_("Such as 32GB"), N_("SIZE")),                  \
        STATION_TEXT("note", &(w)->note, N_("Anything else; stays at the desk"), N_("TEXT")),      \
        STATION_LIST("fs-uuid", &(w)->fs_uuids, N_("A file system's UUID; once for each"),         \
                     N_("U")),                                                                     \
        STATION_LIST("pt-uuid", &(w)->pt_uuids, N_("The partition table's UUID"), N_("U")),        \
        STATION_LIST("host", &(w)->hosts, N_("Only for this host; once for each"), N_("HOST-ID")), \
        STATION_LIST("unit", &(w)->units, N_("Only for this unit's hosts; once for each"),         \
                     N_("UNIT")),                                                                  \
        STATION_LIST("user", &(w)->users, N_("Only for this person's account; once for each"),     \
                     N_("ACCOUNT")),                                                               \
        {"shared-serial", 0, 0, G_OPTION_ARG_NONE, &(w)->shared_serial,                            \
         N_("Another drive of the register truly has the same serial number"), NULL}

void station_written_clear(StationWritten *w);
/* Puts it into @drive; what is not named stays, and "" takes away what was there. GUARD_ERROR_USAGE, GUARD_ERROR_INVALID_VALUE: an
 * identifier that is empty, where there is none to take away. */
gboolean station_written_apply(const StationWritten *w, GuardDrive *drive, GError **error);
/* The same for one field. */
void station_replace_text(char **field, const char *text);
void station_replace_list(char ***field, char **list);
/* The library's warnings, on stderr. */
void station_tell_notes(GuardctlContext *ctx, const GPtrArray *warnings);

G_END_DECLS
