/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What several commands say of an exception.
 */
#pragma once
#include "guardctl/guardctl.h"

G_BEGIN_DECLS

/* What every asking must say: @length (NULL: an hour) into @seconds, and @reason. GUARDCTL_GO_ON, or the status of wrong usage. */
int guardctl_exception_check(GuardctlContext *ctx, const GuardctlUsage *usage, const char *length, const char *reason, guint *seconds);
/* @reply: (a{sv}) of AllowDevice and the like. Gives the exit status. */
int guardctl_exception_report(GuardctlContext *ctx, GVariant *reply);

/* RequestException with @parameters (floating): shows the code. Gives the exit status. */
int guardctl_exception_request(GuardctlContext *ctx, GVariant *parameters);

G_END_DECLS
