/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A hostile snapshot: the bytes are read as a manifest, and whatever follows the first block is
 * opened as a payload as if its digest had been right, and asked. Neither may crash, hang or read
 * outside.
 */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <glib.h>

#include "common/guard-error.h"
#include "registry/lookup.h"
#include "registry/manifest.h"
#include "registry/sequence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static GuardMedium *
make_medium(void)
{
        GuardMedium *medium = guard_medium_new();
        GuardVolumeFacts *volume = guard_volume_facts_new();

        medium->usb = guard_usb_facts_new();
        medium->usb->vendor_id = 0x0951;
        medium->usb->product_id = 0x1666;
        medium->usb->serial = g_strdup("60A44C413FAE");
        medium->block = guard_block_facts_new();
        medium->block->probe = GUARD_PROBE_OK;
        medium->block->pt_uuid = g_strdup("c0ffee11");
        volume->uuid = g_strdup("5A3C-91F0");
        g_ptr_array_add(medium->block->volumes, volume);
        return medium;
}

static void
ask(GuardPayload *payload)
{
        g_autoptr(GuardMedium) medium = make_medium();
        g_autoptr(GPtrArray) entries =
                g_ptr_array_new_with_free_func((GDestroyNotify)guard_entry_free);
        g_autoptr(GError) error = NULL;
        guint has, weak;

        if (!guard_lookup_medium(payload, medium, entries, &error))
                g_assert_nonnull(error);
        for (gint64 id = 1; id <= 3; id++)
                guard_entry_free(guard_payload_entry(payload, id, &has, &weak, NULL));
}

static void
open_payload(const uint8_t *data, size_t size)
{
        g_autoptr(GError) error = NULL;
        int fd = memfd_create("fuzz-snapshot", MFD_CLOEXEC);
        g_autoptr(GuardPayload) payload = NULL;

        if (fd < 0 || write(fd, data, size) != (ssize_t)size)
                g_error("no memory file");
        payload = guard_payload_open(fd, 0, size, 3, "fuzz", &error);
        if (payload != NULL)
                ask(payload);
        else
                g_assert_nonnull(error);
        g_clear_pointer(&payload, guard_payload_free);
        close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GPtrArray) keys = g_ptr_array_new();
        g_autoptr(GError) error = NULL;
        uint8_t block[GUARD_MANIFEST_BLOCK] = {0};
        GuardManifest manifest;

        if (size > 0)
                memcpy(block, data, MIN(size, sizeof block));
        if (!guard_manifest_parse(block, "fuzz", &manifest, &error))
                g_assert_nonnull(error);
        else /* nobody's key: whatever it says, it is refused */
                g_assert_false(
                        guard_manifest_check_signature(&manifest, block, keys, NULL, "fuzz", NULL));
        if (size > sizeof block && size <= 1u << 20)
                open_payload(data + sizeof block, size - sizeof block);
        return 0;
}
