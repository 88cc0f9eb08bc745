/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * evdev without read(). A device that has something is noted, and left alone for a pause; then it is
 * closed and opened again, which empties it. While nobody types, nothing wakes.
 */
#include "guardd/presence/input.h"
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <linux/input.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Typing wakes us this often, not with each key. */
#define PAUSE_MS 2000
#define BITS_PER_LONG (8 * sizeof(unsigned long))

typedef struct {
        GuardInput *input;
        char *path;
        int fd;
        guint source;
} Device;

struct GuardInput {
        char *folder;
        GuardInputFilter filter;
        GuardPresenceClock *clock;
        void (*heard)(gpointer user_data);
        gpointer user_data;
        GFileMonitor *monitor;
        GPtrArray *devices; /* of Device */
        gint64 last_us;
        guint pause;
        gboolean blind;
};

static gboolean
has_bit(const unsigned long *bits, guint bit)
{
        return (bits[bit / BITS_PER_LONG] >> (bit % BITS_PER_LONG)) & 1;
}

gboolean
guard_input_has_persons_keys(const unsigned long *keys)
{
        /* Keyboards, power keys; mice, touchpads and pens. Game controllers and sensors drift by
         * themselves. */
        static const struct {
                guint first, last;
        } ranges[] = {{KEY_ESC, 0xff}, {BTN_MOUSE, BTN_TASK}, {BTN_TOOL_PEN, BTN_TOOL_QUADTAP}};

        for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++)
                for (guint key = ranges[i].first; key <= ranges[i].last; key++)
                        if (has_bit(keys, key))
                                return TRUE;
        return FALSE;
}

gboolean
guard_input_is_persons(int fd)
{
        unsigned long keys[KEY_CNT / BITS_PER_LONG + 1] = {0};
        unsigned long types[EV_CNT / BITS_PER_LONG + 1] = {0};
        struct input_mask mask = {
                .type = EV_SYN, .codes_size = sizeof types, .codes_ptr = (guintptr)types};

        if (ioctl(fd, EVIOCGBIT(EV_KEY, sizeof keys), keys) < 0 ||
            !guard_input_has_persons_keys(keys))
                return FALSE;
        /* A program that lights a lamp is no person: only these wake us. */
        types[0] = 1UL << EV_SYN | 1UL << EV_KEY | 1UL << EV_REL | 1UL << EV_ABS;
        (void)ioctl(fd, EVIOCSMASK, &mask);
        return TRUE;
}

static void
device_free(gpointer data)
{
        Device *device = data;

        if (device->source)
                g_source_remove(device->source);
        if (device->fd >= 0)
                close(device->fd);
        g_free(device->path);
        g_free(device);
}

static gboolean pause_over(gpointer data);

static void
note(GuardInput *input)
{
        input->last_us = guard_presence_clock_boot_us(input->clock);
        input->heard(input->user_data);
}

static gboolean
came(gint fd G_GNUC_UNUSED, GIOCondition condition, gpointer data)
{
        Device *device = data;
        GuardInput *input = device->input;

        if (condition & G_IO_IN && !input->pause) {
                for (guint i = 0; i < input->devices->len; i++) {
                        Device *one = g_ptr_array_index(input->devices, i);

                        if (one != device && one->source)
                                g_source_remove(one->source);
                        one->source = 0;
                }
                input->pause = g_timeout_add(PAUSE_MS, pause_over, input);
                note(input);
                return G_SOURCE_REMOVE;
        }
        /* Unplugged. */
        device->source = 0;
        if (!(condition & G_IO_IN))
                g_ptr_array_remove_fast(input->devices, device);
        return G_SOURCE_REMOVE;
}

static void
listen(Device *device)
{
        if (!device->source && !device->input->pause)
                device->source = g_unix_fd_add(device->fd, G_IO_IN | G_IO_ERR | G_IO_HUP, came, device);
}

static int
open_device(GuardInput *input, const char *path)
{
        int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

        if (fd >= 0 && !input->filter(fd)) {
                close(fd);
                errno = ENOTTY;
                return -1;
        }
        return fd;
}

/* Has it something? Then it is opened anew, and with that emptied. FALSE: it is gone. */
static gboolean
empty(Device *device)
{
        struct pollfd ask = {.fd = device->fd, .events = POLLIN};

        if (poll(&ask, 1, 0) <= 0)
                return TRUE;
        close(device->fd);
        device->fd = open_device(device->input, device->path);
        return device->fd >= 0;
}

static gboolean
pause_over(gpointer data)
{
        GuardInput *input = data;

        for (guint i = input->devices->len; i > 0; i--)
                if (!empty(g_ptr_array_index(input->devices, i - 1)))
                        g_ptr_array_remove_index_fast(input->devices, i - 1);
        input->pause = 0;
        for (guint i = 0; i < input->devices->len; i++)
                listen(g_ptr_array_index(input->devices, i));
        return G_SOURCE_REMOVE;
}

static gboolean
is_known(GuardInput *input, const char *path)
{
        for (guint i = 0; i < input->devices->len; i++)
                if (strcmp(((Device *)g_ptr_array_index(input->devices, i))->path, path) == 0)
                        return TRUE;
        return FALSE;
}

/* FALSE: it is there and cannot be opened. */
static gboolean
add(GuardInput *input, const char *path)
{
        int fd = open_device(input, path);
        Device *device;

        if (fd < 0)
                return errno != EPERM && errno != EACCES;
        device = g_new0(Device, 1);
        device->input = input;
        device->path = g_strdup(path);
        device->fd = fd;
        g_ptr_array_add(input->devices, device);
        listen(device);
        return TRUE;
}

static void
folder_changed(GFileMonitor *monitor G_GNUC_UNUSED, GFile *file G_GNUC_UNUSED,
               GFile *other G_GNUC_UNUSED, GFileMonitorEvent event, gpointer data)
{
        if (event == G_FILE_MONITOR_EVENT_CREATED || event == G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED)
                guard_input_rescan(data);
}

static void
watch_folder(GuardInput *input)
{
        g_autoptr(GFile) file = g_file_new_for_path(input->folder);

        /* GLib would poll for a folder that is not there. */
        if (input->monitor || !g_file_test(input->folder, G_FILE_TEST_IS_DIR))
                return;
        input->monitor = g_file_monitor_directory(file, G_FILE_MONITOR_NONE, NULL, NULL);
        if (input->monitor)
                g_signal_connect(input->monitor, "changed", G_CALLBACK(folder_changed), input);
}

void
guard_input_rescan(GuardInput *input)
{
        g_autoptr(GDir) dir = NULL;
        gboolean denied = FALSE;
        const char *name;

        watch_folder(input);
        dir = g_dir_open(input->folder, 0, NULL);
        while (dir && (name = g_dir_read_name(dir)) != NULL) {
                g_autofree char *path = g_build_filename(input->folder, name, NULL);

                if (g_str_has_prefix(name, "event") && !is_known(input, path))
                        denied |= !add(input, path);
        }
        input->blind = denied && input->devices->len == 0;
}

GuardInput *
guard_input_new(const char *folder, GuardInputFilter filter, GuardPresenceClock *clock,
                void (*heard)(gpointer), gpointer user_data)
{
        GuardInput *input = g_new0(GuardInput, 1);

        input->folder = g_strdup(folder);
        input->filter = filter;
        input->clock = clock;
        input->heard = heard;
        input->user_data = user_data;
        input->devices = g_ptr_array_new_with_free_func(device_free);
        input->last_us = guard_presence_clock_boot_us(clock);
        guard_input_rescan(input);
        return input;
}

void
guard_input_free(GuardInput *input)
{
        if (!input)
                return;
        if (input->pause)
                g_source_remove(input->pause);
        g_clear_object(&input->monitor);
        g_ptr_array_unref(input->devices);
        g_free(input->folder);
        g_free(input);
}

gint64
guard_input_last_us(GuardInput *input)
{
        return input->last_us;
}

guint
guard_input_n_devices(GuardInput *input)
{
        return input->devices->len;
}

gboolean
guard_input_is_blind(GuardInput *input)
{
        return input->blind;
}
