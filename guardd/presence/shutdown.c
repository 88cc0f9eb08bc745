/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After hours: the deadline is ours, and so is switching off. logind's own scheduled shutdown can be
 * cancelled by whoever sits there; it is not used.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "common/guard-text.h"
#include "guardd/presence/presence-private.h"
#include "guardd/record/details.h"
#include "ledger/kinds.h"

#define SKIP_INHIBITORS G_GUINT64_CONSTANT(16) /* SD_LOGIND_SKIP_INHIBITORS */
#define POWEROFF_UNIT "poweroff.target"
#define RETRY_US (60 * (gint64)G_USEC_PER_SEC)
#define MAX_REASON 500
#define MAX_EDGES 8

static const struct {
        const char *name, *message;
        GuardSeverity severity;
        const char *countdown; /* state of the signal; NULL: none */
} edges[GUARD_N_AFTER_HOURS_EDGES] = {
        [GUARD_AFTER_HOURS_PLANNED] = {"planned",
                                       N_("Working time is over: the machine will be switched off"),
                                       GUARD_SEVERITY_INFO, NULL},
        [GUARD_AFTER_HOURS_COUNTS] = {"counts", N_("The countdown to the shutdown has begun"),
                                      GUARD_SEVERITY_NOTICE, "running"},
        [GUARD_AFTER_HOURS_AGAIN] = {"again",
                                     N_("The clock was set or the machine slept: the countdown to "
                                        "the shutdown begins anew"),
                                     GUARD_SEVERITY_NOTICE, "cancelled"},
        [GUARD_AFTER_HOURS_CANCELLED] = {"cancelled", N_("The shutdown is not due any more"),
                                         GUARD_SEVERITY_NOTICE, "cancelled"},
        [GUARD_AFTER_HOURS_DOUBTED] = {"doubted",
                                       N_("The clock shows a time that has passed before: nothing "
                                          "is switched off by it"),
                                       GUARD_SEVERITY_WARNING, "cancelled"},
        [GUARD_AFTER_HOURS_REACHED] = {"reached", N_("The machine is switched off after hours"),
                                       GUARD_SEVERITY_NOTICE, "done"},
};

static GuardClocks
clocks_of(GuardPresence *presence)
{
        GuardClocks clocks = {.known_us = presence->known_us};

        presence->clock->read(presence->clock, &clocks);
        return clocks;
}

static const GuardAfterHoursSettings *
settings_of(GuardPresence *presence)
{
        return presence->owner->after_hours(presence->owner_data);
}

static guint
seconds_left(GuardPresence *presence, const GuardClocks *clocks)
{
        gint64 left = presence->plan.deadline_us - clocks->boot_us;

        return presence->plan.deadline_us == 0 || left <= 0 ? 0
                                                            : (guint)(left / (gint64)G_USEC_PER_SEC);
}

static guint
postponements_left(GuardPresence *presence)
{
        guint allowed = settings_of(presence)->postpone_times;

        return allowed > presence->plan.postponed ? allowed - presence->plan.postponed : 0;
}

static void
add(GVariantBuilder *builder, const char *key, GVariant *value)
{
        g_variant_builder_add(builder, "{sv}", key, value);
}

static void
add_deadline(GVariantBuilder *builder, GuardPresence *presence)
{
        GuardClocks clocks = clocks_of(presence);
        g_autofree char *deadline = NULL;

        add(builder, "seconds", g_variant_new_uint32(seconds_left(presence, &clocks)));
        if (presence->plan.deadline_us == 0)
                return;
        deadline = guard_time_format(clocks.wall_us + presence->plan.deadline_us - clocks.boot_us);
        add(builder, "deadline", g_variant_new_string(deadline));
}

static void
add_postponing(GVariantBuilder *builder, GuardPresence *presence)
{
        add(builder, "postponed", g_variant_new_uint32(presence->plan.postponed));
        add(builder, "postponements_left", g_variant_new_uint32(postponements_left(presence)));
        add(builder, "max_minutes", g_variant_new_uint32(settings_of(presence)->postpone_minutes));
}

static void
tell_agents(GuardPresence *presence, const char *state)
{
        GVariantBuilder countdown;

        if (!presence->agents)
                return;
        g_variant_builder_init(&countdown, G_VARIANT_TYPE_VARDICT);
        add(&countdown, "kind", g_variant_new_string("shutdown"));
        add(&countdown, "state", g_variant_new_string(state));
        add_deadline(&countdown, presence);
        add_postponing(&countdown, presence);
        presence->agents->countdown(NULL, g_variant_builder_end(&countdown), presence->agents->data);
}

static void
member(JsonBuilder *json, const char *key, const char *raw)
{
        g_autofree char *text = guard_text_display(raw, MAX_REASON);

        guard_details_add_string(json, key, text);
}

static void
note(GuardPresence *presence, const GuardPresenceNote *what, const char *edge, const char *reason)
{
        g_autoptr(JsonBuilder) json = json_builder_new();
        g_autofree char *details = NULL;
        GuardClocks clocks = clocks_of(presence);
        GuardPresenceNote full = *what;

        json_builder_begin_object(json);
        member(json, "edge", edge);
        member(json, "state", guard_after_hours_to_string(presence->plan.state));
        guard_details_add_number(json, "seconds", seconds_left(presence, &clocks));
        guard_details_add_number(json, "postponed", presence->plan.postponed);
        if (reason)
                member(json, "reason", reason);
        details = guard_details_end(json);
        full.details = details;
        presence->owner->note(&full, presence->owner_data);
}

static void
simple(const GError *error, gpointer data)
{
        GuardPresence *presence = data;

        if (error)
                guard_presence_start_unit(presence, POWEROFF_UNIT);
}

static void
without_flags(const GError *error, gpointer data)
{
        GuardPresence *presence = data;

        if (error)
                guard_login_order(presence->login, "PowerOff", g_variant_new("(b)", FALSE), simple,
                                  presence);
}

static void
with_flags(const GError *error, gpointer data)
{
        GuardPresence *presence = data;

        if (error)
                guard_login_order(presence->login, "PowerOffWithFlags",
                                  g_variant_new("(t)", G_GUINT64_CONSTANT(0)), without_flags,
                                  presence);
}

/* Verified: logind announces that it has begun, and ends the next try; what does not come is tried
 * again, past logind. */
static void
switch_off(GuardPresence *presence, const GuardClocks *clocks)
{
        static const GuardPresenceNote failed = {
                GUARD_KIND_AFTER_HOURS, N_("The machine did not switch off: it is tried again"),
                GUARD_SEVERITY_CRITICAL, NULL, NULL, NULL};

        if (presence->due_us == GUARD_NEVER || clocks->boot_us < presence->due_us)
                return;
        presence->due_us = clocks->boot_us + RETRY_US;
        if (presence->attempts++ > 0) {
                note(presence, &failed, "failed", NULL);
                guard_presence_start_unit(presence, POWEROFF_UNIT);
                return;
        }
        guard_login_order(presence->login, "PowerOffWithFlags",
                          g_variant_new("(t)", SKIP_INHIBITORS), with_flags, presence);
}

static void
follow(GuardPresence *presence, GuardAfterHoursEdge edge)
{
        const GuardPresenceNote what = {
                GUARD_KIND_AFTER_HOURS, edges[edge].message, edges[edge].severity, NULL, NULL, NULL};

        note(presence, &what, edges[edge].name, NULL);
        if (edges[edge].countdown)
                tell_agents(presence, edges[edge].countdown);
        if (edge == GUARD_AFTER_HOURS_REACHED) {
                presence->attempts = 0;
                presence->due_us = 0;
        }
}

gint64
guard_shutdown_look(GuardPresence *presence)
{
        const GuardAfterHoursSettings *settings = settings_of(presence);
        GuardClocks clocks = clocks_of(presence);
        gint64 next = GUARD_NEVER, wall;

        for (guint i = 0; i < MAX_EDGES; i++) {
                GuardAfterHoursEdge edge =
                        guard_after_hours_step(&presence->plan, settings, &clocks, &next);

                if (edge == GUARD_AFTER_HOURS_NO_EDGE)
                        break;
                follow(presence, edge);
        }
        presence->owner->alarm(GUARD_CLOCK_ALARM,
                               presence->plan.state == GUARD_AFTER_HOURS_DOUBTFUL
                                       ? N_("The clock is behind a time that has passed: set it, or "
                                            "nothing is switched off after hours.")
                                       : NULL,
                               presence->owner_data);
        if (presence->plan.state == GUARD_AFTER_HOURS_DUE) {
                switch_off(presence, &clocks);
                next = MIN(next, presence->due_us);
        }
        wall = guard_after_hours_next_wall(settings, &clocks);
        if (presence->wall)
                guard_wall_timer_set(presence->wall, wall);
        else if (wall != G_MAXINT64)
                next = MIN(next, wall - clocks.wall_us + clocks.boot_us);
        return next;
}

gboolean
guard_presence_postpone(GuardPresence *presence, guint minutes, const char *reason, const char *who,
                        const char *session, GError **error)
{
        guint limit;
        const char *why = guard_after_hours_postpone(&presence->plan, settings_of(presence), minutes,
                                                     reason, &limit);
        const GuardPresenceNote what = {GUARD_KIND_POSTPONED, N_("The shutdown was put off"),
                                        GUARD_SEVERITY_NOTICE, who, session, NULL};

        if (why) {
                g_autofree char *text = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
                text = g_strdup_printf(_(why), limit);
#pragma GCC diagnostic pop
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_DENIED, text);
                return FALSE;
        }
        note(presence, &what, "postponed", reason);
        tell_agents(presence, "cancelled");
        guard_presence_look(presence);
        return TRUE;
}

GVariant *
guard_presence_show_shutdown(GuardPresence *presence)
{
        const GuardAfterHoursSettings *settings = settings_of(presence);
        GVariantBuilder shown;

        g_variant_builder_init(&shown, G_VARIANT_TYPE_VARDICT);
        add(&shown, "state",
            g_variant_new_string(guard_after_hours_to_string(presence->plan.state)));
        add_deadline(&shown, presence);
        add(&shown, "countdown_seconds", g_variant_new_uint32(settings->countdown));
        add_postponing(&shown, presence);
        if (presence->plan.state == GUARD_AFTER_HOURS_DOUBTFUL)
                add(&shown, "why",
                    g_variant_new_string(N_("The clock is behind a time that has passed: set it, or "
                                            "nothing is switched off after hours.")));
        return g_variant_builder_end(&shown);
}
