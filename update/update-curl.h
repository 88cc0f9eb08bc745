/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Settings and errors of libcurl in our words: whom to trust, which protocols, what went wrong and what to
 * do about it.
 */
#pragma once
#include <curl/curl.h>
#include "update/update-settings.h"

G_BEGIN_DECLS

/* https, and http only where the settings allow it or the server is this machine; a redirection may not loosen it. */
void guard_curl_set_protocols(CURL *curl, const GuardUpdateSettings *settings);
/* Certificates and proxy. The environment has no say. */
void guard_curl_set_trust(CURL *curl, const GuardUpdateSettings *settings);
/* @said: libcurl's own words, may be empty. GUARD_ERROR_GONE: the connection broke on the way. */
void guard_curl_set_error(CURLcode code, const char *said, const char *address, const GuardUpdateSettings *settings, GError **error);

G_END_DECLS
