/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The frame of guardctl: context, verbs, command lines, tables, JSON, exit status. A verb is one
 * file; it never calls exit() or printf(): it writes to the context's streams (tests read them) and
 * returns a GuardctlStatus.
 */
#pragma once
#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include "common/guard-error.h"
#include "common/guard-host.h"
#include "common/guard-verdict.h"

G_BEGIN_DECLS

typedef enum { /* INTERFACES: exit status */
        GUARDCTL_GO_ON = -1, /* only from guardctl_parse(): nothing to report, do the work */
        GUARDCTL_DONE = 0,
        GUARDCTL_FAILED = 1, /* the answer is no, or it failed: message on stderr */
        GUARDCTL_USAGE_ERROR = 2,
        GUARDCTL_UNREACHABLE = 3,
} GuardctlStatus;

typedef struct GuardctlContext {
        FILE *out, *err;
        gboolean json;           /* --json: one document on `out`, nothing else */
        gboolean colour;         /* `out` is a terminal and NO_COLOR is not set */
        gboolean interactive;    /* a person is there to answer polkit's question */
        const char *root;        /* "" on a real machine; a folder in tests */
        const char *bus_address; /* NULL: the system bus */
} GuardctlContext;

typedef int (*GuardctlRun)(GuardctlContext *ctx, int argc, char **argv); /* argv[0] is the verb */

typedef struct {
        const char *name;
        GuardctlRun run;
        const char *summary; /* N_(): one line for --help */
} GuardctlVerb; /* tables end with a NULL name */

extern const GuardctlVerb guardctl_verbs[];

/* The whole program but for main(): global options, verb. Returns the exit status. */
int guardctl_main(GuardctlContext *ctx, int argc, char **argv);
/* Runs argv[1] out of @verbs with argv[0] being it, for verbs with verbs of their own. @command is what stands before
 * ("media"; NULL at the top), @about one sentence. Handles --help, no verb and unknown verbs (with a suggestion). */
int guardctl_dispatch(GuardctlContext *ctx, const GuardctlVerb *verbs, const char *command, const char *about, int argc, char **argv);

/* Command line of one verb. */
typedef struct {
        const char *command;   /* "media list" */
        const char *arguments; /* "DEVICE", as shown after the options; NULL: none */
        const char *about;     /* N_(): what it does and what the exit status means, for --help */
        int min, max;          /* number of arguments; max -1: any */
} GuardctlUsage;

/* Parses options (@entries may be NULL; --json and --help are added) out of @argc/@argv, leaving argv[0] and the
 * arguments. GUARDCTL_GO_ON, or the status to return at once. */
int guardctl_parse(GuardctlContext *ctx, const GuardctlUsage *usage, const GOptionEntry *entries, int *argc, char ***argv);

/* Message on stderr ("guardctl: …"). */
void guardctl_warn(GuardctlContext *ctx, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The same, for an error that ends the verb; returns the status that the error's code stands for. @error is not freed. */
int guardctl_fail(GuardctlContext *ctx, const GError *error);
/* Wrong usage, with a pointer to --help. Returns GUARDCTL_USAGE_ERROR. */
int guardctl_usage_error(GuardctlContext *ctx, const GuardctlUsage *usage, const char *format, ...) G_GNUC_PRINTF(3, 4);
int guardctl_status_of(const GError *error);
/* An option that holds a time, as the log's; NULL leaves @time_us as it is. FALSE: wrong, and told with @usage. */
gboolean guardctl_take_time(GuardctlContext *ctx, const GuardctlUsage *usage, const char *text, gint64 *time_us);
/* A path under the context's root; caller frees. */
char *guardctl_path(GuardctlContext *ctx, const char *path);
/* host.conf over the vendor's, below @root ("" on a real machine). As guard_host_load(): never NULL, caller frees. */
GuardHost *guardctl_host(const char *root, GError **error);

/* Styles: only on a terminal. */
typedef enum { GUARDCTL_PLAIN = 0, GUARDCTL_GOOD, GUARDCTL_CAUTION, GUARDCTL_BAD, GUARDCTL_STRONG, GUARDCTL_FAINT, GUARDCTL_N_STYLES } GuardctlStyle;

GuardctlStyle guardctl_style_of_verdict(GuardVerdict verdict);
GuardctlStyle guardctl_style_of_severity(GuardSeverity severity);
/* Prints @text made safe for a terminal (guard_text_display), in @style. */
void guardctl_put(GuardctlContext *ctx, GuardctlStyle style, const char *text);
/* "Label:  value" with labels aligned to @width columns. NULL or empty values are shown as "-". */
void guardctl_field(GuardctlContext *ctx, int width, const char *label, GuardctlStyle style, const char *value);
/* Columns that @text takes on a terminal: Chinese characters take two. */
int guardctl_columns(const char *text);

/* Tables: cells are added left to right; every @columns cells make a row. Cells are made safe for a terminal. */
typedef struct GuardctlTable GuardctlTable;
GuardctlTable *guardctl_table_new(guint columns, const char *const *headers); /* headers are already translated */
void guardctl_table_cell(GuardctlTable *table, GuardctlStyle style, const char *text); /* NULL or "": "-" */
void guardctl_table_cell_format(GuardctlTable *table, GuardctlStyle style, const char *format, ...) G_GNUC_PRINTF(3, 4);
guint guardctl_table_rows(const GuardctlTable *table);
void guardctl_table_print(GuardctlContext *ctx, GuardctlTable *table);
void guardctl_table_free(GuardctlTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardctlTable, guardctl_table_free)

/* JSON: one document. @node is not freed. */
void guardctl_print_json(GuardctlContext *ctx, JsonNode *node);
/* Ends @builder's document and prints it. */
void guardctl_print_builder(GuardctlContext *ctx, JsonBuilder *builder);
/* A member that is null where @value is NULL. */
void guardctl_json_string(JsonBuilder *builder, const char *name, const char *value);

/* The verbs, one file each. */
int guardctl_status(GuardctlContext *ctx, int argc, char **argv);
int guardctl_media(GuardctlContext *ctx, int argc, char **argv);
int guardctl_registry(GuardctlContext *ctx, int argc, char **argv);
int guardctl_registry_update(GuardctlContext *ctx, int argc, char **argv);
int guardctl_policy(GuardctlContext *ctx, int argc, char **argv);
int guardctl_presence(GuardctlContext *ctx, int argc, char **argv);
int guardctl_lock(GuardctlContext *ctx, int argc, char **argv);
int guardctl_postpone(GuardctlContext *ctx, int argc, char **argv);
int guardctl_import(GuardctlContext *ctx, int argc, char **argv);
int guardctl_exception(GuardctlContext *ctx, int argc, char **argv);
int guardctl_doctor(GuardctlContext *ctx, int argc, char **argv);
int guardctl_log(GuardctlContext *ctx, int argc, char **argv);
int guardctl_station(GuardctlContext *ctx, int argc, char **argv);

G_END_DECLS
