/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardd's end of an import: a connection to the importer, which systemd starts for it (common/guard-import.h). One
 * message is handed on at a time, and the next one is read when guardd asks for it: the importer never
 * gets far ahead of the record.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct GuardImporter GuardImporter;

/* @message: an a{sv}, the caller's; NULL: the importer is gone, which is the last word. On the main context. */
typedef void (*GuardImporterSaid)(GVariant *message, gpointer user_data);

/* Connects at @socket. NULL with GUARD_ERROR_UNREACHABLE. */
GuardImporter *guard_importer_new(const char *socket, GuardImporterSaid said, gpointer user_data, GError **error);
/* Ends the importer, too; nothing is said any more. */
void guard_importer_free(GuardImporter *importer);
/* Takes @message (floating). A failure is heard as the importer being gone. */
void guard_importer_tell(GuardImporter *importer, GVariant *message);
/* Reads on. */
void guard_importer_go_on(GuardImporter *importer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardImporter, guard_importer_free)

G_END_DECLS
