/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Life and copy of the facts structs. Nothing here looks at what the facts say.
 */
#include "common/guard-medium.h"
#include <string.h>

static const char *const carrier_names[GUARD_N_CARRIERS] = {
        [GUARD_CARRIER_USB] = "usb",
        [GUARD_CARRIER_MMC] = "mmc",
        [GUARD_CARRIER_OPTICAL] = "optical",
        [GUARD_CARRIER_FIREWIRE] = "firewire",
        [GUARD_CARRIER_THUNDERBOLT] = "thunderbolt",
        [GUARD_CARRIER_OTHER] = "other",
};

GuardUsbFacts *
guard_usb_facts_new(void)
{
        return g_new0(GuardUsbFacts, 1);
}

void
guard_usb_facts_free(GuardUsbFacts *facts)
{
        if (facts == NULL)
                return;
        g_free(facts->sysname);
        g_free(facts->syspath);
        g_free(facts->serial);
        g_free(facts->manufacturer);
        g_free(facts->product);
        g_free(facts);
}

GuardUsbFacts *
guard_usb_facts_copy(const GuardUsbFacts *facts)
{
        if (facts == NULL)
                return NULL;
        GuardUsbFacts *copy = guard_usb_facts_new();
        *copy = *facts;
        copy->sysname = g_strdup(facts->sysname);
        copy->syspath = g_strdup(facts->syspath);
        copy->serial = g_strdup(facts->serial);
        copy->manufacturer = g_strdup(facts->manufacturer);
        copy->product = g_strdup(facts->product);
        return copy;
}

GuardVolumeFacts *
guard_volume_facts_new(void)
{
        return g_new0(GuardVolumeFacts, 1);
}

void
guard_volume_facts_free(GuardVolumeFacts *facts)
{
        if (facts == NULL)
                return;
        g_free(facts->usage);
        g_free(facts->type);
        g_free(facts->version);
        g_free(facts->uuid);
        g_free(facts->label);
        g_free(facts->part_uuid);
        g_free(facts);
}

static GuardVolumeFacts *
volume_facts_copy(const GuardVolumeFacts *facts)
{
        GuardVolumeFacts *copy = guard_volume_facts_new();
        *copy = *facts;
        copy->usage = g_strdup(facts->usage);
        copy->type = g_strdup(facts->type);
        copy->version = g_strdup(facts->version);
        copy->uuid = g_strdup(facts->uuid);
        copy->label = g_strdup(facts->label);
        copy->part_uuid = g_strdup(facts->part_uuid);
        return copy;
}

static GPtrArray *
volumes_new(void)
{
        return g_ptr_array_new_with_free_func((GDestroyNotify)guard_volume_facts_free);
}

GuardBlockFacts *
guard_block_facts_new(void)
{
        GuardBlockFacts *facts = g_new0(GuardBlockFacts, 1);
        facts->volumes = volumes_new();
        return facts;
}

void
guard_block_facts_free(GuardBlockFacts *facts)
{
        if (facts == NULL)
                return;
        g_free(facts->name);
        g_free(facts->syspath);
        g_free(facts->probe_error);
        g_free(facts->pt_type);
        g_free(facts->pt_uuid);
        g_clear_pointer(&facts->volumes, g_ptr_array_unref);
        g_free(facts->mark);
        g_free(facts);
}

GuardBlockFacts *
guard_block_facts_copy(const GuardBlockFacts *facts)
{
        if (facts == NULL)
                return NULL;
        GuardBlockFacts *copy = g_new0(GuardBlockFacts, 1);
        *copy = *facts;
        copy->name = g_strdup(facts->name);
        copy->syspath = g_strdup(facts->syspath);
        copy->probe_error = g_strdup(facts->probe_error);
        copy->pt_type = g_strdup(facts->pt_type);
        copy->pt_uuid = g_strdup(facts->pt_uuid);
        copy->mark = g_strdup(facts->mark);
        copy->volumes = volumes_new();
        for (guint n = 0; facts->volumes != NULL && n < facts->volumes->len; n++)
                g_ptr_array_add(copy->volumes,
                                volume_facts_copy(g_ptr_array_index(facts->volumes, n)));
        return copy;
}

GuardMedium *
guard_medium_new(void)
{
        return g_new0(GuardMedium, 1);
}

void
guard_medium_free(GuardMedium *medium)
{
        if (medium == NULL)
                return;
        g_free(medium->device);
        g_free(medium->carrier_serial);
        guard_usb_facts_free(medium->usb);
        guard_block_facts_free(medium->block);
        g_free(medium);
}

GuardMedium *
guard_medium_copy(const GuardMedium *medium)
{
        if (medium == NULL)
                return NULL;
        GuardMedium *copy = guard_medium_new();
        copy->carrier = medium->carrier;
        copy->device = g_strdup(medium->device);
        copy->carrier_serial = g_strdup(medium->carrier_serial);
        copy->usb = guard_usb_facts_copy(medium->usb);
        copy->block = guard_block_facts_copy(medium->block);
        return copy;
}

const char *
guard_carrier_to_string(GuardCarrier carrier)
{
        return carrier_names[(guint)carrier < GUARD_N_CARRIERS ? carrier : GUARD_CARRIER_OTHER];
}

gboolean
guard_carrier_from_string(const char *name, GuardCarrier *carrier)
{
        for (guint n = 0; name != NULL && n < GUARD_N_CARRIERS; n++)
                if (g_str_equal(name, carrier_names[n])) {
                        *carrier = (GuardCarrier)n;
                        return TRUE;
                }
        return FALSE;
}

static const char *const connects[GUARD_N_CONNECTS] = {"unknown", "internal", "external"};

const char *
guard_connect_to_string(GuardConnect connect)
{
        return connects[connect];
}

gboolean
guard_connect_from_string(const char *name, GuardConnect *connect)
{
        for (guint n = 0; n < GUARD_N_CONNECTS; n++)
                if (g_strcmp0(name, connects[n]) == 0) {
                        *connect = (GuardConnect)n;
                        return TRUE;
                }
        return FALSE;
}
