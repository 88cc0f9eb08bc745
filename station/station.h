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

G_BEGIN_DECLS

typedef struct GuardStation GuardStation; /* one opened book; used from one thread */

typedef struct { /* one identifier of a drive */
        GuardIdType type;
        char *value; /* canonical form */
        gboolean weak;
} GuardDriveId;

typedef struct { /* one drive of the book */
        char *media_id;
        char *name, *model, *custodian, *note; /* NULL where not given; never published */
        GuardLevel level;
        GuardStatus status;
        GPtrArray *ids;                 /* of GuardDriveId */
        char **hosts, **units, **users; /* bindings; NULL: any */
        gint64 enrolled_us;
} GuardDrive;

typedef struct { /* who does something, when and why: goes into the history */
        const char *who, *reason;
        gint64 now_us;
} GuardAct;

/* Makes the book in @dir (made too, mode 0700). GUARD_ERROR_EXISTS where there is one. */
gboolean guard_station_init(const char *dir, const GuardAct *act, GError **error);
GuardStation *guard_station_open(const char *dir, GError **error);
void guard_station_free(GuardStation *station);

GuardDrive *guard_drive_new(void);
void guard_drive_free(GuardDrive *drive);
/* Adds USB and serial identifiers, or one of another type, in canonical form. FALSE where nothing
 * identifying is left. */
gboolean guard_drive_add_usb(GuardDrive *drive, guint16 vendor_id, guint16 product_id,
                             const char *serial);
gboolean guard_drive_add_id(GuardDrive *drive, GuardIdType type, const char *value);

/* Enters @drive, marking shared identifiers weak, also on the drives that share them. @warnings (of
 * char*) is what the person should know. GUARD_ERROR_EXISTS: the media id or the very identity is
 * in the book; @shared_serial says that these are two drives with one serial number, which is then
 * weak on both. */
gboolean guard_station_enrol(GuardStation *station, GuardDrive *drive, gboolean shared_serial,
                             const GuardAct *act, GPtrArray *warnings, GError **error);
/* issue return repair lost found deregister retire destroy: INTERFACES' verbs.
 * GUARD_ERROR_INVALID_VALUE where the drive's status does not allow it. A reason is demanded. */
gboolean guard_station_change(GuardStation *station, const char *media_id, const char *action,
                              const GuardAct *act, GError **error);
gboolean guard_station_set_level(GuardStation *station, const char *media_id, GuardLevel level,
                                 const GuardAct *act, GError **error);
/* "lost" and the others, NULL-terminated. */
const char *const *guard_station_actions(void);

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
                *who; /* before and after: JSON or NULL */
} GuardHistory;
typedef void (*GuardHistoryVisit)(const GuardHistory *record, gpointer user_data);
/* Oldest first; of one drive, or (@media_id NULL) of all. */
gboolean guard_station_history(GuardStation *station, const char *media_id, GuardHistoryVisit visit,
                               gpointer user_data, GError **error);

typedef struct {
        const char *key, *output; /* PEM of the private key; the file to be made or replaced */
        guint valid_days;
        GuardProgress progress; /* may be NULL */
        gpointer user_data;
} GuardPublish;

#define GUARD_VALID_DAYS_MAX 3660

/* Publishes the book under the next sequence. Recorded before the file is put in place, so that a
 * number is never given twice. Refuses a clock that went back and an output that is newer than this
 * book. @info (out, optional). */
gboolean guard_station_publish(GuardStation *station, const GuardPublish *publish,
                               const GuardAct *act, GuardRegistryInfo **info, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardStation, guard_station_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardDrive, guard_drive_free)

G_END_DECLS
