/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a big book costs at the desk's window: how long until the list is on screen, how long a
 * frame takes while somebody scrolls through all of it, how long another order takes.
 *
 *     bench-window DIR [OPEN-MS-MAX]
 *
 * DIR has a register (bench-station leaves one with --keep). On a display, such as Xvfb's, where a
 * frame's pixels cost far more than its rows: so what is ours of a frame (rows read, bound, laid
 * out) is measured apart, and held against the same list of its first rows only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "station/window/window.h"

#define FRAMES 200
#define FEW_ROWS 1000u      /* of the control: all of them are kept in memory */
#define ROWS_MS_MAX 16.7    /* the median of what is ours: a frame of 60 a second */
#define LEAP_MS_MAX 60.0    /* GTK binds 200 rows anew for each leap of the bar */
#define ORDER_MS_MAX 1000.0 /* another order of a hundred thousand */

typedef struct {
        GuardWindow *window;
        gint64 started, frame_began;
        double times[FRAMES]; /* ms */
        guint n;
        double share; /* of the list that is scrolled through */
        GMainLoop *loop;
} Bench;

static double
ms_since(gint64 then)
{
        return (double)(g_get_monotonic_time() - then) / 1000.0;
}

/* Of this thread alone: others on the machine do not count. */
static gint64
processor_us(void)
{
        struct timespec now;

        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
on_before(GdkFrameClock *clock, Bench *bench)
{
        (void)clock;
        bench->frame_began = processor_us();
}

/* Rows are there and laid out; from here on it is pixels. */
static void
on_paint(GdkFrameClock *clock, Bench *bench)
{
        (void)clock;
        if (bench->n < FRAMES && bench->frame_began != 0)
                bench->times[bench->n] = (double)(processor_us() - bench->frame_began) / 1000.0;
}

/* The first frame with rows in it ends the opening. */
static void
on_after(GdkFrameClock *clock, Bench *bench)
{
        if (g_list_model_get_n_items(G_LIST_MODEL(bench->window->model)) > 0)
                g_main_loop_quit(bench->loop);
        (void)clock;
}

/* A leap for every frame, so that no page was read before. */
static gboolean
on_tick(GtkWidget *list, GdkFrameClock *clock, gpointer data)
{
        Bench *bench = data;
        GtkAdjustment *at = gtk_scrollable_get_vadjustment(GTK_SCROLLABLE(list));
        double all = gtk_adjustment_get_upper(at);

        (void)clock;
        gtk_adjustment_set_value(at, all * bench->share * bench->n / FRAMES);
        bench->n++;
        return bench->n < FRAMES ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static int
compare(const void *a, const void *b)
{
        double one = *(const double *)a, other = *(const double *)b;

        return one < other ? -1 : one > other;
}

/* The median. */
static double
scroll(Bench *bench, const char *what, double share)
{
        bench->n = 0;
        bench->share = share;
        gtk_widget_add_tick_callback(GTK_WIDGET(bench->window->list), on_tick, bench, NULL);
        while (bench->n < FRAMES)
                g_main_context_iteration(NULL, TRUE);
        qsort(bench->times, FRAMES, sizeof *bench->times, compare);
        printf("| %s | %.1f ms, 95 %% %.1f, worst %.1f |\n", what, bench->times[FRAMES / 2],
               bench->times[FRAMES * 95 / 100], bench->times[FRAMES - 1]);
        return bench->times[FRAMES / 2];
}

static double
sort(Bench *bench, const char *what, GuardSort by)
{
        gint64 then = g_get_monotonic_time();
        double ms;

        bench->window->sort = by;
        guard_window_reload(bench->window);
        while (bench->window->loading)
                g_main_context_iteration(NULL, TRUE);
        ms = ms_since(then);
        printf("| %s | %.0f ms |\n", what, ms);
        return ms;
}

static double
open_window(Bench *bench, GtkApplication *app, const char *dir)
{
        g_autoptr(GError) error = NULL;
        GuardDesk *desk;
        GdkFrameClock *clock;
        double ms;

        bench->started = g_get_monotonic_time();
        desk = guard_desk_new(dir, FALSE, &error);
        if (desk == NULL) {
                g_printerr("bench-window: %s\n", error->message);
                exit(1);
        }
        bench->window = guard_window_new(app, desk);
        gtk_window_present(GTK_WINDOW(bench->window));
        clock = gtk_widget_get_frame_clock(GTK_WIDGET(bench->window));
        g_signal_connect(clock, "before-paint", G_CALLBACK(on_before), bench);
        g_signal_connect(clock, "paint", G_CALLBACK(on_paint), bench);
        g_signal_connect(clock, "after-paint", G_CALLBACK(on_after), bench);
        g_main_loop_run(bench->loop);
        ms = ms_since(bench->started);
        printf("%u drives in the window\n\n| step | |\n|---|---|\n",
               g_list_model_get_n_items(G_LIST_MODEL(bench->window->model)));
        printf("| from nothing to the list on screen | %.0f ms |\n", ms);
        return ms;
}

static gboolean
judge(const char *what, double ms, double limit)
{
        if (ms <= limit)
                return FALSE;
        printf("too slow: %s %.0f ms, %.0f is the limit\n", what, ms, limit);
        return TRUE;
}

int
main(int argc, char **argv)
{
        double limit = argc > 2 ? g_ascii_strtod(argv[2], NULL) : 2000.0, opened, few, all, order;
        g_autoptr(GtkApplication) app = NULL;
        Bench bench = {.loop = g_main_loop_new(NULL, FALSE)};
        struct rusage usage;
        gboolean bad;
        guint n;

        app = gtk_application_new(NULL, G_APPLICATION_NON_UNIQUE);
        if (argc < 2 || !g_application_register(G_APPLICATION(app), NULL, NULL)) {
                g_printerr("usage: bench-window DIR [OPEN-MS-MAX], on a display\n");
                return 2;
        }
        opened = open_window(&bench, app, argv[1]);
        while (guard_desk_busy(bench.window->desk)) /* the filters' list of holders */
                g_main_context_iteration(NULL, TRUE);
        n = g_list_model_get_n_items(G_LIST_MODEL(bench.window->model));
        few = scroll(&bench, "rows of a frame, scrolling in the first thousand", MIN(1.0, (double)FEW_ROWS / n));
        all = scroll(&bench, "rows of a frame, leaping through all", 1.0);
        printf("| … times as much | %.1f |\n", all / few);
        sort(&bench, "by name, first time", GUARD_SORT_NAME);
        order = sort(&bench, "by name again", GUARD_SORT_NAME);
        sort(&bench, "by department", GUARD_SORT_DEPARTMENT);
        getrusage(RUSAGE_SELF, &usage);
        printf("| memory at its largest | %ld MiB |\n", usage.ru_maxrss / 1024);
        bad = judge("it opened after", opened, limit);
        bad = judge("rows of a frame took", few, ROWS_MS_MAX) || bad;
        bad = judge("rows of a leap took", all, LEAP_MS_MAX) || bad;
        bad = judge("another order of a hundred thousand took", order * MIN(1.0, 100000.0 / n), ORDER_MS_MAX) || bad;
        fflush(stdout);
        _Exit(bad ? 1 : 0);
}
