/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What several commands say of an exception.
 */
#pragma once
#include "guardctl/guardctl.h"

G_BEGIN_DECLS

/* The longest that may be asked for; the policy of the computer may allow less. */
#define GUARDCTL_MAX_SECONDS (30 * 24 * 3600)

/* @reply: (a{sv}) of AllowDevice and the like. Gives the exit status. */
int guardctl_exception_report(GuardctlContext *ctx, GVariant *reply);

/* RequestException with @parameters (floating): shows the code. Gives the exit status. */
int guardctl_exception_request(GuardctlContext *ctx, GVariant *parameters);

G_END_DECLS
