/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the static helper wrote down while nobody listened: a drive that came and went is an incident
 * all the same. Each file becomes one record and is then deleted; one about a device that is still
 * there is deleted with that device's own record.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "guardd/keyval.h"
#include "guardd/manager-private.h"
#include "guardd/spool-event.h"
#include "guardd/sysfs.h"
#include "ledger/kinds.h"

/* Where the static helper counts what a full folder could not take. */
#define OVERFLOW_COUNT "overflow"
#define OVERFLOW_TAKEN "overflow-taken"

static gboolean
is_this_boot(GuardManager *manager, GHashTable *event)
{
        return g_strcmp0(g_hash_table_lookup(event, "boot_id"), manager->boot_id) == 0;
}

/* Is this very plug still there? Then its own record is under way. */
static gboolean
is_present(GuardManager *manager, GHashTable *event)
{
        const char *syspath = g_hash_table_lookup(event, "syspath");
        int dirfd = syspath && is_this_boot(manager, event) ? guard_sysfs_open(syspath, NULL) : -1;
        gboolean same;

        if (dirfd < 0)
                return FALSE;
        same = guard_sysfs_inode(dirfd) == guard_keyval_number(event, "inode", 0) &&
               guard_sysfs_read_number(dirfd, "devnum", 10, 0) ==
                       guard_keyval_number(event, "devnum", G_MAXUINT64);
        close(dirfd);
        return same;
}

typedef struct {
        GuardManager *manager;
        char *path;
} Taken;

static void
delete_file(const GuardRecord *record G_GNUC_UNUSED, const GError *error, gpointer data)
{
        Taken *taken = data;

        if (!error)
                (void)unlink(taken->path);
        g_hash_table_remove(taken->manager->spooling, taken->path);
        g_object_unref(taken->manager);
        g_free(taken->path);
        g_free(taken);
}

static void
write_and_delete(GuardManager *manager, GuardRecord *record, const char *path)
{
        Taken *taken = g_new0(Taken, 1);

        taken->manager = g_object_ref(manager);
        taken->path = g_strdup(path);
        g_hash_table_add(manager->spooling, g_strdup(path));
        guard_recorder_write(manager->recorder, record, delete_file, taken);
}

/* When it was; what is told of no device has nothing more. */
static GuardRecord *
record_of_moment(GHashTable *event, const char *kind, GuardSeverity severity)
{
        GuardRecord *record = guard_record_new(kind, severity);
        const char *boot_id = g_hash_table_lookup(event, "boot_id");

        record->time_us = (gint64)guard_keyval_number(event, "time", 0);
        g_free(record->boot_id);
        record->boot_id = g_strdup(boot_id ? boot_id : "");
        return record;
}

static GuardRecord *
record_of(GHashTable *event, const char *kind, GuardSeverity severity)
{
        GuardRecord *record = record_of_moment(event, kind, severity);
        g_autoptr(GuardMedium) medium = guard_spool_medium(event);

        record->device = g_strdup(medium->device);
        record->vendor_id = g_strdup_printf("%04x", medium->usb->vendor_id);
        record->product_id = g_strdup_printf("%04x", medium->usb->product_id);
        record->serial = g_steal_pointer(&medium->usb->serial);
        record->manufacturer = g_steal_pointer(&medium->usb->manufacturer);
        record->product = g_steal_pointer(&medium->usb->product);
        return record;
}

static void
take_add(GuardManager *manager, GHashTable *event, const char *path)
{
        g_autoptr(GuardMedium) medium = NULL;
        g_autoptr(GuardDecision) decision = NULL;
        GuardRecord *record;

        if (is_present(manager, event))
                return;
        medium = guard_spool_medium(event);
        decision = guard_manager_explain(manager, medium, NULL, GUARD_STAGE_USB, FALSE);
        record = record_of(event, GUARD_KIND_SPOOLED, decision->severity);
        /* It was held all the time: whatever the rules would have said, it was not admitted. */
        record->has_verdict = TRUE;
        record->verdict = decision->verdict == GUARD_VERDICT_REFUSE ? GUARD_VERDICT_REFUSE
                                                                    : GUARD_VERDICT_HOLD;
        record->reason = decision->verdict == GUARD_VERDICT_REFUSE ? decision->reason
                                                                   : GUARD_REASON_SPOOLED;
        record->rule = g_strdup(decision->rule);
        record->media_id = g_strdup(decision->media_id);
        if (decision->level != GUARD_LEVEL_UNKNOWN)
                record->level = g_strdup(guard_level_to_string(decision->level));
        record->message = g_strdup("Plugged and pulled out while guardd was away or busy; it was held.");
        if (decision->reported_lost) {
                GuardRecord *lost = record_of(event, GUARD_KIND_LOST_DRIVE, GUARD_SEVERITY_CRITICAL);

                lost->media_id = g_strdup(decision->media_id);
                guard_recorder_write(manager->recorder, lost, NULL, NULL);
        }
        write_and_delete(manager, record, path);
}

static void
take_remove(GuardManager *manager, GHashTable *event, const char *path)
{
        GuardRecord *record = record_of(event, GUARD_KIND_REMOVED, GUARD_SEVERITY_INFO);

        record->message = g_strdup("The device was unplugged while guardd was away.");
        write_and_delete(manager, record, path);
}

static void
take_off(GuardManager *manager, GHashTable *event, const char *path)
{
        GuardRecord *record =
                record_of_moment(event, GUARD_KIND_ESCAPE_HATCH, GUARD_SEVERITY_CRITICAL);

        record->message = g_strdup("The machine was started with baomi-guard=off.");
        write_and_delete(manager, record, path);
}

static const struct {
        const char *action;
        void (*take)(GuardManager *manager, GHashTable *event, const char *path);
} ACTIONS[] = {
        {"add", take_add},
        {"remove", take_remove},
        {"off", take_off},
};

/* How many events found no room. The helper may be counting on: what is taken gets a name of its own
 * first, and is deleted only when its record is durable. */
static void
take_overflow(GuardManager *manager, const char *folder)
{
        g_autofree char *counting = g_build_filename(folder, OVERFLOW_COUNT, NULL);
        g_autofree char *taken = g_build_filename(folder, OVERFLOW_TAKEN, NULL);
        g_autoptr(GHashTable) event = NULL;
        GuardRecord *record;
        guint64 lost;

        if (g_hash_table_contains(manager->spooling, taken))
                return;
        if (!g_file_test(taken, G_FILE_TEST_EXISTS) && rename(counting, taken) < 0)
                return;
        event = guard_keyval_read(taken, NULL);
        lost = event ? guard_keyval_number(event, "lost", 0) : 0;
        record = guard_manager_record_now(manager, GUARD_KIND_RECORDS_DROPPED, GUARD_SEVERITY_WARNING);
        record->message = g_strdup_printf(
                "%" G_GUINT64_FORMAT " events could not be written down while guardd was away.", lost);
        record->details = g_strdup_printf("{\"dropped\":%" G_GUINT64_FORMAT "}", lost);
        write_and_delete(manager, record, taken);
}

static void
take_file(GuardManager *manager, const char *folder, const char *name)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autoptr(GHashTable) event = guard_keyval_read(path, NULL);
        const char *action = event ? g_hash_table_lookup(event, "action") : NULL;

        if (g_hash_table_contains(manager->spooling, path))
                return;
        for (gsize i = 0; action && i < G_N_ELEMENTS(ACTIONS); i++) {
                if (strcmp(action, ACTIONS[i].action) == 0) {
                        ACTIONS[i].take(manager, event, path);
                        return;
                }
        }
}

/* Names begin with the time since boot in nanoseconds: by number, then by name. */
static int
by_time(gconstpointer a, gconstpointer b)
{
        const char *x = *(const char *const *)a, *y = *(const char *const *)b;
        guint64 tx = g_ascii_strtoull(x, NULL, 10), ty = g_ascii_strtoull(y, NULL, 10);

        return tx != ty ? (tx < ty ? -1 : 1) : strcmp(x, y);
}

static GPtrArray *
files_of(const char *folder)
{
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir)) != NULL)
                if (name[0] != '.')
                        g_ptr_array_add(names, g_strdup(name));
        g_ptr_array_sort(names, by_time);
        return names;
}

void
guard_manager_take_spool(GuardManager *manager)
{
        const char *folders[] = {manager->paths->spool_dir, manager->paths->spool_dir_early};

        /* Without a registry nobody could say what it was. */
        if (!manager->started || !guard_config_registry(manager->config))
                return;
        for (gsize f = 0; f < G_N_ELEMENTS(folders); f++) {
                g_autoptr(GPtrArray) names = files_of(folders[f]);

                for (guint i = 0; i < names->len; i++)
                        take_file(manager, folders[f], g_ptr_array_index(names, i));
                take_overflow(manager, folders[f]);
        }
}

void
guard_manager_spool_forget(GuardManager *manager, const GuardUsbFacts *facts, const char *action)
{
        const char *folders[] = {manager->paths->spool_dir, manager->paths->spool_dir_early};
        g_autofree char *tail = g_strdup_printf("-%s-%u-%u", action, facts->busnum, facts->devnum);

        for (gsize f = 0; f < G_N_ELEMENTS(folders); f++) {
                g_autoptr(GPtrArray) names = files_of(folders[f]);

                for (guint i = 0; i < names->len; i++) {
                        const char *name = g_ptr_array_index(names, i);
                        g_autofree char *path = g_build_filename(folders[f], name, NULL);
                        g_autoptr(GHashTable) event = NULL;

                        if (!g_str_has_suffix(name, tail))
                                continue;
                        event = guard_keyval_read(path, NULL);
                        if (event && is_this_boot(manager, event) &&
                            guard_keyval_number(event, "inode", 0) == facts->inode)
                                (void)unlink(path);
                }
        }
}
