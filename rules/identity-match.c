/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One matching identifier is enough to refuse, all hardware identifiers are needed to admit
 * (DESIGN, promise 2). Pure; levels, bindings and policy are not known here.
 */
#include "rules/identity-match.h"
#include "rules/media-rule.h"

#define BIT(type) (1u << (type))
#define HARDWARE (BIT(GUARD_ID_USB) | BIT(GUARD_ID_SERIAL) | BIT(GUARD_ID_MARK) | BIT(GUARD_ID_CID))
#define CONTENT (BIT(GUARD_ID_FS_UUID) | BIT(GUARD_ID_PT_UUID))
/* A serial says the same thing three times: alone, behind vendor:product, and as a card's CID. */
#define SERIAL (BIT(GUARD_ID_USB) | BIT(GUARD_ID_SERIAL) | BIT(GUARD_ID_CID))

/* Weak identifiers that count together, because nothing ordinary carries both by chance. A weak
 * file system with a weak partition table is not here: every copy of one ISO image, and every stick
 * as it left one factory, has both. */
static const struct {
        const char *name;
        guint one, other; /* masks: any of these with any of those */
} weak_pairs[] = {
        {"shared serial with shared file system", SERIAL, BIT(GUARD_ID_FS_UUID)},
        {"shared serial with shared partition table", SERIAL, BIT(GUARD_ID_PT_UUID)},
};

static guint
types_in_state(const GuardEntry *entry, GuardMatchState state)
{
        guint mask = 0;
        for (guint type = 0; type < GUARD_N_IDS; type++)
                if (entry->match[type] == state)
                        mask |= BIT(type);
        return mask;
}

static guint
weak_types(const GuardEntry *entry)
{
        guint mask = 0;
        for (guint type = 0; type < GUARD_N_IDS; type++)
                if (entry->weak[type])
                        mask |= BIT(type);
        return mask;
}

static gboolean
pair_counts(guint known)
{
        for (guint n = 0; n < G_N_ELEMENTS(weak_pairs); n++)
                if ((known & weak_pairs[n].one) != 0 && (known & weak_pairs[n].other) != 0)
                        return TRUE;
        return FALSE;
}

GuardEvidence
guard_entry_evidence(const GuardEntry *entry)
{
        guint yes = types_in_state(entry, GUARD_MATCH_YES);
        guint unread = types_in_state(entry, GUARD_MATCH_NOT_READ);
        guint strong = ~weak_types(entry);

        if (yes == 0)
                return GUARD_EVIDENCE_NONE;
        if ((yes & strong) != 0 || pair_counts(yes))
                return GUARD_EVIDENCE_PROVEN;
        return (unread & strong) != 0 || pair_counts(yes | unread) ? GUARD_EVIDENCE_PENDING
                                                                   : GUARD_EVIDENCE_WEAK;
}

GuardHardware
guard_entry_hardware(const GuardEntry *entry)
{
        guint yes = types_in_state(entry, GUARD_MATCH_YES) & HARDWARE;
        guint no = types_in_state(entry, GUARD_MATCH_NO) & HARDWARE;
        guint unread = types_in_state(entry, GUARD_MATCH_NOT_READ) & HARDWARE;

        if (yes == 0)
                return GUARD_HARDWARE_NONE;
        if (no != 0)
                return GUARD_HARDWARE_MIXED;
        if (unread != 0)
                return GUARD_HARDWARE_UNREAD;
        if (yes == BIT(GUARD_ID_MARK))
                return GUARD_HARDWARE_MARK_ONLY;
        return yes == BIT(GUARD_ID_SERIAL) ? GUARD_HARDWARE_SERIAL_ONLY : GUARD_HARDWARE_ALL;
}

GuardContent
guard_entry_content(const GuardEntry *entry)
{
        if ((types_in_state(entry, GUARD_MATCH_NO) & CONTENT) != 0)
                return GUARD_CONTENT_CHANGED;
        return (types_in_state(entry, GUARD_MATCH_NOT_READ) & CONTENT) != 0 ? GUARD_CONTENT_UNREAD
                                                                            : GUARD_CONTENT_SAME;
}

gboolean
guard_entry_is_copy(const GuardEntry *entry)
{
        guint in_book =
                types_in_state(entry, GUARD_MATCH_NO) | types_in_state(entry, GUARD_MATCH_NOT_READ);

        return guard_entry_hardware(entry) == GUARD_HARDWARE_NONE && (in_book & HARDWARE) != 0 &&
               (types_in_state(entry, GUARD_MATCH_YES) & CONTENT) != 0;
}

gboolean
guard_entry_is_strong(const GuardEntry *entry)
{
        return (types_in_state(entry, GUARD_MATCH_YES) & HARDWARE & ~weak_types(entry)) != 0;
}

gboolean
guard_answers_same_drive(const GuardRegistryAnswer *a, const GuardRegistryAnswer *b)
{
        for (guint i = 0; i < a->entries->len; i++) {
                const GuardEntry *one = g_ptr_array_index(a->entries, i);
                if (!guard_entry_is_strong(one) || one->media_id == NULL)
                        continue;
                for (guint k = 0; k < b->entries->len; k++) {
                        const GuardEntry *other = g_ptr_array_index(b->entries, k);
                        if (guard_entry_is_strong(other) &&
                            g_strcmp0(one->media_id, other->media_id) == 0)
                                return TRUE;
                }
        }
        return FALSE;
}
