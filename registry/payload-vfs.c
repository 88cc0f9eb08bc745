/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A read-only SQLite VFS over a span of a file descriptor. Nothing is ever written, locked or
 * created. Inner pages of trees are kept once read, so that a look-up reads one leaf a tree however
 * many drives there are; leaves come from the kernel's cache, and SQLite's own can be tiny.
 */
#include "registry/payload-vfs.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "registry/payload-schema.h"

/* A million drives have some 80 inner pages. */
#define KEPT_MAX 128
/* SQLite may look a few bytes past a page that lies; its own pages have room there as well. */
#define PAGE_SLACK 64
#define INNER_PAGE 5 /* SQLite file format, section 1.6: first byte of a table's inner page */

struct GuardPayloadVfs {
        sqlite3_vfs vfs;
        sqlite3_vfs *system; /* for clock and randomness only */
        int fd;
        guint64 offset, size;
        char *name;
        GHashTable *kept; /* inner pages by their number from 1 */
};

typedef struct {
        sqlite3_file base;
        const GuardPayloadVfs *span;
} SpanFile;

static int
span_close(sqlite3_file *file)
{
        (void)file;
        return SQLITE_OK;
}

static gpointer
page_number(sqlite3_int64 at)
{
        return GSIZE_TO_POINTER((gsize)(at / GUARD_PAYLOAD_PAGE) + 1);
}

static void
keep_inner_page(const GuardPayloadVfs *span, const guint8 *page, sqlite3_int64 at)
{
        guint8 *copy;

        if (page[0] != INNER_PAGE || at % GUARD_PAYLOAD_PAGE != 0 ||
            g_hash_table_size(span->kept) >= KEPT_MAX)
                return;
        copy = g_malloc0(GUARD_PAYLOAD_PAGE + PAGE_SLACK);
        memcpy(copy, page, GUARD_PAYLOAD_PAGE);
        g_hash_table_insert(span->kept, page_number(at), copy);
}

static int
span_fetch(sqlite3_file *file, sqlite3_int64 at, int amount, void **page)
{
        const GuardPayloadVfs *span = ((SpanFile *)(void *)file)->span;

        *page = amount == GUARD_PAYLOAD_PAGE && at % GUARD_PAYLOAD_PAGE == 0
                        ? g_hash_table_lookup(span->kept, page_number(at))
                        : NULL;
        return SQLITE_OK;
}

static int
span_unfetch(sqlite3_file *file, sqlite3_int64 at, void *page)
{
        (void)file, (void)at, (void)page;
        return SQLITE_OK;
}

static int
span_read(sqlite3_file *file, void *buffer, int amount, sqlite3_int64 at)
{
        const GuardPayloadVfs *span = ((SpanFile *)(void *)file)->span;
        guint8 *out = buffer;
        guint64 begin = (guint64)at;
        gsize want = (gsize)amount, done = 0;

        if (at < 0 || begin >= span->size)
                want = 0;
        else if (want > span->size - begin)
                want = (gsize)(span->size - begin);
        while (done < want) {
                ssize_t n = pread(span->fd, out + done, want - done,
                                  (off_t)(span->offset + begin + done));

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return SQLITE_IOERR_READ;
                if (n == 0)
                        break;
                done += (gsize)n;
        }
        if (done == (gsize)amount) {
                if (amount == GUARD_PAYLOAD_PAGE)
                        keep_inner_page(span, out, at);
                return SQLITE_OK;
        }
        memset(out + done, 0, (gsize)amount - done);
        return SQLITE_IOERR_SHORT_READ;
}

static int
span_write(sqlite3_file *file, const void *data, int amount, sqlite3_int64 at)
{
        (void)file, (void)data, (void)amount, (void)at;
        return SQLITE_READONLY;
}

static int
span_truncate(sqlite3_file *file, sqlite3_int64 size)
{
        (void)file, (void)size;
        return SQLITE_READONLY;
}

static int
span_sync(sqlite3_file *file, int flags)
{
        (void)file, (void)flags;
        return SQLITE_OK;
}

static int
span_size(sqlite3_file *file, sqlite3_int64 *size)
{
        *size = (sqlite3_int64)((SpanFile *)(void *)file)->span->size;
        return SQLITE_OK;
}

static int
span_lock(sqlite3_file *file, int level)
{
        (void)file, (void)level;
        return SQLITE_OK;
}

static int
span_check_lock(sqlite3_file *file, int *locked)
{
        (void)file;
        *locked = 0;
        return SQLITE_OK;
}

static int
span_control(sqlite3_file *file, int operation, void *argument)
{
        (void)file, (void)operation, (void)argument;
        return SQLITE_NOTFOUND;
}

static int
span_sector_size(sqlite3_file *file)
{
        (void)file;
        return 0;
}

/* Immutable: SQLite takes no lock, looks for no journal, and keeps its cache between statements. */
static int
span_characteristics(sqlite3_file *file)
{
        (void)file;
        return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods span_methods = {
        .iVersion = 3, /* without shared memory, so never WAL */
        .xClose = span_close,
        .xRead = span_read,
        .xWrite = span_write,
        .xTruncate = span_truncate,
        .xSync = span_sync,
        .xFileSize = span_size,
        .xLock = span_lock,
        .xUnlock = span_lock,
        .xCheckReservedLock = span_check_lock,
        .xFileControl = span_control,
        .xSectorSize = span_sector_size,
        .xDeviceCharacteristics = span_characteristics,
        .xFetch = span_fetch,
        .xUnfetch = span_unfetch,
};

static int
vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
        SpanFile *span = (SpanFile *)(void *)file;

        (void)name;
        span->base.pMethods = NULL;
        /* no journal, no temporary file, no attached database */
        if (!(flags & SQLITE_OPEN_MAIN_DB) || !(flags & SQLITE_OPEN_READONLY))
                return SQLITE_CANTOPEN;
        span->base.pMethods = &span_methods;
        span->span = vfs->pAppData;
        if (out_flags != NULL)
                *out_flags = flags;
        return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_dir)
{
        (void)vfs, (void)name, (void)sync_dir;
        return SQLITE_READONLY;
}

static int
vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
        (void)vfs, (void)name, (void)flags;
        *result = 0;
        return SQLITE_OK;
}

static int
vfs_full_pathname(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
        (void)vfs;
        if (size <= 0 || g_strlcpy(out, name, (gsize)size) >= (gsize)size)
                return SQLITE_CANTOPEN;
        return SQLITE_OK;
}

static int
vfs_randomness(sqlite3_vfs *vfs, int size, char *out)
{
        sqlite3_vfs *system = ((GuardPayloadVfs *)vfs->pAppData)->system;

        return system->xRandomness(system, size, out);
}

static int
vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
        sqlite3_vfs *system = ((GuardPayloadVfs *)vfs->pAppData)->system;

        return system->xSleep(system, microseconds);
}

static int
vfs_current_time(sqlite3_vfs *vfs, double *now)
{
        sqlite3_vfs *system = ((GuardPayloadVfs *)vfs->pAppData)->system;

        return system->xCurrentTime(system, now);
}

static int
vfs_last_error(sqlite3_vfs *vfs, int size, char *out)
{
        (void)vfs, (void)size, (void)out;
        return 0;
}

GuardPayloadVfs *
guard_payload_vfs_new(int fd, guint64 offset, guint64 size)
{
        static gint counter;
        GuardPayloadVfs *span = g_new0(GuardPayloadVfs, 1);

        span->fd = fd;
        span->offset = offset;
        span->size = size;
        span->name = g_strdup_printf("baomi-guard-span-%d", g_atomic_int_add(&counter, 1));
        span->kept = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        span->system = sqlite3_vfs_find(NULL);
        span->vfs = (sqlite3_vfs){
                .iVersion = 1,
                .szOsFile = sizeof(SpanFile),
                .mxPathname = 256,
                .zName = span->name,
                .pAppData = span,
                .xOpen = vfs_open,
                .xDelete = vfs_delete,
                .xAccess = vfs_access,
                .xFullPathname = vfs_full_pathname,
                .xRandomness = vfs_randomness,
                .xSleep = vfs_sleep,
                .xCurrentTime = vfs_current_time,
                .xGetLastError = vfs_last_error,
        };
        if (span->system == NULL || sqlite3_vfs_register(&span->vfs, 0) != SQLITE_OK) {
                g_hash_table_unref(span->kept);
                g_free(span->name);
                g_free(span);
                return NULL;
        }
        return span;
}

const char *
guard_payload_vfs_name(const GuardPayloadVfs *vfs)
{
        return vfs->name;
}

void
guard_payload_vfs_free(GuardPayloadVfs *vfs)
{
        if (vfs == NULL)
                return;
        sqlite3_vfs_unregister(&vfs->vfs);
        g_hash_table_unref(vfs->kept);
        g_free(vfs->name);
        g_free(vfs);
}
