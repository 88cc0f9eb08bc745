/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Verbs of "guardctl media" that have a file of their own.
 */
#pragma once
#include "guardctl/guardctl.h"

G_BEGIN_DECLS

int guardctl_media_explain(GuardctlContext *ctx, int argc, char **argv);

G_END_DECLS
