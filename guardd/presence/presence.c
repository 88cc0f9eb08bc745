/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The presence guard as a whole: one look goes over every session and the shutdown, and sets the one
 * timer to when the next is due. Whatever happens in between (input, logind, an agent's word, the
 * policy) brings a look as well.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "common/guard-error.h"
#include "guardd/presence/presence-private.h"

static GuardWatched *
find_watched(GuardPresence *presence, const char *id)
{
        for (guint i = 0; i < presence->watched->len; i++) {
                GuardWatched *watched = g_ptr_array_index(presence->watched, i);

                if (strcmp(watched->id, id) == 0)
                        return watched;
        }
        return NULL;
}

static void
answer_gone(GuardWatched *watched)
{
        g_autoptr(GError) error = g_error_new_literal(GUARD_ERROR, GUARD_ERROR_GONE,
                                                      _("The session has ended"));

        for (guint i = 0; i < watched->waiters->len; i++) {
                const GuardLockWaiter *waiter = &g_array_index(watched->waiters, GuardLockWaiter, i);

                waiter->done(NULL, error, waiter->user_data);
        }
}

static void
watched_gone(gpointer data)
{
        answer_gone(data);
        guard_watched_free(data);
}

static void
drop_ended(GuardPresence *presence)
{
        for (guint i = presence->watched->len; i > 0; i--) {
                GuardWatched *watched = g_ptr_array_index(presence->watched, i - 1);
                const GuardLoginSession *session = guard_login_find(presence->login, watched->id);

                if (!session || !guard_session_is_guarded(session))
                        g_ptr_array_remove_index(presence->watched, i - 1);
        }
}

static gint64
look_at_sessions(GuardPresence *presence)
{
        GPtrArray *sessions = guard_login_sessions(presence->login);
        gint64 next = GUARD_NEVER, due;

        for (guint i = 0; i < sessions->len; i++) {
                const GuardLoginSession *session = g_ptr_array_index(sessions, i);
                GuardWatched *watched;

                if (!guard_session_is_guarded(session))
                        continue;
                watched = find_watched(presence, session->id);
                if (!watched) {
                        watched = guard_watched_new(presence, session->id);
                        g_ptr_array_add(presence->watched, watched);
                }
                /* No call inside MIN(): it would be made twice. */
                due = guard_watched_look(watched, session);
                next = MIN(next, due);
                due = guard_watched_look_agent(watched, session);
                next = MIN(next, due);
        }
        return next;
}

static void
check_alarms(GuardPresence *presence)
{
        gboolean open = FALSE, mute = FALSE;

        for (guint i = 0; i < presence->watched->len; i++) {
                const GuardWatched *watched = g_ptr_array_index(presence->watched, i);

                open |= watched->failing;
                mute |= watched->agent.given_up;
        }
        presence->owner->alarm(GUARD_AGENT_ALARM,
                               mute ? N_("The notifier of a session cannot be started: the person "
                                         "there is not told what the guard does.")
                                    : NULL,
                               presence->owner_data);
        presence->owner->alarm(GUARD_LOCK_ALARM,
                               open ? N_("A screen could not be locked by any means: lock it by hand, "
                                         "and have physlock installed; for a remote desktop, a screen "
                                         "locker such as mate-screensaver.")
                                    : NULL,
                               presence->owner_data);
        presence->owner->alarm(GUARD_BLIND_ALARM,
                               guard_input_is_blind(presence->input)
                                       ? N_("The input devices cannot be opened: nobody is known "
                                            "to have left, and no screen is locked.")
                                       : NULL,
                               presence->owner_data);
}

static gboolean
computes_covered(GuardPresence *presence)
{
        for (guint i = 0; i < presence->watched->len; i++) {
                const GuardWatched *watched = g_ptr_array_index(presence->watched, i);
                const GuardLoginSession *session = guard_login_find(presence->login, watched->id);

                if (session && g_strcmp0(session->seat, "seat0") == 0 &&
                    (watched->plan.state == GUARD_PRESENCE_LOCKED ||
                     watched->plan.state == GUARD_PRESENCE_LOCKING ||
                     watched->plan.state == GUARD_PRESENCE_ESCALATED) &&
                    (session->active || guard_login_shows_greeter(presence->login, "seat0")))
                        return TRUE;
        }
        return FALSE;
}

static void
check_covered(GuardPresence *presence)
{
        gboolean covered = computes_covered(presence);
        gboolean knows = guard_login_has_listed(presence->login);

        if (covered == presence->covered && knows == presence->knows)
                return;
        presence->covered = covered;
        presence->knows = knows;
        presence->owner->covered(presence->owner_data);
}

/* Everything that can be locked before the machine sleeps is locked, or cannot be. */
static void
check_sleep(GuardPresence *presence)
{
        if (!presence->sleeping)
                return;
        for (guint i = 0; i < presence->watched->len; i++) {
                const GuardWatched *watched = g_ptr_array_index(presence->watched, i);

                if (watched->plan.state == GUARD_PRESENCE_LOCKING)
                        return;
        }
        guard_login_delay_sleep(presence->login, FALSE);
}

void
guard_presence_look(GuardPresence *presence)
{
        gint64 next, due;

        presence->again = presence->looking;
        if (presence->looking)
                return;
        presence->looking = TRUE;
        do {
                presence->again = FALSE;
                drop_ended(presence);
                next = look_at_sessions(presence);
                due = guard_shutdown_look(presence);
                next = MIN(next, due);
        } while (presence->again);
        presence->looking = FALSE;
        presence->clock->wake_at(presence->clock, next);
        check_alarms(presence);
        check_sleep(presence);
        check_covered(presence);
}

static void
look(gpointer data)
{
        guard_presence_look(data);
}

/* While all is well, typing changes nothing: the timer looks when the silence could be long enough. */
static void
heard(gpointer data)
{
        GuardPresence *presence = data;

        if (!presence->input) /* it is being made */
                return;
        for (guint i = 0; i < presence->watched->len; i++) {
                const GuardWatched *watched = g_ptr_array_index(presence->watched, i);

                if (watched->plan.state != GUARD_PRESENCE_ACTIVE) {
                        guard_presence_look(presence);
                        return;
                }
        }
}

static gboolean
sleep_anyway(gpointer data)
{
        GuardPresence *presence = data;

        presence->sleep_timer = 0;
        guard_login_delay_sleep(presence->login, FALSE);
        return G_SOURCE_REMOVE;
}

static void
drop_timer(guint *timer)
{
        if (*timer)
                g_source_remove(*timer);
        *timer = 0;
}

static void
sleeping(gboolean begins, gpointer data)
{
        GuardPresence *presence = data;
        gboolean lock = presence->owner->settings(presence->owner_data)->lock;

        drop_timer(&presence->sleep_timer);
        presence->sleeping = begins;
        if (begins) {
                presence->sleep_timer = g_timeout_add(GUARD_SLEEP_DELAY_MS, sleep_anyway, presence);
                for (guint i = 0; lock && i < presence->watched->len; i++)
                        ((GuardWatched *)g_ptr_array_index(presence->watched, i))->lock_now = TRUE;
        } else {
                guard_login_delay_sleep(presence->login, TRUE);
                guard_input_rescan(presence->input);
                presence->owner->resumed(presence->owner_data);
        }
        guard_presence_look(presence);
}

static void
going_down(gpointer data)
{
        GuardPresence *presence = data;

        presence->due_us = GUARD_NEVER; /* it has begun: nothing to be tried again */
}

GuardPresence *
guard_presence_new(const GuardPresenceConfig *config, const GuardPresenceOwner *owner,
                   gpointer owner_data)
{
        static const GuardLoginHandler handler = {look, sleeping, going_down};
        GuardPresence *presence = g_new0(GuardPresence, 1);
        g_autofree char *devices = g_strconcat(config->root, "/dev/input", NULL);

        presence->owner = owner;
        presence->owner_data = owner_data;
        presence->root = g_strdup(config->root);
        presence->known_us = config->known_us;
        presence->own_clock = config->clock == NULL;
        presence->clock = config->clock ? config->clock : guard_presence_clock_new();
        if (!presence->clock) {
                g_free(presence->root);
                g_free(presence);
                return NULL;
        }
        presence->clock->woken = look;
        presence->clock->user_data = presence;
        presence->watched = g_ptr_array_new_with_free_func(watched_gone);
        presence->login = guard_login_new(&handler, presence);
        presence->input =
                guard_input_new(devices, guard_input_is_persons, presence->clock, heard, presence);
        if (presence->own_clock)
                presence->wall = guard_wall_timer_new(look, presence);
        guard_presence_look(presence);
        return presence;
}

void
guard_presence_free(GuardPresence *presence)
{
        if (!presence)
                return;
        drop_timer(&presence->sleep_timer);
        g_clear_pointer(&presence->wall, guard_wall_timer_free);
        g_ptr_array_unref(presence->watched);
        guard_input_free(presence->input);
        guard_login_free(presence->login);
        presence->clock->woken = NULL;
        if (presence->own_clock)
                guard_presence_clock_free(presence->clock);
        g_free(presence->root);
        g_free(presence);
}

void
guard_presence_set_bus(GuardPresence *presence, GDBusConnection *bus)
{
        guard_login_set_bus(presence->login, bus);
}

void
guard_presence_set_agents(GuardPresence *presence, const GuardPresenceAgents *agents)
{
        presence->agents = agents;
}

gboolean
guard_presence_is_covered(GuardPresence *presence)
{
        return presence->covered;
}

gboolean
guard_presence_is_locked(GuardPresence *presence, const char *id)
{
        const GuardWatched *watched = find_watched(presence, id);
        const GuardLoginSession *session = watched ? guard_login_find(presence->login, id) : NULL;

        return session && session->seat && *session->seat && watched->plan.state == GUARD_PRESENCE_LOCKED;
}

gboolean
guard_presence_knows(GuardPresence *presence)
{
        return presence->knows;
}

void
guard_presence_lock(GuardPresence *presence, const char *id, GuardPresenceLocked done,
                    gpointer user_data)
{
        GuardWatched *watched = find_watched(presence, id);
        const GuardLockWaiter waiter = {done, user_data};

        if (!watched) {
                g_autoptr(GError) error = g_error_new(GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                                                      _("Session %s has no screen that could be locked"), id);

                done(NULL, error, user_data);
                return;
        }
        g_array_append_val(watched->waiters, waiter);
        watched->lock_now = TRUE;
        guard_presence_look(presence);
}

static GVariant *
show_settings(GuardPresence *presence)
{
        const GuardPresenceSettings *settings = presence->owner->settings(presence->owner_data);
        GVariantBuilder shown;

        g_variant_builder_init(&shown, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&shown, "{sv}", "lock", g_variant_new_boolean(settings->lock));
        g_variant_builder_add(&shown, "{sv}", "lock_after",
                              g_variant_new_uint32(settings->lock_after));
        g_variant_builder_add(&shown, "{sv}", "warning",
                              g_variant_new_uint32(guard_presence_warning(settings)));
        g_variant_builder_add(&shown, "{sv}", "suspend_after",
                              g_variant_new_uint32(settings->suspend_after));
        return g_variant_builder_end(&shown);
}

GVariant *
guard_presence_show(GuardPresence *presence)
{
        GPtrArray *sessions = guard_login_sessions(presence->login);
        GVariantBuilder shown, list;

        g_variant_builder_init(&list, G_VARIANT_TYPE("aa{sv}"));
        for (guint i = 0; i < sessions->len; i++) {
                const GuardLoginSession *session = g_ptr_array_index(sessions, i);
                GuardWatched *watched = session->id ? find_watched(presence, session->id) : NULL;

                if (session->person)
                        g_variant_builder_add(&list, "@a{sv}",
                                              guard_watched_show(presence, watched, session, FALSE));
        }
        g_variant_builder_init(&shown, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&shown, "{sv}", "sessions", g_variant_builder_end(&list));
        g_variant_builder_add(&shown, "{sv}", "shutdown", guard_presence_show_shutdown(presence));
        g_variant_builder_add(&shown, "{sv}", "settings", show_settings(presence));
        return g_variant_builder_end(&shown);
}
