/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guardd and the recorder of transfers say to each other (common/guard-talk.h).
 *
 * guardd begins with "job": disk (s), reads, writes (b), digest_size (t: files up to so many bytes are
 * digested, 0: none). The helper says "ready" when nothing is missed any more; then "transfer" for each file: path (s,
 * below the drive's top), direction (s: write, read), size (t), digest (s; "" where there is none), user (s), program (s);
 * "missed": why (s, guard_text_pack()), where some could not be told; "failed": why (s, guard_text_pack()).
 */
#pragma once

#define GUARD_TRANSFER_SOCKET "/run/baomi-guard/transfers.sock"
