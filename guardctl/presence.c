/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl presence, lock and postpone: the person at the desk.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <glib/gi18n-lib.h>
#include "guardctl/connect.h"
#include "guardctl/shape.h"
#include "guardctl/words.h"

#define WIDTH 18

static const GuardctlUsage presence_usage = {
        "presence", NULL,
        N_("Shows the sessions of this machine, since when nobody has touched it, which screens are locked and by what that is "
           "proven, and the next shutdown.\n"
           "Exit status: 0; 1 if not allowed; 3 if guardd cannot be reached."),
        0, 0,
};

static const GuardctlUsage lock_usage = {
        "lock", NULL,
        N_("Locks the screen of this session and waits until that is proven.\n"
           "Exit status: 0 when the lock is proven; 1 if it is not; 3 if guardd cannot be reached."),
        0, 0,
};

static const GuardctlUsage postpone_usage = {
        "postpone", "MINUTES",
        N_("Puts off the shutdown after hours by MINUTES. The reason goes on record.\n"
           "Exit status: 0; 1 if the policy does not allow it or no shutdown is planned; 3 if guardd cannot be reached."),
        1, 1,
};

static const struct {
        const char *name, *word;
        GuardctlStyle style;
} states[] = {
        {"active", N_("active"), GUARDCTL_PLAIN},
        {"warning", N_("about to be locked"), GUARDCTL_CAUTION},
        {"locking", N_("being locked"), GUARDCTL_CAUTION},
        {"locked", N_("locked"), GUARDCTL_GOOD},
        {"escalated", N_("could not be locked"), GUARDCTL_BAD},
        {"off", N_("never"), GUARDCTL_FAINT},
        {"working", N_("working time"), GUARDCTL_PLAIN},
        {"waiting", N_("after hours"), GUARDCTL_CAUTION},
        {"countdown", N_("countdown"), GUARDCTL_CAUTION},
        {"due", N_("switching off"), GUARDCTL_BAD},
        {"doubtful", N_("the clock is not to be believed"), GUARDCTL_BAD},
        {"none", N_("none"), GUARDCTL_FAINT},
        {"corroborated", N_("corroborated"), GUARDCTL_GOOD},
        {"strong", N_("strong"), GUARDCTL_GOOD},
};

static GuardctlStyle
word_of(const char *name, const char **word)
{
        for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
                if (g_strcmp0(states[i].name, name) != 0)
                        continue;
                *word = _(states[i].word);
                return states[i].style;
        }
        *word = name;
        return GUARDCTL_PLAIN;
}

static void
put_cell(GuardctlTable *table, const char *name)
{
        const char *word;
        GuardctlStyle style = word_of(name, &word);

        guardctl_table_cell(table, style, word);
}

static void
put_sessions(GuardctlContext *ctx, GVariant *sessions)
{
        const char *const headers[] = {_("SESSION"), _("USER"), _("SEAT"), _("IDLE (s)"), _("STATE"), _("PROOF"), _("EVIDENCE")};
        g_autoptr(GuardctlTable) table = guardctl_table_new(G_N_ELEMENTS(headers), headers);

        for (gsize i = 0; i < g_variant_n_children(sessions); i++) {
                g_autoptr(GVariant) one = g_variant_get_child_value(sessions, i);

                guardctl_table_cell(table, GUARDCTL_STRONG, guardctl_dict_string(one, "id"));
                guardctl_table_cell(table, GUARDCTL_PLAIN, guardctl_dict_string(one, "user"));
                guardctl_table_cell(table, GUARDCTL_PLAIN, guardctl_dict_string(one, "seat"));
                guardctl_table_cell_format(table, GUARDCTL_PLAIN, "%" PRIu64, guardctl_dict_number(one, "idle_seconds"));
                put_cell(table, guardctl_dict_string(one, "state"));
                put_cell(table, guardctl_dict_string(one, "proof"));
                guardctl_table_cell(table, GUARDCTL_FAINT, guardctl_dict_string(one, "evidence"));
        }
        if (guardctl_table_rows(table) == 0)
                fprintf(ctx->out, "%s\n", _("Nobody is logged in."));
        else
                guardctl_table_print(ctx, table);
}

static void
put_shutdown(GuardctlContext *ctx, GVariant *shutdown)
{
        g_autofree char *deadline = guardctl_short_time(guardctl_dict_string(shutdown, "deadline"));
        g_autofree char *text = NULL;
        const char *word;
        GuardctlStyle style = word_of(guardctl_dict_string(shutdown, "state"), &word);

        text = deadline ? g_strdup_printf(_("%s: at %s, may be put off %" PRIu64 " more times"), word, deadline,
                                          guardctl_dict_number(shutdown, "postponements_left"))
                        : g_strdup(word);
        guardctl_field(ctx, WIDTH, _("Shutdown"), style, text);
}

int
guardctl_presence(GuardctlContext *ctx, int argc, char **argv)
{
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GVariant) presence = NULL;
        g_autoptr(GVariant) sessions = NULL;
        g_autoptr(GVariant) shutdown = NULL;
        int result = guardctl_parse(ctx, &presence_usage, NULL, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        reply = guardctl_call(ctx, "GetPresence", g_variant_new("(a{sv})", NULL), "(a{sv})", &result);
        if (!reply)
                return result;
        presence = g_variant_get_child_value(reply, 0);
        if (ctx->json) {
                g_autoptr(JsonNode) node = guardctl_shape(guardctl_presence_keys, presence);

                guardctl_print_json(ctx, node);
                return GUARDCTL_DONE;
        }
        sessions = guardctl_dict_child(presence, "sessions", "aa{sv}");
        shutdown = guardctl_dict_child(presence, "shutdown", "a{sv}");
        put_sessions(ctx, sessions);
        put_shutdown(ctx, shutdown);
        return GUARDCTL_DONE;
}

int
guardctl_lock(GuardctlContext *ctx, int argc, char **argv)
{
        g_autofree char *session = NULL;
        const GOptionEntry entries[] = {
                {"session", 0, 0, G_OPTION_ARG_STRING, &session, N_("Another session (root only)"), N_("ID")},
                {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
        };
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GVariant) locked = NULL;
        GVariantBuilder options;
        gboolean proven = FALSE;
        int result = guardctl_parse(ctx, &lock_usage, entries, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
        if (session)
                g_variant_builder_add(&options, "{sv}", "session", g_variant_new_string(session));
        reply = guardctl_call(ctx, "Lock", g_variant_new("(a{sv})", &options), "(a{sv})", &result);
        if (!reply)
                return result;
        locked = g_variant_get_child_value(reply, 0);
        g_variant_lookup(locked, "proven", "b", &proven);
        if (ctx->json) {
                g_autoptr(JsonNode) node = guardctl_shape(guardctl_session_keys, locked);

                guardctl_print_json(ctx, node);
        } else if (proven) {
                fprintf(ctx->out, "%s\n", _("The screen is locked, and that is proven"));
        }
        if (!proven)
                guardctl_warn(ctx, "%s", _("The screen could not be locked by any means"));
        return proven ? GUARDCTL_DONE : GUARDCTL_FAILED;
}

int
guardctl_postpone(GuardctlContext *ctx, int argc, char **argv)
{
        g_autofree char *reason = NULL;
        const GOptionEntry entries[] = {
                {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, N_("Why; it goes on record"), N_("TEXT")},
                {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
        };
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GVariant) shutdown = NULL;
        guint64 minutes = 0;
        int result = guardctl_parse(ctx, &postpone_usage, entries, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        if (!g_ascii_string_to_unsigned(argv[1], 10, 1, 24 * 60, &minutes, NULL))
                return guardctl_usage_error(ctx, &postpone_usage, _("'%s' is no number of minutes"), argv[1]);
        if (!reason || *reason == '\0')
                return guardctl_usage_error(ctx, &postpone_usage, "%s", _("Say why: --reason TEXT"));
        reply = guardctl_call(ctx, "Postpone", g_variant_new("(us@a{sv})", (guint32)minutes, reason, g_variant_new("a{sv}", NULL)),
                              "(a{sv})", &result);
        if (!reply)
                return result;
        shutdown = g_variant_get_child_value(reply, 0);
        if (ctx->json) {
                g_autoptr(JsonNode) node = guardctl_shape(guardctl_shutdown_keys, shutdown);

                guardctl_print_json(ctx, node);
        } else {
                put_shutdown(ctx, shutdown);
        }
        return GUARDCTL_DONE;
}
