/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where an on-media mark lies and how it begins: plain C, for the probe's helper as well as for who writes it. The places are in
 * what the helper reads anyway; both lie behind the tables of any partitioning, and before a first partition at 1 MiB or at
 * cylinder 1 (31.5 KiB).
 */
#pragma once

#define GUARD_MARK_BLOCK 1024
#define GUARD_MARK_MAGIC "baomi-guard-mark 1\n"
#define GUARD_MARK_N_PLACES 2
/* In bytes; the first one that lies in the gap is written, each that does is read. */
#define GUARD_MARK_PLACES {262144, 24576}
