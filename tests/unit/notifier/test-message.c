/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What people read: every verdict and reason in the language of LANGUAGE (en or zh_CN), the sentences that the
 * domain asks for word by word, and hostile strings.
 */
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <string.h>
#include "notifier/text/message.h"

static gboolean chinese;

static GuardEvent *
event_of(const char *text)
{
        g_autoptr(GVariant) dict = g_variant_ref_sink(g_variant_new_parsed(text));

        return guard_event_new(dict);
}

static const GuardContact desk = {"综合协调组", "8203"}, nobody = {NULL, NULL};

/* In Chinese nothing may be left in English but numbers and names. */
static void
assert_readable(const char *text)
{
        g_assert_nonnull(text);
        g_assert_true(g_utf8_validate(text, -1, NULL));
        g_assert_cmpint(g_utf8_strlen(text, -1), >, 1);
        g_assert_null(strstr(text, "%s"));
        g_assert_null(strpbrk(text, "<>&\n\r\t"));
        if (!chinese)
                return;
        for (const char *p = text; *p; p++)
                if (g_ascii_islower(*p))
                        g_error("English in a Chinese message: %s", text);
}

static void
test_every_reason(void)
{
        for (guint v = 0; v < GUARD_N_VERDICTS; v++)
                for (guint r = 0; r < GUARD_N_REASONS; r++) {
                        GuardEvent event = {.has_verdict = TRUE, .verdict = v, .reason = r, .media_id = (char *)"LY-017",
                                            .device = (char *)"1-2", .seq = 5};
                        g_autoptr(GuardMessage) message = guard_message_of_event(&event, &desk);

                        g_assert_nonnull(message);
                        assert_readable(message->title);
                        assert_readable(message->body);
                        g_assert_nonnull(strstr(message->body, "LY-017"));
                        g_assert_nonnull(strstr(message->body, "8203"));
                        g_assert_cmpint(g_utf8_strlen(message->title, -1), <=, 50);
                        g_assert_cmpint(g_utf8_strlen(message->body, -1), <=, 260);
                        g_assert_true(message->can_eject == (v == GUARD_VERDICT_ADMIT || v == GUARD_VERDICT_READ_ONLY));
                        g_assert_true((strstr(message->body, chinese ? "已记录" : "has been recorded") != NULL) ==
                                      (v != GUARD_VERDICT_ADMIT && r != GUARD_REASON_RECORD_FAILED));
                }
}

static const struct {
        const char *event, *title_zh, *body_zh, *title_en, *body_en;
        gboolean critical;
} exact[] = {
        {"{'seq': <@t 8>, 'kind': <'imported'>, 'device': <'1-2'>, 'device_kind': <'usb-drive'>, 'product': <'Cruzer'>, "
         "'import': <{'folder': <'/var/lib/baomi-guard-import/li/2026'>, 'files': <@x 3>, 'withheld': <@x 1>}>}",
         "导入完成",
         "已从U盘“Cruzer”导入 3 个文件，放在 /var/lib/baomi-guard-import/li/2026。有 1 个文件未交付：杀毒软件报告有问题，或未能检查。现在可以拔出了。",
         "The import is done",
         "3 files were imported from the USB drive “Cruzer”. They are in /var/lib/baomi-guard-import/li/2026. 1 file was held back: the virus "
         "scanner has objected, or has not seen it. It may be pulled out now.",
         FALSE},
        {"{'seq': <@t 9>, 'kind': <'import-failed'>, 'device': <'1-2'>, 'device_kind': <'usb-drive'>, "
         "'import': <{'why_text': <'The drive was pulled out'>}>}",
         "导入失败",
         "没有从U盘导入任何文件。原因：介质已被拔出。如有疑问，请联系综合协调组（电话 8203）。",
         "The import has failed",
         "Nothing was imported from the USB drive. The drive was pulled out. If you have questions, call 综合协调组 (phone 8203).",
         FALSE},
        {"{'seq': <@t 6>, 'verdict': <'admit'>, 'reason': <'registered'>, 'severity': <'info'>, 'media_id': <'LY-018'>, "
         "'device_kind': <'usb-drive'>, 'transfers': <true>}",
         "U盘可以使用",
         "U盘（编号 LY-018）可以在本机使用。拔出前请先弹出。如有疑问，请联系综合协调组（电话 8203）。在它上面复制的文件会被记录。",
         "The USB drive can be used",
         "The USB drive (number LY-018) may be used on this computer. Eject it before you pull it out. If you have questions, call "
         "综合协调组 (phone 8203). Which files are copied to it and from it is recorded.",
         FALSE},
        {"{'seq': <@t 7>, 'verdict': <'refuse'>, 'reason': <'classified-on-unclassified'>, 'severity': <'critical'>, 'media_id': <'LY-017'>}",
         "已阻止：涉密专用U盘",
         "涉密专用U盘（编号 LY-017）不得接入非涉密计算机。请立即拔出并报告综合协调组（电话 8203）。本次接入已记录。",
         "Blocked: classified drive",
         "The classified drive (number LY-017) must not be connected to a non-classified computer. Pull it out now and report to "
         "综合协调组 (phone 8203). This connection has been recorded.",
         TRUE},
        {"{'verdict': <'refuse'>, 'reason': <'drive-lost'>, 'severity': <'critical'>, 'media_id': <'LY-017'>}", "已阻止：已挂失的U盘",
         "U盘（编号 LY-017）已挂失，不能使用。请交综合协调组（电话 8203）。本次接入已记录。", "Blocked: drive reported lost",
         "The drive (number LY-017) has been reported lost and cannot be used. Hand it to 综合协调组 (phone 8203). This connection has been "
         "recorded.",
         TRUE},
        {"{'verdict': <'read-only'>, 'reason': <'no-write-down'>, 'severity': <'notice'>, 'manufacturer': <'Kingston'>, "
         "'product': <'Kingston DT'>}",
         "只读：不能向U盘写入", "U盘“Kingston DT”的密级低于本机密级，只能读取，不能写入。如需写入，请联系综合协调组（电话 8203）。本次接入已记录。",
         "Read-only: nothing can be written to the drive",
         "The level of the drive “Kingston DT” is below this computer's level: files can be read from it, but not written to it. If you have "
         "to write to it, call 综合协调组 (phone 8203). This connection has been recorded.",
         FALSE},
};

static void
test_exact(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(exact); i++) {
                g_autoptr(GuardEvent) event = event_of(exact[i].event);
                g_autoptr(GuardMessage) message = guard_message_of_event(event, &desk);

                g_assert_cmpstr(message->title, ==, chinese ? exact[i].title_zh : exact[i].title_en);
                g_assert_cmpstr(message->body, ==, chinese ? exact[i].body_zh : exact[i].body_en);
                g_assert_true(message->critical == exact[i].critical);
        }
}

static void
test_nobody_to_call(void)
{
        g_autoptr(GuardEvent) event = event_of("{'verdict': <'refuse'>, 'reason': <'unregistered'>}");
        g_autoptr(GuardMessage) message = guard_message_of_event(event, &nobody);
        g_autofree char *with_phone = guard_message_contact(&(GuardContact){NULL, "8001"});

        assert_readable(message->body);
        g_assert_nonnull(strstr(message->body, chinese ? "综合协调组" : "the coordination group"));
        g_assert_cmpstr(with_phone, ==, chinese ? "综合协调组（电话 8001）" : "the coordination group (phone 8001)");
}

/* One device and one cause is one message, whatever the stage; another cause or device is another. */
static void
test_keys(void)
{
        g_autoptr(GuardEvent) usb = event_of("{'verdict': <'refuse'>, 'reason': <'unregistered'>, 'device': <'1-2'>}");
        g_autoptr(GuardEvent) disk = event_of("{'verdict': <'refuse'>, 'reason': <'unregistered'>, 'device': <'1-2'>, 'block': <'sda'>}");
        g_autoptr(GuardEvent) cause = event_of("{'verdict': <'refuse'>, 'reason': <'policy'>, 'device': <'1-2'>}");
        g_autoptr(GuardEvent) other = event_of("{'verdict': <'refuse'>, 'reason': <'unregistered'>, 'device': <'1-3'>}");
        g_autoptr(GuardMessage) a = guard_message_of_event(usb, &desk);
        g_autoptr(GuardMessage) b = guard_message_of_event(disk, &desk);
        g_autoptr(GuardMessage) c = guard_message_of_event(cause, &desk);
        g_autoptr(GuardMessage) d = guard_message_of_event(other, &desk);

        g_assert_cmpstr(a->key, ==, b->key);
        g_assert_cmpstr(a->key, !=, c->key);
        g_assert_cmpstr(a->key, !=, d->key);
}

static const char *const hostile[] = {
        "<b>bold</b><a href=\"http://evil\">x</a>",
        "&lt;b&gt; & &#60;",
        ("\xe2\x80\xae" "gnp.exe"), /* right-to-left override */
        "\xe2\x81\xa6x\xe2\x81\xa9\xe2\x80\x8b\xef\xbb\xbf", /* isolates, zero width, byte order mark */
        "line\nbreak\r\x1b[2J\x07",
        "%s%s%n%1$s",
        "\xff\xfe not UTF-8",
        "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81 stacked marks",
};

static void
assert_harmless(const char *text, glong max)
{
        g_assert_true(g_utf8_validate(text, -1, NULL));
        g_assert_cmpint(g_utf8_strlen(text, -1), <=, max);
        g_assert_null(strpbrk(text, "<>&"));
        for (const char *p = text; *p; p = g_utf8_next_char(p)) {
                GUnicodeType type = g_unichar_type(g_utf8_get_char(p));

                g_assert_true(type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT && type != G_UNICODE_LINE_SEPARATOR &&
                              type != G_UNICODE_PARAGRAPH_SEPARATOR);
        }
}

static void
check_hostile(const char *raw)
{
        GuardEvent event = {.has_verdict = TRUE, .reason = GUARD_REASON_UNREGISTERED, .manufacturer = (char *)raw, .product = (char *)raw,
                            .device = (char *)"1-2"};
        GuardEvent enrolled = {.has_verdict = TRUE, .reason = GUARD_REASON_UNREGISTERED, .media_id = (char *)raw};
        const GuardContact contact = {raw, raw};
        g_autoptr(GuardMessage) one = guard_message_of_event(&event, &contact);
        g_autoptr(GuardMessage) two = guard_message_of_event(&enrolled, &contact);
        g_autoptr(GuardMessage) three = guard_message_of_alarm("no-such-alarm", raw, GUARD_SEVERITY_WARNING, &contact);
        g_autoptr(GuardMessage) four = guard_message_of_eject("1-2", raw);
        g_autofree char *drive = guard_message_drive(&event);

        assert_harmless(one->body, 340);
        assert_harmless(two->body, 340);
        assert_harmless(three->body, 400);
        assert_harmless(four->body, 340);
        assert_harmless(drive, 60);
}

static void
test_hostile(void)
{
        g_autofree char *longest = g_strnfill(126, 'W');
        g_autofree char *wide = g_strdup("");

        for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++)
                check_hostile(hostile[i]);
        check_hostile(longest);
        for (guint i = 0; i < 126; i++) {
                char *more = g_strconcat(wide, "﷽", NULL);

                g_free(wide);
                wide = more;
        }
        check_hostile(wide);
}

static void
test_alarms(void)
{
        static const char *const keys[] = {"host-level-unknown", "policy-broken", "registry", "record-failed",
                                           "event-log",          "media-stuck",   "escape-hatch"};

        for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
                g_autoptr(GuardMessage) message = guard_message_of_alarm(keys[i], "an English sentence of guardd", GUARD_SEVERITY_CRITICAL,
                                                                         &desk);

                assert_readable(message->title);
                assert_readable(message->body);
                g_assert_null(strstr(message->body, "guardd"));
                g_assert_true(message->critical);
        }
}

static void
test_countdown(void)
{
        g_autofree char *lock = guard_countdown_title(GUARD_COUNTDOWN_LOCK, 30);
        g_autofree char *away = guard_countdown_body(GUARD_COUNTDOWN_LOCK, 10);
        g_autofree char *off = guard_countdown_title(GUARD_COUNTDOWN_SHUTDOWN, 900);
        g_autofree char *soon = guard_countdown_title(GUARD_COUNTDOWN_SHUTDOWN, 59);
        g_autofree char *save = guard_countdown_body(GUARD_COUNTDOWN_SHUTDOWN, 0);

        g_assert_cmpstr(lock, ==, chinese ? "计算机将在 30 秒后锁定" : "The computer will be locked in 30 seconds");
        g_assert_cmpstr(off, ==, chinese ? "计算机将在 15 分钟后关机" : "The computer will be switched off in 15 minutes");
        g_assert_cmpstr(soon, ==, chinese ? "计算机将在 59 秒后关机" : "The computer will be switched off in 59 seconds");
        g_assert_true(g_str_has_prefix(away, chinese ? "您已离开 10 分钟。" : "You have been away for 10 minutes."));
        assert_readable(save);
}

static void
test_history_words(void)
{
        g_autoptr(GuardEvent) refused = event_of("{'kind': <'usb-decision'>, 'time': <'2026-11-26T09:12:03.000001+08:00'>, 'verdict': <'refuse'>, "
                                                 "'reason': <'unregistered'>, 'product': <'DT'>, 'serial': <'S'>, 'severity': <'warning'>}");
        g_autoptr(GuardEvent) removed = event_of("{'kind': <'removed'>, 'serial': <'S'>}");
        g_autofree char *when = guard_message_when(refused), *what = guard_message_what(refused), *drive = guard_message_drive(refused);
        g_autofree char *why = guard_message_why(refused), *gone = guard_message_what(removed), *never = guard_message_when(removed);

        g_assert_cmpstr(when, ==, "2026-11-26 09:12:03");
        g_assert_cmpstr(what, ==, chinese ? "已拒绝" : "refused");
        g_assert_cmpstr(drive, ==, "DT");
        assert_readable(why);
        g_assert_cmpstr(gone, ==, chinese ? "已拔出" : "pulled out");
        g_assert_cmpstr(never, ==, "");
        g_assert_true(guard_event_was_told(refused));
        g_assert_false(guard_event_was_told(removed));
}

/* The details say what is known, in words, and nothing a device says of itself as markup. */
static void
test_details(void)
{
        g_autoptr(GuardEvent) event = event_of("{'seq': <@t 7>, 'kind': <'usb-decision'>, 'time': <'2026-11-26T09:12:03.5+08:00'>, "
                                               "'verdict': <'refuse'>, 'reason': <'classified-on-unclassified'>, 'level': <'secret'>, "
                                               "'media_id': <'LY-017'>, 'product': <'<b>DT&'>, 'device': <'1-2'>, 'user': <'clerk'>}");
        g_autoptr(GVariant) rows = g_variant_ref_sink(guard_message_details(event));
        g_autoptr(GString) all = g_string_new(NULL);
        GVariantIter iter;
        const char *label, *value;

        g_variant_iter_init(&iter, rows);
        while (g_variant_iter_next(&iter, "(&s&s)", &label, &value)) {
                g_assert_cmpint(*value, !=, 0);
                if (chinese)
                        assert_readable(label);
                g_string_append_printf(all, "%s=%s;", label, value);
        }
        g_assert_nonnull(strstr(all->str, "2026-11-26 09:12:03"));
        g_assert_nonnull(strstr(all->str, chinese ? "机密" : "ecret"));
        g_assert_nonnull(strstr(all->str, "LY-017"));
        g_assert_nonnull(strstr(all->str, chinese ? "记录编号=7;" : "Number of the record=7;"));
        g_assert_null(strpbrk(all->str, "<>&"));
        g_assert_null(strstr(all->str, chinese ? "序列号" : "Serial"));
}

int
main(int argc, char **argv)
{
        setlocale(LC_ALL, "");
        bindtextdomain(GETTEXT_PACKAGE, CATALOGUES);
        bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
        chinese = g_strcmp0(g_getenv("LANGUAGE"), "zh_CN") == 0;
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/notifier/message/every-reason", test_every_reason);
        g_test_add_func("/notifier/message/exact", test_exact);
        g_test_add_func("/notifier/message/nobody-to-call", test_nobody_to_call);
        g_test_add_func("/notifier/message/keys", test_keys);
        g_test_add_func("/notifier/message/hostile", test_hostile);
        g_test_add_func("/notifier/message/alarms", test_alarms);
        g_test_add_func("/notifier/message/countdown", test_countdown);
        g_test_add_func("/notifier/message/history-words", test_history_words);
        g_test_add_func("/notifier/message/details", test_details);
        return g_test_run();
}
