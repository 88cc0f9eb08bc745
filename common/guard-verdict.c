/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * String tables of verdicts, severities and reasons. Only tables here; what they mean is decided in
 * rules/.
 */
#include "common/guard-verdict.h"
#include <glib/gi18n-lib.h>

static const char *const verdict_names[GUARD_N_VERDICTS] = {
        [GUARD_VERDICT_REFUSE] = "refuse",
        [GUARD_VERDICT_HOLD] = "hold",
        [GUARD_VERDICT_READ_ONLY] = "read-only",
        [GUARD_VERDICT_ADMIT] = "admit",
};

static const char *const severity_names[GUARD_N_SEVERITIES] = {
        [GUARD_SEVERITY_INFO] = "info",
        [GUARD_SEVERITY_NOTICE] = "notice",
        [GUARD_SEVERITY_WARNING] = "warning",
        [GUARD_SEVERITY_CRITICAL] = "critical",
};

static const struct {
        const char *name, *sentence;
} reasons[GUARD_N_REASONS] = {
        [GUARD_REASON_NONE] = {"none", N_("Nothing has been decided yet.")},
        [GUARD_REASON_HOST_LEVEL_UNKNOWN] =
                {"host-level-unknown",
                 N_("This computer's level is not known, so no removable medium may be used until "
                    "the administrator has repaired host.conf.")},
        [GUARD_REASON_CLASSIFIED_ON_UNCLASSIFIED] =
                {"classified-on-unclassified",
                 N_("A classified drive must not be connected to a non-classified computer.")},
        [GUARD_REASON_LEVEL_ABOVE_HOST] = {"level-above-host",
                                           N_("The drive's level is above this computer's level.")},
        [GUARD_REASON_DRIVE_LOST] =
                {"drive-lost",
                 N_("The drive has been reported lost. Hand it to the coordination group.")},
        [GUARD_REASON_DRIVE_WITHDRAWN] = {"drive-withdrawn",
                                          N_("The drive has been taken out of use.")},
        [GUARD_REASON_COMPOSITE_INPUT] =
                {"composite-input",
                 N_("One device claims to be a drive and a keyboard at the same time.")},
        [GUARD_REASON_IDENTITY_MISMATCH] =
                {"identity-mismatch", N_("The drive looks like a registered one, but not all of "
                                         "its hardware identifiers match: it may be a copy.")},
        [GUARD_REASON_DUPLICATE_IDENTITY] =
                {"duplicate-identity",
                 N_("Two drives with one and the same registered identity are connected at once.")},
        [GUARD_REASON_BOUND_ELSEWHERE] =
                {"bound-elsewhere",
                 N_("The drive is assigned to another unit, computer or person.")},
        [GUARD_REASON_CROSS_USE] = {"cross-use",
                                    N_("A drive registered for non-classified computers must not "
                                       "be connected to a classified one.")},
        [GUARD_REASON_REGISTRY_LOST] =
                {"registry-lost",
                 N_("The register of drives on this computer is missing or damaged.")},
        [GUARD_REASON_REGISTRY_STALE] =
                {"registry-stale", N_("The register of drives on this computer is out of date.")},
        [GUARD_REASON_NO_WRITE_DOWN] =
                {"no-write-down",
                 N_("The drive's level is below this computer's level, so it can only be read.")},
        [GUARD_REASON_REGISTRY_ABSENT] =
                {"registry-absent",
                 N_("No register of drives has been installed on this computer.")},
        [GUARD_REASON_CONTENT_CHANGED] = {"content-changed",
                                          N_("The drive is registered, but its content is not the "
                                             "registered one: it may have been formatted.")},
        [GUARD_REASON_UNREGISTERED] = {"unregistered", N_("The drive is not in the register.")},
        [GUARD_REASON_POLICY] = {"policy", N_("A rule of the administrator decided.")},
        [GUARD_REASON_REGISTERED] = {"registered",
                                     N_("The drive is in the register and all is in order.")},
        [GUARD_REASON_SYSTEM_DISK] = {"system-disk",
                                      N_("The disk carries this computer's system.")},
        [GUARD_REASON_NOT_GUARDED] = {"not-guarded",
                                      N_("The device is of a kind that is not guarded.")},
        [GUARD_REASON_UNREADABLE] = {"unreadable",
                                     N_("The device could not be read, so it cannot be judged.")},
        [GUARD_REASON_RECORD_FAILED] =
                {"record-failed",
                 N_("The event could not be recorded, so the device has to wait.")},
        [GUARD_REASON_ESCAPE_HATCH] =
                {"escape-hatch", N_("The guard was switched off on the kernel command line.")},
        [GUARD_REASON_SPOOLED] = {"spooled",
                                  N_("The device was connected while the guard was not running.")},
        [GUARD_REASON_NOBODY_PRESENT] =
                {"nobody-present",
                 N_("It was connected while nobody was at the computer, and waits until somebody has "
                    "logged in or unlocked the screen.")},
        [GUARD_REASON_IMPORT] = {"import", N_("The guard reads in what is on it; nobody else sees it.")},
};

const char *
guard_verdict_to_string(GuardVerdict verdict)
{
        return (guint)verdict < GUARD_N_VERDICTS ? verdict_names[verdict]
                                                 : verdict_names[GUARD_VERDICT_REFUSE];
}

gboolean
guard_verdict_from_string(const char *name, GuardVerdict *verdict)
{
        for (guint n = 0; name != NULL && n < GUARD_N_VERDICTS; n++)
                if (g_str_equal(name, verdict_names[n])) {
                        *verdict = (GuardVerdict)n;
                        return TRUE;
                }
        return FALSE;
}

const char *
guard_severity_to_string(GuardSeverity severity)
{
        return (guint)severity < GUARD_N_SEVERITIES ? severity_names[severity]
                                                    : severity_names[GUARD_SEVERITY_CRITICAL];
}

gboolean
guard_severity_from_string(const char *name, GuardSeverity *severity)
{
        for (guint n = 0; name != NULL && n < GUARD_N_SEVERITIES; n++)
                if (g_str_equal(name, severity_names[n])) {
                        *severity = (GuardSeverity)n;
                        return TRUE;
                }
        return FALSE;
}

const char *
guard_reason_to_string(GuardReason reason)
{
        return (guint)reason < GUARD_N_REASONS ? reasons[reason].name
                                               : reasons[GUARD_REASON_NONE].name;
}

gboolean
guard_reason_from_string(const char *name, GuardReason *reason)
{
        for (guint n = 0; name != NULL && n < GUARD_N_REASONS; n++)
                if (g_str_equal(name, reasons[n].name)) {
                        *reason = (GuardReason)n;
                        return TRUE;
                }
        return FALSE;
}

const char *
guard_reason_describe(GuardReason reason)
{
        return _(reasons[(guint)reason < GUARD_N_REASONS ? reason : GUARD_REASON_NONE].sentence);
}

gboolean
guard_reason_is_of_policy(GuardReason reason)
{
        switch (reason) {
        case GUARD_REASON_NONE:
        case GUARD_REASON_REGISTRY_LOST:
        case GUARD_REASON_REGISTRY_STALE:
        case GUARD_REASON_REGISTRY_ABSENT:
        case GUARD_REASON_CONTENT_CHANGED:
        case GUARD_REASON_UNREGISTERED:
        case GUARD_REASON_POLICY:
        case GUARD_REASON_REGISTERED:
        case GUARD_REASON_NOBODY_PRESENT:
        case GUARD_REASON_IMPORT:
                return TRUE;
        default:
                return FALSE;
        }
}
