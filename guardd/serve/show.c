/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The guard's own state as dictionaries.
 */
#include "common/guard-text.h"
#include "guardd/serve/show.h"
#include "rules/transfers.h"

void
guard_show_value(GVariantBuilder *builder, const char *key, GVariant *value)
{
        g_variant_builder_add(builder, "{sv}", key, value);
}

void
guard_show_string(GVariantBuilder *builder, const char *key, const char *value)
{
        if (value)
                guard_show_value(builder, key, g_variant_new_take_string(g_utf8_make_valid(value, -1)));
}

void
guard_show_text(GVariantBuilder *builder, const char *key, const char *packed)
{
        g_autofree char *plain = guard_text_plain(packed);
        g_autofree char *text_key = g_strconcat(key, "_text", NULL);

        guard_show_string(builder, key, plain);
        guard_show_string(builder, text_key, packed);
}

void
guard_show_time(GVariantBuilder *builder, const char *key, gint64 time_us)
{
        if (time_us > 0 && time_us < G_MAXINT64)
                guard_show_value(builder, key, g_variant_new_take_string(guard_time_format(time_us)));
}

GVariant *
guard_show_host(const GuardHost *host)
{
        GVariantBuilder builder, contact;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        guard_show_string(&builder, "level", guard_level_to_string(host->level));
        guard_show_string(&builder, "host_id", host->host_id);
        guard_show_string(&builder, "unit", host->unit);
        guard_show_string(&builder, "group", host->group);
        guard_show_string(&builder, "custodian", host->custodian);
        guard_show_string(&builder, "source", host->source);
        g_variant_builder_init(&contact, G_VARIANT_TYPE_VARDICT);
        guard_show_string(&contact, "name", host->contact_name);
        guard_show_string(&contact, "phone", host->contact_phone);
        guard_show_value(&builder, "contact", g_variant_builder_end(&contact));
        return g_variant_builder_end(&builder);
}

GVariant *
guard_show_layers(GuardManager *manager)
{
        g_autoptr(GPtrArray) layers = guard_manager_layers(manager);
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        for (guint i = 0; i < layers->len; i++) {
                const GuardLayer *layer = layers->pdata[i];
                GVariantBuilder one;

                g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
                guard_show_string(&one, "state", layer->state);
                guard_show_text(&one, "why", layer->why);
                guard_show_value(&builder, layer->name, g_variant_builder_end(&one));
        }
        return g_variant_builder_end(&builder);
}

GVariant *
guard_show_registry(const GuardRegistryInfo *info)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        guard_show_string(&builder, "state", guard_registry_state_to_string(info->state));
        guard_show_text(&builder, "why", info->why);
        if (info->sequence)
                guard_show_value(&builder, "sequence", g_variant_new_uint64(info->sequence));
        guard_show_time(&builder, "issued", info->issued_us);
        guard_show_time(&builder, "expires", info->expires_us);
        if (info->issued_us) {
                guard_show_value(&builder, "entries", g_variant_new_uint64(info->entries));
                guard_show_value(&builder, "size", g_variant_new_uint64(info->size));
                guard_show_value(&builder, "payload_verified", g_variant_new_boolean(info->payload_verified));
        }
        guard_show_string(&builder, "key_id", info->key_id);
        guard_show_string(&builder, "algorithm", info->algorithm);
        return g_variant_builder_end(&builder);
}

GVariant *
guard_show_policy(GuardManager *manager)
{
        static const char *const states[] = {
                [GUARD_POLICY_STATE_GOOD] = "good",
                [GUARD_POLICY_STATE_LAST_GOOD] = "last-good",
                [GUARD_POLICY_STATE_BUILTIN] = "builtin",
        };
        const GuardPolicy *policy = guard_manager_policy(manager);
        const GuardTransferSettings *transfers = guard_policy_transfers(policy, guard_manager_host(manager)->level);
        const char *why = NULL;
        GuardPolicyState state = guard_manager_policy_state(manager, &why);
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        guard_show_value(&builder, "rules", g_variant_new_uint32(guard_policy_n_rules(policy)));
        guard_show_string(&builder, "state", (guint)state < G_N_ELEMENTS(states) ? states[state] : "builtin");
        guard_show_text(&builder, "why", why);
        guard_show_value(&builder, "observe", g_variant_new_boolean(guard_policy_observes(policy)));
        guard_show_string(&builder, "transfers", transfers->reads ? "all" : transfers->writes ? "writes" : "no");
        return g_variant_builder_end(&builder);
}

GVariant *
guard_show_alarms(GuardManager *manager)
{
        GPtrArray *alarms = guard_manager_alarms(manager);
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
        for (guint i = 0; i < alarms->len; i++) {
                const GuardAlarm *alarm = alarms->pdata[i];
                GVariantBuilder one;

                g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
                guard_show_string(&one, "key", alarm->key);
                guard_show_text(&one, "message", alarm->message);
                guard_show_string(&one, "severity", guard_severity_to_string(alarm->severity));
                guard_show_time(&one, "since", alarm->since_us);
                g_variant_builder_add_value(&builder, g_variant_builder_end(&one));
        }
        return g_variant_builder_end(&builder);
}

GVariant *
guard_show_status(GuardManager *manager)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        guard_show_string(&builder, "version", BAOMI_GUARD_VERSION);
        guard_show_value(&builder, "host", guard_show_host(guard_manager_host(manager)));
        guard_show_value(&builder, "layers", guard_show_layers(manager));
        guard_show_value(&builder, "registry", guard_show_registry(guard_manager_registry_info(manager)));
        guard_show_value(&builder, "policy", guard_show_policy(manager));
        guard_show_value(&builder, "alarms", guard_show_alarms(manager));
        return g_variant_builder_end(&builder);
}
