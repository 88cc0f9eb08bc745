/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the kernel audit and the journal are told: every untrusted value encoded, every answer
 * checked, a message id that the catalogs have.
 */
#include "guardd/record/audit.h"
#include "guardd/record/journal.h"
#include "common/guard-error.h"
#include "ledger/kinds.h"
#include <errno.h>
#include <libaudit.h>
#include <string.h>

/* ---- a kernel that answers as the test says ---- */

static int answers[8], answer_errno[8], n_sent, n_opened, last_type, last_result;
static char *last_message;

static int
fake_open(void)
{
        n_opened++;
        return 77;
}

static int
fake_open_refused(void)
{
        errno = EPROTONOSUPPORT;
        return -1;
}

static int
fake_send(int fd, int type, const char *message, int result)
{
        int n = n_sent++;

        g_assert_cmpint(n, <, 8);

        g_assert_cmpint(fd, ==, 77);
        g_free(last_message);
        last_message = g_strdup(message);
        last_type = type;
        last_result = result;
        errno = answer_errno[n];
        return answers[n];
}

static void
fake_close(int fd)
{
        g_assert_cmpint(fd, ==, 77);
}

static const GuardAuditOps fake = {fake_open, fake_send, fake_close};
static const GuardAuditOps no_audit = {fake_open_refused, fake_send, fake_close};

static GuardRecord *
refused(void)
{
        GuardRecord *record = guard_record_new(GUARD_KIND_USB_DECISION, GUARD_SEVERITY_CRITICAL);

        record->has_verdict = TRUE;
        record->verdict = GUARD_VERDICT_REFUSE;
        record->reason = GUARD_REASON_CLASSIFIED_ON_UNCLASSIFIED;
        record->seq = 17;
        record->digest = g_strnfill(64, 'a');
        record->device = g_strdup("1-2");
        record->media_id = g_strdup("LY-017");
        record->serial = g_strdup("plain");
        return record;
}

typedef struct {
        const char *serial, *expected;
} Claim;

/* Nothing that a device says can look like a field of ours. */
static void
test_encoding(void)
{
        static const Claim claims[] = {
                {"plain", " serial=\"plain\""},
                {"", NULL},
                {"a b", " serial=612062"},
                {"x\" verdict=admit res=success", " serial=78222076657264696374"},
                {"x\nverdict=admit", " serial=780A76657264696374"},
                {"\xe6\xb6\x89\xe5\xaf\x86", " serial=E6B689E5AF86"},
                {"\x01\x7f\xff", " serial=017FFF"},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(claims); i++) {
                g_autoptr(GuardRecord) record = refused();
                g_autofree char *message = NULL;

                g_free(record->serial);
                record->serial = g_strdup(claims[i].serial);
                message = guard_audit_format(record);
                g_test_message("%s", message);
                if (claims[i].expected != NULL)
                        g_assert_nonnull(strstr(message, claims[i].expected));
                g_assert_null(strstr(message, "verdict=admit"));
                g_assert_null(strchr(message, '\n'));
                g_assert_true(g_str_has_prefix(message, "op=usb-decision verdict=refuse "
                                                        "reason=classified-on-unclassified "));
                g_assert_nonnull(strstr(message, " seq=17 digest=aaaa"));
        }
}

/* The longest claims of every field still fit into one message. */
static void
test_length(void)
{
        g_autoptr(GuardRecord) record = refused();
        g_autofree char *message = NULL;
        char **fields[] = {&record->serial, &record->manufacturer, &record->product,
                           &record->user,   &record->session,      &record->rule,
                           &record->device, &record->media_id};

        for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
                g_free(*fields[i]);
                *fields[i] = g_strnfill(5000, '\x7f');
        }
        message = guard_audit_format(record);
        g_assert_cmpuint(strlen(message), <, MAX_AUDIT_MESSAGE_LENGTH - 400);
}

typedef struct {
        const char *name;
        int answers[4], errnos[4];
        int sent;
        int error; /* -1: good */
} Answer;

static const Answer table[] = {
        {"taken", {1}, {0}, 1, -1},
        {"turned-away", {0}, {0}, 1, GUARD_ERROR_DENIED},
        {"not-permitted", {-EPERM}, {EPERM}, 1, GUARD_ERROR_DENIED},
        {"no-listener", {-ECONNREFUSED}, {ECONNREFUSED}, 1, GUARD_ERROR_UNREACHABLE},
        {"minus-one", {-1}, {ECONNREFUSED}, 1, GUARD_ERROR_UNREACHABLE},
        {"full-once", {-ENOBUFS, 1}, {ENOBUFS, 0}, 2, -1},
        {"busy-twice", {-EAGAIN, -EAGAIN, 1}, {EAGAIN, EAGAIN, 0}, 3, -1},
        {"full-for-good",
         {-ENOBUFS, -ENOBUFS, -ENOBUFS, -ENOBUFS},
         {ENOBUFS, ENOBUFS, ENOBUFS, ENOBUFS},
         3,
         GUARD_ERROR_BUSY},
};

static void
test_answer(gconstpointer data)
{
        const Answer *answer = data;
        g_autoptr(GuardAudit) audit = guard_audit_new(&fake);
        g_autoptr(GuardRecord) record = refused();
        g_autoptr(GError) error = NULL;
        gboolean good;

        memset(answers, 0, sizeof(answers));
        memcpy(answers, answer->answers, sizeof(answer->answers));
        memcpy(answer_errno, answer->errnos, sizeof(answer->errnos));
        n_sent = 0;
        good = guard_audit_send(audit, record, &error);
        g_assert_cmpint(n_sent, ==, answer->sent);
        g_assert_cmpint(last_type, ==, AUDIT_USER_DEVICE);
        g_assert_cmpint(last_result, ==, 0);
        if (answer->error < 0) {
                g_assert_no_error(error);
                g_assert_true(good);
        } else {
                g_assert_error(error, GUARD_ERROR, answer->error);
        }
}

static void
test_no_audit(void)
{
        g_autoptr(GuardAudit) audit = guard_audit_new(&no_audit);
        g_autoptr(GuardRecord) record = refused();
        g_autoptr(GError) error = NULL;

        g_assert_false(guard_audit_send(audit, record, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_UNREACHABLE);
}

/* ---- journal ---- */

static gboolean
has(GPtrArray *fields, const char *field)
{
        for (guint i = 0; i < fields->len; i++) {
                if (g_str_equal(fields->pdata[i], field))
                        return TRUE;
        }
        return FALSE;
}

static void
test_journal_fields(void)
{
        g_autoptr(GuardRecord) record = refused();
        g_autoptr(GPtrArray) fields = NULL;
        g_autofree char *id =
                g_strconcat("MESSAGE_ID=", guard_kind_message_id(GUARD_KIND_USB_DECISION), NULL);

        g_free(record->serial);
        record->serial = g_strdup("x\nPRIORITY=7");
        fields = guard_journal_fields(record);
        g_assert_true(has(fields, id));
        g_assert_true(has(fields, "PRIORITY=2"));
        g_assert_true(has(fields, "BAOMI_VERDICT=refuse"));
        g_assert_true(has(fields, "BAOMI_REASON=classified-on-unclassified"));
        g_assert_true(has(fields, "BAOMI_SEQ=17"));
        g_assert_true(has(fields, "BAOMI_SERIAL=x\nPRIORITY=7"));
        g_assert_false(has(fields, "PRIORITY=7"));
        g_assert_true(
                has(fields,
                    "MESSAGE=Refused: drive LY-017. A classified drive must not be connected to a "
                    "non-classified computer."));
}

/* Every kind has a sentence of its own and an entry in both catalogs, and the other way round. */
static void
test_catalogs(void)
{
        static const char *const names[] = {"baomi-guard.catalog", "baomi-guard.zh_CN.catalog"};

        for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
                g_autofree char *path = g_build_filename(CATALOG_DIR, names[i], NULL);
                g_autofree char *text = NULL;
                g_auto(GStrv) entries = NULL;
                const char *kind;
                guint n = 0;

                g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
                for (gsize k = 0; (kind = guard_kind_nth(k)) != NULL; k++, n++) {
                        g_autofree char *line =
                                g_strdup_printf("\n-- %s\nSubject: ", guard_kind_message_id(kind));
                        g_autoptr(GuardRecord) record = guard_record_new(kind, GUARD_SEVERITY_INFO);
                        g_autofree char *sentence = guard_record_message(record);

                        g_test_message("%s: %s", kind, sentence);
                        g_assert_nonnull(strstr(text, line));
                        g_assert_cmpstr(sentence, !=, kind);
                        g_assert_true(g_str_has_suffix(sentence, "."));
                }
                entries = g_strsplit(text, "\n-- ", -1);
                g_assert_cmpuint(g_strv_length(entries) - 1, ==,
                                 n + 1); /* and one for later kinds */
                g_assert_nonnull(strstr(text, guard_kind_message_id("something-later")));
        }
}

typedef struct {
        const char *kind;
        gboolean has_verdict;
        GuardVerdict verdict;
        GuardReason reason;
        const char *media_id, *maker, *model, *vendor, *message, *expected;
} Sentence;

static const Sentence sentences[] = {
        {GUARD_KIND_USB_DECISION, TRUE, GUARD_VERDICT_REFUSE, GUARD_REASON_DRIVE_LOST, "LY-1", NULL,
         NULL, NULL, NULL,
         "Refused: drive LY-1. The drive has been reported lost. Hand it to the coordination "
         "group."},
        {GUARD_KIND_BLOCK_DECISION, TRUE, GUARD_VERDICT_ADMIT, GUARD_REASON_UNREGISTERED, NULL,
         "Kingston", "DT", "0951", NULL,
         "Admitted: “Kingston DT” (0951:0001). The drive is not in the register."},
        {GUARD_KIND_BLOCK_DECISION, TRUE, GUARD_VERDICT_READ_ONLY, GUARD_REASON_NO_WRITE_DOWN, NULL,
         NULL, NULL, "0951", NULL,
         "Admitted for reading only: device 0951:0001. The drive's level is below this computer's "
         "level, so it can "
         "only be read."},
        {GUARD_KIND_USB_DECISION, TRUE, GUARD_VERDICT_HOLD, GUARD_REASON_RECORD_FAILED, NULL, NULL,
         NULL, NULL, NULL,
         "Waiting: device 1-2. The event could not be recorded, so the device has to wait."},
        {GUARD_KIND_REMOVED, FALSE, GUARD_VERDICT_REFUSE, GUARD_REASON_NONE, NULL, "%s%n",
         "\xe2\x80\xae"
         "evil\n",
         NULL, NULL, NULL},
        {GUARD_KIND_ALARM, FALSE, GUARD_VERDICT_REFUSE, GUARD_REASON_NONE, NULL, NULL, NULL, NULL,
         "The disk is full.", "The disk is full."},
        {"something-later", FALSE, GUARD_VERDICT_REFUSE, GUARD_REASON_NONE, NULL, NULL, NULL, NULL,
         "Later.", "Later."},
        {GUARD_KIND_GUARDD_START, FALSE, GUARD_VERDICT_REFUSE, GUARD_REASON_NONE, NULL, NULL, NULL,
         NULL, NULL, "The guard was started."},
};

static void
test_sentences(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(sentences); i++) {
                const Sentence *s = &sentences[i];
                g_autoptr(GuardRecord) record = guard_record_new(s->kind, GUARD_SEVERITY_INFO);
                g_autofree char *message = NULL;

                record->has_verdict = s->has_verdict;
                record->verdict = s->verdict;
                record->reason = s->reason;
                record->media_id = g_strdup(s->media_id);
                record->manufacturer = g_strdup(s->maker);
                record->product = g_strdup(s->model);
                record->vendor_id = g_strdup(s->vendor);
                record->product_id = g_strdup(s->vendor != NULL ? "0001" : NULL);
                record->device = g_strdup("1-2");
                record->message = g_strdup(s->message);
                message = guard_record_message(record);
                if (s->expected != NULL)
                        g_assert_cmpstr(message, ==, s->expected);
                g_assert_null(strchr(message, '\n'));
                g_assert_null(strstr(message, "\xe2\x80\xae"));
                g_assert_true(g_utf8_validate(message, -1, NULL));
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/audit/encoding", test_encoding);
        g_test_add_func("/audit/length", test_length);
        for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
                g_autofree char *path = g_strconcat("/audit/answer/", table[i].name, NULL);

                g_test_add_data_func(path, &table[i], test_answer);
        }
        g_test_add_func("/audit/no-audit", test_no_audit);
        g_test_add_func("/journal/fields", test_journal_fields);
        g_test_add_func("/journal/catalogs", test_catalogs);
        g_test_add_func("/message/sentences", test_sentences);
        return g_test_run();
}
