/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Life of a record. The clocks are read when it is made: a record tells when the event was seen,
 * not when the disk was ready.
 */
#include <string.h>
#include <time.h>
#include "ledger/ledger-private.h"

gint64
ledger_boottime_us(void)
{
        struct timespec now = {0};

        clock_gettime(CLOCK_BOOTTIME, &now);
        return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gpointer
read_boot_id(gpointer unused)
{
        char *id = NULL;

        (void)unused;
        if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &id, NULL, NULL))
                return NULL;
        return g_strchomp(id);
}

const char *
ledger_boot_id(void)
{
        static GOnce once = G_ONCE_INIT;

        return g_once(&once, read_boot_id, NULL);
}

GuardRecord *
guard_record_new(const char *kind, GuardSeverity severity)
{
        GuardRecord *record = g_new0(GuardRecord, 1);

        record->kind = g_strdup(kind);
        record->severity = severity;
        record->time_us = g_get_real_time();
        record->boottime_us = ledger_boottime_us();
        record->boot_id = g_strdup(ledger_boot_id());
        return record;
}

GuardRecord *
guard_record_copy(const GuardRecord *record)
{
        GuardRecord *copy;
        LedgerCell cells[LEDGER_N_COLUMNS];

        if (record == NULL)
                return NULL;
        ledger_cells_from_record(record, cells);
        copy = ledger_record_from_cells(cells);
        return copy;
}

void
guard_record_free(GuardRecord *record)
{
        if (record == NULL)
                return;
        g_free(record->boot_id);
        g_free(record->kind);
        g_free(record->rule);
        g_free(record->media_id);
        g_free(record->level);
        g_free(record->device);
        g_free(record->block);
        g_free(record->vendor_id);
        g_free(record->product_id);
        g_free(record->serial);
        g_free(record->manufacturer);
        g_free(record->product);
        g_free(record->user);
        g_free(record->session);
        g_free(record->message);
        g_free(record->details);
        g_free(record->digest);
        g_free(record);
}
