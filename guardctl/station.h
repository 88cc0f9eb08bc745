/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the station verbs share: the book's place, who acts, how a drive is shown. They work without
 * guardd and without root, for whoever may write the desk's directory.
 */
#pragma once
#include "guardctl/guardctl.h"
#include "registry/passphrase.h"
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
/* Where a passphrase comes from; .fd is -1 where none is given. */
typedef struct {
        GuardctlContext *ctx;
        char *file;
        int fd;
} StationPassphrase;
#define STATION_PASSPHRASE_OPTIONS(p)                                                              \
        {"passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &(p)->file,                               \
         N_("The passphrase or PIN is the first line of this file"), N_("FILE")},                  \
        {                                                                                          \
                "passphrase-fd", 0, 0, G_OPTION_ARG_INT, &(p)->fd,                                 \
                        N_("Or the first line that comes from this descriptor"), N_("NUMBER")      \
        }
/* A key to sign with. */
typedef struct {
        char *key, *trusted_dir;
        gboolean untrusted;
        StationPassphrase passphrase;
        GPtrArray *warnings;
} StationSigning;
#define STATION_SIGNING_OPTIONS(s)                                                                 \
        {"key", 0, 0, G_OPTION_ARG_FILENAME, &(s)->key,                                            \
         N_("The desk's private key, or the pkcs11: URI of a token's"), N_("FILE")},               \
        {"keys-dir", 0, 0, G_OPTION_ARG_FILENAME, &(s)->trusted_dir,                               \
         N_("The public keys that workstations are given; /etc/baomi-guard/keys.d"), N_("DIR")},   \
        {"untrusted-key", 0, 0, G_OPTION_ARG_NONE, &(s)->untrusted,                                \
         N_("Sign although this key is none of them; needs --reason"), NULL},                      \
        STATION_PASSPHRASE_OPTIONS(&(s)->passphrase)
#define STATION_NO_MORE_OPTIONS                                                                    \
        {                                                                                          \
                NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL                                    \
        }

/* @dir, or where the register is when nothing is said. Caller frees. */
char *station_dir(const char *dir);
GuardStation *station_open(const char *dir, GError **error);
/* The same for somebody who only reads, and may. */
GuardStation *station_open_for(const char *dir, GuardDuty duty, GError **error);
/* guardctl_parse(), then the register in *@dir (which the options fill) is opened: to be changed where @duty is
 * GUARD_DUTY_EDIT, else for somebody who may do that. GUARDCTL_GO_ON with *@station, or the status to return. */
int station_start(GuardctlContext *ctx, const GuardctlUsage *usage, const GOptionEntry *entries, int *argc, char ***argv,
                  char *const *dir, GuardDuty duty, GuardStation **station);
/* The person at the keyboard, now. @reason may be NULL. */
GuardAct station_act(const char *reason);
/* Asks as @p says: the file, the descriptor, else on the terminal. @p must stay. */
GuardPassphrase station_passphrase(StationPassphrase *p);
/* One for a new key, asked for twice on a terminal. Freed with guard_passphrase_free(). */
char *station_new_passphrase(const StationPassphrase *p, GError **error);
/* For the library. @s must stay. */
GuardSigning station_signing(StationSigning *s);
/* The warnings so far, on stderr. */
void station_signing_tell(StationSigning *s);
void station_signing_clear(StationSigning *s);
/* One list of the book, printed: @visit adds its rows to @builder's array with --json, else (NULL)
 * to @table's columns. @argument: @visit's own. Returns the exit status. */
typedef gboolean (*StationVisit)(GuardStation *station, gconstpointer argument,
                                 JsonBuilder *builder, GuardctlTable *table, GError **error);
int station_print_list(GuardctlContext *ctx, const char *dir, GuardDuty duty, guint columns,
                       const char *const *headers, StationVisit visit, gconstpointer argument);
/* Members of the object that is begun. */
void station_add_drive(JsonBuilder *builder, const GuardDrive *drive);
void station_add_list(JsonBuilder *builder, const char *name, char **list);
void station_add_number(JsonBuilder *builder, const char *name, guint64 number);
/* A time, null for 0. */
void station_add_time(JsonBuilder *builder, const char *name, gint64 time_us);
/* Columns of drives in a table, as `station list` has them; the rows by station_drive_to_table(),
 * objects by station_drive_to_json() (visits of guard_station_visit()). */
#define STATION_DRIVE_COLUMNS 7
void station_drive_headers(const char *headers[STATION_DRIVE_COLUMNS]);
gboolean station_drive_to_json(const GuardDrive *drive, gpointer builder, GError **error);
gboolean station_drive_to_table(const GuardDrive *drive, gpointer table, GError **error);
/* Prints what happened to a drive. Returns the exit status. */
int station_report_drive(GuardctlContext *ctx, GuardStation *station, const char *media_id);
/* Records of the history: visits of guard_station_history(). */
#define STATION_HISTORY_COLUMNS 6
void station_history_headers(const char *headers[STATION_HISTORY_COLUMNS]);
void station_history_to_json(const GuardHistory *record, gpointer builder);
void station_history_to_table(const GuardHistory *record, gpointer table);
/* Strings of a list as one line, NULL where there are none. Caller frees. */
char *station_join(char **list);
/* An attribute of sysfs below @folder, without its newline; NULL: there is none. Caller frees. */
char *station_read_attribute(const char *folder, const char *name);
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
int station_mark(GuardctlContext *ctx, int argc, char **argv);
int station_edit(GuardctlContext *ctx, int argc, char **argv);
int station_overdue(GuardctlContext *ctx, int argc, char **argv);
int station_not_seen(GuardctlContext *ctx, int argc, char **argv);
int station_pending(GuardctlContext *ctx, int argc, char **argv);
int station_verify(GuardctlContext *ctx, int argc, char **argv);
int station_answer(GuardctlContext *ctx, int argc, char **argv);
int station_roles(GuardctlContext *ctx, int argc, char **argv);
int station_host(GuardctlContext *ctx, int argc, char **argv);
int station_stocktake(GuardctlContext *ctx, int argc, char **argv);
int station_import_csv(GuardctlContext *ctx, int argc, char **argv);
int station_export_csv(GuardctlContext *ctx, int argc, char **argv);
int station_cross_use(GuardctlContext *ctx, int argc, char **argv);
int station_import_events(GuardctlContext *ctx, int argc, char **argv);

G_END_DECLS
