/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The files guardd works with, under an optional root, so that a test runs the real daemon on a
 * folder of its own. Names come from common/guard-names.h; none is spelled here.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct {
        char *root; /* "" in the installed unit */
        char *host_conf, *host_conf_vendor, *host_id;
        char *policy_dir, *policy_dir_vendor, *keys_dir;
        char *exceptions, *fingerprints, *host_secret;
        char *registry_db, *registry_sequence;
        char *state_dir, *ledger_db, *ledger_head, *running_mark;
        char *run_dir, *verdict_dir, *usb_state_dir, *ask_socket;
        char *spool_dir, *spool_dir_early, *hold_file, *system_disks;
        char *probe_program, *cmdline;
} GuardPaths;

/* @root may be NULL or "". Caller frees. */
GuardPaths *guard_paths_new(const char *root);
void guard_paths_free(GuardPaths *paths);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardPaths, guard_paths_free)

G_END_DECLS
