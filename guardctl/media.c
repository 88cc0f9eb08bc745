/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl media list and eject. (explain has a file of its own.)
 */
#include <glib/gi18n-lib.h>
#include "guardctl/connect.h"
#include "guardctl/media.h"
#include "guardctl/shape.h"
#include "guardctl/words.h"

static const GuardctlUsage list_usage = {
        "media list", NULL,
        N_("Lists the removable media that are plugged in, with what was decided about each and why.\n"
           "Exit status: 0; 1 if not allowed; 3 if guardd cannot be reached."),
        0, 0,
};

static const GuardctlUsage eject_usage = {
        "media eject", "DEVICE",
        N_("Writes everything out, unmounts the medium and switches it off, so that it can be pulled out.\n"
           "DEVICE is the name in 'guardctl media list'. Exit status: 0 when it may be pulled out; 1 if it is still in use, "
           "not there or not allowed; 3 if guardd cannot be reached."),
        1, 1,
};

/* "sda: vfat U盘, ext4": what is on the disks. */
static char *
describe_blocks(GVariant *blocks)
{
        GString *text = g_string_new(NULL);

        for (gsize i = 0; i < g_variant_n_children(blocks); i++) {
                g_autoptr(GVariant) block = g_variant_get_child_value(blocks, i);
                g_autoptr(GVariant) filesystems = guardctl_dict_child(block, "filesystems", "aa{sv}");
                const char *name = guardctl_dict_string(block, "name");

                g_string_append_printf(text, "%s%s", i ? "; " : "", name ? name : "?");
                for (gsize j = 0; j < g_variant_n_children(filesystems); j++) {
                        g_autoptr(GVariant) filesystem = g_variant_get_child_value(filesystems, j);
                        const char *type = guardctl_dict_string(filesystem, "type");
                        const char *label = guardctl_dict_string(filesystem, "label");

                        g_string_append_printf(text, "%s%s%s%s", j ? ", " : ": ", type ? type : "?", label ? " " : "", label ? label : "");
                }
        }
        return g_string_free(text, FALSE);
}

static void
put_row(GuardctlTable *table, GVariant *medium)
{
        const char *verdict = guardctl_dict_string(medium, "verdict"), *reason = guardctl_dict_string(medium, "reason");
        const char *vendor = guardctl_dict_string(medium, "vendor_id"), *product = guardctl_dict_string(medium, "product_id");
        const char *maker = guardctl_dict_string(medium, "manufacturer"), *model = guardctl_dict_string(medium, "product");
        g_autoptr(GVariant) blocks = guardctl_dict_child(medium, "blocks", "aa{sv}");
        g_autofree char *content = describe_blocks(blocks);

        guardctl_table_cell(table, GUARDCTL_STRONG, guardctl_dict_string(medium, "device"));
        guardctl_table_cell(table, GUARDCTL_PLAIN, guardctl_device_kind_word(guardctl_dict_string(medium, "device_kind")));
        guardctl_table_cell(table, guardctl_verdict_style(verdict), guardctl_verdict_word(verdict));
        guardctl_table_cell(table, GUARDCTL_PLAIN, reason);
        guardctl_table_cell(table, GUARDCTL_PLAIN, guardctl_dict_string(medium, "media_id"));
        guardctl_table_cell(table, GUARDCTL_PLAIN, guardctl_level_word(guardctl_dict_string(medium, "level")));
        guardctl_table_cell(table, GUARDCTL_PLAIN, content);
        if (vendor && product)
                guardctl_table_cell_format(table, GUARDCTL_PLAIN, "%s:%s", vendor, product);
        else
                guardctl_table_cell(table, GUARDCTL_PLAIN, guardctl_dict_string(medium, "carrier"));
        guardctl_table_cell(table, GUARDCTL_PLAIN, guardctl_dict_string(medium, "serial"));
        if (maker || model)
                guardctl_table_cell_format(table, GUARDCTL_PLAIN, "%s%s%s", maker ? maker : "", maker && model ? " " : "", model ? model : "");
        else
                guardctl_table_cell(table, GUARDCTL_PLAIN, NULL);
}

/* The names of reasons are stable, and English: below the table they are put into words, each once. */
static void
put_reasons(GuardctlContext *ctx, GVariant *media)
{
        guint32 told = 0;

        G_STATIC_ASSERT(GUARD_N_REASONS <= 32);
        for (gsize i = 0; i < g_variant_n_children(media); i++) {
                g_autoptr(GVariant) medium = g_variant_get_child_value(media, i);
                const char *name = guardctl_dict_string(medium, "reason");
                GuardReason reason;

                if (!guard_reason_from_string(name, &reason) || reason == GUARD_REASON_NONE || (told >> reason & 1) != 0)
                        continue;
                fprintf(ctx->out, "%s%s: %s\n", told == 0 ? "\n" : "", name, guard_reason_describe(reason));
                told |= 1u << reason;
        }
}

static int
media_list(GuardctlContext *ctx, int argc, char **argv)
{
        const char *const headers[] = {_("DEVICE"), _("KIND"), _("VERDICT"), _("REASON"), _("MEDIA ID"), _("LEVEL"),
                                       _("CONTENT"), _("ID"),     _("SERIAL"), _("MODEL")};
        g_autoptr(GuardctlTable) table = NULL;
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GVariant) media = NULL;
        int result = guardctl_parse(ctx, &list_usage, NULL, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        reply = guardctl_call(ctx, "ListMedia", g_variant_new("(a{sv})", NULL), "(aa{sv})", &result);
        if (!reply)
                return result;
        media = g_variant_get_child_value(reply, 0);
        if (ctx->json) {
                g_autoptr(JsonNode) node = guardctl_shape_list(guardctl_medium_keys, media);

                guardctl_print_json(ctx, node);
                return GUARDCTL_DONE;
        }
        table = guardctl_table_new(G_N_ELEMENTS(headers), headers);
        for (gsize i = 0; i < g_variant_n_children(media); i++) {
                g_autoptr(GVariant) medium = g_variant_get_child_value(media, i);

                put_row(table, medium);
        }
        if (guardctl_table_rows(table) == 0)
                fprintf(ctx->out, "%s\n", _("No removable medium is plugged in."));
        else
                guardctl_table_print(ctx, table);
        put_reasons(ctx, media);
        return GUARDCTL_DONE;
}

typedef struct { /* a method that takes one name, and what is said when it has done its work */
        const char *method, *key, *done, *sentence;
} Deed;

static int
do_to_one(GuardctlContext *ctx, const GuardctlUsage *usage, const Deed *deed, int argc, char **argv)
{
        g_autoptr(GVariant) reply = NULL;
        int result = guardctl_parse(ctx, usage, NULL, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        reply = guardctl_call(ctx, deed->method, g_variant_new("(sa{sv})", argv[1], NULL), "()", &result);
        if (!reply)
                return result;
        if (ctx->json) {
                g_autoptr(JsonBuilder) builder = json_builder_new();

                json_builder_begin_object(builder);
                guardctl_json_string(builder, deed->key, argv[1]);
                json_builder_set_member_name(builder, deed->done);
                json_builder_add_boolean_value(builder, TRUE);
                json_builder_end_object(builder);
                guardctl_print_builder(ctx, builder);
        } else {
                guardctl_put(ctx, GUARDCTL_PLAIN, argv[1]);
                fprintf(ctx->out, ": %s\n", _(deed->sentence));
        }
        return GUARDCTL_DONE;
}

static int
media_eject(GuardctlContext *ctx, int argc, char **argv)
{
        static const Deed deed = {"Eject", "device", "ejected", N_("everything is written out; it may be pulled out now.")};

        return do_to_one(ctx, &eject_usage, &deed, argc, argv);
}

static const GuardctlUsage forget_usage = {
        "media forget",
        "MEDIA-ID",
        N_("Accepts that the registered drive MEDIA-ID looks otherwise than when it was last used here (it was parted anew, "
           "or the coordination group has examined it): what it looks like is learnt anew."
           "\nExit status: 0; 1 if not allowed or it failed; 3 if guardd cannot be reached."),
        1,
        1,
};

static int
media_forget(GuardctlContext *ctx, int argc, char **argv)
{
        static const Deed deed = {"Forget", "media_id", "forgotten", N_("what it looks like is learnt anew when it is next used here.")};

        return do_to_one(ctx, &forget_usage, &deed, argc, argv);
}

static const GuardctlVerb media_verbs[] = {
        {"list", media_list, N_("Removable media that are plugged in")},
        {"explain", guardctl_media_explain, N_("Why a medium is admitted or refused, or would be")},
        {"forget", media_forget, N_("Accept that a registered drive looks otherwise than before")},
        {"eject", media_eject, N_("Make a medium safe to pull out")},
        {NULL, NULL, NULL},
};

int
guardctl_media(GuardctlContext *ctx, int argc, char **argv)
{
        return guardctl_dispatch(ctx, media_verbs, "media", _("Removable media of this machine."), argc, argv);
}
