/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From guardd's dictionary to a struct.
 */
#include "notifier/text/event.h"

static const struct {
        const char *key;
        size_t offset;
} strings[] = {
        {"kind", offsetof(GuardEvent, kind)},         {"time", offsetof(GuardEvent, time)},
        {"device", offsetof(GuardEvent, device)},     {"device_kind", offsetof(GuardEvent, device_kind)},
        {"block", offsetof(GuardEvent, block)},
        {"media_id", offsetof(GuardEvent, media_id)}, {"level", offsetof(GuardEvent, level)},
        {"product", offsetof(GuardEvent, product)},   {"manufacturer", offsetof(GuardEvent, manufacturer)},
        {"serial", offsetof(GuardEvent, serial)},     {"user", offsetof(GuardEvent, user)},
        {"message", offsetof(GuardEvent, message)},
};

static void
read_import(GuardEvent *event, GVariant *dict)
{
        g_autoptr(GVariant) import = g_variant_lookup_value(dict, "import", G_VARIANT_TYPE_VARDICT);

        if (!import)
                return;
        g_variant_lookup(import, "folder", "s", &event->folder);
        g_variant_lookup(import, "why_text", "s", &event->import_why);
        g_variant_lookup(import, "files", "x", &event->imported);
        g_variant_lookup(import, "withheld", "x", &event->withheld);
}

static char **
field(GuardEvent *event, size_t offset)
{
        return (char **)(gpointer)((char *)event + offset);
}

GuardEvent *
guard_event_new(GVariant *dict)
{
        GuardEvent *event = g_new0(GuardEvent, 1);
        const char *name;

        for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
                g_variant_lookup(dict, strings[i].key, "s", field(event, strings[i].offset));
        read_import(event, dict);
        g_variant_lookup(dict, "seq", "t", &event->seq);
        g_variant_lookup(dict, "popup", "b", &event->popup);
        g_variant_lookup(dict, "transfers", "b", &event->transfers);
        if (g_variant_lookup(dict, "verdict", "&s", &name))
                event->has_verdict = guard_verdict_from_string(name, &event->verdict);
        if (g_variant_lookup(dict, "reason", "&s", &name))
                guard_reason_from_string(name, &event->reason);
        if (g_variant_lookup(dict, "severity", "&s", &name))
                guard_severity_from_string(name, &event->severity);
        return event;
}

void
guard_event_free(GuardEvent *event)
{
        if (!event)
                return;
        for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
                g_free(*field(event, strings[i].offset));
        g_free(event->folder);
        g_free(event->import_why);
        g_free(event);
}

gboolean
guard_event_was_told(const GuardEvent *event)
{
        return event->has_verdict && (event->verdict == GUARD_VERDICT_REFUSE || event->verdict == GUARD_VERDICT_READ_ONLY) &&
               event->severity >= GUARD_SEVERITY_NOTICE;
}
