/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of libcurl differs from version to version, and its error codes in words. Debian 10's 7.64 is the oldest
 * in use.
 */
#include "update/update-curl.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#include "common/guard-error.h"

void
guard_curl_set_protocols(CURL *curl, const GuardUpdateSettings *settings)
{
        gboolean http = settings->allow_http || guard_update_address_is_loopback(settings->from);

#if LIBCURL_VERSION_NUM >= 0x075500
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, http ? "https,http" : "https");
        curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, settings->allow_http ? "https,http" : "https");
#else
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTPS | (http ? CURLPROTO_HTTP : 0)));
        curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS, (long)(CURLPROTO_HTTPS | (settings->allow_http ? CURLPROTO_HTTP : 0)));
#endif
}

void
guard_curl_set_trust(CURL *curl, const GuardUpdateSettings *settings)
{
        curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
        if (settings->ca) {
                curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca);
                curl_easy_setopt(curl, CURLOPT_CAPATH, NULL); /* that one alone */
                curl_easy_setopt(curl, CURLOPT_PROXY_CAINFO, settings->ca);
        }
        if (settings->client_certificate) {
                curl_easy_setopt(curl, CURLOPT_SSLCERT, settings->client_certificate);
                curl_easy_setopt(curl, CURLOPT_SSLKEY, settings->client_key ? settings->client_key : settings->client_certificate);
        }
        /* An empty text: none, and the environment is not asked. */
        curl_easy_setopt(curl, CURLOPT_PROXY, settings->proxy ? settings->proxy : "");
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "");
}

static const struct {
        CURLcode code;
        int error;
        const char *advice;
} failures[] = {
        {CURLE_UNSUPPORTED_PROTOCOL, GUARD_ERROR_FAILED, N_("the server sends us on to where we do not go; write the final https address into from=")},
        {CURLE_TOO_MANY_REDIRECTS, GUARD_ERROR_FAILED, N_("the server sends us round in circles; write the final https address into from=")},
        {CURLE_COULDNT_RESOLVE_PROXY, GUARD_ERROR_FAILED, N_("the proxy's name is not known here; check proxy=")},
        {CURLE_COULDNT_RESOLVE_HOST, GUARD_ERROR_FAILED, N_("the server's name is not known here; check from= and the network")},
        {CURLE_COULDNT_CONNECT, GUARD_ERROR_FAILED, N_("nobody answers there; check from=, proxy= and the network")},
        {CURLE_PEER_FAILED_VERIFICATION, GUARD_ERROR_FAILED, N_("the server's certificate is not trusted; set ca= to the certificate of the authority that signed it")},
        {CURLE_SSL_CACERT_BADFILE, GUARD_ERROR_FAILED, N_("the file of ca= cannot be read; this service's user needs to read it")},
        {CURLE_SSL_CERTPROBLEM, GUARD_ERROR_FAILED, N_("the client certificate cannot be used; the service's user must be able to read certificate and key: chgrp baomi-guard-update FILE; chmod 0640 FILE")},
        {CURLE_SSL_CONNECT_ERROR, GUARD_ERROR_FAILED, N_("no encrypted connection comes about; the server may want a client certificate, or speak an old protocol")},
        {CURLE_OPERATION_TIMEDOUT, GUARD_ERROR_TIMEOUT, N_("it took too long; what came so far is kept, and the next run goes on from there")},
        {CURLE_PARTIAL_FILE, GUARD_ERROR_GONE, N_("the connection broke; what came so far is kept, and the next run goes on from there")},
        {CURLE_RECV_ERROR, GUARD_ERROR_GONE, N_("the connection broke; what came so far is kept, and the next run goes on from there")},
        {CURLE_HTTP2, GUARD_ERROR_GONE, N_("the connection broke; what came so far is kept, and the next run goes on from there")},
        {CURLE_HTTP2_STREAM, GUARD_ERROR_GONE, N_("the connection broke; what came so far is kept, and the next run goes on from there")},
        {CURLE_GOT_NOTHING, GUARD_ERROR_GONE, N_("the server hung up without an answer; the next run tries again")},
};

/* A name and a password may stand in it: not for messages. Caller frees. */
static char *
proxy_shown(const char *proxy)
{
        const char *host = strrchr(proxy, '@');

        return g_strdup(host ? host + 1 : proxy);
}

void
guard_curl_set_error(CURLcode code, const char *said, const char *address, const GuardUpdateSettings *settings, GError **error)
{
        const char *advice = N_("the next run tries again");
        const char *own = *said != '\0' ? said : curl_easy_strerror(code);
        gboolean by_proxy = settings->proxy && *settings->proxy != '\0';
        g_autofree char *proxy = by_proxy ? proxy_shown(settings->proxy) : NULL;
        int number = GUARD_ERROR_FAILED;

        for (gsize i = 0; i < G_N_ELEMENTS(failures); i++)
                if (failures[i].code == code) {
                        advice = failures[i].advice;
                        number = failures[i].error;
                }
        if (by_proxy)
                g_set_error(error, GUARD_ERROR, number, _("%s by the proxy %s: %s (%s)"), address, proxy, _(advice), own);
        else
                g_set_error(error, GUARD_ERROR, number, "%s: %s (%s)", address, _(advice), own);
}
