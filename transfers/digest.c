/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transfers/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "common/guard-hex.h"

#define CHUNK (256 * 1024)

static gboolean
feed(EVP_MD_CTX *digest, int fd, guint64 size)
{
        g_autofree guint8 *chunk = g_malloc(CHUNK);
        guint64 at = 0;

        while (at < size) {
                ssize_t n = pread(fd, chunk, (gsize)MIN(size - at, (guint64)CHUNK), (off_t)at);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0 || EVP_DigestUpdate(digest, chunk, (gsize)n) != 1)
                        return FALSE;
                at += (guint64)n;
        }
        return TRUE;
}

char *
transfers_digest(int fd, guint64 size)
{
        EVP_MD_CTX *digest = EVP_MD_CTX_new();
        guint8 bytes[EVP_MAX_MD_SIZE];
        unsigned int length = 0;
        GString *text = NULL;

        if (digest != NULL && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1 && feed(digest, fd, size) &&
            EVP_DigestFinal_ex(digest, bytes, &length) == 1)
                text = g_string_new("sha256:");
        if (text != NULL)
                guard_hex_append(text, bytes, length);
        EVP_MD_CTX_free(digest);
        return text != NULL ? g_string_free(text, FALSE) : NULL;
}
