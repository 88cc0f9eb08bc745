/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Compares a rule's keys with the facts, one small predicate a key. Pure.
 *
 * A disk can have several file systems. As with identifiers, one is enough to refuse and all are
 * needed to admit: in a rule that refuses, filesystem= and encryption= apply where any volume has
 * the value, in a rule that admits where all have it.
 */
#include "rules/rule-match.h"
#include <string.h>

static GuardTernary
yes_if(gboolean condition)
{
        return condition ? GUARD_YES : GUARD_NO;
}

static GuardTernary
match_host_level(const GuardRule *rule, const GuardRuleFacts *facts)
{
        GuardLevel level = facts->input->host->level;
        return yes_if(level >= 0 && (rule->host_levels >> (guint)level & 1) != 0);
}

static GuardTernary
match_carrier(const GuardRule *rule, const GuardRuleFacts *facts)
{
        return yes_if((rule->carriers >> facts->input->medium->carrier & 1) != 0);
}

static gboolean
class_fits(const GuardClassPattern *p, const struct guard_usb_interface *i)
{
        return p->cls == i->cls && (p->subcls < 0 || p->subcls == i->subcls) &&
               (p->protocol < 0 || p->protocol == i->protocol);
}

static GuardTernary
match_class(const GuardRule *rule, const GuardRuleFacts *facts)
{
        const GuardUsbFacts *usb = facts->input->medium->usb;
        for (gsize n = 0; usb != NULL && n < usb->descriptors.n_interfaces; n++)
                for (guint i = 0; i < rule->classes->len; i++)
                        if (class_fits(&g_array_index(rule->classes, GuardClassPattern, i),
                                       &usb->descriptors.interfaces[n]))
                                return GUARD_YES;
        return GUARD_NO;
}

static GuardTernary
id_in(const GArray *ids, const GuardUsbFacts *usb, guint16 id)
{
        for (guint n = 0; usb != NULL && n < ids->len; n++)
                if (g_array_index(ids, guint16, n) == id)
                        return GUARD_YES;
        return GUARD_NO;
}

static GuardTernary
match_vendor(const GuardRule *rule, const GuardRuleFacts *facts)
{
        const GuardUsbFacts *usb = facts->input->medium->usb;
        return id_in(rule->vendors, usb, usb != NULL ? usb->vendor_id : 0);
}

static GuardTernary
match_product(const GuardRule *rule, const GuardRuleFacts *facts)
{
        const GuardUsbFacts *usb = facts->input->medium->usb;
        return id_in(rule->products, usb, usb != NULL ? usb->product_id : 0);
}

static const char *
serial_of(const GuardMedium *medium)
{
        return medium->usb != NULL ? medium->usb->serial : medium->carrier_serial;
}

/* Blanks around it and case do not count, as in the register. */
static GuardTernary
match_serial(const GuardRule *rule, const GuardRuleFacts *facts)
{
        const char *raw = serial_of(facts->input->medium);
        if (raw == NULL)
                return GUARD_NO;
        g_autofree char *serial = g_strstrip(g_strdup(raw));
        for (guint n = 0; rule->serials[n] != NULL; n++)
                if (g_ascii_strcasecmp(rule->serials[n], serial) == 0)
                        return GUARD_YES;
        return GUARD_NO;
}

static GuardTernary
match_state(const GuardRule *rule, const GuardRuleFacts *facts)
{
        guint fits = 0;
        for (guint n = 0; n < facts->view.n_worlds; n++)
                fits += (facts->view.worlds[n] & rule->states) != 0 ? 1 : 0;
        return fits == 0 ? GUARD_NO : fits == facts->view.n_worlds ? GUARD_YES : GUARD_MAYBE;
}

static GuardTernary
match_level(const GuardRule *rule, const GuardRuleFacts *facts)
{
        if ((facts->view.levels & rule->levels) == 0)
                return GUARD_NO;
        return (facts->view.levels & ~rule->levels) == 0 ? GUARD_YES : GUARD_MAYBE;
}

static const GuardBlockFacts *
probed_block(const GuardRuleFacts *facts)
{
        const GuardBlockFacts *block =
                facts->input->stage == GUARD_STAGE_BLOCK ? facts->input->medium->block : NULL;
        return block != NULL && block->probe == GUARD_PROBE_OK ? block : NULL;
}

static gboolean
is_container(const GuardVolumeFacts *volume)
{
        return g_strcmp0(volume->usage, "crypto") == 0;
}

static gboolean
filesystem_is(const GuardVolumeFacts *volume, const char *word)
{
        if (volume == NULL || volume->type == NULL)
                return g_str_equal(word, "none");
        return g_ascii_strcasecmp(volume->type, word) == 0;
}

static gboolean
encryption_is(const GuardVolumeFacts *volume, const char *word)
{
        if (volume == NULL || !is_container(volume))
                return g_str_equal(word, "no");
        if (g_str_equal(word, "yes"))
                return TRUE;
        const char *type = g_str_equal(word, "luks")        ? "crypto_LUKS"
                           : g_str_equal(word, "bitlocker") ? "BitLocker"
                                                            : NULL;
        return type != NULL && g_strcmp0(volume->type, type) == 0;
}

typedef gboolean (*VolumeTest)(const GuardVolumeFacts *volume, const char *word);

static gboolean
volume_fits(const GuardVolumeFacts *volume, char **words, VolumeTest test)
{
        for (guint n = 0; words[n] != NULL; n++)
                if (test(volume, words[n]))
                        return TRUE;
        return FALSE;
}

static GuardTernary
match_volumes(const GuardRule *rule, const GuardRuleFacts *facts, char **words, VolumeTest test)
{
        const GuardBlockFacts *block = probed_block(facts);
        if (block == NULL)
                return facts->content_pending ? GUARD_MAYBE : GUARD_NO;
        guint total = block->volumes != NULL ? block->volumes->len : 0, fit = 0;
        for (guint n = 0; n < total; n++)
                fit += volume_fits(g_ptr_array_index(block->volumes, n), words, test) ? 1 : 0;
        if (total == 0) /* a blank disk: one place without anything */
                return yes_if(volume_fits(NULL, words, test));
        return yes_if(rule->verdict == GUARD_VERDICT_REFUSE ? fit > 0 : fit == total);
}

static GuardTernary
match_filesystem(const GuardRule *rule, const GuardRuleFacts *facts)
{
        return match_volumes(rule, facts, rule->filesystems, filesystem_is);
}

static GuardTernary
match_encryption(const GuardRule *rule, const GuardRuleFacts *facts)
{
        return match_volumes(rule, facts, rule->encryptions, encryption_is);
}

static GuardTernary
match_size_min(const GuardRule *rule, const GuardRuleFacts *facts)
{
        const GuardBlockFacts *block =
                facts->input->stage == GUARD_STAGE_BLOCK ? facts->input->medium->block : NULL;
        if (block == NULL)
                return facts->content_pending ? GUARD_MAYBE : GUARD_NO;
        return yes_if(block->size >= rule->size_min);
}

static GuardTernary
match_size_max(const GuardRule *rule, const GuardRuleFacts *facts)
{
        const GuardBlockFacts *block =
                facts->input->stage == GUARD_STAGE_BLOCK ? facts->input->medium->block : NULL;
        if (block == NULL)
                return facts->content_pending ? GUARD_MAYBE : GUARD_NO;
        return yes_if(block->size <= rule->size_max);
}

static const GuardSession *
somebody(const GuardRuleFacts *facts)
{
        const GuardSession *session = facts->input->session;
        return session != NULL && session->present && !session->greeter ? session : NULL;
}

static GuardTernary
match_users(const GuardRule *rule, const GuardRuleFacts *facts)
{
        const GuardSession *session = somebody(facts);
        return yes_if(session != NULL && session->user != NULL &&
                      g_strv_contains((const char *const *)rule->users, session->user));
}

static GuardTernary
match_groups(const GuardRule *rule, const GuardRuleFacts *facts)
{
        const GuardSession *session = somebody(facts);
        for (guint n = 0; session != NULL && session->groups != NULL && session->groups[n] != NULL;
             n++)
                if (g_strv_contains((const char *const *)rule->groups, session->groups[n]))
                        return GUARD_YES;
        return GUARD_NO;
}

/* Nobody logged in is as good as locked: no person is there to answer for the medium. */
static GuardTernary
match_locked(const GuardRule *rule, const GuardRuleFacts *facts)
{
        const GuardSession *session = somebody(facts);
        gboolean locked = session == NULL || session->locked;
        return yes_if(locked == rule->locked);
}

static GuardTernary
match_port(const GuardRule *rule, const GuardRuleFacts *facts)
{
        const GuardUsbFacts *usb = facts->input->medium->usb;
        for (guint n = 0; usb != NULL && usb->sysname != NULL && rule->ports[n] != NULL; n++)
                if (g_pattern_match_simple(rule->ports[n], usb->sysname))
                        return GUARD_YES;
        return GUARD_NO;
}

static GuardTernary
match_connect(const GuardRule *rule, const GuardRuleFacts *facts)
{
        const GuardUsbFacts *usb = facts->input->medium->usb;
        GuardConnect connect = usb != NULL ? usb->connect : GUARD_CONNECT_UNKNOWN;
        return yes_if((rule->connects >> connect & 1) != 0);
}

static GuardTernary
match_seat(const GuardRule *rule, const GuardRuleFacts *facts)
{
        const GuardSession *session = somebody(facts);
        return yes_if(session != NULL && session->seat != NULL &&
                      g_strv_contains((const char *const *)rule->seats, session->seat));
}

/* Of the register's entry; a drive in no book has none. */
static GuardTernary
match_status(const GuardRule *rule, const GuardRuleFacts *facts)
{
        guint may = facts->view.statuses;
        if ((may & rule->statuses) == 0)
                return GUARD_NO;
        return (may & ~rule->statuses) == 0 && (facts->view.levels >> 4 & 1) == 0 ? GUARD_YES
                                                                                  : GUARD_MAYBE;
}

static gint64
local_time(const GuardRuleFacts *facts)
{
        return facts->input->now_us + facts->input->utc_offset_us;
}

static GuardTernary
match_hours(const GuardRule *rule, const GuardRuleFacts *facts)
{
        for (guint n = 0; n < rule->hours->len; n++)
                if (guard_hours_contain(&g_array_index(rule->hours, GuardHours, n),
                                        local_time(facts)))
                        return GUARD_YES;
        return GUARD_NO;
}

static gint64
hours_end(const GuardRule *rule, const GuardRuleFacts *facts)
{
        gint64 next = G_MAXINT64;
        for (guint n = 0; n < rule->hours->len; n++) {
                gint64 change = guard_hours_next_change(&g_array_index(rule->hours, GuardHours, n),
                                                        local_time(facts));

                next = MIN(next, change);
        }
        return next == G_MAXINT64 ? next : next - facts->input->utc_offset_us;
}

static guint
others_by(const GuardRule *rule, const GuardRuleFacts *facts)
{
        return facts->input->by_rule != NULL
                       ? GPOINTER_TO_UINT(g_hash_table_lookup(facts->input->by_rule, rule->name))
                       : 0;
}

/* So many of them are here already because of this very rule. */
static GuardTernary
match_limit(const GuardRule *rule, const GuardRuleFacts *facts)
{
        return yes_if(others_by(rule, facts) < rule->limit);
}

static const struct {
        GuardTernary (*match)(const GuardRule *rule, const GuardRuleFacts *facts);
        guint depends; /* 0: stays as it is while the device is plugged in */
} keys[GUARD_N_KEYS] = {
        [GUARD_KEY_HOST_LEVEL] = {match_host_level, GUARD_DEPENDS_HOST},
        [GUARD_KEY_CARRIER] = {match_carrier, 0},
        [GUARD_KEY_KIND] = {guard_rule_match_kind, 0},
        [GUARD_KEY_INTERFACE_CLASS] = {match_class, 0},
        [GUARD_KEY_VENDOR_ID] = {match_vendor, 0},
        [GUARD_KEY_PRODUCT_ID] = {match_product, 0},
        [GUARD_KEY_SERIAL] = {match_serial, 0},
        [GUARD_KEY_STATE] = {match_state, GUARD_DEPENDS_REGISTRY},
        [GUARD_KEY_LEVEL] = {match_level, GUARD_DEPENDS_REGISTRY},
        [GUARD_KEY_FILESYSTEM] = {match_filesystem, GUARD_DEPENDS_CONTENT},
        [GUARD_KEY_ENCRYPTION] = {match_encryption, GUARD_DEPENDS_CONTENT},
        [GUARD_KEY_SIZE_MIN] = {match_size_min, GUARD_DEPENDS_CONTENT},
        [GUARD_KEY_SIZE_MAX] = {match_size_max, GUARD_DEPENDS_CONTENT},
        [GUARD_KEY_USERS] = {match_users, GUARD_DEPENDS_SESSION},
        [GUARD_KEY_GROUPS] = {match_groups, GUARD_DEPENDS_SESSION},
        [GUARD_KEY_LOCKED] = {match_locked, GUARD_DEPENDS_SESSION},
        [GUARD_KEY_HOURS] = {match_hours, GUARD_DEPENDS_TIME},
        [GUARD_KEY_PORT] = {match_port, 0},
        [GUARD_KEY_CONNECT_TYPE] = {match_connect, 0},
        [GUARD_KEY_SEAT] = {match_seat, GUARD_DEPENDS_SESSION},
        [GUARD_KEY_STATUS] = {match_status, GUARD_DEPENDS_REGISTRY},
        [GUARD_KEY_LIMIT] = {match_limit, GUARD_DEPENDS_OTHERS},
};

GuardRuleMatch
guard_rule_match(const GuardRule *rule, const GuardRuleFacts *facts)
{
        GuardRuleMatch match = {.result = GUARD_YES, .valid_until_us = G_MAXINT64};
        guint failed = 0, given = 0;
        gboolean fixed_failure = FALSE; /* a fact that does not change while the device is there */

        for (guint key = 0; key < GUARD_N_KEYS; key++) {
                if ((rule->keys >> key & 1) == 0)
                        continue;
                GuardTernary one = keys[key].match(rule, facts);
                given++;
                match.result = MIN(match.result, one);
                match.depends |= keys[key].depends;
                if (one != GUARD_NO)
                        continue;
                failed++;
                match.failed = (GuardRuleKey)key;
                fixed_failure = fixed_failure || keys[key].depends == 0;
        }
        if (fixed_failure)
                match.depends = 0;
        else if (rule->hours != NULL)
                match.valid_until_us = hours_end(rule, facts);
        match.near = failed == 1 && given > 1;
        return match;
}
