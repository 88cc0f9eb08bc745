/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Paths from a table. Nothing is created or opened here.
 */
#include "guardd/paths.h"
#include "common/guard-names.h"

static const struct {
        gsize offset;
        const char *path;
} PATHS[] = {
        {G_STRUCT_OFFSET(GuardPaths, host_conf), GUARD_HOST_CONF},
        {G_STRUCT_OFFSET(GuardPaths, host_conf_vendor), GUARD_HOST_CONF_VENDOR},
        {G_STRUCT_OFFSET(GuardPaths, host_id), GUARD_HOST_ID_FILE},
        {G_STRUCT_OFFSET(GuardPaths, policy_dir), GUARD_POLICY_DIR},
        {G_STRUCT_OFFSET(GuardPaths, policy_dir_vendor), GUARD_POLICY_DIR_VENDOR},
        {G_STRUCT_OFFSET(GuardPaths, keys_dir), GUARD_KEYS_DIR},
        {G_STRUCT_OFFSET(GuardPaths, exceptions), GUARD_EXCEPTIONS_FILE},
        {G_STRUCT_OFFSET(GuardPaths, fingerprints), GUARD_FINGERPRINTS_FILE},
        {G_STRUCT_OFFSET(GuardPaths, host_secret), GUARD_HOST_SECRET},
        {G_STRUCT_OFFSET(GuardPaths, registry_db), GUARD_REGISTRY_DB},
        {G_STRUCT_OFFSET(GuardPaths, registry_sequence), GUARD_REGISTRY_SEQUENCE},
        {G_STRUCT_OFFSET(GuardPaths, state_dir), GUARD_STATE_DIR},
        {G_STRUCT_OFFSET(GuardPaths, ledger_db), GUARD_LEDGER_DB},
        {G_STRUCT_OFFSET(GuardPaths, ledger_head), GUARD_LEDGER_HEAD},
        {G_STRUCT_OFFSET(GuardPaths, running_mark), GUARD_STATE_DIR "/running"},
        {G_STRUCT_OFFSET(GuardPaths, run_dir), GUARD_RUN_DIR},
        {G_STRUCT_OFFSET(GuardPaths, verdict_dir), GUARD_VERDICT_DIR},
        {G_STRUCT_OFFSET(GuardPaths, usb_state_dir), GUARD_RUN_DIR "/usb"},
        {G_STRUCT_OFFSET(GuardPaths, ask_socket), GUARD_ASK_SOCKET},
        {G_STRUCT_OFFSET(GuardPaths, spool_dir), GUARD_SPOOL_DIR},
        {G_STRUCT_OFFSET(GuardPaths, spool_dir_early), GUARD_SPOOL_DIR_EARLY},
        {G_STRUCT_OFFSET(GuardPaths, hold_file), GUARD_HOLD_FILE},
        {G_STRUCT_OFFSET(GuardPaths, system_disks), GUARD_SYSTEM_DISKS_FILE},
        {G_STRUCT_OFFSET(GuardPaths, probe_program), GUARD_LIBEXEC_DIR "/guard-probe"},
        {G_STRUCT_OFFSET(GuardPaths, cmdline), "/proc/cmdline"},
};

GuardPaths *
guard_paths_new(const char *root)
{
        GuardPaths *paths = g_new0(GuardPaths, 1);

        paths->root = g_strdup(root ? root : "");
        for (gsize i = 0; i < G_N_ELEMENTS(PATHS); i++)
                *(char **)G_STRUCT_MEMBER_P(paths, PATHS[i].offset) =
                        g_strconcat(paths->root, PATHS[i].path, NULL);
        return paths;
}

void
guard_paths_free(GuardPaths *paths)
{
        if (!paths)
                return;
        for (gsize i = 0; i < G_N_ELEMENTS(PATHS); i++)
                g_free(*(char **)G_STRUCT_MEMBER_P(paths, PATHS[i].offset));
        g_free(paths->root);
        g_free(paths);
}
