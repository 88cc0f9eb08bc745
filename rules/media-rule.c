/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The decision about a medium: what is never held, the fixed table, then policy. Pure: facts in,
 * decision out.
 */
#include "rules/media-private.h"
#include "common/guard-text.h"
#include "rules/presence.h"
#include <glib/gi18n-lib.h>
#include <string.h>

void
guard_decision_near_miss(GuardDecision *out, const char *rule, char *why)
{
        GuardNearMiss *miss = g_new0(GuardNearMiss, 1);
        miss->rule = g_strdup(rule);
        miss->why = why;
        g_ptr_array_add(out->near_misses, miss);
}

static void
finish(GuardDecision *out, GuardVerdict verdict, GuardReason reason, GuardSeverity severity)
{
        out->verdict = verdict;
        out->reason = reason;
        out->severity = severity;
        g_free(out->rule);
        out->rule = g_strdup_printf("core:%s", reason == GUARD_REASON_NONE
                                                       ? "waiting"
                                                       : guard_reason_to_string(reason));
}

/* The other rows that applied: people repair one thing and want to know whether another waits
 * behind it. */
static void
tell_other_rows(GuardDeciding *d)
{
        for (guint reason = 0; reason < GUARD_N_REASONS; reason++) {
                if ((d->core_applied >> reason & 1) == 0 || reason == d->out->reason ||
                    reason == GUARD_REASON_NONE)
                        continue;
                g_autofree char *rule =
                        g_strdup_printf("core:%s", guard_reason_to_string((GuardReason)reason));
                guard_decision_near_miss(d->out, rule, guard_text_pack(N_("applies as well"), NULL));
        }
}

void
guard_core_finish(GuardDeciding *d)
{
        finish(d->out, d->core.verdict, d->core.reason, d->core.severity);
        d->out->popup = d->core.verdict == GUARD_VERDICT_REFUSE;
        d->out->reported_lost = (d->core_applied >> GUARD_REASON_DRIVE_LOST & 1) != 0;
}

/* Only what the register proves is told: the entry that decided, else the drive it is, else the
 * highest it may be. */
static void
tell_drive(GuardDeciding *d)
{
        const GuardEntry *entry = d->core.entry;
        if (entry == NULL)
                entry = d->registered != NULL                     ? d->registered
                        : d->core.verdict == GUARD_VERDICT_REFUSE ? d->known
                                                                  : NULL;
        if (entry == NULL)
                return;
        d->out->media_id = g_strdup(entry->media_id);
        d->out->level = entry->level;
}

static gboolean
is_storage(const GuardDecisionInput *input)
{
        const GuardUsbFacts *usb = input->medium->usb;
        return input->stage == GUARD_STAGE_BLOCK || usb == NULL ||
               guard_usb_device_has_storage(&usb->descriptors);
}

static gboolean
not_guarded(const GuardDecisionInput *input)
{
        const GuardUsbFacts *usb = input->medium->usb;
        return input->stage == GUARD_STAGE_USB && usb != NULL &&
               !guard_usb_device_guarded(&usb->descriptors,
                                         guard_policy_hold_on(input->policy, input->host->level));
}

static gboolean
passes_keyboard(const GuardMedium *medium)
{
        const GuardUsbFacts *usb = medium->usb;
        return usb != NULL && usb->only_keyboard && !usb->descriptors.malformed &&
               guard_usb_device_has_keyboard(&usb->descriptors);
}

static gboolean
nobody_present(const GuardSession *session)
{
        return session == NULL || !session->present || session->greeter || session->locked ||
               session->user == NULL;
}

/* What would be released waits for somebody who can answer for it. What is refused is refused now. */
static void
wait_for_person(GuardDeciding *d)
{
        GuardDecision *out = d->out;

        if (out->verdict < GUARD_VERDICT_READ_ONLY || d->input.released ||
            !guard_policy_presence(d->input.policy)->hold_media)
                return;
        out->depends |= GUARD_DEPENDS_SESSION;
        if (!nobody_present(d->input.session))
                return;
        guard_decision_near_miss(out, out->rule, guard_text_pack(N_("applies as soon as somebody is there"), NULL));
        finish(out, GUARD_VERDICT_HOLD, GUARD_REASON_NOBODY_PRESENT, GUARD_SEVERITY_NOTICE);
        out->popup = FALSE;
}

static void
decide(GuardDeciding *d)
{
        GuardDecision *out = d->out;

        if (d->input.system_disk) {
                finish(out, GUARD_VERDICT_ADMIT, GUARD_REASON_SYSTEM_DISK, GUARD_SEVERITY_INFO);
                return;
        }
        out->depends = GUARD_DEPENDS_HOST | GUARD_DEPENDS_POLICY;
        if (not_guarded(&d->input)) {
                finish(out, GUARD_VERDICT_ADMIT, GUARD_REASON_NOT_GUARDED, GUARD_SEVERITY_INFO);
                return;
        }
        out->depends |= GUARD_DEPENDS_REGISTRY;
        if (d->input.registry->changes_us > d->input.now_us)
                out->valid_until_us = d->input.registry->changes_us;
        if (d->input.duplicate_present)
                out->depends |= GUARD_DEPENDS_OTHERS;
        guard_core_decide(d);
        if (d->core.verdict < GUARD_VERDICT_READ_ONLY)
                guard_core_finish(d);
        else
                guard_policy_decide(d);
        wait_for_person(d);
        if (d->input.stage == GUARD_STAGE_BLOCK ||
            (d->storage && out->verdict != GUARD_VERDICT_REFUSE))
                out->depends |= GUARD_DEPENDS_CONTENT;
        if (out->verdict == GUARD_VERDICT_REFUSE)
                out->pass_keyboard = passes_keyboard(d->input.medium);
        tell_drive(d);
        tell_other_rows(d);
}

GuardDecision *
guard_media_decide(const GuardDecisionInput *input)
{
        g_autoptr(GuardPolicy) builtin = NULL;
        g_autoptr(GuardHost) nowhere = NULL;
        g_autoptr(GuardMedium) nothing = NULL;
        g_autoptr(GPtrArray) no_entries = NULL;
        GuardRegistryAnswer lost = {.state = GUARD_REGISTRY_LOST};
        GuardDeciding d = {.input = *input, .out = guard_decision_new()};

        /* What a caller forgot is what refuses. */
        if (d.input.policy == NULL)
                d.input.policy = builtin = guard_policy_new_builtin();
        if (d.input.host == NULL)
                d.input.host = nowhere = guard_host_new();
        if (d.input.medium == NULL)
                d.input.medium = nothing = guard_medium_new();
        if (d.input.registry == NULL) {
                lost.entries = no_entries = g_ptr_array_new();
                d.input.registry = &lost;
        }
        d.host_level = d.input.host->level;
        d.storage = is_storage(&d.input);
        d.import = guard_exception_may_import(d.input.medium) ? guard_exception_find_import(d.input.exceptions, d.input.medium) : NULL;
        decide(&d);
        return d.out;
}

/* The cap that the core puts on a drive of the register: no writing down. */
static GuardCandidate
core_cap(const GuardDeciding *d, const GuardEntry *entry)
{
        gboolean below = entry != NULL && d->host_level > GUARD_LEVEL_NONE && entry->level < d->host_level;

        return below ? (GuardCandidate){GUARD_VERDICT_READ_ONLY, GUARD_REASON_NO_WRITE_DOWN, GUARD_SEVERITY_NOTICE, entry}
                     : (GuardCandidate){GUARD_VERDICT_ADMIT, GUARD_REASON_NONE, GUARD_SEVERITY_INFO, NULL};
}

GuardDecision *
guard_media_replay(const GuardDecisionInput *input, const GuardPolicyView *view, GuardLevel drive_level, const char *media_id)
{
        GuardRegistryAnswer unasked = {.state = GUARD_REGISTRY_GOOD};
        GuardEntry entry = {.media_id = (char *)media_id, .level = drive_level};
        const GuardEntry *registered = media_id != NULL && drive_level != GUARD_LEVEL_UNKNOWN ? &entry : NULL;
        GuardDeciding d = {.input = *input, .out = guard_decision_new(), .registered = registered};

        d.input.registry = &unasked;
        d.host_level = input->host->level;
        d.storage = is_storage(&d.input);
        d.core = core_cap(&d, registered);
        if (not_guarded(&d.input))
                finish(d.out, GUARD_VERDICT_ADMIT, GUARD_REASON_NOT_GUARDED, GUARD_SEVERITY_INFO);
        else
                guard_policy_decide_view(&d, view);
        tell_drive(&d);
        return d.out;
}
