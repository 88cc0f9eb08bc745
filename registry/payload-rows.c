/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sorts a book's identifiers into buckets and writes these; payload-schema.h has their form.
 */
#include "registry/payload-rows.h"

#include <stdlib.h>
#include <string.h>

#include "registry/payload-schema.h"

typedef struct {
        gint64 bucket;
        guint8 digest[GUARD_PAYLOAD_DIGEST];
        guint32 entry;
        gboolean weak;
} Member;

struct GuardPayloadRows {
        GuardDigester *digester;
        GArray *members; /* of Member */
};

typedef struct { /* the row being filled */
        sqlite3_stmt *insert;
        gint64 bucket, id;
        gsize size;
        guint8 bytes[GUARD_PAYLOAD_ROW_MEMBERS * GUARD_PAYLOAD_MEMBER];
} Row;

GuardPayloadRows *
guard_payload_rows_new(const guint8 key[GUARD_DIGEST_KEY_SIZE])
{
        GuardPayloadRows *rows = g_new(GuardPayloadRows, 1);

        rows->digester = guard_digester_new(key);
        rows->members = g_array_new(FALSE, FALSE, sizeof(Member));
        return rows;
}

void
guard_payload_rows_free(GuardPayloadRows *rows)
{
        if (rows == NULL)
                return;
        guard_digester_free(rows->digester);
        g_array_unref(rows->members);
        g_free(rows);
}

void
guard_payload_rows_add(GuardPayloadRows *rows, guint32 entry, const GuardIdentifier *id)
{
        guint8 digest[GUARD_DIGEST_SIZE], place[GUARD_DIGEST_SIZE];
        Member member = {.entry = entry, .weak = id->weak};

        guard_identity_digest(rows->digester, id->type, id->canonical, digest);
        guard_identity_place(rows->digester, id->type, id->canonical, digest, place);
        member.bucket = guard_payload_bucket_id(place);
        memcpy(member.digest, digest, sizeof member.digest);
        g_array_append_val(rows->members, member);
}

static int
compare(const void *a, const void *b)
{
        const Member *x = a, *y = b;
        int order;

        if (x->bucket != y->bucket)
                return x->bucket < y->bucket ? -1 : 1;
        order = memcmp(x->digest, y->digest, sizeof x->digest);
        if (order != 0)
                return order;
        return x->entry < y->entry ? -1 : x->entry > y->entry;
}

static gboolean
flush(Row *row)
{
        gboolean ok = TRUE;

        if (row->size > 0) {
                ok = sqlite3_bind_int64(row->insert, 1, row->id) == SQLITE_OK &&
                     sqlite3_bind_blob(row->insert, 2, row->bytes, (int)row->size, SQLITE_STATIC) ==
                             SQLITE_OK &&
                     sqlite3_step(row->insert) == SQLITE_DONE;
                sqlite3_reset(row->insert);
        }
        row->size = 0;
        return ok;
}

static gboolean
append(Row *row, const Member *member)
{
        guint32 entry = GUINT32_TO_BE(member->entry);
        guint8 *out;

        if (row->size == sizeof row->bytes || member->bucket != row->bucket) {
                if (!flush(row))
                        return FALSE;
                row->id = member->bucket == row->bucket ? row->id + 1 : member->bucket;
                row->bucket = member->bucket;
        }
        out = row->bytes + row->size;
        memcpy(out, member->digest, GUARD_PAYLOAD_DIGEST);
        memcpy(out + GUARD_PAYLOAD_DIGEST, &entry, sizeof entry);
        out[GUARD_PAYLOAD_DIGEST + sizeof entry] = member->weak ? 1 : 0;
        row->size += GUARD_PAYLOAD_MEMBER;
        return TRUE;
}

gboolean
guard_payload_rows_write(GuardPayloadRows *rows, sqlite3 *db)
{
        g_autofree Row *row = g_new0(Row, 1);
        Member *members = (Member *)(void *)rows->members->data;
        guint n = rows->members->len;
        gboolean ok;

        row->bucket = -1;
        ok = sqlite3_prepare_v2(db, "INSERT INTO identifier VALUES(?1,?2)", -1, &row->insert,
                                NULL) == SQLITE_OK;
        if (n > 1)
                qsort(members, n, sizeof *members, compare);
        for (guint i = 0; ok && i < n; i++) {
                /* one drive with one identifier twice: once is enough */
                if (i == 0 || compare(&members[i - 1], &members[i]) != 0)
                        ok = append(row, &members[i]);
        }
        ok = ok && flush(row);
        sqlite3_finalize(row->insert);
        return ok;
}
