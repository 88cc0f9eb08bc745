/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl's way to guardd.
 */
#include "guardctl/connect.h"

GuardClient *
guardctl_connect(GuardctlContext *ctx, int *status)
{
        g_autoptr(GError) error = NULL;
        GuardClient *client = guard_client_new(ctx->bus_address, &error);

        if (client)
                guard_client_set_interactive(client, ctx->interactive);
        else
                *status = guardctl_fail(ctx, error);
        return client;
}

GVariant *
guardctl_ask(GuardctlContext *ctx, GuardClient *client, const char *method, GVariant *parameters, const char *reply_type, int *status)
{
        g_autoptr(GError) error = NULL;
        GVariant *reply = guard_client_call(client, method, parameters, reply_type, NULL, &error);

        if (!reply)
                *status = guardctl_fail(ctx, error);
        return reply;
}

GVariant *
guardctl_call(GuardctlContext *ctx, const char *method, GVariant *parameters, const char *reply_type, int *status)
{
        g_autoptr(GVariant) owned = parameters ? g_variant_ref_sink(parameters) : NULL;
        g_autoptr(GuardClient) client = guardctl_connect(ctx, status);

        return client ? guardctl_ask(ctx, client, method, owned, reply_type, status) : NULL;
}
