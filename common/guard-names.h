/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every name the outside can see: paths, bus names, message ids. One header, so that a rename is
 * one line and a test can hold it against INTERFACES. No code here.
 */
#pragma once

#define GUARD_ETC_DIR "/etc/baomi-guard"
#define GUARD_DATA_DIR "/usr/share/baomi-guard"
#define GUARD_LIBEXEC_DIR "/usr/lib/baomi-guard"
#define GUARD_STATE_DIR "/var/lib/baomi-guard"
#define GUARD_RUN_DIR "/run/baomi-guard"

#define GUARD_HOST_CONF GUARD_ETC_DIR "/host.conf"
#define GUARD_HOST_CONF_VENDOR GUARD_DATA_DIR "/host.conf"
/* Generated at first start where host.conf names no host-id (images are cloned). */
#define GUARD_HOST_ID_FILE GUARD_STATE_DIR "/host-id"
#define GUARD_POLICY_DIR GUARD_ETC_DIR "/policy.d"
#define GUARD_POLICY_DIR_VENDOR GUARD_DATA_DIR "/policy.d"
#define GUARD_KEYS_DIR GUARD_ETC_DIR "/keys.d"
#define GUARD_REGISTRY_DB GUARD_STATE_DIR "/registry.db"
/* The last accepted sequence, kept outside the snapshot so that deleting it cannot hide a rollback. */
#define GUARD_REGISTRY_SEQUENCE GUARD_STATE_DIR "/registry.sequence"
/* Where new registries come from, and what guard-registry-update remembers; the user that it runs as. */
#define GUARD_UPDATE_CONF GUARD_ETC_DIR "/update.conf"
#define GUARD_UPDATE_CONF_VENDOR GUARD_DATA_DIR "/update.conf"
#define GUARD_UPDATE_DIR "/var/lib/baomi-guard-update"
#define GUARD_UPDATE_USER "baomi-guard-update"
#define GUARD_LEDGER_DB GUARD_STATE_DIR "/ledger.db"
/* The head of the ledger, kept outside the database. */
#define GUARD_LEDGER_HEAD GUARD_STATE_DIR "/ledger.head"
#define GUARD_EXCEPTIONS_FILE GUARD_STATE_DIR "/exceptions"
/* What drives of the register looked like when they were last used here. */
#define GUARD_FINGERPRINTS_FILE GUARD_STATE_DIR "/fingerprints"
/* What this computer shares with the desk, for codes; put there by hand. */
#define GUARD_HOST_SECRET GUARD_ETC_DIR "/host.secret"

#define GUARD_VERDICT_DIR GUARD_RUN_DIR "/verdicts"
#define GUARD_ASK_SOCKET GUARD_RUN_DIR "/ask.sock"
/* What the static helper saw; /var when writable, else /run (initramfs, early boot). */
#define GUARD_SPOOL_DIR GUARD_STATE_DIR "/spool"
#define GUARD_SPOOL_DIR_EARLY GUARD_RUN_DIR "/spool"
/* Classes that policy adds to the guarded ones, compiled by guardd for the static helper. */
#define GUARD_HOLD_FILE GUARD_STATE_DIR "/hold-classes"
/* Identities of system disks, pinned when the initramfs is built; matched without guardd. */
#define GUARD_SYSTEM_DISKS_FILE GUARD_STATE_DIR "/system-disks"

#define GUARD_BUS_NAME "org.baomiguard.Guard1"
#define GUARD_BUS_PATH "/org/baomiguard/Guard1"
#define GUARD_BUS_MANAGER GUARD_BUS_NAME ".Manager"
#define GUARD_BUS_PATH_MEDIA GUARD_BUS_PATH "/media"

/* The escape hatch on the kernel command line. */
#define GUARD_CMDLINE_OFF "baomi-guard=off"
