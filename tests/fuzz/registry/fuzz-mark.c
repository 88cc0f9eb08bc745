/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * On-media marks. The first byte says which: a text found on a drive, which nobody has signed and which is never anything but a
 * forgery; or a media id that a person typed, which is either refused or read back as it was.
 */
#include <glib/gstdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "registry/mark.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static GuardKey *key;
static GPtrArray *keys;
static GuardMedium *medium;

static void
prepare(void)
{
        g_autofree char *folder = g_dir_make_tmp("fuzz-mark-XXXXXX", NULL);
        g_autofree char *private = g_build_filename(folder, "key", NULL);
        g_autofree char *public = g_build_filename(folder, "pem", NULL);

        if (!guard_key_generate(GUARD_ALGORITHM_ED25519, private, public, NULL, NULL))
                abort();
        key = guard_key_load_private(private, NULL);
        keys = g_ptr_array_new();
        g_ptr_array_add(keys, guard_key_load_public(public, NULL));
        g_unlink(private);
        g_unlink(public);
        g_rmdir(folder);
        medium = guard_medium_new();
        medium->usb = guard_usb_facts_new();
        medium->usb->serial = g_strdup("AB12CD34EF");
        medium->block = guard_block_facts_new();
        medium->block->size = 1 << 25;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = size > 0 ? g_strndup((const char *)data + 1, size - 1) : NULL;
        g_autofree char *made = NULL;
        GuardMark mark = {text, GUARD_LEVEL_SECRET, 1764000000 * (gint64)G_USEC_PER_SEC, ""}, read = {0};

        if (!key)
                prepare();
        if (!text)
                return 0;
        if (data[0] % 2 == 0) {
                if (guard_mark_judge(text, medium, keys, NULL) != GUARD_MARK_FORGED)
                        abort();
                return 0;
        }
        if (!guard_mark_binding(medium, mark.binding))
                abort();
        made = guard_mark_make(&mark, key, NULL);
        if (!made)
                return 0;
        if (guard_mark_judge(made, medium, keys, &read) != GUARD_MARK_VALID || strcmp(read.media_id, text) != 0)
                abort();
        guard_mark_clear(&read);
        return 0;
}
