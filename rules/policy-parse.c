/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * policy.d texts into a snapshot: [policy], [hold] and their forms for classified hosts. The first
 * file that says something counts, for settings as for rules. Text in, snapshot out; no I/O.
 *
 * A classified host takes its settings from [policy classified] or [policy LEVEL] only: a plain
 * [policy] written for the office's ordinary machines must not loosen it by accident.
 */
#include "rules/policy-private.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define SITUATION_KEYS                                                                             \
        "registry-absent, registry-lost, registry-stale, content-changed, unregistered, mode, "    \
        "popup, identity-changed, transfers, transfers-digest"

typedef struct {
        GuardPolicy *policy;
        GPtrArray *errors;
        GuardConf *conf;
        const char *base;               /* the file's name without its folders */
        guint set[GUARD_N_HOST_LEVELS]; /* bit per situation; then mode, popup: who came first
                                           counts */
        guint hold_set[GUARD_N_HOST_LEVELS + 1];
        guint numbers_set;
} Parser;

enum { SET_MODE = GUARD_N_SITUATIONS, SET_POPUP, SET_ON_CHANGE, SET_TRANSFERS, SET_TRANSFERS_DIGEST };

typedef struct { /* a group with settings, and the host levels it speaks of */
        const char *name;
        guint levels;
        gboolean numbers; /* busy-seconds and retention-days may stand here */
} SettingsGroup;

#define LEVEL_BIT(level) (1u << (guint)(level))
#define CLASSIFIED                                                                                 \
        (LEVEL_BIT(GUARD_LEVEL_CONFIDENTIAL) | LEVEL_BIT(GUARD_LEVEL_SECRET) |                     \
         LEVEL_BIT(GUARD_LEVEL_TOP_SECRET))

static const SettingsGroup settings_groups[] = {
        /* the more specific first: within one file it wins */
        {"policy top-secret", LEVEL_BIT(GUARD_LEVEL_TOP_SECRET), FALSE},
        {"policy secret", LEVEL_BIT(GUARD_LEVEL_SECRET), FALSE},
        {"policy confidential", LEVEL_BIT(GUARD_LEVEL_CONFIDENTIAL), FALSE},
        {"policy classified", CLASSIFIED, FALSE},
        {"policy", LEVEL_BIT(GUARD_LEVEL_NONE), TRUE},
};

static const struct {
        const char *name;
        guint levels;
} hold_groups[] = {
        /* here plain means every host: it only tightens */
        {"hold", LEVEL_BIT(GUARD_LEVEL_NONE) | CLASSIFIED},
        {"hold classified", CLASSIFIED},
        {"hold confidential", LEVEL_BIT(GUARD_LEVEL_CONFIDENTIAL)},
        {"hold secret", LEVEL_BIT(GUARD_LEVEL_SECRET)},
        {"hold top-secret", LEVEL_BIT(GUARD_LEVEL_TOP_SECRET)},
};

gboolean
guard_policy_parse_bool(const char *value, gboolean *result)
{
        gboolean yes = g_str_equal(value, "yes") || g_str_equal(value, "true");
        if (!yes && !g_str_equal(value, "no") && !g_str_equal(value, "false"))
                return FALSE;
        *result = yes;
        return TRUE;
}

static void
bad_value(Parser *p, const GuardConfEntry *entry, const char *expected)
{
        guard_conf_error(p->errors, GUARD_ERROR_INVALID_VALUE, p->conf->file, entry->line,
                         N_("%s=%s: expected %s"), entry->key, entry->value, expected);
}

/* Is the key still free for @level? Takes it. */
static gboolean
claim(Parser *p, guint level, guint what)
{
        gboolean first = (p->set[level] >> what & 1) == 0;
        p->set[level] |= 1u << what;
        return first;
}

static void
read_situation(Parser *p, const SettingsGroup *info, GuardConfGroup *group,
               GuardSituation situation)
{
        GuardConfEntry *entry = guard_conf_take(group, guard_situation_to_string(situation));
        GuardVerdict verdict;
        if (entry == NULL)
                return;
        if (!guard_verdict_from_string(entry->value, &verdict) || verdict == GUARD_VERDICT_HOLD) {
                bad_value(p, entry, "admit, read-only or refuse");
                return;
        }
        for (guint level = 0; level < GUARD_N_HOST_LEVELS; level++) {
                if ((info->levels >> level & 1) == 0 || !claim(p, level, situation))
                        continue;
                GuardSetting *setting = &p->policy->settings[level][situation];
                setting->verdict = verdict;
                g_free(setting->origin);
                setting->origin = g_strdup_printf("%s:%s/%s", p->base, group->name, entry->key);
        }
}

static void
read_mode(Parser *p, const SettingsGroup *info, GuardConfGroup *group)
{
        GuardConfEntry *entry = guard_conf_take(group, "mode");
        if (entry == NULL)
                return;
        gboolean observe = g_str_equal(entry->value, "observe");
        if (!observe && !g_str_equal(entry->value, "enforce")) {
                bad_value(p, entry, "enforce or observe");
                return;
        }
        for (guint level = 0; level < GUARD_N_HOST_LEVELS; level++)
                if ((info->levels >> level & 1) != 0 && claim(p, level, SET_MODE))
                        p->policy->observe[level] = observe;
}

static gboolean
parse_popup(const char *value, guint *verdicts)
{
        g_auto(GStrv) items = guard_conf_list(value);
        gboolean yes;
        if (guard_policy_parse_bool(value, &yes)) {
                *verdicts = yes ? GUARD_POPUP_USUAL : 0;
                return TRUE;
        }
        *verdicts = 1u << GUARD_VERDICT_HOLD;
        for (guint n = 0; items[n] != NULL; n++) {
                GuardVerdict verdict;
                if (!guard_verdict_from_string(items[n], &verdict))
                        return FALSE;
                *verdicts |= 1u << verdict;
        }
        return items[0] != NULL;
}

static void
read_popup(Parser *p, const SettingsGroup *info, GuardConfGroup *group)
{
        GuardConfEntry *entry = guard_conf_take(group, "popup");
        guint popup;
        if (entry == NULL)
                return;
        if (!parse_popup(entry->value, &popup)) {
                bad_value(p, entry, "yes, no, or verdicts: admit, read-only, refuse");
                return;
        }
        for (guint level = 0; level < GUARD_N_HOST_LEVELS; level++)
                if ((info->levels >> level & 1) != 0 && claim(p, level, SET_POPUP))
                        p->policy->popup[level] = popup;
}

static void
read_on_change(Parser *p, const SettingsGroup *info, GuardConfGroup *group)
{
        GuardConfEntry *entry = guard_conf_take(group, "identity-changed");
        GuardOnChange what;
        if (entry == NULL)
                return;
        if (!guard_on_change_from_string(entry->value, &what)) {
                bad_value(p, entry, "warn, refuse or ignore");
                return;
        }
        for (guint level = 0; level < GUARD_N_HOST_LEVELS; level++)
                if ((info->levels >> level & 1) != 0 && claim(p, level, SET_ON_CHANGE))
                        p->policy->on_change[level] = what;
}

static void
read_transfers(Parser *p, const SettingsGroup *info, GuardConfGroup *group)
{
        GuardConfEntry *what = guard_conf_take(group, "transfers"), *digest = guard_conf_take(group, "transfers-digest");
        GuardTransferSettings read = {0};

        if (what != NULL && !guard_transfers_from_string(what->value, &read)) {
                bad_value(p, what, "no, writes or all");
                what = NULL;
        }
        if (digest != NULL && !g_str_equal(digest->value, "no") && !guard_policy_parse_size(digest->value, &read.digest_size)) {
                bad_value(p, digest, "a size like 512M, or no");
                digest = NULL;
        }
        for (guint level = 0; level < GUARD_N_HOST_LEVELS; level++) {
                GuardTransferSettings *settings = &p->policy->transfers[level];
                if ((info->levels >> level & 1) == 0)
                        continue;
                if (what != NULL && claim(p, level, SET_TRANSFERS)) {
                        settings->writes = read.writes;
                        settings->reads = read.reads;
                }
                if (digest != NULL && claim(p, level, SET_TRANSFERS_DIGEST))
                        settings->digest_size = read.digest_size;
        }
}

static const struct {
        const char *key;
        gint64 min, max;
        size_t offset;
        const char *expected;
} numbers[] = {
        {"busy-seconds", 0, 600, offsetof(GuardPolicy, busy_seconds), "seconds from 0 to 600"},
        /* The law wants half a year of records. */
        {"retention-days", 184, 36500, offsetof(GuardPolicy, retention_days),
         "days from 184 to 36500"},
};

static void
read_numbers(Parser *p, GuardConfGroup *group)
{
        for (guint n = 0; n < G_N_ELEMENTS(numbers); n++) {
                GuardConfEntry *entry = guard_conf_take(group, numbers[n].key);
                gint64 value;
                if (entry == NULL)
                        continue;
                if (!g_ascii_string_to_signed(entry->value, 10, numbers[n].min, numbers[n].max,
                                              &value, NULL)) {
                        bad_value(p, entry, numbers[n].expected);
                        continue;
                }
                if ((p->numbers_set >> n & 1) == 0)
                        *(guint *)(gpointer)((char *)p->policy + numbers[n].offset) = (guint)value;
                p->numbers_set |= 1u << n;
        }
}

static void
read_settings(Parser *p)
{
        for (guint n = 0; n < G_N_ELEMENTS(settings_groups); n++) {
                const SettingsGroup *info = &settings_groups[n];
                GuardConfGroup *group = guard_conf_group(p->conf, info->name);
                if (group == NULL)
                        continue;
                for (guint s = 0; s < GUARD_SITUATION_REGISTERED; s++)
                        read_situation(p, info, group, (GuardSituation)s);
                read_mode(p, info, group);
                read_popup(p, info, group);
                read_on_change(p, info, group);
                read_transfers(p, info, group);
                if (info->numbers)
                        read_numbers(p, group);
                guard_conf_refuse_unused(p->conf, group,
                                         info->numbers ? SITUATION_KEYS
                                                 ", busy-seconds, retention-days"
                                                       : SITUATION_KEYS,
                                         p->errors);
        }
}

static void
add_classes(Parser *p, const GuardConfEntry *entry, guint levels)
{
        g_auto(GStrv) items = guard_conf_list(entry->value);
        for (guint i = 0; items[i] != NULL; i++) {
                struct guard_usb_hold scratch = {0};
                const char *why;
                gboolean good = guard_usb_hold_add(items[i], strlen(items[i]), &scratch, &why);
                for (guint level = 0; good && level < GUARD_N_HOST_LEVELS; level++)
                        if ((levels >> level & 1) != 0)
                                good = guard_usb_hold_add(items[i], strlen(items[i]),
                                                          &p->policy->hold[level], &why);
                good = good &&
                       guard_usb_hold_add(items[i], strlen(items[i]), &p->policy->hold_any, &why);
                if (!good)
                        guard_conf_error(p->errors, GUARD_ERROR_INVALID_VALUE, p->conf->file,
                                         entry->line, N_("classes: “%s”: %s"), items[i], why);
        }
}

static void
read_hold(Parser *p)
{
        for (guint n = 0; n < G_N_ELEMENTS(hold_groups); n++) {
                GuardConfGroup *group = guard_conf_group(p->conf, hold_groups[n].name);
                if (group == NULL)
                        continue;
                GuardConfEntry *entry = guard_conf_take(group, "classes");
                if (entry != NULL && p->hold_set[n]++ == 0)
                        add_classes(p, entry, hold_groups[n].levels);
                guard_conf_refuse_unused(p->conf, group, "classes", p->errors);
        }
}

static gboolean
is_settings_group(const char *name)
{
        for (guint n = 0; n < G_N_ELEMENTS(settings_groups); n++)
                if (g_str_equal(name, settings_groups[n].name))
                        return TRUE;
        for (guint n = 0; n < G_N_ELEMENTS(hold_groups); n++)
                if (g_str_equal(name, hold_groups[n].name))
                        return TRUE;
        return guard_presence_is_group(name) || guard_exception_is_group(name);
}

static void
read_rules(Parser *p)
{
        for (guint n = 0; n < p->conf->groups->len; n++) {
                GuardConfGroup *group = g_ptr_array_index(p->conf->groups, n);
                if (g_str_has_prefix(group->name, "rule "))
                        g_ptr_array_add(p->policy->rules,
                                        guard_rule_parse(p->conf, group, p->errors));
                else if (!is_settings_group(group->name))
                        guard_conf_error(p->errors, GUARD_ERROR_UNKNOWN_KEY, p->conf->file,
                                         group->line,
                                         N_("there is no group [%s]; known are [policy], [policy "
                                            "classified] (or a level "
                                            "there), [hold], [hold classified], [presence], [after-hours], "
                                            "[exceptions], [exceptions classified] and [rule NAME]"),
                                         group->name);
        }
}

GuardPolicy *
guard_policy_new_from_texts(const GuardPolicyText *texts, gsize n, GPtrArray *errors)
{
        g_autoptr(GPtrArray) own =
                errors != NULL ? g_ptr_array_ref(errors) : guard_conf_errors_new();
        g_autoptr(GuardPolicy) policy = guard_policy_new_builtin();
        Parser p = {.policy = policy, .errors = own};
        GuardPresenceParser presence = {policy->presence, policy->after_hours, 0, NULL, 0};
        GuardExceptionParser exceptions = {&policy->exceptions, &policy->exceptions_classified, 0};
        guint before = own->len;

        for (gsize i = 0; i < n; i++) {
                g_autoptr(GuardConf) conf =
                        guard_conf_parse(texts[i].name, texts[i].text, texts[i].size, own);
                const char *slash = strrchr(texts[i].name, '/');
                p.conf = conf;
                p.base = slash != NULL ? slash + 1 : texts[i].name;
                read_settings(&p);
                read_hold(&p);
                guard_presence_parse(&presence, conf, own);
                guard_exception_parse(&exceptions, conf, own);
                read_rules(&p);
        }
        guard_presence_parse_end(&presence, own);
        return own->len > before ? NULL : g_steal_pointer(&policy);
}
