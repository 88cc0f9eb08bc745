/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transfers/who.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

/* Beyond, those that were met first are forgotten all at once. */
#define MAX_PEOPLE 4096

struct TransfersPeople {
        char *proc;
        GHashTable *met; /* pid -> TransfersWho */
        TransfersWho nobody;
};

static void
who_free(gpointer data)
{
        TransfersWho *who = data;

        g_free(who->user);
        g_free(who->program);
        g_free(who);
}

TransfersPeople *
transfers_people_new(const char *proc)
{
        TransfersPeople *people = g_new0(TransfersPeople, 1);

        people->proc = g_strdup(proc);
        people->met = g_hash_table_new_full(NULL, NULL, NULL, who_free);
        people->nobody = (TransfersWho){(char *)"", (char *)""};
        return people;
}

void
transfers_people_free(TransfersPeople *people)
{
        g_hash_table_unref(people->met);
        g_free(people->proc);
        g_free(people);
}

/* The value of a line of /proc/PID/status; NULL: there is none. Caller frees. */
static char *
line_of(const char *status, const char *name)
{
        g_auto(GStrv) lines = g_strsplit(status, "\n", -1);

        for (guint n = 0; lines[n] != NULL; n++)
                if (g_str_has_prefix(lines[n], name) && lines[n][strlen(name)] == ':')
                        return g_strstrip(g_strdup(lines[n] + strlen(name) + 1));
        return NULL;
}

/* The person that has logged in, where there is one: also behind sudo. */
static gboolean
login_uid(const TransfersPeople *people, pid_t pid, guint64 *uid)
{
        g_autofree char *path = g_strdup_printf("%s/%d/loginuid", people->proc, (int)pid);
        g_autofree char *text = NULL;

        return g_file_get_contents(path, &text, NULL, NULL) && g_ascii_string_to_unsigned(g_strstrip(text), 10, 0, G_MAXUINT32 - 1, uid, NULL);
}

static char *
name_of(guint64 uid)
{
        const struct passwd *person = getpwuid((uid_t)uid);

        return person != NULL ? g_strdup(person->pw_name) : g_strdup_printf("uid %" G_GUINT64_FORMAT, uid);
}

static TransfersWho *
look(const TransfersPeople *people, pid_t pid)
{
        g_autofree char *path = g_strdup_printf("%s/%d/status", people->proc, (int)pid);
        g_autofree char *status = NULL, *uids = NULL;
        TransfersWho *who;
        guint64 uid;

        if (pid <= 0 || !g_file_get_contents(path, &status, NULL, NULL))
                return NULL;
        who = g_new0(TransfersWho, 1);
        who->program = line_of(status, "Name");
        uids = line_of(status, "Uid");
        if (!login_uid(people, pid, &uid))
                uid = uids != NULL ? g_ascii_strtoull(uids, NULL, 10) : G_MAXUINT32;
        who->user = name_of(uid);
        if (who->program == NULL)
                who->program = g_strdup("");
        return who;
}

void
transfers_people_meet(TransfersPeople *people, pid_t pid)
{
        TransfersWho *who = look(people, pid);

        if (who == NULL)
                return;
        if (g_hash_table_size(people->met) >= MAX_PEOPLE)
                g_hash_table_remove_all(people->met);
        g_hash_table_insert(people->met, GINT_TO_POINTER(pid), who);
}

const TransfersWho *
transfers_people_find(TransfersPeople *people, pid_t pid)
{
        const TransfersWho *who = g_hash_table_lookup(people->met, GINT_TO_POINTER(pid));

        if (who == NULL) {
                transfers_people_meet(people, pid);
                who = g_hash_table_lookup(people->met, GINT_TO_POINTER(pid));
        }
        return who != NULL ? who : &people->nobody;
}
