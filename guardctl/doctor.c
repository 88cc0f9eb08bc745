/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl doctor: runs the checks and shows what they found. Works without guardd.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>
#include "guardctl/doctor.h"

static const GuardctlUsage usage = {
        "doctor", NULL,
        N_("Looks for weaknesses of this machine: ways past the guard, settings that loosen it, records that would be lost; each with "
           "its remedy. Changes nothing. Run it as root, since some files are closed to others. Works without guardd.\n"
           "Exit status: 0 if nothing needs doing (notes apart), 1 if something does."),
        0, 0,
};

static void
finding_free(gpointer data)
{
        GuardctlFinding *finding = data;

        g_free(finding->message);
        g_free(finding->remedy);
        g_free(finding);
}

void
guardctl_find(GuardctlDoctor *doctor, GuardSeverity severity, const char *remedy, const char *format, ...)
{
        GuardctlFinding *finding = g_new0(GuardctlFinding, 1);
        va_list args;

        va_start(args, format);
        finding->message = g_strdup_vprintf(format, args);
        va_end(args);
        finding->key = doctor->key;
        finding->severity = severity;
        finding->remedy = g_strdup(remedy);
        g_ptr_array_add(doctor->findings, finding);
}

char *
guardctl_doctor_path(GuardctlDoctor *doctor, const char *path)
{
        return g_strconcat(doctor->root, path, NULL);
}

char *
guardctl_doctor_read(GuardctlDoctor *doctor, const char *path)
{
        g_autofree char *full = guardctl_doctor_path(doctor, path);
        char *text = NULL;

        return g_file_get_contents(full, &text, NULL, NULL) ? text : NULL;
}

gboolean
guardctl_doctor_exists(GuardctlDoctor *doctor, const char *path)
{
        g_autofree char *full = guardctl_doctor_path(doctor, path);

        return g_file_test(full, G_FILE_TEST_EXISTS) || g_file_test(full, G_FILE_TEST_IS_SYMLINK);
}

gboolean
guardctl_doctor_enabled(GuardctlDoctor *doctor, const char *unit)
{
        static const char *const folders[] = {"/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"};

        for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
                g_autofree char *full = guardctl_doctor_path(doctor, folders[i]);
                g_autoptr(GDir) dir = g_dir_open(full, 0, NULL);
                const char *name;

                while (dir && (name = g_dir_read_name(dir))) {
                        g_autofree char *link = g_strdup_printf("%s/%s/%s", folders[i], name, unit);

                        if ((g_str_has_suffix(name, ".wants") || g_str_has_suffix(name, ".requires")) && guardctl_doctor_exists(doctor, link))
                                return TRUE;
                }
        }
        return FALSE;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
visit_lines(GuardctlDoctor *doctor, const char *file, GuardctlLine visit)
{
        g_autofree char *text = guardctl_doctor_read(doctor, file);
        g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;

        for (guint i = 0; lines && lines[i]; i++) {
                const char *line = g_strstrip(lines[i]);

                if (*line != '\0' && *line != '#' && !g_str_has_prefix(line, "//"))
                        visit(doctor, file, i + 1, line);
        }
}

GPtrArray *
guardctl_doctor_names(GuardctlDoctor *doctor, const char *folder, const char *suffix)
{
        g_autofree char *full = guardctl_doctor_path(doctor, folder);
        g_autoptr(GDir) dir = g_dir_open(full, 0, NULL);
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
        const char *name;

        while (dir && (name = g_dir_read_name(dir)))
                if (g_str_has_suffix(name, suffix))
                        g_ptr_array_add(names, g_strdup_printf("%s/%s", folder, name));
        g_ptr_array_sort(names, compare_names);
        return names;
}

void
guardctl_doctor_lines(GuardctlDoctor *doctor, const char *folder, const char *suffix, GuardctlLine visit)
{
        g_autoptr(GPtrArray) names = guardctl_doctor_names(doctor, folder, suffix);

        for (guint i = 0; i < names->len; i++)
                visit_lines(doctor, names->pdata[i], visit);
}

GPtrArray *
guardctl_doctor_look(const char *root)
{
        static const GuardctlCheck *const tables[] = {guardctl_guard_checks, guardctl_boot_checks, guardctl_rules_checks,
                                                      guardctl_system_checks};
        GuardctlDoctor doctor = {.root = root, .findings = g_ptr_array_new_with_free_func(finding_free)};

        for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
                for (const GuardctlCheck *check = tables[i]; check->key; check++) {
                        doctor.key = check->key;
                        check->look(&doctor);
                }
        return doctor.findings;
}

static void
print_json(GuardctlContext *ctx, const GPtrArray *findings)
{
        g_autoptr(JsonBuilder) builder = json_builder_new();

        json_builder_begin_array(builder);
        for (guint i = 0; i < findings->len; i++) {
                const GuardctlFinding *finding = findings->pdata[i];

                json_builder_begin_object(builder);
                guardctl_json_string(builder, "key", finding->key);
                guardctl_json_string(builder, "severity", guard_severity_to_string(finding->severity));
                guardctl_json_string(builder, "message", finding->message);
                guardctl_json_string(builder, "remedy", finding->remedy);
                json_builder_end_object(builder);
        }
        json_builder_end_array(builder);
        guardctl_print_builder(ctx, builder);
}

static void
print_findings(GuardctlContext *ctx, const GPtrArray *findings, guint serious)
{
        static const char *const words[GUARD_N_SEVERITIES] = {
                [GUARD_SEVERITY_INFO] = N_("note"),
                [GUARD_SEVERITY_NOTICE] = N_("note"),
                [GUARD_SEVERITY_WARNING] = N_("weak"),
                [GUARD_SEVERITY_CRITICAL] = N_("open"),
        };

        for (guint i = 0; i < findings->len; i++) {
                const GuardctlFinding *finding = findings->pdata[i];

                guardctl_put(ctx, guardctl_style_of_severity(finding->severity), _(words[finding->severity]));
                fputs("  ", ctx->out);
                guardctl_put(ctx, GUARDCTL_STRONG, finding->message);
                fprintf(ctx->out, " [%s]\n      %s ", finding->key, _("Remedy:"));
                guardctl_put(ctx, GUARDCTL_PLAIN, finding->remedy);
                fputc('\n', ctx->out);
        }
        if (serious == 0)
                fprintf(ctx->out, "%s\n", _("No weakness was found that needs doing something about."));
}

int
guardctl_doctor(GuardctlContext *ctx, int argc, char **argv)
{
        g_autoptr(GPtrArray) findings = NULL;
        guint serious = 0;
        int result = guardctl_parse(ctx, &usage, NULL, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        findings = guardctl_doctor_look(ctx->root);
        for (guint i = 0; i < findings->len; i++)
                serious += ((GuardctlFinding *)findings->pdata[i])->severity >= GUARD_SEVERITY_WARNING;
        if (ctx->json)
                print_json(ctx, findings);
        else
                print_findings(ctx, findings, serious);
        if (geteuid() != 0 && *ctx->root == '\0')
                guardctl_warn(ctx, _("some files can only be read by root; run it again as root to see everything"));
        return serious > 0 ? GUARDCTL_FAILED : GUARDCTL_DONE;
}
