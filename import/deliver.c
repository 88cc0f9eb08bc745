/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/deliver.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/guard-error.h"

#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define HIDDEN ".staging"

typedef gboolean (*Visit)(int folder, const char *name, gboolean is_folder, gpointer data);

static gboolean
fail(GError **error, const char *what)
{
        guard_error_set(error, errno == ENOSPC || errno == EDQUOT ? GUARD_ERROR_FULL : GUARD_ERROR_IO,
                        N_("The folder of imports cannot be used (%s): %s"), what, g_strerror(errno), NULL);
        return FALSE;
}

/* What is below @name first, then @name itself. Nothing here is a link, and none is followed. */
static gboolean
visit_tree(int folder, const char *name, Visit visit, gpointer data)
{
        int own = openat(folder, name, FOLDER);
        DIR *list = own >= 0 ? fdopendir(own) : NULL;
        gboolean good = TRUE;

        if (list == NULL) {
                if (own >= 0)
                        close(own);
                return errno == ENOTDIR || errno == ELOOP ? visit(folder, name, FALSE, data) : FALSE;
        }
        for (struct dirent *entry = readdir(list); good && entry != NULL; entry = readdir(list))
                if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                        good = visit_tree(dirfd(list), entry->d_name, visit, data);
        good = good && fsync(dirfd(list)) == 0;
        closedir(list);
        return good && visit(folder, name, TRUE, data);
}

static gboolean
remove_one(int folder, const char *name, gboolean is_folder, gpointer data)
{
        (void)data;
        return unlinkat(folder, name, is_folder ? AT_REMOVEDIR : 0) == 0;
}

typedef struct {
        uid_t uid;
        gid_t gid;
} Owner;

static gboolean
own_one(int folder, const char *name, gboolean is_folder, gpointer data)
{
        const Owner *owner = data;

        (void)is_folder;
        return fchownat(folder, name, owner->uid, owner->gid, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What no living run has locked. */
static void
clean(int hidden)
{
        int own = fcntl(hidden, F_DUPFD_CLOEXEC, 3);
        DIR *list = own >= 0 ? fdopendir(own) : NULL;

        if (list == NULL) {
                if (own >= 0)
                        close(own);
                return;
        }
        for (struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
                int one = *entry->d_name != '.' ? openat(hidden, entry->d_name, FOLDER) : -1;

                if (one >= 0 && flock(one, LOCK_EX | LOCK_NB) == 0)
                        (void)visit_tree(hidden, entry->d_name, remove_one, NULL);
                if (one >= 0)
                        close(one);
        }
        closedir(list);
}

static int
ensure_folder(int above, const char *name, mode_t mode)
{
        if (mkdirat(above, name, mode) != 0 && errno != EEXIST)
                return -1;
        return openat(above, name, FOLDER);
}

gboolean
import_staging_open(ImportStaging *staging, const char *folder, const char *name, GError **error)
{
        *staging = (ImportStaging){-1, -1, -1, g_strdup(name)};
        staging->top = open(folder, FOLDER);
        if (staging->top >= 0)
                staging->hidden = ensure_folder(staging->top, HIDDEN, 0700);
        if (staging->hidden < 0)
                return fail(error, folder);
        clean(staging->hidden);
        if (mkdirat(staging->hidden, name, 0700) != 0)
                return fail(error, name);
        staging->files = openat(staging->hidden, name, FOLDER);
        return staging->files >= 0 && flock(staging->files, LOCK_EX | LOCK_NB) == 0 ? TRUE : fail(error, name);
}

void
import_staging_close(ImportStaging *staging)
{
        if (staging->files >= 0) {
                (void)visit_tree(staging->hidden, staging->name, remove_one, NULL);
                close(staging->files);
        }
        if (staging->hidden >= 0)
                close(staging->hidden);
        if (staging->top >= 0)
                close(staging->top);
        g_free(staging->name);
}

/* Empty ones that people have taken everything out of. */
static void
tidy(int folder)
{
        int own = fcntl(folder, F_DUPFD_CLOEXEC, 3);
        DIR *list = own >= 0 ? fdopendir(own) : NULL;

        if (list == NULL) {
                if (own >= 0)
                        close(own);
                return;
        }
        for (struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list))
                if (*entry->d_name != '.')
                        (void)unlinkat(folder, entry->d_name, AT_REMOVEDIR);
        closedir(list);
}

/* Ours, so that nobody puts anything else in its place; the group of the person may look into it. */
static int
personal(ImportStaging *staging, const char *user, gid_t gid)
{
        int folder = ensure_folder(staging->top, user, 0750);

        if (folder < 0)
                return -1;
        if (fchown(folder, (uid_t)-1, gid) == 0 && fchmod(folder, 0750) == 0)
                return folder;
        close(folder);
        return -1;
}

static gboolean
own_children(int files, const Owner *owner)
{
        int own = fcntl(files, F_DUPFD_CLOEXEC, 3);
        DIR *list = own >= 0 ? fdopendir(own) : NULL;
        gboolean good = list != NULL;

        if (list == NULL && own >= 0)
                close(own);
        if (list == NULL)
                return FALSE;
        rewinddir(list);
        for (struct dirent *entry = readdir(list); good && entry != NULL; entry = readdir(list))
                if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                        good = visit_tree(files, entry->d_name, own_one, (gpointer)owner);
        closedir(list);
        return good;
}

char *
import_deliver(ImportStaging *staging, const char *user, const char *name, uid_t uid, gid_t gid, GError **error)
{
        const Owner owner = {uid, gid};
        int folder = personal(staging, user, gid);
        gboolean good;

        if (folder < 0) {
                fail(error, user);
                return NULL;
        }
        tidy(folder);
        /* its top last: a folder that is somebody else's cannot be moved */
        good = own_children(staging->files, &owner) && fsync(staging->files) == 0 &&
               renameat2(staging->hidden, staging->name, folder, name, RENAME_NOREPLACE) == 0 &&
               fchown(staging->files, uid, gid) == 0 && fsync(folder) == 0 && fsync(staging->hidden) == 0;
        if (!good)
                fail(error, name);
        close(folder);
        if (!good)
                return NULL;
        close(staging->files);
        staging->files = -1;
        return g_strdup_printf("%s/%s", user, name);
}
