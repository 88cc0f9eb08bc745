/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The presence guard's owner: gives it the policy, writes its records, raises its alarms, and has
 * media judged again when somebody is there to answer for them.
 */
#include <sys/stat.h>
#include "guardd/manager-private.h"
#include "guardd/presence/presence.h"

static const GuardPresenceSettings *
settings(gpointer data)
{
        return guard_policy_presence(guard_config_policy(((GuardManager *)data)->config));
}

static const GuardAfterHoursSettings *
after_hours(gpointer data)
{
        return guard_policy_after_hours(guard_config_policy(((GuardManager *)data)->config));
}

static void
note(const GuardPresenceNote *what, gpointer data)
{
        GuardManager *manager = data;
        GuardRecord *record = guard_manager_record_now(manager, what->kind, what->severity);

        record->message = g_strdup(what->message);
        record->user = g_strdup(what->user);
        record->session = g_strdup(what->session);
        record->details = g_strdup(what->details);
        guard_recorder_write(manager->recorder, record, NULL, NULL);
}

/* An open screen, or nobody who could be seen to have left, is a hole; the rest is to be looked after. */
static void
raise_alarm(const char *key, const char *message, gpointer data)
{
        static const char *const holes[] = {GUARD_LOCK_ALARM, GUARD_BLIND_ALARM, NULL};
        GuardSeverity severity = g_strv_contains(holes, key) ? GUARD_SEVERITY_CRITICAL : GUARD_SEVERITY_WARNING;

        guard_alarms_update(((GuardManager *)data)->alarms, key, severity, message);
}

static void
resumed(gpointer data)
{
        guard_manager_rescan(data);
        guard_manager_probe_again(data);
}

static void
covered(gpointer data)
{
        guard_manager_reevaluate(data, GUARD_DEPENDS_SESSION);
}

gint64
guard_manager_known_time(GuardManager *manager)
{
        /* Written anew with each record, and made with the package: whatever the clock says now, these
         * moments have passed. The second one bounds what a record under a wrong clock makes of the first. */
        const char *const files[] = {manager->paths->ledger_head, manager->paths->host_conf_vendor};
        gint64 known = 0;

        for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
                struct stat file;

                if (stat(files[i], &file) == 0)
                        known = MAX(known, (gint64)file.st_mtim.tv_sec * G_USEC_PER_SEC);
        }
        return known;
}

void
guard_manager_start_presence(GuardManager *manager, gint64 known_us)
{
        static const GuardPresenceOwner owner = {settings, after_hours, note,
                                                 raise_alarm, resumed,     covered};
        const GuardPresenceConfig config = {manager->paths->root, known_us, NULL};

        manager->presence = guard_presence_new(&config, &owner, manager);
        if (!manager->presence)
                g_warning("no timer: the presence guard does not run");
}
