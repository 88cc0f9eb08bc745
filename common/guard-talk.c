/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/guard-talk.h"

#include <errno.h>
#include <sys/socket.h>

GVariant *
guard_talk_receive(int fd)
{
        g_autofree guint8 *bytes = g_malloc(GUARD_TALK_MAX_PACKET);
        g_autoptr(GVariant) packet = NULL;
        ssize_t size;

        do
                size = recv(fd, bytes, GUARD_TALK_MAX_PACKET, 0);
        while (size < 0 && errno == EINTR);
        if (size <= 0)
                return NULL;
        packet = g_variant_ref_sink(g_variant_new_from_data(G_VARIANT_TYPE_VARDICT, bytes, (gsize)size, FALSE, g_free, bytes));
        bytes = NULL;
        return g_variant_is_normal_form(packet) ? g_steal_pointer(&packet) : NULL;
}

void
guard_talk_begin(GVariantBuilder *message, const char *event)
{
        g_variant_builder_init(message, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(message, "{sv}", "event", g_variant_new_string(event));
}

gboolean
guard_talk_send(int fd, GVariant *message)
{
        g_autoptr(GVariant) packet = g_variant_ref_sink(message);
        ssize_t sent;

        do
                sent = send(fd, g_variant_get_data(packet), g_variant_get_size(packet), MSG_NOSIGNAL);
        while (sent < 0 && errno == EINTR);
        return sent == (ssize_t)g_variant_get_size(packet);
}

gboolean
guard_talk_send_failed(int fd, const char *why)
{
        GVariantBuilder builder;

        guard_talk_begin(&builder, "failed");
        g_variant_builder_add(&builder, "{sv}", "why", g_variant_new_string(why));
        return guard_talk_send(fd, g_variant_builder_end(&builder));
}

gboolean
guard_talk_is_left(int fd)
{
        guint8 byte;
        ssize_t size = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

        return size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
}
