/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fixed table of DESIGN, "Deciding": what no policy and no observe mode can loosen. Each row is
 * a predicate; all rows are tried against every entry, the worst verdict wins, then the order of
 * the reasons. Pure.
 */
#include "common/guard-text.h"
#include "rules/media-private.h"
#include <glib/gi18n-lib.h>

/* A level that nobody could read is taken for the highest. */
static GuardLevel
entry_level(const GuardEntry *e)
{
        return e->level < GUARD_LEVEL_NONE || e->level > GUARD_LEVEL_TOP_SECRET
                       ? GUARD_LEVEL_TOP_SECRET
                       : e->level;
}

static gboolean
host_classified(const GuardDeciding *d)
{
        return guard_level_is_classified(d->host_level);
}

static gboolean
host_level_unknown(const GuardDeciding *d)
{
        return d->host_level < GUARD_LEVEL_NONE || d->host_level > GUARD_LEVEL_TOP_SECRET;
}

static gboolean
composite_input(const GuardDeciding *d)
{
        const GuardUsbFacts *usb = d->input.medium->usb;
        return usb != NULL && guard_usb_device_has_storage(&usb->descriptors) &&
               guard_usb_device_has_keyboard(&usb->descriptors);
}

/* Its mark was made by nobody who is trusted, or for another drive: it is not what it claims to be. */
static gboolean
mark_is_false(const GuardDeciding *d)
{
        return d->input.registry->mark == GUARD_MARK_FORGED || d->input.registry->mark == GUARD_MARK_COPIED;
}

static gboolean
duplicate_identity(const GuardDeciding *d)
{
        return d->input.duplicate_present;
}

static gboolean
registry_lost(const GuardDeciding *d)
{
        return host_classified(d) && d->input.registry->state == GUARD_REGISTRY_LOST;
}

static gboolean
registry_stale(const GuardDeciding *d)
{
        GuardRegistryState state = d->input.registry->state;
        return host_classified(d) &&
               (state == GUARD_REGISTRY_STALE || state == GUARD_REGISTRY_NOT_YET_VALID);
}

/* Facts that are not there, or that make no sense. */
static gboolean
unreadable(const GuardDeciding *d)
{
        const GuardMedium *m = d->input.medium;
        if (m->usb != NULL ? m->usb->descriptors.malformed : m->carrier == GUARD_CARRIER_USB)
                return TRUE;
        if (d->input.stage != GUARD_STAGE_BLOCK)
                return m->usb == NULL;
        return m->block == NULL || m->block->probe == GUARD_PROBE_FAILED ||
               m->block->probe == GUARD_PROBE_TIMEOUT;
}

/* No probe yet, or an empty slot of a card reader: not an incident, and nothing to release either,
 * since the card that comes later has not been looked at. */
static gboolean
nothing_to_judge(const GuardDeciding *d)
{
        const GuardBlockFacts *block = d->input.medium->block;
        return d->input.stage == GUARD_STAGE_BLOCK && block != NULL &&
               (block->probe == GUARD_PROBE_NOT_DONE || block->probe == GUARD_PROBE_NO_MEDIUM);
}

static const struct {
        GuardVerdict verdict;
        GuardReason reason;
        GuardSeverity severity;
        gboolean (*applies)(const GuardDeciding *d);
} device_rows[] = {
        {GUARD_VERDICT_REFUSE, GUARD_REASON_HOST_LEVEL_UNKNOWN, GUARD_SEVERITY_CRITICAL,
         host_level_unknown},
        {GUARD_VERDICT_REFUSE, GUARD_REASON_COMPOSITE_INPUT, GUARD_SEVERITY_CRITICAL,
         composite_input},
        {GUARD_VERDICT_REFUSE, GUARD_REASON_IDENTITY_MISMATCH, GUARD_SEVERITY_CRITICAL,
         mark_is_false},
        {GUARD_VERDICT_REFUSE, GUARD_REASON_DUPLICATE_IDENTITY, GUARD_SEVERITY_WARNING,
         duplicate_identity},
        {GUARD_VERDICT_REFUSE, GUARD_REASON_REGISTRY_LOST, GUARD_SEVERITY_WARNING, registry_lost},
        {GUARD_VERDICT_REFUSE, GUARD_REASON_REGISTRY_STALE, GUARD_SEVERITY_WARNING, registry_stale},
        {GUARD_VERDICT_REFUSE, GUARD_REASON_UNREADABLE, GUARD_SEVERITY_WARNING, unreadable},
        {GUARD_VERDICT_HOLD, GUARD_REASON_NONE, GUARD_SEVERITY_INFO, nothing_to_judge},
};

static gboolean
classified_on_unclassified(const GuardDeciding *d, const GuardEntry *e)
{
        return d->host_level == GUARD_LEVEL_NONE && guard_level_is_classified(entry_level(e));
}

static gboolean
level_above_host(const GuardDeciding *d, const GuardEntry *e)
{
        return entry_level(e) > d->host_level;
}

static gboolean
drive_lost(const GuardDeciding *d, const GuardEntry *e)
{
        (void)d;
        return e->status == GUARD_STATUS_LOST;
}

/* Whatever is not in somebody's hands: a drive that is away for repair has no business here either.
 */
static gboolean
drive_withdrawn(const GuardDeciding *d, const GuardEntry *e)
{
        (void)d;
        return e->status != GUARD_STATUS_IN_USE && e->status != GUARD_STATUS_ISSUED &&
               e->status != GUARD_STATUS_LOST;
}

static gboolean
bound_to_other(char **bound, const char *here)
{
        return bound != NULL && bound[0] != NULL &&
               (here == NULL || !g_strv_contains((const char *const *)bound, here));
}

static gboolean
nobody_here(const GuardDeciding *d)
{
        const GuardSession *s = d->input.session;
        return s == NULL || !s->present || s->greeter || s->user == NULL;
}

static gboolean
bound_to_person(const GuardEntry *e)
{
        return e->users != NULL && e->users[0] != NULL;
}

static gboolean
bound_elsewhere(const GuardDeciding *d, const GuardEntry *e)
{
        const GuardHost *host = d->input.host;
        if (bound_to_other(e->hosts, host->host_id) || bound_to_other(e->units, host->unit))
                return TRUE;
        return bound_to_person(e) && !nobody_here(d) &&
               bound_to_other(e->users, d->input.session->user);
}

/* Plugged in before its user has logged in: it waits, that is no incident. */
static gboolean
bound_user_to_come(const GuardDeciding *d, const GuardEntry *e)
{
        return bound_to_person(e) && nobody_here(d);
}

/* Unless it is read in one way only, where nothing gets onto it. */
static gboolean
cross_use(const GuardDeciding *d, const GuardEntry *e)
{
        return host_classified(d) && entry_level(e) == GUARD_LEVEL_NONE && d->import == NULL;
}

typedef struct {
        GuardVerdict verdict;
        GuardReason reason;
        GuardSeverity severity;
        gboolean (*applies)(const GuardDeciding *d, const GuardEntry *e);
} EntryRow;

static const EntryRow entry_rows[] = {
        /* for every proven entry: one identifier is enough */
        {GUARD_VERDICT_REFUSE, GUARD_REASON_CLASSIFIED_ON_UNCLASSIFIED, GUARD_SEVERITY_CRITICAL,
         classified_on_unclassified},
        {GUARD_VERDICT_REFUSE, GUARD_REASON_LEVEL_ABOVE_HOST, GUARD_SEVERITY_CRITICAL,
         level_above_host},
        {GUARD_VERDICT_REFUSE, GUARD_REASON_DRIVE_LOST, GUARD_SEVERITY_CRITICAL, drive_lost},
        {GUARD_VERDICT_REFUSE, GUARD_REASON_DRIVE_WITHDRAWN, GUARD_SEVERITY_WARNING,
         drive_withdrawn},
        {GUARD_VERDICT_REFUSE, GUARD_REASON_BOUND_ELSEWHERE, GUARD_SEVERITY_WARNING,
         bound_elsewhere},
        {GUARD_VERDICT_HOLD, GUARD_REASON_BOUND_ELSEWHERE, GUARD_SEVERITY_INFO, bound_user_to_come},
        {GUARD_VERDICT_REFUSE, GUARD_REASON_CROSS_USE, GUARD_SEVERITY_WARNING, cross_use},
};

static gboolean
hardware_mixed(const GuardDeciding *d, const GuardEntry *e)
{
        (void)d;
        return guard_entry_hardware(e) == GUARD_HARDWARE_MIXED;
}

static gboolean
hardware_unread(const GuardDeciding *d, const GuardEntry *e)
{
        return guard_entry_hardware(e) == GUARD_HARDWARE_UNREAD &&
               (d->input.stage == GUARD_STAGE_BLOCK || !d->storage);
}

static gboolean
is_drive(const GuardDeciding *d, const GuardEntry *e)
{
        GuardHardware hardware = guard_entry_hardware(e);
        return hardware == GUARD_HARDWARE_ALL || (hardware == GUARD_HARDWARE_UNREAD &&
                                                  d->input.stage == GUARD_STAGE_USB && d->storage);
}

static gboolean
no_write_down(const GuardDeciding *d, const GuardEntry *e)
{
        return host_classified(d) && entry_level(e) < d->host_level && is_drive(d, e);
}

static const EntryRow admit_rows[] = {
        /* for entries that would admit: all hardware identifiers are needed */
        {GUARD_VERDICT_REFUSE, GUARD_REASON_IDENTITY_MISMATCH, GUARD_SEVERITY_CRITICAL,
         hardware_mixed},
        {GUARD_VERDICT_REFUSE, GUARD_REASON_UNREADABLE, GUARD_SEVERITY_WARNING, hardware_unread},
        {GUARD_VERDICT_READ_ONLY, GUARD_REASON_NO_WRITE_DOWN, GUARD_SEVERITY_NOTICE, no_write_down},
};

static void
consider(GuardDeciding *d, GuardVerdict verdict, GuardReason reason, GuardSeverity severity,
         const GuardEntry *entry)
{
        GuardCandidate *core = &d->core;
        gboolean worse =
                verdict < core->verdict || (verdict == core->verdict && reason < core->reason);
        GuardSeverity worst = verdict == core->verdict ? MAX(severity, core->severity)
                              : worse                  ? severity
                                                       : core->severity;

        d->core_applied |= 1u << reason;
        if (worse)
                *core = (GuardCandidate){verdict, reason, worst, entry};
        core->severity = worst;
}

/* TRUE where a row refused. */
static gboolean
consider_entry(GuardDeciding *d, const GuardEntry *e, const EntryRow *rows, gsize n_rows)
{
        gboolean refused = FALSE;
        for (gsize n = 0; n < n_rows; n++)
                if (rows[n].applies(d, e)) {
                        consider(d, rows[n].verdict, rows[n].reason, rows[n].severity, e);
                        refused = refused || rows[n].verdict == GUARD_VERDICT_REFUSE;
                }
        return refused;
}

static void
entry_near_miss(GuardDeciding *d, char *why)
{
        guard_decision_near_miss(d->out, "core:registered", why);
}

static void
take_registered(GuardDeciding *d, const GuardEntry *e)
{
        GuardContent content = guard_entry_content(e);
        gboolean later = d->storage && d->input.stage == GUARD_STAGE_USB;
        if (d->registered == NULL || entry_level(e) > entry_level(d->registered))
                d->registered = e;
        if (content == GUARD_CONTENT_CHANGED || (content == GUARD_CONTENT_UNREAD && !later))
                d->content_changed = TRUE;
        else if (content == GUARD_CONTENT_UNREAD)
                d->content_unread = TRUE;
}

static void
judge_proven(GuardDeciding *d, const GuardEntry *e)
{
        if (d->known == NULL || entry_level(e) > entry_level(d->known))
                d->known = e;
        if (bound_to_person(e))
                d->out->depends |= GUARD_DEPENDS_SESSION;
        if (guard_entry_is_strong(e))
                d->out->depends |= GUARD_DEPENDS_OTHERS;
        if (consider_entry(d, e, entry_rows, G_N_ELEMENTS(entry_rows)) ||
            consider_entry(d, e, admit_rows, G_N_ELEMENTS(admit_rows)))
                return;
        g_autofree char *id = guard_text_display(e->media_id, 40);
        if (is_drive(d, e)) {
                take_registered(d, e);
                return;
        }
        if (guard_entry_is_copy(e) && d->copied == NULL)
                d->copied = e;
        if (guard_entry_hardware(e) == GUARD_HARDWARE_SERIAL_ONLY)
                entry_near_miss(
                        d, guard_text_pack(
                                   N_("the serial number is that of %s, but the register has no "
                                      "vendor and product for it; enrol it again with both"),
                                   id, NULL));
        else if (guard_entry_hardware(e) == GUARD_HARDWARE_MARK_ONLY)
                entry_near_miss(d, guard_text_pack(N_("its mark says that it is %s, but the register does not know it: a mark "
                                                      "refuses, and never admits"),
                                                   id, NULL));
        else
                entry_near_miss(d, guard_text_pack(N_("the content is that of %s, but the drive "
                                                      "itself is another one"),
                                                   id, NULL));
}

static void
judge_entry(GuardDeciding *d, const GuardEntry *e)
{
        GuardEvidence evidence = guard_entry_evidence(e);
        if (evidence == GUARD_EVIDENCE_PROVEN) {
                judge_proven(d, e);
                return;
        }
        if (evidence == GUARD_EVIDENCE_NONE)
                return;
        if (evidence == GUARD_EVIDENCE_PENDING && d->storage && d->input.stage == GUARD_STAGE_USB)
                d->pending = TRUE;
        g_autofree char *id = guard_text_display(e->media_id, 40);
        entry_near_miss(
                d, guard_text_pack(
                           N_("an identifier is that of %s, but many media share it, so that it "
                              "does not count alone"),
                           id, NULL));
}

/* A copy of a registered drive on another one: the same suspicion as a serial number on another
 * model. Two drives of the register that carry the same content are each themselves. */
static void
judge_copy(GuardDeciding *d)
{
        if (d->copied != NULL && d->registered == NULL)
                consider(d, GUARD_VERDICT_REFUSE, GUARD_REASON_IDENTITY_MISMATCH,
                         GUARD_SEVERITY_CRITICAL, d->copied);
}

void
guard_core_decide(GuardDeciding *d)
{
        d->core =
                (GuardCandidate){GUARD_VERDICT_ADMIT, GUARD_REASON_NONE, GUARD_SEVERITY_INFO, NULL};
        for (gsize n = 0; n < G_N_ELEMENTS(device_rows); n++)
                if (device_rows[n].applies(d))
                        consider(d, device_rows[n].verdict, device_rows[n].reason,
                                 device_rows[n].severity, NULL);
        for (guint n = 0; n < d->input.registry->entries->len; n++)
                judge_entry(d, g_ptr_array_index(d->input.registry->entries, n));
        judge_copy(d);
}
