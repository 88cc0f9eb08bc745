/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The owner of exceptions: gives them the policy, writes their records, has devices judged again. And
 * what an exception is asked for: a device that is plugged in, whose refusal is the policy's own.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "common/guard-error.h"
#include "common/guard-text.h"
#include "guardd/manager-private.h"
#include "guardd/record/details.h"
#include "ledger/kinds.h"

static const GuardExceptionSettings *
settings(gpointer data)
{
        GuardManager *manager = data;

        return guard_policy_exceptions(guard_config_policy(manager->config), guard_config_host(manager->config)->level);
}

static char *
details(const GuardException *exception)
{
        g_autoptr(JsonBuilder) json = json_builder_new();
        const struct {
                const char *key, *value;
        } texts[] = {
                {"exception", exception->id},
                {"device", exception->device},
                {"direction", guard_exception_direction(exception)},
                {"user", exception->user},
                {"only", exception->only},
                {"asked_by", exception->asked_by},
                {"approved_by", exception->approved_by},
                {"reason", exception->reason},
        };

        json_builder_begin_object(json);
        for (gsize n = 0; n < G_N_ELEMENTS(texts); n++) {
                g_autofree char *text = texts[n].value ? guard_text_display(texts[n].value, 512) : NULL;

                guard_details_add_string(json, texts[n].key, text);
        }
        guard_details_add_number(json, "seconds", exception->seconds);
        guard_details_add_flag(json, "by_code", exception->offline);
        return guard_details_end(json);
}

static void
note(const char *event, const GuardException *exception, const char *who, const char *message, gpointer data)
{
        GuardManager *manager = data;
        gboolean wrong = strcmp(event, GUARD_KIND_EXCEPTION_REFUSED) == 0;
        GuardRecord *record = guard_manager_record_now(manager, event, wrong ? GUARD_SEVERITY_WARNING : GUARD_SEVERITY_NOTICE);

        record->message = g_strdup(message);
        record->user = g_strdup(who);
        if (exception) {
                record->product = g_strdup(exception->name ? exception->name : exception->device);
                record->details = details(exception);
        }
        guard_recorder_write(manager->recorder, record, NULL, NULL);
}

static void
changed(gpointer data)
{
        GuardManager *manager = data;

        if (manager->started)
                guard_manager_reevaluate(manager, GUARD_DEPENDS_POLICY);
}

void
guard_manager_start_exceptions(GuardManager *manager, gint64 known_us)
{
        static const GuardExceptionsOwner owner = {note, changed, settings};
        const GuardExceptionsConfig config = {manager->paths->exceptions, manager->paths->host_secret, known_us, NULL};

        manager->exceptions = guard_exceptions_new(&config, &owner, manager);
}

GuardExceptions *
guard_manager_exceptions(GuardManager *manager)
{
        return manager->exceptions;
}

gboolean
guard_manager_exception_device(GuardManager *manager, const char *id, gboolean import, char **device, char **name, GError **error)
{
        const GuardDevice *found = guard_manager_find(manager, id);
        const GuardDecision *worst = found ? guard_device_worst(found) : NULL;
        const GuardUsbFacts *usb = found ? found->medium->usb : NULL;
        g_autofree char *said = NULL;

        if (!found)
                said = guard_text_pack(N_("There is no medium '%s' here; 'guardctl media list' shows what is plugged in"), id, NULL);
        else if (import && !guard_exception_may_import(found->medium))
                said = guard_text_pack(N_("Nothing can be imported from '%s': it is no drive, or something else besides"), id, NULL);
        else if (worst && !guard_reason_is_of_policy(worst->reason) && !(import && worst->reason == GUARD_REASON_CROSS_USE))
                said = guard_text_pack(N_("No exception can be made for this device: %s"), guard_reason_describe(worst->reason), NULL);
        else if ((*device = guard_exception_device(found->medium)) == NULL)
                said = guard_text_pack(N_("No exception can be made for '%s': it has nothing that tells it from others"), id, NULL);
        if (said) {
                g_set_error_literal(error, GUARD_ERROR, found ? GUARD_ERROR_DENIED : GUARD_ERROR_NOT_FOUND, said);
                return FALSE;
        }
        *name = usb && (usb->manufacturer || usb->product)
                        ? g_strdup_printf("%s%s%s", usb->manufacturer ? usb->manufacturer : "",
                                          usb->manufacturer && usb->product ? " " : "", usb->product ? usb->product : "")
                        : NULL;
        return TRUE;
}
