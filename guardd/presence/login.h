/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * logind as the presence guard sees it: its sessions, who keeps the machine from going idle, sleep
 * and shutdown announced, and orders to it. Every call is asynchronous; what a call comes to is seen
 * by its evidence, not by its answer.
 */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
        char *id, *path, *user, *seat, *type, *scope, *tty;
        guint32 uid, vt;
        gboolean person;  /* class user */
        gboolean greeter; /* class greeter */
        gboolean remote, active, hint /* LockedHint */, idle_hint;
        gboolean closing;
} GuardLoginSession;

typedef struct {
        void (*changed)(gpointer user_data); /* sessions, seats, inhibitors */
        void (*sleeping)(gboolean begins, gpointer user_data);
        void (*going_down)(gpointer user_data);
} GuardLoginHandler;

typedef struct GuardLogin GuardLogin;

GuardLogin *guard_login_new(const GuardLoginHandler *handler, gpointer user_data);
void guard_login_free(GuardLogin *login);
void guard_login_set_bus(GuardLogin *login, GDBusConnection *bus); /* NULL: it is lost */
GDBusConnection *guard_login_bus(GuardLogin *login);
GPtrArray *guard_login_sessions(GuardLogin *login); /* (transfer none), of GuardLoginSession */
gboolean guard_login_has_listed(GuardLogin *login); /* has logind answered once? */
const GuardLoginSession *guard_login_find(GuardLogin *login, const char *id);
/* The session in front on @seat; NULL: none is. */
const GuardLoginSession *guard_login_front(GuardLogin *login, const char *seat);

static inline gboolean
guard_login_shows_greeter(GuardLogin *login, const char *seat)
{
        const GuardLoginSession *front = guard_login_front(login, seat);

        return front && front->greeter;
}

/* Does a program of @uid say that the machine is not idle? */
gboolean guard_login_inhibits_idle(GuardLogin *login, guint32 uid);

typedef void (*GuardLoginDone)(const GError *error, gpointer user_data);
/* A method of the logind manager; @parameters is consumed. @done may be NULL. */
void guard_login_order(GuardLogin *login, const char *method, GVariant *parameters,
                       GuardLoginDone done, gpointer user_data);
/* Takes or gives back the delay of the next sleep. */
void guard_login_delay_sleep(GuardLogin *login, gboolean take);

G_END_DECLS
