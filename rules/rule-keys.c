/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The keys of a [rule]: one parser each, in one table. What they are compared with is
 * rule-match.c's.
 */
#include "common/device-kind.h"
#include "common/guard-medium.h"
#include "common/guard-text.h"
#include "registry/registry-answer.h"
#include "rules/policy-private.h"
#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
bad(char **why, const char *item, const char *expected)
{
        *why = guard_text_format(N_("“%s” is not %s"), item, expected);
        return FALSE;
}

/* Walks a list value; @parse takes one item. FALSE on the first bad item, and on an empty list: a
 * key that says nothing is a mistake, and would silently widen its rule. */
typedef gboolean (*ParseItem)(GuardRule *rule, const char *item);

static gboolean
parse_items(GuardRule *rule, const char *value, ParseItem parse, const char *expected, char **why)
{
        g_auto(GStrv) items = guard_conf_list(value);
        if (items[0] == NULL)
                return bad(why, value, expected);
        for (guint n = 0; items[n] != NULL; n++)
                if (!parse(rule, items[n]))
                        return bad(why, items[n], expected);
        return TRUE;
}

static gboolean
item_level(const char *item, guint *mask)
{
        GuardLevel level;
        if (!guard_level_from_string(item, &level))
                return FALSE;
        *mask |= 1u << (guint)level;
        return TRUE;
}

static gboolean
item_host_level(GuardRule *rule, const char *item)
{
        if (g_str_equal(item, "classified")) {
                rule->host_levels |= 0xe;
                return TRUE;
        }
        return item_level(item, &rule->host_levels);
}

static gboolean
item_drive_level(GuardRule *rule, const char *item)
{
        if (g_str_equal(item, "unknown")) {
                rule->levels |= 1u << 4;
                return TRUE;
        }
        return item_level(item, &rule->levels);
}

static gboolean
item_carrier(GuardRule *rule, const char *item)
{
        GuardCarrier carrier;
        if (!guard_carrier_from_string(item, &carrier))
                return FALSE;
        rule->carriers |= 1u << carrier;
        return TRUE;
}

static gboolean
item_kind(GuardRule *rule, const char *item)
{
        enum guard_usb_kind kind;
        GuardDeviceKind device;

        if (guard_device_kind_from_string(item, &device))
                rule->device_kinds |= GUARD_DEVICE_BIT(device);
        else if (guard_usb_kind_from_string(item, &kind))
                rule->kinds |= 1u << kind;
        else
                return FALSE;
        return TRUE;
}

static gboolean
item_state(GuardRule *rule, const char *item)
{
        GuardSituation situation;
        if (!guard_situation_from_string(item, &situation))
                return FALSE;
        rule->states |= 1u << situation;
        return TRUE;
}

/* @count hex digits, no more, no less: a number, or -1. */
static gint
hex_number(const char *text, guint count)
{
        gint number = 0;
        for (guint n = 0; n < count; n++) {
                if (!g_ascii_isxdigit(text[n]))
                        return -1;
                number = number * 16 + g_ascii_xdigit_value(text[n]);
        }
        return number;
}

static gboolean
item_id(GArray **array, const char *item)
{
        gint number = strlen(item) == 4 ? hex_number(item, 4) : -1;
        guint16 id = (guint16)number;
        if (number < 0)
                return FALSE;
        if (*array == NULL)
                *array = g_array_new(FALSE, FALSE, sizeof(guint16));
        g_array_append_val(*array, id);
        return TRUE;
}

static gboolean
item_vendor(GuardRule *rule, const char *item)
{
        return item_id(&rule->vendors, item);
}

static gboolean
item_product(GuardRule *rule, const char *item)
{
        return item_id(&rule->products, item);
}

static gboolean
item_class(GuardRule *rule, const char *item)
{
        gint codes[3] = {-1, -1, -1};
        const char *p = item;
        for (guint n = 0; n < 3; n++) {
                if (*p == '*' && n > 0) {
                        p++;
                } else {
                        codes[n] = hex_number(p, 2);
                        if (codes[n] < 0)
                                return FALSE;
                        p += 2;
                }
                if (*p == '\0')
                        break;
                if (*p++ != ':' || n == 2)
                        return FALSE;
        }
        GuardClassPattern pattern = {(guint8)codes[0], (gint16)codes[1], (gint16)codes[2]};
        if (rule->classes == NULL)
                rule->classes = g_array_new(FALSE, FALSE, sizeof(GuardClassPattern));
        g_array_append_val(rule->classes, pattern);
        return TRUE;
}

static gboolean
item_hours(GuardRule *rule, const char *item)
{
        GuardHours hours;
        if (!guard_hours_parse(item, &hours))
                return FALSE;
        if (rule->hours == NULL)
                rule->hours = g_array_new(FALSE, FALSE, sizeof(GuardHours));
        g_array_append_val(rule->hours, hours);
        return TRUE;
}

static gboolean
item_connect(GuardRule *rule, const char *item)
{
        GuardConnect connect;
        if (!guard_connect_from_string(item, &connect))
                return FALSE;
        rule->connects |= 1u << connect;
        return TRUE;
}

/* Only what the core leaves to policy. */
static gboolean
item_status(GuardRule *rule, const char *item)
{
        GuardStatus status;
        if (g_str_equal(item, "in-use"))
                status = GUARD_STATUS_IN_USE;
        else if (g_str_equal(item, "issued"))
                status = GUARD_STATUS_ISSUED;
        else
                return FALSE;
        rule->statuses |= 1u << status;
        return TRUE;
}

static gboolean
take_words(char ***words, const char *value, char **why)
{
        *words = guard_conf_list(value);
        return (*words)[0] != NULL ? TRUE : bad(why, value, N_("a list of names"));
}

/* Decimal with an optional K, M, G or T (powers of 1024). */
static gboolean
take_size(guint64 *size, const char *value, char **why)
{
        static const char units[] = "KMGT";
        char *end;
        guint64 number = g_ascii_isdigit(value[0]) ? g_ascii_strtoull(value, &end, 10) : 0;
        guint shift = 0;
        if (!g_ascii_isdigit(value[0]))
                return bad(why, value, N_("a size like 512M, 64G or 2T"));
        if (*end != '\0') {
                const char *unit = strchr(units, *end++);
                if (unit == NULL || *end != '\0')
                        return bad(why, value, N_("a size like 512M, 64G or 2T"));
                shift = 10 * (guint)(unit - units + 1);
        }
        if (number > (G_MAXUINT64 >> shift))
                return bad(why, value, N_("a size that any medium has"));
        *size = number << shift;
        return TRUE;
}

gboolean
guard_policy_parse_size(const char *value, guint64 *size)
{
        g_autofree char *why = NULL;

        return take_size(size, value, &why);
}

#define LIST_PARSER(name, item, expected)                                                          \
        static gboolean name(GuardRule *rule, const char *value, char **why)                       \
        {                                                                                          \
                return parse_items(rule, value, item, expected, why);                              \
        }

LIST_PARSER(parse_connect, item_connect, N_("internal, external or unknown"))
LIST_PARSER(parse_status, item_status, N_("in-use or issued; a drive in any other state is refused whatever is written here"))
LIST_PARSER(parse_host_level, item_host_level,
            N_("none, classified, confidential, secret or top-secret"))
LIST_PARSER(parse_level, item_drive_level, N_("none, confidential, secret, top-secret or unknown"))
LIST_PARSER(parse_carrier, item_carrier, N_("usb, mmc, optical, firewire, thunderbolt or other"))
LIST_PARSER(parse_kind, item_kind,
            N_("a kind like usb-drive, phone, wifi-adapter or storage; the README of policy.d lists "
               "them"))
LIST_PARSER(parse_state, item_state,
            N_("registered, unregistered, content-changed, registry-absent, registry-lost or "
               "registry-stale"))
LIST_PARSER(parse_vendor, item_vendor, N_("an id of four hexadecimal digits"))
LIST_PARSER(parse_product, item_product, N_("an id of four hexadecimal digits"))
LIST_PARSER(parse_class, item_class, N_("a class like 08, 08:06 or 08:*:50"))
LIST_PARSER(parse_hours, item_hours, N_("a span like 08:00-18:00 or mon-fri 08:00-18:00"))

#define WORDS_PARSER(name, field)                                                                  \
        static gboolean name(GuardRule *rule, const char *value, char **why)                       \
        {                                                                                          \
                return take_words(&rule->field, value, why);                                       \
        }

WORDS_PARSER(parse_serial, serials)
WORDS_PARSER(parse_filesystem, filesystems)
WORDS_PARSER(parse_users, users)
WORDS_PARSER(parse_groups, groups)
WORDS_PARSER(parse_port, ports)
WORDS_PARSER(parse_seat, seats)

static gboolean
parse_encryption(GuardRule *rule, const char *value, char **why)
{
        static const char *const known[] = {"yes", "no", "luks", "bitlocker", NULL};
        if (!take_words(&rule->encryptions, value, why))
                return FALSE;
        for (guint n = 0; rule->encryptions[n] != NULL; n++)
                if (!g_strv_contains(known, rule->encryptions[n]))
                        return bad(why, rule->encryptions[n], N_("yes, no, luks or bitlocker"));
        return TRUE;
}

static gboolean
parse_size_min(GuardRule *rule, const char *value, char **why)
{
        return take_size(&rule->size_min, value, why);
}

static gboolean
parse_size_max(GuardRule *rule, const char *value, char **why)
{
        return take_size(&rule->size_max, value, why);
}

static gboolean
parse_locked(GuardRule *rule, const char *value, char **why)
{
        return guard_policy_parse_bool(value, &rule->locked) ? TRUE
                                                             : bad(why, value, N_("yes or no"));
}

static gboolean
parse_limit(GuardRule *rule, const char *value, char **why)
{
        guint64 number;
        if (!g_ascii_string_to_unsigned(value, 10, 1, 1000, &number, NULL))
                return bad(why, value, N_("a number of devices from 1 to 1000"));
        rule->limit = (guint)number;
        return TRUE;
}

const GuardRuleKeyInfo guard_rule_keys[GUARD_N_KEYS] = {
        [GUARD_KEY_HOST_LEVEL] = {"host-level", parse_host_level},
        [GUARD_KEY_CARRIER] = {"carrier", parse_carrier},
        [GUARD_KEY_KIND] = {"kind", parse_kind},
        [GUARD_KEY_INTERFACE_CLASS] = {"interface-class", parse_class},
        [GUARD_KEY_VENDOR_ID] = {"vendor-id", parse_vendor},
        [GUARD_KEY_PRODUCT_ID] = {"product-id", parse_product},
        [GUARD_KEY_SERIAL] = {"serial", parse_serial},
        [GUARD_KEY_STATE] = {"state", parse_state},
        [GUARD_KEY_LEVEL] = {"level", parse_level},
        [GUARD_KEY_FILESYSTEM] = {"filesystem", parse_filesystem},
        [GUARD_KEY_ENCRYPTION] = {"encryption", parse_encryption},
        [GUARD_KEY_SIZE_MIN] = {"size-min", parse_size_min},
        [GUARD_KEY_SIZE_MAX] = {"size-max", parse_size_max},
        [GUARD_KEY_USERS] = {"users", parse_users},
        [GUARD_KEY_GROUPS] = {"groups", parse_groups},
        [GUARD_KEY_LOCKED] = {"locked", parse_locked},
        [GUARD_KEY_HOURS] = {"hours", parse_hours},
        [GUARD_KEY_PORT] = {"port", parse_port},
        [GUARD_KEY_CONNECT_TYPE] = {"connect-type", parse_connect},
        [GUARD_KEY_SEAT] = {"seat", parse_seat},
        [GUARD_KEY_STATUS] = {"status", parse_status},
        [GUARD_KEY_LIMIT] = {"limit", parse_limit},
};
