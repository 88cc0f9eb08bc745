/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The manager's signals, carried to the audience: watchers see every change, a session's agents what
 * concerns their session.
 */
#include <json-glib/json-glib.h>
#include "common/guard-names.h"
#include "guardd/serve/serve-private.h"
#include "guardd/serve/show.h"
#include "ledger/kinds.h"
#include "rules/transfers.h"

static void
on_device_added(GuardManager *manager, GuardDevice *device, gpointer user_data)
{
        GuardServe *serve = user_data;
        g_autofree char *path = guard_media_path(device->id);
        GVariantBuilder interfaces;

        (void)manager;
        g_variant_builder_init(&interfaces, G_VARIANT_TYPE("a{sa{sv}}"));
        g_variant_builder_add(&interfaces, "{s@a{sv}}", GUARD_MEDIUM_INTERFACE, guard_medium_properties(device));
        guard_audience_tell_watchers(serve->audience, GUARD_BUS_PATH, GUARD_OBJECTS_INTERFACE, "InterfacesAdded",
                                     g_variant_new("(oa{sa{sv}})", path, &interfaces));
}

static void
on_device_removed(GuardManager *manager, GuardDevice *device, gpointer user_data)
{
        GuardServe *serve = user_data;
        g_autofree char *path = guard_media_path(device->id);
        const char *const interfaces[] = {GUARD_MEDIUM_INTERFACE, NULL};

        (void)manager;
        guard_audience_tell_watchers(serve->audience, GUARD_BUS_PATH, GUARD_OBJECTS_INTERFACE, "InterfacesRemoved",
                                     g_variant_new("(o^as)", path, interfaces));
}

static void
on_device_changed(GuardManager *manager, GuardDevice *device, gpointer user_data)
{
        GuardServe *serve = user_data;
        g_autofree char *path = guard_media_path(device->id);

        (void)manager;
        guard_audience_tell_watchers(serve->audience, path, GUARD_PROPERTIES_INTERFACE, "PropertiesChanged",
                                     g_variant_new("(s@a{sv}as)", GUARD_MEDIUM_INTERFACE, guard_medium_properties(device), NULL));
}

/* Where the copies are, how many, or why there are none. */
static void
add_import(GVariantDict *event, const GuardRecord *record)
{
        GVariant *import;

        if (g_strcmp0(record->kind, GUARD_KIND_IMPORTED) != 0 && g_strcmp0(record->kind, GUARD_KIND_IMPORT_FAILED) != 0)
                return;
        import = json_gvariant_deserialize_data(record->details, -1, "a{sv}", NULL);
        if (import)
                g_variant_dict_insert_value(event, "import", import);
        g_variant_dict_insert(event, "popup", "b", TRUE);
}

/* Whoever uses the drive is told that what is copied is put on record. */
static void
add_transfers(GVariantDict *event, GuardManager *manager, const GuardDisk *disk)
{
        const GuardTransferSettings *settings = guard_policy_transfers(guard_manager_policy(manager), guard_manager_host(manager)->level);

        if (!disk || !disk->decision || disk->decision->verdict < GUARD_VERDICT_READ_ONLY || !(settings->writes || settings->reads))
                return;
        g_variant_dict_insert(event, "transfers", "b", TRUE);
        g_variant_dict_insert(event, "popup", "b", TRUE);
}

static GVariant *
decided_event(GuardManager *manager, const GuardDevice *device, const GuardDisk *disk, const GuardRecord *record)
{
        const GuardDecision *decision = disk ? disk->decision : device ? device->decision : NULL;
        g_autoptr(GVariant) shown = g_variant_ref_sink(guard_show_record(record));
        GVariantDict event;

        g_variant_dict_init(&event, shown);
        /* A listener needs the fact, not the book-keeping. */
        g_variant_dict_remove(&event, "details");
        g_variant_dict_remove(&event, "boot_id");
        g_variant_dict_remove(&event, "digest");
        g_variant_dict_insert(&event, "popup", "b", decision ? decision->popup : FALSE);
        add_import(&event, record);
        if (record->has_verdict)
                add_transfers(&event, manager, disk);
        return g_variant_dict_end(&event);
}

static void
on_decided(GuardManager *manager, GuardDevice *device, GuardDisk *disk, GuardRecord *record, gpointer user_data)
{
        GuardServe *serve = user_data;
        g_autoptr(GVariant) event = NULL;

        if (!record || guard_audience_size(serve->audience) == 0)
                return;
        event = g_variant_ref_sink(g_variant_new("(@a{sv})", decided_event(manager, device, disk, record)));
        guard_audience_tell_watchers(serve->audience, GUARD_BUS_PATH, GUARD_BUS_MANAGER, "Decided", event);
        guard_audience_tell_agents(serve->audience, record->session, GUARD_BUS_PATH, GUARD_BUS_MANAGER, "Decided", event);
}

static void
on_alarms_changed(GuardManager *manager, gpointer user_data)
{
        GuardServe *serve = user_data;
        g_autoptr(GVariant) alarms = NULL;

        if (guard_audience_size(serve->audience) == 0)
                return;
        alarms = g_variant_ref_sink(g_variant_new("(@aa{sv})", guard_show_alarms(manager)));
        guard_audience_tell_watchers(serve->audience, GUARD_BUS_PATH, GUARD_BUS_MANAGER, "AlarmsChanged", alarms);
        guard_audience_tell_agents(serve->audience, NULL, GUARD_BUS_PATH, GUARD_BUS_MANAGER, "AlarmsChanged", alarms);
}

static void
on_config_changed(GuardManager *manager, gpointer user_data)
{
        GuardServe *serve = user_data;
        g_autoptr(GVariant) host = g_variant_ref_sink(guard_show_host(guard_manager_host(manager)));
        GVariantBuilder changed, told;

        /* agents must know whom to name; the rest is not for them */
        g_variant_builder_init(&told, G_VARIANT_TYPE_VARDICT);
        guard_show_value(&told, "Host", host);
        guard_audience_tell_agents(serve->audience, NULL, GUARD_BUS_PATH, GUARD_PROPERTIES_INTERFACE, "PropertiesChanged",
                                   g_variant_new("(sa{sv}as)", GUARD_BUS_MANAGER, &told, NULL));
        g_variant_builder_init(&changed, G_VARIANT_TYPE_VARDICT);
        guard_show_value(&changed, "Host", host);
        guard_show_value(&changed, "Registry", guard_show_registry(guard_manager_registry_info(manager)));
        guard_show_value(&changed, "Policy", guard_show_policy(manager));
        guard_audience_tell_watchers(serve->audience, GUARD_BUS_PATH, GUARD_PROPERTIES_INTERFACE, "PropertiesChanged",
                                     g_variant_new("(sa{sv}as)", GUARD_BUS_MANAGER, &changed, NULL));
}

static const struct {
        const char *signal;
        GCallback handler;
} announcements[] = {
        {"device-added", G_CALLBACK(on_device_added)},
        {"device-changed", G_CALLBACK(on_device_changed)},
        {"device-removed", G_CALLBACK(on_device_removed)},
        {"decided", G_CALLBACK(on_decided)},
        {"alarms-changed", G_CALLBACK(on_alarms_changed)},
        {"config-changed", G_CALLBACK(on_config_changed)},
};
G_STATIC_ASSERT(G_N_ELEMENTS(announcements) == G_N_ELEMENTS(((GuardServe *)NULL)->handlers));

void
guard_announce_begin(GuardServe *serve)
{
        for (gsize i = 0; i < G_N_ELEMENTS(announcements); i++)
                serve->handlers[i] = g_signal_connect(serve->manager, announcements[i].signal, announcements[i].handler, serve);
}

void
guard_announce_end(GuardServe *serve)
{
        for (gsize i = 0; i < G_N_ELEMENTS(announcements); i++)
                g_signal_handler_disconnect(serve->manager, serve->handlers[i]);
}
