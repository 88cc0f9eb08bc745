/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What clamd says, and a clamd that speaks as the real one does.
 */
#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "import/scan.h"

typedef struct {
        char *folder, *path;
        int listening;
        gsize most; /* it says no to more than this */
        GByteArray *seen;
        GThread *thread;
} Clamd;

static gboolean
read_all(int fd, void *to, gsize size)
{
        return size == 0 || recv(fd, to, size, MSG_WAITALL) == (ssize_t)size;
}

static void
say(int fd, const char *text)
{
        g_assert_cmpint(send(fd, text, strlen(text) + 1, MSG_NOSIGNAL), ==, (gssize)strlen(text) + 1);
}

static gpointer
serve(gpointer data)
{
        Clamd *clamd = data;
        int fd = accept(clamd->listening, NULL, NULL);
        char command[10], chunk[65536];
        guint32 length = 1;

        g_assert_true(read_all(fd, command, sizeof command));
        g_assert_cmpstr(command, ==, "zINSTREAM");
        while (length != 0 && read_all(fd, &length, sizeof length)) {
                length = ntohl(length);
                g_assert_true(read_all(fd, chunk, length));
                g_byte_array_append(clamd->seen, (guint8 *)chunk, length);
                if (clamd->seen->len > clamd->most) {
                        say(fd, "INSTREAM size limit exceeded. ERROR");
                        close(fd);
                        return NULL;
                }
        }
        say(fd, clamd->seen->len >= 5 && memcmp(clamd->seen->data, "EICAR", 5) == 0 ? "stream: Eicar-Test FOUND" : "stream: OK");
        close(fd);
        return NULL;
}

static void
begin(Clamd *clamd, gsize most)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};

        clamd->folder = g_dir_make_tmp("guard-scan-XXXXXX", NULL);
        clamd->path = g_build_filename(clamd->folder, "clamd", NULL);
        clamd->most = most;
        clamd->seen = g_byte_array_new();
        clamd->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        g_strlcpy(address.sun_path, clamd->path, sizeof address.sun_path);
        g_assert_cmpint(bind(clamd->listening, (struct sockaddr *)&address, sizeof address), ==, 0);
        g_assert_cmpint(listen(clamd->listening, 1), ==, 0);
        clamd->thread = g_thread_new("clamd", serve, clamd);
}

static void
end(Clamd *clamd)
{
        g_thread_join(clamd->thread);
        close(clamd->listening);
        g_unlink(clamd->path);
        g_rmdir(clamd->folder);
        g_byte_array_unref(clamd->seen);
        g_free(clamd->path);
        g_free(clamd->folder);
}

static ImportScanned
scan(gsize most, const char *text, guint times, char **name)
{
        Clamd clamd = {0};
        ImportScanned result;
        ImportScan one;

        begin(&clamd, most);
        import_scan_begin(&one, clamd.path, -1);
        for (guint n = 0; n < times; n++)
                import_scan_feed(&one, text, strlen(text));
        result = import_scan_end(&one, name);
        end(&clamd);
        return result;
}

static void
test_clean_and_found(void)
{
        g_autofree char *name = NULL, *none = NULL;

        g_assert_cmpint(scan(1000, "all is well", 3, &none), ==, IMPORT_CLEAN);
        g_assert_null(none);
        g_assert_cmpint(scan(1000, "EICAR", 1, &name), ==, IMPORT_FOUND);
        g_assert_cmpstr(name, ==, "Eicar-Test");
}

static void
test_empty_file(void)
{
        g_autofree char *name = NULL;

        g_assert_cmpint(scan(1000, "", 0, &name), ==, IMPORT_CLEAN);
}

/* It stops listening in the middle: that is no clean file. */
static void
test_too_large(void)
{
        g_autofree char *name = NULL;

        g_assert_cmpint(scan(100, "0123456789012345678901234567890123456789", 10, &name), ==, IMPORT_NOT_SCANNED);
}

static void
test_nobody_there(void)
{
        g_autofree char *name = NULL;
        ImportScan one;

        import_scan_begin(&one, "/nonexistent/clamd", -1);
        import_scan_feed(&one, "x", 1);
        g_assert_cmpint(import_scan_end(&one, &name), ==, IMPORT_NOT_SCANNED);
}

static void
test_answers(void)
{
        static const struct {
                const char *said;
                ImportScanned result;
        } cases[] = {
                {"stream: OK", IMPORT_CLEAN}, {"stream: OK\n", IMPORT_CLEAN}, {"stream: Win.Test.X FOUND", IMPORT_FOUND},
                {"stream: x ERROR", IMPORT_NOT_SCANNED}, {"UNKNOWN COMMAND", IMPORT_NOT_SCANNED}, {"", IMPORT_NOT_SCANNED},
                {"OK", IMPORT_NOT_SCANNED}, {"stream: not OK", IMPORT_NOT_SCANNED}, {NULL, IMPORT_NOT_SCANNED}};

        for (gsize n = 0; n < G_N_ELEMENTS(cases); n++) {
                g_autofree char *name = NULL;

                g_assert_cmpint(import_scan_read(cases[n].said, &name), ==, cases[n].result);
                g_assert_true((name != NULL) == (cases[n].result == IMPORT_FOUND));
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/import/scan/clean-and-found", test_clean_and_found);
        g_test_add_func("/import/scan/empty", test_empty_file);
        g_test_add_func("/import/scan/too-large", test_too_large);
        g_test_add_func("/import/scan/nobody-there", test_nobody_there);
        g_test_add_func("/import/scan/answers", test_answers);
        return g_test_run();
}
