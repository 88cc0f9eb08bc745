/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages as dictionaries.
 */
#include "notifier/core/saved.h"

enum { MAX_TITLE = 120, MAX_BODY = 600, MAX_KEY = 200 };

GVariant *
guard_message_save(const GuardMessage *message)
{
        GVariantDict dict;

        g_variant_dict_init(&dict, NULL);
        g_variant_dict_insert(&dict, "key", "s", message->key);
        g_variant_dict_insert(&dict, "title", "s", message->title);
        g_variant_dict_insert(&dict, "body", "s", message->body);
        g_variant_dict_insert(&dict, "critical", "b", message->critical);
        g_variant_dict_insert(&dict, "seq", "t", message->seq);
        if (message->device)
                g_variant_dict_insert(&dict, "device", "s", message->device);
        if (message->facts)
                g_variant_dict_insert_value(&dict, "facts", message->facts);
        return g_variant_dict_end(&dict);
}

static char *
text_of(GVariant *saved, const char *key, gsize max)
{
        const char *raw = NULL;

        return g_variant_lookup(saved, key, "&s", &raw) && *raw ? guard_message_clean(raw, max) : NULL;
}

GuardMessage *
guard_message_restore(GVariant *saved)
{
        g_autoptr(GuardMessage) message = g_new0(GuardMessage, 1);

        message->key = text_of(saved, "key", MAX_KEY);
        message->title = text_of(saved, "title", MAX_TITLE);
        message->body = text_of(saved, "body", MAX_BODY);
        if (!message->key || !message->title || !message->body)
                return NULL;
        message->device = text_of(saved, "device", MAX_KEY);
        g_variant_lookup(saved, "critical", "b", &message->critical);
        g_variant_lookup(saved, "seq", "t", &message->seq);
        message->facts = g_variant_lookup_value(saved, "facts", G_VARIANT_TYPE_VARDICT);
        /* can_eject stays FALSE: the drive of yesterday is another one. */
        return g_steal_pointer(&message);
}
