/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells the fact that a rule's key looked at, for near misses. Words only, packed for their reader; nothing is decided here.
 */
#include "common/device-kind.h"
#include "common/guard-text.h"
#include "rules/rule-match.h"
#include <glib/gi18n-lib.h>

enum { SHOWN = 60 }; /* characters of a device's claim */

static char *
or_none(char *text)
{
        if (text != NULL && *text != '\0')
                return text;
        g_free(text);
        return guard_text_pack(N_("none"), NULL);
}

static char *
interface_list(const GuardUsbFacts *usb, gboolean kinds)
{
        GString *out = g_string_new(NULL);
        for (gsize n = 0; usb != NULL && n < usb->descriptors.n_interfaces && n < 8; n++) {
                const struct guard_usb_interface *i = &usb->descriptors.interfaces[n];
                if (out->len > 0)
                        g_string_append_c(out, ' ');
                if (kinds)
                        g_string_append(out, guard_usb_kind_to_string(i->kind));
                else
                        g_string_append_printf(out, "%02x:%02x:%02x", i->cls, i->subcls,
                                               i->protocol);
        }
        return g_string_free(out, FALSE);
}

/* In people's words, and what its interfaces are. */
static char *
kind_list(const GuardMedium *medium)
{
        g_autofree char *interfaces = interface_list(medium->usb, TRUE);
        GString *out = g_string_new(NULL);
        guint kinds = guard_device_kinds(medium);

        for (guint n = 0; n < GUARD_N_DEVICE_KINDS; n++)
                if ((kinds >> n & 1) != 0)
                        g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "",
                                               guard_device_kind_to_string((GuardDeviceKind)n));
        if (*interfaces != '\0')
                g_string_append_printf(out, " (%s)", interfaces);
        return g_string_free(out, FALSE);
}

static char *
volume_list(const GuardBlockFacts *block, gboolean crypto)
{
        GString *out = g_string_new(NULL);
        for (guint n = 0;
             block != NULL && block->volumes != NULL && n < block->volumes->len && n < 8; n++) {
                const GuardVolumeFacts *volume = g_ptr_array_index(block->volumes, n);
                if (crypto && g_strcmp0(volume->usage, "crypto") != 0)
                        continue;
                g_autofree char *type = guard_text_display(volume->type, SHOWN);
                g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "", type);
        }
        return g_string_free(out, FALSE);
}

static char *
situation_list(const GuardRuleFacts *facts)
{
        GString *out = g_string_new(NULL);
        for (guint s = 0; s < GUARD_N_SITUATIONS; s++)
                for (guint n = 0; n < facts->view.n_worlds; n++)
                        if ((facts->view.worlds[n] >> s & 1) != 0) {
                                g_string_append_printf(
                                        out, "%s%s", out->len > 0 ? " " : "",
                                        guard_situation_to_string((GuardSituation)s));
                                break;
                        }
        return g_string_free(out, FALSE);
}

static char *
level_list(guint levels)
{
        GString *out = g_string_new(NULL);
        for (guint n = 0; n <= 4; n++)
                if ((levels >> n & 1) != 0)
                        g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "",
                                               guard_level_to_string(n == 4 ? GUARD_LEVEL_UNKNOWN
                                                                            : (GuardLevel)n));
        return g_string_free(out, FALSE);
}

static char *
status_list(guint statuses)
{
        GString *out = g_string_new(NULL);
        for (guint n = 0; n < GUARD_N_STATUSES; n++)
                if ((statuses >> n & 1) != 0)
                        g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "", guard_status_to_string((GuardStatus)n));
        return g_string_free(out, FALSE);
}

static char *
local_clock(const GuardRuleFacts *facts)
{
        static const char *const days[7] = {"thu", "fri", "sat", "sun",
                                            "mon", "tue", "wed"}; /* 1970-01-01 was one */
        const gint64 minute_us = G_GINT64_CONSTANT(60000000);
        gint64 minutes = (facts->input->now_us + facts->input->utc_offset_us) / minute_us;
        gint64 day = minutes / 1440, of_day = minutes % 1440;
        if (of_day < 0) {
                of_day += 1440;
                day--;
        }
        return g_strdup_printf("%s %02d:%02d", days[(day % 7 + 7) % 7], (int)(of_day / 60),
                               (int)(of_day % 60));
}

static char *
session_text(GuardRuleKey key, const GuardSession *session)
{
        if (session == NULL || !session->present || session->greeter)
                return guard_text_pack(N_("nobody is logged in"), NULL);
        if (key == GUARD_KEY_LOCKED)
                return g_strdup(session->locked ? "yes" : "no");
        if (key == GUARD_KEY_SEAT)
                return guard_text_display(session->seat, SHOWN);
        if (key == GUARD_KEY_USERS)
                return guard_text_display(session->user, SHOWN);
        g_autofree char *groups = session->groups != NULL ? g_strjoinv(" ", session->groups) : NULL;
        return guard_text_display(groups, SHOWN);
}

static char *
identity_text(GuardRuleKey key, const GuardMedium *medium)
{
        const GuardUsbFacts *usb = medium->usb;
        if (key == GUARD_KEY_SERIAL)
                return guard_text_display(usb != NULL ? usb->serial : medium->carrier_serial,
                                          SHOWN);
        if (usb == NULL)
                return NULL;
        return g_strdup_printf("%04x",
                               key == GUARD_KEY_VENDOR_ID ? usb->vendor_id : usb->product_id);
}

static char *
fact(GuardRuleKey key, const GuardRuleFacts *facts)
{
        const GuardMedium *medium = facts->input->medium;
        switch (key) {
        case GUARD_KEY_HOST_LEVEL:
                return g_strdup(guard_level_to_string(facts->input->host->level));
        case GUARD_KEY_CARRIER:
                return g_strdup(guard_carrier_to_string(medium->carrier));
        case GUARD_KEY_KIND:
                return kind_list(medium);
        case GUARD_KEY_INTERFACE_CLASS:
                return interface_list(medium->usb, FALSE);
        case GUARD_KEY_VENDOR_ID:
        case GUARD_KEY_PRODUCT_ID:
        case GUARD_KEY_SERIAL:
                return identity_text(key, medium);
        case GUARD_KEY_STATE:
                return situation_list(facts);
        case GUARD_KEY_LEVEL:
                return level_list(facts->view.levels);
        case GUARD_KEY_FILESYSTEM:
        case GUARD_KEY_ENCRYPTION:
                return volume_list(medium->block, key == GUARD_KEY_ENCRYPTION);
        case GUARD_KEY_SIZE_MIN:
        case GUARD_KEY_SIZE_MAX:
                return medium->block != NULL
                               ? g_strdup_printf("%" G_GUINT64_FORMAT, medium->block->size)
                               : NULL;
        case GUARD_KEY_HOURS:
                return local_clock(facts);
        case GUARD_KEY_PORT:
                return medium->usb != NULL ? g_strdup(medium->usb->sysname) : NULL;
        case GUARD_KEY_CONNECT_TYPE:
                return g_strdup(guard_connect_to_string(medium->usb != NULL ? medium->usb->connect : GUARD_CONNECT_UNKNOWN));
        case GUARD_KEY_STATUS:
                return status_list(facts->view.statuses);
        case GUARD_KEY_LIMIT:
                return guard_text_pack(N_("reached"), NULL);
        default:
                return session_text(key, facts->input->session);
        }
}

char *
guard_rule_fact_text(GuardRuleKey key, const GuardRuleFacts *facts)
{
        g_autofree char *value = or_none(fact(key, facts));
        return guard_text_pack(N_("%s does not fit: it is %s"), guard_rule_keys[key].name, value, NULL);
}
