/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Matches pins. Only reads; a missing or damaged file pins nothing.
 */
#include "udev/hold/pins.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/guard-names.h"

#define PINS_FILE_MAX 65536
#define CMDLINE_MAX 8192

static const char *const kind_names[HOLD_N_PIN_KINDS] = {
        [HOLD_PIN_USB] = "usb",
        [HOLD_PIN_MMC] = "mmc",
        [HOLD_PIN_WWID] = "wwid",
};

static bool
hex(const char *text, char *buffer, size_t size)
{
        size_t n = strlen(text);

        if (n == 0)
                return hold_format(buffer, size, "-");
        if (2 * n >= size)
                return false;
        for (size_t i = 0; i < n; i++)
                hold_format(buffer + 2 * i, 3, "%02x", (unsigned char)text[i]);
        return true;
}

bool
hold_pin_usb(const struct hold_device *device, char *buffer, size_t size)
{
        char serial[2 * HOLD_STRING_MAX], port[PATH_MAX];

        if (!hex(device->serial, serial, sizeof serial))
                return false;
        if (!hold_device_port(device, port, sizeof port))
                hold_format(port, sizeof port, "-");
        return hold_format(buffer, size, "usb %04x:%04x %s %s", device->vendor_id,
                           device->product_id, serial, port);
}

bool
hold_pin_other(enum hold_pin_kind kind, const char *id, char *buffer, size_t size)
{
        char text[HOLD_PIN_MAX];

        return *id && hex(id, text, sizeof text) &&
               hold_format(buffer, size, "%s %s", kind_names[kind], text);
}

/* "0000", "A", "": many disks have them, so the place decides as well. */
static bool
serial_is_weak(const char *serial)
{
        return strlen(serial) < 4 || strspn(serial, (char[]){serial[0], '\0'}) == strlen(serial);
}

/* Does one line of the file begin with @pin, followed by a blank or its end? */
static bool
line_matches(const char *line, const char *pin, size_t length)
{
        return strncmp(line, pin, length) == 0 && strchr(" \t\n", line[length]);
}

static bool
file_has(int root, const char *path, const char *pin)
{
        char text[PINS_FILE_MAX];
        size_t length = strlen(pin);
        ssize_t n = hold_read_bytes(root, path, text, sizeof text - 1);

        if (n <= 0)
                return false;
        text[n] = '\0';
        for (const char *line = text; line; line = strchr(line, '\n')) {
                line += *line == '\n';
                if (line_matches(line, pin, length))
                        return true;
        }
        return false;
}

static bool
files_have(int root, const char *pin)
{
        return file_has(root, GUARD_SYSTEM_DISKS_FILE, pin) ||
               file_has(root, HOLD_SYSTEM_DISKS_EARLY, pin);
}

static bool
cmdline_find(int root, const char *word, bool prefix, char *rest, size_t size)
{
        char text[CMDLINE_MAX], *saved = NULL;
        size_t length = strlen(word);

        if (!hold_read_line(root, "proc/cmdline", text, sizeof text))
                return false;
        for (char *token = strtok_r(text, " \n", &saved); token;
             token = strtok_r(NULL, " \n", &saved)) {
                if (strcmp(token, "--") == 0)
                        break; /* what follows is init's */
                if (strncmp(token, word, length) != 0 || (!prefix && token[length]))
                        continue;
                return !prefix || hold_format(rest, size, "%s", token + length);
        }
        return false;
}

bool
hold_cmdline_has(int root, const char *word)
{
        return cmdline_find(root, word, false, NULL, 0);
}

/* "0951:1666" or "0951:1666:SERIAL". */
static bool
cmdline_pins(int root, const struct hold_device *device)
{
        char pin[HOLD_STRING_MAX + 16], wanted[HOLD_STRING_MAX];

        if (!cmdline_find(root, HOLD_CMDLINE_PIN, true, wanted, sizeof wanted))
                return false;
        hold_format(pin, sizeof pin, "%04x:%04x", device->vendor_id, device->product_id);
        if (strcmp(pin, wanted) == 0)
                return true;
        hold_format(pin, sizeof pin, "%04x:%04x:%s", device->vendor_id, device->product_id,
                    device->serial);
        return device->serial[0] && strcmp(pin, wanted) == 0;
}

struct search {
        const struct hold_device *self;
        bool found;
};

static bool
visit_twin(int root, const char *path, void *data)
{
        struct search *search = data;
        struct hold_device other;

        if (hold_device_open(&other, root, path) && other.authorized &&
            other.inode != search->self->inode)
                search->found = other.vendor_id == search->self->vendor_id &&
                                other.product_id == search->self->product_id &&
                                strcmp(other.serial, search->self->serial) == 0;
        hold_device_close(&other);
        return !search->found;
}

bool
hold_pins_match_usb(int root, const struct hold_device *device)
{
        struct search twin = {device, false};
        char pin[HOLD_PIN_MAX + PATH_MAX], *place;

        if (!hold_pin_usb(device, pin, sizeof pin))
                return false;
        if (files_have(root, pin))
                return true; /* the same disk at the same place */
        place = strrchr(pin, ' ');
        if (serial_is_weak(device->serial) || !place)
                return cmdline_pins(root, device);
        *place = '\0';
        if (!files_have(root, pin) && !cmdline_pins(root, device))
                return false;
        hold_device_each(root, visit_twin, &twin);
        return !twin.found;
}

bool
hold_pins_match_other(int root, enum hold_pin_kind kind, const char *id)
{
        char pin[HOLD_PIN_MAX];

        return hold_pin_other(kind, id, pin, sizeof pin) && files_have(root, pin);
}
