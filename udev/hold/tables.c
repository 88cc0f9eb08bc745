/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Parses mountinfo, swaps, fstab, crypttab and the kernel command line. No disk is looked up here.
 */
#include "udev/hold/tables.h"
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const system_places[] = {"/",    "/usr", "/boot", "/boot/efi",
                                            "/efi", "/var", "/home"};

static const struct {
        const char *prefix, *folder;
        bool lower;
} spec_kinds[] = {
        {"UUID=", "/dev/disk/by-uuid/", false},
        {"LABEL=", "/dev/disk/by-label/", false},
        {"PARTUUID=", "/dev/disk/by-partuuid/", true},
        {"PARTLABEL=", "/dev/disk/by-partlabel/", false},
        {"ID=", "/dev/disk/by-id/", false},
};

/* Calls @line for each line that is no comment, until the file ends. */
static void
each_line(int root, const char *path, void (*line)(char *line, void *data), void *data)
{
        int fd = openat(root, hold_rel(path), O_RDONLY | O_CLOEXEC);
        FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
        char *text = NULL;
        size_t size = 0;

        if (!file) {
                if (fd >= 0)
                        close(fd);
                return;
        }
        while (getline(&text, &size, file) >= 0) {
                char *start = text + strspn(text, " \t");

                if (*start != '#' && *start != '\n' && *start)
                        line(start, data);
        }
        free(text);
        fclose(file);
}

/* Octal escapes of mountinfo, swaps and fstab: "\040" is a blank. In place. */
static void
unescape(char *text)
{
        char *out = text;

        for (; *text; text++) {
                unsigned value;
                int used = 0;

                if (*text == '\\' && sscanf(text + 1, "%3o%n", &value, &used) == 1 && used == 3) {
                        *out++ = (char)value;
                        text += 3;
                } else {
                        *out++ = *text;
                }
        }
        *out = '\0';
}

static size_t
split(char *line, char **fields, size_t max)
{
        char *saved = NULL;
        size_t n = 0;

        for (char *field = strtok_r(line, " \t\n", &saved); field && n < max;
             field = strtok_r(NULL, " \t\n", &saved)) {
                unescape(field);
                fields[n++] = field;
        }
        return n;
}

struct reading {
        hold_table_found found;
        void *data;
};

static void
tell(const struct reading *reading, const char *use, const char *spec)
{
        struct hold_table_entry entry = {.use = use, .spec = spec};

        reading->found(&entry, reading->data);
}

static void
mounted_line(char *line, void *data)
{
        const struct reading *reading = data;
        struct hold_table_entry entry = {.use = NULL};
        char *fields[64];
        size_t n = split(line, fields, 64), dash = 6;

        if (n < 10 || sscanf(fields[2], "%u:%u", &entry.major, &entry.minor) != 2)
                return;
        for (size_t i = 0; i < sizeof system_places / sizeof *system_places; i++)
                if (strcmp(fields[4], system_places[i]) == 0)
                        entry.use = system_places[i];
        while (dash < n && strcmp(fields[dash], "-") != 0)
                dash++;
        if (!entry.use || dash + 2 >= n)
                return;
        entry.spec = fields[dash + 2]; /* btrfs has no number of its own: by its source */
        reading->found(&entry, reading->data);
}

void
hold_table_mounted(int root, hold_table_found found, void *data)
{
        struct reading reading = {found, data};

        each_line(root, "/proc/self/mountinfo", mounted_line, &reading);
}

static void
swap_line(char *line, void *data)
{
        char *fields[8];

        if (split(line, fields, 8) >= 2 && fields[0][0] == '/')
                tell(data, "swap", fields[0]);
}

void
hold_table_swaps(int root, hold_table_found found, void *data)
{
        struct reading reading = {found, data};

        each_line(root, "/proc/swaps", swap_line, &reading);
}

static bool
may_be_missing(const char *options)
{
        char text[1024], *saved = NULL;

        hold_format(text, sizeof text, "%s", options);
        for (char *one = strtok_r(text, ",", &saved); one; one = strtok_r(NULL, ",", &saved))
                if (strcmp(one, "nofail") == 0 || strcmp(one, "noauto") == 0)
                        return true;
        return false;
}

static void
fstab_line(char *line, void *data)
{
        char *fields[8];
        size_t n = split(line, fields, 8);

        if (n >= 3 && (n < 4 || !may_be_missing(fields[3])))
                tell(data, strcmp(fields[2], "swap") == 0 ? "swap" : fields[1], fields[0]);
}

void
hold_table_fstab(int root, hold_table_found found, void *data)
{
        struct reading reading = {found, data};

        each_line(root, "/etc/fstab", fstab_line, &reading);
}

static void
crypttab_line(char *line, void *data)
{
        char *fields[8];
        size_t n = split(line, fields, 8);

        if (n >= 2 && (n < 4 || !may_be_missing(fields[3])))
                tell(data, "crypt", fields[1]);
}

void
hold_table_crypttab(int root, hold_table_found found, void *data)
{
        struct reading reading = {found, data};

        each_line(root, "/etc/crypttab", crypttab_line, &reading);
}

static void
cmdline_line(char *line, void *data)
{
        char *saved = NULL;

        for (char *word = strtok_r(line, " \t\n", &saved); word;
             word = strtok_r(NULL, " \t\n", &saved)) {
                if (strncmp(word, "root=", 5) == 0)
                        tell(data, "/", word + 5);
                else if (strncasecmp(word, "resume=", 7) == 0)
                        tell(data, "resume", word + 7);
        }
}

void
hold_table_cmdline(int root, hold_table_found found, void *data)
{
        struct reading reading = {found, data};

        each_line(root, "/proc/cmdline", cmdline_line, &reading);
        each_line(root, "/etc/initramfs-tools/conf.d/resume", cmdline_line, &reading);
}

/* Labels in links: what is not plain is "\x20", as udev writes it. */
static bool
encode(const char *value, bool lower, char *buffer, size_t size)
{
        size_t n = 0;

        for (; *value; value++) {
                unsigned char c = (unsigned char)*value;
                bool plain = isalnum(c) || strchr("#+-.:=@_", c) || c >= 0x80;

                if (n + 5 > size)
                        return false;
                if (plain)
                        buffer[n++] = (char)(lower ? tolower(c) : c);
                else
                        n += (size_t)snprintf(buffer + n, size - n, "\\x%02x", c);
        }
        buffer[n] = '\0';
        return true;
}

bool
hold_spec_path(const char *spec, char *buffer, size_t size)
{
        char value[512], encoded[1024];
        size_t n;

        if (spec[0] == '/')
                return spec[1] != '/' && hold_format(buffer, size, "%s", spec);
        for (size_t i = 0; i < sizeof spec_kinds / sizeof *spec_kinds; i++) {
                n = strlen(spec_kinds[i].prefix);
                if (strncasecmp(spec, spec_kinds[i].prefix, n) != 0)
                        continue;
                spec += n + (spec[n] == '"');
                n = strcspn(spec, "\"");
                return hold_format(value, sizeof value, "%.*s", (int)n, spec) &&
                       encode(value, spec_kinds[i].lower, encoded, sizeof encoded) &&
                       hold_format(buffer, size, "%s%s", spec_kinds[i].folder, encoded);
        }
        return false;
}
