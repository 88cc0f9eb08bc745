/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Snapshots altered anywhere, cut, unsigned, a stranger's, signed but hostile: each is refused with its reason
 * and the old one goes on serving.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <sqlite3.h>

#include "desk.h"

static const GuardAlgorithm algorithms[] = {GUARD_ALGORITHM_ED25519, GUARD_ALGORITHM_SM2};

static void
flip(int fd, off_t at, guint8 bits)
{
        guint8 byte;

        g_assert_cmpint(pread(fd, &byte, 1, at), ==, 1);
        byte = (guint8)(byte ^ bits);
        g_assert_cmpint(pwrite(fd, &byte, 1, at), ==, 1);
}

static void
flip_each(Desk *desk, int fd, off_t begin, off_t end, off_t stride, guint8 bits)
{
        for (off_t at = begin; at < end; at += stride) {
                g_autoptr(GError) error = NULL;

                flip(fd, at, bits);
                if (desk_check(desk, T0, &error))
                        g_error("byte %ld with %02x flipped is accepted", (long)at, bits);
                g_assert_nonnull(error);
                flip(fd, at, bits);
        }
}

/* The signed block is judged once; then each byte of the payload against its digest. */
static void
flip_payload(Desk *desk, int fd, off_t end)
{
        GuardManifest manifest;

        g_assert_true(guard_snapshot_read_manifest(fd, "x", desk->keys, &manifest, NULL));
        for (off_t at = GUARD_MANIFEST_BLOCK; at < end; at++) {
                flip(fd, at, 0x01);
                if (guard_snapshot_hash_payload(fd, -1, &manifest, "x", NULL, NULL, NULL, NULL))
                        g_error("byte %ld flipped is accepted", (long)at);
                flip(fd, at, 0x01);
        }
}

static void
test_every_byte(gconstpointer data)
{
        g_autoptr(Desk) desk = desk_new(*(const GuardAlgorithm *)data);
        g_autoptr(GError) error = NULL;
        off_t size;
        int fd;

        desk_publish_plain(desk, 7);
        fd = open(desk->snapshot, O_RDWR);
        size = lseek(fd, 0, SEEK_END);
        flip_each(desk, fd, 0, GUARD_MANIFEST_BLOCK, 1, 0x01);
        flip_each(desk, fd, 0, 700, 1, 0x20); /* the other case of a letter */
        flip_each(desk, fd, GUARD_MANIFEST_BLOCK, size, 211, 0x80);
        flip_payload(desk, fd, size);
        desk_check(desk, T0, &error);
        g_assert_no_error(error);
        close(fd);
}

static void
test_truncated(void)
{
        static const off_t lengths[] = {0, 1, 100, 4095, 4096, 4097, 8192, 12288, 16384, 20479};
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);

        desk_publish_plain(desk, 1);
        g_assert_true(desk_install(desk, T0, NULL));
        for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++) {
                desk_publish_plain(desk, 2);
                g_assert_cmpint(truncate(desk->snapshot, lengths[i]), ==, 0);
                assert_refused(desk, T0, GUARD_ERROR_CORRUPT);
        }
        desk_publish_plain(desk, 2);
        g_assert_cmpint(truncate(desk->snapshot, 20481), ==, 0); /* one byte more */
        assert_refused(desk, T0, GUARD_ERROR_CORRUPT);
        assert_serves(desk, 1);
}

static void
test_unsigned(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autofree char *text = NULL;
        gsize size;
        char *line;

        desk_publish_plain(desk, 1);
        g_assert_true(g_file_get_contents(desk->snapshot, &text, &size, NULL));
        line = strstr(text, "signature=");
        memset(line, 0, strlen(line));
        g_assert_true(g_file_set_contents(desk->snapshot, text, (gssize)size, NULL));
        assert_refused(desk, T0, GUARD_ERROR_SIGNATURE);
}

static void
test_stranger(gconstpointer data)
{
        g_autoptr(Desk) desk = desk_new(*(const GuardAlgorithm *)data);
        g_autofree char *bad = g_build_filename(desk->keys, "broken.pem", NULL);

        desk_publish(desk, 1, T0, T0 + DAY, desk->stranger, desk_drives, desk_n_drives);
        assert_refused(desk, T0, GUARD_ERROR_SIGNATURE);
        /* a broken key file hides no other, and is told */
        g_assert_true(g_file_set_contents(bad, "no key", -1, NULL));
        desk_publish_plain(desk, 1);
        g_assert_true(desk_install(desk, T0, NULL));
        assert_serves(desk, 1);
}

/* Altered after the install, before and behind the eyes of an open registry. */
static void
test_altered_in_use(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GuardRegistry) registry = NULL;
        g_autoptr(GuardMedium) medium = desk_medium(0x0951, 0x1666, "60A44C413FAE");
        g_autoptr(GuardRegistryAnswer) answer = NULL;
        g_autoptr(GError) error = NULL;
        int fd;

        desk_publish_plain(desk, 1);
        g_assert_true(desk_install(desk, T0, NULL));
        fd = open(desk->db, O_RDWR);
        flip(fd, GUARD_MANIFEST_BLOCK + 5000, 0x10);
        close(fd);
        registry = guard_registry_open(desk->db, desk->keys, desk->sequence, T0);
        g_assert_false(guard_registry_verify_payload(registry, NULL, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT);
        g_assert_cmpint(guard_registry_info(registry, T0)->state, ==, GUARD_REGISTRY_LOST);
        answer = guard_registry_lookup(registry, medium, T0);
        g_assert_cmpint(answer->state, ==, GUARD_REGISTRY_LOST);
        g_assert_cmpuint(answer->entries->len, ==, 0);
}

/* The disk fails under an open registry: LOST, never "unknown drive". */
static void
test_read_error(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GuardMedium) medium = desk_medium(0x0951, 0x1666, "60A44C413FAE");
        g_autoptr(GuardRegistry) registry = NULL;
        g_autoptr(GuardRegistryAnswer) answer = NULL;

        desk_publish_plain(desk, 1);
        g_assert_true(desk_install(desk, T0, NULL));
        registry = desk_open(desk, T0);
        g_assert_cmpint(truncate(desk->db, GUARD_MANIFEST_BLOCK + 4096), ==, 0);
        answer = guard_registry_lookup(registry, medium, T0);
        g_assert_cmpint(answer->state, ==, GUARD_REGISTRY_LOST);
        g_assert_cmpint(guard_registry_info(registry, T0)->state, ==, GUARD_REGISTRY_LOST);
}

/* Payloads that the desk's own key signed, and that are still not believed. */
static const struct {
        const char *name, *sql;
        gboolean at_lookup; /* opens, and fails when asked */
} hostile[] = {
        {"extra table", "CREATE TABLE more(x)", FALSE},
        {"trigger", "CREATE TRIGGER t AFTER INSERT ON entry BEGIN SELECT 1;END", FALSE},
        {"view for table", "DROP TABLE entry;CREATE VIEW entry AS SELECT 1 AS id", FALSE},
        {"other columns",
         "DROP TABLE identifier;CREATE TABLE identifier(id INTEGER PRIMARY KEY,entry)", FALSE},
        {"no key", "DELETE FROM meta", FALSE},
        {"short key", "UPDATE meta SET value=x'00'", FALSE},
        {"fewer entries", "DELETE FROM entry WHERE id=3", FALSE},
        {"level out of range", "UPDATE entry SET level=9", TRUE},
        {"level is text", "UPDATE entry SET level='secret'", TRUE},
        {"negative status", "UPDATE entry SET status=-1", TRUE},
        {"no such entry", "UPDATE identifier SET members=substr(members,1,16)||x'0000004d00'",
         TRUE},
        {"half a member", "UPDATE identifier SET members=substr(members,1,20)", TRUE},
        {"no member", "UPDATE identifier SET members=x''", TRUE},
        {"a bucket too full", "UPDATE identifier SET members=zeroblob(129*21)", TRUE},
        {"members are text", "UPDATE identifier SET members='123456789012345678901'", TRUE},
        {"empty media id", "UPDATE entry SET media_id=''", TRUE},
};

static void
alter_payload(Desk *desk, const char *sql)
{
        g_autofree char *path = g_build_filename(desk->dir, "payload", NULL);
        g_autofree char *bytes = NULL, *payload = NULL;
        g_autoptr(GuardKey) key = guard_key_load_private(desk->private_key, NULL);
        g_autoptr(GByteArray) out = g_byte_array_new();
        guint8 block[GUARD_MANIFEST_BLOCK];
        GuardManifest manifest;
        sqlite3 *db;
        gsize size;

        g_assert_true(g_file_get_contents(desk->snapshot, &bytes, &size, NULL));
        memcpy(block, bytes, sizeof block);
        g_assert_true(guard_manifest_parse(block, "x", &manifest, NULL));
        g_assert_true(g_file_set_contents(path, bytes + sizeof block, (gssize)(size - sizeof block),
                                          NULL));
        g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
        sqlite3_exec(db, sql, NULL, NULL, NULL);
        sqlite3_close(db);
        g_assert_true(g_file_get_contents(path, &payload, &size, NULL));
        manifest.payload_size = size;
        EVP_Digest(payload, size, manifest.payload_sha256, NULL, EVP_sha256(), NULL);
        g_assert_true(guard_manifest_sign(&manifest, key, block, NULL));
        g_byte_array_append(out, block, sizeof block);
        g_byte_array_append(out, (const guint8 *)payload, (guint)size);
        g_assert_true(g_file_set_contents(desk->snapshot, (const char *)out->data, (gssize)out->len,
                                          NULL));
}

static void
test_hostile(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GuardMedium) medium = desk_medium(0x0951, 0x1666, "60A44C413FAE");

        for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
                g_autoptr(GuardRegistry) registry = NULL;
                g_autoptr(GuardRegistryAnswer) answer = NULL;
                g_autoptr(GError) error = NULL;

                g_test_message("%s", hostile[i].name);
                g_unlink(desk->sequence);
                g_unlink(desk->db);
                desk_publish_plain(desk, 1);
                alter_payload(desk, hostile[i].sql);
                if (!hostile[i].at_lookup) {
                        assert_refused(desk, T0, GUARD_ERROR_CORRUPT);
                        continue;
                }
                desk_install(desk, T0, &error);
                g_assert_no_error(error);
                registry = desk_open(desk, T0);
                answer = guard_registry_lookup(registry, medium, T0);
                g_assert_cmpint(answer->state, ==, GUARD_REGISTRY_LOST);
                g_assert_cmpuint(answer->entries->len, ==, 0);
        }
}

/* Other files in a snapshot's place: each is told for what it is. */
static const struct {
        const char *name, *bytes, *says;
} others[] = {
        {"empty", "", "cut short (0 bytes)"},
        {"letter", "Dear colleagues,\n", "cut short (17 bytes)"},
        {"register", "SQLite format 3", "guardctl station publish"},
        {"key", "-----BEGIN PUBLIC KEY-----\n", "a key or a certificate"},
        {"gzip", "\x1f\x8b\x08", "unpack it"},
        {"xz", "\xfd"
               "7zXZ",
         "unpack it"},
        {"zip", "PK\x03\x04", "unpack it"},
        {"web page", "<!DOCTYPE html>", "a web page"},
        {"mark", "baomi-guard-mark 1\n", "a drive's mark"},
        {"no header", "baomi-guard-registrx 1\n", NULL},
        {"newer", "baomi-guard-registry 2\n", NULL},
};

static void
check_other(Desk *desk, const char *bytes, gsize size, const char *says)
{
        g_autoptr(GError) error = NULL;

        g_assert_true(g_file_set_contents(desk->snapshot, bytes, (gssize)size, NULL));
        g_assert_false(desk_check(desk, T0, &error));
        g_test_message("%s", error->message);
        g_assert_true(error->domain == GUARD_ERROR);
        g_assert_nonnull(strstr(error->message, desk->snapshot));
        if (says != NULL)
                g_assert_nonnull(strstr(error->message, says));
}

static void
test_others(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autofree char *page = g_malloc0(2 * GUARD_MANIFEST_BLOCK);
        g_autoptr(GError) folder = NULL, newer = NULL;

        for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
                gsize size = strlen(others[i].bytes);

                g_test_message("%s", others[i].name);
                check_other(desk, others[i].bytes, size, others[i].says);
                if (i < 2) /* what is nothing known is called cut short only where it is short */
                        continue;
                memset(page, 0, 2 * GUARD_MANIFEST_BLOCK);
                memcpy(page, others[i].bytes, size);
                check_other(desk, page, 2 * GUARD_MANIFEST_BLOCK, others[i].says);
        }
        g_assert_false(desk_check(desk, T0, &newer)); /* the last one of the table */
        g_assert_error(newer, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        g_assert_nonnull(strstr(newer->message, "update baomi-guard"));
        g_unlink(desk->snapshot);
        g_assert_cmpint(g_mkdir(desk->snapshot, 0700), ==, 0);
        g_assert_false(desk_check(desk, T0, &folder));
        g_assert_error(folder, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        g_assert_nonnull(strstr(folder->message, "is a directory"));
}

static void
add_for_each(const char *name, GTestDataFunc test)
{
        for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++) {
                g_autofree char *path = g_strdup_printf("/registry/snapshot/%s/%s", name,
                                                        guard_algorithm_to_string(algorithms[i]));

                g_test_add_data_func(path, &algorithms[i], test);
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        add_for_each("every-byte", test_every_byte);
        add_for_each("stranger", test_stranger);
        g_test_add_func("/registry/snapshot/truncated", test_truncated);
        g_test_add_func("/registry/snapshot/unsigned", test_unsigned);
        g_test_add_func("/registry/snapshot/altered-in-use", test_altered_in_use);
        g_test_add_func("/registry/snapshot/read-error", test_read_error);
        g_test_add_func("/registry/snapshot/hostile", test_hostile);
        g_test_add_func("/registry/snapshot/others", test_others);
        return g_test_run();
}
