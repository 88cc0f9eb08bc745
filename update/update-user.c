/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From root to the updater's user.
 */
#include "update/update-user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>

gboolean
guard_update_become(const char *name, GError **error)
{
        const struct passwd *user;

        if (geteuid() != 0)
                return TRUE;
        user = getpwnam(name);
        if (!user || user->pw_uid == 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                            _("There is no user %s, and root fetches nothing itself; 'systemd-sysusers' makes it"), name);
                return FALSE;
        }
        umask(0077);
        if (initgroups(name, user->pw_gid) == 0 && setresgid(user->pw_gid, user->pw_gid, user->pw_gid) == 0 &&
            setresuid(user->pw_uid, user->pw_uid, user->pw_uid) == 0 && setuid(0) < 0)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_DENIED, _("Cannot become the user %s: %s"), name, g_strerror(errno));
        return FALSE;
}
