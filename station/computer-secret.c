/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The secret that a computer and the desk share: made here, written once to a file for that
 * machine, never shown. Its name is the beginning of its digest, which tells nothing of it.
 */
#include <string.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "common/guard-hex.h"
#include "common/guard-text.h"
#include "registry/durable.h"
#include "registry/offline-code.h"
#include "station/book.h"
#include "station/computer-private.h"

#define SECRET_SIZE 32
#define NAME_LENGTH 16

gboolean
guard_computer_new_secret(GuardStation *station, const char *host_id, GError **error)
{
        guint8 secret[SECRET_SIZE];
        g_autofree char *name = NULL;
        gboolean ok;

        if (RAND_bytes(secret, sizeof secret) != 1) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED,
                            _("libcrypto has no random numbers"));
                return FALSE;
        }
        name = g_compute_checksum_for_data(G_CHECKSUM_SHA256, secret, sizeof secret);
        name[NAME_LENGTH] = '\0';
        ok = guard_book_run(station, error,
                            "UPDATE computer SET secret=?2,secret_id=?3,exported_us=0 WHERE "
                            "host_id=?1",
                            "sbs", host_id, secret, (gint64)sizeof secret, name);
        OPENSSL_cleanse(secret, sizeof secret);
        return ok;
}

/* The row with the secret of @host_id in its first column; NULL with @error. Caller finalizes. */
static sqlite3_stmt *
find_secret(GuardStation *station, const char *host_id, GError **error)
{
        sqlite3_stmt *statement = guard_book_prepare(
                station, error, "SELECT secret FROM computer WHERE host_id=?1", "s", host_id);

        if (statement == NULL)
                return NULL;
        if (sqlite3_step(statement) == SQLITE_ROW &&
            sqlite3_column_bytes(statement, 0) == SECRET_SIZE)
                return statement;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                    _("The register in %s has no secret of computer %s; renew it"), station->dir,
                    host_id);
        sqlite3_finalize(statement);
        return NULL;
}

/* The file's text; NULL with @error. Caller cleanses and frees. */
static char *
read_secret(GuardStation *station, const GuardComputer *computer, GError **error)
{
        sqlite3_stmt *statement = find_secret(station, computer->host_id, error);
        const guint8 *secret;
        GString *text;

        if (statement == NULL)
                return NULL;
        secret = sqlite3_column_blob(statement, 0);
        text = g_string_sized_new(512); /* never moved, so that no copy is left behind */
        g_string_append_printf(text,
                               "[secret]\nhost-id=%s\nsecret-id=%s\nsecret=", computer->host_id,
                               computer->secret_id);
        guard_hex_append(text, secret, SECRET_SIZE);
        g_string_append_c(text, '\n');
        sqlite3_finalize(statement);
        return g_string_free(text, FALSE);
}

/* The file first: if the book cannot say so afterwards, the file is taken away again. */
static gboolean
hand_out(GuardStation *station, const char *host_id, const char *path, const GuardAct *act,
         gboolean *written, GError **error)
{
        g_autoptr(GuardComputer) computer = guard_computer_in_use(station, host_id, error);
        g_autofree char *after = NULL;
        char *text;

        if (computer == NULL)
                return FALSE;
        if (computer->exported_us != 0) {
                g_autofree char *when = guard_time_format(computer->exported_us);

                g_set_error(error, GUARD_ERROR, GUARD_ERROR_DENIED,
                            _("The secret of computer %s was handed out at %s already; if that "
                              "file is gone, renew the secret"),
                            host_id, when);
                return FALSE;
        }
        text = read_secret(station, computer, error);
        if (text == NULL)
                return FALSE;
        *written = guard_durable_create(path, text, strlen(text), 0600, error);
        OPENSSL_cleanse(text, strlen(text));
        g_free(text);
        after = g_strdup_printf("{\"secret-id\":\"%s\"}", computer->secret_id);
        return *written &&
               guard_book_run(station, error, "UPDATE computer SET exported_us=?2 WHERE host_id=?1",
                              "si", host_id, act->now_us) &&
               guard_book_append_computer_history(station, host_id, "host-secret", NULL, after, act,
                                                  error);
}

gboolean
guard_station_export_secret(GuardStation *station, const char *host_id, const char *path,
                            const GuardAct *act, GError **error)
{
        gboolean written = FALSE, ok;

        if (!guard_book_begin(station, act, GUARD_DUTY_SECRET, error))
                return FALSE;
        ok = guard_book_end(station, hand_out(station, host_id, path, act, &written, error), error);
        if (!ok && written)
                unlink(path);
        return ok;
}

static gboolean
renew(GuardStation *station, const char *host_id, const GuardAct *act, GError **error)
{
        g_autoptr(GuardComputer) old = guard_computer_in_use(station, host_id, error);
        g_autoptr(GuardComputer) new = NULL;
        g_autofree char *before = NULL, *after = NULL;

        if (old == NULL || !guard_computer_new_secret(station, host_id, error))
                return FALSE;
        new = guard_station_get_computer(station, host_id, error);
        if (new == NULL)
                return FALSE;
        before = g_strdup_printf("{\"secret-id\":\"%s\"}",
                                 old->secret_id != NULL ? old->secret_id : "");
        after = g_strdup_printf("{\"secret-id\":\"%s\"}", new->secret_id);
        return guard_book_append_computer_history(station, host_id, "host-renew", before, after,
                                                  act, error);
}

gboolean
guard_station_renew_secret(GuardStation *station, const char *host_id, const GuardAct *act,
                           GError **error)
{
        if (!guard_book_check_reason("host renew", act, error) ||
            !guard_book_begin(station, act, GUARD_DUTY_SECRET, error))
                return FALSE;
        return guard_book_end(station, renew(station, host_id, act, error), error);
}

static gboolean
answer(GuardStation *station, const char *host_id, const GuardOfflineRequest *request,
       const GuardAct *act, GuardAnswer *out, GError **error)
{
        g_autoptr(GuardComputer) computer = guard_computer_in_use(station, host_id, error);
        sqlite3_stmt *statement = computer != NULL ? find_secret(station, host_id, error) : NULL;
        g_autofree char *after = NULL, *code = NULL;

        if (statement == NULL)
                return FALSE;
        code = guard_offline_answer(request, host_id, sqlite3_column_blob(statement, 0),
                                    SECRET_SIZE, error);
        sqlite3_finalize(statement);
        if (code == NULL)
                return FALSE;
        out->read_only = request->read_only;
        out->seconds = guard_offline_seconds(request->life);
        /* not the answer itself: who reads the history later has no use for it */
        after = g_strdup_printf("{\"direction\":\"%s\",\"seconds\":%u}",
                                out->read_only ? "read-only" : "read-write", out->seconds);
        if (!guard_book_append_computer_history(station, host_id, "host-answer", NULL, after, act,
                                                error))
                return FALSE;
        out->code = g_steal_pointer(&code);
        return TRUE;
}

gboolean
guard_station_answer(GuardStation *station, const char *host_id, const char *code,
                     const GuardAct *act, GuardAnswer *out, GError **error)
{
        GuardOfflineRequest request;

        if (!guard_offline_request_from_code(code, &request, error) ||
            !guard_book_check_reason("answer", act, error) ||
            !guard_book_begin(station, act, GUARD_DUTY_SECRET, error))
                return FALSE;
        if (guard_book_end(station, answer(station, host_id, &request, act, out, error), error))
                return TRUE;
        g_clear_pointer(&out->code, g_free);
        return FALSE;
}
