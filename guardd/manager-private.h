/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Inside the manager. Each step of a medium's way is a file: manager-usb.c and manager-disk.c walk a
 * device and a disk through it, manager-decide.c asks rules/, manager-record.c writes down, and only
 * what is durable is carried out. Main thread only.
 */
#pragma once
#include "guardd/alarms.h"
#include "guardd/block/ask-socket.h"
#include "guardd/block/disk-open.h"
#include "guardd/block/probe-client.h"
#include "guardd/block/verdict-file.h"
#include "guardd/config/config.h"
#include "guardd/exceptions/exceptions.h"
#include "guardd/fingerprints.h"
#include "guardd/manager.h"
#include "guardd/kernel-source.h"
#include "guardd/paths.h"
#include "guardd/record/recorder.h"
#include "guardd/serve/link.h"
#include "guardd/session.h"
#include "guardd/udev-source.h"
#include "guardd/usb/state.h"
#include "guardd/wall-timer.h"
#include "guardd/worker.h"
#include "rules/transfers.h"

G_BEGIN_DECLS

/* How long an old plug's removal is waited for, before two ports count as two drives. */
#define DUPLICATE_WAIT_US (2 * G_USEC_PER_SEC)
/* A record that could not be written is tried again this often, while something waits for it. */
#define RECORD_RETRY_SECONDS 5

struct _GuardManager {
        GObject parent;
        GuardPaths *paths;
        char *bus_address;
        gboolean use_audit, use_journal;
        int udev_socket, kernel_socket; /* 0: none was passed */
        gboolean started;
        GuardWorkers *workers;
        GuardRecorder *recorder;
        GuardProbePool *probes;
        GuardConfig *config;
        GuardUdevSource *udev;
        GuardKernelSource *kernel;
        GuardAskSocket *asks;
        GuardLink *bus;
        GuardSessionWatch *sessions;
        GuardAlarms *alarms;
        GuardPresence *presence;
        GuardExceptions *exceptions;
        GuardFingerprints *fingerprints;
        GuardWallTimer *expiry;
        GPtrArray *pending; /* of ManagedDevice (owned refs): facts not collected yet */
        GPtrArray *devices; /* of ManagedDevice (owned refs), shown */
        GPtrArray *unwritten; /* of GuardRecord: of refusals, to be tried again */
        guint64 next_cookie;
        guint retry_timer, prune_timer, shield_timer;
        gboolean record_failing; /* the recorder could not write when it was last heard */
        char *boot_id;
        GHashTable *spooling; /* paths of spool files whose records are under way */
        gboolean ready;       /* the registry could be asked: the spool was taken in */
};

typedef struct {
        GuardDevice public; /* first: serve's pointers are ours */
        GuardManager *manager;
        char *syspath; /* the carrier's folder */
        guint64 inode;
        gint64 plugged_mono_us;
        gboolean collecting, shown, gone;
        gboolean early; /* begun at the kernel's word, while udev is still at its rules */
        gboolean told;  /* udev has told of it since */
        gboolean system_disk;
        gboolean recording, again; /* a record is under way; come back when it is done */
        gboolean recorded;         /* something about this plug is in the ledger */
        gboolean opened;           /* guarded interfaces are authorised, or some may be */
        gboolean partly;           /* as the static helper opens it: but for what is guarded */
        gboolean enforcing;        /* a write to sysfs, or an unmount, is under way */
        gboolean barred;           /* refused for the content of a disk of its; until it is pulled */
        GuardBlockFacts *barred_facts; /* of that disk, to be judged again; NULL after a restart */
        gboolean lost_told;        /* that it was reported lost is on record */
        gboolean duplicate;        /* was refused as one: stays so until it is pulled */
        guint duplicate_timer;
        char *claim[2]; /* the rule of the last decision of each stage, be it recorded yet or not: for limit= */
        gboolean has_known;
        GuardKnownVerdict known; /* of guardd's former run */
        GuardRegistryAnswer *identity; /* what the register says of it without its content */
} ManagedDevice;

typedef enum { DISK_NEW = 0, DISK_OPENING, DISK_PROBING, DISK_PROBED } DiskStep;

typedef struct {
        GuardDisk public; /* first */
        ManagedDevice *device; /* owned ref */
        DiskStep step;
        gboolean gone, recording, again, enforcing;
        gboolean no_medium;
        GuardDiskOpen *open; /* held until the verdict */
        GPtrArray *asks;     /* of GuardAsk: udev waits */
        gboolean event_seen; /* udev has finished with its add */
        gboolean hidden;     /* as udev last saw it: quarantined */
        guint announced;     /* synthetic adds so far */
        gboolean announcing; /* one is on its way through udev */
        gboolean read_only;  /* BLKROSET is set by us */
        gboolean raw_open;   /* its raw SCSI nodes are, as udev was told last */
        guint raw_timer;
        struct GuardDiskTransfers *transfers; /* what is copied is watched; NULL: not */
        struct GuardDiskImport *import; /* it is being read in, or was; NULL: not */
        gboolean has_known;
        GuardKnownVerdict known;
} ManagedDisk;

/* TRUE when it is written, FALSE when it could not be written. */
typedef void (*GuardWritten)(gboolean in_ledger, gpointer user_data);

/* manager-table.c: life of devices and disks */
ManagedDevice *guard_device_new(GuardManager *manager, const char *syspath);
ManagedDevice *guard_device_ref(ManagedDevice *device);
void guard_device_unref(ManagedDevice *device);
ManagedDisk *guard_disk_new(ManagedDevice *device, GuardBlockFacts *facts);
ManagedDisk *guard_disk_ref(ManagedDisk *disk);
void guard_disk_unref(ManagedDisk *disk);
ManagedDevice *guard_table_find(GuardManager *manager, const char *syspath);
ManagedDisk *guard_table_find_disk(GuardManager *manager, const char *syspath);
/* Is the folder of @device still the same one in sysfs? */
gboolean guard_device_present(const ManagedDevice *device);
void guard_device_show(ManagedDevice *device);
void guard_device_changed(ManagedDevice *device);

/* manager-usb.c */
void guard_manager_usb_event(GuardManager *manager, const char *syspath, const char *action);
/* The kernel says that it is new; udev will say so too. */
void guard_manager_usb_early(GuardManager *manager, const char *syspath);
ManagedDevice *guard_manager_usb_ensure(GuardManager *manager, const char *syspath);
void guard_device_advance(ManagedDevice *device);
void guard_device_gone(ManagedDevice *device);
/* Takes the place of the decision that it has. */
void guard_device_adopt(ManagedDevice *device, GuardDecision *decision);

/* manager-usb-apply.c */
gboolean guard_decision_opens(const GuardDecision *decision);
void guard_device_apply(ManagedDevice *device);
/* Takes the guarded part of @device away, after unmounting what is released of it. */
void guard_device_revoke(ManagedDevice *device);
/* The same for the content of @disk: the device stays refused by that disk's decision. */
void guard_device_bar(ManagedDevice *device, const ManagedDisk *disk);

/* manager-disk.c, manager-disk-apply.c */
void guard_manager_block_event(GuardManager *manager, struct udev_device *udev, const char *action);
void guard_manager_block_early(GuardManager *manager, const char *syspath); /* the kernel says that it is new */
void guard_manager_asked(GuardAsk *ask, const GuardQuestion *question, gpointer manager);
void guard_disk_advance(ManagedDisk *disk);
void guard_disk_gone(ManagedDisk *disk);
void guard_disk_apply(ManagedDisk *disk);
void guard_disk_answer(ManagedDisk *disk, GuardVerdict verdict, GuardReason reason);
void guard_disk_sync_udev(ManagedDisk *disk);
/* The machine has slept: each disk that stayed is read anew, since the kernel takes a drive with the same identity for the same
 * one, whatever is on it now. */
void guard_manager_probe_again(GuardManager *manager);

/* manager-import.c: one-way, of a disk that stays hidden */
/* Reads @disk in, where its verdict says so and that has not been begun. */
void guard_disk_import(ManagedDisk *disk);
/* Ends one that runs; what was copied so far is dropped. */
void guard_disk_import_end(ManagedDisk *disk);

/* manager-import-record.c: what is written down about it. Each calls @done as GuardWritten. */
void guard_import_record_file(ManagedDisk *disk, const char *exception, GVariant *message, GuardWritten done, gpointer user_data);
/* @folder: where it lies; @copied: the importer's count. */
void guard_import_record_done(ManagedDisk *disk, const GuardException *exception, GVariant *copied, const char *folder);
/* @why: guard_text_pack() */
void guard_import_record_failed(ManagedDisk *disk, const GuardException *exception, const char *why);

/* manager-transfers.c */
/* May @disk be released? FALSE: who watches what is copied is not ready yet; it is applied again when he is. */
gboolean guard_disk_transfers_ready(ManagedDisk *disk);
void guard_disk_transfers_end(ManagedDisk *disk);
void guard_manager_update_transfers(GuardManager *manager);

/* manager-decide.c */
/* @released: it was, and does not wait for a person any more. */
GuardDecision *guard_manager_decide(ManagedDevice *device, const GuardBlockFacts *block, gboolean released);
/* Who is there to answer for a medium, as decisions are told; strings stay the watch's. FALSE: nobody, or not known. */
gboolean guard_manager_person(GuardManager *manager, GuardSession *seen);
/* Would it wait for a person, and logind has not said yet whether one is there? */
gboolean guard_manager_person_pending(GuardManager *manager, const GuardDecision *decision);
gboolean guard_decision_same(const GuardDecision *a, const GuardDecision *b);
/* Is @decision the one that a former run has recorded? */
gboolean guard_decision_is_known(const GuardDecision *decision, const GuardKnownVerdict *known);
/* Must @device wait, because another one with its identity may be about to go? */
gboolean guard_manager_duplicate_pending(ManagedDevice *device);
void guard_manager_reevaluate(GuardManager *manager, guint depends);
void guard_manager_schedule(GuardManager *manager);

/* manager-record.c */
GuardRecord *guard_manager_record_event(ManagedDevice *device, const char *kind,
                                        GuardSeverity severity, const char *message);
/* Of no device, at this moment; what it says is the caller's. */
GuardRecord *guard_manager_record_now(GuardManager *manager, const char *kind,
                                      GuardSeverity severity);
/* Calls @done; emits "decided". What lets nothing be read yet (storage that is authorised: its disks wait in quarantine) is told as soon as it is in the
 * ledger, and is durable with the disk's own record at the latest. */
void guard_manager_write_decision(ManagedDevice *device, ManagedDisk *disk, const GuardDecision *decision,
                                  GuardWritten done, gpointer user_data);
/* What waits for a record is taken up again: the recorder has said that it can write. */
void guard_manager_record_again(GuardManager *manager);
/* A record of @device's that is announced as a decision is; done is called when it is written. */
void guard_manager_write_told(ManagedDevice *device, ManagedDisk *disk, GuardRecord *record, GuardWritten done, gpointer user_data);
/* It is in use and will be taken away in so many seconds: on record, and told to whom it concerns. */
void guard_manager_warn_busy(ManagedDevice *device, ManagedDisk *disk, guint seconds);
void guard_manager_note(GuardManager *manager, const char *kind, GuardSeverity severity,
                        const char *message);

/* manager-spool.c */
void guard_manager_take_spool(GuardManager *manager);
void guard_manager_spool_forget(GuardManager *manager, const GuardUsbFacts *facts, const char *action);

/* manager-presence.c */
/* A wall time that has certainly passed, 0: none is known. Before the first record of this run. */
gint64 guard_manager_known_time(GuardManager *manager);
void guard_manager_start_presence(GuardManager *manager, gint64 known_us);

/* manager-fingerprints.c */
/* How @medium looks otherwise than the drive @media_id (may be NULL) when it was last used here: GUARD_CHANGED_…. */
guint guard_manager_changed(GuardManager *manager, const GuardMedium *medium, const char *media_id);
/* Its decision is in force: how it looks is kept, and on record where it has changed. */
void guard_manager_remember(ManagedDisk *disk);

/* manager-exceptions.c */
void guard_manager_start_exceptions(GuardManager *manager, gint64 known_us);

/* manager-shield.c: where there is one, what it refused is written down. May be called again and again. */
void guard_manager_watch_shield(GuardManager *manager);

/* manager-alarms.c */
void guard_manager_check_alarms(GuardManager *manager);

G_END_DECLS
