/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Puts the sentences together.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "common/device-kind.h"
#include "common/guard-text.h"
#include "notifier/text/message-table.h"
#include "notifier/text/message.h"

enum { MAX_NAME = 40, MAX_ID = 40, MAX_CONTACT = 40, MAX_DETAIL = 200 }; /* characters */

/* Popup servers take bodies for markup, whatever they say of themselves: what could be markup is replaced
 * by look-alikes, so that the same text is right for those that do and those that do not. */
static void
unmark(GString *text)
{
        static const struct {
                char mark;
                const char *instead;
        } marks[] = {{'<', "‹"}, {'>', "›"}, {'&', "＆"}};

        for (gsize i = 0; i < text->len;) {
                const char *instead = NULL;

                for (gsize m = 0; m < G_N_ELEMENTS(marks); m++)
                        if (text->str[i] == marks[m].mark)
                                instead = marks[m].instead;
                if (instead) {
                        g_string_erase(text, (gssize)i, 1);
                        g_string_insert(text, (gssize)i, instead);
                }
                i += instead ? strlen(instead) : 1;
        }
}

char *
guard_message_clean(const char *raw, gsize max)
{
        g_autofree char *shown = guard_text_display(raw, max);
        GString *text = g_string_new(shown);

        unmark(text);
        return g_string_free(text, FALSE);
}

char *
guard_message_contact(const GuardContact *contact)
{
        g_autofree char *name = guard_message_clean(contact ? contact->name : NULL, MAX_CONTACT);
        g_autofree char *phone = guard_message_clean(contact ? contact->phone : NULL, MAX_CONTACT);
        const char *who = *name ? name : _("the coordination group");

        return *phone ? g_strdup_printf(_("%s (phone %s)"), who, phone) : g_strdup(who);
}

/* "Kingston DataTraveler", without the maker twice. */
static char *
product_name(const GuardEvent *event)
{
        g_autofree char *maker = guard_message_clean(event->manufacturer, MAX_NAME);
        g_autofree char *product = guard_message_clean(event->product, MAX_NAME);

        if (*maker == '\0' || g_str_has_prefix(product, maker))
                return g_steal_pointer(&product);
        if (*product == '\0')
                return g_steal_pointer(&maker);
        return g_strdup_printf("%s %s", maker, product);
}

/* Which one: its number in the register, else what it calls itself, else nothing. */
static char *
which(const GuardEvent *event)
{
        g_autofree char *id = guard_message_clean(event->media_id, MAX_ID);
        g_autofree char *name = NULL;

        if (*id)
                return g_strdup_printf(_(" (number %s)"), id);
        name = product_name(event);
        return *name ? g_strdup_printf(_(" “%s”"), name) : g_strdup("");
}

/* "phone", "USB drive"; "drive" where guardd does not say, as one from before it could. */
static const char *
kind_word(const GuardEvent *event)
{
        GuardDeviceKind kind;

        return guard_device_kind_from_string(event->device_kind, &kind) ? guard_device_kind_label(kind) : _("drive");
}

/* Puts @with where @text has @place; frees @text. */
static char *
put(char *text, const char *place, const char *with)
{
        g_auto(GStrv) parts = g_strsplit(text, place, -1);

        g_free(text);
        return g_strjoinv(with, parts);
}

/* Puts @with where the table's sentence has its one %s. */
static char *
fill(const char *sentence, const char *with)
{
        return put(g_strdup(_(sentence)), "%s", with);
}

/* {kind}: what it is; {device}: the same, and which one; %s: only which one. */
static char *
fill_device(const char *sentence, const GuardEvent *event)
{
        const char *kind = kind_word(event);
        g_autofree char *one = which(event), *device = g_strconcat(kind, one, NULL);
        char *text = put(g_strdup(_(sentence)), "{kind}", kind);

        /* the device's own words last, and only once: they are not looked through for places */
        return strstr(text, "{device}") ? put(text, "{device}", device) : put(text, "%s", one);
}

static GuardMessage *
message_new(const char *key, const char *title)
{
        GuardMessage *message = g_new0(GuardMessage, 1);

        message->key = g_strdup(key);
        message->title = g_strdup(title);
        return message;
}

void
guard_message_free(GuardMessage *message)
{
        if (!message)
                return;
        g_free(message->key);
        g_free(message->title);
        g_free(message->body);
        g_free(message->device);
        if (message->facts)
                g_variant_unref(message->facts);
        g_free(message);
}

/* What happened in two stages (device, then disk) to one device for one cause is one message. */
static char *
event_key(const GuardEvent *event)
{
        return g_strdup_printf("%s/%s/%s", event->device ? event->device : "-", guard_verdict_to_string(event->verdict),
                               guard_reason_to_string(event->reason));
}

static gboolean
is_on_record(const GuardEvent *event)
{
        return event->reason != GUARD_REASON_RECORD_FAILED && event->verdict != GUARD_VERDICT_ADMIT;
}

static char *
imported_body(const GuardEvent *event)
{
        g_autofree char *folder = guard_message_clean(event->folder, MAX_DETAIL), *from = fill_device(N_("from the {device}"), event);
        GString *body = g_string_new(NULL);

        g_string_append_printf(body, g_dngettext(GETTEXT_PACKAGE, "%1$u file was imported %2$s. It is in %3$s.",
                                                 "%1$u files were imported %2$s. They are in %3$s.", (gulong)event->imported),
                               (guint)event->imported, from, folder);
        if (event->withheld > 0)
                g_string_append_printf(body, g_dngettext(GETTEXT_PACKAGE, " %u file was held back: the virus scanner has objected, or has not seen it.",
                                                         " %u files were held back: the virus scanner has objected, or has not seen them.",
                                                         (gulong)event->withheld),
                                       (guint)event->withheld);
        g_string_append(body, _(" It may be pulled out now."));
        return g_string_free(body, FALSE);
}

/* How an import ended; NULL: this is about none. */
static GuardMessage *
message_of_import(const GuardEvent *event, const GuardContact *contact)
{
        gboolean good = g_strcmp0(event->kind, "imported") == 0;
        g_autofree char *key = g_strdup_printf("import/%s", event->device ? event->device : "-");
        g_autofree char *who = guard_message_contact(contact), *told = NULL, *why = NULL, *device = NULL;
        GuardMessage *message;

        if (!good && g_strcmp0(event->kind, "import-failed") != 0)
                return NULL;
        message = message_new(key, good ? _("The import is done") : _("The import has failed"));
        if (good) {
                message->body = imported_body(event);
        } else {
                told = event->import_why ? guard_text_translate(event->import_why) : g_strdup("");
                why = guard_message_clean(told, MAX_DETAIL);
                device = fill_device(N_("Nothing was imported from the {device}."), event);
                message->body = g_strdup_printf(_("%1$s %2$s. If you have questions, call %3$s."), device, why, who);
        }
        message->seq = event->seq;
        message->device = g_strdup(event->device);
        return message;
}

GuardMessage *
guard_message_of_event(const GuardEvent *event, const GuardContact *contact)
{
        const GuardSentences *sentences;
        g_autofree char *key = NULL, *title = NULL, *who = NULL, *what = NULL, *todo = NULL;
        GuardMessage *message;

        if (!event->has_verdict)
                return message_of_import(event, contact);
        sentences = guard_sentences(event->verdict, event->reason);
        key = event_key(event);
        who = guard_message_contact(contact);
        title = fill_device(sentences->title, event);
        what = fill_device(sentences->what, event);
        todo = fill(sentences->todo, who);
        message = message_new(key, title);
        /* Sentences have a blank between them in English and none in Chinese. */
        if (is_on_record(event))
                message->body = g_strdup_printf(_("%1$s %2$s %3$s"), what, todo, _("This connection has been recorded."));
        else
                message->body = g_strdup_printf(_("%1$s %2$s"), what, todo);
        if (event->transfers) {
                g_autofree char *body = message->body;

                message->body = g_strdup_printf(_("%1$s %2$s"), body, _("Which files are copied to it and from it is recorded."));
        }
        message->critical = event->severity >= GUARD_SEVERITY_CRITICAL;
        message->can_eject = event->device && (event->verdict == GUARD_VERDICT_ADMIT || event->verdict == GUARD_VERDICT_READ_ONLY);
        message->can_ask = event->device && event->verdict == GUARD_VERDICT_REFUSE && guard_reason_is_of_policy(event->reason);
        message->seq = event->seq;
        message->device = g_strdup(event->device);
        return message;
}

GuardMessage *
guard_message_of_alarm(const char *key, const char *detail, GuardSeverity severity, const GuardContact *contact)
{
        const GuardAlarmSentences *sentences = guard_alarm_sentences(key);
        g_autofree char *own = g_strconcat("alarm/", key, NULL);
        g_autofree char *who = guard_message_contact(contact);
        g_autofree char *told = guard_message_clean(detail, MAX_DETAIL);
        GuardMessage *message = message_new(own, sentences ? _(sentences->title) : _("The guard needs looking after"));

        if (sentences)
                message->body = fill(sentences->body, who);
        else
                message->body = g_strdup_printf(_("Please tell %s: %s"), who, told);
        message->critical = severity >= GUARD_SEVERITY_CRITICAL;
        return message;
}

GuardMessage *
guard_message_of_missed(guint n)
{
        GuardMessage *message = message_new("missed", _("Messages while you were away"));

        message->body = g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "There is %u older message; “My history” shows it.",
                                                    "There are %u older messages; “My history” shows them.", n),
                                        n);
        return message;
}

GuardMessage *
guard_message_of_eject(const char *device, const char *error)
{
        g_autofree char *key = g_strdup_printf("eject/%s", device);
        g_autofree char *why = guard_message_clean(error, MAX_DETAIL);
        GuardMessage *message = message_new(key, error ? _("The drive is still in use") : _("The drive may be pulled out now"));

        message->body = error ? g_strdup_printf(_("Close the files and windows that use it, then try again. (%s)"), why)
                              : g_strdup(_("Everything is written out."));
        message->can_eject = error != NULL;
        message->device = g_strdup(device);
        return message;
}

GuardMessage *
guard_message_of_countdown(GuardCountdownKind kind, guint seconds)
{
        g_autofree char *title = guard_countdown_title(kind, seconds);
        GuardMessage *message = message_new(kind == GUARD_COUNTDOWN_LOCK ? "countdown/lock" : "countdown/shutdown", title);

        message->body = guard_countdown_body(kind, 0);
        message->critical = TRUE;
        return message;
}

GuardMessage *
guard_message_of_countdown_line(GuardCountdownKind kind, guint seconds)
{
        GuardMessage *message = guard_message_of_countdown(kind, seconds);

        if (kind == GUARD_COUNTDOWN_SHUTDOWN) {
                g_free(message->body);
                message->body = g_strdup(_("Working hours are over. Please save your files. If you have to work on, type: guardctl postpone "
                                           "MINUTES --reason TEXT"));
        }
        return message;
}

char *
guard_countdown_title(GuardCountdownKind kind, guint seconds)
{
        guint minutes = (seconds + 59) / 60;

        if (kind == GUARD_COUNTDOWN_LOCK)
                return g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "The computer will be locked in %u second",
                                                   "The computer will be locked in %u seconds", seconds),
                                       seconds);
        if (seconds <= 60)
                return g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "The computer will be switched off in %u second",
                                                   "The computer will be switched off in %u seconds", seconds),
                                       seconds);
        return g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "The computer will be switched off in %u minute",
                                           "The computer will be switched off in %u minutes", minutes),
                               minutes);
}

char *
guard_countdown_body(GuardCountdownKind kind, guint idle_minutes)
{
        if (kind == GUARD_COUNTDOWN_SHUTDOWN)
                return g_strdup(_("Working hours are over. Please save your files. If you have to work on, choose “Postpone” and give a "
                                  "reason."));
        if (idle_minutes == 0)
                return g_strdup(_("You seem to be away. Move the mouse or press a key if you are still here."));
        return g_strdup_printf(g_dngettext(GETTEXT_PACKAGE,
                                           "You have been away for %u minute. Move the mouse or press a key if you are still here.",
                                           "You have been away for %u minutes. Move the mouse or press a key if you are still here.",
                                           idle_minutes),
                               idle_minutes);
}
