/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The register at the coordination group's desk: every classified drive, every change of its life,
 * and the snapshots published from it. A library without prompts or prints: guardctl and the window
 * use it.
 */
#pragma once
#include <glib.h>
#include "common/guard-error.h"
#include "registry/registry-answer.h"
#include "registry/registry.h"
#include "station/role.h"
#include "station/signing.h"

G_BEGIN_DECLS

typedef struct GuardStation GuardStation; /* one opened book; used from one thread */

typedef struct { /* one identifier of a drive */
        GuardIdType type;
        char *value; /* canonical form */
        gboolean weak;
} GuardDriveId;

typedef struct { /* one drive of the book; texts are NULL where not given */
        char *media_id;
        char *name, *model, *custodian, *note; /* never published, like all down to holder */
        char *department, *unit;               /* where it belongs; @units below are bindings */
        char *in_use_date, *due_date;          /* YYYY-MM-DD: taken into use; to be returned */
        char *holder;                          /* who has it now: the person it is issued to */
        guint64 capacity;                      /* bytes; 0: not known */
        GuardLevel level;
        GuardStatus status;
        GPtrArray *ids;                 /* of GuardDriveId */
        char **hosts, **units, **users; /* bindings; NULL: any */
        gint64 enrolled_us;
        gint64 seen_us;              /* last time a workstation or a stock-take saw it; 0: never */
        char *seen_host, *seen_user; /* where, and whose session */
} GuardDrive;

typedef struct { /* who does something, when and why: goes into the history */
        const char *who, *reason;
        gint64 now_us;
        guint roles; /* of guard_roles_of_process(); looked at only where the book asks for roles */
} GuardAct;

/* Makes the book in @dir (made too, mode 0700). GUARD_ERROR_EXISTS where there is one. */
gboolean guard_station_init(const char *dir, const GuardAct *act, GError **error);
/* Opens it; a book of an older version is brought up to date in one transaction. Nothing is locked:
 * several may read. Where the file may not be written, only reading works. */
GuardStation *guard_station_open(const char *dir, GError **error);
void guard_station_free(GuardStation *station);
/* Keeps everybody else from writing until guard_station_release() or the end of the process, as a
 * window does while it is open. Without it each change takes the lock for itself. GUARD_ERROR_BUSY
 * names who has it: user, machine, since when. Counted: as many releases as holds. */
gboolean guard_station_hold(GuardStation *station, GError **error);
void guard_station_release(GuardStation *station);
/* How long a change waits for another writer before it is GUARD_ERROR_BUSY; 5 seconds until this is
 * said. A main loop that must not stand still says 0. */
void guard_station_set_patience(GuardStation *station, guint ms);
/* A number that differs after anybody changed the book: what a window shows is old then. 0: cannot
 * be read. */
guint64 guard_station_version(GuardStation *station);

GuardDrive *guard_drive_new(void);
void guard_drive_free(GuardDrive *drive);
/* Adds USB and serial identifiers, or one of another type, in canonical form. FALSE where nothing
 * identifying is left. */
gboolean guard_drive_add_usb(GuardDrive *drive, guint16 vendor_id, guint16 product_id,
                             const char *serial);
gboolean guard_drive_add_id(GuardDrive *drive, GuardIdType type, const char *value);
/* All of that type, for a GStrv: strings are the drive's, NULL behind the last. Caller unrefs. */
GPtrArray *guard_drive_id_values(const GuardDrive *drive, GuardIdType type);

/* Enters @drive, marking shared identifiers weak, also on the drives that share them. @warnings (of
 * char*) is what the person should know. GUARD_ERROR_EXISTS: the media id or the very identity is
 * in the book; @shared_serial says that these are two drives with one serial number, which is then
 * weak on both. */
gboolean guard_station_enrol(GuardStation *station, GuardDrive *drive, gboolean shared_serial,
                             const GuardAct *act, GPtrArray *warnings, GError **error);
/* Corrects what is written about a drive: names, persons, places, date, capacity, bindings and
 * identifiers are taken from @drive as they are there (NULL: none); level, status, holder and due
 * date are not, those are steps of its life (station/life.h). A reason is demanded. @shared_serial
 * and @warnings as for enrolling. */
gboolean guard_station_edit(GuardStation *station, GuardDrive *drive, gboolean shared_serial,
                            const GuardAct *act, GPtrArray *warnings, GError **error);
/* Media ids of other drives of the book with an identifier of @drive: what a person should know
 * before enrolling. Caller frees with g_ptr_array_unref(). */
GPtrArray *guard_station_find_same(GuardStation *station, const GuardDrive *drive, GError **error);

/* May somebody with @roles do this? By the book's mode; see station/role.h. Changes ask by
 * themselves, reading is for the caller to ask. */
gboolean guard_station_may(GuardStation *station, guint roles, GuardDuty duty, GError **error);
gboolean guard_station_get_roles(GuardStation *station, GuardRolesMode *mode, GError **error);
/* A reason is demanded. Refused where @act's own roles could not undo it. */
gboolean guard_station_set_roles(GuardStation *station, GuardRolesMode mode, const GuardAct *act,
                                 GError **error);

GuardDrive *guard_drive_copy(const GuardDrive *drive);
GuardDrive *guard_station_get(GuardStation *station, const char *media_id, GError **error);
typedef gboolean (*GuardDriveVisit)(const GuardDrive *drive, gpointer user_data,
                                    GError **error); /* FALSE stops */
/* In order of media id. */
gboolean guard_station_visit(GuardStation *station, GuardDriveVisit visit, gpointer user_data,
                             GError **error);

typedef struct {
        guint64 seq;
        gint64 time_us;
        const char *media_id, *action, *before, *after, *reason,
                *who;        /* before and after: JSON or NULL */
        const char *host_id; /* a change of this computer, not of a drive */
} GuardHistory;
typedef void (*GuardHistoryVisit)(const GuardHistory *record, gpointer user_data);
/* Oldest first; of one drive, or (@media_id NULL) of all. */
gboolean guard_station_history(GuardStation *station, const char *media_id, GuardHistoryVisit visit,
                               gpointer user_data, GError **error);
/* Records @first … (at most @n), by their numbers, which have no gaps; the last one's number (0: none
 * yet, or it cannot be read). For a list that reads where somebody looks. */
gboolean guard_station_history_range(GuardStation *station, guint64 first, guint n,
                                     GuardHistoryVisit visit, gpointer user_data, GError **error);
guint64 guard_station_history_last(GuardStation *station);
gboolean guard_station_computer_history(GuardStation *station, const char *host_id,
                                        GuardHistoryVisit visit, gpointer user_data,
                                        GError **error);
/* For people, through gettext: what was done ("hand out"; static, or @action itself), and what it
 * changed ("Holder: - → Wang; Status: in use → handed out"; caller frees). */
const char *guard_history_action_label(const char *action);
const char *guard_history_member_label(const char *name); /* of "level", "serial.0"; or @name itself */
char *guard_history_describe(const GuardHistory *record);
/* Is the history whole: each record holds the digest of the one before? @records (out, optional):
 * how many were checked. GUARD_ERROR_CORRUPT names the first that is missing or altered. */
gboolean guard_station_verify(GuardStation *station, guint64 *records, GError **error);

typedef struct {
        GuardSigning signing;
        const char *output;    /* the file to be made or replaced */
        int valid_days;        /* 1 … GUARD_VALID_DAYS_MAX */
        guint64 sequence;      /* 0: the next one; for a book that is an old copy: a later one */
        gboolean earlier_date; /* go on though the last snapshot or record bears a later date */
        gboolean dry_run;      /* all checks, and nothing written */
        GuardProgress progress; /* may be NULL */
        gpointer user_data;
} GuardPublish;

#define GUARD_VALID_DAYS_MAX 3660

/* Publishes the book under the next sequence. Recorded before the file is put in place, so that a
 * number is never given twice. GUARD_ERROR_ROLLBACK: the clock went back, or there is a snapshot as
 * new as this one where it would go (the book is an old copy); GUARD_ERROR_SIGNATURE: a key that no
 * workstation trusts; GUARD_ERROR_INVALID_VALUE: over before it begins. What was insisted on against
 * these checks needs a reason, and is in the history. @info (out, optional). */
gboolean guard_station_publish(GuardStation *station, const GuardPublish *publish,
                               const GuardAct *act, GuardRegistryInfo **info, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardStation, guard_station_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardDrive, guard_drive_free)

G_END_DECLS
