/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-transfers: started by systemd for one drive, with guardd at the other end of its standard input. Ends with that.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/guard-talk.h"
#include "common/guard-text.h"
#include "transfers/tell.h"
#include "transfers/watch.h"

#define CONNECTION STDIN_FILENO
#define MAX_PATH 1000
#define MAX_NAME 100

static void
add_text(GVariantBuilder *builder, const char *key, const char *raw, gsize max)
{
        g_autofree char *text = guard_text_display(raw, max);

        g_variant_builder_add(builder, "{sv}", key, g_variant_new_string(text));
}

static void
seen(const Transfer *transfer, gpointer data)
{
        GVariantBuilder builder;

        guard_talk_begin(&builder, "transfer");
        g_variant_builder_add(&builder, "{sv}", "direction", g_variant_new_string(transfer->written ? "write" : "read"));
        g_variant_builder_add(&builder, "{sv}", "size", g_variant_new_uint64(transfer->size));
        add_text(&builder, "path", transfer->path, MAX_PATH);
        add_text(&builder, "digest", transfer->digest, MAX_NAME);
        add_text(&builder, "user", transfer->who->user, MAX_NAME);
        add_text(&builder, "program", transfer->who->program, MAX_NAME);
        transfers_teller_say(data, g_variant_builder_end(&builder));
}

static void
missed(const char *why, gpointer data)
{
        transfers_teller_say(data, transfers_missed(why));
}

/* FALSE: it is no order. Strings stay @packet's. */
static gboolean
read_job(GVariant *packet, TransfersWanted *wanted)
{
        const char *event = "", *disk = "";

        g_variant_lookup(packet, "event", "&s", &event);
        g_variant_lookup(packet, "disk", "&s", &disk);
        g_variant_lookup(packet, "reads", "b", &wanted->reads);
        g_variant_lookup(packet, "writes", "b", &wanted->writes);
        g_variant_lookup(packet, "digest_size", "t", &wanted->digest_size);
        wanted->disk = disk;
        return strcmp(event, "job") == 0 && *disk != '\0' && strchr(disk, '/') == NULL;
}

static int
record(const TransfersWanted *wanted, TransfersTeller *teller)
{
        g_autoptr(GError) error = NULL;
        TransfersWatch *watch = transfers_watch_new(wanted, &error);

        if (watch == NULL) {
                (void)guard_talk_send_failed(CONNECTION, error->message);
                return 1;
        }
        transfers_teller_say(teller, transfers_message("ready"));
        transfers_watch_run(watch, CONNECTION);
        transfers_watch_free(watch);
        return 0;
}

int
main(int argc, char **argv)
{
        TransfersWanted wanted = {.seen = seen, .missed = missed};
        g_autoptr(GVariant) packet = NULL;
        int status;

        (void)argv;
        if (argc != 1) {
                fputs("guard-transfers is started by baomi-guard-transfers.socket only\n", stderr);
                return 2;
        }
        packet = guard_talk_receive(CONNECTION);
        if (packet == NULL || !read_job(packet, &wanted))
                return 1;
        wanted.data = transfers_teller_new(CONNECTION);
        status = record(&wanted, wanted.data);
        transfers_teller_free(wanted.data);
        return status;
}
