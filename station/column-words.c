/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * See column-words.h. Words of a spreadsheet are data in two languages, not messages: they are not
 * translated, both are always understood.
 */
#include "station/column-words.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#include "station/columns.h"

static const struct {
        GuardLevel level;
        const char *words[4]; /* the first is written */
} levels[] = {
        {GUARD_LEVEL_NONE, {"非涉密", "非密", "none"}},
        {GUARD_LEVEL_CONFIDENTIAL, {"秘密", "confidential"}},
        {GUARD_LEVEL_SECRET, {"机密", "secret"}},
        {GUARD_LEVEL_TOP_SECRET, {"绝密", "top-secret", "top secret"}},
};

static const char *const statuses[GUARD_N_STATUSES][6] = {
        [GUARD_STATUS_IN_USE] = {"在用", "在库", "库存", "正常", "in-use"},
        [GUARD_STATUS_ISSUED] = {"已发放", "发放", "借出", "领用", "issued"},
        [GUARD_STATUS_IN_REPAIR] = {"维修", "维修中", "送修", "in-repair"},
        [GUARD_STATUS_LOST] = {"挂失", "已挂失", "丢失", "遗失", "lost"},
        [GUARD_STATUS_DEREGISTERED] = {"注销", "已注销", "deregistered"},
        [GUARD_STATUS_RETIRED] = {"报废", "已报废", "retired"},
        [GUARD_STATUS_DESTROYED] = {"销毁", "已销毁", "destroyed"},
};

gboolean
guard_words_level(const char *text, GuardLevel *level, char **reason)
{
        for (gsize i = 0; i < G_N_ELEMENTS(levels); i++) {
                for (gsize k = 0; k < G_N_ELEMENTS(levels[i].words); k++) {
                        if (levels[i].words[k] == NULL ||
                            g_ascii_strcasecmp(levels[i].words[k], text) != 0)
                                continue;
                        *level = levels[i].level;
                        return TRUE;
                }
        }
        *reason = g_strdup(
                _("this is no level; it is 非涉密, 秘密, 机密 or 绝密 (none, confidential, "
                  "secret, top-secret)"));
        return FALSE;
}

gboolean
guard_words_status(const char *text, GuardStatus *status, char **reason)
{
        for (guint i = 0; i < GUARD_N_STATUSES; i++) {
                for (gsize k = 0; k < G_N_ELEMENTS(statuses[i]) && statuses[i][k] != NULL; k++) {
                        if (g_ascii_strcasecmp(statuses[i][k], text) != 0)
                                continue;
                        *status = (GuardStatus)i;
                        return TRUE;
                }
        }
        *reason = g_strdup(_("this is no state; it is 在用, 已发放, 维修, 挂失, 注销, 报废 or 销毁 "
                             "(in-use, issued, in-repair, lost, deregistered, retired, "
                             "destroyed)"));
        return FALSE;
}

/* Year, month and day, whatever stands between them; FALSE for anything else. */
static gboolean
read_parts(const char *text, guint part[3])
{
        guint n = 0;
        gboolean in_number = FALSE;

        if (strlen(text) == 8 && strspn(text, "0123456789") == 8) {
                guint whole = (guint)g_ascii_strtoull(text, NULL, 10);

                part[0] = whole / 10000;
                part[1] = whole / 100 % 100;
                part[2] = whole % 100;
                return TRUE;
        }
        for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
                gunichar c = g_utf8_get_char(at);

                if (g_ascii_isdigit(*at)) {
                        if (!in_number && n == 3)
                                return FALSE;
                        if (!in_number)
                                part[n++] = 0;
                        in_number = TRUE;
                        if (part[n - 1] > 9999)
                                return FALSE;
                        part[n - 1] = part[n - 1] * 10 + (guint)(*at - '0');
                        continue;
                }
                in_number = FALSE;
                if (c != '-' && c != '/' && c != '.' && c != 0x5e74 && c != 0x6708 && c != 0x65e5)
                        return FALSE;
        }
        return n == 3;
}

gboolean
guard_words_date(const char *text, char **date, char **reason)
{
        guint part[3];

        if (read_parts(text, part) && part[0] >= 1970 && part[0] <= 9999 && part[1] >= 1 &&
            part[1] <= 12 && part[2] >= 1 && part[2] <= 31 &&
            g_date_valid_dmy((GDateDay)part[2], (GDateMonth)part[1], (GDateYear)part[0])) {
                g_free(*date);
                *date = g_strdup_printf("%04u-%02u-%02u", part[0], part[1], part[2]);
                return TRUE;
        }
        *reason = g_strdup(_("this is no day; write it like 2026-03-01"));
        return FALSE;
}

gboolean
guard_words_capacity(const char *text, guint64 *bytes, char **reason)
{
        static const struct {
                const char *unit;
                double factor;
        } units[] = {{"", 1},
                     {"B", 1},
                     {"KB", 1e3},
                     {"K", 1e3},
                     {"MB", 1e6},
                     {"M", 1e6},
                     {"GB", 1e9},
                     {"G", 1e9},
                     {"TB", 1e12},
                     {"T", 1e12},
                     {"KiB", 1024.0},
                     {"MiB", 1048576.0},
                     {"GiB", 1073741824.0},
                     {"TiB", 1099511627776.0}};
        char *end = NULL;
        double number = g_ascii_isdigit(*text) ? g_ascii_strtod(text, &end) : -1;

        while (end != NULL && *end == ' ')
                end++;
        for (gsize i = 0; number >= 0 && end != NULL && i < G_N_ELEMENTS(units); i++) {
                double size = number * units[i].factor;

                if (g_ascii_strcasecmp(end, units[i].unit) != 0 || size > 1e18)
                        continue;
                *bytes = strspn(text, "0123456789") == strlen(text)
                                 ? g_ascii_strtoull(text, NULL, 10)
                                 : (guint64)size;
                return TRUE;
        }
        *reason = g_strdup(_("this is no capacity; write it like 32 GB"));
        return FALSE;
}

gboolean
guard_words_yes(const char *text, gboolean *yes, char **reason)
{
        static const struct {
                const char *word;
                gboolean yes;
        } words[] = {{"是", TRUE},  {"yes", TRUE}, {"true", TRUE},   {"1", TRUE},
                     {"否", FALSE}, {"no", FALSE}, {"false", FALSE}, {"0", FALSE}};

        for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
                if (g_ascii_strcasecmp(words[i].word, text) != 0)
                        continue;
                *yes = words[i].yes;
                return TRUE;
        }
        *reason = g_strdup(_("this is neither yes nor no (是, 否)"));
        return FALSE;
}

gboolean
guard_words_hex16(const char *text, guint16 *number, char **reason)
{
        if (g_ascii_strncasecmp(text, "0x", 2) == 0)
                text += 2;
        if (strlen(text) == 4 && strspn(text, "0123456789abcdefABCDEF") == 4) {
                *number = (guint16)g_ascii_strtoull(text, NULL, 16);
                return TRUE;
        }
        *reason = g_strdup(_("this must be four hexadecimal digits, like 0951; a spreadsheet may "
                             "have dropped a zero in front"));
        return FALSE;
}

static gboolean
is_separator(gunichar c)
{
        return c == ';' || c == '|' || c == 0xff1b || c == 0x3001;
}

char **
guard_words_split(const char *text)
{
        gboolean by_line = strchr(text, '\n') != NULL;
        g_autoptr(GPtrArray) parts = g_ptr_array_new();
        GString *part = g_string_new(NULL);

        for (const char *at = text;; at = g_utf8_next_char(at)) {
                gunichar c = g_utf8_get_char(at);

                if (c != '\0' && !(by_line ? c == '\n' : is_separator(c))) {
                        g_string_append_unichar(part, c);
                        continue;
                }
                g_strstrip(part->str);
                if (part->str[0] != '\0')
                        g_ptr_array_add(parts, g_strdup(part->str));
                g_string_truncate(part, 0);
                if (c == '\0')
                        break;
        }
        g_string_free(part, TRUE);
        g_ptr_array_add(parts, NULL);
        return (char **)g_ptr_array_free(g_steal_pointer(&parts), FALSE);
}

char *
guard_words_join(char *const *list)
{
        gboolean by_line = FALSE;

        if (list == NULL || list[0] == NULL)
                return NULL;
        for (guint i = 0; list[i] != NULL; i++) {
                for (const char *at = list[i]; *at != '\0'; at = g_utf8_next_char(at))
                        by_line = by_line || is_separator(g_utf8_get_char(at));
        }
        if (by_line) { /* a line end behind one alone says so, too */
                g_autofree char *lines = g_strjoinv("\n", (char **)list);

                return g_strconcat(lines, "\n", NULL);
        }
        return g_strjoinv(";", (char **)list);
}

const char *
guard_words_of_level(GuardLevel level, gboolean english)
{
        for (gsize i = 0; i < G_N_ELEMENTS(levels); i++) {
                if (levels[i].level == level)
                        return english ? guard_level_to_string(level) : levels[i].words[0];
        }
        return NULL;
}

const char *
guard_words_of_status(GuardStatus status, gboolean english)
{
        return english ? guard_status_to_string(status) : statuses[status][0];
}
