/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Takes a step of a drive's life: the table's answer, what the step needs, one transaction with its
 * record.
 */
#include "station/life.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#include "station/book.h"

typedef struct { /* what a step may change */
        GuardLevel level;
        GuardStatus status;
        const char *holder, *due;
} State;

gboolean
guard_book_check_reason(const char *action, const GuardAct *act, GError **error)
{
        if (act->reason != NULL && *act->reason != '\0' && g_utf8_validate(act->reason, -1, NULL))
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                    _("%s needs a reason: --reason TEXT"), action);
        return FALSE;
}

static gboolean
refuse(GError **error, const char *message)
{
        g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE, message);
        return FALSE;
}

static gboolean
check_status(const GuardStep *step, const GuardDrive *drive, State *after, GError **error)
{
        const char *advice = NULL;

        if (guard_step_allowed(step->kind, drive->status, &after->status, &advice))
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                    /* drive, status, step, what to do instead */
                    _("Drive %s is %s, so %s is not possible: %s"), drive->media_id,
                    guard_status_label(drive->status), guard_step_to_string(step->kind), advice);
        return FALSE;
}

static gboolean
issue(const GuardStep *step, const GuardDrive *drive, State *after, GError **error)
{
        after->holder = step->holder != NULL ? step->holder : drive->custodian;
        after->due = step->due;
        return (after->holder == NULL ||
                guard_book_check_text(_("The name of who gets it"), after->holder,
                                      GUARD_BOOK_TEXT_MAX, error)) &&
               guard_book_check_date(_("The day of return"), after->due, error);
}

static gboolean
repair(const GuardStep *step, State *after, GError **error)
{
        after->due = NULL;
        after->holder = step->holder;
        return after->holder == NULL ||
               guard_book_check_text(_("The name of who repairs it"), after->holder,
                                     GUARD_BOOK_TEXT_MAX, error);
}

static gboolean
new_level(const GuardStep *step, const GuardDrive *drive, State *after, GError **error)
{
        after->level = step->kind == GUARD_STEP_DECLASSIFY ? GUARD_LEVEL_NONE : step->level;
        if (after->level < GUARD_LEVEL_NONE || after->level > GUARD_LEVEL_TOP_SECRET)
                return refuse(error, _("A level is none, confidential, secret or top-secret"));
        if (after->level != drive->level)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                    _("Drive %s has the level %s already"), drive->media_id,
                    guard_level_label(drive->level));
        return FALSE;
}

/* Two persons see it go. */
static gboolean
destroy(const GuardStep *step, const GuardAct *act, GError **error)
{
        const char *by = step->by != NULL ? step->by : act->who;
        g_autofree char *one = NULL, *other = NULL;

        if (by == NULL || step->witness == NULL)
                return refuse(error, _("Destroying a drive needs two names: who destroys it (--by) "
                                       "and who is there as well (--witness)"));
        if (!guard_book_check_text(_("The name of who destroys it"), by, GUARD_BOOK_TEXT_MAX,
                                   error) ||
            !guard_book_check_text(_("The witness's name"), step->witness, GUARD_BOOK_TEXT_MAX,
                                   error))
                return FALSE;
        one = g_utf8_casefold(by, -1);
        other = g_utf8_casefold(step->witness, -1);
        return !g_str_equal(one, other) ||
               refuse(error, _("Who destroys a drive and who witnesses it must be two persons"));
}

static gboolean
judge(const GuardStep *step, const GuardDrive *drive, const GuardAct *act, State *after,
      GError **error)
{
        if (!check_status(step, drive, after, error))
                return FALSE;
        switch (step->kind) {
        case GUARD_STEP_ISSUE:
                return issue(step, drive, after, error);
        case GUARD_STEP_REPAIR:
                return repair(step, after, error);
        case GUARD_STEP_DECLASSIFY:
        case GUARD_STEP_SET_LEVEL:
                return new_level(step, drive, after, error);
        case GUARD_STEP_DESTROY:
                return destroy(step, act, error);
        case GUARD_STEP_RETURN:
        case GUARD_STEP_FOUND:
        case GUARD_STEP_DEREGISTER:
        case GUARD_STEP_RETIRE:
                after->holder = after->due = NULL;
                return TRUE;
        case GUARD_STEP_LOST: /* who had it stays written down */
        case GUARD_N_STEPS:
        default:
                return TRUE;
        }
}

/* Only what differs. */
static void
describe(const GuardStep *step, const State *before, const State *after, char **was, char **is)
{
        GString *one = g_string_new(NULL), *other = g_string_new(NULL);

        guard_book_json_open(one);
        guard_book_json_open(other);
        if (before->status != after->status) {
                guard_book_json_text(one, "status", guard_status_to_string(before->status));
                guard_book_json_text(other, "status", guard_status_to_string(after->status));
        }
        if (before->level != after->level) {
                guard_book_json_text(one, "level", guard_level_to_string(before->level));
                guard_book_json_text(other, "level", guard_level_to_string(after->level));
        }
        if (g_strcmp0(before->holder, after->holder) != 0) {
                guard_book_json_text(one, "holder", before->holder);
                guard_book_json_text(other, "holder", after->holder);
        }
        if (g_strcmp0(before->due, after->due) != 0) {
                guard_book_json_text(one, "due", before->due);
                guard_book_json_text(other, "due", after->due);
        }
        if (step->kind == GUARD_STEP_DESTROY) {
                guard_book_json_text(other, "by", step->by);
                guard_book_json_text(other, "witness", step->witness);
        }
        *was = guard_book_json_close(one);
        *is = guard_book_json_close(other);
}

static gboolean
take(GuardStation *station, const GuardStep *given, const GuardAct *act, GError **error)
{
        g_autoptr(GuardDrive) drive = guard_station_get(station, given->media_id, error);
        g_autofree char *was = NULL, *is = NULL;
        GuardStep step = *given;
        State before, after;

        if (drive == NULL)
                return FALSE;
        /* no level at all is the end of its being classified, whichever way it is said */
        if (step.kind == GUARD_STEP_SET_LEVEL && step.level == GUARD_LEVEL_NONE)
                step.kind = GUARD_STEP_DECLASSIFY;
        if (step.kind == GUARD_STEP_DESTROY && step.by == NULL)
                step.by = act->who;
        before = (State){drive->level, drive->status, drive->holder, drive->due_date};
        after = before;
        if (!judge(&step, drive, act, &after, error))
                return FALSE;
        describe(&step, &before, &after, &was, &is);
        return guard_book_run(station, error,
                              "UPDATE drive SET status=?2,level=?3,holder=?4,due_date=?5 WHERE "
                              "media_id=?1",
                              "siiss", drive->media_id, (gint64)after.status, (gint64)after.level,
                              after.holder, after.due) &&
               guard_book_refresh(station, drive->media_id, act, error) &&
               guard_book_append_history(station, drive->media_id, guard_step_to_string(step.kind),
                                         was, is, act, error);
}

gboolean
guard_station_step(GuardStation *station, const GuardStep *step, const GuardAct *act,
                   GError **error)
{
        if ((guint)step->kind >= GUARD_N_STEPS || step->media_id == NULL)
                return refuse(error, _("No drive or no step was named"));
        if (!guard_book_check_reason(guard_step_to_string(step->kind), act, error) ||
            !guard_book_begin(station, act, GUARD_DUTY_EDIT, error))
                return FALSE;
        return guard_book_end(station, take(station, step, act, error), error);
}
