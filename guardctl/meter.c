/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A percentage on standard error, written over itself.
 */
#include "guardctl/meter.h"

void
guardctl_meter_show(guint64 done, guint64 total, gpointer user_data)
{
        GuardctlMeter *meter = user_data;
        int percent = total > 0 ? (int)((double)done * 100.0 / (double)total) : 0;

        if (!meter->ctx->interactive || percent == meter->percent)
                return;
        meter->percent = percent;
        fprintf(meter->ctx->err, "\r%3d %%", percent);
        fflush(meter->ctx->err);
}

void
guardctl_meter_end(GuardctlMeter *meter)
{
        if (meter->percent >= 0)
                fputs("\r     \r", meter->ctx->err);
}
