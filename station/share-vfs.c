/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/share-vfs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/magic.h>

#define NAME "guard-share"
#define BASE "unix-none" /* files as they are, and no locks */
/* sqlite.org/fileformat2.html, "The Lock-Byte Page": nothing is ever stored there. */
#define PENDING 0x40000000
#define RESERVED (PENDING + 1)
#define SHARED_FIRST (PENDING + 2)
#define SHARED_SIZE 510

/* Locks are held by a descriptor of their own, so that no close() elsewhere in the process loses
 * them. SQLite's file follows in the same block. */
typedef struct {
        sqlite3_file base;
        int fd;
        int level; /* SQLITE_LOCK_* */
        sqlite3_file real[];
} ShareFile;

static sqlite3_vfs *
base_vfs(void)
{
        return sqlite3_vfs_find(BASE);
}

static sqlite3_file *
real(sqlite3_file *file)
{
        return ((ShareFile *)file)->real;
}

/* @type: F_RDLCK, F_WRLCK or F_UNLCK. */
static int
set_lock(const ShareFile *file, short type, off_t start, off_t size)
{
        struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = size};
        int result;

        do
                result = fcntl(file->fd, F_OFD_SETLK, &lock);
        while (result < 0 && errno == EINTR);
        if (result == 0)
                return SQLITE_OK;
        if (type == F_UNLCK)
                return SQLITE_IOERR_UNLOCK;
        return errno == EAGAIN || errno == EACCES ? SQLITE_BUSY : SQLITE_IOERR_LOCK;
}

/* Through the gate that a waiting writer keeps shut. */
static int
lock_shared(ShareFile *file)
{
        int code = set_lock(file, F_RDLCK, PENDING, 1);
        int opened;

        if (code != SQLITE_OK)
                return code;
        code = set_lock(file, F_RDLCK, SHARED_FIRST, SHARED_SIZE);
        opened = set_lock(file, F_UNLCK, PENDING, 1);
        return code != SQLITE_OK ? code : opened;
}

static int
lock_exclusive(ShareFile *file)
{
        int code;

        if (file->level < SQLITE_LOCK_PENDING) {
                code = set_lock(file, F_WRLCK, PENDING, 1);
                if (code != SQLITE_OK)
                        return code;
                file->level = SQLITE_LOCK_PENDING;
        }
        code = set_lock(file, F_UNLCK, SHARED_FIRST, SHARED_SIZE);
        if (code != SQLITE_OK)
                return code;
        code = set_lock(file, F_WRLCK, SHARED_FIRST, SHARED_SIZE);
        if (code == SQLITE_OK)
                return SQLITE_OK;
        /* somebody reads still: we go on as a reader, behind the gate that we keep shut */
        if (set_lock(file, F_RDLCK, SHARED_FIRST, SHARED_SIZE) != SQLITE_OK)
                return SQLITE_IOERR_LOCK;
        return code;
}

static int
share_lock(sqlite3_file *base, int level)
{
        ShareFile *file = (ShareFile *)base;
        int code;

        if (file->level >= level)
                return SQLITE_OK;
        if (level == SQLITE_LOCK_SHARED)
                code = lock_shared(file);
        else if (level == SQLITE_LOCK_RESERVED)
                code = set_lock(file, F_WRLCK, RESERVED, 1);
        else
                code = lock_exclusive(file);
        if (code == SQLITE_OK)
                file->level = level;
        return code;
}

static int
share_unlock(sqlite3_file *base, int level)
{
        ShareFile *file = (ShareFile *)base;
        int code = SQLITE_OK;

        if (file->level <= level)
                return SQLITE_OK;
        if (level == SQLITE_LOCK_SHARED) {
                if (file->level == SQLITE_LOCK_EXCLUSIVE) {
                        /* readers wait at the gate until both is done */
                        code = set_lock(file, F_UNLCK, SHARED_FIRST, SHARED_SIZE);
                        if (code == SQLITE_OK &&
                            set_lock(file, F_RDLCK, SHARED_FIRST, SHARED_SIZE) != SQLITE_OK)
                                code = SQLITE_IOERR_RDLOCK;
                }
        } else {
                code = set_lock(file, F_UNLCK, SHARED_FIRST, SHARED_SIZE);
        }
        /* one by one: such a server takes back only what was given as a whole */
        if (file->level >= SQLITE_LOCK_RESERVED && code == SQLITE_OK)
                code = set_lock(file, F_UNLCK, RESERVED, 1);
        if (file->level >= SQLITE_LOCK_PENDING && code == SQLITE_OK)
                code = set_lock(file, F_UNLCK, PENDING, 1);
        if (code == SQLITE_OK)
                file->level = level;
        return code;
}

static int
share_is_reserved(sqlite3_file *base, int *reserved)
{
        const ShareFile *file = (ShareFile *)base;
        struct flock lock = {
                .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = RESERVED, .l_len = 1};

        *reserved = file->level >= SQLITE_LOCK_RESERVED;
        if (*reserved)
                return SQLITE_OK;
        if (fcntl(file->fd, F_OFD_GETLK, &lock) < 0)
                return SQLITE_IOERR_CHECKRESERVEDLOCK;
        *reserved = lock.l_type != F_UNLCK;
        return SQLITE_OK;
}

static int
share_close(sqlite3_file *file)
{
        int code =
                real(file)->pMethods != NULL ? real(file)->pMethods->xClose(real(file)) : SQLITE_OK;

        close(((ShareFile *)file)->fd); /* which lets go */
        return code;
}

static int
share_read(sqlite3_file *file, void *data, int size, sqlite3_int64 offset)
{
        return real(file)->pMethods->xRead(real(file), data, size, offset);
}

static int
share_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
        return real(file)->pMethods->xWrite(real(file), data, size, offset);
}

static int
share_truncate(sqlite3_file *file, sqlite3_int64 size)
{
        return real(file)->pMethods->xTruncate(real(file), size);
}

static int
share_sync(sqlite3_file *file, int flags)
{
        return real(file)->pMethods->xSync(real(file), flags);
}

static int
share_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
        return real(file)->pMethods->xFileSize(real(file), size);
}

static int
share_file_control(sqlite3_file *file, int what, void *data)
{
        return real(file)->pMethods->xFileControl(real(file), what, data);
}

static int
share_sector_size(sqlite3_file *file)
{
        return real(file)->pMethods->xSectorSize(real(file));
}

static int
share_device(sqlite3_file *file)
{
        return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

/* Version 1: neither memory that is shared nor maps, which no share has. */
static const sqlite3_io_methods share_methods = {
        .iVersion = 1,
        .xClose = share_close,
        .xRead = share_read,
        .xWrite = share_write,
        .xTruncate = share_truncate,
        .xSync = share_sync,
        .xFileSize = share_file_size,
        .xLock = share_lock,
        .xUnlock = share_unlock,
        .xCheckReservedLock = share_is_reserved,
        .xFileControl = share_file_control,
        .xSectorSize = share_sector_size,
        .xDeviceCharacteristics = share_device,
};

/* The book itself; what stands beside it (journals) has no locks. */
static int
share_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
        ShareFile *file = (ShareFile *)base;
        int granted = 0, code;

        (void)vfs;
        if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
                return base_vfs()->xOpen(base_vfs(), name, base, flags, out_flags);
        memset(file, 0, sizeof *file);
        code = base_vfs()->xOpen(base_vfs(), name, file->real, flags, &granted);
        if (code != SQLITE_OK)
                return code;
        file->fd =
                open(name, ((granted & SQLITE_OPEN_READONLY) != 0 ? O_RDONLY : O_RDWR) | O_CLOEXEC);
        if (file->fd < 0) {
                file->real->pMethods->xClose(file->real);
                return SQLITE_CANTOPEN;
        }
        file->base.pMethods = &share_methods;
        if (out_flags != NULL)
                *out_flags = granted;
        return SQLITE_OK;
}

const char *
guard_share_vfs(void)
{
        static sqlite3_vfs vfs;
        static gsize once;

        if (g_once_init_enter(&once)) {
                gboolean registered = FALSE;

                if (sqlite3_initialize() == SQLITE_OK && base_vfs() != NULL) {
                        vfs = *base_vfs();
                        vfs.pNext = NULL;
                        vfs.zName = NAME;
                        vfs.szOsFile += (int)sizeof(ShareFile);
                        vfs.xOpen = share_open;
                        registered = sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
                }
                g_once_init_leave(&once, registered ? 1 : 2);
        }
        return once == 1 ? NAME : NULL;
}

gboolean
guard_share_is_at(const char *dir)
{
        struct statfs fs;

        return statfs(dir, &fs) == 0 &&
               ((guint32)fs.f_type == CIFS_SUPER_MAGIC || (guint32)fs.f_type == SMB2_SUPER_MAGIC);
}
