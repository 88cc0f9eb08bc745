/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transfers/tell.h"

#include <glib/gi18n-lib.h>

#include "common/guard-talk.h"

#define MAX_WAITING 200000

struct TransfersTeller {
        int connection;
        GAsyncQueue *queue; /* of GVariant; the connection itself ends it */
        GThread *thread;
        gboolean full;
};

static gpointer
run(gpointer data)
{
        TransfersTeller *teller = data;
        gboolean good = TRUE;

        for (;;) {
                gpointer message = g_async_queue_pop(teller->queue);

                if (message == teller)
                        return NULL;
                good = good && guard_talk_send(teller->connection, g_variant_ref(message)); /* not floating any more */
                g_variant_unref(message);
        }
}

TransfersTeller *
transfers_teller_new(int connection)
{
        TransfersTeller *teller = g_new0(TransfersTeller, 1);

        teller->connection = connection;
        teller->queue = g_async_queue_new();
        teller->thread = g_thread_new("tell", run, teller);
        return teller;
}

void
transfers_teller_free(TransfersTeller *teller)
{
        g_async_queue_push(teller->queue, teller);
        g_thread_join(teller->thread);
        g_async_queue_unref(teller->queue);
        g_free(teller);
}

GVariant *
transfers_message(const char *event)
{
        GVariantBuilder builder;

        guard_talk_begin(&builder, event);
        return g_variant_builder_end(&builder);
}

GVariant *
transfers_missed(const char *why)
{
        GVariantBuilder builder;

        guard_talk_begin(&builder, "missed");
        g_variant_builder_add(&builder, "{sv}", "why", g_variant_new_string(why));
        return g_variant_builder_end(&builder);
}

void
transfers_teller_say(TransfersTeller *teller, GVariant *message)
{
        gboolean full = g_async_queue_length(teller->queue) >= MAX_WAITING;

        if (full && teller->full) {
                g_variant_unref(g_variant_ref_sink(message));
                return;
        }
        if (full) {
                g_variant_unref(g_variant_ref_sink(message));
                message = transfers_missed(N_("There were more transfers than could be kept"));
        }
        teller->full = full;
        g_async_queue_push(teller->queue, g_variant_ref_sink(message));
}
