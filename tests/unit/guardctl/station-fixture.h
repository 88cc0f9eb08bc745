/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station` over a book in a temporary folder, which is also the root of the machine that it sees.
 */
#pragma once
#include "guardctl/station.h"
#include "tests/unit/guardctl/capture.h"

typedef struct {
        char *root, *dir, *file; /* file: free for the case */
} Fixture;

/* The words, with "--dir" and the book's folder behind them. Its status. */
int station(Fixture *f, Capture *capture, const char *words);
/* Runs it; its status, and what must stand in what it said (NULL: anything). */
void says(Fixture *f, const char *words, int status, const char *out, const char *err);
/* The document of the words with --json. */
JsonNode *document(Fixture *f, const char *words, int status);
gint64 number(JsonNode *node, const char *name);
/* Of an array; @name NULL: the document itself is one. */
guint length(JsonNode *node, const char *name);
const char *member(JsonNode *list, guint i, const char *name);
/* A file below the root, with its folders. */
void put(Fixture *f, const char *path, const char *text);
void set_up(Fixture *f, gconstpointer data);
void tear_down(Fixture *f, gconstpointer data);
