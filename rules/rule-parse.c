/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One [rule NAME] group into a GuardRule. Text in, data out.
 */
#include "rules/policy-private.h"
#include <glib/gi18n-lib.h>
#include <string.h>

void
guard_rule_free(GuardRule *rule)
{
        if (rule == NULL)
                return;
        GArray *arrays[] = {rule->classes, rule->vendors, rule->products, rule->hours};
        char **words[] = {rule->serials, rule->filesystems, rule->encryptions, rule->users,
                          rule->groups, rule->ports, rule->seats};
        for (guint n = 0; n < G_N_ELEMENTS(arrays); n++)
                if (arrays[n] != NULL)
                        g_array_unref(arrays[n]);
        for (guint n = 0; n < G_N_ELEMENTS(words); n++)
                g_strfreev(words[n]);
        g_free(rule->name);
        g_free(rule);
}

static gboolean
good_name(const char *name)
{
        gsize length = strlen(name);
        for (const char *p = name; *p != '\0'; p++)
                if (!g_ascii_isalnum(*p) && strchr("._-", *p) == NULL && (guchar)*p < 0x80)
                        return FALSE;
        return length > 0 && length <= 64;
}

/* How loud the record is. There is none that is not made. */
static void
parse_severity(GuardRule *rule, const GuardConf *conf, GuardConfGroup *group, GPtrArray *errors)
{
        GuardConfEntry *entry = guard_conf_take(group, "severity");
        GuardSeverity severity = GUARD_SEVERITY_INFO;

        rule->severity = -1;
        if (entry == NULL)
                return;
        if (guard_severity_from_string(entry->value, &severity))
                rule->severity = (gint)severity;
        else
                guard_conf_error(errors, GUARD_ERROR_INVALID_VALUE, conf->file, entry->line, N_("%s=%s: expected %s"),
                                 "severity", entry->value, "info, notice, warning or critical");
}

/* Verdict, popup, mode: what the rule does. */
static void
parse_effect(GuardRule *rule, const GuardConf *conf, GuardConfGroup *group, GPtrArray *errors)
{
        GuardConfEntry *verdict = guard_conf_take(group, "verdict");
        GuardConfEntry *popup = guard_conf_take(group, "popup");
        GuardConfEntry *mode = guard_conf_take(group, "mode");

        parse_severity(rule, conf, group, errors);
        if (verdict == NULL)
                guard_conf_error(errors, GUARD_ERROR_INVALID_VALUE, conf->file, group->line,
                                 N_("[%s] has no verdict=; write admit, read-only or refuse"),
                                 group->name);
        else if (!guard_verdict_from_string(verdict->value, &rule->verdict) ||
                 rule->verdict == GUARD_VERDICT_HOLD)
                guard_conf_error(errors, GUARD_ERROR_INVALID_VALUE, conf->file, verdict->line,
                                 N_("%s=%s: expected %s"), "verdict", verdict->value,
                                 "admit, read-only or refuse");
        rule->popup = -1;
        if (popup != NULL && !guard_policy_parse_bool(popup->value, &rule->popup))
                guard_conf_error(errors, GUARD_ERROR_INVALID_VALUE, conf->file, popup->line,
                                 N_("%s=%s: expected %s"), "popup", popup->value, "yes or no");
        if (mode == NULL)
                return;
        rule->observe = g_str_equal(mode->value, "observe");
        if (!rule->observe && !g_str_equal(mode->value, "enforce"))
                guard_conf_error(errors, GUARD_ERROR_INVALID_VALUE, conf->file, mode->line,
                                 N_("%s=%s: expected %s"), "mode", mode->value,
                                 "enforce or observe");
}

static void
parse_keys(GuardRule *rule, const GuardConf *conf, GuardConfGroup *group, GPtrArray *errors)
{
        for (guint n = 0; n < GUARD_N_KEYS; n++) {
                GuardConfEntry *entry = guard_conf_take(group, guard_rule_keys[n].name);
                g_autofree char *why = NULL;
                if (entry == NULL)
                        continue;
                rule->keys |= 1u << n;
                if (!guard_rule_keys[n].parse(rule, entry->value, &why))
                        guard_conf_error(errors, GUARD_ERROR_INVALID_VALUE, conf->file, entry->line,
                                         "%s: %s", entry->key, why);
        }
        if (rule->size_max != 0 && rule->size_min > rule->size_max)
                guard_conf_error(errors, GUARD_ERROR_INVALID_VALUE, conf->file, group->line,
                                 N_("[%s]: size-min is larger than size-max"), group->name);
}

static void
refuse_unknown(const GuardConf *conf, const GuardConfGroup *group, GPtrArray *errors)
{
        GString *known = g_string_new("verdict, popup, severity, mode");
        for (guint n = 0; n < GUARD_N_KEYS; n++)
                g_string_append_printf(known, ", %s", guard_rule_keys[n].name);
        guard_conf_refuse_unused(conf, group, known->str, errors);
        g_string_free(known, TRUE);
}

GuardRule *
guard_rule_parse(const GuardConf *conf, GuardConfGroup *group, GPtrArray *errors)
{
        GuardRule *rule = g_new0(GuardRule, 1);
        const char *name = group->name + strlen("rule ");
        const char *slash = strrchr(conf->file, '/');

        while (*name == ' ')
                name++;
        if (!good_name(name))
                guard_conf_error(
                        errors, GUARD_ERROR_SYNTAX, conf->file, group->line,
                        N_("a rule's name has letters, digits and . _ - only, at most 64 of them"));
        rule->name = g_strdup_printf("%s:%s", slash != NULL ? slash + 1 : conf->file, name);
        parse_effect(rule, conf, group, errors);
        parse_keys(rule, conf, group, errors);
        refuse_unknown(conf, group, errors);
        return rule;
}
