/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The inside of a policy snapshot, shared by the parser and the matcher. Only rules/ and its tests
 * may include this.
 */
#pragma once
#include "common/guard-conf.h"
#include "common/guard-level.h"
#include "rules/hours.h"
#include "rules/exception.h"
#include "rules/fingerprint.h"
#include "rules/policy.h"
#include "rules/presence-parse.h"
#include "rules/transfers.h"

G_BEGIN_DECLS

/* What a medium turned out to be, where the core leaves the verdict to policy. */
typedef enum {
        GUARD_SITUATION_REGISTRY_LOST = 0,
        GUARD_SITUATION_REGISTRY_STALE,
        GUARD_SITUATION_REGISTRY_ABSENT,
        GUARD_SITUATION_CONTENT_CHANGED,
        GUARD_SITUATION_UNREGISTERED,
        GUARD_SITUATION_REGISTERED, /* no setting: admitted unless a rule says otherwise */
        GUARD_N_SITUATIONS
} GuardSituation;

#define GUARD_N_HOST_LEVELS 4 /* none … top-secret */

typedef enum { /* keys of a [rule]; the order is that of the table in rule-keys.c */
               GUARD_KEY_HOST_LEVEL = 0,
               GUARD_KEY_CARRIER,
               GUARD_KEY_KIND,
               GUARD_KEY_INTERFACE_CLASS,
               GUARD_KEY_VENDOR_ID,
               GUARD_KEY_PRODUCT_ID,
               GUARD_KEY_SERIAL,
               GUARD_KEY_STATE,
               GUARD_KEY_LEVEL,
               GUARD_KEY_FILESYSTEM,
               GUARD_KEY_ENCRYPTION,
               GUARD_KEY_SIZE_MIN,
               GUARD_KEY_SIZE_MAX,
               GUARD_KEY_USERS,
               GUARD_KEY_GROUPS,
               GUARD_KEY_LOCKED,
               GUARD_KEY_HOURS,
               GUARD_KEY_PORT,
               GUARD_KEY_CONNECT_TYPE,
               GUARD_KEY_SEAT,
               GUARD_KEY_STATUS,
               GUARD_KEY_LIMIT,
               GUARD_N_KEYS
} GuardRuleKey;

typedef struct {
        guint8 cls;
        gint16 subcls, protocol; /* -1: any */
} GuardClassPattern;

typedef struct {
        char *name; /* "50-office.conf:usb-phones" */
        GuardVerdict verdict;
        gboolean observe;
        gint popup;                                 /* -1: as [policy] says */
        gint severity;                              /* of the record; -1: as the verdict has it */
        guint limit;                                /* devices at a time */
        guint keys;                                 /* bit per GuardRuleKey that is given */
        guint host_levels, carriers, kinds, states; /* bit per enum value */
        guint device_kinds;                         /* the same, of GuardDeviceKind */
        guint levels;                               /* bit per level; bit 4: in no book */
        GArray *classes;                            /* of GuardClassPattern */
        GArray *vendors, *products;                 /* of guint16 */
        char **serials, **filesystems, **encryptions, **users, **groups, **ports, **seats;
        guint connects, statuses; /* bit per enum value */
        guint64 size_min, size_max;
        gboolean locked;
        GArray *hours; /* of GuardHours */
} GuardRule;

typedef struct {
        GuardVerdict verdict;
        gboolean popup;
        char *origin; /* "90-baomi-guard.conf:policy/unregistered"; NULL: nobody set it, built-in */
} GuardSetting;

/* What people are told where nothing else is said: all but that it works. */
#define GUARD_POPUP_USUAL                                                                          \
        (1u << GUARD_VERDICT_REFUSE | 1u << GUARD_VERDICT_READ_ONLY | 1u << GUARD_VERDICT_HOLD)

struct GuardPolicy {
        gint refs;
        GPtrArray *rules; /* of GuardRule, in the order in which they count */
        GuardSetting settings[GUARD_N_HOST_LEVELS][GUARD_N_SITUATIONS];
        gboolean observe[GUARD_N_HOST_LEVELS];
        GuardTransferSettings transfers[GUARD_N_HOST_LEVELS];
        GuardOnChange on_change[GUARD_N_HOST_LEVELS]; /* a drive of the register that looks otherwise */
        guint popup[GUARD_N_HOST_LEVELS]; /* bit per verdict that is told */
        struct guard_usb_hold hold[GUARD_N_HOST_LEVELS], hold_any;
        guint busy_seconds, retention_days;
        GuardPresenceSettings *presence;
        GuardAfterHoursSettings *after_hours;
        GuardExceptionSettings exceptions, exceptions_classified;
};

/* A [rule] key's value into @rule. FALSE and @why (caller frees) on a bad one. */
typedef gboolean (*GuardRuleParse)(GuardRule *rule, const char *value, char **why);
typedef struct {
        const char *name;
        GuardRuleParse parse;
} GuardRuleKeyInfo;
extern const GuardRuleKeyInfo guard_rule_keys[GUARD_N_KEYS];

/* Reads one [rule NAME] group; faults go to @errors. Never NULL. */
GuardRule *guard_rule_parse(const GuardConf *conf, GuardConfGroup *group, GPtrArray *errors);
void guard_rule_free(GuardRule *rule);
/* "registry-lost" … "unregistered", "registered". Static. */
const char *guard_situation_to_string(GuardSituation situation);
gboolean guard_situation_from_string(const char *name, GuardSituation *situation);
GuardReason guard_situation_reason(GuardSituation situation);
gboolean guard_policy_parse_bool(const char *value, gboolean *result);
gboolean guard_policy_parse_size(const char *value, guint64 *size); /* "4G" */

G_END_DECLS
