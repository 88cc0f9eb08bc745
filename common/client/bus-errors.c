/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * GuardError on the bus.
 */
#include "common/client/bus-errors.h"
#include "common/guard-error.h"
#include "common/guard-names.h"

#define NAME(word) GUARD_BUS_NAME ".Error." word

static const struct {
        int code;
        const char *name;
} bus_errors[] = {
        {GUARD_ERROR_FAILED, NAME("Failed")},
        {GUARD_ERROR_IO, NAME("IO")},
        {GUARD_ERROR_SYNTAX, NAME("Syntax")},
        {GUARD_ERROR_UNKNOWN_KEY, NAME("UnknownKey")},
        {GUARD_ERROR_INVALID_VALUE, NAME("InvalidValue")},
        {GUARD_ERROR_NOT_FOUND, NAME("NotFound")},
        {GUARD_ERROR_EXISTS, NAME("Exists")},
        {GUARD_ERROR_SIGNATURE, NAME("Signature")},
        {GUARD_ERROR_ROLLBACK, NAME("Rollback")},
        {GUARD_ERROR_NOT_YET_VALID, NAME("NotYetValid")},
        {GUARD_ERROR_EXPIRED, NAME("Expired")},
        {GUARD_ERROR_CORRUPT, NAME("Corrupt")},
        {GUARD_ERROR_FULL, NAME("Full")},
        {GUARD_ERROR_BUSY, NAME("Busy")},
        {GUARD_ERROR_TIMEOUT, NAME("Timeout")},
        {GUARD_ERROR_DENIED, NAME("Denied")},
        {GUARD_ERROR_UNREACHABLE, NAME("Unreachable")},
        {GUARD_ERROR_USAGE, NAME("Usage")},
        {GUARD_ERROR_GONE, NAME("Gone")},
};

void
guard_bus_errors_register(void)
{
        static gsize once;

        if (!g_once_init_enter(&once))
                return;
        for (gsize i = 0; i < G_N_ELEMENTS(bus_errors); i++)
                g_dbus_error_register_error(GUARD_ERROR, bus_errors[i].code, bus_errors[i].name);
        g_once_init_leave(&once, 1);
}

const char *
guard_bus_error_name(int code)
{
        for (gsize i = 0; i < G_N_ELEMENTS(bus_errors); i++)
                if (bus_errors[i].code == code)
                        return bus_errors[i].name;
        return bus_errors[0].name;
}
