/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "udev/hold/nvme.h"
#include <dirent.h>
#include <limits.h>
#include <string.h>
#include "udev/hold/files.h"

#define ABOVE "/devices/virtual/nvme-subsystem/"

/* What follows @prefix and a number in @text; NULL: it does not begin so. */
static const char *
past_number(const char *text, const char *prefix)
{
        size_t digits;

        if (!text || strncmp(text, prefix, strlen(prefix)) != 0)
                return NULL;
        text += strlen(prefix);
        digits = strspn(text, "0123456789");
        return digits > 0 ? text + digits : NULL;
}

static bool
is_controller(const char *name)
{
        const char *rest = past_number(name, "nvme");

        return rest && *rest == '\0';
}

static bool
is_raw_disk(const char *name)
{
        const char *rest = past_number(past_number(name, "ng"), "n");

        return rest && *rest == '\0';
}

static const char *
last_name(const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash ? slash + 1 : path;
}

bool
hold_nvme_is_above(const char *path)
{
        return strncmp(path, ABOVE, strlen(ABOVE)) == 0;
}

bool
hold_nvme_is_raw(const char *path)
{
        return is_controller(last_name(path)) || is_raw_disk(last_name(path));
}

bool
hold_nvme_disk_of(const char *path, char *buffer, size_t size)
{
        const char *name = last_name(path);

        return is_raw_disk(name) &&
               hold_format(buffer, size, "%.*snvme%s", (int)(name - path), path, name + strlen("ng"));
}

static DIR *
open_subsystem(int root, const char *path, char *folder, size_t size)
{
        const char *end = strchr(path + strlen(ABOVE), '/');

        if (!hold_format(folder, size, "sys%.*s", end ? (int)(end - path) : (int)strlen(path), path))
                return NULL;
        return hold_open_folder(root, folder);
}

bool
hold_nvme_any_controller(int root, const char *path, bool (*is_so)(int root, const char *controller, void *data), void *data)
{
        char folder[PATH_MAX], link[PATH_MAX], real[PATH_MAX];
        DIR *dir = open_subsystem(root, path, folder, sizeof folder);
        struct dirent *entry;
        bool any = false, so = false;

        while (dir && !so && (entry = readdir(dir)) != NULL) {
                if (!is_controller(entry->d_name) ||
                    !hold_format(link, sizeof link, "%s/%s", folder, entry->d_name) ||
                    !hold_real_path(root, link, real, sizeof real) || strncmp(real, "sys/", 4) != 0)
                        continue;
                any = true;
                so = is_so(root, real + strlen("sys"), data);
        }
        if (dir)
                closedir(dir);
        return so || !any;
}
