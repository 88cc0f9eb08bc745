/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guardd says of the media that are plugged in, as drives to be entered. Pure: the answer comes
 * as an argument.
 */
#pragma once
#include "station/station.h"

G_BEGIN_DECLS

typedef struct {
        char *device, *label;          /* "1-2"; what people are shown */
        char *vendor, *product, *serial; /* as guardd has them; NULL: none */
        GuardDrive *drive;             /* model, capacity and identifiers are filled in */
} GuardFacts;

/* @media: the aa{sv} of ListMedia. Of GuardFacts; what is no drive at all is left out. Caller frees
 * with g_ptr_array_unref(). */
GPtrArray *guard_facts_from_media(GVariant *media);
void guard_facts_free(GuardFacts *facts);

G_END_DECLS
