/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a book of a million drives costs the desk: import of a spreadsheet (preview and commit),
 * lists, search, export, publishing; seconds, and the memory of the process at its largest.
 *
 *     bench-station [DRIVES] [--keep DIR]
 *
 * --keep leaves the register in DIR and ends there, for bench-window. Another number than a million is for trying whether it runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <glib/gstdio.h>

#include "registry/signature.h"
#include "station/import.h"
#include "station/life.h"
#include "station/pending.h"
#include "station/query.h"

#define THE_BIG_ONE 1000000
#define DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
/* A person waits: for a page of a list, for the list itself. */
#define PAGE_MS_MAX 50
#define LIST_S_MAX 5

static char *dir;
static gint64 started;
static gboolean failed;

static void
die(const char *what, const GError *error)
{
        g_printerr("bench-station: %s: %s\n", what, error != NULL ? error->message : "?");
        exit(1);
}

static char *
in_dir(const char *name)
{
        return g_build_filename(dir, name, NULL);
}

static void
begin(void)
{
        started = g_get_monotonic_time();
}

/* @limit: seconds; 0: only told. */
static void
done(const char *what, double limit)
{
        double seconds = (double)(g_get_monotonic_time() - started) / 1e6;
        struct rusage usage;

        getrusage(RUSAGE_SELF, &usage);
        printf("| %s | %.3f s | %ld MiB |\n", what, seconds, usage.ru_maxrss / 1024);
        fflush(stdout);
        if (limit > 0 && seconds > limit) {
                printf("too slow: %s, %.3f s is the limit\n", what, limit);
                failed = TRUE;
        }
}

static GuardAct
act(void)
{
        return (GuardAct){"bench", "bench", g_get_real_time(), 0};
}

static char *
write_sheet(guint drives)
{
        static const char *const levels[] = {"秘密", "机密", "绝密"};
        char *path = in_dir("in.csv");
        FILE *file = fopen(path, "w");

        if (file == NULL)
                die(path, NULL);
        fputs("介质编号,名称,型号,密级,责任人,部门,单位,启用时间,VID,PID,序列号,文件系统UUID,"
              "容量\r\n",
              file);
        for (guint n = 0; n < drives; n++) {
                guint32 a = n * 2654435761u + 12345u, b = (n ^ 0x5bd1e995u) * 2246822519u;

                fprintf(file,
                        "LY-%07u,专用盘%u,DataTraveler,%s,张%u,部门%u,单位%u,2025-03-01,0951,1666,"
                        "%08XE%08X,%04X-%04X,32GB\r\n",
                        n, n % 1000, levels[n % 3], n % 5000, n % 200, n % 40, a, b,
                        (a >> 16) ^ 0x1a2b, b & 0xffff);
        }
        if (fclose(file) != 0)
                die(path, NULL);
        return path;
}

static void
import(GuardStation *station, guint drives)
{
        g_autofree char *sheet = write_sheet(drives);
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardImport) import = NULL;
        GuardAct a = act();
        guint64 n = 0;

        begin();
        import = guard_station_import_preview(station, sheet, &a, NULL, NULL, &error);
        if (import == NULL)
                die("preview", error);
        done("import, preview", 0);
        begin();
        if (!guard_station_import_commit(station, import, TRUE, &a, NULL, NULL, &n, &error))
                die("commit", error);
        done("import, commit", 0);
        if (n < drives - drives / 100)
                die("rows were refused", NULL);
}

static GuardDriveView *
list(GuardStation *station, const char *what, GuardDriveQuery query)
{
        g_autoptr(GError) error = NULL;
        GuardDriveView *view;

        begin();
        view = guard_station_query(station, &query, &error);
        if (view == NULL)
                die(what, error);
        done(what, LIST_S_MAX);
        return view;
}

static void
lists(GuardStation *station)
{
        g_autoptr(GuardDriveView) all = NULL, name = NULL, model = NULL, text = NULL, one = NULL;
        g_autoptr(GPtrArray) rows = NULL;
        GuardPending pending;

        begin();
        guard_station_free(guard_station_open(dir, NULL));
        done("open", 1);
        all = list(station, "list, by number", (GuardDriveQuery){.text = NULL});
        name = list(station, "list, by name", (GuardDriveQuery){.sort = GUARD_SORT_NAME});
        model = list(station, "list, by a column without an index",
                     (GuardDriveQuery){.sort = GUARD_SORT_MODEL});
        text = list(station, "search", (GuardDriveQuery){.text = "0012345"});
        one = list(station, "one custodian", (GuardDriveQuery){.custodian = "张77"});
        begin();
        rows = guard_drive_view_rows(station, all, guard_drive_view_count(all) / 2, 100, NULL);
        if (rows == NULL || rows->len == 0 || guard_drive_view_count(one) == 0)
                die("rows", NULL);
        done("a page of 100 from the middle", PAGE_MS_MAX / 1000.0);
        begin();
        guard_station_pending(station, &pending, NULL, 0, NULL, NULL);
        done("what changed since the last snapshot", 0);
}

static void
change(GuardStation *station)
{
        GuardStep step = {.kind = GUARD_STEP_LOST, .media_id = "LY-0000001"};
        g_autoptr(GError) error = NULL;
        GuardAct a = act();

        begin();
        if (!guard_station_step(station, &step, &a, &error))
                die("lost", error);
        done("one drive reported lost", 1);
}

static void
publish(GuardStation *station)
{
        g_autofree char *private = in_dir("private.pem"), *public = in_dir("public.pem");
        g_autofree char *output = in_dir("out.snapshot"), *csv = in_dir("out.csv");
        GuardPublish how = {.signing.key = private, .output = output, .valid_days = 90};
        GuardExport export = {csv, GUARD_CSV_UTF8_BOM, FALSE, NULL, NULL};
        g_autoptr(GError) error = NULL;
        GuardAct a = act();

        if (!guard_key_generate(GUARD_ALGORITHM_ED25519, private, public, NULL, &error))
                die("keys", error);
        begin();
        if (!guard_station_publish(station, &how, &a, NULL, &error))
                die("publish", error);
        done("publish", 0);
        begin();
        if (!guard_station_verify(station, NULL, &error))
                die("verify", error);
        done("verify the history", 0);
        begin();
        if (!guard_station_export_csv(station, &export, &a, NULL, &error))
                die("export", error);
        done("export", 0);
}

int
main(int argc, char **argv)
{
        guint drives = argc > 1 ? (guint)g_ascii_strtoull(argv[1], NULL, 10) : THE_BIG_ONE;
        const char *keep = argc > 3 && strcmp(argv[2], "--keep") == 0 ? argv[3] : NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardStation) station = NULL;
        g_autofree char *clean = NULL;
        GuardAct a = act();

        dir = keep != NULL ? g_strdup(keep) : g_dir_make_tmp("bench-station-XXXXXX", &error);
        if (dir == NULL || !guard_station_init(dir, &a, &error))
                die("init", error);
        station = guard_station_open(dir, &error);
        if (station == NULL)
                die("open", error);
        printf("%u drives at the desk\n\n| step | time | memory at its largest |\n|---|---|---|\n",
               drives);
        import(station, drives);
        if (keep != NULL)
                return 0;
        lists(station);
        change(station);
        publish(station);
        g_clear_pointer(&station, guard_station_free);
        clean = g_strdup_printf("rm -rf '%s'", dir);
        if (!g_spawn_command_line_sync(clean, NULL, NULL, NULL, NULL))
                g_printerr("%s is left behind\n", dir);
        return failed ? 1 : 0;
}
