/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The failing disk. Shared by threads: counters are atomic.
 */
#include "faulty-vfs.h"
#include <sqlite3.h>
#include <string.h>

typedef struct {
        sqlite3_file base;
        sqlite3_file *real;
} File;

static sqlite3_vfs *real_vfs;
static gint operations, syncs, fail_at = -1, fail_code, fail_lasting;

static int
count_one(void)
{
        gint n = g_atomic_int_add(&operations, 1), at = g_atomic_int_get(&fail_at);

        if (at < 0 || n < at || (n > at && !g_atomic_int_get(&fail_lasting)))
                return SQLITE_OK;
        return g_atomic_int_get(&fail_code);
}

static sqlite3_file *
real_of(sqlite3_file *file)
{
        return ((File *)file)->real;
}

static int
file_close(sqlite3_file *file)
{
        int code = real_of(file)->pMethods->xClose(real_of(file));

        sqlite3_free(real_of(file));
        return code;
}

static int
file_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
        return real_of(file)->pMethods->xRead(real_of(file), to, n, at);
}

static int
file_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
        int code = count_one();

        /* A disk that is full has often taken part of it. */
        if (code != SQLITE_OK && n > 1)
                real_of(file)->pMethods->xWrite(real_of(file), from, n / 2, at);
        return code != SQLITE_OK ? code
                                 : real_of(file)->pMethods->xWrite(real_of(file), from, n, at);
}

static int
file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
        int code = count_one();

        return code != SQLITE_OK ? code : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int
file_sync(sqlite3_file *file, int flags)
{
        int code = count_one();

        g_atomic_int_inc(&syncs);
        if (code == SQLITE_FULL)
                code = SQLITE_IOERR_FSYNC;
        return code != SQLITE_OK ? code : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int
file_size(sqlite3_file *file, sqlite3_int64 *size)
{
        return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int
file_lock(sqlite3_file *file, int how)
{
        return real_of(file)->pMethods->xLock(real_of(file), how);
}

static int
file_unlock(sqlite3_file *file, int how)
{
        return real_of(file)->pMethods->xUnlock(real_of(file), how);
}

static int
file_check_lock(sqlite3_file *file, int *locked)
{
        return real_of(file)->pMethods->xCheckReservedLock(real_of(file), locked);
}

static int
file_control(sqlite3_file *file, int op, void *argument)
{
        return real_of(file)->pMethods->xFileControl(real_of(file), op, argument);
}

static int
file_sector_size(sqlite3_file *file)
{
        return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int
file_characteristics(sqlite3_file *file)
{
        return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int
file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **map)
{
        return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, map);
}

static int
file_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
        return real_of(file)->pMethods->xShmLock(real_of(file), offset, n, flags);
}

static void
file_shm_barrier(sqlite3_file *file)
{
        real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int
file_shm_unmap(sqlite3_file *file, int remove)
{
        return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods methods = {
        .iVersion = 2,
        .xClose = file_close,
        .xRead = file_read,
        .xWrite = file_write,
        .xTruncate = file_truncate,
        .xSync = file_sync,
        .xFileSize = file_size,
        .xLock = file_lock,
        .xUnlock = file_unlock,
        .xCheckReservedLock = file_check_lock,
        .xFileControl = file_control,
        .xSectorSize = file_sector_size,
        .xDeviceCharacteristics = file_characteristics,
        .xShmMap = file_shm_map,
        .xShmLock = file_shm_lock,
        .xShmBarrier = file_shm_barrier,
        .xShmUnmap = file_shm_unmap,
};

static int
vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
        File *wrapped = (File *)file;
        int code;

        (void)vfs;
        memset(wrapped, 0, sizeof(*wrapped));
        wrapped->real = sqlite3_malloc(real_vfs->szOsFile);
        memset(wrapped->real, 0, (size_t)real_vfs->szOsFile);
        code = real_vfs->xOpen(real_vfs, name, wrapped->real, flags, out_flags);
        if (code == SQLITE_OK)
                wrapped->base.pMethods = &methods;
        else
                sqlite3_free(wrapped->real);
        return code;
}

void
faulty_vfs_install(void)
{
        static sqlite3_vfs vfs;

        real_vfs = sqlite3_vfs_find(NULL);
        vfs = *real_vfs;
        vfs.szOsFile = sizeof(File);
        vfs.zName = "faulty";
        vfs.xOpen = vfs_open;
        vfs.pNext = NULL;
        g_assert_cmpint(sqlite3_vfs_register(&vfs, 1), ==, SQLITE_OK);
}

void
faulty_vfs_arm(gint nth, int code, gboolean lasting)
{
        g_atomic_int_set(&operations, 0);
        g_atomic_int_set(&syncs, 0);
        g_atomic_int_set(&fail_code, code);
        g_atomic_int_set(&fail_lasting, lasting);
        g_atomic_int_set(&fail_at, nth);
}

void
faulty_vfs_disarm(void)
{
        faulty_vfs_arm(-1, SQLITE_OK, FALSE);
}

gint
faulty_vfs_operations(void)
{
        return g_atomic_int_get(&operations);
}

gint
faulty_vfs_syncs(void)
{
        return g_atomic_int_get(&syncs);
}
