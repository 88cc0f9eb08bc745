/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl's way to guardd: the shared client with this command line's manners.
 */
#pragma once
#include "common/client/client.h"
#include "guardctl/guardctl.h"

G_BEGIN_DECLS

/* NULL: the message is printed and @status is what to return. */
GuardClient *guardctl_connect(GuardctlContext *ctx, int *status);
/* One call of the manager; NULL: printed, @status set. @parameters NULL: none. */
GVariant *guardctl_call(GuardctlContext *ctx, const char *method, GVariant *parameters, const char *reply_type, int *status);
/* The same over a client that is there. */
GVariant *guardctl_ask(GuardctlContext *ctx, GuardClient *client, const char *method, GVariant *parameters, const char *reply_type,
                       int *status);

G_END_DECLS
