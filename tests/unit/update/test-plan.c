/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is asked and what an answer means, by tables.
 */
#include <string.h>
#include "update/update-plan.h"

static const GuardUpdateTag nothing = {NULL, NULL}, etag = {(char *)"\"a\"", (char *)"Mon, 01 Jun 2026 00:00:00 GMT"},
                            other = {(char *)"\"b\"", NULL}, weak = {(char *)"W/\"a\"", NULL},
                            weak_dated = {(char *)"W/\"a\"", (char *)"Mon, 01 Jun 2026 00:00:00 GMT"};

static const struct {
        const char *what;
        GuardUpdateHave have;
        const GuardUpdateTag *unless;
        const char *if_range;
        guint64 offset;
} questions[] = {
        {"nothing is there", {&nothing, FALSE, &nothing, 0, FALSE}, NULL, NULL, 0},
        {"in use", {&etag, TRUE, &nothing, 0, FALSE}, &etag, NULL, 0},
        {"installed once, but guardd has another", {&etag, FALSE, &nothing, 0, FALSE}, NULL, NULL, 0},
        {"in use, from a server that tags nothing", {&nothing, TRUE, &nothing, 0, FALSE}, NULL, NULL, 0},
        {"a piece", {&nothing, FALSE, &etag, 100, FALSE}, NULL, "\"a\"", 100},
        {"a piece of the next one", {&other, TRUE, &etag, 100, FALSE}, NULL, "\"a\"", 100},
        {"a piece that nobody knows", {&nothing, FALSE, &nothing, 100, FALSE}, NULL, NULL, 0},
        {"a piece that nobody knows, one in use", {&etag, TRUE, &nothing, 100, FALSE}, &etag, NULL, 0},
        {"a piece with a weak tag", {&nothing, FALSE, &weak, 100, FALSE}, NULL, NULL, 0},
        {"a piece with a weak tag and a date", {&nothing, FALSE, &weak_dated, 100, FALSE}, NULL, "Mon, 01 Jun 2026 00:00:00 GMT", 100},
        {"a tag, and no bytes", {&nothing, FALSE, &etag, 0, FALSE}, NULL, NULL, 0},
        {"a whole one that guardd did not take", {&other, TRUE, &etag, 100, TRUE}, &etag, NULL, 0},
        {"a whole one that nobody knows", {&nothing, FALSE, &nothing, 100, TRUE}, NULL, NULL, 0},
        {"a whole one whose bytes are gone", {&other, TRUE, &etag, 0, TRUE}, &other, NULL, 0},
};

static void
asks(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(questions); i++) {
                GuardUpdateRequest request;

                g_test_message("%s", questions[i].what);
                guard_update_ask(&questions[i].have, &request);
                g_assert_true(request.unless == questions[i].unless);
                g_assert_cmpstr(request.if_range, ==, questions[i].if_range);
                g_assert_cmpuint(request.offset, ==, questions[i].offset);
        }
}

static const GuardUpdateRequest plain = {NULL, NULL, 0}, conditional = {&etag, NULL, 0}, resumed = {NULL, "\"a\"", 100};

static const struct {
        const GuardUpdateRequest *request;
        GuardUpdateAnswer answer; /* status, length, has_range, first, total */
        GuardUpdateAction action;
        const char *says; /* part of the error */
} answers[] = {
        {&plain, {200, 500, FALSE, 0, 0}, GUARD_UPDATE_WHOLE, NULL},
        {&plain, {200, -1, FALSE, 0, 0}, GUARD_UPDATE_WHOLE, NULL},
        {&plain, {200, 1000, FALSE, 0, 0}, GUARD_UPDATE_WHOLE, NULL},
        {&plain, {200, 1001, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "max-size="},
        {&conditional, {200, 500, FALSE, 0, 0}, GUARD_UPDATE_WHOLE, NULL},
        {&resumed, {200, 500, FALSE, 0, 0}, GUARD_UPDATE_WHOLE, NULL}, /* it changed meanwhile, or no ranges there */
        {&conditional, {304, -1, FALSE, 0, 0}, GUARD_UPDATE_UNCHANGED, NULL},
        {&plain, {304, -1, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "makes no sense"},
        {&resumed, {304, -1, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "makes no sense"},
        {&resumed, {206, 400, TRUE, 100, 500}, GUARD_UPDATE_APPEND, NULL},
        {&resumed, {206, 400, TRUE, 100, 0}, GUARD_UPDATE_APPEND, NULL},
        {&resumed, {206, 400, TRUE, 99, 500}, GUARD_UPDATE_AFRESH, NULL},
        {&resumed, {206, 500, TRUE, 0, 500}, GUARD_UPDATE_AFRESH, NULL},
        {&resumed, {206, 400, FALSE, 0, 0}, GUARD_UPDATE_AFRESH, NULL}, /* multipart, or nonsense */
        {&resumed, {206, 901, TRUE, 100, 1001}, GUARD_UPDATE_REFUSE, "max-size="},
        {&plain, {206, 400, TRUE, 100, 500}, GUARD_UPDATE_REFUSE, "makes no sense"},
        {&resumed, {416, 0, FALSE, 0, 0}, GUARD_UPDATE_AFRESH, NULL},
        {&plain, {416, 0, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "makes no sense"},
        {&plain, {204, 0, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "makes no sense"},
        {&plain, {302, 0, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "final https address"},
        {&plain, {400, 0, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "client certificate"},
        {&plain, {401, 0, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "who asks"},
        {&plain, {403, 0, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "status 403"},
        {&plain, {404, 0, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "no such file"},
        {&conditional, {404, 0, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "no such file"},
        {&plain, {407, 0, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "proxy="},
        {&plain, {410, 0, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "any more"},
        {&plain, {429, 0, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "too busy"},
        {&plain, {503, 0, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "out of order"},
        {&plain, {0, -1, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "makes no sense"},
        {&plain, {999, -1, FALSE, 0, 0}, GUARD_UPDATE_REFUSE, "makes no sense"},
};

static void
judges(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
                g_autoptr(GError) error = NULL;
                GuardUpdateAction action = guard_update_judge(answers[i].request, &answers[i].answer, 1000, "https://x/", &error);

                g_test_message("%zu: status %u: %s", i, answers[i].answer.status, error ? error->message : "-");
                g_assert_cmpint(action, ==, answers[i].action);
                g_assert_true((error != NULL) == (action == GUARD_UPDATE_REFUSE));
                if (error)
                        g_assert_true(g_str_has_prefix(error->message, "https://x/") && strstr(error->message, answers[i].says));
        }
}

static void
content_ranges(void)
{
        static const struct {
                const char *text;
                gboolean good;
                guint64 first, total;
        } ranges[] = {
                {"bytes 100-199/200", TRUE, 100, 200}, {"BYTES 0-0/1", TRUE, 0, 1},      {"bytes 5-9/*", TRUE, 5, 0},
                {"bytes */200", FALSE, 0, 0},          {"bytes 9-5/20", FALSE, 0, 0},    {"bytes 0-20/20", FALSE, 0, 0},
                {"bytes 0-1/2 ", FALSE, 0, 0},         {"bytes -1-2/3", FALSE, 0, 0},    {"items 0-1/2", FALSE, 0, 0},
                {"bytes 0-1", FALSE, 0, 0},            {"bytes", FALSE, 0, 0},           {"", FALSE, 0, 0},
                {"bytes 18446744073709551615-18446744073709551615/*", FALSE, 0, 0}, {"bytes 0-1/x", FALSE, 0, 0},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++) {
                guint64 first = 0, last = 0, total = 0;

                g_test_message("%s", ranges[i].text);
                g_assert_true(guard_update_content_range(ranges[i].text, &first, &last, &total) == ranges[i].good);
                if (ranges[i].good) {
                        g_assert_cmpuint(first, ==, ranges[i].first);
                        g_assert_cmpuint(total, ==, ranges[i].total);
                }
        }
}

static void
headers(void)
{
        g_autofree char *longest = g_strnfill(200, 'x'), *longer = g_strnfill(201, 'x');

        g_assert_true(guard_update_header_is_good("W/\"6a\""));
        g_assert_true(guard_update_header_is_good(longest));
        g_assert_false(guard_update_header_is_good(longer));
        g_assert_false(guard_update_header_is_good(""));
        g_assert_false(guard_update_header_is_good("\"a\r\nX: y\""));
        g_assert_false(guard_update_header_is_good("\"é\""));
}

static void
retries_and_spoils(void)
{
        static const int spoil[] = {GUARD_ERROR_CORRUPT, GUARD_ERROR_SIGNATURE, GUARD_ERROR_ROLLBACK, GUARD_ERROR_EXPIRED,
                                    GUARD_ERROR_NOT_YET_VALID, GUARD_ERROR_INVALID_VALUE, GUARD_ERROR_SYNTAX},
                         keep[] = {GUARD_ERROR_UNREACHABLE, GUARD_ERROR_TIMEOUT, GUARD_ERROR_GONE, GUARD_ERROR_DENIED, GUARD_ERROR_BUSY,
                                   GUARD_ERROR_FULL, GUARD_ERROR_IO, GUARD_ERROR_FAILED};

        g_assert_true(guard_update_try_again(1, 1));
        g_assert_false(guard_update_try_again(1, 0));
        g_assert_true(guard_update_try_again(7, 1));
        g_assert_false(guard_update_try_again(8, 1000000));
        for (gsize i = 0; i < G_N_ELEMENTS(spoil); i++) {
                g_autoptr(GError) error = g_error_new_literal(GUARD_ERROR, spoil[i], "x");

                g_assert_true(guard_update_error_spoils(error));
        }
        for (gsize i = 0; i < G_N_ELEMENTS(keep); i++) {
                g_autoptr(GError) error = g_error_new_literal(GUARD_ERROR, keep[i], "x");

                g_assert_false(guard_update_error_spoils(error));
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/update/plan/ask", asks);
        g_test_add_func("/update/plan/judge", judges);
        g_test_add_func("/update/plan/content-range", content_ranges);
        g_test_add_func("/update/plan/headers", headers);
        g_test_add_func("/update/plan/retries", retries_and_spoils);
        return g_test_run();
}
