/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sort keys of the C library's collation, kept by text. What is sorted in the end are small
 * numbers: comparing keys row by row would be most of the time of a long list.
 */
#include "station/collate.h"

#include <stdlib.h>
#include <string.h>

#define KEPT_MAX 400000u /* about 60 MiB; a list may go over it, the next one begins anew */

typedef struct {
        char *key;
        guint number; /* among the texts of this list; 0: not one of them */
        guint list;   /* the list that the number is of */
} Key;

struct GuardCollator {
        GMutex lock;
        GHashTable *keys; /* text: Key */
        GPtrArray *used;  /* Key of this list, by number - 1; borrowed */
        guint list;
};

static void
key_free(gpointer data)
{
        Key *key = data;

        g_free(key->key);
        g_free(key);
}

GuardCollator *
guard_collator_new(void)
{
        GuardCollator *collator = g_new0(GuardCollator, 1);

        g_mutex_init(&collator->lock);
        collator->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, key_free);
        collator->used = g_ptr_array_new();
        return collator;
}

void
guard_collator_free(GuardCollator *collator)
{
        if (collator == NULL)
                return;
        g_ptr_array_unref(collator->used);
        g_hash_table_unref(collator->keys);
        g_mutex_clear(&collator->lock);
        g_free(collator);
}

void
guard_collator_begin(GuardCollator *collator)
{
        g_mutex_lock(&collator->lock);
        if (g_hash_table_size(collator->keys) > KEPT_MAX)
                g_hash_table_remove_all(collator->keys);
        g_ptr_array_set_size(collator->used, 0);
        collator->list++;
}

guint
guard_collator_add(GuardCollator *collator, const char *text)
{
        Key *key;

        if (text == NULL)
                return 0;
        key = g_hash_table_lookup(collator->keys, text);
        if (key == NULL) {
                key = g_new0(Key, 1);
                key->key = g_utf8_collate_key(text, -1);
                g_hash_table_insert(collator->keys, g_strdup(text), key);
        }
        if (key->list != collator->list) {
                g_ptr_array_add(collator->used, key);
                key->number = collator->used->len;
                key->list = collator->list;
        }
        return key->number;
}

static int
compare_keys(gconstpointer a, gconstpointer b)
{
        return strcmp((*(const Key *const *)a)->key, (*(const Key *const *)b)->key);
}

static int
compare_rows(const void *a, const void *b)
{
        const GuardCollated *one = a, *other = b;

        if (one->rank != other->rank)
                return one->rank < other->rank ? -1 : 1;
        return one->row < other->row ? -1 : one->row > other->row;
}

static void
reverse(GuardCollated *rows, gsize n)
{
        for (gsize i = 0; i < n / 2; i++) {
                GuardCollated row = rows[i];

                rows[i] = rows[n - 1 - i];
                rows[n - 1 - i] = row;
        }
}

void
guard_collator_end(GuardCollator *collator, GuardCollated *rows, gsize n, gboolean descending)
{
        g_autofree guint *ranks = g_new0(guint, collator->used->len + 1); /* by number */

        g_ptr_array_sort(collator->used, compare_keys);
        for (guint i = 0; i < collator->used->len; i++) {
                const Key *key = g_ptr_array_index(collator->used, i), *before;

                /* texts that the language takes for the same stand among each other by row */
                before = i > 0 ? g_ptr_array_index(collator->used, i - 1) : NULL;
                ranks[key->number] = before != NULL && strcmp(before->key, key->key) == 0
                                             ? ranks[before->number]
                                             : i + 1;
        }
        for (gsize i = 0; i < n; i++)
                rows[i].rank = ranks[rows[i].rank];
        g_mutex_unlock(&collator->lock);
        qsort(rows, n, sizeof *rows, compare_rows);
        if (descending)
                reverse(rows, n);
}

guint
guard_collator_kept(GuardCollator *collator)
{
        guint n;

        g_mutex_lock(&collator->lock);
        n = g_hash_table_size(collator->keys);
        g_mutex_unlock(&collator->lock);
        return n;
}
