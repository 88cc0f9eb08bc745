/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads public keys, and names what people put in a key's place: the other half, a certificate, another program's key, another
 * encoding. No passphrase and no token here: guardd links this.
 */
#include "registry/key-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "registry/signature-private.h"

#define KEY_MAX (256 * 1024)

static const char is_private[] = N_("this is a private key, and the public one belongs here. Keep the private one at the desk only"),
                  is_public[] = N_("this is a public key, and the private one is needed here"),
                  is_certificate[] = N_("this is a certificate, not a key. Its public key comes out of it with: openssl x509 -pubkey -noout -in FILE"),
                  is_request[] = N_("this is a certificate request, not a key"),
                  is_ssh[] = N_("this is an OpenSSH key, which signs no snapshots. Make one with guardctl station keygen"),
                  is_other[] = N_("this is an RSA or DSA key; snapshots are signed with Ed25519 or SM2. Make one with guardctl station keygen"),
                  is_snapshot[] = N_("this is a snapshot, not a key"),
                  is_der[] = N_("this key is in DER form. Turn it into PEM with: openssl pkey -inform DER -in FILE -out NEW (with -pubin for a public key)"),
                  is_pkcs12[] = N_("this seems to be a PKCS#12 file or another DER file, not a key in PEM form"),
                  is_wide[] = N_("an editor saved this as UTF-16. Save it as plain text (UTF-8) again"),
                  is_damaged[] = N_("its PEM text is damaged: copy the file again"),
                  is_nothing[] = N_("there is no key in PEM form in it");

/* What stands behind "-----BEGIN ". NULL: as it should be. */
static const struct {
        const char *label, *as_public, *as_private;
} labels[] = {
        {"PUBLIC KEY", NULL, is_public},
        {"PRIVATE KEY", is_private, NULL},
        {"ENCRYPTED PRIVATE KEY", is_private, NULL},
        {"EC PRIVATE KEY", is_private, NULL},
        {"RSA PRIVATE KEY", is_other, is_other},
        {"DSA PRIVATE KEY", is_other, is_other},
        {"RSA PUBLIC KEY", is_other, is_other},
        {"CERTIFICATE", is_certificate, is_certificate},
        {"TRUSTED CERTIFICATE", is_certificate, is_certificate},
        {"X509 CERTIFICATE", is_certificate, is_certificate},
        {"CERTIFICATE REQUEST", is_request, is_request},
        {"NEW CERTIFICATE REQUEST", is_request, is_request},
        {"OPENSSH PRIVATE KEY", is_ssh, is_ssh},
        {"SSH2 ENCRYPTED PRIVATE KEY", is_ssh, is_ssh},
};

static gboolean
read_error(const char *path, int code, GError **error)
{
        if (code == EISDIR)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("%s is a directory: name the key's file in it"), path);
        else
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("Cannot read the key %s: %s"), path, g_strerror(code));
        return FALSE;
}

/* FALSE with errno. More than KEY_MAX bytes are not read. */
static gboolean
read_all(int fd, GuardKeyText *text)
{
        text->bytes = g_malloc0(KEY_MAX + 2);
        while (text->size <= KEY_MAX) {
                ssize_t n = read(fd, text->bytes + text->size, KEY_MAX + 1 - text->size);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return n == 0;
                text->size += (gsize)n;
        }
        return TRUE;
}

gboolean
guard_key_text_read(const char *path, GuardKeyText *text, GError **error)
{
        /* a FIFO that nobody writes to must not hold up guardd; one of a shell's <(…) has its writer */
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), code = 0;
        struct stat st;

        *text = (GuardKeyText){0};
        if (fd < 0)
                return read_error(path, errno, error);
        if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
                text->mode = st.st_mode & 07777;
        if (fcntl(fd, F_SETFL, 0) < 0 || !read_all(fd, text))
                code = errno;
        close(fd);
        if (code != 0)
                return read_error(path, code, error);
        if (text->size > 0 && text->size <= KEY_MAX)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX,
                    text->size == 0 ? _("%s is empty: copy the key again") : _("%s is too large to be a key"), path);
        return FALSE;
}

void
guard_key_text_free(GuardKeyText *text)
{
        if (text->bytes != NULL)
                OPENSSL_cleanse(text->bytes, text->size);
        g_clear_pointer(&text->bytes, g_free);
}

/* Nothing in PEM: what is it? */
static const char *
name_bytes(const GuardKeyText *text, gboolean *other_kind)
{
        const guint8 *bytes = (const guint8 *)text->bytes;

        *other_kind = FALSE;
        if (text->size > 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff)))
                return is_wide;
        if (text->size > 2 && bytes[0] == 0x30 && (bytes[1] & 0x80) != 0 && text->size > 1000)
                return is_pkcs12;
        if (text->size > 2 && bytes[0] == 0x30)
                return is_der;
        if (strstr(text->bytes, "-----BEGIN ") != NULL)
                return is_damaged;
        if (g_str_has_prefix(text->bytes, "baomi-guard-registry"))
                return is_snapshot;
        *other_kind = g_str_has_prefix(text->bytes, "ssh-") || g_str_has_prefix(text->bytes, "ecdsa-");
        return *other_kind ? is_ssh : is_nothing;
}

/* What is wrong with the first thing in the PEM text; NULL: nothing. Parameters before a key are passed over. */
static const char *
name_label(const GuardKeyText *text, gboolean private, gboolean *other_kind)
{
        BIO *bio = BIO_new_mem_buf(text->bytes, (int)text->size);
        char *label = NULL, *header = NULL;
        unsigned char *data = NULL;
        const char *wrong = NULL;
        long size = 0;
        gboolean found = FALSE;

        while (bio != NULL && !found && PEM_read_bio(bio, &label, &header, &data, &size) == 1) {
                found = strcmp(label, "EC PARAMETERS") != 0;
                if (found)
                        wrong = is_nothing;
                for (gsize i = 0; found && i < G_N_ELEMENTS(labels); i++) {
                        if (strcmp(label, labels[i].label) == 0)
                                wrong = private ? labels[i].as_private : labels[i].as_public;
                }
                OPENSSL_free(label);
                OPENSSL_free(header);
                OPENSSL_clear_free(data, (size_t)size);
        }
        BIO_free(bio);
        ERR_clear_error();
        *other_kind = wrong == is_other || wrong == is_ssh;
        return found ? wrong : name_bytes(text, other_kind);
}

gboolean
guard_key_text_check(const GuardKeyText *text, gboolean private, const char *path, GError **error)
{
        gboolean other_kind = FALSE;
        const char *wrong = name_label(text, private, &other_kind);

        if (wrong == NULL)
                return TRUE;
        g_set_error(error, GUARD_ERROR, other_kind ? GUARD_ERROR_INVALID_VALUE : GUARD_ERROR_SYNTAX, "%s: %s", path, _(wrong));
        return FALSE;
}

GuardKey *
guard_key_load_public(const char *path, GError **error)
{
        g_auto(GuardKeyText) text = {0};
        EVP_PKEY *pkey = NULL;
        BIO *bio;

        if (!guard_key_text_read(path, &text, error) || !guard_key_text_check(&text, FALSE, path, error))
                return NULL;
        bio = BIO_new_mem_buf(text.bytes, (int)text.size);
        if (bio != NULL)
                pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
        BIO_free(bio);
        ERR_clear_error();
        if (pkey == NULL) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX, _("%s: the public key in it cannot be read: copy the file again"), path);
                return NULL;
        }
        return guard_key_take(pkey, path, error);
}

GPtrArray *
guard_keys_load_dir(const char *dir, GPtrArray *problems, GError **error)
{
        g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func((GDestroyNotify)guard_key_free);
        g_autoptr(GError) why = NULL;
        g_autoptr(GDir) listing = g_dir_open(dir, 0, &why);
        const char *name;

        if (listing == NULL) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO,
                            _("Cannot read the directory of trusted keys: %s"), why->message);
                return NULL;
        }
        while ((name = g_dir_read_name(listing)) != NULL) {
                g_autofree char *path = g_build_filename(dir, name, NULL);
                g_autoptr(GError) problem = NULL;
                GuardKey *key;

                if (name[0] == '.' || !g_str_has_suffix(name, ".pem"))
                        continue;
                key = guard_key_load_public(path, &problem);
                if (key != NULL)
                        g_ptr_array_add(keys, key);
                else if (problems != NULL)
                        g_ptr_array_add(problems, g_strdup(problem->message));
        }
        return g_steal_pointer(&keys);
}
