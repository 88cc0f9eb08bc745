/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl exception: one device, for a time. By somebody who may say so here, or by the desk's
 * answer to a code.
 */
#include <inttypes.h>
#include <glib/gi18n-lib.h>
#include "guardctl/connect.h"
#include "guardctl/exception.h"
#include "guardctl/shape.h"
#include "rules/presence-parse.h"

#define WIDTH 18
/* The longest that may be asked for; the policy of the computer may allow less. */
#define MAX_SECONDS (30 * 24 * 3600)

static const GuardctlUsage list_usage = {
        "exception list",
        NULL,
        N_("Lists the exceptions in force on this machine, and those that wait for a second person."
           "\nExit status: 0; 1 if not allowed or it failed; 3 if guardd cannot be reached."),
        0,
        0,
};

static const GuardctlUsage allow_usage = {
        "exception allow",
        "DEVICE",
        N_("Lets DEVICE be used for a time although the policy does not allow it. DEVICE is the "
           "name in 'guardctl media list'. What no policy "
           "opens (a classified drive on a non-classified computer, a lost one) stays closed."
           "\nExit status: 0; 1 if not allowed or it failed; 3 if guardd cannot be reached."),
        1,
        1,
};

static const GuardctlUsage approve_usage = {
        "exception approve",
        "ID",
        N_("The second person's word for an exception that waits."
           "\nExit status: 0; 1 if not allowed or it failed; 3 if guardd cannot be reached."),
        1,
        1,
};

static const GuardctlUsage revoke_usage = {
        "exception revoke",
        "ID",
        N_("Takes an exception back."
           "\nExit status: 0; 1 if not allowed or it failed; 3 if guardd cannot be reached."),
        1,
        1,
};

static const GuardctlUsage request_usage = {
        "exception request",
        "DEVICE",
        N_("Shows a code to be read to the coordination group, by telephone for instance. Their "
           "answer is typed in with 'guardctl exception "
           "enter'. Needs no network."
           "\nExit status: 0; 1 if not allowed or it failed; 3 if guardd cannot be reached."),
        1,
        1,
};

static const GuardctlUsage enter_usage = {
        "exception enter",
        "CODE",
        N_("Enters the coordination group's answer. It is good once, on this computer, for the "
           "device that was asked for."
           "\nExit status: 0; 1 if not allowed or it failed; 3 if guardd cannot be reached."),
        1,
        -1,
};

/* "7 min", "3 h 5 min": how long still. Caller frees. */
static char *
span(guint64 seconds)
{
        guint64 minutes = (seconds + 59) / 60;

        if (minutes < 60)
                return g_strdup_printf(_("%" PRIu64 " min"), minutes);
        return g_strdup_printf(_("%" PRIu64 " h %" PRIu64 " min"), minutes / 60, minutes % 60);
}

static const char *
direction_word(const char *name)
{
        if (g_strcmp0(name, "import") == 0)
                return _("import only");
        return g_strcmp0(name, "read-write") == 0 ? _("read and write") : _("read only");
}

static gboolean
waits(GVariant *one)
{
        return g_strcmp0(guardctl_dict_string(one, "state"), "waiting") == 0;
}

static void
put_row(GuardctlTable *table, GVariant *one)
{
        g_autofree char *left = span(guardctl_dict_number(one, "seconds_left"));
        const char *name = guardctl_dict_string(one, "name");

        guardctl_table_cell(table, GUARDCTL_STRONG, guardctl_dict_string(one, "id"));
        if (waits(one))
                guardctl_table_cell(table, GUARDCTL_CAUTION, _("waits for a second person"));
        else if (g_strcmp0(guardctl_dict_string(one, "state"), "used") == 0)
                guardctl_table_cell(table, GUARDCTL_PLAIN, _("done"));
        else
                guardctl_table_cell(table, GUARDCTL_GOOD, left);
        guardctl_table_cell(table, GUARDCTL_PLAIN,
                            direction_word(guardctl_dict_string(one, "direction")));
        guardctl_table_cell(table, GUARDCTL_PLAIN,
                            name ? name : guardctl_dict_string(one, "bound_to"));
        guardctl_table_cell(table, GUARDCTL_PLAIN, guardctl_dict_string(one, "asked_by"));
        guardctl_table_cell(table, GUARDCTL_PLAIN, guardctl_dict_string(one, "approved_by"));
        guardctl_table_cell(table, GUARDCTL_PLAIN, guardctl_dict_string(one, "reason"));
}

static int
list(GuardctlContext *ctx, int argc, char **argv)
{
        const char *const headers[] = {_("ID"),       _("LEFT"),        _("DIRECTION"), _("DEVICE"),
                                       _("ASKED BY"), _("APPROVED BY"), _("REASON")};
        g_autoptr(GuardctlTable) table = NULL;
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GVariant) all = NULL;
        int result = guardctl_parse(ctx, &list_usage, NULL, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        reply = guardctl_call(ctx, "ListExceptions", g_variant_new("(a{sv})", NULL), "(aa{sv})",
                              &result);
        if (!reply)
                return result;
        all = g_variant_get_child_value(reply, 0);
        if (ctx->json) {
                g_autoptr(JsonNode) node = guardctl_shape_list(guardctl_exception_keys, all);

                guardctl_print_json(ctx, node);
                return GUARDCTL_DONE;
        }
        table = guardctl_table_new(G_N_ELEMENTS(headers), headers);
        for (gsize n = 0; n < g_variant_n_children(all); n++) {
                g_autoptr(GVariant) one = g_variant_get_child_value(all, n);

                put_row(table, one);
        }
        if (guardctl_table_rows(table) == 0)
                fprintf(ctx->out, "%s\n", _("There is no exception on this machine."));
        else
                guardctl_table_print(ctx, table);
        return GUARDCTL_DONE;
}

int
guardctl_exception_report(GuardctlContext *ctx, GVariant *reply)
{
        g_autoptr(GVariant) one = g_variant_get_child_value(reply, 0);
        const char *name = guardctl_dict_string(one, "name");

        if (ctx->json) {
                g_autoptr(JsonNode) node = guardctl_shape(guardctl_exception_keys, one);

                guardctl_print_json(ctx, node);
                return GUARDCTL_DONE;
        }
        guardctl_field(ctx, WIDTH, _("Exception"), GUARDCTL_STRONG,
                       guardctl_dict_string(one, "id"));
        guardctl_field(ctx, WIDTH, _("Device"), GUARDCTL_PLAIN,
                       name ? name : guardctl_dict_string(one, "bound_to"));
        guardctl_field(ctx, WIDTH, _("Direction"), GUARDCTL_PLAIN,
                       direction_word(guardctl_dict_string(one, "direction")));
        if (waits(one)) {
                guardctl_field(ctx, WIDTH, _("State"), GUARDCTL_CAUTION,
                               _("waits for a second person"));
                fprintf(ctx->out,
                        _("\nA second administrator approves it with: guardctl exception approve "
                          "%s\n"),
                        guardctl_dict_string(one, "id"));
        } else {
                g_autofree char *left = span(guardctl_dict_number(one, "seconds_left"));

                guardctl_field(ctx, WIDTH, _("Ends in"), GUARDCTL_GOOD, left);
        }
        return GUARDCTL_DONE;
}

typedef struct {
        char *reason, *length;
        gboolean read_only;
} Asked;

static void
asked_clear(Asked *asked)
{
        g_free(asked->reason);
        g_free(asked->length);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

int
guardctl_exception_check(GuardctlContext *ctx, const GuardctlUsage *usage, const char *length, const char *reason, guint *seconds)
{
        *seconds = 3600;
        if (length && !guard_duration_parse(length, 60, MAX_SECONDS, seconds))
                return guardctl_usage_error(ctx, usage, _("'%s' is no length of time; write 30min or 2h"), length);
        if (!reason || *reason == '\0')
                return guardctl_usage_error(ctx, usage, "%s", _("Say why: --reason TEXT"));
        return GUARDCTL_GO_ON;
}

/* The command line of allow and request; GUARDCTL_GO_ON with @parameters. */
static int
read_asked(GuardctlContext *ctx, const GuardctlUsage *usage, int *argc, char ***argv,
           GVariant **parameters)
{
        g_auto(Asked) asked = {0};
        const GOptionEntry entries[] = {
                {"for", 0, 0, G_OPTION_ARG_STRING, &asked.length,
                 N_("How long: 30min, 2h (an hour where not given)"), N_("TIME")},
                {"read-only", 0, 0, G_OPTION_ARG_NONE, &asked.read_only,
                 N_("For reading only: nothing can be written to it"), NULL},
                {"reason", 0, 0, G_OPTION_ARG_STRING, &asked.reason, N_("Why; it goes on record"),
                 N_("TEXT")},
                {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
        };
        GVariantBuilder options;
        guint seconds;
        int result = guardctl_parse(ctx, usage, entries, argc, argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        result = guardctl_exception_check(ctx, usage, asked.length, asked.reason, &seconds);
        if (result != GUARDCTL_GO_ON)
                return result;
        g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&options, "{sv}", "read_only",
                              g_variant_new_boolean(asked.read_only));
        g_variant_builder_add(&options, "{sv}", "seconds", g_variant_new_uint32(seconds));
        g_variant_builder_add(&options, "{sv}", "reason", g_variant_new_string(asked.reason));
        *parameters = g_variant_new("(sa{sv})", (*argv)[1], &options);
        return GUARDCTL_GO_ON;
}

static int
allow(GuardctlContext *ctx, int argc, char **argv)
{
        g_autoptr(GVariant) reply = NULL;
        GVariant *parameters;
        int result = read_asked(ctx, &allow_usage, &argc, &argv, &parameters);

        if (result != GUARDCTL_GO_ON)
                return result;
        reply = guardctl_call(ctx, "AllowDevice", parameters, "(a{sv})", &result);
        return reply ? guardctl_exception_report(ctx, reply) : result;
}

static int
approve(GuardctlContext *ctx, int argc, char **argv)
{
        g_autoptr(GVariant) reply = NULL;
        int result = guardctl_parse(ctx, &approve_usage, NULL, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        reply = guardctl_call(ctx, "ApproveException", g_variant_new("(sa{sv})", argv[1], NULL),
                              "(a{sv})", &result);
        return reply ? guardctl_exception_report(ctx, reply) : result;
}

static int
take_back(GuardctlContext *ctx, int argc, char **argv)
{
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(JsonBuilder) builder = NULL;
        int result = guardctl_parse(ctx, &revoke_usage, NULL, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        reply = guardctl_call(ctx, "RevokeException", g_variant_new("(sa{sv})", argv[1], NULL),
                              "()", &result);
        if (!reply)
                return result;
        if (!ctx->json) {
                fprintf(ctx->out, _("Exception %s is taken back.\n"), argv[1]);
                return GUARDCTL_DONE;
        }
        builder = json_builder_new();
        json_builder_begin_object(builder);
        guardctl_json_string(builder, "id", argv[1]);
        json_builder_set_member_name(builder, "revoked");
        json_builder_add_boolean_value(builder, TRUE);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
        return GUARDCTL_DONE;
}

int
guardctl_exception_request(GuardctlContext *ctx, GVariant *parameters)
{
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(JsonBuilder) builder = NULL;
        const char *code;
        int result;

        reply = guardctl_call(ctx, "RequestException", parameters, "(s)", &result);
        if (!reply)
                return result;
        g_variant_get(reply, "(&s)", &code);
        if (!ctx->json) {
                guardctl_field(ctx, WIDTH, _("Request"), GUARDCTL_STRONG, code);
                fprintf(ctx->out, "%s\n",
                        _("\nRead it to the coordination group, with the number of this computer. "
                          "Enter their answer with: guardctl exception enter "
                          "CODE"));
                return GUARDCTL_DONE;
        }
        builder = json_builder_new();
        json_builder_begin_object(builder);
        guardctl_json_string(builder, "code", code);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
        return GUARDCTL_DONE;
}

static int
request(GuardctlContext *ctx, int argc, char **argv)
{
        GVariant *parameters;
        int result = read_asked(ctx, &request_usage, &argc, &argv, &parameters);

        return result == GUARDCTL_GO_ON ? guardctl_exception_request(ctx, parameters) : result;
}

static int
enter(GuardctlContext *ctx, int argc, char **argv)
{
        g_autoptr(GVariant) reply = NULL;
        g_autofree char *code = NULL;
        int result = guardctl_parse(ctx, &enter_usage, NULL, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        code = g_strjoinv(" ", argv + 1); /* with blanks, as it is read out */
        reply = guardctl_call(ctx, "EnterCode", g_variant_new("(sa{sv})", code, NULL), "(a{sv})",
                              &result);
        return reply ? guardctl_exception_report(ctx, reply) : result;
}

static const GuardctlVerb exception_verbs[] = {
        {"list", list, N_("Exceptions of this machine")},
        {"allow", allow, N_("Let a device be used for a time")},
        {"approve", approve, N_("Approve one as the second person")},
        {"revoke", take_back, N_("Take one back")},
        {"request", request, N_("A code for the coordination group")},
        {"enter", enter, N_("Enter the coordination group's answer")},
        {NULL, NULL, NULL},
};

int
guardctl_exception(GuardctlContext *ctx, int argc, char **argv)
{
        return guardctl_dispatch(ctx, exception_verbs, "exception",
                                 _("Lets one device be used for a time."), argc, argv);
}
