/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * State as dictionaries: the keys are those of INTERFACES, the same on the bus and in --json. A key is
 * left out where nothing is known. No state is kept or changed here.
 */
#pragma once
#include "guardd/manager.h"
#include "ledger/ledger.h"

G_BEGIN_DECLS

/* All floating. */
GVariant *guard_show_host(const GuardHost *host);                 /* a{sv} */
GVariant *guard_show_layers(GuardManager *manager);               /* a{sv}: name → a{sv} */
GVariant *guard_show_registry(const GuardRegistryInfo *info);     /* a{sv} */
GVariant *guard_show_policy(GuardManager *manager);               /* a{sv} */
GVariant *guard_show_alarms(GuardManager *manager);               /* aa{sv} */
GVariant *guard_show_status(GuardManager *manager);               /* a{sv} */
GVariant *guard_show_usb(const GuardMedium *medium);              /* a{sv}: identity only */
GVariant *guard_show_disk_facts(const GuardBlockFacts *facts);    /* a{sv}: content only */
GVariant *guard_show_device(const GuardDevice *device);           /* a{sv}: the entry of `media list` */
GVariant *guard_show_media(GuardManager *manager);                /* aa{sv} */
GVariant *guard_show_decision(const GuardDecision *decision);     /* a{sv}: all of it; near misses included */
GVariant *guard_show_record(const GuardRecord *record);           /* a{sv}: the entry of `log` */
/* verdict, reason, rule, media_id, level into @builder; @decision NULL: hold. */
void guard_show_verdict(GVariantBuilder *builder, const GuardDecision *decision);

/* Entries of an a{sv}; strings are made valid UTF-8, NULL is left out. */
/* A packed text (guard_text_pack()): in English at @key, as it is at "@key_text" for who shows it to a person. */
void guard_show_text(GVariantBuilder *builder, const char *key, const char *packed);
void guard_show_string(GVariantBuilder *builder, const char *key, const char *value);
void guard_show_time(GVariantBuilder *builder, const char *key, gint64 time_us); /* 0: left out */
void guard_show_value(GVariantBuilder *builder, const char *key, GVariant *value);

G_END_DECLS
