/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tables of a payload, shared by who writes and who reads it. A reader refuses any other
 * schema, so a change here is a new GUARD_MANIFEST_FORMAT.
 */
#pragma once

#define GUARD_PAYLOAD_DIGEST 16 /* bytes of an identifier's digest that are kept */
#define GUARD_PAYLOAD_PAGE 4096

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
        {"identifier", "CREATE TABLE identifier(digest BLOB NOT NULL,entry INTEGER NOT NULL,"
                       "weak INTEGER NOT NULL,PRIMARY KEY(digest,entry))WITHOUT ROWID"},
};

#define GUARD_PAYLOAD_META_KEY "digest-key"
