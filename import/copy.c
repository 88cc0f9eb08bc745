/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glib/gi18n-lib.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/guard-error.h"
#include "common/guard-hex.h"
#include "common/guard-text.h"

#define MAX_DEPTH 64
#define MAX_FILES 100000
#define CHUNK 65536
#define MAX_SHOWN 200

typedef struct {
        const ImportCopying *how;
        ImportCopied *copied;
        guint8 *chunk;
} Copier;

static gboolean
fail(GError **error, int code, const char *msgid, const char *path)
{
        g_autofree char *shown = guard_text_display(path, MAX_SHOWN);

        guard_error_set(error, code, msgid, shown, NULL);
        return FALSE;
}

static gboolean
fail_errno(GError **error, const char *path)
{
        int code = errno;
        g_autofree char *shown = guard_text_display(path, MAX_SHOWN);

        if (code == ENOSPC || code == EDQUOT)
                return fail(error, GUARD_ERROR_FULL, N_("There is no room for “%s” in the folder of imports; make room there and ask again"), path);
        guard_error_set(error, GUARD_ERROR_IO, N_("“%s” could not be copied: %s"), shown, g_strerror(code), NULL);
        return FALSE;
}

gboolean
import_is_wanted(const char *only, const char *path)
{
        g_autofree char *part = g_strdup(path);

        if (only == NULL)
                return TRUE;
        for (;;) {
                char *slash;

                if (fnmatch(only, part, FNM_PATHNAME) == 0)
                        return TRUE;
                slash = strrchr(part, '/');
                if (slash == NULL)
                        return FALSE;
                *slash = '\0';
        }
}

static gboolean
write_all(int fd, const guint8 *bytes, gsize size)
{
        while (size > 0) {
                ssize_t n = write(fd, bytes, size);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return FALSE;
                bytes += n;
                size -= (gsize)n;
        }
        return TRUE;
}

/* The one reading. */
static gboolean
pour(Copier *copier, int in, int out, const char *path, EVP_MD_CTX *digest, ImportScan *scan, guint64 *size, GError **error)
{
        for (;;) {
                ssize_t n = read(in, copier->chunk, CHUNK);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return fail_errno(error, path);
                if (n == 0)
                        return TRUE;
                if ((guint64)n > copier->how->size - copier->copied->bytes)
                        return fail(error, GUARD_ERROR_FULL, N_("There is more on the drive than may be imported at once; “%s” was the file that was too much. Choose what is needed with --only"), path);
                copier->copied->bytes += (guint64)n;
                *size += (guint64)n;
                if (!write_all(out, copier->chunk, (gsize)n))
                        return fail_errno(error, path);
                if (EVP_DigestUpdate(digest, copier->chunk, (gsize)n) != 1)
                        return fail(error, GUARD_ERROR_FAILED, N_("“%s”: the digest failed"), path);
                import_scan_feed(scan, copier->chunk, (gsize)n);
        }
}

static char *
digest_text(EVP_MD_CTX *digest, gboolean sm3)
{
        guint8 bytes[EVP_MAX_MD_SIZE];
        unsigned int size = 0;
        GString *text = g_string_new(sm3 ? "sm3:" : "sha256:");

        if (EVP_DigestFinal_ex(digest, bytes, &size) != 1)
                size = 0;
        guard_hex_append(text, bytes, size);
        return g_string_free(text, FALSE);
}

static gboolean
tell(Copier *copier, ImportFile *file, GError **error)
{
        copier->copied->files++;
        copier->copied->kept += file->kept ? 1 : 0;
        if (copier->how->told(file, copier->how->data))
                return TRUE;
        g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_GONE, "Nobody waits for this import any more");
        return FALSE;
}

static gboolean
copy_open(Copier *copier, int in, int to, const char *name, const char *path, int out, GError **error)
{
        const ImportCopying *how = copier->how;
        g_autofree char *found = NULL, *text = NULL;
        ImportFile file = {.path = path};
        ImportScan scan = {.fd = -1, .left = -1};
        EVP_MD_CTX *digest = EVP_MD_CTX_new();
        gboolean good = digest != NULL && EVP_DigestInit_ex(digest, how->sm3 ? EVP_sm3() : EVP_sha256(), NULL) == 1;
        struct stat st;

        if (!good)
                fail(error, GUARD_ERROR_FAILED, N_("“%s”: the digest failed"), path);
        if (good && how->scan)
                import_scan_begin(&scan, how->clamd, how->left);
        good = good && pour(copier, in, out, path, digest, &scan, &file.size, error);
        file.scanned = import_scan_end(&scan, &found);
        if (good) {
                file.digest = text = digest_text(digest, how->sm3);
                file.found = found;
                file.kept = file.scanned != IMPORT_FOUND && (file.scanned == IMPORT_CLEAN || !how->scan_required);
                /* when it was written is worth keeping, and not worth failing for */
                if (fstat(in, &st) == 0)
                        (void)futimens(out, (const struct timespec[]){{.tv_nsec = UTIME_OMIT}, st.st_mtim});
        }
        EVP_MD_CTX_free(digest);
        if (good && file.kept && fsync(out) != 0)
                good = fail_errno(error, path);
        if ((!good || !file.kept) && unlinkat(to, name, 0) != 0)
                good = good ? fail_errno(error, path) : FALSE;
        return good && tell(copier, &file, error);
}

static gboolean
copy_file(Copier *copier, int from, int to, const char *name, const char *path, GError **error)
{
        int in, out;
        gboolean good;

        if (copier->copied->files >= MAX_FILES)
                return fail(error, GUARD_ERROR_FULL, N_("There are more files on the drive than may be imported at once; “%s” was the one too many. Choose what is needed with --only"), path);
        in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (in < 0)
                return fail_errno(error, path);
        out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        good = out >= 0 ? copy_open(copier, in, to, name, path, out, error) : fail_errno(error, path);
        if (out >= 0)
                close(out);
        close(in);
        return good;
}

static gboolean copy_folder(Copier *copier, int from, int to, const char *path, guint depth, GError **error);

/* Made for what is in it: a folder that would be empty is not. */
static gboolean
copy_subfolder(Copier *copier, int from, int to, const char *name, const char *path, guint depth, GError **error)
{
        int in = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), out = -1;
        gboolean good = in >= 0 && mkdirat(to, name, 0700) == 0;

        if (good)
                out = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        good = out >= 0 ? copy_folder(copier, in, out, path, depth + 1, error) : fail_errno(error, path);
        if (out >= 0) {
                close(out);
                (void)unlinkat(to, name, AT_REMOVEDIR);
        }
        if (in >= 0)
                close(in);
        return good;
}

static gboolean
copy_entry(Copier *copier, int from, int to, const char *name, const char *above, guint depth, GError **error)
{
        g_autofree char *path = *above != '\0' ? g_strconcat(above, "/", name, NULL) : g_strdup(name);
        struct stat st;

        if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
                return fail_errno(error, path);
        if (S_ISREG(st.st_mode))
                return !import_is_wanted(copier->how->only, path) || copy_file(copier, from, to, name, path, error);
        if (S_ISDIR(st.st_mode) && depth < MAX_DEPTH)
                return copy_subfolder(copier, from, to, name, path, depth, error);
        copier->copied->skipped++;
        return TRUE;
}

static gboolean
copy_folder(Copier *copier, int from, int to, const char *path, guint depth, GError **error)
{
        int own = fcntl(from, F_DUPFD_CLOEXEC, 3);
        DIR *folder = own >= 0 ? fdopendir(own) : NULL;
        gboolean good = TRUE;

        if (folder == NULL) {
                if (own >= 0)
                        close(own);
                return fail_errno(error, path);
        }
        while (good) {
                struct dirent *entry;

                errno = 0;
                entry = readdir(folder);
                if (entry == NULL) {
                        good = errno == 0 || fail_errno(error, path);
                        break;
                }
                if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                        good = copy_entry(copier, from, to, entry->d_name, path, depth, error);
        }
        closedir(folder);
        return good;
}

gboolean
import_copy(int from, int to, const ImportCopying *copying, ImportCopied *copied, GError **error)
{
        g_autofree guint8 *chunk = g_malloc(CHUNK);
        Copier copier = {copying, copied, chunk};

        return copy_folder(&copier, from, to, "", 0, error);
}
