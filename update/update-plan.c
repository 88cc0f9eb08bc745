/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Decisions of the updater, each a table or a few lines. Pure.
 */
#include "update/update-plan.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#define HEADER_MAX 200
#define TRIES_MAX 8

void
guard_update_tag_clear(GuardUpdateTag *tag)
{
        g_clear_pointer(&tag->etag, g_free);
        g_clear_pointer(&tag->modified, g_free);
}

void
guard_update_tag_set(GuardUpdateTag *tag, const char *etag, const char *modified)
{
        char *new_etag = g_strdup(etag), *new_modified = g_strdup(modified);

        guard_update_tag_clear(tag);
        tag->etag = new_etag;
        tag->modified = new_modified;
}

gboolean
guard_update_tag_is_empty(const GuardUpdateTag *tag)
{
        return !tag->etag && !tag->modified;
}

gboolean
guard_update_header_is_good(const char *value)
{
        gsize length = strlen(value);

        for (const char *c = value; *c; c++)
                if (*c < 0x20 || *c > 0x7e)
                        return FALSE;
        return length > 0 && length <= HEADER_MAX;
}

/* A weak one says "much the same": not enough to put two pieces together. */
static const char *
if_range_of(const GuardUpdateTag *tag)
{
        if (tag->etag && !g_str_has_prefix(tag->etag, "W/"))
                return tag->etag;
        return tag->modified;
}

void
guard_update_ask(const GuardUpdateHave *have, GuardUpdateRequest *request)
{
        *request = (GuardUpdateRequest){0};
        if (have->staged_bytes > 0 && have->complete) {
                request->unless = guard_update_tag_is_empty(have->staged) ? NULL : have->staged;
                return;
        }
        if (have->staged_bytes > 0 && if_range_of(have->staged)) {
                request->if_range = if_range_of(have->staged);
                request->offset = have->staged_bytes;
                return;
        }
        if (have->serves && !guard_update_tag_is_empty(have->installed))
                request->unless = have->installed;
}

static gboolean
number(const char **at, guint64 *value)
{
        char *end;

        if (!g_ascii_isdigit(**at))
                return FALSE;
        *value = g_ascii_strtoull(*at, &end, 10);
        *at = end;
        return *value < G_MAXINT64;
}

gboolean
guard_update_content_range(const char *text, guint64 *first, guint64 *last, guint64 *total)
{
        const char *at = text;

        *total = 0;
        if (g_ascii_strncasecmp(at, "bytes ", 6) != 0)
                return FALSE;
        at += 6;
        if (!number(&at, first) || *at++ != '-' || !number(&at, last) || *at++ != '/')
                return FALSE;
        if (strcmp(at, "*") == 0)
                return *first <= *last;
        return number(&at, total) && *at == '\0' && *first <= *last && *last < *total;
}

static const struct {
        guint from, to; /* HTTP status */
        const char *what;
} failures[] = {
        {301, 303, N_("the server sends us on to where we do not go; write the final https address into from=")},
        {307, 308, N_("the server sends us on to where we do not go; write the final https address into from=")},
        {401, 401, N_("the server wants to know who asks; set client-certificate=")},
        {403, 403, N_("the server does not let this computer in; check client-certificate= and the server's rules")},
        {400, 400, N_("the server did not accept the request; it may want a client certificate: set client-certificate=")},
        {404, 404, N_("the server has no such file; check from=, and that the desk's file was put there")},
        {407, 407, N_("the proxy wants to know who asks; check proxy=")},
        {410, 410, N_("the server has no such file any more; check from=")},
        {429, 429, N_("the server is too busy; the next run tries again")},
        {500, 599, N_("the server is out of order; the next run tries again")},
        {0, G_MAXUINT, N_("the server's answer makes no sense here; is it a web server at all?")},
};

static GuardUpdateAction
refuse(const GuardUpdateAnswer *answer, const char *address, GError **error)
{
        gsize i = 0;

        while (answer->status < failures[i].from || answer->status > failures[i].to)
                i++;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED, _("%s: %s (status %u)"), address, _(failures[i].what), answer->status);
        return GUARD_UPDATE_REFUSE;
}

static GuardUpdateAction
too_large(guint64 size, guint64 max_size, const char *address, GError **error)
{
        g_autofree char *is = g_format_size(size), *may = g_format_size(max_size);

        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                    _("%s is larger (%s) than max-size= allows (%s): not a registry, or max-size= is too small"), address, is, may);
        return GUARD_UPDATE_REFUSE;
}

GuardUpdateAction
guard_update_judge(const GuardUpdateRequest *request, const GuardUpdateAnswer *answer, guint64 max_size, const char *address,
                   GError **error)
{
        gboolean resumed = request->if_range != NULL;

        switch (answer->status) {
        case 200:
                if (answer->length >= 0 && (guint64)answer->length > max_size)
                        return too_large((guint64)answer->length, max_size, address, error);
                return GUARD_UPDATE_WHOLE;
        case 206:
                if (!resumed)
                        break;
                if (!answer->has_range || answer->first != request->offset)
                        return GUARD_UPDATE_AFRESH;
                if (answer->total > max_size)
                        return too_large(answer->total, max_size, address, error);
                return GUARD_UPDATE_APPEND;
        case 304:
                if (!request->unless)
                        break;
                return GUARD_UPDATE_UNCHANGED;
        case 416:
                if (!resumed)
                        break;
                return GUARD_UPDATE_AFRESH;
        default:
                break;
        }
        return refuse(answer, address, error);
}

gboolean
guard_update_try_again(guint tries, guint64 bytes_of_this_try)
{
        return tries < TRIES_MAX && bytes_of_this_try > 0;
}

gboolean
guard_update_error_spoils(const GError *error)
{
        static const int codes[] = {GUARD_ERROR_CORRUPT,  GUARD_ERROR_SIGNATURE,     GUARD_ERROR_ROLLBACK, GUARD_ERROR_EXPIRED,
                                    GUARD_ERROR_NOT_YET_VALID, GUARD_ERROR_INVALID_VALUE, GUARD_ERROR_SYNTAX};

        for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
                if (g_error_matches(error, GUARD_ERROR, codes[i]))
                        return TRUE;
        return FALSE;
}
