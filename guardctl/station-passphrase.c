/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The key that station verbs sign with. Passphrases and PINs come from a file, from a descriptor, or from the person at the terminal, without an
 * echo; never from the command line, which everybody on the machine can read.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <openssl/ui.h>

#include "common/guard-names.h"
#include "guardctl/station.h"

#define BUFFER (GUARD_PASSPHRASE_MAX + 2)

/* The first line; FALSE with errno. */
static gboolean
read_line(int fd, char buffer[BUFFER])
{
        gsize size = 0;
        ssize_t n;

        while (size < BUFFER - 1 && memchr(buffer, '\n', size) == NULL) {
                n = read(fd, buffer + size, BUFFER - 1 - size);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return FALSE;
                if (n == 0)
                        break;
                size += (gsize)n;
        }
        buffer[size] = '\0';
        buffer[strcspn(buffer, "\r\n")] = '\0';
        return TRUE;
}

/* @name is for messages. */
static char *
take_line(int fd, const char *name, GError **error)
{
        char buffer[BUFFER] = "";
        char *text = NULL;

        if (!read_line(fd, buffer))
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("Cannot read the passphrase from %s: %s"), name, g_strerror(errno));
        else if (*buffer == '\0')
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE, _("%s has no passphrase in its first line"), name);
        else
                text = g_strdup(buffer);
        OPENSSL_cleanse(buffer, sizeof buffer);
        return text;
}

static char *
from_file(const StationPassphrase *p, GError **error)
{
        int fd = open(p->file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        struct stat st;
        char *text;

        if (fd < 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("Cannot read the passphrase from %s: %s"), p->file, g_strerror(errno));
                return NULL;
        }
        if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0007) != 0)
                guardctl_warn(p->ctx, _("%s can be read by everybody on this machine: chmod 600 it"), p->file);
        text = take_line(fd, p->file, error);
        close(fd);
        return text;
}

static char *
from_descriptor(const StationPassphrase *p, GError **error)
{
        g_autofree char *name = g_strdup_printf(_("descriptor %d"), p->fd);

        return take_line(p->fd, name, error);
}

/* libcrypto's console puts the echo back also when it is interrupted. */
static char *
from_terminal(const StationPassphrase *p, const char *prompt, const char *again, GError **error)
{
        char buffer[BUFFER] = "", second[BUFFER] = "";
        int tty = p->ctx->interactive ? open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY) : -1;
        UI *ui = tty >= 0 ? UI_new_method(UI_OpenSSL()) : NULL;
        gboolean ok = ui != NULL && UI_add_input_string(ui, prompt, 0, buffer, 1, GUARD_PASSPHRASE_MAX) > 0;
        char *text = NULL;

        if (ok && again != NULL)
                ok = UI_add_verify_string(ui, again, 0, second, 1, GUARD_PASSPHRASE_MAX, buffer) > 0;
        if (!ok)
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_DENIED,
                                    _("The key needs a passphrase, and there is no terminal to ask on: use --passphrase-file or --passphrase-fd"));
        else if (UI_process(ui) == 0)
                text = g_strdup(buffer);
        else
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_DENIED,
                                    again != NULL ? _("No passphrase was entered, or not the same one twice") : _("No passphrase was entered"));
        UI_free(ui);
        if (tty >= 0)
                close(tty);
        OPENSSL_cleanse(buffer, sizeof buffer);
        OPENSSL_cleanse(second, sizeof second);
        return text;
}

static char *
ask(const char *what, gpointer user_data, GError **error)
{
        const StationPassphrase *p = user_data;
        g_autofree char *prompt = NULL;

        if (p->file != NULL)
                return from_file(p, error);
        if (p->fd >= 0)
                return from_descriptor(p, error);
        prompt = g_strdup_printf(g_ascii_strncasecmp(what, "pkcs11:", 7) == 0 ? _("PIN of %s: ") : _("Passphrase of %s: "), what);
        return from_terminal(p, prompt, NULL, error);
}

GuardPassphrase
station_passphrase(StationPassphrase *p)
{
        return (GuardPassphrase){ask, p};
}

char *
station_new_passphrase(const StationPassphrase *p, GError **error)
{
        if (p->file != NULL)
                return from_file(p, error);
        if (p->fd >= 0)
                return from_descriptor(p, error);
        return from_terminal(p, _("New passphrase: "), _("The same once more: "), error);
}

GuardSigning
station_signing(StationSigning *s)
{
        if (s->trusted_dir == NULL)
                s->trusted_dir = guardctl_path(s->passphrase.ctx, GUARD_KEYS_DIR);
        if (s->warnings == NULL)
                s->warnings = g_ptr_array_new_with_free_func(g_free);
        return (GuardSigning){s->key, station_passphrase(&s->passphrase), s->trusted_dir, s->untrusted, s->warnings};
}

void
station_signing_tell(StationSigning *s)
{
        for (guint i = 0; s->warnings != NULL && i < s->warnings->len; i++)
                guardctl_warn(s->passphrase.ctx, "%s", (const char *)g_ptr_array_index(s->warnings, i));
        g_clear_pointer(&s->warnings, g_ptr_array_unref);
}

void
station_signing_clear(StationSigning *s)
{
        g_free(s->key);
        g_free(s->trusted_dir);
        g_free(s->passphrase.file);
        g_clear_pointer(&s->warnings, g_ptr_array_unref);
}
