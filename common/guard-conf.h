/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Configuration text in GKeyFile's syntax, read strictly: GKeyFile merges duplicate groups and keys
 * without a word and has no line numbers; here both are errors with file and line. Blanks at the end of a value, which
 * nobody sees, are dropped ("\s" keeps one). Pure: text in,
 * groups out. Which groups and keys exist is the caller's knowledge.
 */
#pragma once
#include <glib.h>
#include "common/guard-error.h"

G_BEGIN_DECLS

typedef struct {
        char *key, *value; /* value: GKeyFile escapes (\s \n \t \r \\) resolved except "\;", see
                              guard_conf_list() */
        guint line;        /* from 1 */
        gboolean used;     /* set by guard_conf_take() */
} GuardConfEntry;

typedef struct {
        char *name;
        guint line;
        GPtrArray *entries; /* of GuardConfEntry, in the file's order */
} GuardConfGroup;

typedef struct {
        char *file;        /* for messages */
        GPtrArray *groups; /* of GuardConfGroup, in the file's order */
} GuardConf;

#define GUARD_CONF_MAX_SIZE (1024 * 1024)

/* Reads @text whole. Every fault is appended to @errors (of GError*, with file:line in the
 * message); the result is never NULL and holds what could be read. */
GuardConf *guard_conf_parse(const char *file, const char *text, gsize size, GPtrArray *errors);
void guard_conf_free(GuardConf *conf);
GuardConfGroup *guard_conf_group(const GuardConf *conf, const char *name); /* NULL: not there */
/* The entry of @key, marked as used; NULL: not there. */
GuardConfEntry *guard_conf_take(GuardConfGroup *group, const char *key);
/* Adds an error for each entry of @group that nobody took; @known: comma-separated keys, for the
 * message. */
void guard_conf_refuse_unused(const GuardConf *conf, const GuardConfGroup *group, const char *known,
                              GPtrArray *errors);
/* Appends "FILE:LINE: MESSAGE" to @errors; @format is an N_() string, translated here. */
void guard_conf_error(GPtrArray *errors, GuardError code, const char *file, guint line,
                      const char *format, ...) G_GNUC_PRINTF(5, 6);
/* A list value: items between ';' (or ','), blanks around them dropped, empty ones ignored.
 * NULL-terminated; caller frees. */
char **guard_conf_list(const char *value);
GPtrArray *guard_conf_errors_new(void); /* array that frees its errors */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardConf, guard_conf_free)

G_END_DECLS
