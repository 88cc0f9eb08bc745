/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Drives in the reader's words. What is in the book stays as it is written there.
 */
#include "station/window/words.h"

#include <inttypes.h>
#include <string.h>
#include <glib/gi18n-lib.h>

static const char *const titles[GUARD_N_SORTS] = {
        [GUARD_SORT_MEDIA_ID] = N_("Number"),       [GUARD_SORT_NAME] = N_("Name"),
        [GUARD_SORT_MODEL] = N_("Model"),           [GUARD_SORT_LEVEL] = N_("Level"),
        [GUARD_SORT_STATUS] = N_("Status"),         [GUARD_SORT_HOLDER] = N_("Holder"),
        [GUARD_SORT_CUSTODIAN] = N_("Custodian"),   [GUARD_SORT_DEPARTMENT] = N_("Department"),
        [GUARD_SORT_UNIT] = N_("Unit"),             [GUARD_SORT_IN_USE_DATE] = N_("In use since"),
        [GUARD_SORT_DUE_DATE] = N_("Due back"),     [GUARD_SORT_SEEN] = N_("Last seen"),
        [GUARD_SORT_ENROLLED] = N_("Enrolled"),
};

const char *
guard_words_title(GuardSort column)
{
        return _(titles[column]);
}

char *
guard_words_time(gint64 time_us)
{
        g_autoptr(GDateTime) time = NULL;

        if (time_us == 0)
                return g_strdup("");
        time = g_date_time_new_from_unix_local(time_us / G_USEC_PER_SEC);
        return time != NULL ? g_date_time_format(time, "%Y-%m-%d %H:%M") : g_strdup("");
}

static const char *
text_of(GuardSort column, const GuardDrive *drive)
{
        switch (column) {
        case GUARD_SORT_MEDIA_ID: return drive->media_id;
        case GUARD_SORT_NAME: return drive->name;
        case GUARD_SORT_MODEL: return drive->model;
        case GUARD_SORT_LEVEL: return guard_level_label(drive->level);
        case GUARD_SORT_STATUS: return guard_status_label(drive->status);
        case GUARD_SORT_HOLDER: return drive->holder;
        case GUARD_SORT_CUSTODIAN: return drive->custodian;
        case GUARD_SORT_DEPARTMENT: return drive->department;
        case GUARD_SORT_UNIT: return drive->unit;
        case GUARD_SORT_IN_USE_DATE: return drive->in_use_date;
        case GUARD_SORT_DUE_DATE: return drive->due_date;
        default: return NULL;
        }
}

char *
guard_words_cell(GuardSort column, const GuardDrive *drive)
{
        const char *text;

        if (column == GUARD_SORT_SEEN)
                return guard_words_time(drive->seen_us);
        if (column == GUARD_SORT_ENROLLED)
                return guard_words_time(drive->enrolled_us);
        text = text_of(column, drive);
        return g_strdup(text != NULL ? text : "");
}

char *
guard_words_size(guint64 bytes)
{
        return bytes != 0 ? g_format_size(bytes) : g_strdup("");
}

char *
guard_words_identifiers(const GuardDrive *drive)
{
        GString *all = g_string_new(NULL);

        for (guint i = 0; i < drive->ids->len; i++) {
                const GuardDriveId *id = g_ptr_array_index(drive->ids, i);

                g_string_append_printf(all, "%s%s %s%s", i > 0 ? "\n" : "",
                                       guard_history_member_label(guard_id_type_to_string(id->type)), id->value,
                                       id->weak ? _(" (shared with other drives)") : "");
        }
        return g_string_free(all, FALSE);
}

static void
add_detail(GPtrArray *all, const char *label, char *value) /* takes @value */
{
        if (value == NULL || *value == '\0') {
                g_free(value);
                return;
        }
        g_ptr_array_add(all, g_strdup(label));
        g_ptr_array_add(all, value);
}

static char *
join(char **list)
{
        return list != NULL ? g_strjoinv(", ", list) : NULL;
}

char **
guard_words_details(const GuardDrive *drive)
{
        GPtrArray *all = g_ptr_array_new();
        g_autofree char *seen = guard_words_time(drive->seen_us);

        for (guint i = 0; i < GUARD_N_SORTS; i++) {
                if (i != GUARD_SORT_SEEN)
                        add_detail(all, guard_words_title(i), guard_words_cell(i, drive));
        }
        add_detail(all, _("Capacity"), guard_words_size(drive->capacity));
        add_detail(all, _("Recognised by"), guard_words_identifiers(drive));
        add_detail(all, _("Only on computers"), join(drive->hosts));
        add_detail(all, _("Only in units"), join(drive->units));
        add_detail(all, _("Only for accounts"), join(drive->users));
        if (drive->seen_us != 0)
                add_detail(all, guard_words_title(GUARD_SORT_SEEN),
                           g_strjoin(" ", seen, drive->seen_host != NULL ? drive->seen_host : "",
                                     drive->seen_user, NULL));
        add_detail(all, _("Note"), g_strdup(drive->note));
        g_ptr_array_add(all, NULL);
        return (char **)g_ptr_array_free(all, FALSE);
}

char *
guard_words_fault(const GuardRowFault *fault)
{
        if (fault->column == NULL)
                return g_strdup_printf(_("Row %" PRIu64 ": %s"), fault->row, fault->reason);
        if (fault->value == NULL)
                return g_strdup_printf(_("Row %" PRIu64 ", %s: %s"), fault->row, fault->column,
                                       fault->reason);
        return g_strdup_printf(_("Row %" PRIu64 ", %s '%s': %s"), fault->row, fault->column,
                               fault->value, fault->reason);
}

char *
guard_words_import(const GuardImportInfo *info)
{
        if (info->bad == 0)
                return g_strdup_printf(_("%" PRIu64 " drives can be entered; no row is bad. "
                                         "Nothing is entered yet."),
                                       info->good);
        return g_strdup_printf(_("%" PRIu64 " drives can be entered; %" PRIu64
                                 " rows are bad. Nothing is entered yet."),
                               info->good, info->bad);
}

char *
guard_words_pending(const GuardPending *pending)
{
        g_autofree char *issued = guard_words_time(pending->issued_us);

        if (pending->sequence == 0)
                return g_strdup_printf(_("No snapshot was published yet. The first one will hold "
                                         "%" PRIu64 " drives."),
                                       pending->entries);
        if (pending->added + pending->removed + pending->changed == 0)
                return g_strdup_printf(_("Nothing changed since snapshot %" PRIu64 " of %s. A new "
                                         "one only lasts longer."),
                                       pending->sequence, issued);
        return g_strdup_printf(_("Since snapshot %" PRIu64 " of %s: %" PRIu64
                                 " drives entered, %" PRIu64 " out of use, %" PRIu64
                                 " changed."),
                               pending->sequence, issued, pending->added, pending->removed, pending->changed);
}

char *
guard_words_stocktake(const GuardStocktake *state)
{
        g_autofree char *begun = guard_words_time(state->begun_us), *ended = guard_words_time(state->ended_us);

        if (state->number == 0)
                return g_strdup(_("There was no stock-take yet."));
        if (state->open)
                return g_strdup_printf(_("Stock-take %" PRIu64 ", begun %s: of %" PRIu64 " drives %" PRIu64
                                         " are ticked off, %" PRIu64 " are missing; %" PRIu64
                                         " were not expected."),
                                       state->number, begun, state->expected, state->ticked, state->missing,
                                       state->extra);
        return g_strdup_printf(_("Stock-take %" PRIu64 " ended %s: of %" PRIu64 " drives %" PRIu64
                                 " were ticked off, %" PRIu64 " were missing; %" PRIu64 " were not expected."),
                               state->number, ended, state->expected, state->ticked, state->missing, state->extra);
}

static char *
one_line(const char *text)
{
        return g_strdelimit(g_strdup(text != NULL ? text : ""), "\t\n", ' ');
}

char *
guard_words_keep_record(const GuardHistory *record)
{
        g_autofree char *time = guard_words_time(record->time_us), *who = one_line(record->who),
                        *reason = one_line(record->reason), *described = guard_history_describe(record),
                        *change = one_line(described);

        return g_strjoin("\t", time, guard_history_action_label(record->action), who, change, reason, NULL);
}

char *
guard_words_record(const char *kept)
{
        g_auto(GStrv) parts = g_strsplit(kept, "\t", 5);
        GString *text;

        if (g_strv_length(parts) < 5) /* a sentence in place of a history */
                return g_strdup(kept);
        text = g_string_new(parts[0]);
        g_string_append_printf(text, "  %s  %s", parts[1], parts[2]);
        if (*parts[3] != '\0')
                g_string_append_printf(text, "\n%s", parts[3]);
        if (*parts[4] != '\0') {
                g_string_append_c(text, '\n');
                g_string_append_printf(text, _("Reason: %s"), parts[4]);
        }
        return g_string_free(text, FALSE);
}

char **
guard_words_list(const char *text)
{
        static const char *const commas[] = {"，", "、", "；", ";", "\n"};
        g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GString) all = g_string_new(text);
        g_auto(GStrv) parts = NULL;

        for (gsize i = 0; i < G_N_ELEMENTS(commas); i++)
                g_string_replace(all, commas[i], ",", 0);
        parts = g_strsplit(all->str, ",", -1);
        for (guint i = 0; parts[i] != NULL; i++) {
                if (*g_strstrip(parts[i]) != '\0')
                        g_ptr_array_add(words, g_strdup(parts[i]));
        }
        if (words->len == 0)
                return NULL;
        g_ptr_array_add(words, NULL);
        g_ptr_array_set_free_func(words, NULL);
        return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

char *
guard_words_warning(const GuardDrive *drive, const GPtrArray *same)
{
        gboolean serial = FALSE;
        g_autofree char *list = NULL;
        GString *names;

        if (same != NULL && same->len > 0) {
                names = g_string_new(NULL);
                for (guint i = 0; i < same->len && i < 5; i++)
                        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "",
                                               (const char *)g_ptr_array_index(same, i));
                if (same->len > 5)
                        g_string_append(names, " …");
                list = g_string_free(names, FALSE);
                return g_strdup_printf(_("The register already has a drive that looks the same: "
                                         "%s. If this is the same stick, do not enter it again; if "
                                         "these are two sticks with one serial number, tick "
                                         "\"shared serial number\"."),
                                       list);
        }
        for (guint i = 0; i < drive->ids->len; i++) {
                const GuardDriveId *id = g_ptr_array_index(drive->ids, i);

                serial = serial || id->type == GUARD_ID_USB || id->type == GUARD_ID_SERIAL ||
                         id->type == GUARD_ID_CID;
        }
        if (!serial)
                return g_strdup(_("This drive has no serial number. It is recognised by its "
                                  "content only, and no more after it is formatted."));
        return NULL;
}
