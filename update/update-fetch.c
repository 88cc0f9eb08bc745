/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libcurl's easy interface. Callbacks run inside curl_easy_perform(), in this thread; one that returns too
 * little ends the transfer, with the reason in fetch->error.
 */
#include "update/update-fetch.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <curl/curl.h>
#include <glib/gi18n-lib.h>

#include "registry/durable.h"
#include "update/update-curl.h"

#define REDIRECTS_MAX 4L
/* Of an answer that is not wanted: a page of a few words. */
#define DISCARD_MAX (64 * 1024)

typedef struct {
        const GuardUpdateSettings *settings;
        const GuardUpdateRequest *request;
        const GuardUpdateHooks *hooks;
        GuardUpdateFetched *fetched;
        CURL *curl;
        const char *address;
        int fd;
        GuardUpdateAnswer answer;
        gboolean judged;
        guint64 have, discarded; /* bytes in the file; thrown away */
        GError *error;
} Fetch;

static void
take_header(Fetch *fetch, const char *name, const char *value)
{
        GuardUpdateTag *tag = &fetch->fetched->tag;
        guint64 last;
        char *end;

        if (g_ascii_strcasecmp(name, "content-range") == 0) {
                fetch->answer.has_range =
                        guard_update_content_range(value, &fetch->answer.first, &last, &fetch->answer.total);
        } else if (g_ascii_strcasecmp(name, "content-length") == 0) {
                guint64 length = g_ascii_isdigit(*value) ? g_ascii_strtoull(value, &end, 10) : G_MAXUINT64;

                fetch->answer.length = length <= G_MAXINT64 ? (gint64)length : -1;
        } else if (g_ascii_strcasecmp(name, "etag") == 0 && guard_update_header_is_good(value)) {
                g_free(tag->etag);
                tag->etag = g_strdup(value);
        } else if (g_ascii_strcasecmp(name, "last-modified") == 0 && guard_update_header_is_good(value) &&
                   curl_getdate(value, NULL) != -1) {
                g_free(tag->modified);
                tag->modified = g_strdup(value);
        }
}

/* Each answer on the way (a proxy's, a redirection) begins anew with its status line. */
static size_t
on_header(char *data, size_t size, size_t count, void *user_data)
{
        g_autofree char *line = g_strndup(data, size * count);
        Fetch *fetch = user_data;
        char *colon;

        g_strchomp(line);
        colon = strchr(line, ':');
        if (g_str_has_prefix(line, "HTTP/")) {
                fetch->answer = (GuardUpdateAnswer){.length = -1};
                guard_update_tag_clear(&fetch->fetched->tag);
        } else if (colon) {
                *colon = '\0';
                take_header(fetch, line, g_strchug(colon + 1));
        }
        return size * count;
}

/* Where the body goes is known only now: before anything of it is kept. */
static gboolean
judge(Fetch *fetch)
{
        GuardUpdateAction action;
        long status = 0;

        if (fetch->judged)
                return fetch->error == NULL;
        fetch->judged = TRUE;
        curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &status);
        fetch->answer.status = (guint)MAX(status, 0L);
        action = guard_update_judge(fetch->request, &fetch->answer, fetch->settings->max_size, fetch->address, &fetch->error);
        fetch->fetched->action = action;
        if (action != GUARD_UPDATE_WHOLE && action != GUARD_UPDATE_APPEND)
                return action != GUARD_UPDATE_REFUSE;
        fetch->have = action == GUARD_UPDATE_APPEND ? fetch->request->offset : 0;
        if (ftruncate(fetch->fd, (off_t)fetch->have) < 0 || lseek(fetch->fd, (off_t)fetch->have, SEEK_SET) < 0) {
                guard_durable_set_error(&fetch->error, errno, _("Cannot write"), _("the staged file"));
                return FALSE;
        }
        return fetch->hooks->begin(&fetch->fetched->tag, fetch->hooks->data, &fetch->error);
}

static gboolean
keep(Fetch *fetch, const char *data, gsize size)
{
        if (size > fetch->settings->max_size - MIN(fetch->have, fetch->settings->max_size)) {
                g_autofree char *most = g_format_size(fetch->settings->max_size);

                g_set_error(&fetch->error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("%s went on beyond what max-size= allows (%s): not a registry, or max-size= is too small"), fetch->address,
                            most);
                return FALSE;
        }
        if (!guard_durable_write_all(fetch->fd, data, size)) {
                guard_durable_set_error(&fetch->error, errno, _("Cannot write"), _("the staged file"));
                return FALSE;
        }
        fetch->have += size;
        fetch->fetched->received += size;
        return fetch->hooks->grow(fetch->have, fetch->hooks->data, &fetch->error);
}

static size_t
on_body(char *data, size_t size, size_t count, void *user_data)
{
        Fetch *fetch = user_data;
        gsize n = size * count;

        if (!judge(fetch))
                return 0;
        if (fetch->fetched->action == GUARD_UPDATE_WHOLE || fetch->fetched->action == GUARD_UPDATE_APPEND)
                return keep(fetch, data, n) ? n : 0;
        fetch->discarded += n;
        return fetch->discarded <= DISCARD_MAX ? n : 0;
}

static struct curl_slist *
headers_of(const GuardUpdateRequest *request)
{
        static const char *const names[] = {"If-None-Match", "If-Modified-Since", "If-Range"};
        const char *values[] = {request->unless ? request->unless->etag : NULL,
                                request->unless ? request->unless->modified : NULL, request->if_range};
        struct curl_slist *list = curl_slist_append(NULL, "Accept: application/octet-stream, */*");

        for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
                g_autofree char *line = values[i] ? g_strdup_printf("%s: %s", names[i], values[i]) : NULL;

                if (line)
                        list = curl_slist_append(list, line);
        }
        return list;
}

static void
set_limits(Fetch *fetch)
{
        const GuardUpdateSettings *settings = fetch->settings;

        curl_easy_setopt(fetch->curl, CURLOPT_CONNECTTIMEOUT, (long)settings->connect_seconds);
        curl_easy_setopt(fetch->curl, CURLOPT_TIMEOUT, (long)settings->total_seconds);
        curl_easy_setopt(fetch->curl, CURLOPT_LOW_SPEED_LIMIT, (long)GUARD_UPDATE_SLOWEST);
        curl_easy_setopt(fetch->curl, CURLOPT_LOW_SPEED_TIME, (long)settings->stall_seconds);
        curl_easy_setopt(fetch->curl, CURLOPT_FOLLOWLOCATION, 1L);
        curl_easy_setopt(fetch->curl, CURLOPT_MAXREDIRS, REDIRECTS_MAX);
        curl_easy_setopt(fetch->curl, CURLOPT_NOSIGNAL, 1L);
        guard_curl_set_protocols(fetch->curl, settings);
        guard_curl_set_trust(fetch->curl, settings);
}

static void
set_transfer(Fetch *fetch, struct curl_slist *headers)
{
        g_autofree char *range = g_strdup_printf("%" G_GUINT64_FORMAT "-", fetch->request->offset);

        curl_easy_setopt(fetch->curl, CURLOPT_URL, fetch->address);
        curl_easy_setopt(fetch->curl, CURLOPT_USERAGENT, "guard-registry-update/" BAOMI_GUARD_VERSION);
        curl_easy_setopt(fetch->curl, CURLOPT_HTTPHEADER, headers);
        if (fetch->request->if_range)
                curl_easy_setopt(fetch->curl, CURLOPT_RANGE, range);
        curl_easy_setopt(fetch->curl, CURLOPT_HEADERFUNCTION, on_header);
        curl_easy_setopt(fetch->curl, CURLOPT_HEADERDATA, fetch);
        curl_easy_setopt(fetch->curl, CURLOPT_WRITEFUNCTION, on_body);
        curl_easy_setopt(fetch->curl, CURLOPT_WRITEDATA, fetch);
}

/* What curl says, unless a callback ended it: then that one's reason. */
static gboolean
conclude(Fetch *fetch, CURLcode code, const char *said, GError **error)
{
        gboolean unwanted = fetch->judged && !fetch->error && fetch->discarded > DISCARD_MAX;

        if (code == CURLE_OK && judge(fetch))
                return TRUE;
        if (fetch->error) {
                g_propagate_error(error, g_steal_pointer(&fetch->error));
                return FALSE;
        }
        if (unwanted)
                return TRUE;
        guard_curl_set_error(code, said, fetch->address, fetch->settings, error);
        return FALSE;
}

gboolean
guard_update_fetch(const GuardUpdateSettings *settings, const GuardUpdateRequest *request, int fd, const GuardUpdateHooks *hooks,
                   GuardUpdateFetched *fetched, GError **error)
{
        g_autofree char *address = guard_update_settings_address(settings);
        char said[CURL_ERROR_SIZE] = "";
        Fetch fetch = {.settings = settings, .request = request, .hooks = hooks, .fetched = fetched,
                       .address = address, .fd = fd, .answer.length = -1};
        struct curl_slist *headers;
        gboolean good;

        *fetched = (GuardUpdateFetched){0};
        fetch.curl = curl_easy_init();
        if (!fetch.curl) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED, _("libcurl does not start; is it installed whole?"));
                return FALSE;
        }
        headers = headers_of(request);
        curl_easy_setopt(fetch.curl, CURLOPT_ERRORBUFFER, said);
        set_limits(&fetch);
        set_transfer(&fetch, headers);
        good = conclude(&fetch, curl_easy_perform(fetch.curl), said, error);
        curl_slist_free_all(headers);
        curl_easy_cleanup(fetch.curl);
        return good;
}

gboolean
guard_update_error_is_cut(const GError *error)
{
        return g_error_matches(error, GUARD_ERROR, GUARD_ERROR_GONE);
}
