/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The on-media mark: what is signed for one drive counts there and nowhere else, and no byte of it can be another.
 */
#include <glib/gstdio.h>
#include <string.h>
#include "registry/mark.h"

typedef struct {
        char *folder;
        GPtrArray *keys;
        GuardKey *key[GUARD_N_ALGORITHMS], *stranger;
} Fixture;

static GuardKey *
new_key(Fixture *f, GuardAlgorithm algorithm, const char *name, gboolean trusted)
{
        g_autofree char *private = g_strdup_printf("%s/%s.key", f->folder, name);
        g_autofree char *public = g_strdup_printf("%s/%s.pem", f->folder, name);
        GuardKey *key;

        g_assert_true(guard_key_generate(algorithm, private, public, NULL, NULL));
        key = guard_key_load_private(private, NULL);
        g_assert_nonnull(key);
        if (trusted)
                g_ptr_array_add(f->keys, guard_key_load_public(public, NULL));
        g_unlink(private);
        g_unlink(public);
        return key;
}

static void
set_up(Fixture *f, gconstpointer data)
{
        (void)data;
        f->folder = g_dir_make_tmp("mark-XXXXXX", NULL);
        f->keys = g_ptr_array_new_with_free_func((GDestroyNotify)guard_key_free);
        f->key[GUARD_ALGORITHM_ED25519] = new_key(f, GUARD_ALGORITHM_ED25519, "ed", TRUE);
        f->key[GUARD_ALGORITHM_SM2] = new_key(f, GUARD_ALGORITHM_SM2, "sm", TRUE);
        f->stranger = new_key(f, GUARD_ALGORITHM_ED25519, "stranger", FALSE);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
        (void)data;
        for (guint i = 0; i < GUARD_N_ALGORITHMS; i++)
                guard_key_free(f->key[i]);
        guard_key_free(f->stranger);
        g_ptr_array_unref(f->keys);
        g_rmdir(f->folder);
        g_free(f->folder);
}

static GuardMedium *
stick(const char *serial, guint64 size)
{
        GuardMedium *medium = guard_medium_new();

        medium->usb = guard_usb_facts_new();
        medium->usb->vendor_id = 0x0951;
        medium->usb->product_id = 0x1666;
        medium->usb->serial = g_strdup(serial);
        medium->block = guard_block_facts_new();
        medium->block->size = size;
        medium->block->probe = GUARD_PROBE_OK;
        return medium;
}

static char *
make(const GuardMedium *medium, const GuardKey *key)
{
        GuardMark mark = {(char *)"LY-017 机要", GUARD_LEVEL_SECRET, 1764000000 * (gint64)G_USEC_PER_SEC, ""};
        g_autoptr(GError) error = NULL;
        char *text;

        g_assert_true(guard_mark_binding(medium, mark.binding));
        text = guard_mark_make(&mark, key, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(strlen(text), <, GUARD_MARK_BLOCK);
        return text;
}

static void
test_valid(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardMedium) medium = stick("AB12CD34EF", 1 << 25);

        (void)data;
        for (guint i = 0; i < GUARD_N_ALGORITHMS; i++) {
                g_autoptr(GuardRegistryAnswer) answer = guard_registry_answer_new(GUARD_REGISTRY_ABSENT);
                const GuardEntry *entry;
                GuardMark read = {0};

                g_free(medium->block->mark);
                medium->block->mark = make(medium, f->key[i]);
                g_assert_cmpint(guard_mark_judge(medium->block->mark, medium, f->keys, &read), ==, GUARD_MARK_VALID);
                g_assert_cmpstr(read.media_id, ==, "LY-017 机要");
                g_assert_cmpint(read.level, ==, GUARD_LEVEL_SECRET);
                g_assert_cmpint(read.issued_us, ==, 1764000000 * (gint64)G_USEC_PER_SEC);
                guard_mark_clear(&read);
                guard_mark_add_to_answer(answer, medium, f->keys);
                g_assert_cmpint(answer->mark, ==, GUARD_MARK_VALID);
                g_assert_cmpuint(answer->entries->len, ==, 1);
                entry = g_ptr_array_index(answer->entries, 0);
                g_assert_cmpstr(entry->media_id, ==, "LY-017 机要");
                g_assert_cmpint(entry->match[GUARD_ID_MARK], ==, GUARD_MATCH_YES);
        }
}

static void
test_copied(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardMedium) right = stick("AB12CD34EF", 1 << 25);
        g_autoptr(GuardMedium) serial = stick("AB12CD34EE", 1 << 25);
        g_autoptr(GuardMedium) size = stick("AB12CD34EF", 1 << 24);
        g_autoptr(GuardMedium) none = stick(NULL, 1 << 25);
        g_autofree char *text = make(right, f->key[0]);
        const GuardMedium *const others[] = {serial, size, none};

        (void)data;
        for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
                g_assert_cmpint(guard_mark_judge(text, others[i], f->keys, NULL), ==, GUARD_MARK_COPIED);
        /* Spelt otherwise by another system, it is the same drive. */
        g_free(serial->usb->serial);
        serial->usb->serial = g_strdup(" ab12cd34ef ");
        g_assert_cmpint(guard_mark_judge(text, serial, f->keys, NULL), ==, GUARD_MARK_VALID);
}

/* Any byte changed, and any end cut off, is a forgery, for a copied one as well. */
static void
test_every_byte(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardMedium) medium = stick("AB12CD34EF", 1 << 25);
        g_autofree char *text = make(medium, f->key[0]);
        gsize size = strlen(text);

        (void)data;
        for (gsize i = 0; i < size; i++) {
                g_autofree char *changed = g_strdup(text);
                g_autofree char *cut = g_strndup(text, i);

                changed[i] ^= 1;
                g_assert_cmpint(guard_mark_judge(changed, medium, f->keys, NULL), ==, GUARD_MARK_FORGED);
                g_assert_cmpint(guard_mark_judge(cut, medium, f->keys, NULL), ==, GUARD_MARK_FORGED);
        }
        g_assert_cmpint(guard_mark_judge(NULL, medium, f->keys, NULL), ==, GUARD_MARK_NONE);
}

static void
test_strangers(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardMedium) medium = stick("AB12CD34EF", 1 << 25);
        g_autoptr(GuardRegistryAnswer) answer = guard_registry_answer_new(GUARD_REGISTRY_GOOD);
        g_autofree char *good = make(medium, f->key[0]);
        g_autofree char *twice = g_strconcat(good, "signature=00\n", NULL);
        GuardMark bad = {(char *)"a\nlevel=none", GUARD_LEVEL_NONE, 0, ""};

        (void)data;
        medium->block->mark = make(medium, f->stranger);
        guard_mark_add_to_answer(answer, medium, f->keys);
        g_assert_cmpint(answer->mark, ==, GUARD_MARK_FORGED);
        g_assert_cmpuint(answer->entries->len, ==, 0);
        g_assert_cmpint(guard_mark_judge(good, medium, NULL, NULL), ==, GUARD_MARK_FORGED); /* no key is trusted */
        g_assert_cmpint(guard_mark_judge(twice, medium, f->keys, NULL), ==, GUARD_MARK_FORGED);
        g_assert_null(guard_mark_make(&bad, f->key[0], NULL)); /* a line of its own */
}

#define ADD(path, function) g_test_add("/registry/mark/" path, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("valid", test_valid);
        ADD("copied", test_copied);
        ADD("every-byte", test_every_byte);
        ADD("strangers", test_strangers);
        return g_test_run();
}
