/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * timerfd on CLOCK_BOOTTIME.
 */
#include "guardd/presence/clock.h"
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include "common/guard-text.h"

typedef struct {
        GuardPresenceClock public; /* first */
        int fd;
        guint source;
} Real;

static gint64
clock_us(clockid_t id)
{
        struct timespec now;

        if (clock_gettime(id, &now) != 0)
                return 0;
        return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
read_clocks(GuardPresenceClock *clock G_GNUC_UNUSED, GuardClocks *clocks)
{
        clocks->wall_us = g_get_real_time();
        clocks->utc_offset_us = guard_time_utc_offset(clocks->wall_us);
        clocks->boot_us = clock_us(CLOCK_BOOTTIME);
        clocks->awake_us = clock_us(CLOCK_MONOTONIC);
}

static void
wake_at(GuardPresenceClock *clock, gint64 boot_us)
{
        Real *real = (Real *)clock;
        struct itimerspec spec = {{0, 0}, {0, 0}};

        /* A zero would disarm it: what is due is due in a moment. */
        if (boot_us != G_MAXINT64) {
                boot_us = MAX(boot_us, 1);
                spec.it_value.tv_sec = (time_t)(boot_us / G_USEC_PER_SEC);
                spec.it_value.tv_nsec = (long)(boot_us % G_USEC_PER_SEC) * 1000;
        }
        (void)timerfd_settime(real->fd, TFD_TIMER_ABSTIME, &spec, NULL);
}

static gboolean
readable(gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
        Real *real = data;
        guint64 count;

        if (read(fd, &count, sizeof count) == sizeof count && real->public.woken)
                real->public.woken(real->public.user_data);
        return G_SOURCE_CONTINUE;
}

GuardPresenceClock *
guard_presence_clock_new(void)
{
        int fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
        Real *real;

        if (fd < 0)
                return NULL;
        real = g_new0(Real, 1);
        real->public.read = read_clocks;
        real->public.wake_at = wake_at;
        real->fd = fd;
        real->source = g_unix_fd_add(fd, G_IO_IN, readable, real);
        return &real->public;
}

void
guard_presence_clock_free(GuardPresenceClock *clock)
{
        Real *real = (Real *)clock;

        if (!clock)
                return;
        g_source_remove(real->source);
        close(real->fd);
        g_free(real);
}

gint64
guard_presence_clock_boot_us(GuardPresenceClock *clock)
{
        GuardClocks clocks = {0};

        clock->read(clock, &clocks);
        return clocks.boot_us;
}
