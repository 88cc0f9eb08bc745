/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is done about a session: orders to logind and systemd. Lockers are units of their own and
 * never our children: a restart of guardd must not unlock, and what we may not (NoNewPrivileges), a
 * locker's password check must.
 */
#include "guardd/presence/presence-private.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define SYSTEMD_MANAGER SYSTEMD ".Manager"
#define SKIP_INHIBITORS G_GUINT64_CONSTANT(16) /* SD_LOGIND_SKIP_INHIBITORS */

static void
told(GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply =
                g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

        /* Whether it has helped is seen by the evidence. */
        if (error)
                g_info("systemd: %s", error->message);
}

static void
ask_systemd(GuardPresence *presence, const char *method, GVariant *parameters)
{
        GDBusConnection *bus = guard_login_bus(presence->login);

        if (bus)
                g_dbus_connection_call(bus, SYSTEMD, SYSTEMD_PATH, SYSTEMD_MANAGER, method,
                                       parameters, NULL, G_DBUS_CALL_FLAGS_NONE, 30000, NULL, told,
                                       NULL);
        else
                g_variant_unref(g_variant_ref_sink(parameters));
}

void
guard_presence_start_unit(GuardPresence *presence, const char *unit)
{
        ask_systemd(presence, "StartUnit", g_variant_new("(ss)", unit, "replace"));
}

void
guard_presence_stop_unit(GuardPresence *presence, const char *unit)
{
        ask_systemd(presence, "StopUnit", g_variant_new("(ss)", unit, "replace"));
}

/* Where it shows what it has to say: FALSE where the session has no such place. */
static gboolean
add_place(GVariantBuilder *properties, const GuardPresence *presence, const GuardLoginSession *session)
{
        g_auto(GStrv) display = NULL;
        g_autofree char *tty = NULL;

        if (guard_session_is_graphical(session)) {
                display = guard_evidence_display(presence->root, session->uid, session->scope);
                if (display)
                        g_variant_builder_add(properties, "(sv)", "Environment",
                                              g_variant_new_strv((const char *const *)display, -1));
                return display != NULL;
        }
        if (!session->tty || !session->scope)
                return FALSE;
        /* It ends with the session, also while guardd is away: the terminal will be another person's. */
        tty = g_strconcat("/dev/", session->tty, NULL);
        g_variant_builder_add(properties, "(sv)", "TTYPath", g_variant_new_string(tty));
        g_variant_builder_add(properties, "(sv)", "StandardOutput", g_variant_new_string("tty"));
        g_variant_builder_add(properties, "(sv)", "StandardError", g_variant_new_string("journal"));
        g_variant_builder_add(properties, "(sv)", "BindsTo", g_variant_new_strv((const char *const *)&session->scope, 1));
        g_variant_builder_add(properties, "(sv)", "After", g_variant_new_strv((const char *const *)&session->scope, 1));
        return TRUE;
}

void
guard_presence_start_program(GuardPresence *presence, const GuardLoginSession *session, const char *unit,
                             const char *description, const char *const argv[])
{
        GVariantBuilder properties, commands;

        if (!session->user)
                return;
        g_variant_builder_init(&properties, G_VARIANT_TYPE("a(sv)"));
        if (!add_place(&properties, presence, session)) {
                g_variant_builder_clear(&properties);
                return;
        }
        g_variant_builder_init(&commands, G_VARIANT_TYPE("a(sasb)"));
        g_variant_builder_add(&commands, "(s^asb)", argv[0], argv, FALSE);
        g_variant_builder_add(&properties, "(sv)", "Description",
                              g_variant_new_string(description));
        g_variant_builder_add(&properties, "(sv)", "User", g_variant_new_string(session->user));
        g_variant_builder_add(&properties, "(sv)", "CollectMode",
                              g_variant_new_string("inactive-or-failed"));
        /* One that hangs is not waited for. */
        g_variant_builder_add(&properties, "(sv)", "TimeoutStopUSec",
                              g_variant_new_uint64(2 * G_USEC_PER_SEC));
        g_variant_builder_add(&properties, "(sv)", "ExecStart", g_variant_builder_end(&commands));
        ask_systemd(presence, "StartTransientUnit",
                    g_variant_new("(ssa(sv)a(sa(sv)))", unit, "replace", &properties, NULL));
}

static void
start_locker(GuardPresence *presence, const GuardLoginSession *session)
{
        const GuardLocker *locker = guard_evidence_startable(presence->root);
        const char *const argv[] = {locker ? locker->start : NULL, NULL};
        const char *const request[] = {GUARD_AGENT_PROGRAM, "--lock", NULL};
        g_autofree char *unit = g_strdup_printf(GUARD_LOCKER_UNIT, session->id);
        g_autofree char *asks = g_strdup_printf(GUARD_LOCK_REQUEST_UNIT, session->id);

        if (!locker)
                return;
        guard_presence_start_program(presence, session, unit, "Screen locker, started by the guard", argv);
        /* For logind a unit of ours is no part of the session: the locker never hears of LockSession. */
        if (locker->kind == GUARD_LOCKER_CLAIM && guard_presence_has_agent(presence))
                guard_presence_start_program(presence, session, asks, "Asks the screen locker to lock", request);
}

static void
suspend_simply(const GError *error, gpointer data)
{
        GuardPresence *presence = data;

        if (error)
                guard_login_order(presence->login, "Suspend", g_variant_new("(b)", FALSE), NULL, NULL);
}

void
guard_presence_act(GuardPresence *presence, const GuardLoginSession *session, guint actions)
{
        g_autofree char *physlock = g_strdup_printf(GUARD_PHYSLOCK_UNIT, session->id);

        if (actions & GUARD_DO_FOREGROUND)
                guard_login_order(presence->login, "ActivateSession",
                                  g_variant_new("(s)", session->id), NULL, NULL);
        if (actions & GUARD_DO_LOCKER)
                start_locker(presence, session);
        if (actions & GUARD_DO_LOGIND)
                guard_login_order(presence->login, "LockSession", g_variant_new("(s)", session->id),
                                  NULL, NULL);
        if (actions & GUARD_DO_PHYSLOCK)
                guard_presence_start_unit(presence, physlock);
        if (actions & GUARD_DO_TERMINATE)
                guard_login_order(presence->login, "TerminateSession",
                                  g_variant_new("(s)", session->id), NULL, NULL);
        if (actions & GUARD_DO_SUSPEND)
                guard_login_order(presence->login, "SuspendWithFlags",
                                  g_variant_new("(t)", SKIP_INHIBITORS), suspend_simply, presence);
}
