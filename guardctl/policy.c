/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl policy check: the same parser as guardd's over the same files, every error with file and line.
 * Works without guardd, so that a policy is checked before it is put in place.
 */
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include "common/guard-conf-dir.h"
#include "common/guard-conf.h"
#include "common/guard-names.h"
#include "guardctl/policy.h"

static const GuardctlUsage usage = {
        "policy check", "[DIR]",
        N_("Checks the *.conf files in DIR, or those that guardd reads (the vendor's and this machine's, where a file masks the "
           "vendor's of the same name), and shows every error with file and line. Works without guardd.\n"
           "Exit status: 0 if guardd would take them, 1 if not."),
        0, 1,
};

/* "FILE:LINE: TEXT" taken apart; @file is NULL where the message does not begin so. */
static void
split_message(const char *message, char **file, guint64 *line, const char **text)
{
        *file = NULL;
        *line = 0;
        *text = message;
        for (const char *colon = strchr(message, ':'); colon; colon = strchr(colon + 1, ':')) {
                char *end = NULL;
                guint64 number = g_ascii_strtoull(colon + 1, &end, 10);

                if (end == colon + 1 || strncmp(end, ": ", 2) != 0)
                        continue;
                *file = g_strndup(message, (gsize)(colon - message));
                *line = number;
                *text = end + 2;
                return;
        }
}

static void
print_result_json(GuardctlContext *ctx, const GuardPolicy *policy, const GPtrArray *texts, const GPtrArray *errors)
{
        g_autoptr(JsonBuilder) builder = json_builder_new();

        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "good");
        json_builder_add_boolean_value(builder, policy != NULL);
        json_builder_set_member_name(builder, "rules");
        if (policy)
                json_builder_add_int_value(builder, guard_policy_n_rules(policy));
        else
                json_builder_add_null_value(builder);
        json_builder_set_member_name(builder, "files");
        json_builder_begin_array(builder);
        for (guint i = 0; texts && i < texts->len; i++)
                json_builder_add_string_value(builder, ((GuardConfText *)texts->pdata[i])->name);
        json_builder_end_array(builder);
        json_builder_set_member_name(builder, "errors");
        json_builder_begin_array(builder);
        for (guint i = 0; i < errors->len; i++) {
                g_autofree char *file = NULL;
                const char *text;
                guint64 line;

                split_message(((GError *)errors->pdata[i])->message, &file, &line, &text);
                json_builder_begin_object(builder);
                guardctl_json_string(builder, "file", file);
                json_builder_set_member_name(builder, "line");
                json_builder_add_int_value(builder, (gint64)line);
                guardctl_json_string(builder, "message", text);
                json_builder_end_object(builder);
        }
        json_builder_end_array(builder);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
}

GuardPolicy *
guardctl_policy_parse(const GPtrArray *texts, GPtrArray *errors)
{
        g_autofree GuardPolicyText *list = g_new0(GuardPolicyText, texts->len + 1);

        for (guint i = 0; i < texts->len; i++) {
                const GuardConfText *text = texts->pdata[i];

                list[i] = (GuardPolicyText){text->name, text->text, text->size};
        }
        return guard_policy_new_from_texts(list, texts->len, errors);
}

static int
policy_check(GuardctlContext *ctx, int argc, char **argv)
{
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GPtrArray) texts = NULL;
        g_autoptr(GuardPolicy) policy = NULL;
        g_autofree char *vendor = guardctl_path(ctx, GUARD_POLICY_DIR_VENDOR), *etc = guardctl_path(ctx, GUARD_POLICY_DIR);
        GError *error = NULL;
        int result = guardctl_parse(ctx, &usage, NULL, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        if (argc > 1 && !g_file_test(argv[1], G_FILE_TEST_IS_DIR)) {
                guardctl_warn(ctx, _("%s is no folder"), argv[1]);
                return GUARDCTL_FAILED;
        }
        texts = argc > 1 ? guard_conf_dir_load(NULL, argv[1], &error) : guard_conf_dir_load(vendor, etc, &error);
        if (texts)
                policy = guardctl_policy_parse(texts, errors);
        else
                g_ptr_array_add(errors, error);
        if (ctx->json)
                print_result_json(ctx, policy, texts, errors);
        for (guint i = 0; i < errors->len; i++)
                fprintf(ctx->err, "%s\n", ((GError *)errors->pdata[i])->message);
        if (!policy)
                return GUARDCTL_FAILED;
        if (!ctx->json)
                fprintf(ctx->out, _("%u files, %u rules, no error\n"), texts->len, guard_policy_n_rules(policy));
        return GUARDCTL_DONE;
}

static const GuardctlVerb policy_verbs[] = {
        {"check", policy_check, N_("Every error in the policy files, without guardd")},
        {"test", guardctl_policy_test, N_("What other policy files would have said of what was plugged in so far")},
        {NULL, NULL, NULL},
};

int
guardctl_policy(GuardctlContext *ctx, int argc, char **argv)
{
        return guardctl_dispatch(ctx, policy_verbs, "policy", _("The policy about removable media."), argc, argv);
}
