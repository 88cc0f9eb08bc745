/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From guardd's words about a medium to the fields of a drive.
 */
#include "station/window/facts.h"

#include <stdlib.h>
#include <string.h>

void
guard_facts_free(GuardFacts *facts)
{
        if (facts == NULL)
                return;
        g_free(facts->device);
        g_free(facts->label);
        g_free(facts->vendor);
        g_free(facts->product);
        g_free(facts->serial);
        guard_drive_free(facts->drive);
        g_free(facts);
}

/* A text that says something; NULL else. Caller frees. */
static char *
text_of(GVariant *dict, const char *name)
{
        char *text = NULL;

        if (!g_variant_lookup(dict, name, "s", &text))
                return NULL;
        g_strstrip(text);
        if (*text == '\0')
                g_clear_pointer(&text, g_free);
        return text;
}

static gboolean
hex16(const char *text, guint16 *number)
{
        if (text == NULL || strlen(text) != 4 || strspn(text, "0123456789abcdefABCDEF") != 4)
                return FALSE;
        *number = (guint16)strtoul(text, NULL, 16);
        return TRUE;
}

static void
take_filesystems(GuardDrive *drive, GVariant *block)
{
        g_autoptr(GVariant) list =
                g_variant_lookup_value(block, "filesystems", G_VARIANT_TYPE("aa{sv}"));

        for (gsize i = 0; list != NULL && i < g_variant_n_children(list); i++) {
                g_autoptr(GVariant) one = g_variant_get_child_value(list, i);
                g_autofree char *uuid = text_of(one, "uuid");

                if (uuid != NULL)
                        guard_drive_add_id(drive, GUARD_ID_FS_UUID, uuid);
        }
}

static void
take_blocks(GuardDrive *drive, GVariant *medium)
{
        g_autoptr(GVariant) list =
                g_variant_lookup_value(medium, "blocks", G_VARIANT_TYPE("aa{sv}"));

        for (gsize i = 0; list != NULL && i < g_variant_n_children(list); i++) {
                g_autoptr(GVariant) block = g_variant_get_child_value(list, i);
                g_autofree char *uuid = text_of(block, "pt_uuid");
                guint64 size = 0;

                if (g_variant_lookup(block, "size", "t", &size))
                        drive->capacity = MAX(drive->capacity, size);
                if (uuid != NULL)
                        guard_drive_add_id(drive, GUARD_ID_PT_UUID, uuid);
                take_filesystems(drive, block);
        }
}

static GuardFacts *
facts_of(GVariant *medium)
{
        GuardFacts *facts = g_new0(GuardFacts, 1);
        g_autofree char *maker = text_of(medium, "manufacturer"), *model = text_of(medium, "product");
        guint16 vendor, product;

        facts->device = text_of(medium, "device");
        facts->vendor = text_of(medium, "vendor_id");
        facts->product = text_of(medium, "product_id");
        facts->serial = text_of(medium, "serial");
        facts->drive = guard_drive_new();
        if (maker != NULL && model != NULL)
                facts->drive->model = g_strdup_printf("%s %s", maker, model);
        else
                facts->drive->model = g_strdup(model != NULL ? model : maker);
        if (facts->serial != NULL && hex16(facts->vendor, &vendor) && hex16(facts->product, &product))
                guard_drive_add_usb(facts->drive, vendor, product, facts->serial);
        else if (facts->serial != NULL)
                guard_drive_add_id(facts->drive, GUARD_ID_SERIAL, facts->serial);
        take_blocks(facts->drive, medium);
        facts->label = g_strdup_printf("%s  %s  %s", facts->device != NULL ? facts->device : "?",
                                       facts->drive->model != NULL ? facts->drive->model : "",
                                       facts->serial != NULL ? facts->serial : "");
        return facts;
}

GPtrArray *
guard_facts_from_media(GVariant *media)
{
        GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)guard_facts_free);

        for (gsize i = 0; i < g_variant_n_children(media); i++) {
                g_autoptr(GVariant) medium = g_variant_get_child_value(media, i);
                GuardFacts *facts = facts_of(medium);

                if (facts->device != NULL)
                        g_ptr_array_add(all, facts);
                else
                        guard_facts_free(facts);
        }
        return all;
}
