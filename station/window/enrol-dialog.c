/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A drive that is plugged in, or typed in. What guardd says of it fills the form; the book is asked
 * at once whether it knows such a drive.
 */
#include <stdlib.h>
#include <string.h>
#include <glib/gi18n-lib.h>

#include "station/window/media-watch.h"
#include "station/window/window.h"
#include "station/window/words.h"

enum { MEDIA_ID, NAME, MODEL, CUSTODIAN, DEPARTMENT, UNIT, IN_USE_DATE, USB, SERIAL, NOTE, N_ENTRIES };
static const char *const entry_ids[N_ENTRIES] = {"media-id",    "name", "model",  "custodian", "department", "unit",
                                                 "in-use-date", "usb",  "serial", "note"};

typedef struct {
        GuardWindow *owner;
        GtkWindow *dialog;
        GtkWidget *ok;
        GtkDropDown *device, *level;
        GtkLabel *warning, *problem;
        GtkCheckButton *shared;
        GtkEditable *entries[N_ENTRIES];
        const GPtrArray *facts; /* of GuardFacts, the watch's; NULL: guardd was not asked yet */
        GuardMediaWatch *watch;
        char *device_shown; /* the form was filled in from this one */
        char *unreachable; /* why guardd does not answer; NULL: it does */
        gboolean filling;
} Dialog;

typedef struct {
        GuardDrive *drive;
        gboolean shared;
} Input;

static void
say(GtkLabel *label, const char *text) /* NULL: nothing */
{
        gtk_label_set_text(label, text != NULL ? text : "");
        gtk_widget_set_visible(GTK_WIDGET(label), text != NULL);
}

static const GuardFacts *
chosen(Dialog *dialog)
{
        guint selected = gtk_drop_down_get_selected(dialog->device);

        return dialog->facts != NULL && selected > 0 && selected <= dialog->facts->len
                       ? g_ptr_array_index(dialog->facts, selected - 1)
                       : NULL;
}

/* "0951:1666" */
static gboolean
parse_usb(const char *text, guint16 *vendor, guint16 *product)
{
        if (text == NULL || strlen(text) != 9 || text[4] != ':' || strspn(text, "0123456789abcdefABCDEF") != 4 ||
            strspn(text + 5, "0123456789abcdefABCDEF") != 4)
                return FALSE;
        *vendor = (guint16)strtoul(text, NULL, 16);
        *product = (guint16)strtoul(text + 5, NULL, 16);
        return TRUE;
}

static gboolean
take_identity(Dialog *dialog, GuardDrive *drive, GError **error)
{
        g_autofree char *usb = guard_widgets_text(dialog->entries[USB]);
        g_autofree char *serial = guard_widgets_text(dialog->entries[SERIAL]);
        const GuardFacts *facts = chosen(dialog);
        guint16 vendor = 0, product = 0;

        if (usb != NULL && !parse_usb(usb, &vendor, &product)) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("'%s' is no USB vendor and product; write it as 0951:1666, as lsusb shows it"), usb);
                return FALSE;
        }
        if (serial != NULL && usb != NULL)
                guard_drive_add_usb(drive, vendor, product, serial);
        else if (serial != NULL)
                guard_drive_add_id(drive, GUARD_ID_SERIAL, serial);
        for (guint i = 0; facts != NULL && i < facts->drive->ids->len; i++) {
                const GuardDriveId *id = g_ptr_array_index(facts->drive->ids, i);

                if (id->type == GUARD_ID_FS_UUID || id->type == GUARD_ID_PT_UUID)
                        guard_drive_add_id(drive, id->type, id->value);
        }
        if (facts != NULL)
                drive->capacity = facts->drive->capacity;
        return TRUE;
}

static GuardDrive *
make_drive(Dialog *dialog, GError **error)
{
        g_autoptr(GuardDrive) drive = guard_drive_new();
        char **texts[N_ENTRIES] = {&drive->media_id,   &drive->name, &drive->model,       &drive->custodian,
                                   &drive->department, &drive->unit, &drive->in_use_date, NULL,
                                   NULL,               &drive->note};

        for (guint i = 0; i < N_ENTRIES; i++) {
                if (texts[i] != NULL)
                        *texts[i] = guard_widgets_text(dialog->entries[i]);
        }
        drive->level = guard_widgets_level(dialog->level);
        return take_identity(dialog, drive, error) ? g_steal_pointer(&drive) : NULL;
}

/* What should be known before the button is pressed. */
static void
update(Dialog *dialog)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardDrive) drive = NULL;
        g_autoptr(GPtrArray) same = NULL;
        g_autofree char *warning = NULL, *id = guard_widgets_text(dialog->entries[MEDIA_ID]);

        if (dialog->filling)
                return;
        gtk_widget_set_sensitive(dialog->ok, id != NULL);
        drive = make_drive(dialog, &error);
        if (drive != NULL && (id != NULL || drive->ids->len > 0)) {
                same = guard_station_find_same(guard_desk_station(dialog->owner->desk), drive, NULL);
                warning = guard_words_warning(drive, same);
        }
        say(dialog->warning, warning != NULL ? warning : error != NULL ? error->message : dialog->unreachable);
}

static void
on_device(Dialog *dialog)
{
        const GuardFacts *facts = chosen(dialog);
        g_autofree char *usb = NULL;

        if (dialog->filling)
                return;
        if (facts == NULL || g_strcmp0(facts->device, dialog->device_shown) == 0) {
                update(dialog);
                return;
        }
        g_free(dialog->device_shown);
        dialog->device_shown = g_strdup(facts->device);
        if (facts->vendor != NULL && facts->product != NULL)
                usb = g_strdup_printf("%s:%s", facts->vendor, facts->product);
        dialog->filling = TRUE;
        gtk_editable_set_text(dialog->entries[MODEL], facts->drive->model != NULL ? facts->drive->model : "");
        gtk_editable_set_text(dialog->entries[USB], usb != NULL ? usb : "");
        gtk_editable_set_text(dialog->entries[SERIAL], facts->serial != NULL ? facts->serial : "");
        dialog->filling = FALSE;
        update(dialog);
}

/* What was chosen stays so when something else is plugged in or out. */
static guint
same_device(Dialog *dialog)
{
        for (guint i = 0; dialog->device_shown != NULL && i < dialog->facts->len; i++) {
                if (g_str_equal(((GuardFacts *)g_ptr_array_index(dialog->facts, i))->device, dialog->device_shown))
                        return i + 1;
        }
        return 0;
}

static void
on_media(const GPtrArray *facts, const char *unreachable, gpointer data)
{
        Dialog *dialog = data;
        g_autoptr(GtkStringList) list = gtk_string_list_new(NULL);
        guint selected;

        dialog->facts = facts;
        g_free(dialog->unreachable);
        dialog->unreachable = g_strdup(unreachable);
        gtk_string_list_append(list, facts->len > 0 ? _("Typed in by hand") : _("No drive is plugged in"));
        for (guint i = 0; i < facts->len; i++)
                gtk_string_list_append(list, ((GuardFacts *)g_ptr_array_index(facts, i))->label);
        selected = same_device(dialog);
        if (selected == 0 && facts->len == 1)
                selected = 1;
        dialog->filling = TRUE;
        gtk_drop_down_set_model(dialog->device, G_LIST_MODEL(list));
        gtk_drop_down_set_selected(dialog->device, selected);
        dialog->filling = FALSE;
        on_device(dialog);
}

static void
on_refresh(Dialog *dialog)
{
        guard_media_watch_look(dialog->watch);
}

static void
input_free(gpointer data)
{
        Input *input = data;

        guard_drive_free(input->drive);
        g_free(input);
}

static gpointer
enrol(GuardStation *station, gpointer data, GuardProgress progress, gpointer progress_data, GError **error)
{
        Input *input = data;
        GuardAct act = guard_desk_act(NULL);

        (void)progress;
        (void)progress_data;
        return guard_station_enrol(station, input->drive, input->shared, &act, NULL, error)
                       ? g_strdup(input->drive->media_id)
                       : NULL;
}

static void
on_enrolled(GObject *source, GAsyncResult *result, gpointer data)
{
        Dialog *dialog = data;
        g_autoptr(GError) error = NULL;
        g_autofree char *media_id = guard_desk_finish(result, &error);

        guard_widgets_leave(dialog->dialog);
        if (media_id == NULL) {
                say(dialog->problem, error->message);
                return;
        }
        guard_window_show_drive(GUARD_WINDOW(source), media_id);
        guard_window_changed(GUARD_WINDOW(source));
        gtk_window_destroy(dialog->dialog);
}

static void
on_ok(Dialog *dialog)
{
        g_autoptr(GError) error = NULL;
        Input *input = g_new0(Input, 1);

        input->shared = gtk_check_button_get_active(dialog->shared);
        input->drive = make_drive(dialog, &error);
        if (input->drive == NULL) {
                say(dialog->problem, error->message);
                g_free(input);
                return;
        }
        guard_widgets_enter(dialog->dialog);
        guard_desk_run(dialog->owner->desk, _("Writing …"), enrol, input, input_free, g_free, dialog->owner, on_enrolled,
                       dialog);
}

static void
dialog_free(gpointer data)
{
        Dialog *dialog = data;

        guard_media_watch_free(dialog->watch);
        g_free(dialog->device_shown);
        g_free(dialog->unreachable);
        g_free(dialog);
}

void
guard_enrol_dialog_show(GuardWindow *window)
{
        g_autoptr(GtkBuilder) builder = guard_widgets_build("enrol-dialog", window);
        Dialog *dialog = g_new0(Dialog, 1);

        *dialog = (Dialog){.owner = window,
                           .dialog = GTK_WINDOW(gtk_builder_get_object(builder, "dialog")),
                           .ok = GTK_WIDGET(gtk_builder_get_object(builder, "ok")),
                           .device = GTK_DROP_DOWN(gtk_builder_get_object(builder, "device")),
                           .level = GTK_DROP_DOWN(gtk_builder_get_object(builder, "level")),
                           .warning = GTK_LABEL(gtk_builder_get_object(builder, "warning")),
                           .problem = GTK_LABEL(gtk_builder_get_object(builder, "problem")),
                           .shared = GTK_CHECK_BUTTON(gtk_builder_get_object(builder, "shared"))};
        guard_widgets_fill_levels(dialog->level);
        for (guint i = 0; i < N_ENTRIES; i++) {
                dialog->entries[i] = GTK_EDITABLE(gtk_builder_get_object(builder, entry_ids[i]));
                g_signal_connect_swapped(dialog->entries[i], "changed", G_CALLBACK(update), dialog);
        }
        g_signal_connect_swapped(dialog->device, "notify::selected", G_CALLBACK(on_device), dialog);
        g_signal_connect_swapped(gtk_builder_get_object(builder, "refresh"), "clicked", G_CALLBACK(on_refresh), dialog);
        g_signal_connect_swapped(dialog->ok, "clicked", G_CALLBACK(on_ok), dialog);
        g_object_set_data_full(G_OBJECT(dialog->dialog), "dialog", dialog, dialog_free);
        dialog->watch = guard_media_watch_new(on_media, dialog);
        update(dialog);
        gtk_window_present(dialog->dialog);
        gtk_widget_grab_focus(GTK_WIDGET(dialog->entries[MEDIA_ID]));
}
