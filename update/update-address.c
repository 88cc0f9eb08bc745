/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an address may be. Read by libcurl's own parser, so that what is judged here is what is asked
 * later. Pure.
 */
#include "update/update-settings.h"

#include <string.h>
#include <curl/curl.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>

typedef CURLU Address;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Address, curl_url_cleanup)

static Address *
parse(const char *address)
{
        g_autoptr(Address) url = curl_url();

        if (!url || curl_url_set(url, CURLUPART_URL, address, 0) != CURLUE_OK)
                return NULL;
        return g_steal_pointer(&url);
}

/* Caller frees; NULL: not there. */
static char *
part(Address *url, CURLUPart which)
{
        char *value = NULL, *copy;

        if (curl_url_get(url, which, &value, 0) != CURLUE_OK)
                return NULL;
        copy = g_strdup(value);
        curl_free(value);
        return copy;
}

static gboolean
is_loopback(Address *url)
{
        g_autofree char *host = part(url, CURLUPART_HOST);
        g_autoptr(GInetAddress) address = NULL;
        gsize length = host ? strlen(host) : 0;

        if (!host)
                return FALSE;
        if (g_ascii_strcasecmp(host, "localhost") == 0)
                return TRUE;
        if (host[0] == '[' && length > 2) {
                host[length - 1] = '\0';
                address = g_inet_address_new_from_string(host + 1);
        } else {
                address = g_inet_address_new_from_string(host);
        }
        return address && g_inet_address_get_is_loopback(address);
}

gboolean
guard_update_address_is_loopback(const char *address)
{
        g_autoptr(Address) url = parse(address);

        return url && is_loopback(url);
}

gboolean
guard_update_address_is_good(const char *address, gboolean allow_http, const char **why)
{
        g_autoptr(Address) url = parse(address);
        g_autofree char *scheme = url ? part(url, CURLUPART_SCHEME) : NULL;
        g_autofree char *host = url ? part(url, CURLUPART_HOST) : NULL;
        g_autofree char *user = url ? part(url, CURLUPART_USER) : NULL;
        g_autofree char *password = url ? part(url, CURLUPART_PASSWORD) : NULL;
        g_autofree char *fragment = url ? part(url, CURLUPART_FRAGMENT) : NULL;

        *why = NULL;
        if (!scheme || !host || *host == '\0')
                *why = N_("is no address; write https://SERVER/PATH/registry.snapshot");
        else if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
                *why = N_("is neither https nor http");
        else if (user || password)
                *why = N_("has a name or password in it; use client-certificate= instead");
        else if (fragment)
                *why = N_("has a # in it, which no server is ever told");
        else if (strcmp(scheme, "http") == 0 && !allow_http && !is_loopback(url))
                *why = N_("is not encrypted: who listens learns which file each computer has. "
                          "Use https, or write allow-http=yes");
        return *why == NULL;
}
