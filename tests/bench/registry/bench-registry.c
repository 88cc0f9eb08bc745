/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a registry costs a workstation: time of a lookup and resident memory, with no drive, 1,000
 * and 1,000,000, in one run, as ratios. Each size is measured in a process of its own.
 *
 *     bench-registry [DRIVES [FOLDER]]
 *
 * Another number than a million is for trying whether it runs. In FOLDER the registries are left.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include <malloc.h>

#include "common/guard-error.h"
#include "registry/identity.h"
#include "registry/registry.h"
#include "registry/snapshot.h"

#define LOOKUPS 20000
/* The sizes take turns, and each keeps its quietest round: what else the machine does hits all
 * alike. */
#define ROUNDS 5
#define THE_BIG_ONE 1000000
#define DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

typedef struct { /* of one size; shared with the measuring child */
        guint drives;
        double build_s, install_s, copy_s, verify_s, hit_us, miss_us, block_us, hit_p99_us;
        guint64 bytes;
        guint steps; /* of progress that were told while it was installed */
        glong rss_kib;
} Result;

static char *dir, *keys, *private_key;
static gint64 now_us;

static void
die(const char *what, const GError *error)
{
        g_printerr("bench-registry: %s: %s\n", what,
                   error != NULL ? error->message : g_strerror(errno));
        exit(1);
}

static char *
in_dir(const char *name, guint drives)
{
        return g_strdup_printf("%s/%s.%u", dir, name, drives);
}

static double
seconds_since(gint64 start)
{
        return (double)(g_get_monotonic_time() - start) / 1e6;
}

static void
keep_least(double *kept, double value)
{
        if (*kept == 0 || value < *kept)
                *kept = value;
}

/* Serial and UUIDs of drive @n: spread like real ones, the same in each run. */
static void
values(guint n, char serial[20], char fs_uuid[12], char pt_uuid[12])
{
        guint32 a = n * 2654435761u + 12345u, b = (n ^ 0x5bd1e995u) * 2246822519u;

        g_snprintf(serial, 20, "%08XE%08X", a, b);
        g_snprintf(fs_uuid, 12, "%04X-%04X", (a >> 16) ^ 0x1a2b, b & 0xffff);
        g_snprintf(pt_uuid, 12, "%08x", a ^ b);
}

static void
add_drive(GuardSnapshotBuilder *builder, guint n)
{
        char serial[20], fs_uuid[12], pt_uuid[12], media_id[16];
        GuardEntry entry = {.media_id = media_id, .level = GUARD_LEVEL_SECRET};
        g_autoptr(GError) error = NULL;

        values(n, serial, fs_uuid, pt_uuid);
        g_snprintf(media_id, sizeof media_id, "LY-%08u", n);
        {
                g_autofree char *usb =
                        guard_identity_canonical(GUARD_ID_USB, 0x0951, 0x1666, serial);
                g_autofree char *fs = guard_identity_canonical(GUARD_ID_FS_UUID, 0, 0, fs_uuid);
                g_autofree char *pt = guard_identity_canonical(GUARD_ID_PT_UUID, 0, 0, pt_uuid);
                const GuardIdentifier ids[] = {
                        {GUARD_ID_USB, usb, FALSE},
                        {GUARD_ID_SERIAL, serial, FALSE},
                        {GUARD_ID_FS_UUID, fs, FALSE},
                        {GUARD_ID_PT_UUID, pt, FALSE},
                };

                if (!guard_snapshot_builder_add(builder, &entry, ids, G_N_ELEMENTS(ids), &error))
                        die("add", error);
        }
}

static void
build(Result *result)
{
        static const guint8 digest_key[GUARD_DIGEST_KEY_SIZE] = "benchmark";
        g_autofree char *scratch = in_dir("scratch", result->drives);
        g_autofree char *path = in_dir("snapshot", result->drives);
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardKey) key = guard_key_load_private(private_key, &error);
        g_autoptr(GuardSnapshotBuilder) builder =
                guard_snapshot_builder_new(digest_key, scratch, &error);
        GuardManifest manifest = {.sequence = 1,
                                  .issued_us = now_us - DAY_US,
                                  .expires_us = now_us + DAY_US,
                                  .desk = "0000000000000000"};
        gint64 start = g_get_monotonic_time();

        if (key == NULL || builder == NULL)
                die("build", error);
        for (guint n = 0; n < result->drives; n++)
                add_drive(builder, n);
        if (!guard_snapshot_builder_finish(builder, &manifest, key, path, 0644, NULL, NULL, &error))
                die("build", error);
        result->build_s = seconds_since(start);
        result->bytes = GUARD_MANIFEST_BLOCK + manifest.payload_size;
}

static void
show_progress(guint64 done, guint64 total, gpointer user_data)
{
        Result *result = user_data;

        result->steps++;
        if (isatty(2))
                fprintf(stderr, "\rinstalling %u drives: %3d %%%s", result->drives,
                        (int)(done * 100 / total), done == total ? "\n" : "");
}

/* What no installation can do without: every byte read, written, and on disk. */
static void
copy(Result *result)
{
        static char buffer[1 << 20];
        g_autofree char *from = in_dir("snapshot", result->drives);
        g_autofree char *to = in_dir("copy", result->drives);
        gint64 start = g_get_monotonic_time();
        int in = open(from, O_RDONLY | O_CLOEXEC);
        int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        ssize_t n;

        while ((n = read(in, buffer, sizeof buffer)) > 0)
                if (write(out, buffer, (size_t)n) != n)
                        die("copy", NULL);
        if (n < 0 || fsync(out) < 0)
                die("copy", NULL);
        keep_least(&result->copy_s, seconds_since(start));
        close(in);
        close(out);
        g_unlink(to);
}

static void
install(Result *result)
{
        g_autofree char *path = in_dir("snapshot", result->drives);
        g_autofree char *db = in_dir("registry.db", result->drives);
        g_autofree char *sequence = in_dir("sequence", result->drives);
        g_autoptr(GError) error = NULL;
        gint64 start = g_get_monotonic_time();
        int fd = open(path, O_RDONLY | O_CLOEXEC);

        if (fd < 0 || !guard_registry_install_fd(fd, db, keys, sequence, now_us, show_progress,
                                                 result, NULL, &error))
                die("install", error);
        close(fd);
        result->install_s = seconds_since(start);
}

static int
compare(const void *a, const void *b)
{
        gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

        return x < y ? -1 : x > y;
}

static gint64
now_ns(void)
{
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return t.tv_sec * G_GINT64_CONSTANT(1000000000) + t.tv_nsec;
}

/* Each lookup timed by itself; the drives asked for jump through the whole book. */
static void
measure(GuardRegistry *registry, guint drives, guint first, gboolean block, guint expected,
        double *median_us, double *p99_us)
{
        static gint64 times[LOOKUPS];
        g_autoptr(GuardMedium) medium = guard_medium_new();
        GuardVolumeFacts *volume = guard_volume_facts_new();

        medium->usb = guard_usb_facts_new();
        medium->usb->vendor_id = 0x0951;
        medium->usb->product_id = 0x1666;
        if (block) {
                medium->block = guard_block_facts_new();
                medium->block->probe = GUARD_PROBE_OK;
                g_ptr_array_add(medium->block->volumes, volume);
        }
        for (guint i = 0; i < LOOKUPS; i++) {
                char serial[20], fs_uuid[12], pt_uuid[12];
                GuardRegistryAnswer *answer;

                values(first + (guint)(((guint64)i * 7919u) % MAX(drives, 1u)), serial, fs_uuid,
                       pt_uuid);
                g_free(medium->usb->serial);
                medium->usb->serial = g_strdup(serial);
                if (block) {
                        g_free(volume->uuid);
                        volume->uuid = g_strdup(fs_uuid);
                        g_free(medium->block->pt_uuid);
                        medium->block->pt_uuid = g_strdup(pt_uuid);
                }
                times[i] = now_ns();
                answer = guard_registry_lookup(registry, medium, now_us);
                times[i] = now_ns() - times[i];
                if (answer->state != GUARD_REGISTRY_GOOD || answer->entries->len < expected)
                        die("a lookup gave a wrong answer", NULL);
                guard_registry_answer_free(answer);
        }
        if (!block)
                guard_volume_facts_free(volume);
        qsort(times, LOOKUPS, sizeof times[0], compare);
        keep_least(median_us, (double)times[LOOKUPS / 2] / 1000);
        if (p99_us != NULL)
                keep_least(p99_us, (double)times[LOOKUPS * 99 / 100] / 1000);
}

static glong
resident_kib(void)
{
        g_autofree char *text = NULL;
        const char *line;

        if (!g_file_get_contents("/proc/self/status", &text, NULL, NULL))
                die("/proc/self/status", NULL);
        line = strstr(text, "VmRSS:");
        return line != NULL ? strtol(line + 6, NULL, 10) : 0;
}

static void
use(Result *result)
{
        g_autofree char *db = in_dir("registry.db", result->drives);
        g_autofree char *sequence = in_dir("sequence", result->drives);
        g_autoptr(GuardRegistry) registry = guard_registry_open(db, keys, sequence, now_us);
        g_autoptr(GError) error = NULL;
        gint64 start = g_get_monotonic_time();

        if (!guard_registry_verify_payload(registry, NULL, &error))
                die("verify", error);
        keep_least(&result->verify_s, seconds_since(start));
        measure(registry, result->drives, 1u << 30, FALSE, 0, &result->miss_us, NULL);
        if (result->drives > 0) {
                measure(registry, result->drives, 0, FALSE, 1, &result->hit_us,
                        &result->hit_p99_us);
                measure(registry, result->drives, 0, TRUE, 1, &result->block_us, NULL);
        }
        malloc_trim(0);
        result->rss_kib = resident_kib();
}

/* @work in a process of its own; what it finds comes back in shared memory. */
static void
apart(void (*work)(Result *), Result *result)
{
        pid_t child = fork();
        int status;

        if (child == 0) {
                work(result);
                exit(0);
        }
        if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
            WEXITSTATUS(status) != 0)
                die("a measuring process failed", NULL);
}

static double
install_ratio(const Result *r)
{
        return r->install_s / (r->copy_s + r->verify_s);
}

static void
report(const Result *r, gsize n)
{
        const Result *small = &r[1], *big = &r[n - 1];

        printf("| drives | file MiB | build s | install s | copy s | hash s | miss us | hit us "
               "| hit p99 us | with content us | RSS KiB |\n"
               "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        for (gsize i = 0; i < n; i++)
                printf("| %u | %.1f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %ld |\n",
                       r[i].drives, (double)r[i].bytes / 1048576, r[i].build_s, r[i].install_s,
                       r[i].copy_s, r[i].verify_s, r[i].miss_us, r[i].hit_us, r[i].hit_p99_us,
                       r[i].block_us, r[i].rss_kib);
        printf("\nlookup, %u against %u drives: miss x%.2f, hit x%.2f, with content x%.2f\n",
               big->drives, small->drives, big->miss_us / small->miss_us,
               big->hit_us / small->hit_us, big->block_us / small->block_us);
        printf("installing %u drives: x%.2f of copying and hashing the same file, %u steps of progress\n",
               big->drives, install_ratio(big), big->steps);
        printf("memory, %u drives against an empty registry: %+ld KiB\n", big->drives,
               big->rss_kib - r[0].rss_kib);
}

/* Memory and progress hold everywhere; of the times only ratios count where the sizes are not the
 * issue's or the machine is busy with other things (@quick). */
static int
judge(const Result *r, gsize n, gboolean quick)
{
        const Result *small = &r[1], *big = &r[n - 1];
        gboolean memory = big->rss_kib - r[0].rss_kib <= 1024 && big->steps > 0;
        gboolean times = big->hit_us < 20 && big->hit_us <= 2 * small->hit_us &&
                         big->miss_us <= 2 * small->miss_us && install_ratio(big) <= 2;

        if (quick) {
                printf("%s: memory within 1 MiB of that with no drive, progress is shown\n",
                       memory ? "holds" : "MISSED");
                return memory ? 0 : 1;
        }
        printf("%s: a lookup under 20 us, within 2x of that at %u drives, memory within 1 MiB, installing "
               "within 2x of copying and hashing\n",
               memory && times ? "holds" : "MISSED", small->drives);
        return memory && times ? 0 : 1;
}

static void
prepare(void)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *public_key = NULL;

        keys = g_build_filename(dir, "keys.d", NULL);
        private_key = g_build_filename(dir, "desk.key", NULL);
        public_key = g_build_filename(keys, "desk.pem", NULL);
        if (g_mkdir(keys, 0755) < 0 ||
            !guard_key_generate(GUARD_ALGORITHM_ED25519, private_key, public_key, NULL, &error))
                die("keys", error);
        now_us = g_get_real_time();
}

static void
clean_up(void)
{
        g_autofree char *command = g_strdup_printf("rm -rf '%s'", dir);

        if (g_str_has_prefix(dir, g_get_tmp_dir()) && system(command) != 0)
                g_printerr("bench-registry: %s is left\n", dir);
}

int
main(int argc, char **argv)
{
        guint drives = argc > 1 ? (guint)strtoul(argv[1], NULL, 10) : THE_BIG_ONE;
        guint sizes[] = {0, 1000, drives};
        Result *results = mmap(NULL, sizeof(Result) * G_N_ELEMENTS(sizes), PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        int status;

        dir = argc > 2 ? g_strdup(argv[2]) : g_dir_make_tmp("bench-registry-XXXXXX", NULL);
        if (dir == NULL || results == MAP_FAILED)
                die("temporary directory", NULL);
        prepare();
        for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
                results[i].drives = sizes[i];
                apart(build, &results[i]);
                apart(install, &results[i]);
                apart(copy, &results[i]);
        }
        for (guint round = 0; round < ROUNDS; round++) {
                for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++)
                        apart(use, &results[i]);
        }
        report(results, G_N_ELEMENTS(sizes));
        status = judge(results, G_N_ELEMENTS(sizes), drives != THE_BIG_ONE);
        if (argc <= 2)
                clean_up();
        return status;
}
