/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which identifiers a medium shows, which entries have them, and for each entry what matched, what
 * differs and what could not be read. Judging is rules/' work.
 */
#include "registry/lookup.h"

#include <stdlib.h>

typedef struct {
        GuardPayload *payload;
        GArray *hits; /* of GuardPayloadHit */
        guint known;  /* mask over GuardIdType: read from this medium, be it empty */
} Lookup;

/* Types that tell the same fact twice: two weak hits in one family are one hit. */
static const guint families[] = {
        1u << GUARD_ID_USB | 1u << GUARD_ID_SERIAL | 1u << GUARD_ID_CID,
        1u << GUARD_ID_MARK,
        1u << GUARD_ID_FS_UUID,
        1u << GUARD_ID_PT_UUID,
};

static gboolean
ask(Lookup *lookup, GuardIdType type, const GuardUsbFacts *usb, const char *value, GError **error)
{
        g_autofree char *canonical = guard_identity_canonical(
                type, usb != NULL ? usb->vendor_id : 0, usb != NULL ? usb->product_id : 0, value);

        guint first = lookup->hits->len;

        if (canonical == NULL)
                return TRUE;
        if (!guard_payload_find(lookup->payload, type, canonical, lookup->hits, error))
                return FALSE;
        /* a value that many media share stays one, be the book older than that knowledge */
        if (lookup->hits->len > first && guard_identity_is_weak(type, canonical, NULL)) {
                for (guint i = first; i < lookup->hits->len; i++)
                        g_array_index(lookup->hits, GuardPayloadHit, i).weak = TRUE;
        }
        return TRUE;
}

static gboolean
ask_carrier(Lookup *lookup, const GuardMedium *medium, GError **error)
{
        lookup->known |= 1u << GUARD_ID_USB | 1u << GUARD_ID_SERIAL;
        if (medium->usb != NULL)
                return ask(lookup, GUARD_ID_USB, medium->usb, medium->usb->serial, error) &&
                       ask(lookup, GUARD_ID_SERIAL, NULL, medium->usb->serial, error);
        lookup->known |= 1u << GUARD_ID_CID;
        /* of a card the number that is its CID, of any other carrier (an NVMe disk's case) a serial number like others */
        return ask(lookup, medium->carrier == GUARD_CARRIER_MMC ? GUARD_ID_CID : GUARD_ID_SERIAL, NULL, medium->carrier_serial, error);
}

static gboolean
ask_block(Lookup *lookup, const GuardBlockFacts *block, GError **error)
{
        guint n = block->volumes != NULL ? block->volumes->len : 0;

        if (block->probe == GUARD_PROBE_OK)
                lookup->known |=
                        1u << GUARD_ID_MARK | 1u << GUARD_ID_FS_UUID | 1u << GUARD_ID_PT_UUID;
        /* A mark is judged by its signature (registry/mark.h), not looked up. */
        if (!ask(lookup, GUARD_ID_PT_UUID, NULL, block->pt_uuid, error))
                return FALSE;
        for (guint i = 0; i < n; i++) {
                const GuardVolumeFacts *volume = g_ptr_array_index(block->volumes, i);

                if (!ask(lookup, GUARD_ID_FS_UUID, NULL, volume->uuid, error))
                        return FALSE;
        }
        return TRUE;
}

static int
compare_hits(const void *a, const void *b)
{
        const GuardPayloadHit *x = a, *y = b;

        return x->entry < y->entry ? -1 : x->entry > y->entry;
}

/* Is all that leads to this entry one weak fact? */
static gboolean
is_faint(guint matched, guint strong)
{
        guint n = 0;

        for (gsize i = 0; i < G_N_ELEMENTS(families); i++)
                n += (matched & families[i]) != 0 ? 1 : 0;
        return strong == 0 && n < 2;
}

static GuardMatchState
match_of(guint bit, guint has, guint matched, guint known)
{
        if (matched & bit)
                return GUARD_MATCH_YES;
        if (!(has & bit))
                return GUARD_MATCH_NOT_IN_BOOK;
        return known & bit ? GUARD_MATCH_NO : GUARD_MATCH_NOT_READ;
}

static gboolean
add_entry(const Lookup *lookup, gint64 id, guint matched, guint strong, GPtrArray *entries,
          GError **error)
{
        guint has, weak;
        GuardEntry *entry = guard_payload_entry(lookup->payload, id, &has, &weak, error);

        if (entry == NULL)
                return FALSE;
        for (guint type = 0; type < GUARD_N_IDS; type++) {
                guint bit = 1u << type;

                entry->match[type] = match_of(bit, has, matched, lookup->known);
                /* matched by a strong one of several: strong */
                entry->weak[type] = matched & bit ? !(strong & bit) : (weak & bit) != 0;
        }
        g_ptr_array_add(entries, entry);
        return TRUE;
}

/* Groups the hits by entry. Entries without number may share a weak serial; only so many are told.
 */
static gboolean
gather(const Lookup *lookup, GPtrArray *entries, GError **error)
{
        const GuardPayloadHit *hits = (const GuardPayloadHit *)(const void *)lookup->hits->data;
        guint n = lookup->hits->len, faint = 0;

        for (guint i = 0; i < n;) {
                gint64 id = hits[i].entry;
                guint matched = 0, strong = 0;

                for (; i < n && hits[i].entry == id; i++) {
                        matched |= 1u << hits[i].type;
                        if (!hits[i].weak)
                                strong |= 1u << hits[i].type;
                }
                if (is_faint(matched, strong) && faint++ >= GUARD_LOOKUP_WEAK_SHOWN)
                        continue;
                if (!add_entry(lookup, id, matched, strong, entries, error))
                        return FALSE;
        }
        return TRUE;
}

gboolean
guard_lookup_medium(GuardPayload *payload, const GuardMedium *medium, GPtrArray *entries,
                    GError **error)
{
        g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(GuardPayloadHit));
        Lookup lookup = {.payload = payload, .hits = hits};

        if (!ask_carrier(&lookup, medium, error) ||
            (medium->block != NULL && !ask_block(&lookup, medium->block, error)))
                return FALSE;
        if (hits->len > 1)
                qsort(hits->data, hits->len, sizeof(GuardPayloadHit), compare_hits);
        return gather(&lookup, entries, error);
}
