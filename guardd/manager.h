/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The manager: knows every present medium and takes each through collect → decide → record → enforce →
 * announce. serve/ shows it on the bus; usb/ and block/ collect and enforce for it. Main thread only.
 */
#pragma once
#include <gio/gio.h>
#include "common/guard-host.h"
#include "common/guard-medium.h"
#include "guardd/exceptions/exceptions.h"
#include "registry/registry.h"
#include "rules/media-rule.h"

G_BEGIN_DECLS

typedef struct { /* one disk of a device, with its own verdict (LUNs and reader slots differ) */
        GuardBlockFacts *facts;
        GuardDecision *decision; /* NULL: still held */
        gboolean released;       /* enforced: visible to the desktop */
} GuardDisk;

typedef struct { /* one present removable device */
        char *id;                /* "1-2"; for bus paths see guardd/serve */
        guint64 cookie;          /* unique in this run of guardd: never confused with a replugged one */
        GuardMedium *medium;     /* block is NULL; disks have theirs */
        GuardDecision *decision; /* USB stage; NULL: still held */
        GPtrArray *disks;        /* of GuardDisk */
        gint64 plugged_us;
        gboolean ejecting;
} GuardDevice;

#define GUARD_TYPE_MANAGER (guard_manager_get_type())
G_DECLARE_FINAL_TYPE(GuardManager, guard_manager, GUARD, MANAGER, GObject)
/* Signals: "device-added" (GuardDevice*), "device-changed" (GuardDevice*), "device-removed" (GuardDevice*), "decided" (GuardDevice*,
 * GuardDisk* or NULL, GuardRecord*: after it is durable), "alarms-changed" (), "config-changed" (). */

typedef struct {
        const char *root;        /* prefix of every file; NULL or "": none */
        const char *bus_address; /* NULL: the system bus */
        gboolean use_audit, use_journal;
        int udev_socket;         /* passed by systemd, bound to udev's events; 0: the manager opens one */
        int kernel_socket;       /* the same for the kernel's events; 0: udev's are waited for */
} GuardManagerConfig;

/* Does nothing yet. */
GuardManager *guard_manager_new(const GuardManagerConfig *config);
/* Begins to record, to listen and to answer, then looks at what is present. Sets an error only where guarding is
 * impossible (no udev, no run directory). */
gboolean guard_manager_start(GuardManager *manager, GError **error);
/* Ends in order: what is queued is recorded, verdicts stay for the next start. */
void guard_manager_stop(GuardManager *manager);
/* Looks at every present device again: after lost events and after a resume. */
void guard_manager_rescan(GuardManager *manager);
/* Where the ledger is, for readers. (transfer none) */
const char *guard_manager_ledger_path(GuardManager *manager);
const char *guard_manager_ledger_head_path(GuardManager *manager);

GPtrArray *guard_manager_devices(GuardManager *manager);               /* (transfer none), of GuardDevice */
GuardDevice *guard_manager_find(GuardManager *manager, const char *id); /* (transfer none), NULL: not there */
/* Worst of the device's and its disks' decisions; NULL while everything is held. (transfer none) */
const GuardDecision *guard_device_worst(const GuardDevice *device);
const GuardHost *guard_manager_host(GuardManager *manager);
const GuardPolicy *guard_manager_policy(GuardManager *manager);
const GuardRegistryInfo *guard_manager_registry_info(GuardManager *manager);
/* Present weaknesses: key (stable, kebab-case) and a sentence with its remedy, packed (guard_text_pack()). */
typedef struct { char *key; char *message; GuardSeverity severity; gint64 since_us; } GuardAlarm;
GPtrArray *guard_manager_alarms(GuardManager *manager); /* (transfer none), of GuardAlarm */
typedef struct { const char *name; const char *state; /* active inactive unavailable */ char *why; /* packed */ } GuardLayer;
GPtrArray *guard_manager_layers(GuardManager *manager); /* (transfer full), of GuardLayer: usb block shield */
typedef enum { GUARD_POLICY_STATE_GOOD = 0, GUARD_POLICY_STATE_LAST_GOOD /* the new one is broken */, GUARD_POLICY_STATE_BUILTIN } GuardPolicyState;
GuardPolicyState guard_manager_policy_state(GuardManager *manager, const char **why);

/* What would be decided about @medium now (a present one or a hypothetical one); @host NULL: this machine. (transfer full) */
GuardDecision *guard_manager_explain(GuardManager *manager, const GuardMedium *medium, const GuardHost *host, GuardStage stage, gboolean waits);
/* Async, GTask pattern: flush, unmount through udisks, power off. */
void guard_manager_eject_async(GuardManager *manager, const char *id, GAsyncReadyCallback callback, gpointer user_data);
gboolean guard_manager_eject_finish(GuardManager *manager, GAsyncResult *result, GError **error);
/* Async: verify and install the snapshot readable on @fd (kept until done), record, re-evaluate. Result: info (transfer full). */
void guard_manager_install_registry_async(GuardManager *manager, int fd, GuardProgress progress, gpointer progress_data,
                                          GAsyncReadyCallback callback, gpointer user_data);
GuardRegistryInfo *guard_manager_install_registry_finish(GuardManager *manager, GAsyncResult *result, GError **error);
/* The presence guard; NULL while it does not run. (transfer none) */
typedef struct GuardPresence GuardPresence;
GuardPresence *guard_manager_presence(GuardManager *manager);
/* NULL: the kernel gives no timer, so there are none. */
GuardExceptions *guard_manager_exceptions(GuardManager *manager);
/* What an exception for the medium @id would be bound to, and what it calls itself (may be NULL); caller frees both. Fails where
 * there is none, or where no exception would open it. */
gboolean guard_manager_exception_device(GuardManager *manager, const char *id, gboolean import, char **device, char **name,
                                        GError **error);
/* What the drive @media_id looked like is learnt anew when it is next used here; present media are judged again. */
gboolean guard_manager_forget(GuardManager *manager, const char *media_id, GError **error);
/* Reads host.conf, policy.d and registry again, re-evaluates all present devices. */
void guard_manager_reload(GuardManager *manager);

G_END_DECLS
