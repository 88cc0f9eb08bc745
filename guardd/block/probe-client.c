/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Spawning, feeding and reaping guard-probe. Its output is collected here and understood elsewhere.
 */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "common/guard-error.h"
#include "guardd/as-user.h"
#include "guardd/block/probe-client.h"
#include "guardd/probe/descriptor.h"
#include "guardd/probe/protocol.h"

#define MAX_HELPERS 8
/* Of them for one device, however many disks it shows: one that hangs delays no other. */
#define MAX_OF_ONE 2
/* The next spare is started when the present plug's work is done. */
#define WARM_AFTER_MS 1500

typedef struct {
        GuardProbePool *pool; /* NULL once the pool is gone */
        guint64 device;       /* 0: the spare */
        GSubprocess *process;
        int sock;
        guint readable, deadline;
        GByteArray *output;
        GuardProbed done;
        gpointer user_data;
        gboolean killed;
} Helper;

typedef struct {
        guint64 device;
        int fd;
        GuardProbed done;
        gpointer user_data;
} Waiting;

struct GuardProbePool {
        char *program;
        guint deadline_ms, warm_timer, stuck;
        Helper *spare;
        GPtrArray *helpers; /* of Helper: every process not yet reaped, the spare too */
        GQueue waiting;
};

static void take_next(GuardProbePool *pool);
static void run(GuardProbePool *pool, const Waiting *work);

static void
helper_stop_io(Helper *helper)
{
        if (helper->readable)
                g_source_remove(helper->readable);
        if (helper->deadline)
                g_source_remove(helper->deadline);
        helper->readable = helper->deadline = 0;
        if (helper->sock >= 0)
                close(helper->sock);
        helper->sock = -1;
}

static void
helper_free(Helper *helper)
{
        helper_stop_io(helper);
        g_clear_object(&helper->process);
        g_byte_array_unref(helper->output);
        g_free(helper);
}

/* Frees a helper that is both reaped and read to its end. */
static void
release(Helper *helper)
{
        GuardProbePool *pool = helper->pool;

        if (pool)
                g_ptr_array_remove_fast(pool->helpers, helper);
        helper_free(helper);
        if (pool)
                take_next(pool);
}

static void
reaped(GObject *object, GAsyncResult *result, gpointer data)
{
        Helper *helper = data;
        GuardProbePool *pool = helper->pool;

        g_subprocess_wait_finish(G_SUBPROCESS(object), result, NULL);
        g_clear_object(&helper->process);
        if (pool && helper->killed)
                pool->stuck--;
        if (pool && pool->spare == helper)
                pool->spare = NULL;
        /* Its output may still wait in the socket: whoever reads it releases the helper. */
        if (!helper->done)
                release(helper);
}

static void
answer(Helper *helper, const GError *error)
{
        GuardProbed done = helper->done;

        helper->done = NULL;
        helper_stop_io(helper);
        done((const char *)helper->output->data, helper->output->len, error, helper->user_data);
        if (!helper->process)
                release(helper);
}

static void
fail(Helper *helper, GuardError code, const char *message)
{
        g_autoptr(GError) error = g_error_new_literal(GUARD_ERROR, (gint)code, message);
        GuardProbePool *pool = helper->pool;

        if (helper->process && !helper->killed) {
                helper->killed = TRUE;
                pool->stuck++;
                guard_kill_as(DESCRIPTOR_PROBE_USER, helper->process);
        }
        answer(helper, error);
        /* One that the kernel does not let die is never reaped: nobody waits behind it. */
        take_next(pool);
}

static gboolean
at_deadline(gpointer data)
{
        Helper *helper = data;

        helper->deadline = 0;
        fail(helper, GUARD_ERROR_TIMEOUT, _("The medium did not answer in time"));
        return G_SOURCE_REMOVE;
}

static gboolean
readable(gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
        Helper *helper = data;
        guint8 buffer[4096];
        ssize_t n = read(fd, buffer, sizeof buffer);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return G_SOURCE_CONTINUE;
        if (n > 0 && helper->output->len + (guint)n <= GUARD_PROBE_MAX_OUTPUT) {
                g_byte_array_append(helper->output, buffer, (guint)n);
                return G_SOURCE_CONTINUE;
        }
        helper->readable = 0;
        if (n > 0)
                fail(helper, GUARD_ERROR_IO, _("The probe helper talks too much"));
        else
                answer(helper, NULL);
        return G_SOURCE_REMOVE;
}

static Helper *
spawn(GuardProbePool *pool, GError **error)
{
        g_autoptr(GSubprocessLauncher) launcher =
                g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
        g_autoptr(GSubprocess) process = NULL;
        Helper *helper;
        int pair[2];
        int child_out;

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("Cannot start the probe helper: %s"),
                            g_strerror(errno));
                return NULL;
        }
        child_out = fcntl(pair[1], F_DUPFD_CLOEXEC, 3);
        g_subprocess_launcher_take_stdin_fd(launcher, pair[1]);
        g_subprocess_launcher_take_stdout_fd(launcher, child_out);
        g_subprocess_launcher_set_environ(launcher, (char *[]){NULL});
        process = g_subprocess_launcher_spawn(launcher, error, pool->program, NULL);
        if (!process) {
                close(pair[0]);
                return NULL;
        }
        (void)g_unix_set_fd_nonblocking(pair[0], TRUE, NULL);
        helper = g_new0(Helper, 1);
        helper->pool = pool;
        helper->sock = pair[0];
        helper->process = g_object_ref(process);
        helper->output = g_byte_array_new();
        g_ptr_array_add(pool->helpers, helper);
        g_subprocess_wait_async(process, NULL, reaped, helper);
        return helper;
}

static gboolean
warm_later(gpointer data)
{
        GuardProbePool *pool = data;

        pool->warm_timer = 0;
        guard_probe_pool_warm(pool);
        return G_SOURCE_REMOVE;
}

void
guard_probe_pool_warm(GuardProbePool *pool)
{
        g_autoptr(GError) error = NULL;

        if (pool->spare)
                return;
        pool->spare = spawn(pool, &error);
        if (!pool->spare)
                g_warning("%s", error->message);
}

/* Hands @fd to the spare, or to a new helper where the spare has died meanwhile. */
static Helper *
feed(GuardProbePool *pool, int fd, GError **error)
{
        Helper *helper = g_steal_pointer(&pool->spare);

        if (helper && descriptor_send(helper->sock, fd))
                return helper;
        if (helper)
                helper_stop_io(helper);
        helper = spawn(pool, error);
        if (helper && !descriptor_send(helper->sock, fd)) {
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_IO,
                                    _("The probe helper does not take work"));
                return NULL;
        }
        return helper;
}

static guint
helpers_of(const GuardProbePool *pool, guint64 device)
{
        guint n = 0;

        for (guint i = 0; i < pool->helpers->len; i++)
                n += ((const Helper *)g_ptr_array_index(pool->helpers, i))->device == device;
        return n;
}

/* Where all helpers are stuck nobody waits for one: that is an error at once. */
static gboolean
must_wait(const GuardProbePool *pool, guint64 device)
{
        if (pool->stuck >= MAX_HELPERS)
                return FALSE;
        return helpers_of(pool, device) >= MAX_OF_ONE ||
               (!pool->spare && pool->helpers->len >= MAX_HELPERS);
}

/* In order, but for those whose device has its share. */
static void
take_next(GuardProbePool *pool)
{
        GList *link = pool->waiting.head;

        while (link) {
                Waiting *work = link->data;

                if (must_wait(pool, work->device)) {
                        link = link->next;
                        continue;
                }
                g_queue_delete_link(&pool->waiting, link);
                run(pool, work);
                close(work->fd);
                g_free(work);
                link = pool->waiting.head;
        }
}

static void
run(GuardProbePool *pool, const Waiting *work)
{
        g_autoptr(GError) error = NULL;
        Helper *helper;

        if (pool->stuck >= MAX_HELPERS) {
                error = g_error_new_literal(GUARD_ERROR, GUARD_ERROR_BUSY,
                                            _("Too many media do not answer; unplug them"));
                work->done(NULL, 0, error, work->user_data);
                return;
        }
        helper = feed(pool, work->fd, &error);
        if (!helper) {
                work->done(NULL, 0, error, work->user_data);
                return;
        }
        helper->device = work->device;
        helper->done = work->done;
        helper->user_data = work->user_data;
        helper->readable = g_unix_fd_add(helper->sock, G_IO_IN | G_IO_HUP, readable, helper);
        helper->deadline = g_timeout_add(pool->deadline_ms, at_deadline, helper);
        if (!pool->warm_timer)
                pool->warm_timer = g_timeout_add(WARM_AFTER_MS, warm_later, pool);
}

void
guard_probe_pool_run(GuardProbePool *pool, guint64 device, int fd, GuardProbed done,
                     gpointer user_data)
{
        const Waiting work = {device, fd, done, user_data};
        int copy = must_wait(pool, device) ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
        Waiting *waiting;

        if (copy < 0) {
                run(pool, &work);
                return;
        }
        waiting = g_new0(Waiting, 1);
        *waiting = (Waiting){device, copy, done, user_data};
        g_queue_push_tail(&pool->waiting, waiting);
}

guint
guard_probe_pool_stuck(GuardProbePool *pool)
{
        return pool->stuck;
}

GuardProbePool *
guard_probe_pool_new(const char *program, guint deadline_ms)
{
        GuardProbePool *pool = g_new0(GuardProbePool, 1);

        pool->program = g_strdup(program);
        pool->deadline_ms = deadline_ms;
        pool->helpers = g_ptr_array_new();
        g_queue_init(&pool->waiting);
        return pool;
}

static void
orphan(gpointer data, gpointer user_data G_GNUC_UNUSED)
{
        Helper *helper = data;

        /* Freed when it is reaped; without a loop to reap it, it dies with its parent. */
        helper->pool = NULL;
        helper->done = NULL;
        helper_stop_io(helper);
        if (helper->process)
                guard_kill_as(DESCRIPTOR_PROBE_USER, helper->process);
        else
                helper_free(helper);
}

void
guard_probe_pool_free(GuardProbePool *pool)
{
        if (!pool)
                return;
        if (pool->warm_timer)
                g_source_remove(pool->warm_timer);
        g_ptr_array_foreach(pool->helpers, orphan, NULL);
        while (!g_queue_is_empty(&pool->waiting)) {
                Waiting *waiting = g_queue_pop_head(&pool->waiting);

                close(waiting->fd);
                g_free(waiting);
        }
        g_ptr_array_unref(pool->helpers);
        g_free(pool->program);
        g_free(pool);
}
