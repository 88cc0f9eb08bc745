/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The life of a drive after it is enrolled: which step may follow which, as one pure table, and the
 * one function that takes a step.
 */
#pragma once
#include "station/station.h"

G_BEGIN_DECLS

typedef enum {
        GUARD_STEP_ISSUE = 0,
        GUARD_STEP_RETURN,
        GUARD_STEP_REPAIR,
        GUARD_STEP_LOST,
        GUARD_STEP_FOUND,
        GUARD_STEP_DEREGISTER,
        GUARD_STEP_DECLASSIFY,
        GUARD_STEP_RETIRE,
        GUARD_STEP_DESTROY,
        GUARD_STEP_SET_LEVEL,
        GUARD_N_STEPS
} GuardStepKind;

typedef struct {
        GuardStepKind kind;
        const char *media_id;
        GuardLevel level;         /* set-level: the new one */
        const char *holder, *due; /* issue: to whom (NULL: the custodian), until when, YYYY-MM-DD or
                                     NULL; repair: who repairs it (holder) */
        const char *by, *witness; /* destroy: the two persons; @by NULL: who acts */
} GuardStep;

/* "issue", "set-level" and so on: the verbs of guardctl station. Static. */
const char *guard_step_to_string(GuardStepKind kind);
gboolean guard_step_from_string(const char *name, GuardStepKind *kind);
/* For people, through gettext: "hand out". Static. */
const char *guard_step_label(GuardStepKind kind);
/* For people, through gettext: "in the desk's hands", "handed out" …. Static. */
const char *guard_status_label(GuardStatus status);

/* May this step be taken from @from? TRUE: @to (optional) is where it leads. FALSE: @advice
 * (optional) says what to do instead, through gettext, static. Pure. */
gboolean guard_step_allowed(GuardStepKind kind, GuardStatus from, GuardStatus *to,
                            const char **advice);

/* Takes the step, with its history record, in one transaction. A reason is demanded.
 * GUARD_ERROR_INVALID_VALUE: the drive's status does not allow it, or an argument is missing (a
 * destroyed drive needs two different names); the message says what to do instead. */
gboolean guard_station_step(GuardStation *station, const GuardStep *step, const GuardAct *act,
                            GError **error);

G_END_DECLS
