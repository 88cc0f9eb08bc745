/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The head outside the database. The head file has two slots of one sector each,
 * written in turn and in place, each with its own checksum: a torn write spoils one slot and the
 * other still tells the record before. It is not synced with each record: it may be behind after a
 * power cut, and behind is harmless; what must never happen is a database behind its head.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "ledger/ledger-private.h"

#define SLOT_BYTES 512
#define CHECK_DIGITS 16

static void
check_of(const char *body, char check[CHECK_DIGITS + 1])
{
        guint8 digest[LEDGER_DIGEST_BYTES];
        char hex[LEDGER_DIGEST_HEX + 1];

        ledger_digest_text(body, strlen(body), digest);
        ledger_hex(digest, hex);
        g_strlcpy(check, hex, CHECK_DIGITS + 1);
}

gboolean
ledger_head_parse(const char *id, const char *seq, const char *digest, LedgerHead *head)
{
        guint8 bytes[LEDGER_DIGEST_BYTES];

        if (!g_uuid_string_is_valid(id) || !ledger_unhex(digest, bytes) ||
            !g_ascii_string_to_unsigned(seq, 10, 1, G_MAXINT64, &head->seq, NULL))
                return FALSE;
        g_strlcpy(head->id, id, sizeof(head->id));
        g_strlcpy(head->digest, digest, sizeof(head->digest));
        return TRUE;
}

/* "guard-head 1 ID SEQ DIGEST CHECK", padded with blanks, newline last. */
static gboolean
parse_slot(const char *slot, LedgerHead *head)
{
        g_autofree char *text = g_strstrip(g_strndup(slot, SLOT_BYTES));
        g_auto(GStrv) words = g_strsplit(text, " ", -1);
        g_autofree char *body = NULL;
        char check[CHECK_DIGITS + 1];

        if (g_strv_length(words) != 6 || strcmp(words[0], "guard-head") != 0 ||
            strcmp(words[1], "1") != 0)
                return FALSE;
        body = g_strjoin(" ", words[0], words[1], words[2], words[3], words[4], NULL);
        check_of(body, check);
        return strcmp(check, words[5]) == 0 &&
               ledger_head_parse(words[2], words[3], words[4], head);
}

LedgerHeadState
ledger_head_read(const char *path, LedgerHead *head)
{
        g_autofree char *text = NULL;
        gsize size = 0;
        gboolean found = FALSE;
        g_autoptr(GError) error = NULL;

        memset(head, 0, sizeof(*head));
        if (!g_file_get_contents(path, &text, &size, &error))
                return g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT)
                               ? LEDGER_HEAD_ABSENT
                               : LEDGER_HEAD_UNREADABLE;
        for (gsize at = 0; at + SLOT_BYTES <= size && at < 2 * SLOT_BYTES; at += SLOT_BYTES) {
                LedgerHead one = {0};

                if (parse_slot(text + at, &one) && (!found || one.seq > head->seq)) {
                        *head = one;
                        found = TRUE;
                }
        }
        return found ? LEDGER_HEAD_GOOD : LEDGER_HEAD_UNREADABLE;
}

int
ledger_head_open(const char *path, GError **error)
{
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        struct stat st;
        g_autofree char *blank = NULL;

        if (fd < 0 || fstat(fd, &st) < 0)
                goto failed;
        /* Both slots take their room now: a write in place needs none later, on a full disk either.
         */
        if (st.st_size < 2 * SLOT_BYTES) {
                blank = g_malloc(2 * SLOT_BYTES);
                memset(blank, ' ', 2 * SLOT_BYTES);
                if (pwrite(fd, blank + st.st_size, 2 * SLOT_BYTES - (gsize)st.st_size,
                           st.st_size) != 2 * SLOT_BYTES - st.st_size)
                        goto failed;
        }
        return fd;
failed:
        g_set_error(error, GUARD_ERROR, errno == ENOSPC ? GUARD_ERROR_FULL : GUARD_ERROR_IO,
                    "%s: %s", path, g_strerror(errno));
        if (fd >= 0)
                close(fd);
        return -1;
}

gboolean
ledger_head_write(int fd, const LedgerHead *head, GError **error)
{
        char slot[SLOT_BYTES], check[CHECK_DIGITS + 1];
        g_autofree char *body = g_strdup_printf("guard-head 1 %s %" G_GUINT64_FORMAT " %s",
                                                head->id, head->seq, head->digest);
        int length;

        check_of(body, check);
        memset(slot, ' ', sizeof(slot));
        length = snprintf(slot, sizeof(slot), "%s %s", body, check);
        slot[length] = ' ';
        slot[SLOT_BYTES - 1] = '\n';
        if (pwrite(fd, slot, SLOT_BYTES, (off_t)(head->seq & 1) * SLOT_BYTES) == SLOT_BYTES)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, "the ledger's head file: %s",
                    g_strerror(errno));
        return FALSE;
}
