/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The register of computers (主机). Each has a secret of its own, for short codes that it can check
 * without a network; it leaves the book once, into a file for that machine.
 */
#pragma once
#include "station/station.h"

G_BEGIN_DECLS

typedef struct {       /* texts and lists are NULL where not given */
        char *host_id; /* as guardctl status shows it on that machine */
        GuardLevel level;
        char *unit, *room, *custodian, *note;
        char **addresses; /* network addresses, as they are assigned */
        char **keys;      /* names or fingerprints of keys that belong to it */
        gboolean retired;
        gint64 enrolled_us;
        gint64 exported_us; /* when its secret was handed out; 0: not yet */
        char *secret_id;    /* names the secret without telling it */
} GuardComputer;

GuardComputer *guard_computer_new(void); /* level UNKNOWN */
void guard_computer_free(GuardComputer *computer);
GuardComputer *guard_computer_copy(const GuardComputer *computer);

/* Enters it and makes its secret. GUARD_ERROR_EXISTS: the host-id is there already. */
gboolean guard_station_add_computer(GuardStation *station, const GuardComputer *computer,
                                    const GuardAct *act, GError **error);
/* Everything but host-id, secret and dates is taken from @computer. A reason is demanded. */
gboolean guard_station_edit_computer(GuardStation *station, const GuardComputer *computer,
                                     const GuardAct *act, GError **error);
/* Taken out of use; its secret is erased. A reason is demanded. */
gboolean guard_station_retire_computer(GuardStation *station, const char *host_id,
                                       const GuardAct *act, GError **error);
GuardComputer *guard_station_get_computer(GuardStation *station, const char *host_id,
                                          GError **error);
typedef gboolean (*GuardComputerVisit)(const GuardComputer *computer, gpointer user_data,
                                       GError **error); /* FALSE stops */
/* In order of host-id; @text (optional) is searched in all of it. */
gboolean guard_station_visit_computers(GuardStation *station, const char *text,
                                       gboolean with_retired, GuardComputerVisit visit,
                                       gpointer user_data, GError **error);
/* Writes the secret to a new file @path, mode 0600, once: a second time is refused
 * (GUARD_ERROR_DENIED) until the secret is renewed. */
gboolean guard_station_export_secret(GuardStation *station, const char *host_id, const char *path,
                                     const GuardAct *act, GError **error);
/* A new secret in place of the old one, which is worth nothing from now on. A reason is demanded.
 */
gboolean guard_station_renew_secret(GuardStation *station, const char *host_id, const GuardAct *act,
                                    GError **error);

typedef struct { /* the answer to a request for an exception */
        char *code; /* to be read out; caller frees */
        gboolean read_only;
        guint seconds;
} GuardAnswer;

/* Answers @code, which @host_id has shown, under its secret; goes into its history with @act's reason.
 * GUARD_ERROR_USAGE: no such code; GUARD_ERROR_NOT_FOUND: no such computer in use. */
gboolean guard_station_answer(GuardStation *station, const char *host_id, const char *code, const GuardAct *act,
                              GuardAnswer *out, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardComputer, guard_computer_free)

G_END_DECLS
