/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is recorded and told about sessions: the keys are those of the bus and of the ledger's
 * details.
 */
#include <sys/stat.h>
#include <glib/gi18n-lib.h>
#include "common/guard-text.h"
#include "guardd/presence/presence-private.h"
#include "guardd/record/details.h"
#include "ledger/kinds.h"

#define MAX_CLAIM 256

static const GuardSeverity severities[GUARD_N_PRESENCE_EDGES] = {
        [GUARD_PRESENCE_IDLE_LOCK] = GUARD_SEVERITY_NOTICE,
        [GUARD_PRESENCE_ASKED_LOCK] = GUARD_SEVERITY_NOTICE,
        [GUARD_PRESENCE_RUNG_FAILED] = GUARD_SEVERITY_WARNING,
        [GUARD_PRESENCE_PROVEN] = GUARD_SEVERITY_NOTICE,
        [GUARD_PRESENCE_LOCKED_ITSELF] = GUARD_SEVERITY_NOTICE,
        [GUARD_PRESENCE_UNLOCKED] = GUARD_SEVERITY_NOTICE,
        [GUARD_PRESENCE_TAMPERED] = GUARD_SEVERITY_CRITICAL,
        [GUARD_PRESENCE_FAILED] = GUARD_SEVERITY_CRITICAL,
        [GUARD_PRESENCE_BACK_UNLOCKED] = GUARD_SEVERITY_CRITICAL,
        [GUARD_PRESENCE_SUSPENDS] = GUARD_SEVERITY_NOTICE,
        [GUARD_PRESENCE_LATER] = GUARD_SEVERITY_NOTICE,
};

static const char *const edge_names[GUARD_N_PRESENCE_EDGES] = {
        [GUARD_PRESENCE_WARNED] = "warned",
        [GUARD_PRESENCE_RETURNED] = "returned",
        [GUARD_PRESENCE_IDLE_LOCK] = "idle-lock",
        [GUARD_PRESENCE_ASKED_LOCK] = "asked-lock",
        [GUARD_PRESENCE_RUNG_FAILED] = "rung-failed",
        [GUARD_PRESENCE_PROVEN] = "proven",
        [GUARD_PRESENCE_LOCKED_ITSELF] = "locked-itself",
        [GUARD_PRESENCE_UNLOCKED] = "unlocked",
        [GUARD_PRESENCE_TAMPERED] = "tampered",
        [GUARD_PRESENCE_FAILED] = "failed",
        [GUARD_PRESENCE_BACK_UNLOCKED] = "back-unlocked",
        [GUARD_PRESENCE_SUSPENDS] = "suspends",
        [GUARD_PRESENCE_LATER] = "later",
};

static void
add_string(JsonBuilder *json, const char *key, const char *raw)
{
        g_autofree char *text = guard_text_display(raw, MAX_CLAIM);

        guard_details_add_string(json, key, text);
}

static void
send(GuardPresence *presence, const GuardLoginSession *session, const char *kind,
     GuardSeverity severity, const char *message, JsonBuilder *json)
{
        g_autofree char *details = guard_details_end(json);
        const GuardPresenceNote note = {kind,          message,     severity,
                                        session->user, session->id, details};

        presence->owner->note(&note, presence->owner_data);
}

void
guard_watched_note(GuardWatched *watched, const GuardLoginSession *session, GuardPresenceEdge edge,
                   gint64 idle_us)
{
        g_autoptr(JsonBuilder) json = json_builder_new();

        json_builder_begin_object(json);
        add_string(json, "edge", edge_names[edge]);
        add_string(json, "state", guard_presence_to_string(watched->plan.state));
        add_string(json, "rung", guard_rung_to_string(watched->plan.rung));
        add_string(json, "proof", guard_proof_to_string(watched->proof));
        add_string(json, "evidence", watched->evidence);
        guard_details_add_number(json, "uid", session->uid);
        guard_details_add_number(json, "idle_seconds", idle_us / G_USEC_PER_SEC);
        send(watched->presence, session, GUARD_KIND_PRESENCE, severities[edge],
             guard_presence_edge_describe(edge), json);
}

void
guard_watched_note_jiggler(GuardWatched *watched, const GuardLoginSession *session,
                           gint64 agent_idle_us, gint64 idle_us)
{
        g_autoptr(JsonBuilder) json = json_builder_new();

        json_builder_begin_object(json);
        guard_details_add_number(json, "uid", session->uid);
        guard_details_add_number(json, "idle_seconds", idle_us / G_USEC_PER_SEC);
        guard_details_add_number(json, "claimed_idle_seconds", agent_idle_us / G_USEC_PER_SEC);
        send(watched->presence, session, GUARD_KIND_PRESENCE_FAKED, GUARD_SEVERITY_WARNING,
             N_("The desktop reports a person whom no input device knows: a program pretends to be "
                "one"),
             json);
}

void
guard_watched_note_agent(GuardWatched *watched, const GuardLoginSession *session, const char *edge,
                         GuardSeverity severity, const char *message)
{
        g_autoptr(JsonBuilder) json = json_builder_new();

        json_builder_begin_object(json);
        add_string(json, "edge", edge);
        guard_details_add_number(json, "uid", session->uid);
        send(watched->presence, session, GUARD_KIND_PRESENCE, severity, message, json);
}

static void
add(GVariantBuilder *builder, const char *key, GVariant *value)
{
        g_variant_builder_add(builder, "{sv}", key, value);
}

static void
add_text(GVariantBuilder *builder, const char *key, const char *value)
{
        if (value)
                add(builder, key, g_variant_new_string(value));
}

void
guard_watched_countdown(GuardWatched *watched, const GuardLoginSession *session, const char *state,
                        gint64 idle_us)
{
        GuardPresence *presence = watched->presence;
        const GuardPresenceSettings *settings = presence->owner->settings(presence->owner_data);
        guint seconds = g_str_equal(state, "running") ? guard_presence_warning(settings) : 0;
        g_autofree char *deadline =
                guard_time_format(g_get_real_time() + seconds * (gint64)G_USEC_PER_SEC);
        GVariantBuilder countdown;

        if (!presence->agents)
                return;
        g_variant_builder_init(&countdown, G_VARIANT_TYPE_VARDICT);
        add_text(&countdown, "kind", "lock");
        add_text(&countdown, "state", state);
        add(&countdown, "seconds", g_variant_new_uint32(seconds));
        add_text(&countdown, "deadline", deadline);
        add(&countdown, "idle_seconds", g_variant_new_uint32((guint32)(idle_us / G_USEC_PER_SEC)));
        presence->agents->countdown(session->id, g_variant_builder_end(&countdown),
                                    presence->agents->data);
}

/* ssh and the like: when something was last typed there. */
static gint64
tty_idle_us(const GuardPresence *presence, const GuardLoginSession *session)
{
        g_autofree char *path = g_build_filename(presence->root, "/dev", session->tty, NULL);
        struct stat tty;

        if (!session->tty || *session->tty == '\0' || stat(path, &tty) != 0)
                return -1;
        return MAX(g_get_real_time() - (gint64)tty.st_atime * G_USEC_PER_SEC, 0);
}

static gint64
idle_of(GuardPresence *presence, GuardWatched *watched, const GuardLoginSession *session)
{
        gint64 now = guard_presence_clock_boot_us(presence->clock);

        if (!watched)
                return tty_idle_us(presence, session);
        return now - guard_watched_input_us(watched, session, now);
}

GVariant *
guard_watched_show(GuardPresence *presence, GuardWatched *watched,
                   const GuardLoginSession *session, gboolean with_proven)
{
        static const GuardPresencePlan nothing = {0};
        const GuardPresencePlan *plan = watched ? &watched->plan : &nothing;
        GuardProof proof = watched ? watched->proof : GUARD_PROOF_NONE;
        gint64 idle = idle_of(presence, watched, session);
        GuardPresenceClaims claims;
        gboolean agent = guard_presence_claims(presence, session->id, &claims);
        GVariantBuilder shown;

        g_variant_builder_init(&shown, G_VARIANT_TYPE_VARDICT);
        add_text(&shown, "id", session->id);
        add_text(&shown, "user", session->user);
        add_text(&shown, "seat", session->seat);
        add_text(&shown, "type", session->type);
        add(&shown, "remote", g_variant_new_boolean(session->remote));
        add(&shown, "active", g_variant_new_boolean(session->active));
        if (idle >= 0)
                add(&shown, "idle_seconds", g_variant_new_uint32((guint32)(idle / G_USEC_PER_SEC)));
        add_text(&shown, "state", guard_presence_to_string(plan->state));
        add_text(&shown, "proof", guard_proof_to_string(proof));
        add_text(&shown, "rung", guard_rung_to_string(plan->rung));
        add_text(&shown, "evidence", watched ? watched->evidence : NULL);
        add(&shown, "agent", g_variant_new_boolean(agent));
        if (with_proven)
                add(&shown, "proven",
                    g_variant_new_boolean(plan->state == GUARD_PRESENCE_LOCKED &&
                                          proof != GUARD_PROOF_NONE));
        return g_variant_builder_end(&shown);
}
