/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tables of a payload, shared by who writes and who reads it. A reader refuses any other
 * schema, so a change here is a new GUARD_MANIFEST_FORMAT.
 */
#pragma once
#include <glib.h>

#define GUARD_PAYLOAD_DIGEST 16 /* bytes of an identifier's digest that are kept */
#define GUARD_PAYLOAD_PAGE 4096

/* Identifiers lie in buckets by the first bits of their digest: few and short keys, so that the
 * inner pages of a million drives fit into a small cache and a look-up reads one leaf. A bucket is
 * one row; where a batch of drives shares one identifier, as many rows as it needs, each but the
 * last one full. */
#define GUARD_PAYLOAD_BUCKET_BITS 20
#define GUARD_PAYLOAD_ROW_MEMBERS 128
/* One member: digest, number of the entry (big endian), 1 where weak else 0. Sorted as bytes. */
#define GUARD_PAYLOAD_MEMBER (GUARD_PAYLOAD_DIGEST + 4 + 1)

/* The bucket's first row; the next ones have the numbers that follow. */
static inline gint64
guard_payload_bucket_id(const guint8 *digest)
{
        guint32 prefix = (guint32)digest[0] << 24 | (guint32)digest[1] << 16 |
                         (guint32)digest[2] << 8 | digest[3];

        return (gint64)((guint64)(prefix >> (32 - GUARD_PAYLOAD_BUCKET_BITS)) << 32);
}

/* The name, and the text as sqlite_master must have it, in the order in which they are created. */
static const struct {
        const char *name, *sql;
} guard_payload_schema[] = {
        {"meta",
         "CREATE TABLE meta(key TEXT NOT NULL PRIMARY KEY,value BLOB NOT NULL)WITHOUT ROWID"},
        {"entry",
         "CREATE TABLE entry(id INTEGER PRIMARY KEY,media_id TEXT NOT NULL,level INTEGER NOT NULL,"
         "status INTEGER NOT NULL,has INTEGER NOT NULL,weak INTEGER NOT NULL,hosts TEXT,units TEXT,"
         "users TEXT)"},
        {"identifier", "CREATE TABLE identifier(id INTEGER PRIMARY KEY,members BLOB NOT NULL)"},
};

#define GUARD_PAYLOAD_META_KEY "digest-key"
