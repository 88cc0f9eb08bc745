/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kernel audit. Its answer is checked, a record that it did not take is told to the caller;
 * that never holds up a device: the ledger is the record, this is its anchor elsewhere.
 */
#include <errno.h>
#include <libaudit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/guard-error.h"
#include "guardd/record/audit.h"

#define TRIES 3
#define RETRY_US 20000
#define VALUE_MAX 512 /* the whole message must stay below MAX_AUDIT_MESSAGE_LENGTH */

struct GuardAudit {
        const GuardAuditOps *ops;
        int fd;
};

static int
libaudit_send(int fd, int type, const char *message, int result)
{
        return audit_log_user_message(fd, type, message, NULL, NULL, NULL, result);
}

const GuardAuditOps guard_audit_libaudit = {audit_open, libaudit_send, audit_close};

GuardAudit *
guard_audit_new(const GuardAuditOps *ops)
{
        GuardAudit *audit = g_new0(GuardAudit, 1);

        audit->ops = ops;
        audit->fd = -1;
        return audit;
}

void
guard_audit_free(GuardAudit *audit)
{
        if (audit == NULL)
                return;
        if (audit->fd >= 0)
                audit->ops->close(audit->fd);
        g_free(audit);
}

/* Values of our own tables: never anything but a-z, 0-9 and "-". */
static void
add_word(GString *message, const char *name, const char *value)
{
        if (value != NULL)
                g_string_append_printf(message, "%s%s=%s", message->len > 0 ? " " : "", name,
                                       value);
}

/* Whatever somebody outside chose: quoted where harmless, else in hex (libaudit's rule). */
static void
add_claim(GString *message, const char *name, const char *value)
{
        g_autofree char *cut = value != NULL ? g_strndup(value, VALUE_MAX) : NULL;
        char *encoded = cut != NULL ? audit_encode_nv_string(name, cut, 0) : NULL;

        if (encoded != NULL)
                g_string_append_printf(message, " %s", encoded);
        free(encoded);
}

char *
guard_audit_format(const GuardRecord *record)
{
        GString *message = g_string_new(NULL);

        add_word(message, "op", record->kind);
        add_word(message, "verdict",
                 record->has_verdict ? guard_verdict_to_string(record->verdict) : NULL);
        add_word(message, "reason",
                 record->reason != GUARD_REASON_NONE ? guard_reason_to_string(record->reason)
                                                     : NULL);
        add_word(message, "severity", guard_severity_to_string(record->severity));
        g_string_append_printf(message, " seq=%" G_GUINT64_FORMAT, record->seq);
        add_word(message, "digest", record->digest);
        if (record->diskseq != 0)
                g_string_append_printf(message, " diskseq=%" G_GUINT64_FORMAT, record->diskseq);
        add_claim(message, "device", record->device);
        add_claim(message, "block", record->block);
        add_claim(message, "vendor_id", record->vendor_id);
        add_claim(message, "product_id", record->product_id);
        add_claim(message, "media_id", record->media_id);
        add_claim(message, "level", record->level);
        add_claim(message, "rule", record->rule);
        add_claim(message, "serial", record->serial);
        add_claim(message, "manufacturer", record->manufacturer);
        add_claim(message, "product", record->product);
        add_claim(message, "user", record->user);
        add_claim(message, "session", record->session);
        return g_string_free(message, FALSE);
}

static gboolean
fail(int number, GError **error)
{
        GuardError code = GUARD_ERROR_FAILED;

        if (number == ECONNREFUSED || number == EPROTONOSUPPORT || number == EAFNOSUPPORT ||
            number == EINVAL)
                code = GUARD_ERROR_UNREACHABLE;
        else if (number == EPERM || number == EACCES)
                code = GUARD_ERROR_DENIED;
        else if (number == ENOBUFS || number == EAGAIN)
                code = GUARD_ERROR_BUSY;
        g_set_error(error, GUARD_ERROR, (gint)code, "kernel audit: %s", g_strerror(number));
        return FALSE;
}

static void
reopen(GuardAudit *audit)
{
        if (audit->fd >= 0)
                audit->ops->close(audit->fd);
        audit->fd = audit->ops->open();
}

/* 0 when the kernel took it, else an errno. libaudit gives 0 where an unprivileged caller was
 * turned away. */
static int
send_once(GuardAudit *audit, const char *message, int result)
{
        int answer;

        errno = 0;
        answer = audit->ops->send(audit->fd, AUDIT_USER_DEVICE, message, result);
        if (answer > 0)
                return 0;
        if (answer == 0)
                return EPERM;
        return answer < -1 ? -answer : errno != 0 ? errno : EIO;
}

gboolean
guard_audit_send(GuardAudit *audit, const GuardRecord *record, GError **error)
{
        g_autofree char *message = guard_audit_format(record);
        /* res=failed: the device did not get in. ausearch --success no lists them. */
        int result = !(record->has_verdict && record->verdict == GUARD_VERDICT_REFUSE);
        int number = 0;

        for (int try = 0; try < TRIES; try++) {
                if (audit->fd < 0)
                        reopen(audit);
                if (audit->fd < 0)
                        return fail(errno, error);
                number = send_once(audit, message, result);
                if (number == 0)
                        return TRUE;
                if (number != ENOBUFS && number != EAGAIN && number != EINTR && number != EBADF)
                        break;
                /* Answers of the lost message must not be taken for that of the next. */
                reopen(audit);
                g_usleep(RETRY_US);
        }
        return fail(number, error);
}
