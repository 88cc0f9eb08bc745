/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One record in words, row by row. What is not known has no row.
 */
#include <glib/gi18n-lib.h>
#include "common/device-kind.h"
#include "common/guard-level.h"
#include "notifier/text/message.h"

enum { MAX_VALUE = 120 };

static char *
level_word(const GuardEvent *event)
{
        GuardLevel level;

        if (event->level && guard_level_from_string(event->level, &level))
                return g_strdup(guard_level_label(level));
        return g_strdup("");
}

static const char *
kind_word(const GuardEvent *event)
{
        GuardDeviceKind kind;

        return guard_device_kind_from_string(event->device_kind, &kind) && kind != GUARD_DEVICE_UNKNOWN
                       ? guard_device_kind_label(kind)
                       : NULL;
}

static void
add(GVariantBuilder *rows, const char *label, const char *value)
{
        if (value && *value)
                g_variant_builder_add(rows, "(ss)", label, value);
}

static void
add_raw(GVariantBuilder *rows, const char *label, const char *raw)
{
        g_autofree char *clean = guard_message_clean(raw, MAX_VALUE);

        add(rows, label, clean);
}

GVariant *
guard_message_details(const GuardEvent *event)
{
        g_autofree char *when = guard_message_when(event), *what = guard_message_what(event), *why = guard_message_why(event);
        g_autofree char *level = level_word(event), *number = event->seq ? g_strdup_printf("%" G_GUINT64_FORMAT, event->seq) : NULL;
        GVariantBuilder rows;

        g_variant_builder_init(&rows, G_VARIANT_TYPE("a(ss)"));
        add(&rows, _("Time"), when);
        add(&rows, _("What happened"), what);
        add(&rows, _("Why"), why);
        add_raw(&rows, _("Number of the drive"), event->media_id);
        add(&rows, _("Level of the drive"), level);
        add(&rows, _("Kind of device"), kind_word(event));
        add_raw(&rows, _("Maker"), event->manufacturer);
        add_raw(&rows, _("Model"), event->product);
        add_raw(&rows, _("Serial number"), event->serial);
        add_raw(&rows, _("Connected at"), event->device);
        add_raw(&rows, _("Disk"), event->block);
        add_raw(&rows, _("User"), event->user);
        add(&rows, _("Number of the record"), number);
        return g_variant_builder_end(&rows);
}

char *
guard_message_mark(GuardLevel level, const char *host_id)
{
        g_autofree char *number = guard_message_clean(host_id, MAX_VALUE / 2);

        if (*number == '\0')
                return g_strdup(guard_level_label(level));
        /* A level and the number of this computer, as on its sticker. */
        return g_strdup_printf(_("%1$s  No. %2$s"), guard_level_label(level), number);
}
