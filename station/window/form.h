/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A dialog out of a table: a line for each field, a problem that is told inside it, a job at its
 * end. For dialogs that only ask and write.
 */
#pragma once
#include "station/window/window.h"

G_BEGIN_DECLS

typedef enum {
        GUARD_FORM_TEXT = 0,
        GUARD_FORM_LEVEL, /* one of the four levels */
        GUARD_FORM_CHOICE,
        GUARD_FORM_CHECK,
        GUARD_FORM_NEW_FILE, /* a path, with a button that asks for one */
} GuardFormKind;

typedef struct {
        const char *label; /* with its mnemonic, to be translated */
        GuardFormKind kind;
        const char *hint;           /* how it is written, to be translated; NULL: plain */
        const char *const *choices; /* to be translated, NULL-terminated; the first is chosen */
} GuardFormField;

typedef struct GuardForm GuardForm;

typedef struct {
        const char *title, *ok, *busy; /* to be translated */
        const GuardFormField *fields;
        guint n_fields;
        gboolean destructive; /* the button that does it is red */
        /* The fields as the job's input; NULL: @error says what is wrong with which field. */
        gpointer (*collect)(GuardForm *form, GError **error);
        GuardDeskWork work;
        GDestroyNotify free_input, free_result;
        /* After the job, before the dialog ends; may be NULL. */
        void (*done)(GuardForm *form, gpointer result);
} GuardFormSpec;

/* Shows it over @window. @spec is kept; @data is freed with @free_data at its end. */
GuardForm *guard_form_show(GuardWindow *window, const GuardFormSpec *spec, const char *about,
                           gpointer data, GDestroyNotify free_data);
gpointer guard_form_data(GuardForm *form);
GuardWindow *guard_form_owner(GuardForm *form);
/* NULL where nothing is written. Caller frees. */
char *guard_form_text(GuardForm *form, guint field);
void guard_form_set_text(GuardForm *form, guint field, const char *text); /* NULL: empty */
void guard_form_fix(GuardForm *form, guint field); /* it is only shown */
guint guard_form_choice(GuardForm *form, guint field); /* of a check: 0 or 1 */
void guard_form_set_choice(GuardForm *form, guint field, guint choice);
GuardLevel guard_form_level(GuardForm *form, guint field);
void guard_form_set_level(GuardForm *form, guint field, GuardLevel level);
/* The words of a list that people write with any comma; NULL for none. g_strfreev(). */
char **guard_form_list(GuardForm *form, guint field);
void guard_form_set_list(GuardForm *form, guint field, char *const *list);

G_END_DECLS
