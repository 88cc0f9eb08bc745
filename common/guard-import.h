/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guardd and the importer say to each other: one packet a message, each an a{sv} with "event".
 *
 * guardd begins with "job": disk (s), diskseq (t), volumes (a(suus): node, major, minor, type of
 * the file system), user (s), id (s), size (t: bytes at most, 0: no limit), only (s: a pattern, "" for all), scan (s:
 * GUARD_IMPORT_SCAN_…), sm3 (b).
 * The importer says "file" for each one: path, digest (s), size (t), scan (s: clean, found, not-scanned), found (s), kept (b);
 * then "copied": files, kept, skipped (u), bytes (t). guardd, when all of that is on record, says "deliver"; the
 * importer "done": folder (s). "failed": why (s, guard_text_pack()) is the last word at any time.
 */
#pragma once

#define GUARD_IMPORT_SOCKET "/run/baomi-guard/import.sock"
#define GUARD_IMPORT_FOLDER "/var/lib/baomi-guard-import"
#define GUARD_IMPORT_CLAMD "/run/clamav/clamd.ctl"
#define GUARD_IMPORT_MAX_VOLUMES 32

#define GUARD_IMPORT_SCAN_NO "no"
#define GUARD_IMPORT_SCAN_IF_THERE "if-there"
#define GUARD_IMPORT_SCAN_REQUIRED "required"
