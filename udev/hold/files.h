/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Small reads and writes below a root directory, for programs that must run in an initramfs.
 * Every path is looked up below @root (a descriptor of "/", or of a made-up tree in tests), leading
 * slashes are ignored. Plain C, no allocation, no logging.
 */
#pragma once
#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* @path without its leading slashes, for use with openat(). */
const char *hold_rel(const char *path);
/* Reads at most @size bytes of a file. Returns the length, or -1 with errno; a longer file is cut.
 */
ssize_t hold_read_bytes(int dir, const char *path, void *buffer, size_t size);
/* Reads a one-line attribute: NUL-terminated, without its last newline. False with errno. */
bool hold_read_line(int dir, const char *path, char *buffer, size_t size);
/* Reads an attribute that is a number in @base (10 or 16). False with errno. */
bool hold_read_number(int dir, const char *path, int base, unsigned long *value);
/* Writes @text to an attribute that is there, in one write. False with errno. */
bool hold_write_attribute(int dir, const char *path, const char *text);
/* Writes a whole file by a temporary name in the same folder, so that a reader sees all of it or
 * nothing; with @durable also through a power cut. False with errno, nothing left behind. */
bool hold_write_file(int root, const char *path, const void *data, size_t size, bool durable);
/* A folder to be read, below @dir. NULL with errno; the caller closes it. */
DIR *hold_open_folder(int dir, const char *path);
/* Makes every missing folder of @path, with mode 0755. False with errno. */
bool hold_make_folders(int root, const char *path);
/* The real path below @root of what may be a link ("devices/…/sda"), as sysfs knows it, without a
 * leading slash. False with errno. */
bool hold_real_path(int root, const char *path, char *buffer, size_t size);
/* printf into @buffer; false (ENAMETOOLONG) where it does not fit. */
__attribute__((format(printf, 3, 4))) bool hold_format(char *buffer, size_t size,
                                                       const char *format, ...);
/* One line for the administrator: to stderr (udev's log) and to the kernel's log, which is there in
 * an initramfs too. */
__attribute__((format(printf, 1, 2))) void hold_say(const char *format, ...);
/* Milliseconds of a clock that also runs during suspend. */
uint64_t hold_now_ms(void);
void hold_sleep_ms(unsigned ms);
