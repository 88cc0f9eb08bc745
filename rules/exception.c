/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/exception.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "rules/policy-private.h"
#include "rules/presence-parse.h"

#define HOUR 3600

GuardException *
guard_exception_new(void)
{
        return g_new0(GuardException, 1);
}

GuardException *
guard_exception_copy(const GuardException *exception)
{
        GuardException *copy = g_new(GuardException, 1);

        *copy = *exception;
        copy->id = g_strdup(exception->id);
        copy->device = g_strdup(exception->device);
        copy->name = g_strdup(exception->name);
        copy->asked_by = g_strdup(exception->asked_by);
        copy->approved_by = g_strdup(exception->approved_by);
        copy->reason = g_strdup(exception->reason);
        copy->user = g_strdup(exception->user);
        copy->only = g_strdup(exception->only);
        return copy;
}

void
guard_exception_free(GuardException *exception)
{
        if (exception == NULL)
                return;
        g_free(exception->id);
        g_free(exception->device);
        g_free(exception->name);
        g_free(exception->asked_by);
        g_free(exception->approved_by);
        g_free(exception->reason);
        g_free(exception->user);
        g_free(exception->only);
        g_free(exception);
}

const char *
guard_exception_direction(const GuardException *exception)
{
        if (exception->import)
                return "import";
        return exception->verdict == GUARD_VERDICT_ADMIT ? "read-write" : "read-only";
}

char *
guard_exception_device(const GuardMedium *medium)
{
        const GuardUsbFacts *usb = medium->usb;
        const char *serial = usb != NULL ? usb->serial : medium->carrier_serial;
        gboolean has_serial = serial != NULL && *serial != '\0';
        /* hostile bytes: one line, and no two serials that are written alike */
        g_autofree char *safe = has_serial ? g_uri_escape_string(serial, NULL, FALSE) : NULL;

        if (usb == NULL)
                return has_serial ? g_strdup_printf("%s:%s",
                                                    guard_carrier_to_string(medium->carrier), safe)
                                  : NULL;
        if (has_serial)
                return g_strdup_printf("usb:%04x:%04x:%s", usb->vendor_id, usb->product_id, safe);
        return usb->sysname != NULL ? g_strdup_printf("usb:%04x:%04x:@%s", usb->vendor_id,
                                                      usb->product_id, usb->sysname)
                                    : NULL;
}

static const GuardException *
find(const GPtrArray *exceptions, const GuardMedium *medium, gboolean import)
{
        g_autofree char *device = NULL;
        const GuardException *best = NULL;

        if (exceptions == NULL || exceptions->len == 0)
                return NULL;
        device = guard_exception_device(medium);
        for (guint n = 0; device != NULL && n < exceptions->len; n++) {
                const GuardException *one = g_ptr_array_index(exceptions, n);

                if (strcmp(one->device, device) == 0 && one->import == import &&
                    (best == NULL || one->verdict > best->verdict || (best->used && !one->used)))
                        best = one;
        }
        return best;
}

const GuardException *
guard_exception_find(const GPtrArray *exceptions, const GuardMedium *medium)
{
        return find(exceptions, medium, FALSE);
}

gboolean
guard_exception_may_import(const GuardMedium *medium)
{
        const struct guard_usb_descriptors *d = medium->usb != NULL ? &medium->usb->descriptors : NULL;

        for (gsize n = 0; d != NULL && n < d->n_interfaces; n++)
                if (d->interfaces[n].kind != GUARD_USB_STORAGE)
                        return FALSE;
        return d == NULL || (d->n_interfaces > 0 && !d->malformed);
}

const GuardException *
guard_exception_find_import(const GPtrArray *exceptions, const GuardMedium *medium)
{
        return find(exceptions, medium, TRUE);
}

void
guard_exception_settings_init(GuardExceptionSettings *settings, gboolean classified)
{
        *settings = (GuardExceptionSettings){.allow = !classified,
                                             .write = !classified,
                                             .offline = !classified,
                                             .approvals = classified ? 2 : 1,
                                             .longest = 8 * HOUR};
}

static const char *const groups[] = {"exceptions", "exceptions classified"};

gboolean
guard_exception_is_group(const char *name)
{
        return strcmp(name, groups[0]) == 0 || strcmp(name, groups[1]) == 0;
}

static const char *const scans[GUARD_N_SCANS] = {GUARD_IMPORT_SCAN_IF_THERE, GUARD_IMPORT_SCAN_REQUIRED, GUARD_IMPORT_SCAN_NO};

const char *
guard_import_scan_to_string(GuardImportScan scan)
{
        return scans[(guint)scan < GUARD_N_SCANS ? scan : GUARD_SCAN_REQUIRED];
}

enum { ALLOW, WRITE, OFFLINE, IMPORT, APPROVALS, LONGEST, IMPORT_SCAN, IMPORT_SIZE, IMPORT_DIGEST, N_KEYS };
static const struct {
        const char *name, *expected;
} keys[N_KEYS] = {
        [ALLOW] = {"allow", N_("yes or no")},
        [WRITE] = {"write", N_("yes or no")},
        [OFFLINE] = {"offline", N_("yes or no")},
        [IMPORT] = {"import", N_("yes or no")},
        [IMPORT_SCAN] = {"import-scan", N_("if-there, required or no")},
        [IMPORT_SIZE] = {"import-size", N_("a size like 500M or 4G, or none")},
        [IMPORT_DIGEST] = {"import-digest", N_("sha256 or sm3")},
        [APPROVALS] = {"approvals", N_("1 or 2")},
        [LONGEST] = {"longest", N_("a time from 1min to 720h, like 90min or 8h")},
};

static gboolean
read_import(guint key, const char *value, GuardExceptionSettings *settings)
{
        if (key == IMPORT_SIZE && strcmp(value, "none") == 0) {
                settings->import_size = 0;
                return TRUE;
        }
        if (key == IMPORT_SIZE)
                return guard_policy_parse_size(value, &settings->import_size) && settings->import_size > 0;
        if (key == IMPORT_DIGEST) {
                settings->import_sm3 = strcmp(value, "sm3") == 0;
                return settings->import_sm3 || strcmp(value, "sha256") == 0;
        }
        for (guint n = 0; n < GUARD_N_SCANS; n++)
                if (strcmp(value, scans[n]) == 0) {
                        settings->import_scan = (GuardImportScan)n;
                        return TRUE;
                }
        return FALSE;
}

static gboolean
read_value(guint key, const char *value, GuardExceptionSettings *settings)
{
        gboolean *const flags[] = {&settings->allow, &settings->write, &settings->offline, &settings->import};

        if (key < G_N_ELEMENTS(flags))
                return guard_policy_parse_bool(value, flags[key]);
        if (key == LONGEST)
                return guard_duration_parse(value, 60, 30 * 24 * HOUR, &settings->longest);
        if (key >= IMPORT_SCAN)
                return read_import(key, value, settings);
        if (strcmp(value, "1") != 0 && strcmp(value, "2") != 0)
                return FALSE;
        settings->approvals = (guint)(value[0] - '0');
        return TRUE;
}

void
guard_exception_parse(GuardExceptionParser *parser, const GuardConf *conf, GPtrArray *errors)
{
        for (guint g = 0; g < G_N_ELEMENTS(groups); g++) {
                GuardConfGroup *group = guard_conf_group(conf, groups[g]);

                if (group == NULL)
                        continue;
                for (guint k = 0; k < N_KEYS; k++) {
                        GuardConfEntry *entry = guard_conf_take(group, keys[k].name);
                        GuardExceptionSettings read = g == 0 ? *parser->plain : *parser->classified;
                        guint bit = 1u << (g * N_KEYS + k);

                        if (entry == NULL)
                                continue;
                        if (!read_value(k, entry->value, &read))
                                guard_conf_error(errors, GUARD_ERROR_INVALID_VALUE, conf->file,
                                                 entry->line, N_("%s=%s: expected %s"), entry->key,
                                                 entry->value, keys[k].expected);
                        else if ((parser->set & bit) == 0)
                                *(g == 0 ? parser->plain : parser->classified) = read;
                        parser->set |= bit;
                }
                guard_conf_refuse_unused(conf, group, "allow, approvals, import, import-digest, import-scan, import-size, longest, offline, write",
                                         errors);
        }
}
