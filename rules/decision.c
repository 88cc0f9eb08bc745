/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Life and copy of a decision. It refuses until told otherwise.
 */
#include "rules/media-rule.h"

static void
near_miss_free(gpointer data)
{
        GuardNearMiss *miss = data;
        g_free(miss->rule);
        g_free(miss->why);
        g_free(miss);
}

GuardDecision *
guard_decision_new(void)
{
        GuardDecision *decision = g_new0(GuardDecision, 1);
        decision->level = GUARD_LEVEL_UNKNOWN;
        decision->valid_until_us = G_MAXINT64;
        decision->near_misses = g_ptr_array_new_with_free_func(near_miss_free);
        return decision;
}

GuardDecision *
guard_decision_copy(const GuardDecision *decision)
{
        if (decision == NULL)
                return NULL;
        GuardDecision *copy = g_new0(GuardDecision, 1);
        *copy = *decision;
        copy->rule = g_strdup(decision->rule);
        copy->media_id = g_strdup(decision->media_id);
        copy->near_misses = g_ptr_array_new_with_free_func(near_miss_free);
        for (guint n = 0; n < decision->near_misses->len; n++) {
                const GuardNearMiss *miss = g_ptr_array_index(decision->near_misses, n);
                GuardNearMiss *twin = g_new0(GuardNearMiss, 1);
                twin->rule = g_strdup(miss->rule);
                twin->why = g_strdup(miss->why);
                g_ptr_array_add(copy->near_misses, twin);
        }
        return copy;
}

void
guard_decision_free(GuardDecision *decision)
{
        if (decision == NULL)
                return;
        g_free(decision->rule);
        g_free(decision->media_id);
        g_ptr_array_unref(decision->near_misses);
        g_free(decision);
}

void
guard_session_free(GuardSession *session)
{
        if (session == NULL)
                return;
        g_free(session->user);
        g_free(session->seat);
        g_free(session->session);
        g_strfreev(session->groups);
        g_free(session);
}
