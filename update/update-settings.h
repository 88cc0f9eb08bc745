/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where new registries come from: update.conf over the vendor default. Unknown keys, duplicates and
 * values that cannot be are errors with file and line; after any error nothing is fetched.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* What the desk's file is called in a directory, and below an address that ends in a slash. */
#define GUARD_UPDATE_FILE "registry.snapshot"

typedef enum {
        GUARD_UPDATE_NOWHERE = 0, /* nothing is configured */
        GUARD_UPDATE_WEB,         /* https, or http where that is allowed */
        GUARD_UPDATE_FOLDER,      /* an absolute path: a folder, or the file itself */
} GuardUpdateKind;

typedef struct {
        GuardUpdateKind kind;
        char *from;      /* as written; NULL: nothing is configured */
        char *from_file; /* which file said so, and in which line, for messages */
        guint from_line;
        gboolean allow_http; /* also where the server is not this machine */
        char *proxy;         /* NULL: none, whatever the environment says */
        char *ca, *client_certificate, *client_key; /* PEM; NULL: the system's; none */
        guint64 max_size;                           /* bytes */
        guint connect_seconds;                      /* until the server has answered the call */
        guint stall_seconds;                        /* below GUARD_UPDATE_SLOWEST for so long: given up */
        guint total_seconds;                        /* of one run; the next one goes on */
        char *source;                               /* the files read, for messages; NULL: none */
} GuardUpdateSettings;

/* Bytes a second. */
#define GUARD_UPDATE_SLOWEST 128

GuardUpdateSettings *guard_update_settings_new(void); /* the built-in values, nothing configured */
void guard_update_settings_free(GuardUpdateSettings *settings);
/* One text on top of what @settings has; faults are appended to @errors (of GError*). Pure. */
void guard_update_settings_apply(GuardUpdateSettings *settings, const char *file, const char *text,
                                 gsize size, GPtrArray *errors);
/* What no line alone can say: an address without https. Pure. */
void guard_update_settings_check(const GuardUpdateSettings *settings, GPtrArray *errors);
/* Another source, as by --from; GUARD_ERROR_USAGE where it is neither an address nor a path. */
gboolean guard_update_settings_set_from(GuardUpdateSettings *settings, const char *from,
                                        GError **error);
/* Reads @vendor, then @etc on top; either may be missing. Always returns settings; faults are appended
 * to @errors. */
GuardUpdateSettings *guard_update_settings_load(const char *vendor, const char *etc,
                                                GPtrArray *errors);
/* The address to ask: @from, with the file's name where it ends in a slash. Caller frees. */
char *guard_update_settings_address(const GuardUpdateSettings *settings);

/* "https" or "http", a host, no user, no fragment; FALSE and why (static, N_()) else. Pure. */
gboolean guard_update_address_is_good(const char *address, gboolean allow_http, const char **why);
/* Is that address on this machine? Pure. */
gboolean guard_update_address_is_loopback(const char *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardUpdateSettings, guard_update_settings_free)

G_END_DECLS
