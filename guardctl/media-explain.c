/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl media explain: the decision about a medium, present or only described, with the facts that
 * it used, the rule, and each rule that almost applied.
 */
#include <glib/gi18n-lib.h>
#include "guardctl/connect.h"
#include "guardctl/media.h"
#include "guardctl/shape.h"
#include "guardctl/words.h"

#define WIDTH 14

static const GuardctlUsage usage = {
        "media explain", "[DEVICE]",
        N_("Explains the decision about DEVICE (a name in 'guardctl media list'), or about a medium that is described by the "
           "options and need not be there. The latter asks the registry and needs an administrator.\n"
           "Exit status: 0 when it was explained, whatever the verdict; 1 if there is no such device or it is not allowed; "
           "3 if guardd cannot be reached."),
        0, 1,
};

static GVariant *
question_of(const GOptionEntry *entries, const char *device, char **interfaces)
{
        GVariantBuilder question;

        g_variant_builder_init(&question, G_VARIANT_TYPE("(a{sv})"));
        g_variant_builder_open(&question, G_VARIANT_TYPE_VARDICT);
        if (device)
                g_variant_builder_add(&question, "{sv}", "device", g_variant_new_string(device));
        for (const GOptionEntry *entry = entries; entry->long_name; entry++) {
                g_autofree char *key = g_strdelimit(g_strdup(entry->long_name), "-", '_');
                const char *value = entry->arg == G_OPTION_ARG_STRING ? *(char **)entry->arg_data : NULL;

                if (value)
                        g_variant_builder_add(&question, "{sv}", key, g_variant_new_string(value));
        }
        if (interfaces)
                g_variant_builder_add(&question, "{sv}", "interfaces", g_variant_new_strv((const char *const *)interfaces, -1));
        g_variant_builder_close(&question);
        return g_variant_builder_end(&question);
}

static void
put_value(GuardctlContext *ctx, int indent, const char *key, GVariant *value);

static void
put_dict(GuardctlContext *ctx, int indent, GVariant *dict)
{
        for (gsize i = 0; i < g_variant_n_children(dict); i++) {
                g_autoptr(GVariant) entry = g_variant_get_child_value(dict, i);
                g_autoptr(GVariant) value = NULL;
                const char *key;

                g_variant_get(entry, "{&sv}", &key, &value);
                if (!guardctl_is_text_key(key))
                        put_value(ctx, indent, key, value);
        }
}

/* Facts as they are, keys included: who explains a decision wants the names that rules are written in. */
static void
put_value(GuardctlContext *ctx, int indent, const char *key, GVariant *value)
{
        if (g_variant_is_of_type(value, G_VARIANT_TYPE_VARDICT)) {
                if (g_variant_n_children(value) == 0)
                        return;
                fprintf(ctx->out, "%*s%s\n", indent, "", key);
                put_dict(ctx, indent + 2, value);
        } else if (g_variant_is_of_type(value, G_VARIANT_TYPE("aa{sv}"))) {
                for (gsize i = 0; i < g_variant_n_children(value); i++) {
                        g_autoptr(GVariant) one = g_variant_get_child_value(value, i);

                        put_value(ctx, indent, key, one);
                }
        } else {
                g_autofree char *text = NULL;

                if (g_variant_is_of_type(value, G_VARIANT_TYPE_STRING))
                        text = g_variant_dup_string(value, NULL);
                else if (g_variant_is_of_type(value, G_VARIANT_TYPE_STRING_ARRAY)) {
                        g_autofree const char **strings = g_variant_get_strv(value, NULL);

                        text = g_strjoinv(" ", (char **)strings);
                } else
                        text = g_variant_print(value, FALSE);
                fprintf(ctx->out, "%*s", indent, "");
                guardctl_field(ctx, 20 - indent, key, GUARDCTL_PLAIN, text);
        }
}

static void
put_near_misses(GuardctlContext *ctx, GVariant *explanation)
{
        g_autoptr(GVariant) misses = guardctl_dict_child(explanation, "near_misses", "aa{sv}");

        if (g_variant_n_children(misses) == 0)
                return;
        fprintf(ctx->out, "\n%s\n", _("Rules that almost applied"));
        for (gsize i = 0; i < g_variant_n_children(misses); i++) {
                g_autoptr(GVariant) miss = g_variant_get_child_value(misses, i);
                g_autofree char *why = guardctl_dict_text(miss, "why");
                g_autofree char *line = g_strdup_printf("%s: %s", guardctl_dict_string(miss, "rule"), why);

                fputs("  ", ctx->out);
                guardctl_put(ctx, GUARDCTL_PLAIN, line);
                fputc('\n', ctx->out);
        }
}

static void
put_explanation(GuardctlContext *ctx, GVariant *explanation)
{
        const char *verdict = guardctl_dict_string(explanation, "verdict"), *reason = guardctl_dict_string(explanation, "reason");
        const char *would_be = guardctl_dict_string(explanation, "would_be");
        g_autoptr(GVariant) facts = guardctl_dict_child(explanation, "facts", "a{sv}");

        guardctl_field(ctx, WIDTH, _("Verdict"), guardctl_verdict_style(verdict), guardctl_verdict_word(verdict));
        if (reason) {
                const char *sentence = guardctl_reason_sentence(reason);
                g_autofree char *text = sentence ? g_strdup_printf("%s (%s)", sentence, reason) : g_strdup(reason);

                guardctl_field(ctx, WIDTH, _("Reason"), GUARDCTL_PLAIN, text);
        }
        guardctl_field(ctx, WIDTH, _("Rule"), GUARDCTL_PLAIN, guardctl_dict_string(explanation, "rule"));
        if (guardctl_dict_string(explanation, "media_id"))
                guardctl_field(ctx, WIDTH, _("Media id"), GUARDCTL_STRONG, guardctl_dict_string(explanation, "media_id"));
        if (guardctl_dict_string(explanation, "level"))
                guardctl_field(ctx, WIDTH, _("Level"), GUARDCTL_STRONG, guardctl_level_word(guardctl_dict_string(explanation, "level")));
        if (would_be) {
                g_autofree char *text = g_strdup_printf(_("%s, if the policy were enforced"), guardctl_verdict_word(would_be));

                guardctl_field(ctx, WIDTH, _("Would be"), GUARDCTL_CAUTION, text);
        }
        fprintf(ctx->out, "\n%s\n", _("Facts"));
        put_dict(ctx, 2, facts);
        put_near_misses(ctx, explanation);
}

int
guardctl_media_explain(GuardctlContext *ctx, int argc, char **argv)
{
        g_autofree char *vendor = NULL, *product = NULL, *serial = NULL, *fs_uuid = NULL, *pt_uuid = NULL, *fs_type = NULL;
        g_autofree char *level = NULL, *unit = NULL, *host = NULL;
        g_auto(GStrv) interfaces = NULL;
        const GOptionEntry entries[] = {
                {"vendor-id", 0, 0, G_OPTION_ARG_STRING, &vendor, N_("USB vendor, four hexadecimal digits"), "V"},
                {"product-id", 0, 0, G_OPTION_ARG_STRING, &product, N_("USB product, four hexadecimal digits"), "P"},
                {"serial", 0, 0, G_OPTION_ARG_STRING, &serial, N_("Serial number"), "S"},
                {"fs-uuid", 0, 0, G_OPTION_ARG_STRING, &fs_uuid, N_("UUID of a file system on it"), "U"},
                {"fs-type", 0, 0, G_OPTION_ARG_STRING, &fs_type, N_("Type of that file system (vfat where not given)"), "T"},
                {"pt-uuid", 0, 0, G_OPTION_ARG_STRING, &pt_uuid, N_("UUID of its partition table"), "U"},
                {"interface", 0, 0, G_OPTION_ARG_STRING_ARRAY, &interfaces,
                 N_("Class, subclass and protocol of an interface, as 08:06:50; may be given again (a stick where not given)"), "C:S:P"},
                {"host-level", 0, 0, G_OPTION_ARG_STRING, &level, N_("As if this machine had level none, confidential, secret, top-secret"),
                 "L"},
                {"host-unit", 0, 0, G_OPTION_ARG_STRING, &unit, N_("As if this machine belonged to that unit"), "U"},
                {"host-id", 0, 0, G_OPTION_ARG_STRING, &host, N_("As if this machine had that id"), "ID"},
                {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
        };
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GVariant) explanation = NULL;
        int result = guardctl_parse(ctx, &usage, entries, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        if (argc < 2 && !vendor && !product && !serial && !fs_uuid && !pt_uuid && !interfaces)
                return guardctl_usage_error(ctx, &usage, _("name a device, or describe a medium (--vendor-id, --serial, --fs-uuid …)"));
        if (argc > 1 && (vendor || product || serial || fs_uuid || pt_uuid || interfaces))
                return guardctl_usage_error(ctx, &usage, _("name a device or describe a medium, not both"));
        reply = guardctl_call(ctx, "Explain", question_of(entries, argc > 1 ? argv[1] : NULL, interfaces), "(a{sv})", &result);
        if (!reply)
                return result;
        explanation = g_variant_get_child_value(reply, 0);
        if (ctx->json) {
                g_autoptr(JsonNode) node = guardctl_shape(guardctl_explanation_keys, explanation);

                guardctl_print_json(ctx, node);
                return GUARDCTL_DONE;
        }
        put_explanation(ctx, explanation);
        return GUARDCTL_DONE;
}
