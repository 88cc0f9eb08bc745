/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What to ask a web server, and what to do with its answer. Pure: facts in, decision out; nothing here
 * opens a file or a connection. RFC 9110 (conditional and range requests).
 */
#pragma once
#include <glib.h>
#include "common/guard-error.h"

G_BEGIN_DECLS

/* By what a server tells one state of a file from another. Either may be NULL. */
typedef struct {
        char *etag, *modified; /* as the server wrote them */
} GuardUpdateTag;

void guard_update_tag_clear(GuardUpdateTag *tag);
void guard_update_tag_set(GuardUpdateTag *tag, const char *etag, const char *modified); /* copies */
gboolean guard_update_tag_is_empty(const GuardUpdateTag *tag);
/* A header's value that may be kept and sent back: printable ASCII, not long. */
gboolean guard_update_header_is_good(const char *value);

/* What is on the disk, before anything is asked. */
typedef struct {
        const GuardUpdateTag *installed; /* of the snapshot in use */
        gboolean serves;                 /* guardd uses that very snapshot, and it is whole */
        const GuardUpdateTag *staged;    /* of the bytes that are there already */
        guint64 staged_bytes;
        gboolean complete; /* they are the whole file: only guardd did not take it yet */
} GuardUpdateHave;

typedef struct {
        const GuardUpdateTag *unless; /* If-None-Match, If-Modified-Since; NULL: unconditional */
        const char *if_range;         /* an ETag or a date; NULL: the whole file */
        guint64 offset;               /* Range: bytes=OFFSET- */
} GuardUpdateRequest;

/* Strings are @have's. */
void guard_update_ask(const GuardUpdateHave *have, GuardUpdateRequest *request);

typedef struct {
        guint status;          /* HTTP */
        gint64 length;         /* Content-Length; -1: not told */
        gboolean has_range;    /* a Content-Range that can be read */
        guint64 first, total;  /* of it; total 0: not told */
} GuardUpdateAnswer;

typedef enum {
        GUARD_UPDATE_REFUSE = 0, /* with an error */
        GUARD_UPDATE_UNCHANGED,  /* what is there is the newest */
        GUARD_UPDATE_WHOLE,      /* the body is the file */
        GUARD_UPDATE_APPEND,     /* the body goes behind what is there */
        GUARD_UPDATE_AFRESH,     /* what is there is of no use: throw it away and ask for the whole */
        GUARD_N_UPDATE_ACTIONS
} GuardUpdateAction;

/* @error is set for GUARD_UPDATE_REFUSE: what the server said, and what to do. @address is for messages. */
GuardUpdateAction guard_update_judge(const GuardUpdateRequest *request, const GuardUpdateAnswer *answer,
                                     guint64 max_size, const char *address, GError **error);
/* "bytes 100-199/200"; @total 0 where the server does not know. */
gboolean guard_update_content_range(const char *text, guint64 *first, guint64 *last, guint64 *total);
/* After a connection broke: once more at once? As long as each try brought something, and not for ever. */
gboolean guard_update_try_again(guint tries, guint64 bytes_of_this_try);
/* Does this error mean that the staged bytes are worth nothing? Else they wait for the next run. */
gboolean guard_update_error_spoils(const GError *error);

G_END_DECLS
