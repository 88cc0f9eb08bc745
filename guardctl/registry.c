/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl registry show, verify, install; update has a file of its own. verify reads the file itself and works without guardd;
 * install hands guardd an open descriptor, so that guardd opens no path that a caller chose.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>
#include "common/guard-names.h"
#include "common/guard-text.h"
#include "guardctl/connect.h"
#include "guardctl/meter.h"
#include "guardctl/shape.h"
#include "guardctl/words.h"
#include "registry/registry.h"
#include "registry/sequence.h"

#define WIDTH 12

static const GuardctlUsage show_usage = {
        "registry show", NULL,
        N_("Shows the registry snapshot in use: sequence, dates, number of drives, whether it is good.\n"
           "Exit status: 0 whatever its state; 1 if not allowed; 3 if guardd cannot be reached."),
        0, 0,
};

static const GuardctlUsage verify_usage = {
        "registry verify", "FILE",
        N_("Checks a snapshot file without installing it: signature, digest, sequence, dates. Works without guardd.\n"
           "Exit status: 0 if it could be installed here, 1 if not, with the reason."),
        1, 1,
};

static const GuardctlUsage install_usage = {
        "registry install", "FILE",
        N_("Has guardd check a snapshot file and put it in place of the one in use, which serves until the new one is good. "
           "Present media are judged again.\n"
           "Exit status: 0 installed; 1 refused, with the reason; 3 if guardd cannot be reached."),
        1, 1,
};

static void
put_registry(GuardctlContext *ctx, GVariant *registry)
{
        static const struct {
                const char *key, *label;
        } times[] = {{"issued", N_("Issued")}, {"expires", N_("Valid until")}};
        const char *state = guardctl_dict_string(registry, "state");
        g_autofree char *why = guardctl_dict_text(registry, "why");

        guardctl_field(ctx, WIDTH, _("State"), guardctl_state_style(state), guardctl_state_word(state));
        if (why)
                guardctl_field(ctx, WIDTH, "", GUARDCTL_CAUTION, why);
        if (guardctl_dict_number(registry, "sequence")) {
                g_autofree char *sequence = g_strdup_printf("%" G_GUINT64_FORMAT, guardctl_dict_number(registry, "sequence"));
                g_autofree char *entries = g_strdup_printf("%" G_GUINT64_FORMAT, guardctl_dict_number(registry, "entries"));

                guardctl_field(ctx, WIDTH, _("Sequence"), GUARDCTL_PLAIN, sequence);
                guardctl_field(ctx, WIDTH, _("Drives"), GUARDCTL_PLAIN, entries);
        }
        for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
                g_autofree char *text = guardctl_short_time(guardctl_dict_string(registry, times[i].key));

                if (text)
                        guardctl_field(ctx, WIDTH, _(times[i].label), GUARDCTL_PLAIN, text);
        }
        if (guardctl_dict_string(registry, "key_id")) {
                g_autofree char *key = g_strdup_printf("%s (%s)", guardctl_dict_string(registry, "key_id"),
                                                       guardctl_dict_string(registry, "algorithm"));

                guardctl_field(ctx, WIDTH, _("Signed by"), GUARDCTL_PLAIN, key);
        }
}

static int
print_registry(GuardctlContext *ctx, GVariant *registry)
{
        if (ctx->json) {
                g_autoptr(JsonNode) node = guardctl_shape(guardctl_registry_keys, registry);

                guardctl_print_json(ctx, node);
        } else
                put_registry(ctx, registry);
        return GUARDCTL_DONE;
}

static int
registry_show(GuardctlContext *ctx, int argc, char **argv)
{
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GVariant) registry = NULL;
        int result = guardctl_parse(ctx, &show_usage, NULL, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        reply = guardctl_call(ctx, "GetRegistry", g_variant_new("(a{sv})", NULL), "(a{sv})", &result);
        if (!reply)
                return result;
        registry = g_variant_get_child_value(reply, 0);
        return print_registry(ctx, registry);
}

/* What a snapshot's info says, in guardd's words. */
static GVariant *
dict_of_info(const GuardRegistryInfo *info)
{
        const struct {
                const char *key, *value;
        } strings[] = {{"why", info->why}, {"key_id", info->key_id}, {"algorithm", info->algorithm}};
        const struct {
                const char *key;
                gint64 time_us;
        } times[] = {{"issued", info->issued_us}, {"expires", info->expires_us}};
        const struct {
                const char *key;
                guint64 number;
        } numbers[] = {{"sequence", info->sequence}, {"entries", info->entries}, {"size", info->size}};
        GVariantDict dict;

        g_variant_dict_init(&dict, NULL);
        for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
                if (strings[i].value)
                        g_variant_dict_insert(&dict, strings[i].key, "s", strings[i].value);
        for (gsize i = 0; i < G_N_ELEMENTS(times); i++)
                if (times[i].time_us > 0)
                        g_variant_dict_insert_value(&dict, times[i].key, g_variant_new_take_string(guard_time_format(times[i].time_us)));
        for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
                g_variant_dict_insert(&dict, numbers[i].key, "t", numbers[i].number);
        g_variant_dict_insert(&dict, "payload_verified", "b", info->payload_verified);
        return g_variant_ref_sink(g_variant_dict_end(&dict));
}

static int
report_bad(GuardctlContext *ctx, const char *file, const GError *error)
{
        if (ctx->json) {
                g_autoptr(JsonBuilder) builder = json_builder_new();

                json_builder_begin_object(builder);
                json_builder_set_member_name(builder, "good");
                json_builder_add_boolean_value(builder, FALSE);
                guardctl_json_string(builder, "file", file);
                guardctl_json_string(builder, "why", error->message);
                json_builder_end_object(builder);
                guardctl_print_builder(ctx, builder);
        }
        return guardctl_fail(ctx, error);
}

static int
report_good(GuardctlContext *ctx, const char *file, const GuardRegistryInfo *info)
{
        g_autoptr(GVariant) dict = dict_of_info(info);

        if (ctx->json) {
                g_autoptr(JsonNode) node = guardctl_shape(guardctl_registry_keys, dict);
                JsonObject *object = json_node_get_object(node);

                json_object_set_string_member(object, "state", guard_registry_state_to_string(GUARD_REGISTRY_GOOD));
                json_object_set_boolean_member(object, "good", TRUE);
                json_object_set_string_member(object, "file", file);
                guardctl_print_json(ctx, node);
                return GUARDCTL_DONE;
        }
        guardctl_field(ctx, WIDTH, _("File"), GUARDCTL_GOOD, file);
        put_registry(ctx, dict);
        return GUARDCTL_DONE;
}

static int
registry_verify(GuardctlContext *ctx, int argc, char **argv)
{
        g_autofree char *keys = NULL;
        const GOptionEntry entries[] = {
                {"keys", 0, 0, G_OPTION_ARG_FILENAME, &keys, N_("Folder of the trusted public keys, instead of this machine's"), "DIR"},
                {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
        };
        g_autoptr(GuardRegistryInfo) info = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *sequence_file = NULL;
        GuardctlMeter meter = {ctx, -1};
        GuardSequence last = {0};
        guint64 sequence = 0;
        gboolean good;
        int result = guardctl_parse(ctx, &verify_usage, entries, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        if (!keys) {
                keys = guardctl_path(ctx, GUARD_KEYS_DIR);
                /* Only root may read it; for others the check is without the question of rollback, and says nothing of it. */
                sequence_file = guardctl_path(ctx, GUARD_REGISTRY_SEQUENCE);
                if (guard_sequence_read(sequence_file, &last, NULL) && last.present)
                        sequence = last.sequence;
        }
        good = guard_registry_verify_file(argv[1], keys, sequence, g_get_real_time(), guardctl_meter_show, &meter, &info, &error);
        guardctl_meter_end(&meter);
        return good ? report_good(ctx, argv[1], info) : report_bad(ctx, argv[1], error);
}

static GVariant *
install(GuardctlContext *ctx, int fd, GError **error)
{
        g_autoptr(GUnixFDList) fds = g_unix_fd_list_new();
        g_autoptr(GuardClient) client = NULL;
        GuardctlMeter meter = {ctx, -1};
        GVariant *reply;

        if (g_unix_fd_list_append(fds, fd, error) < 0)
                return NULL;
        client = guard_client_new(ctx->bus_address, error);
        if (!client)
                return NULL;
        guard_client_set_interactive(client, ctx->interactive);
        guard_client_set_progress(client, guardctl_meter_show, &meter);
        reply = guard_client_call(client, "InstallRegistry", g_variant_new("(ha{sv})", 0, NULL), "(a{sv})", fds, error);
        guardctl_meter_end(&meter);
        return reply;
}

static int
registry_install(GuardctlContext *ctx, int argc, char **argv)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GVariant) registry = NULL;
        int result = guardctl_parse(ctx, &install_usage, NULL, &argc, &argv);
        int fd;

        if (result != GUARDCTL_GO_ON)
                return result;
        fd = open(argv[1], O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (fd < 0) {
                guardctl_warn(ctx, _("cannot open %s: %s"), argv[1], g_strerror(errno));
                return GUARDCTL_FAILED;
        }
        reply = install(ctx, fd, &error);
        close(fd);
        if (!reply)
                return guardctl_fail(ctx, error);
        registry = g_variant_get_child_value(reply, 0);
        return print_registry(ctx, registry);
}

static const GuardctlVerb registry_verbs[] = {
        {"show", registry_show, N_("The snapshot in use")},
        {"verify", registry_verify, N_("Check a snapshot file, without guardd")},
        {"install", registry_install, N_("Put a snapshot in place of the one in use")},
        {"update", guardctl_registry_update, N_("Fetch the newest snapshot and install it")},
        {NULL, NULL, NULL},
};

int
guardctl_registry(GuardctlContext *ctx, int argc, char **argv)
{
        return guardctl_dispatch(ctx, registry_verbs, "registry", _("The registry of classified drives that this machine uses."), argc, argv);
}
