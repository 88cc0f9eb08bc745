/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Words for people.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "common/device-kind.h"
#include "common/guard-level.h"
#include "guardctl/words.h"

typedef struct {
        const char *name, *word;
        GuardctlStyle style;
} Word;

static const Word verdicts[] = {
        {"admit", N_("admitted"), GUARDCTL_GOOD},
        {"read-only", N_("read-only"), GUARDCTL_CAUTION},
        {"hold", N_("waiting"), GUARDCTL_CAUTION},
        {"refuse", N_("refused"), GUARDCTL_BAD},
        {NULL, NULL, GUARDCTL_PLAIN},
};

static const Word states[] = {
        {"active", N_("active"), GUARDCTL_GOOD},
        {"inactive", N_("inactive"), GUARDCTL_BAD},
        {"unavailable", N_("unavailable"), GUARDCTL_CAUTION},
        {"good", N_("good"), GUARDCTL_GOOD},
        {"absent", N_("none installed"), GUARDCTL_CAUTION},
        {"stale", N_("expired"), GUARDCTL_BAD},
        {"not-yet-valid", N_("not yet valid"), GUARDCTL_BAD},
        {"lost", N_("lost or unverifiable"), GUARDCTL_BAD},
        {"last-good", N_("broken; the last good one is in use"), GUARDCTL_BAD},
        {"builtin", N_("none could be read; the built-in one is in use"), GUARDCTL_CAUTION},
        {NULL, NULL, GUARDCTL_PLAIN},
};

static const Word *
find(const Word *words, const char *name)
{
        while (words->name && g_strcmp0(words->name, name) != 0)
                words++;
        return words;
}

static const char *
word_of(const Word *words, const char *name)
{
        const Word *found = find(words, name);

        return found->name ? _(found->word) : name;
}

const char *
guardctl_verdict_word(const char *name)
{
        return word_of(verdicts, name);
}

GuardctlStyle
guardctl_verdict_style(const char *name)
{
        return find(verdicts, name)->style;
}

const char *
guardctl_device_kind_word(const char *name)
{
        GuardDeviceKind kind;

        return guard_device_kind_from_string(name, &kind) ? guard_device_kind_label(kind) : name;
}

const char *
guardctl_state_word(const char *name)
{
        return word_of(states, name);
}

GuardctlStyle
guardctl_state_style(const char *name)
{
        return find(states, name)->style;
}

const char *
guardctl_reason_sentence(const char *name)
{
        GuardReason reason;

        if (!name || !guard_reason_from_string(name, &reason) || reason == GUARD_REASON_NONE)
                return NULL;
        return guard_reason_describe(reason);
}

const char *
guardctl_level_word(const char *name)
{
        GuardLevel level = GUARD_LEVEL_UNKNOWN;

        if (!name)
                return NULL;
        guard_level_from_string(name, &level);
        return guard_level_label(level);
}

GuardctlStyle
guardctl_severity_style(const char *name)
{
        GuardSeverity severity;

        return name && guard_severity_from_string(name, &severity) ? guardctl_style_of_severity(severity) : GUARDCTL_PLAIN;
}

char *
guardctl_short_time(const char *rfc3339)
{
        char *text;

        if (!rfc3339 || strlen(rfc3339) < 19 || rfc3339[10] != 'T')
                return g_strdup(rfc3339);
        text = g_strndup(rfc3339, 19);
        text[10] = ' ';
        return text;
}
