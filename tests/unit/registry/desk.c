/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes small registries for the tests through the same builder that the desk uses.
 */
#include "desk.h"

#include <fcntl.h>
#include <unistd.h>
#include <string.h>
#include <glib/gstdio.h>

#include "registry/identity.h"

const Drive desk_drives[] = {
        {"LY-001", GUARD_LEVEL_SECRET, GUARD_STATUS_IN_USE, 0x0951, 0x1666, "60A44C413FAE",
         "5A3C-91F0", "c0ffee11", FALSE, NULL},
        {"LY-002", GUARD_LEVEL_NONE, GUARD_STATUS_ISSUED, 0x0781, 0x5567, "123456789", "77AA-0B0C",
         NULL, TRUE, "host-a\nhost-b"},
        {"LY-003", GUARD_LEVEL_TOP_SECRET, GUARD_STATUS_LOST, 0, 0, NULL, "01D9A2B3C4E5F607", NULL,
         FALSE, NULL},
};
const gsize desk_n_drives = G_N_ELEMENTS(desk_drives);

static void
make_key(Desk *desk, GuardAlgorithm algorithm, const char *name, gboolean trusted,
         char **private_path)
{
        g_autofree char *public_path =
                g_strdup_printf("%s/%s.pem", trusted ? desk->keys : desk->dir, name);
        g_autoptr(GError) error = NULL;

        *private_path = g_strdup_printf("%s/%s.key", desk->dir, name);
        guard_key_generate(algorithm, *private_path, public_path, NULL, &error);
        g_assert_no_error(error);
}

Desk *
desk_new(GuardAlgorithm algorithm)
{
        Desk *desk = g_new0(Desk, 1);
        g_autoptr(GError) error = NULL;

        /* in memory where there is such a place: these tests are about order, not about a disk's speed */
        desk->dir = g_mkdtemp(g_strdup("/dev/shm/guard-registry-XXXXXX"));
        if (desk->dir == NULL)
                desk->dir = g_dir_make_tmp("guard-registry-XXXXXX", &error);
        g_assert_no_error(error);
        desk->keys = g_build_filename(desk->dir, "keys.d", NULL);
        g_assert_cmpint(g_mkdir(desk->keys, 0755), ==, 0);
        desk->db = g_build_filename(desk->dir, "registry.db", NULL);
        desk->sequence = g_build_filename(desk->dir, "registry.sequence", NULL);
        desk->snapshot = g_build_filename(desk->dir, "out.snapshot", NULL);
        make_key(desk, algorithm, "desk", TRUE, &desk->private_key);
        make_key(desk, algorithm, "stranger", FALSE, &desk->stranger);
        return desk;
}

static void
remove_tree(const char *path)
{
        g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
        const char *name;

        while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
                g_autofree char *child = g_build_filename(path, name, NULL);

                if (g_file_test(child, G_FILE_TEST_IS_DIR))
                        remove_tree(child);
                else
                        g_unlink(child);
        }
        g_rmdir(path);
}

void
desk_free(Desk *desk)
{
        remove_tree(desk->dir);
        g_free(desk->dir);
        g_free(desk->keys);
        g_free(desk->private_key);
        g_free(desk->stranger);
        g_free(desk->db);
        g_free(desk->sequence);
        g_free(desk->snapshot);
        g_free(desk);
}

static gsize
identifiers(const Drive *drive, GuardIdentifier ids[4])
{
        gsize n = 0;

        if (drive->serial != NULL) {
                ids[n++] =
                        (GuardIdentifier){GUARD_ID_USB,
                                          guard_identity_canonical(GUARD_ID_USB, drive->vendor,
                                                                   drive->product, drive->serial),
                                          drive->weak};
                ids[n++] = (GuardIdentifier){
                        GUARD_ID_SERIAL,
                        guard_identity_canonical(GUARD_ID_SERIAL, 0, 0, drive->serial),
                        drive->weak};
        }
        if (drive->fs_uuid != NULL)
                ids[n++] = (GuardIdentifier){
                        GUARD_ID_FS_UUID,
                        guard_identity_canonical(GUARD_ID_FS_UUID, 0, 0, drive->fs_uuid), FALSE};
        if (drive->pt_uuid != NULL)
                ids[n++] = (GuardIdentifier){
                        GUARD_ID_PT_UUID,
                        guard_identity_canonical(GUARD_ID_PT_UUID, 0, 0, drive->pt_uuid), FALSE};
        return n;
}

static void
add_drive(GuardSnapshotBuilder *builder, const Drive *drive)
{
        g_autoptr(GuardEntry) entry = guard_entry_new();
        g_autoptr(GError) error = NULL;
        GuardIdentifier ids[4];
        gsize n = identifiers(drive, ids);

        entry->media_id = g_strdup(drive->media_id);
        entry->level = drive->level;
        entry->status = drive->status;
        if (drive->hosts != NULL)
                entry->hosts = g_strsplit(drive->hosts, "\n", -1);
        guard_snapshot_builder_add(builder, entry, ids, n, &error);
        g_assert_no_error(error);
        for (gsize i = 0; i < n; i++)
                g_free((char *)ids[i].canonical);
}

void
desk_publish(Desk *desk, guint64 sequence, gint64 issued_us, gint64 expires_us, const char *key,
             const Drive *drives, gsize n_drives)
{
        static const guint8 digest_key[GUARD_DIGEST_KEY_SIZE] = "a key of the tests, no secret";
        GuardManifest manifest = {.sequence = sequence,
                                  .issued_us = issued_us,
                                  .expires_us = expires_us,
                                  .desk = "0123456789abcdef"};
        g_autofree char *scratch = g_build_filename(desk->dir, "scratch", NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardSnapshotBuilder) builder =
                guard_snapshot_builder_new(digest_key, scratch, &error);
        g_autoptr(GuardKey) private_key = NULL;

        g_assert_no_error(error);
        private_key = guard_key_load_private(key != NULL ? key : desk->private_key, &error);
        g_assert_no_error(error);
        for (gsize i = 0; i < n_drives; i++)
                add_drive(builder, &drives[i]);
        g_unlink(desk->snapshot);
        guard_snapshot_builder_finish(builder, &manifest, private_key, desk->snapshot, 0644, NULL,
                                      NULL, &error);
        g_assert_no_error(error);
}

void
desk_publish_plain(Desk *desk, guint64 sequence)
{
        desk_publish(desk, sequence, T0, T0 + 90 * DAY, NULL, desk_drives, desk_n_drives);
}

gboolean
desk_install(Desk *desk, gint64 now_us, GError **error)
{
        int fd = open(desk->snapshot, O_RDONLY | O_CLOEXEC);
        gboolean ok;

        g_assert_cmpint(fd, >=, 0);
        ok = guard_registry_install_fd(fd, desk->db, desk->keys, desk->sequence, now_us, NULL, NULL,
                                       NULL, error);
        close(fd);
        return ok;
}

GuardRegistry *
desk_open(Desk *desk, gint64 now_us)
{
        GuardRegistry *registry = guard_registry_open(desk->db, desk->keys, desk->sequence, now_us);
        g_autoptr(GError) error = NULL;

        guard_registry_verify_payload(registry, NULL, &error);
        g_assert_no_error(error);
        return registry;
}

GuardMedium *
desk_medium(guint16 vendor, guint16 product, const char *serial)
{
        GuardMedium *medium = guard_medium_new();

        medium->carrier = GUARD_CARRIER_USB;
        medium->usb = guard_usb_facts_new();
        medium->usb->vendor_id = vendor;
        medium->usb->product_id = product;
        medium->usb->serial = g_strdup(serial);
        return medium;
}

void
desk_add_volume(GuardMedium *medium, const char *pt_uuid, const char *fs_uuid)
{
        GuardVolumeFacts *volume = guard_volume_facts_new();

        if (medium->block == NULL)
                medium->block = guard_block_facts_new();
        medium->block->probe = GUARD_PROBE_OK;
        g_free(medium->block->pt_uuid);
        medium->block->pt_uuid = g_strdup(pt_uuid);
        volume->uuid = g_strdup(fs_uuid);
        g_ptr_array_add(medium->block->volumes, volume);
}

gboolean
desk_check(Desk *desk, gint64 now_us, GError **error)
{
        return guard_registry_verify_file(desk->snapshot, desk->keys, 0, now_us, NULL, NULL, NULL,
                                          error);
}

void
assert_serves(Desk *desk, guint64 sequence)
{
        g_autoptr(GuardRegistry) registry = desk_open(desk, T0);
        g_autoptr(GuardMedium) medium = desk_medium(0x0951, 0x1666, "60A44C413FAE");
        g_autoptr(GuardRegistryAnswer) answer = guard_registry_lookup(registry, medium, T0);

        g_assert_cmpint(answer->state, ==, GUARD_REGISTRY_GOOD);
        g_assert_cmpuint(answer->sequence, ==, sequence);
        g_assert_cmpuint(answer->entries->len, ==, 1);
}

/* Neither to be installed, nor in use. */
void
assert_refused(Desk *desk, gint64 now_us, int code)
{
        g_autoptr(GError) error = NULL, again = NULL;

        g_assert_false(desk_install(desk, now_us, &error));
        g_assert_error(error, GUARD_ERROR, code);
        g_assert_cmpuint(strlen(error->message), >, 20);
        if (code == GUARD_ERROR_ROLLBACK)
                return;
        g_assert_false(desk_check(desk, now_us, &again));
        g_assert_error(again, GUARD_ERROR, code);
}
