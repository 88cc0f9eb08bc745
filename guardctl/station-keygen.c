/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station keygen`: the pair of keys that signs snapshots and marks; or the public half of a key that a token has.
 */
#include <glib/gi18n-lib.h>

#include "guardctl/station.h"
#include "registry/key-token.h"
#include "registry/signature.h"

typedef struct {
        char *algorithm, *private_path, *public_path;
        gboolean encrypt;
        StationPassphrase passphrase;
} Given;

static void
given_clear(Given *given)
{
        g_free(given->algorithm);
        g_free(given->private_path);
        g_free(given->public_path);
        g_free(given->passphrase.file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Given, given_clear)

static void
tell(GuardctlContext *ctx, const Given *given, const GuardKey *key, gboolean sealed)
{
        fprintf(ctx->out,
                _("Key %s: keep %s at the desk; copy %s into /etc/baomi-guard/keys.d/ of every "
                  "workstation\n"),
                guard_key_id(key), given->private_path, given->public_path);
        if (!sealed)
                fputs(_("It has no passphrase: who gets the file can sign for this desk. --encrypt gives it one.\n"), ctx->out);
}

static int
report(GuardctlContext *ctx, const Given *given, gboolean sealed)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardKey) key = guard_key_load_public(given->public_path, &error);
        g_autoptr(JsonBuilder) builder = NULL;

        if (key == NULL)
                return guardctl_fail(ctx, error);
        if (!ctx->json) {
                tell(ctx, given, key, sealed);
                return GUARDCTL_DONE;
        }
        builder = json_builder_new();
        json_builder_begin_object(builder);
        guardctl_json_string(builder, "key_id", guard_key_id(key));
        guardctl_json_string(builder, "algorithm", guard_algorithm_to_string(guard_key_algorithm(key)));
        guardctl_json_string(builder, "private", given->private_path);
        guardctl_json_string(builder, "public", given->public_path);
        json_builder_set_member_name(builder, "encrypted");
        json_builder_add_boolean_value(builder, sealed);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
        return GUARDCTL_DONE;
}

static int
from_token(GuardctlContext *ctx, Given *given)
{
        g_autoptr(GError) error = NULL;
        GuardPassphrase passphrase = station_passphrase(&given->passphrase);
        g_autoptr(GuardKey) key = guard_key_open_private(given->private_path, &passphrase, NULL, &error);

        if (key == NULL || !guard_key_write_public(key, given->public_path, &error))
                return guardctl_fail(ctx, error);
        return report(ctx, given, TRUE);
}

static int
generate(GuardctlContext *ctx, const Given *given, GuardAlgorithm algorithm)
{
        gboolean sealed = given->encrypt || given->passphrase.file != NULL || given->passphrase.fd >= 0, ok;
        g_autoptr(GError) error = NULL;
        char *text = sealed ? station_new_passphrase(&given->passphrase, &error) : NULL;

        ok = error == NULL && guard_key_generate(algorithm, given->private_path, given->public_path, text, &error);
        guard_passphrase_free(text);
        return ok ? report(ctx, given, sealed) : guardctl_fail(ctx, error);
}

int
station_keygen(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station keygen", NULL,
                N_("Makes the pair of keys that signs snapshots. Never overwrites one: without the old private key every workstation must be "
                   "told a new public one. With the pkcs11: URI of a key that a token has, only the public half is written."),
                0, 0};
        g_auto(Given) given = {.passphrase = {.ctx = ctx, .fd = -1}};
        g_autofree char *dir = NULL;
        const GOptionEntry entries[] = {
                {"algorithm", 0, 0, G_OPTION_ARG_STRING, &given.algorithm, N_("ed25519 (default) or sm2"), N_("NAME")},
                {"key", 0, 0, G_OPTION_ARG_FILENAME, &given.private_path, N_("The private key to make, or the URI of a token's"), N_("FILE")},
                {"public", 0, 0, G_OPTION_ARG_FILENAME, &given.public_path, N_("The public key to make"), N_("FILE")},
                {"encrypt", 0, 0, G_OPTION_ARG_NONE, &given.encrypt, N_("Protect it with a passphrase, asked for on the terminal"), NULL},
                STATION_PASSPHRASE_OPTIONS(&given.passphrase),
                STATION_DIR_OPTION(&dir), /* not needed here, but harmless in a script that gives it to all */
                STATION_NO_MORE_OPTIONS,
        };
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        GuardAlgorithm algorithm = GUARD_ALGORITHM_ED25519;

        if (status != GUARDCTL_GO_ON)
                return status;
        if (given.private_path == NULL || given.public_path == NULL)
                return guardctl_usage_error(ctx, &usage, _("'station keygen' needs --key FILE and --public FILE"));
        if (given.algorithm != NULL && !guard_algorithm_from_string(given.algorithm, &algorithm))
                return guardctl_usage_error(ctx, &usage, _("There is no algorithm '%s': ed25519 or sm2"), given.algorithm);
        if (guard_key_is_token(given.private_path))
                return from_token(ctx, &given);
        return generate(ctx, &given, algorithm);
}
