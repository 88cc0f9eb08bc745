/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is said for each reason. Tone: what happened, what to do now, whom to call; no jargon, no blame.
 * Connecting and mounting are never mixed up: what is refused was connected.
 */
#include "notifier/text/message-table.h"
#include <glib/gi18n-lib.h>

#define PULL_OUT_REPORT N_("Pull it out now and report to %s.")
#define PULL_OUT_CALL N_("Pull it out and call %s.")
#define HAND_OVER N_("Hand it to %s.")

static const GuardSentences refused[GUARD_N_REASONS] = {
        [GUARD_REASON_HOST_LEVEL_UNKNOWN] = {N_("Blocked: this computer's level is not known"),
                                             N_("This computer's settings are damaged, so the {device} cannot be used."), PULL_OUT_CALL},
        [GUARD_REASON_CLASSIFIED_ON_UNCLASSIFIED] = {N_("Blocked: classified drive"),
                                                     N_("The classified drive%s must not be connected to a non-classified computer."),
                                                     PULL_OUT_REPORT},
        [GUARD_REASON_LEVEL_ABOVE_HOST] = {N_("Blocked: the drive's level is too high"),
                                           N_("The level of the {device} is above this computer's level; it must not be connected here."),
                                           PULL_OUT_REPORT},
        [GUARD_REASON_DRIVE_LOST] = {N_("Blocked: drive reported lost"), N_("The {device} has been reported lost and cannot be used."),
                                     HAND_OVER},
        [GUARD_REASON_DRIVE_WITHDRAWN] = {N_("Blocked: drive taken out of use"),
                                          N_("The {device} has been taken out of use and can no longer be used."), HAND_OVER},
        [GUARD_REASON_COMPOSITE_INPUT] = {N_("Blocked: suspicious device"),
                                          N_("The device%s claims to be a drive and a keyboard at once, as attack tools do."),
                                          N_("Pull it out now, connect it nowhere else, and hand it to %s.")},
        [GUARD_REASON_IDENTITY_MISMATCH] = {N_("Blocked: the drive may be a copy"),
                                            N_("The {device} looks like a registered one, but not all of its marks match."),
                                            N_("Pull it out and have it examined by %s.")},
        [GUARD_REASON_DUPLICATE_IDENTITY] = {N_("Blocked: two drives with one identity"),
                                             N_("Two drives with the same registered identity%s are connected at once."),
                                             N_("Pull both out and have them examined by %s.")},
        [GUARD_REASON_BOUND_ELSEWHERE] = {N_("Blocked: the drive belongs elsewhere"),
                                          N_("The {device} is assigned to another unit, computer or person."),
                                          N_("Pull it out and use it where it belongs. If you have questions, call %s.")},
        [GUARD_REASON_CROSS_USE] = {N_("Blocked: cross-use"),
                                    N_("The {device} is for non-classified computers and must not be connected to a classified one."),
                                    PULL_OUT_REPORT},
        [GUARD_REASON_REGISTRY_LOST] = {N_("Blocked: the register is missing"),
                                        N_("The register of drives on this computer is missing or damaged, so the {device} cannot be checked."),
                                        PULL_OUT_CALL},
        [GUARD_REASON_REGISTRY_STALE] = {N_("Blocked: the register is out of date"),
                                         N_("The register of drives on this computer is out of date, so the {device} cannot be checked."),
                                         PULL_OUT_CALL},
        [GUARD_REASON_REGISTRY_ABSENT] = {N_("Blocked: there is no register"),
                                          N_("No register of drives has been installed on this computer, so the {device} cannot be checked."),
                                          PULL_OUT_CALL},
        [GUARD_REASON_CONTENT_CHANGED] = {N_("Blocked: the drive's content has changed"),
                                          N_("The {device} is registered, but its content is not the registered one: it may have been formatted."),
                                          N_("Pull it out and have it registered anew by %s.")},
        [GUARD_REASON_UNREGISTERED] = {N_("Blocked: {kind} not registered"),
                                       N_("The {device} is not in the register and cannot be used on this computer."),
                                       N_("Pull it out. To have it registered, call %s.")},
        [GUARD_REASON_POLICY] = {N_("Blocked by the administrator's rules"),
                                 N_("The administrator's rules do not allow the {device} on this computer."), PULL_OUT_CALL},
        [GUARD_REASON_UNREADABLE] = {N_("Blocked: {kind} that cannot be read"), N_("The {device} could not be read, so it cannot be checked."),
                                     N_("Pull it out. If it happens again, call %s.")},
        [GUARD_REASON_RECORD_FAILED] = {N_("Blocked: nothing can be recorded"),
                                        N_("This computer cannot record what is connected, so the {device} cannot be used."), PULL_OUT_CALL},
        [GUARD_REASON_SPOOLED] = {N_("Connected while the guard was not running"),
                                  N_("The {device} was connected while the guard of this computer was not running."),
                                  N_("If you know of it, tell %s.")},
};
static const GuardSentences refused_otherwise = {N_("Blocked: removable medium"), N_("The {device} cannot be used on this computer."),
                                                 PULL_OUT_CALL};

static const GuardSentences waiting = {N_("Please wait: the {kind} is being checked"), N_("The {device} cannot be used yet."),
                                       N_("If it stays so, call %s.")};
static const GuardSentences waiting_for_person = {
        N_("The {kind} waits for somebody to come back"),
        N_("The {device} was connected while nobody was at the computer. It is looked at when the screen has been unlocked."),
        N_("If it stays so, call %s.")};

static const GuardSentences importing = {N_("The {kind} is being read in"),
                                         N_("What is on the {device} is copied to this computer, and nothing can be written to it. Leave it "
                                            "connected; you will be told when it is done."),
                                         N_("If it stays so, call %s.")};

#define TO_WRITE N_("If you have to write to it, call %s.")
static const GuardSentences read_only[GUARD_N_REASONS] = {
        [GUARD_REASON_NO_WRITE_DOWN] =
                {N_("Read-only: nothing can be written to the {kind}"),
                 N_("The level of the {device} is below this computer's level: files can be read from it, but not written to it."), TO_WRITE},
        [GUARD_REASON_POLICY] = {N_("Read-only: nothing can be written to the {kind}"),
                                 N_("By the administrator's rules files can be read from the {device}, but not written to it."), TO_WRITE},
        [GUARD_REASON_UNREGISTERED] = {N_("Read-only: nothing can be written to the {kind}"),
                                       N_("The {device} is not in the register: files can be read from it, but not written to it."), TO_WRITE},
        [GUARD_REASON_CONTENT_CHANGED] =
                {N_("Read-only: nothing can be written to the {kind}"),
                 N_("The content of the {device} is not the registered one: files can be read from it, but not written to it."), TO_WRITE},
};
static const GuardSentences read_only_otherwise = {N_("Read-only: nothing can be written to the {kind}"),
                                                   N_("Files can be read from the {device}, but not written to it."), TO_WRITE};

static const GuardSentences admitted = {N_("The {kind} can be used"), N_("The {device} may be used on this computer."),
                                        N_("Eject it before you pull it out. If you have questions, call %s.")};

const GuardSentences *
guard_sentences(GuardVerdict verdict, GuardReason reason)
{
        guint row = (guint)reason < GUARD_N_REASONS ? (guint)reason : 0;

        switch (verdict) {
        case GUARD_VERDICT_ADMIT:
                return &admitted;
        case GUARD_VERDICT_READ_ONLY:
                return read_only[row].title ? &read_only[row] : &read_only_otherwise;
        case GUARD_VERDICT_HOLD:
                return row == GUARD_REASON_RECORD_FAILED    ? &refused[row]
                       : row == GUARD_REASON_NOBODY_PRESENT ? &waiting_for_person
                       : row == GUARD_REASON_IMPORT         ? &importing
                                                            : &waiting;
        case GUARD_VERDICT_REFUSE:
        case GUARD_N_VERDICTS:
        default:
                return refused[row].title ? &refused[row] : &refused_otherwise;
        }
}

static const GuardAlarmSentences alarms[] = {
        {"host-level-unknown", N_("This computer's settings are damaged"),
         N_("Its level is not known, so no removable drive can be used. Please call %s.")},
        {"policy-broken", N_("The guard's rules are damaged"), N_("The last good rules stay in force. Please tell %s.")},
        {"registry-ageing", N_("The register of drives needs renewing soon"),
         N_("The copy of the register on this computer is about to expire. Please tell %s.")},
        {"registry", N_("The register of drives needs renewing"),
         N_("The register on this computer is missing, damaged or out of date; drives may be refused. Please tell %s.")},
        {"record-failed", N_("Nothing can be recorded"),
         N_("This computer cannot record what is connected, so no drive can be used. Please call %s.")},
        {"event-log", N_("The guard's records need looking after"), N_("Please tell %s.")},
        {"media-stuck", N_("A drive does not answer"), N_("Pull it out. If it happens again, call %s.")},
        {"escape-hatch", N_("The guard is switched off"),
         N_("This computer was started without the guard. Do not connect drives, and tell %s.")},
        {"calendar-broken", N_("The working hours are set wrongly"),
         N_("This computer will not shut down by itself after hours. Please tell %s.")},
        {"screen-not-locked", N_("The screen lock needs looking after"), N_("Lock the screen yourself when you leave, and tell %s.")},
        {"presence-blind", N_("The screen lock needs looking after"), N_("Lock the screen yourself when you leave, and tell %s.")},
        {"clock-doubtful", N_("This computer's clock is wrong"),
         N_("This computer will not shut down by itself after hours. Please tell %s.")},
        {"notifier-missing", N_("Messages of the guard cannot be shown"),
         N_("Somebody who is logged in here is not told what the guard does. Please tell %s.")},
};

const GuardAlarmSentences *
guard_alarm_sentences(const char *key)
{
        for (gsize i = 0; i < G_N_ELEMENTS(alarms); i++)
                if (g_strcmp0(alarms[i].key, key) == 0)
                        return &alarms[i];
        return NULL;
}
