/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of a drive's life: from every status, by every step, where it leads, or what to do
 * instead. Pure; a test goes through all of it.
 */
#include "station/life.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#define NONE -1

typedef struct {
        int to; /* GuardStatus, or NONE with @advice */
        const char *advice;
} Cell;

#define TO(status)                                                                                 \
        {                                                                                          \
                GUARD_STATUS_##status, NULL                                                        \
        }
#define NOT(text)                                                                                  \
        {                                                                                          \
                NONE, text                                                                         \
        }

#define TAKE_BACK NOT(N_("take it back first (return)"))
#define FROM_REPAIR NOT(N_("enter its return from repair first (return)"))
#define FIND_FIRST NOT(N_("if it is back, enter that first (found)"))
#define OUT_OF_USE                                                                                 \
        NOT(N_("it is out of use for good; it can only be destroyed, or enrolled under a new "     \
               "number"))
#define IS_DESTROYED NOT(N_("there is no such drive any more; the entry stays as it is"))
#define ALREADY NOT(N_("that is so already; nothing needs to be entered"))
#define NOT_OUT NOT(N_("it was not handed out and is not in repair; it is in the desk's hands"))
#define NOT_LOST                                                                                   \
        NOT(N_("it was not reported lost; if that is an error of today, look at its history"))
#define WITHDRAW_FIRST NOT(N_("take it out of use first (deregister or retire)"))

/* In the order of GuardStatus: in-use issued in-repair lost deregistered retired destroyed. */
static const struct {
        const char *name, *label;
        Cell from[GUARD_N_STATUSES];
} table[GUARD_N_STEPS] = {
        [GUARD_STEP_ISSUE] = {"issue",
                              N_("hand out"),
                              {TO(ISSUED), TAKE_BACK, FROM_REPAIR, FIND_FIRST, OUT_OF_USE,
                               OUT_OF_USE, IS_DESTROYED}},
        [GUARD_STEP_RETURN] = {"return",
                               N_("take back"),
                               {NOT_OUT, TO(IN_USE), TO(IN_USE), FIND_FIRST, OUT_OF_USE, OUT_OF_USE,
                                IS_DESTROYED}},
        [GUARD_STEP_REPAIR] = {"repair",
                               N_("send to repair"),
                               {TO(IN_REPAIR), TO(IN_REPAIR), ALREADY, FIND_FIRST, OUT_OF_USE,
                                OUT_OF_USE, IS_DESTROYED}},
        [GUARD_STEP_LOST] = {"lost",
                             N_("report lost"),
                             {TO(LOST), TO(LOST), TO(LOST), ALREADY, TO(LOST), TO(LOST),
                              IS_DESTROYED}},
        [GUARD_STEP_FOUND] = {"found",
                              N_("enter as found"),
                              {NOT_LOST, NOT_LOST, NOT_LOST, TO(IN_USE), NOT_LOST, NOT_LOST,
                               IS_DESTROYED}},
        [GUARD_STEP_DEREGISTER] = {"deregister",
                                   N_("deregister"),
                                   {TO(DEREGISTERED), TO(DEREGISTERED), TO(DEREGISTERED),
                                    TO(DEREGISTERED), ALREADY, OUT_OF_USE, IS_DESTROYED}},
        [GUARD_STEP_DECLASSIFY] = {"declassify",
                                   N_("declassify"),
                                   {TO(IN_USE), TAKE_BACK, FROM_REPAIR, FIND_FIRST, OUT_OF_USE,
                                    OUT_OF_USE, IS_DESTROYED}},
        [GUARD_STEP_RETIRE] = {"retire",
                               N_("retire"),
                               {TO(RETIRED), TO(RETIRED), TO(RETIRED), FIND_FIRST, TO(RETIRED),
                                ALREADY, IS_DESTROYED}},
        [GUARD_STEP_DESTROY] = {"destroy",
                                N_("destroy"),
                                {WITHDRAW_FIRST, WITHDRAW_FIRST, WITHDRAW_FIRST, FIND_FIRST,
                                 TO(DESTROYED), TO(DESTROYED), ALREADY}},
        [GUARD_STEP_SET_LEVEL] = {"set-level",
                                  N_("change the level"),
                                  {TO(IN_USE), TO(ISSUED), TO(IN_REPAIR), TO(LOST),
                                   TO(DEREGISTERED), TO(RETIRED), IS_DESTROYED}},
};

static const char *const status_labels[GUARD_N_STATUSES] = {
        [GUARD_STATUS_IN_USE] = N_("in use"),
        [GUARD_STATUS_ISSUED] = N_("handed out"),
        [GUARD_STATUS_IN_REPAIR] = N_("in repair"),
        [GUARD_STATUS_LOST] = N_("reported lost"),
        [GUARD_STATUS_DEREGISTERED] = N_("deregistered"),
        [GUARD_STATUS_RETIRED] = N_("retired"),
        [GUARD_STATUS_DESTROYED] = N_("destroyed"),
};

const char *
guard_step_to_string(GuardStepKind kind)
{
        return (guint)kind < GUARD_N_STEPS ? table[kind].name : "?";
}

gboolean
guard_step_from_string(const char *name, GuardStepKind *kind)
{
        for (guint i = 0; name != NULL && i < GUARD_N_STEPS; i++) {
                if (strcmp(table[i].name, name) != 0)
                        continue;
                *kind = (GuardStepKind)i;
                return TRUE;
        }
        return FALSE;
}

const char *
guard_step_label(GuardStepKind kind)
{
        return (guint)kind < GUARD_N_STEPS ? _(table[kind].label) : "?";
}

const char *
guard_status_label(GuardStatus status)
{
        return (guint)status < GUARD_N_STATUSES ? _(status_labels[status]) : "?";
}

gboolean
guard_step_allowed(GuardStepKind kind, GuardStatus from, GuardStatus *to, const char **advice)
{
        const Cell *cell;

        if ((guint)kind >= GUARD_N_STEPS || (guint)from >= GUARD_N_STATUSES) {
                if (advice != NULL)
                        *advice = "";
                return FALSE;
        }
        cell = &table[kind].from[from];
        if (cell->to == NONE) {
                if (advice != NULL)
                        *advice = _(cell->advice);
                return FALSE;
        }
        if (to != NULL)
                *to = (GuardStatus)cell->to;
        return TRUE;
}
