/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The words of a list of what happened.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "notifier/text/message.h"

enum { MAX_CELL = 60 };

static const struct {
        const char *kind, *word;
} kinds[] = {
        {"removed", N_("pulled out")},
        {"ejected", N_("ejected")},
        {"forced-removal", N_("taken away while in use; files may be incomplete")},
        {"enforce-failed", N_("could not be carried out")},
        {"imported", N_("imported")},
        {"import-failed", N_("the import has failed")},
        {"spooled", N_("connected while the guard was not running")},
};

static const char *const verdicts[GUARD_N_VERDICTS] = {
        [GUARD_VERDICT_REFUSE] = N_("refused"),
        [GUARD_VERDICT_HOLD] = N_("waiting"),
        [GUARD_VERDICT_READ_ONLY] = N_("read-only"),
        [GUARD_VERDICT_ADMIT] = N_("admitted"),
};

char *
guard_message_when(const GuardEvent *event)
{
        char *text;

        if (!event->time || strlen(event->time) < 19 || event->time[10] != 'T')
                return g_strdup("");
        text = g_strndup(event->time, 19);
        text[10] = ' ';
        return text;
}

char *
guard_message_what(const GuardEvent *event)
{
        for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
                if (g_strcmp0(kinds[i].kind, event->kind) == 0)
                        return g_strdup(_(kinds[i].word));
        if (event->has_verdict)
                return g_strdup(_(verdicts[event->verdict]));
        return guard_message_clean(event->kind, MAX_CELL);
}

char *
guard_message_drive(const GuardEvent *event)
{
        const char *const claims[] = {event->media_id, event->product, event->manufacturer, event->serial, event->device};

        for (gsize i = 0; i < G_N_ELEMENTS(claims); i++)
                if (claims[i] && *claims[i])
                        return guard_message_clean(claims[i], MAX_CELL);
        return g_strdup("");
}

char *
guard_message_why(const GuardEvent *event)
{
        if (event->has_verdict && event->reason != GUARD_REASON_NONE)
                return g_strdup(guard_reason_describe(event->reason));
        return g_strdup("");
}
