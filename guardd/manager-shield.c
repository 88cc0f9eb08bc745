/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the kernel shield refused, on record: the kernel counts by device until guardd looks, so that nothing is lost while it
 * is away, and one program that tries a thousand times is one record.
 */
#include <fcntl.h>
#include <unistd.h>
#include "common/guard-text.h"
#include "guardd/manager-private.h"
#include "guardd/record/details.h"
#include "ledger/kinds.h"
#include "udev/hold/shield-map.h"

/* Only where there is a shield. */
#define LOOK_SECONDS 15
#define MAX_AT_ONCE 64

static char *
node_of(const struct shield_key *key)
{
        g_autofree char *link = g_strdup_printf("/sys/dev/%s/%u:%u", key->is_char ? "char" : "block", SHIELD_MAJOR(key->device), SHIELD_MINOR(key->device));
        g_autofree char *target = g_file_read_link(link, NULL);

        return target ? g_path_get_basename(target) : NULL;
}

static char *
details(const struct shield_key *key, const struct shield_refusals *refusals)
{
        g_autoptr(JsonBuilder) json = json_builder_new();
        g_autofree char *number = g_strdup_printf("%u:%u", SHIELD_MAJOR(key->device), SHIELD_MINOR(key->device));
        g_autofree char *raw = g_strndup(refusals->program, sizeof refusals->program), *program = guard_text_display(raw, 16);

        json_builder_begin_object(json);
        guard_details_add_string(json, "number", number);
        guard_details_add_number(json, "times", (gint64)refusals->count);
        guard_details_add_string(json, "program", program);
        guard_details_add_number(json, "uid", refusals->uid);
        return guard_details_end(json);
}

static void
record(GuardManager *manager, const struct shield_key *key, const struct shield_refusals *refusals)
{
        GuardRecord *refused = guard_manager_record_now(manager, GUARD_KIND_SHIELD_REFUSED, GUARD_SEVERITY_WARNING);

        refused->block = node_of(key);
        refused->details = details(key, refusals);
        guard_recorder_write(manager->recorder, refused, NULL, NULL);
}

static void
take_refusals(GuardManager *manager)
{
        struct shield_refusals refusals;
        struct shield_key key;
        int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        int map = root >= 0 ? hold_shield_open_refused(root) : -1;

        for (guint n = 0; map >= 0 && n < MAX_AT_ONCE && hold_shield_take_refused(map, &key, &refusals); n++)
                record(manager, &key, &refusals);
        if (map >= 0)
                close(map);
        if (root >= 0)
                close(root);
}

static gboolean
look(gpointer data)
{
        take_refusals(data);
        return G_SOURCE_CONTINUE;
}

void
guard_manager_watch_shield(GuardManager *manager)
{
        if (manager->shield_timer || !g_file_test(SHIELD_REFUSED, G_FILE_TEST_EXISTS))
                return;
        take_refusals(manager);
        manager->shield_timer = g_timeout_add_seconds(LOOK_SECONDS, look, manager);
}
