/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The file of one user. One GVariant in text form: readable, and its parser believes nothing.
 */
#include "notifier/core/store.h"
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_FILE (1024 * 1024)

static GVariant *
empty_list(void)
{
        return g_variant_ref_sink(g_variant_new("aa{sv}", NULL));
}

static char *
usual_folder(void)
{
        const char *state = g_getenv("XDG_STATE_HOME");

        if (state && g_path_is_absolute(state))
                return g_build_filename(state, "baomi-guard", NULL);
        return g_build_filename(g_get_home_dir(), ".local", "state", "baomi-guard", NULL);
}

static GVariant *
read_file(const char *path)
{
        g_autofree char *text = NULL;
        gsize length;
        GStatBuf status;

        if (g_stat(path, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > MAX_FILE ||
            !g_file_get_contents(path, &text, &length, NULL))
                return NULL;
        return g_variant_parse(G_VARIANT_TYPE_VARDICT, text, text + length, NULL, NULL);
}

static void
replace(GVariant **place, GVariant *value)
{
        GVariant *old = *place;

        *place = g_variant_ref_sink(value);
        if (old)
                g_variant_unref(old);
}

GuardStore *
guard_store_open(const char *folder)
{
        GuardStore *store = g_new0(GuardStore, 1);
        g_autofree char *usual = folder ? g_strdup(folder) : usual_folder();
        g_autoptr(GVariant) file = NULL;

        store->path = g_build_filename(usual, "notifier", NULL);
        file = read_file(store->path);
        if (file) {
                g_variant_lookup(file, "seen_seq", "t", &store->seen_seq);
                g_variant_lookup(file, "seen_time", "s", &store->seen_time);
                store->unread = g_variant_lookup_value(file, "unread", G_VARIANT_TYPE("aa{sv}"));
                store->history = g_variant_lookup_value(file, "history", G_VARIANT_TYPE("aa{sv}"));
        }
        if (!store->unread)
                store->unread = empty_list();
        if (!store->history)
                store->history = empty_list();
        return store;
}

void
guard_store_free(GuardStore *store)
{
        if (!store)
                return;
        g_free(store->path);
        g_free(store->seen_time);
        g_variant_unref(store->unread);
        g_variant_unref(store->history);
        g_free(store);
}

void
guard_store_set_unread(GuardStore *store, GVariant *unread)
{
        replace(&store->unread, unread);
}

static guint64
seq_of(GVariant *record)
{
        guint64 seq = 0;

        g_variant_lookup(record, "seq", "t", &seq);
        return seq;
}

static gboolean
has(GVariant *records, GVariant *record)
{
        for (gsize i = g_variant_n_children(records); i-- > 0;) {
                g_autoptr(GVariant) one = g_variant_get_child_value(records, i);

                if (seq_of(one) == seq_of(record))
                        return TRUE;
        }
        return FALSE;
}

void
guard_store_add_history(GuardStore *store, GVariant *records)
{
        g_autoptr(GVariant) added = g_variant_ref_sink(records);
        g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
        guint skipped;

        for (gsize i = 0; i < g_variant_n_children(store->history); i++) {
                GVariant *one = g_variant_get_child_value(store->history, i);

                if (has(added, one))
                        g_variant_unref(one);
                else
                        g_ptr_array_add(all, one);
        }
        for (gsize i = 0; i < g_variant_n_children(added); i++)
                g_ptr_array_add(all, g_variant_get_child_value(added, i));
        skipped = all->len > GUARD_STORE_MAX_HISTORY ? all->len - GUARD_STORE_MAX_HISTORY : 0;
        replace(&store->history, g_variant_new_array(G_VARIANT_TYPE_VARDICT, (GVariant *const *)all->pdata + skipped, all->len - skipped));
}

/* RFC 3339 of one machine; its zone may change, so the moments are compared. */
static gint
compare_times(const char *a, const char *b)
{
        g_autoptr(GDateTime) one = g_date_time_new_from_iso8601(a, NULL);
        g_autoptr(GDateTime) other = g_date_time_new_from_iso8601(b, NULL);

        return one && other ? g_date_time_compare(one, other) : g_strcmp0(a, b);
}

gboolean
guard_store_is_seen(const GuardStore *store, guint64 seq, const char *time)
{
        if (!store->seen_time)
                return FALSE;
        return seq <= store->seen_seq && (!time || compare_times(time, store->seen_time) <= 0);
}

gboolean
guard_store_see(GuardStore *store, guint64 seq, const char *time)
{
        if (!seq || !time || guard_store_is_seen(store, seq, time))
                return FALSE;
        store->seen_seq = seq;
        g_free(store->seen_time);
        store->seen_time = g_strdup(time);
        return TRUE;
}

gboolean
guard_store_write(const GuardStore *store, GError **error)
{
        g_autofree char *folder = g_path_get_dirname(store->path), *text = NULL;
        g_autoptr(GVariant) file = NULL;
        GVariantDict dict;
        mode_t before;
        gboolean done;

        g_variant_dict_init(&dict, NULL);
        g_variant_dict_insert(&dict, "seen_seq", "t", store->seen_seq);
        if (store->seen_time)
                g_variant_dict_insert(&dict, "seen_time", "s", store->seen_time);
        g_variant_dict_insert_value(&dict, "unread", store->unread);
        g_variant_dict_insert_value(&dict, "history", store->history);
        file = g_variant_ref_sink(g_variant_dict_end(&dict));
        text = g_variant_print(file, TRUE);
        /* Which drives somebody uses is nobody else's business. */
        before = umask(077);
        done = g_mkdir_with_parents(folder, 0700) == 0 || g_file_test(folder, G_FILE_TEST_IS_DIR);
        done = done && g_file_set_contents(store->path, text, -1, error);
        umask(before);
        if (!done && error && !*error)
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: cannot be made", folder);
        return done;
}
