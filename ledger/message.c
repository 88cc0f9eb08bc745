/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sentence that people read about a record, composed from its fields: in English where no
 * locale is set (guardd), else in the reader's language (guardctl), from the same record. Pure: no
 * clock, no file. What a device claims about itself is made safe for display and put in quotes.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-text.h"
#include "ledger/kinds.h"
#include "ledger/ledger.h"

#define CLAIM_MAX 40

typedef enum {
        TELLS_FIXED = 0, /* the sentence as it is */
        TELLS_SUBJECT,   /* with the medium in the place of %s */
        TELLS_VERDICT,   /* by verdict and reason */
        TELLS_OWN,       /* what the writer said, else the sentence */
} Telling;

static const struct {
        const char *kind;
        Telling telling;
        const char *sentence;
} kinds[] = {
        {GUARD_KIND_GUARDD_START, TELLS_FIXED, N_("The guard was started.")},
        {GUARD_KIND_GUARDD_STOP, TELLS_FIXED, N_("The guard was stopped.")},
        {GUARD_KIND_UNCLEAN_END, TELLS_FIXED,
         N_("The guard or the computer ended without notice; nothing was watched until the next "
            "start.")},
        {GUARD_KIND_LEDGER_BEGUN, TELLS_FIXED, N_("The event log was begun.")},
        {GUARD_KIND_LEDGER_REPLACED, TELLS_FIXED,
         N_("The event log could not be continued and a new one was begun; earlier records are "
            "missing from it.")},
        {GUARD_KIND_LEDGER_GAP, TELLS_FIXED,
         N_("Records are missing from the end of the event log.")},
        {GUARD_KIND_LEDGER_HEAD_LOST, TELLS_FIXED,
         N_("The file that tells where the event log ends was missing or unreadable.")},
        {GUARD_KIND_LEDGER_PRUNED, TELLS_FIXED,
         N_("Records older than the retention time were removed from the event log.")},
        {GUARD_KIND_LEDGER_ALTERED, TELLS_OWN, N_("Records of the event log were altered.")},
        {GUARD_KIND_RECORDS_DROPPED, TELLS_OWN,
         N_("Some events could not be recorded because the event log could not be written.")},
        {GUARD_KIND_AUDIT_UNAVAILABLE, TELLS_FIXED,
         N_("Events do not reach the audit log of the system.")},
        {GUARD_KIND_CLOCK_JUMP, TELLS_FIXED,
         N_("The computer's clock has jumped; no old record was removed.")},
        {GUARD_KIND_USB_DECISION, TELLS_VERDICT, NULL},
        {GUARD_KIND_BLOCK_DECISION, TELLS_VERDICT, NULL},
        {GUARD_KIND_LOST_DRIVE, TELLS_SUBJECT, N_("Reported lost, and connected here: %s. Secure it and tell the coordination group.")},
        {GUARD_KIND_IDENTITY_CHANGED, TELLS_SUBJECT,
         N_("It looks otherwise than when it was last used here, as a copy would: %s.")},
        {GUARD_KIND_REMOVED, TELLS_SUBJECT, N_("Removed: %s.")},
        {GUARD_KIND_EJECTED, TELLS_SUBJECT, N_("Ejected, safe to pull out: %s.")},
        {GUARD_KIND_SPOOLED, TELLS_SUBJECT, N_("Connected while the guard was not running: %s.")},
        {GUARD_KIND_REMOVAL_PENDING, TELLS_SUBJECT,
         N_("No longer allowed and in use; save your work and close it, it will be cut off: %s.")},
        {GUARD_KIND_FORCED_REMOVAL, TELLS_SUBJECT,
         N_("No longer allowed and cut off while in use; data may have been lost: %s.")},
        {GUARD_KIND_ENFORCE_FAILED, TELLS_SUBJECT,
         N_("The decision could not be carried out: %s.")},
        {GUARD_KIND_EXCEPTION_ASKED, TELLS_SUBJECT, N_("An exception was asked for: %s.")},
        {GUARD_KIND_EXCEPTION_GRANTED, TELLS_SUBJECT, N_("Allowed for a time: %s.")},
        {GUARD_KIND_EXCEPTION_REFUSED, TELLS_SUBJECT, N_("A wrong code for an exception was entered: %s.")},
        {GUARD_KIND_EXCEPTION_ENDED, TELLS_SUBJECT, N_("The exception has ended: %s.")},
        {GUARD_KIND_IMPORT_FILE, TELLS_SUBJECT, N_("A file was read in: %s.")},
        {GUARD_KIND_IMPORTED, TELLS_SUBJECT, N_("Imported, and handed over: %s.")},
        {GUARD_KIND_IMPORT_FAILED, TELLS_SUBJECT, N_("The import failed and nothing of it was handed over: %s.")},
        {GUARD_KIND_SHIELD_REFUSED, TELLS_SUBJECT,
         N_("Somebody tried to get at it past the guard, and the kernel refused: %s.")},
        {GUARD_KIND_TRANSFER, TELLS_SUBJECT, N_("A file was copied to it or read from it: %s.")},
        {GUARD_KIND_TRANSFERS_MISSED, TELLS_SUBJECT, N_("What is copied to it or from it could not be put on record: %s.")},
        {GUARD_KIND_PRESENCE, TELLS_OWN, N_("The screen of a session was locked or unlocked.")},
        {GUARD_KIND_PRESENCE_FAKED, TELLS_OWN, N_("A program pretends that somebody is there.")},
        {GUARD_KIND_AFTER_HOURS, TELLS_OWN, N_("The shutdown after hours.")},
        {GUARD_KIND_POSTPONED, TELLS_OWN, N_("The shutdown after hours was put off.")},
        {GUARD_KIND_REGISTRY_INSTALLED, TELLS_OWN, N_("A new register of drives was installed.")},
        {GUARD_KIND_REGISTRY_REFUSED, TELLS_OWN, N_("A register of drives was not accepted.")},
        {GUARD_KIND_CONFIG_CHANGED, TELLS_OWN, N_("The settings of the guard have changed.")},
        {GUARD_KIND_ALARM, TELLS_OWN, N_("Something needs the administrator's attention.")},
        {GUARD_KIND_ALARM_CLEARED, TELLS_OWN, N_("An alarm is over.")},
        {GUARD_KIND_ESCAPE_HATCH, TELLS_FIXED,
         N_("The computer was started with the guard switched off; only removable storage is still "
            "held.")},
};

/* %s: the medium, then why. */
static const char *const verdict_sentences[GUARD_N_VERDICTS] = {
        [GUARD_VERDICT_REFUSE] = N_("Refused: %s. %s"),
        [GUARD_VERDICT_HOLD] = N_("Waiting: %s. %s"),
        [GUARD_VERDICT_READ_ONLY] = N_("Admitted for reading only: %s. %s"),
        [GUARD_VERDICT_ADMIT] = N_("Admitted: %s. %s"),
};

static char *
claimed_name(const GuardRecord *record)
{
        g_autofree char *maker = guard_text_display(record->manufacturer, CLAIM_MAX);
        g_autofree char *model = guard_text_display(record->product, CLAIM_MAX);
        g_autofree char *both = g_strstrip(g_strjoin(" ", maker, model, NULL));

        /* Translators: a name that a device gives itself, in quotes */
        return *both != '\0' ? g_strdup_printf(_("“%s”"), both) : NULL;
}

/* "drive LY-017", "“Kingston DataTraveler” (0951:1666)", "disk sdb". */
static char *
subject(const GuardRecord *record)
{
        g_autofree char *name = claimed_name(record);
        g_autofree char *media_id = guard_text_display(record->media_id, CLAIM_MAX);

        if (*media_id != '\0')
                return g_strdup_printf(_("drive %s"), media_id);
        if (name != NULL && record->vendor_id != NULL && record->product_id != NULL)
                return g_strdup_printf(_("%s (%s:%s)"), name, record->vendor_id,
                                       record->product_id);
        if (name != NULL)
                return g_steal_pointer(&name);
        if (record->vendor_id != NULL && record->product_id != NULL)
                return g_strdup_printf(_("device %s:%s"), record->vendor_id, record->product_id);
        if (record->block != NULL)
                return g_strdup_printf(_("disk %s"), record->block);
        if (record->device != NULL)
                return g_strdup_printf(_("device %s"), record->device);
        return g_strdup(_("a device"));
}

static char *
tell_verdict(const GuardRecord *record)
{
        GuardVerdict verdict = record->has_verdict ? record->verdict : GUARD_VERDICT_HOLD;
        g_autofree char *medium = subject(record);

        if ((guint)verdict >= GUARD_N_VERDICTS)
                verdict = GUARD_VERDICT_REFUSE;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        return g_strdup_printf(_(verdict_sentences[verdict]), medium,
                               guard_reason_describe(record->reason));
#pragma GCC diagnostic pop
}

static char *
tell_subject(const GuardRecord *record, const char *sentence)
{
        g_autofree char *medium = subject(record);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        return g_strdup_printf(_(sentence), medium);
#pragma GCC diagnostic pop
}

/* The writer's sentence, translated where there is a translation of it. */
static char *
tell_own(const GuardRecord *record, const char *sentence)
{
        if (record->message == NULL || *record->message == '\0')
                return g_strdup(_(sentence));
        return guard_text_display(_(record->message), 1000);
}

char *
guard_record_message(const GuardRecord *record)
{
        for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
                if (g_strcmp0(kinds[i].kind, record->kind) != 0)
                        continue;
                if (kinds[i].telling == TELLS_VERDICT)
                        return tell_verdict(record);
                if (kinds[i].telling == TELLS_SUBJECT)
                        return tell_subject(record, kinds[i].sentence);
                if (kinds[i].telling == TELLS_OWN)
                        return tell_own(record, kinds[i].sentence);
                return g_strdup(_(kinds[i].sentence));
        }
        return tell_own(record, record->kind != NULL ? record->kind : "");
}
