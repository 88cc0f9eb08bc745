/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The methods of exceptions. Whose word it is, is asked of logind and the bus, never of the caller: a
 * second person is somebody with another user id.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "common/guard-error.h"
#include "guardd/exceptions/exceptions.h"
#include "guardd/serve/serve-private.h"
#include "guardd/serve/session.h"
#include "guardd/serve/show.h"

#define DEFAULT_SECONDS 3600

typedef struct {
        GuardCall *call;
        void (*act)(GuardCall *call, GuardExceptions *exceptions, const char *who, guint32 uid);
} Acting;

static void
act(Acting *acting, const char *who, guint32 uid)
{
        GuardCall *call = acting->call;
        GuardManager *manager = call->serve->manager;
        GuardExceptions *exceptions = manager ? guard_manager_exceptions(manager) : NULL;

        if (exceptions)
                acting->act(call, exceptions, who, uid);
        else
                guard_call_fail(call, g_error_new_literal(GUARD_ERROR, GUARD_ERROR_FAILED, _("There are no exceptions on this computer")));
        g_free(acting);
}

static void
on_uid(GObject *source, GAsyncResult *result, gpointer user_data)
{
        Acting *acting = user_data;
        GError *error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        g_autofree char *who = NULL;
        guint32 uid;

        if (!reply) {
                guard_call_fail(acting->call, error);
                g_free(acting);
                return;
        }
        g_variant_get(reply, "(u)", &uid);
        who = uid == 0 ? g_strdup("root") : g_strdup_printf("uid %u", uid);
        act(acting, who, uid);
}

static void
on_session(GObject *source, GAsyncResult *result, gpointer user_data)
{
        Acting *acting = user_data;
        GuardCall *call = acting->call;
        g_autoptr(GuardSeatSession) session = guard_session_of_sender_finish(result, NULL);

        (void)source;
        if (session)
                return act(acting, session->user, (guint32)session->uid);
        /* polkit has let the caller through: an administrator in no session of his own, by sudo for instance */
        g_dbus_connection_call(g_dbus_method_invocation_get_connection(call->invocation), "org.freedesktop.DBus",
                               "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixUser",
                               g_variant_new("(s)", call->sender), G_VARIANT_TYPE("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, call->cancel,
                               on_uid, acting);
}

static void
with_caller(GuardCall *call, void (*what)(GuardCall *, GuardExceptions *, const char *, guint32))
{
        Acting *acting = g_new0(Acting, 1);

        acting->call = call;
        acting->act = what;
        guard_session_of_sender_async(g_dbus_method_invocation_get_connection(call->invocation), call->sender, call->cancel, on_session,
                                      acting);
}

static GVariant *
show(GuardExceptions *exceptions, const GuardException *one)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        guard_show_string(&builder, "id", one->id);
        guard_show_string(&builder, "state", one->used ? "used" : one->ends_us ? "in-force" : "waiting");
        guard_show_string(&builder, "bound_to", one->device);
        guard_show_string(&builder, "name", one->name);
        guard_show_string(&builder, "direction", guard_exception_direction(one));
        guard_show_string(&builder, "user", one->user);
        guard_show_string(&builder, "only", one->only);
        guard_show_value(&builder, "seconds", g_variant_new_uint64(one->seconds));
        guard_show_value(&builder, "seconds_left", g_variant_new_uint64(guard_exceptions_left(exceptions, one)));
        guard_show_string(&builder, "asked_by", one->asked_by);
        guard_show_string(&builder, "approved_by", one->approved_by);
        guard_show_string(&builder, "reason", one->reason);
        guard_show_value(&builder, "by_code", g_variant_new_boolean(one->offline));
        return g_variant_builder_end(&builder);
}

static void
answer(GuardCall *call, GuardExceptions *exceptions, const GuardException *one, GError *error)
{
        if (one)
                guard_call_reply(call, g_variant_new("(@a{sv})", show(exceptions, one)));
        else
                guard_call_fail(call, error);
}

void
guard_handle_list_exceptions(GuardCall *call)
{
        GuardExceptions *exceptions = guard_manager_exceptions(call->serve->manager);
        const GPtrArray *all = exceptions ? guard_exceptions_all(exceptions) : NULL;
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
        for (guint n = 0; all && n < all->len; n++)
                g_variant_builder_add_value(&builder, show(exceptions, g_ptr_array_index(all, n)));
        guard_call_reply(call, g_variant_new("(@aa{sv})", g_variant_builder_end(&builder)));
}

typedef struct {
        GuardExceptionAsk ask;
        char *device, *name, *reason, *user, *only;
} Asked;

/* Whose folder it goes to: the person's who asks, unless another one is named. */
static gboolean
read_import(GVariant *options, const char *who, guint32 uid, Asked *asked, GError **error)
{
        g_variant_lookup(options, "user", "s", &asked->user);
        g_variant_lookup(options, "only", "s", &asked->only);
        if (!asked->user && uid != 0 && !g_str_has_prefix(who, "uid "))
                asked->user = g_strdup(who);
        if (asked->user && *asked->user != '\0' && *asked->user != '.' && !strchr(asked->user, '/')) {
                asked->ask.import = TRUE;
                asked->ask.user = asked->user;
                asked->ask.only = asked->only;
                return TRUE;
        }
        g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_USAGE, _("Say whose the imported files are, with --user NAME"));
        return FALSE;
}

static gboolean
read_ask(GuardCall *call, const char *who, guint32 uid, Asked *asked, GError **error)
{
        g_autoptr(GVariant) options = NULL;
        gboolean read_only = FALSE, import = FALSE;
        const char *id;

        g_variant_get(call->parameters, "(&s@a{sv})", &id, &options);
        asked->ask = (GuardExceptionAsk){.seconds = DEFAULT_SECONDS, .who = who, .uid = uid};
        g_variant_lookup(options, "read_only", "b", &read_only);
        g_variant_lookup(options, "import", "b", &import);
        g_variant_lookup(options, "seconds", "u", &asked->ask.seconds);
        g_variant_lookup(options, "reason", "s", &asked->reason);
        if ((import && !read_import(options, who, uid, asked, error)) ||
            !guard_manager_exception_device(call->serve->manager, id, import, &asked->device, &asked->name, error))
                return FALSE;
        asked->ask.verdict = read_only || import ? GUARD_VERDICT_READ_ONLY : GUARD_VERDICT_ADMIT;
        asked->ask.device = asked->device;
        asked->ask.name = asked->name;
        asked->ask.reason = asked->reason;
        return TRUE;
}

static void
clear_ask(Asked *asked)
{
        g_free(asked->device);
        g_free(asked->name);
        g_free(asked->reason);
        g_free(asked->user);
        g_free(asked->only);
}

static void
allow(GuardCall *call, GuardExceptions *exceptions, const char *who, guint32 uid)
{
        const GuardException *one = NULL;
        Asked asked = {0};
        GError *error = NULL;

        if (read_ask(call, who, uid, &asked, &error))
                one = guard_exceptions_allow(exceptions, &asked.ask, &error);
        answer(call, exceptions, one, error);
        clear_ask(&asked);
}

void
guard_handle_allow_device(GuardCall *call)
{
        with_caller(call, allow);
}

static void
approve(GuardCall *call, GuardExceptions *exceptions, const char *who, guint32 uid)
{
        GError *error = NULL;
        const GuardException *one;
        const char *id;

        g_variant_get(call->parameters, "(&s@a{sv})", &id, NULL);
        one = guard_exceptions_approve(exceptions, id, who, uid, &error);
        answer(call, exceptions, one, error);
}

void
guard_handle_approve_exception(GuardCall *call)
{
        with_caller(call, approve);
}

static void
take_back(GuardCall *call, GuardExceptions *exceptions, const char *who, guint32 uid)
{
        GError *error = NULL;
        const char *id;

        (void)uid;
        g_variant_get(call->parameters, "(&s@a{sv})", &id, NULL);
        if (guard_exceptions_revoke(exceptions, id, who, &error))
                guard_call_reply(call, NULL);
        else
                guard_call_fail(call, error);
}

void
guard_handle_revoke_exception(GuardCall *call)
{
        with_caller(call, take_back);
}

static void
request(GuardCall *call, GuardExceptions *exceptions, const char *who, guint32 uid)
{
        g_autofree char *code = NULL;
        Asked asked = {0};
        GError *error = NULL;

        if (read_ask(call, who, uid, &asked, &error))
                code = guard_exceptions_request(exceptions, &asked.ask, &error);
        if (code)
                guard_call_reply(call, g_variant_new("(s)", code));
        else
                guard_call_fail(call, error);
        clear_ask(&asked);
}

void
guard_handle_request_exception(GuardCall *call)
{
        with_caller(call, request);
}

static void
enter(GuardCall *call, GuardExceptions *exceptions, const char *who, guint32 uid)
{
        GError *error = NULL;
        const GuardException *one;
        const char *code;

        (void)uid;
        g_variant_get(call->parameters, "(&s@a{sv})", &code, NULL);
        one = guard_exceptions_enter(exceptions, code, guard_manager_host(call->serve->manager), who, &error);
        answer(call, exceptions, one, error);
}

void
guard_handle_enter_code(GuardCall *call)
{
        with_caller(call, enter);
}
