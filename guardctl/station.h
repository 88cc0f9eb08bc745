/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the station verbs share: the book's place, who acts, how a drive is shown. They work without
 * guardd and without root, for whoever may write the desk's directory.
 */
#pragma once
#include "guardctl/guardctl.h"
#include "station/station.h"

G_BEGIN_DECLS

#define STATION_DIR_OPTION(dir)                                                                    \
        {                                                                                          \
                "dir", 0, 0, G_OPTION_ARG_FILENAME, (dir), N_("The register's directory"),         \
                        N_("DIR")                                                                  \
        }
#define STATION_REASON_OPTION(reason)                                                              \
        {                                                                                          \
                "reason", 0, 0, G_OPTION_ARG_STRING, (reason), N_("Why; goes into the history"),   \
                        N_("TEXT")                                                                 \
        }
#define STATION_NO_MORE_OPTIONS                                                                    \
        {                                                                                          \
                NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL                                    \
        }

/* @dir, or where the register is when nothing is said. Caller frees. */
char *station_dir(const char *dir);
GuardStation *station_open(const char *dir, GError **error);
/* The person at the keyboard, now. @reason may be NULL. */
GuardAct station_act(const char *reason);
/* One list of the book, printed: @visit adds its rows to @builder's array with --json, else (NULL) to @table's
 * columns. @argument: @visit's own. Returns the exit status. */
typedef gboolean (*StationVisit)(GuardStation *station, const char *argument, JsonBuilder *builder,
                                 GuardctlTable *table, GError **error);
int station_print_list(GuardctlContext *ctx, const char *dir, guint columns, const char *const *headers,
                       StationVisit visit, const char *argument);
/* Members of the object that is begun. */
void station_add_drive(JsonBuilder *builder, const GuardDrive *drive);
/* Strings of a list as one line, NULL where there are none. Caller frees. */
char *station_join(char **list);
/* Progress on a terminal's stderr. @user_data: GuardctlContext. */
void station_progress(guint64 done, guint64 total, gpointer user_data);

int station_init(GuardctlContext *ctx, int argc, char **argv);
int station_keygen(GuardctlContext *ctx, int argc, char **argv);
int station_publish(GuardctlContext *ctx, int argc, char **argv);
int station_enrol(GuardctlContext *ctx, int argc, char **argv);
int station_list(GuardctlContext *ctx, int argc, char **argv);
int station_show(GuardctlContext *ctx, int argc, char **argv);
int station_history(GuardctlContext *ctx, int argc, char **argv);
int station_change(GuardctlContext *ctx, int argc, char **argv); /* argv[0] says which */
int station_set_level(GuardctlContext *ctx, int argc, char **argv);

G_END_DECLS
