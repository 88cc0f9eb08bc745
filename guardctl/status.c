/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl status: how this machine is guarded, on one screen.
 */
#include <inttypes.h>
#include <glib/gi18n-lib.h>
#include "guardctl/connect.h"
#include "guardctl/shape.h"
#include "guardctl/updates.h"
#include "guardctl/words.h"

#define WIDTH 18

static const GuardctlUsage usage = {
        "status", NULL,
        N_("Shows this machine's level, whether the layers hold, the registry and the policy in use, and the alarms.\n"
           "Exit status: 0, also with alarms; 3 if guardd cannot be reached."),
        0, 0,
};

static void
put_host(GuardctlContext *ctx, GVariant *host)
{
        g_autoptr(GVariant) contact = guardctl_dict_child(host, "contact", "a{sv}");
        const char *level = guardctl_dict_string(host, "level");
        const char *name = guardctl_dict_string(contact, "name"), *phone = guardctl_dict_string(contact, "phone");
        g_autofree char *whom = name || phone ? g_strdup_printf("%s %s", name ? name : "", phone ? phone : "") : NULL;

        guardctl_field(ctx, WIDTH, _("Level"), g_strcmp0(level, "unknown") == 0 ? GUARDCTL_BAD : GUARDCTL_STRONG,
                       guardctl_level_word(level));
        guardctl_field(ctx, WIDTH, _("Host id"), GUARDCTL_PLAIN, guardctl_dict_string(host, "host_id"));
        if (guardctl_dict_string(host, "unit"))
                guardctl_field(ctx, WIDTH, _("Unit"), GUARDCTL_PLAIN, guardctl_dict_string(host, "unit"));
        if (whom)
                guardctl_field(ctx, WIDTH, _("Contact"), GUARDCTL_PLAIN, g_strstrip(whom));
}

/* @optional: that it is not there is no fault. */
static void
put_state(GuardctlContext *ctx, const char *label, GVariant *dict, gboolean optional)
{
        const char *state = guardctl_dict_string(dict, "state");
        const char *word = guardctl_state_word(state);
        g_autofree char *why = guardctl_dict_text(dict, "why");
        g_autofree char *text = why && *why ? g_strdup_printf("%s: %s", word, why) : g_strdup(word);

        guardctl_field(ctx, WIDTH, label, optional && g_strcmp0(state, "inactive") == 0 ? GUARDCTL_CAUTION : guardctl_state_style(state), text);
}

static void
put_layers(GuardctlContext *ctx, GVariant *layers)
{
        static const struct {
                const char *key, *label;
                gboolean optional;
        } known[] = {
                {"usb", N_("USB hold"), FALSE},
                {"block", N_("Block quarantine"), FALSE},
                {"shield", N_("Kernel shield"), TRUE}, /* switched on by whoever wants it */
        };

        for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
                g_autoptr(GVariant) layer = guardctl_dict_child(layers, known[i].key, "a{sv}");

                put_state(ctx, _(known[i].label), layer, known[i].optional);
        }
}

static void
put_registry(GuardctlContext *ctx, GVariant *registry)
{
        g_autofree char *issued = guardctl_short_time(guardctl_dict_string(registry, "issued"));
        g_autofree char *expires = guardctl_short_time(guardctl_dict_string(registry, "expires"));
        g_autofree char *text = NULL;

        put_state(ctx, _("Registry"), registry, FALSE);
        if (!issued)
                return;
        text = g_strdup_printf(_("number %" PRIu64 ", %" PRIu64 " drives, issued %s, valid until %s"),
                               guardctl_dict_number(registry, "sequence"), guardctl_dict_number(registry, "entries"), issued,
                               expires ? expires : "-");
        guardctl_field(ctx, WIDTH, "", GUARDCTL_PLAIN, text);
}

/* guardd fetches nothing and knows nothing of it: this is read from the updater's own files. */
static GVariant *
with_updates(GVariant *status, const GuardUpdateHealth *health)
{
        GVariantDict dict;

        g_variant_dict_init(&dict, status);
        g_variant_dict_insert_value(&dict, "updates", guardctl_updates_dict(health));
        return g_variant_ref_sink(g_variant_dict_end(&dict));
}

static void
put_updates(GuardctlContext *ctx, const GuardUpdateHealth *health)
{
        g_autofree char *text = guardctl_updates_text(health);
        gboolean bad = health->state == GUARD_UPDATE_BROKEN || health->state == GUARD_UPDATE_STUCK;

        guardctl_field(ctx, WIDTH, _("Updates"), bad ? GUARDCTL_CAUTION : GUARDCTL_PLAIN, text);
}

static void
put_policy(GuardctlContext *ctx, GVariant *policy)
{
        g_autofree char *rules = g_strdup_printf(_("%" PRIu64 " rules"), guardctl_dict_number(policy, "rules"));
        gboolean observe = FALSE;
        const char *transfers = NULL;

        put_state(ctx, _("Policy"), policy, FALSE);
        guardctl_field(ctx, WIDTH, "", GUARDCTL_PLAIN, rules);
        if (g_variant_lookup(policy, "transfers", "&s", &transfers) && g_strcmp0(transfers, "no") != 0)
                guardctl_field(ctx, WIDTH, "", GUARDCTL_PLAIN, _("Files copied to and from drives are put on record (transfers=)."));
        if (g_variant_lookup(policy, "observe", "b", &observe) && observe)
                guardctl_field(ctx, WIDTH, "", GUARDCTL_CAUTION, _("It only observes: the policy's refusals are recorded, not enforced."));
}

static void
put_alarms(GuardctlContext *ctx, GVariant *alarms)
{
        gsize n = g_variant_n_children(alarms);

        if (n == 0)
                guardctl_field(ctx, WIDTH, _("Alarms"), GUARDCTL_GOOD, _("none"));
        for (gsize i = 0; i < n; i++) {
                g_autoptr(GVariant) alarm = g_variant_get_child_value(alarms, i);
                g_autofree char *since = guardctl_short_time(guardctl_dict_string(alarm, "since"));
                g_autofree char *message = guardctl_dict_text(alarm, "message");
                g_autofree char *text = g_strdup_printf("%s (%s%s%s)", message,
                                                        guardctl_dict_string(alarm, "key"), since ? ", " : "", since ? since : "");

                guardctl_field(ctx, WIDTH, i == 0 ? _("Alarms") : "", guardctl_severity_style(guardctl_dict_string(alarm, "severity")), text);
        }
}

int
guardctl_status(GuardctlContext *ctx, int argc, char **argv)
{
        static const struct {
                const char *key, *type;
                void (*put)(GuardctlContext *ctx, GVariant *value);
        } parts[] = {
                {"host", "a{sv}", put_host},     {"layers", "a{sv}", put_layers},   {"registry", "a{sv}", put_registry},
                {"policy", "a{sv}", put_policy}, {"alarms", "aa{sv}", put_alarms},
        };
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GVariant) status = NULL;
        g_autoptr(GuardUpdateHealth) health = NULL;
        int result = guardctl_parse(ctx, &usage, NULL, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        reply = guardctl_call(ctx, "GetStatus", NULL, "(a{sv})", &result);
        if (!reply)
                return result;
        status = g_variant_get_child_value(reply, 0);
        health = guard_update_health_read(ctx->root ? ctx->root : "", g_get_real_time());
        if (ctx->json) {
                g_autoptr(GVariant) whole = with_updates(status, health);
                g_autoptr(JsonNode) node = guardctl_shape(guardctl_status_keys, whole);

                guardctl_print_json(ctx, node);
                return GUARDCTL_DONE;
        }
        guardctl_field(ctx, WIDTH, _("Guard"), GUARDCTL_STRONG, guardctl_dict_string(status, "version"));
        for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
                g_autoptr(GVariant) value = guardctl_dict_child(status, parts[i].key, parts[i].type);

                parts[i].put(ctx, value);
                if (parts[i].put == put_registry)
                        put_updates(ctx, health);
        }
        return GUARDCTL_DONE;
}
