/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The queue with a clock that the test holds: one message a key, quiet twins, critical ones until read, and
 * nothing unread is lost when the server goes or the session ends.
 */
#include <string.h>
#include "notifier/core/queue.h"

#define SECOND G_USEC_PER_SEC

static GuardMessage *
message_of(const char *key, const char *body, gboolean critical)
{
        GuardMessage *message = g_new0(GuardMessage, 1);

        message->key = g_strdup(key);
        message->title = g_strdup("title");
        message->body = g_strdup(body);
        message->critical = critical;
        message->seq = 1;
        return message;
}

static void
put(GuardQueue *queue, const char *key, const char *body, gint64 seconds)
{
        guard_queue_put(queue, message_of(key, body, *key == '!'), seconds * SECOND);
}

/* The next one is @key, replacing @replaces, and is shown as popup @id. */
static void
assert_next(GuardQueue *queue, const char *key, guint32 replaces, guint32 id)
{
        guint32 place = G_MAXUINT32;
        const GuardMessage *message = guard_queue_next(queue, &place);

        g_assert_nonnull(message);
        g_assert_cmpstr(message->key, ==, key);
        g_assert_cmpuint(place, ==, replaces);
        guard_queue_shown(queue, key, id);
        g_assert_true(guard_queue_find_id(queue, id) == guard_queue_find_key(queue, key));
}

static void
assert_nothing(GuardQueue *queue)
{
        guint32 place;

        g_assert_null(guard_queue_next(queue, &place));
}

static void
test_order(void)
{
        g_autoptr(GuardQueue) queue = guard_queue_new();

        put(queue, "a", "1", 0);
        put(queue, "b", "1", 0);
        put(queue, "!c", "1", 0);
        g_assert_cmpuint(guard_queue_waiting(queue), ==, 3);
        assert_next(queue, "!c", 0, 1);
        assert_next(queue, "a", 0, 2);
        assert_next(queue, "b", 0, 3);
        assert_nothing(queue);
}

static void
test_replaced_in_place(void)
{
        g_autoptr(GuardQueue) queue = guard_queue_new();

        put(queue, "a", "device", 0);
        put(queue, "a", "disk", 0); /* before it was shown: one message */
        assert_next(queue, "a", 0, 7);
        assert_nothing(queue);
        put(queue, "a", "disk", 1); /* the second stage says the same: quiet */
        assert_nothing(queue);
        put(queue, "a", "more", 1); /* says more: in place */
        assert_next(queue, "a", 7, 7);
        put(queue, "a", "more", 1 + 5); /* plugged once more: told again, in place */
        assert_next(queue, "a", 7, 8);
        g_assert_true(guard_queue_closed(queue, 8, GUARD_CLOSED_READ, 7 * SECOND));
        put(queue, "a", "more", 8); /* just read */
        assert_nothing(queue);
        put(queue, "a", "more", 13);
        assert_next(queue, "a", 0, 9);
}

/* Put again while the server has not yet answered: it is shown once more, in the place of the first. */
static void
test_put_while_showing(void)
{
        g_autoptr(GuardQueue) queue = guard_queue_new();
        guint32 place;

        put(queue, "a", "1", 0);
        g_assert_nonnull(guard_queue_next(queue, &place));
        put(queue, "a", "2", 0);
        guard_queue_shown(queue, "a", 4);
        assert_next(queue, "a", 4, 4);
        assert_nothing(queue);
}

static void
test_critical_until_read(void)
{
        g_autoptr(GuardQueue) queue = guard_queue_new();

        put(queue, "!a", "1", 0);
        put(queue, "b", "1", 0);
        assert_next(queue, "!a", 0, 1);
        assert_next(queue, "b", 0, 2);
        g_assert_cmpuint(guard_queue_unread(queue), ==, 1);
        g_assert_true(guard_queue_closed(queue, 2, GUARD_CLOSED_EXPIRED, SECOND));
        g_assert_true(guard_queue_closed(queue, 1, GUARD_CLOSED_EXPIRED, SECOND));
        assert_next(queue, "!a", 0, 3); /* nobody read it */
        assert_nothing(queue);
        g_assert_true(guard_queue_closed(queue, 3, GUARD_CLOSED_UNKNOWN, SECOND));
        assert_next(queue, "!a", 0, 4);
        g_assert_true(guard_queue_closed(queue, 4, GUARD_CLOSED_EXPIRED, SECOND)); /* a server that insists */
        assert_nothing(queue);
        g_assert_false(guard_queue_closed(queue, 4, GUARD_CLOSED_READ, SECOND));
        g_assert_false(guard_queue_closed(queue, 99, GUARD_CLOSED_READ, SECOND)); /* another program's */
        g_assert_false(guard_queue_closed(queue, 0, GUARD_CLOSED_READ, SECOND));
}

static void
test_server_lost(void)
{
        g_autoptr(GuardQueue) queue = guard_queue_new();
        guint32 place;

        put(queue, "!a", "1", 0);
        put(queue, "b", "1", 0);
        put(queue, "c", "1", 0);
        assert_next(queue, "!a", 0, 1);
        assert_next(queue, "b", 0, 2);
        g_assert_nonnull(guard_queue_next(queue, &place)); /* c: on its way */
        guard_queue_lost_server(queue);
        g_assert_cmpuint(guard_queue_waiting(queue), ==, 2);
        assert_next(queue, "!a", 0, 1);
        assert_next(queue, "c", 0, 2);
        assert_nothing(queue);
}

/* A hub with many drives is no storm: critical ones are all told, of the others a number. */
static void
test_no_noise(void)
{
        g_autoptr(GuardQueue) queue = guard_queue_new();
        guint32 place;

        for (guint i = 0; i < 10; i++) {
                g_autofree char *key = g_strdup_printf("k%u", i);

                put(queue, key, "1", 0);
        }
        for (guint i = 0; i < GUARD_QUEUE_MAX_SHOWN; i++) {
                const GuardMessage *message = guard_queue_next(queue, &place);

                guard_queue_shown(queue, message->key, i + 1);
        }
        assert_next(queue, "missed", 0, 20);
        g_assert_nonnull(strstr(guard_queue_find_key(queue, "missed")->body, "4"));
        assert_nothing(queue);
        put(queue, "!x", "1", 0);
        assert_next(queue, "!x", 0, 21);
        put(queue, "late", "1", 0);
        assert_next(queue, "missed", 20, 20); /* counted on, in place */
        g_assert_nonnull(strstr(guard_queue_find_key(queue, "missed")->body, "5"));
        assert_nothing(queue);
}

static void
test_withdrawn(void)
{
        g_autoptr(GuardQueue) queue = guard_queue_new();
        g_autoptr(GArray) ids = NULL;
        const char *const keys[] = {"1-2/read-only", "1-2/refuse", "1-3/read-only"};

        for (guint i = 0; i < 3; i++) {
                GuardMessage *message = message_of(keys[i], "1", FALSE);

                message->device = g_strndup(keys[i], 3);
                message->can_eject = i != 1;
                guard_queue_put(queue, message, 0);
                assert_next(queue, keys[i], 0, i + 1);
        }
        ids = guard_queue_withdraw_device(queue, "1-2");
        g_assert_cmpuint(ids->len, ==, 1);
        g_assert_cmpuint(g_array_index(ids, guint32, 0), ==, 1);
        g_assert_nonnull(guard_queue_find_key(queue, "1-2/refuse")); /* why it was refused is still worth reading */
        g_assert_cmpuint(guard_queue_withdraw(queue, "1-3/read-only"), ==, 3);
        g_assert_cmpuint(guard_queue_withdraw(queue, "1-3/read-only"), ==, 0);
}

static void
test_saved(void)
{
        g_autoptr(GuardQueue) queue = guard_queue_new();
        g_autoptr(GuardQueue) next = guard_queue_new();
        g_autoptr(GuardQueue) few = guard_queue_new();
        g_autoptr(GVariant) saved = NULL;
        GuardMessage *alarm = message_of("!alarm", "1", TRUE);

        alarm->seq = 0;
        guard_queue_put(queue, alarm, 0);
        put(queue, "!a", "1", 0);
        put(queue, "b", "1", 0);
        put(queue, "c", "1", 0);
        put(queue, "!d", "1", 0);
        assert_next(queue, "!alarm", 0, 1);
        assert_next(queue, "!a", 0, 2); /* on screen, not read */
        assert_next(queue, "!d", 0, 3);
        assert_next(queue, "b", 0, 4); /* on screen; that is enough for it */
        guard_queue_closed(queue, 3, GUARD_CLOSED_READ, 0);
        saved = g_variant_ref_sink(guard_queue_save(queue));
        g_assert_cmpuint(g_variant_n_children(saved), ==, 2);

        guard_queue_restore(next, saved, 5, 0);
        assert_next(next, "!a", 0, 1);
        assert_next(next, "c", 0, 2);
        assert_nothing(next);
        guard_queue_restore(few, saved, 1, 0);
        assert_next(few, "missed", 0, 1);
        assert_next(few, "c", 0, 2);
        assert_nothing(few);
}

/* A file that somebody else wrote into cannot make a popup lie in markup. */
static void
test_restored_clean(void)
{
        g_autoptr(GVariant) saved = g_variant_ref_sink(g_variant_new_parsed(
                "[{'key': <'k'>, 'title': <'<b>t</b>'>, 'body': <'x\u202ey\\n<a href=1>z'>, 'seq': <@t 1>},"
                " {'key': <'no body'>, 'title': <'t'>}, {'key': <@u 7>, 'title': <'t'>, 'body': <'b'>}, @a{sv} {}]"));
        g_autoptr(GuardQueue) queue = guard_queue_new();
        const GuardMessage *message;
        guint32 place;

        guard_queue_restore(queue, saved, 5, 0);
        message = guard_queue_next(queue, &place);
        g_assert_nonnull(message);
        g_assert_null(strpbrk(message->title, "<>&"));
        g_assert_null(strpbrk(message->body, "<>&\n"));
        g_assert_null(strstr(message->body, "\u202e"));
        assert_nothing(queue);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/queue/order", test_order);
        g_test_add_func("/queue/replaced-in-place", test_replaced_in_place);
        g_test_add_func("/queue/put-while-showing", test_put_while_showing);
        g_test_add_func("/queue/critical-until-read", test_critical_until_read);
        g_test_add_func("/queue/server-lost", test_server_lost);
        g_test_add_func("/queue/no-noise", test_no_noise);
        g_test_add_func("/queue/withdrawn", test_withdrawn);
        g_test_add_func("/queue/saved", test_saved);
        g_test_add_func("/queue/restored-clean", test_restored_clean);
        return g_test_run();
}
