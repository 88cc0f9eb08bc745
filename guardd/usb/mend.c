/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The static helper's own functions, on a thread: configuring a device may wait for it, and start must
 * not. The deciding is the helper's too, so that both open the same things.
 */
#include <fcntl.h>
#include <unistd.h>
#include "common/guard-error.h"
#include "common/guard-names.h"
#include "guardd/usb/mend.h"
#include "udev/hold/handle.h"
#include "udev/hold/pins-scan.h"

/* Some devices, each with a few transfers of five seconds at worst. */
#define DEADLINE_MS 120000

static gpointer
run(GuardJob *job G_GNUC_UNUSED, gpointer data, GError **error)
{
        const char *root = data;
        int fd = open(*root ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        int status;

        if (fd < 0) {
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_IO, root);
                return NULL;
        }
        status = hold_handle_sweep(fd);
        status |= hold_pins_write(fd, GUARD_SYSTEM_DISKS_FILE);
        close(fd);
        if (status == 0)
                return GINT_TO_POINTER(1);
        g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_IO,
                            "not everything could be put right at start");
        return NULL;
}

static void
done(gpointer result, const GError *error, gpointer data G_GNUC_UNUSED)
{
        if (!result)
                g_warning("%s", error->message);
}

void
guard_mend_at_start(GuardWorkers *workers, const char *root)
{
        static const GuardJobKind KIND = {"mend", run, g_free, NULL, DEADLINE_MS, FALSE};

        guard_workers_run(workers, &KIND, NULL, g_strdup(root), done, NULL);
}
