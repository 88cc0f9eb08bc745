/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What people put in a key's place, and what each must be told.
 */
#pragma once
#include "desk.h"

typedef struct {
        Desk *desk;
        char *public, *file; /* the desk's public half; the file of the case */
} KeyFixture;

typedef struct {
        const char *name;
        void (*make)(KeyFixture *f);
        const char *as_private, *as_public; /* what is said where that half is needed; NULL: it is one */
        int code;                           /* SYNTAX is as good; 0: only that */
} KeyCase;

extern const KeyCase key_cases[];
extern const gsize key_n_cases;

void key_set_up(KeyFixture *f, gconstpointer data);
void key_tear_down(KeyFixture *f, gconstpointer data);
/* f->file, mode 0600. */
void key_put(KeyFixture *f, const char *bytes, gssize size);
char *key_text(const char *path);
