/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The queue of messages.
 */
#include "notifier/core/queue.h"
#include <string.h>
#include "notifier/core/saved.h"

#define MISSED_KEY "missed"

typedef enum { WAITING, SHOWING, SHOWN, READ } State;

typedef struct {
        GuardMessage *message;
        State state;
        guint32 id; /* of its popup, 0: none */
        guint tries;
        gint64 told_us; /* when it was put last, or read */
} Entry;

struct GuardQueue {
        GPtrArray *entries; /* of Entry, oldest first */
        guint missed;       /* counted instead of shown */
};

static void
entry_free(gpointer data)
{
        Entry *entry = data;

        guard_message_free(entry->message);
        g_free(entry);
}

GuardQueue *
guard_queue_new(void)
{
        GuardQueue *queue = g_new0(GuardQueue, 1);

        queue->entries = g_ptr_array_new_with_free_func(entry_free);
        return queue;
}

void
guard_queue_free(GuardQueue *queue)
{
        if (!queue)
                return;
        g_ptr_array_unref(queue->entries);
        g_free(queue);
}

static Entry *
find(GuardQueue *queue, const char *key)
{
        for (guint i = 0; i < queue->entries->len; i++) {
                Entry *entry = queue->entries->pdata[i];

                if (g_str_equal(entry->message->key, key))
                        return entry;
        }
        return NULL;
}

static Entry *
find_id(GuardQueue *queue, guint32 id)
{
        for (guint i = 0; id && i < queue->entries->len; i++) {
                Entry *entry = queue->entries->pdata[i];

                if (entry->id == id)
                        return entry;
        }
        return NULL;
}

static gboolean
is_on_screen(const Entry *entry)
{
        return entry->state == SHOWING || entry->state == SHOWN;
}

static guint
count(GuardQueue *queue, gboolean (*is)(const Entry *))
{
        guint n = 0;

        for (guint i = 0; i < queue->entries->len; i++)
                n += is(queue->entries->pdata[i]) ? 1 : 0;
        return n;
}

/* What was read is kept only for the quiet time. */
static void
forget_read(GuardQueue *queue, gint64 now_us)
{
        for (guint i = queue->entries->len; i-- > 0;) {
                const Entry *entry = queue->entries->pdata[i];

                if (entry->state == READ && now_us - entry->told_us >= GUARD_QUEUE_QUIET_US)
                        g_ptr_array_remove_index(queue->entries, i);
        }
}

static gboolean
says_the_same(const GuardMessage *a, const GuardMessage *b)
{
        return g_str_equal(a->title, b->title) && g_str_equal(a->body, b->body) && a->critical == b->critical;
}

static void
take_place(Entry *entry, GuardMessage *message, gint64 now_us)
{
        gboolean quiet = entry->state != WAITING && says_the_same(entry->message, message) && now_us - entry->told_us < GUARD_QUEUE_QUIET_US;

        guard_message_free(entry->message);
        entry->message = message;
        if (quiet)
                return;
        entry->told_us = now_us;
        entry->state = WAITING;
        entry->tries = 0;
}

void
guard_queue_put(GuardQueue *queue, GuardMessage *message, gint64 now_us)
{
        Entry *entry;

        forget_read(queue, now_us);
        entry = find(queue, message->key);
        if (entry) {
                take_place(entry, message, now_us);
                return;
        }
        entry = g_new0(Entry, 1);
        entry->message = message;
        entry->told_us = now_us;
        g_ptr_array_add(queue->entries, entry);
}

static Entry *
first_waiting(GuardQueue *queue)
{
        Entry *first = NULL;

        for (guint i = 0; i < queue->entries->len; i++) {
                Entry *entry = queue->entries->pdata[i];

                if (entry->state == WAITING && (!first || (entry->message->critical && !first->message->critical)))
                        first = entry;
        }
        return first;
}

void
guard_queue_miss(GuardQueue *queue, guint n, gint64 now_us)
{
        if (n == 0)
                return;
        queue->missed += n;
        guard_queue_put(queue, guard_message_of_missed(queue->missed), now_us);
}

static gboolean
is_summary(const Entry *entry)
{
        return g_str_equal(entry->message->key, MISSED_KEY);
}

const GuardMessage *
guard_queue_next(GuardQueue *queue, guint32 *replaces)
{
        Entry *entry;

        while ((entry = first_waiting(queue)) != NULL) {
                if (entry->message->critical || entry->id || is_summary(entry) || count(queue, is_on_screen) < GUARD_QUEUE_MAX_SHOWN)
                        break;
                gint64 told_us = entry->told_us;

                g_ptr_array_remove(queue->entries, entry);
                guard_queue_miss(queue, 1, told_us);
        }
        if (!entry)
                return NULL;
        entry->state = SHOWING;
        *replaces = entry->id;
        return entry->message;
}

void
guard_queue_shown(GuardQueue *queue, const char *key, guint32 id)
{
        Entry *entry = find(queue, key);

        if (!entry)
                return;
        entry->id = id;
        if (entry->state == SHOWING) /* else it was put again meanwhile, and waits with this popup to replace */
                entry->state = SHOWN;
}

void
guard_queue_lost_server(GuardQueue *queue)
{
        for (guint i = queue->entries->len; i-- > 0;) {
                Entry *entry = queue->entries->pdata[i];

                entry->id = 0;
                if (entry->state == SHOWING || (entry->state == SHOWN && entry->message->critical))
                        entry->state = WAITING;
                else if (entry->state == SHOWN)
                        g_ptr_array_remove_index(queue->entries, i);
        }
}

gboolean
guard_queue_closed(GuardQueue *queue, guint32 id, GuardClosed how, gint64 now_us)
{
        Entry *entry = find_id(queue, id);

        if (!entry)
                return FALSE;
        entry->id = 0;
        if (is_summary(entry))
                queue->missed = 0;
        if (entry->state == WAITING)
                return TRUE;
        if (entry->message->critical && how != GUARD_CLOSED_READ && how != GUARD_CLOSED_BY_CALL && ++entry->tries < GUARD_QUEUE_MAX_TRIES) {
                entry->state = WAITING;
                return TRUE;
        }
        entry->state = READ;
        entry->told_us = now_us;
        return TRUE;
}

const GuardMessage *
guard_queue_find_id(GuardQueue *queue, guint32 id)
{
        const Entry *entry = find_id(queue, id);

        return entry ? entry->message : NULL;
}

const GuardMessage *
guard_queue_find_key(GuardQueue *queue, const char *key)
{
        const Entry *entry = find(queue, key);

        return entry ? entry->message : NULL;
}

guint32
guard_queue_withdraw(GuardQueue *queue, const char *key)
{
        Entry *entry = find(queue, key);
        guint32 id = entry ? entry->id : 0;

        if (entry)
                g_ptr_array_remove(queue->entries, entry);
        return id;
}

GArray *
guard_queue_withdraw_device(GuardQueue *queue, const char *device)
{
        GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint32));

        for (guint i = queue->entries->len; i-- > 0;) {
                const Entry *entry = queue->entries->pdata[i];

                if (entry->message->critical || g_strcmp0(entry->message->device, device) != 0 || !entry->message->can_eject)
                        continue;
                if (entry->id)
                        g_array_append_val(ids, entry->id);
                g_ptr_array_remove_index(queue->entries, i);
        }
        return ids;
}

GArray *
guard_queue_on_screen(GuardQueue *queue)
{
        GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint32));

        for (guint i = 0; i < queue->entries->len; i++) {
                const Entry *entry = queue->entries->pdata[i];

                if (entry->id)
                        g_array_append_val(ids, entry->id);
        }
        return ids;
}

static gboolean
is_waiting(const Entry *entry)
{
        return entry->state == WAITING;
}

static gboolean
is_unread(const Entry *entry)
{
        return entry->state == WAITING || entry->state == SHOWING || (entry->state == SHOWN && entry->message->critical);
}

guint
guard_queue_waiting(GuardQueue *queue)
{
        return count(queue, is_waiting);
}

guint
guard_queue_unread(GuardQueue *queue)
{
        return count(queue, is_unread);
}

GVariant *
guard_queue_save(GuardQueue *queue)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
        for (guint i = 0; i < queue->entries->len; i++) {
                const Entry *entry = queue->entries->pdata[i];

                /* An alarm or a countdown is told anew by guardd where it still holds. */
                if (is_unread(entry) && !is_summary(entry) && entry->message->seq)
                        g_variant_builder_add_value(&builder, guard_message_save(entry->message));
        }
        return g_variant_builder_end(&builder);
}

void
guard_queue_restore(GuardQueue *queue, GVariant *saved, guint max, gint64 now_us)
{
        gsize n = g_variant_n_children(saved), skipped = n > max ? n - max : 0;

        guard_queue_miss(queue, (guint)skipped, now_us);
        for (gsize i = skipped; i < n; i++) {
                g_autoptr(GVariant) one = g_variant_get_child_value(saved, i);
                GuardMessage *message = guard_message_restore(one);

                if (message)
                        guard_queue_put(queue, message, now_us);
        }
}
