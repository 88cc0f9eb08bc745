/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A guardctl context whose streams are strings.
 */
#pragma once
#include "guardctl/guardctl.h"

typedef struct {
        GuardctlContext ctx;
        char *out, *err; /* valid after capture_end() */
        size_t out_size, err_size;
} Capture;

static inline void
capture_begin(Capture *capture)
{
        capture->ctx = (GuardctlContext){.root = ""};
        capture->ctx.out = open_memstream(&capture->out, &capture->out_size);
        capture->ctx.err = open_memstream(&capture->err, &capture->err_size);
        g_assert_nonnull(capture->ctx.out);
        g_assert_nonnull(capture->ctx.err);
}

static inline void
capture_end(Capture *capture)
{
        if (capture->ctx.out)
                fclose(capture->ctx.out);
        if (capture->ctx.err)
                fclose(capture->ctx.err);
        capture->ctx.out = capture->ctx.err = NULL;
}

static inline void
capture_clear(Capture *capture)
{
        capture_end(capture);
        free(capture->out);
        free(capture->err);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Capture, capture_clear)
