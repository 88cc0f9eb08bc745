/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which identifiers many media share. Conservative: what is called weak here no longer refuses by
 * itself, so only patterns that no careful maker gives to a single drive belong here. Pure.
 */
#include "registry/identity.h"

#include <string.h>

#define SHORTEST_SERIAL 4

/* Values that factories and tools leave on whole batches, canonical form. */
static const struct {
        GuardIdType type;
        const char *value;
        const char *why;
} known[] = {
        {GUARD_ID_SERIAL, "20060413092100000", "a card reader's factory serial number"},
        {GUARD_ID_SERIAL, "20071114173400000", "a card reader's factory serial number"},
        {GUARD_ID_SERIAL, "20090815198100000", "a card reader's factory serial number"},
        {GUARD_ID_SERIAL, "20100201396000000", "a card reader's factory serial number"},
        {GUARD_ID_SERIAL, "20120501030900000", "a card reader's factory serial number"},
        {GUARD_ID_SERIAL, "058F63666433", "a card reader's factory serial number"},
        {GUARD_ID_SERIAL, "058F63666485", "a card reader's factory serial number"},
        {GUARD_ID_SERIAL, "MSFT30", "a prefix without a number"},
        {GUARD_ID_FS_UUID, "67E317ED", "the fixed id of an EFI system partition"},
        {GUARD_ID_FS_UUID, "5F6617ED", "the fixed id of an EFI system partition"},
        {GUARD_ID_FS_UUID, "DEADBEEF", "a placeholder"},
        {GUARD_ID_FS_UUID, "CAFEBABE", "a placeholder"},
        {GUARD_ID_PT_UUID, "DEADBEEF", "a placeholder"},
};

static gboolean
one_character(const char *text)
{
        return strspn(text, (const char[]){text[0], '\0'}) == strlen(text);
}

/* Zeros and at most one other digit at the end: a counter that never counted. */
static gboolean
almost_zero(const char *text)
{
        gsize zeros = strspn(text, "0");
        gsize length = strlen(text);

        return length >= SHORTEST_SERIAL && zeros + 1 >= length;
}

static gboolean
follows(char before, char after, const char *order, int step)
{
        const char *at = strchr(order, before);
        int n = (int)strlen(order);

        return at != NULL && order[((int)(at - order) + step + n) % n] == after;
}

static gboolean
is_run_of(const char *text, const char *order, int step)
{
        for (gsize i = 1; text[i] != '\0'; i++) {
                if (!follows(text[i - 1], text[i], order, step))
                        return FALSE;
        }
        return TRUE;
}

/* 123456789, 9876543210, 0123456789ABCDEF, ABCDEFGH… */
static gboolean
is_run(const char *text)
{
        static const char *const orders[] = {"0123456789", "0123456789ABCDEF", "1234567890ABCDEF",
                                             "ABCDEFGHIJKLMNOPQRSTUVWXYZ"};

        for (gsize i = 0; i < G_N_ELEMENTS(orders); i++) {
                if (is_run_of(text, orders[i], 1) || is_run_of(text, orders[i], -1))
                        return TRUE;
        }
        return FALSE;
}

/* ISO 9660 takes the image's date for a UUID: the same on every stick written from it. */
static gboolean
is_iso_date(const char *text)
{
        return strlen(text) == 16 && strspn(text, "0123456789") == 16 &&
               (g_str_has_prefix(text, "19") || g_str_has_prefix(text, "20"));
}

/* Hybrid images make their GPT id of the same date, spelled in ASCII digits. */
static gboolean
is_ascii_date_guid(const char *text)
{
        guint digits = 0;

        if (strlen(text) != 32)
                return FALSE;
        for (guint i = 0; i < 32; i += 2) {
                if (text[i] == '3' && g_ascii_isdigit(text[i + 1]))
                        digits++;
        }
        return digits >= 12;
}

static const char *
serial_why(const char *text)
{
        if (strlen(text) < SHORTEST_SERIAL)
                return "too short to tell one drive from another";
        if (one_character(text))
                return "one character repeated";
        if (almost_zero(text))
                return "zeros";
        if (is_run(text))
                return "a run of digits";
        return NULL;
}

static const char *
uuid_why(GuardIdType type, const char *text)
{
        if (one_character(text))
                return "one character repeated";
        if (almost_zero(text))
                return "zeros";
        if (is_run(text))
                return "a run of digits";
        if (type == GUARD_ID_FS_UUID && is_iso_date(text))
                return "the date of an optical image";
        if (type == GUARD_ID_PT_UUID && (is_iso_date(text) || is_ascii_date_guid(text)))
                return "the date of a hybrid image";
        return NULL;
}

static const char *
known_why(GuardIdType type, const char *text)
{
        for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
                if (known[i].type == type && g_str_equal(known[i].value, text))
                        return known[i].why;
        }
        return NULL;
}

/* @value: for GUARD_ID_USB the serial number alone or the whole "VVVV:PPPP:SERIAL". */
gboolean
guard_identity_is_weak(GuardIdType type, const char *value, const char **why)
{
        g_autofree char *text = NULL;
        const char *reason;

        if (type == GUARD_ID_USB) {
                const char *serial = value;

                if (value != NULL && strlen(value) > 9 && value[4] == ':' && value[9] == ':')
                        serial = value + 10;
                return guard_identity_is_weak(GUARD_ID_SERIAL, serial, why);
        }
        text = guard_identity_canonical(type, 0, 0, value);
        if (text == NULL)
                reason = "empty";
        else if (known_why(type, text) != NULL)
                reason = known_why(type, text);
        else if (type == GUARD_ID_SERIAL || type == GUARD_ID_CID)
                reason = serial_why(text);
        else if (type == GUARD_ID_FS_UUID || type == GUARD_ID_PT_UUID)
                reason = uuid_why(type, text);
        else
                reason = NULL;
        if (why != NULL)
                *why = reason;
        return reason != NULL;
}
