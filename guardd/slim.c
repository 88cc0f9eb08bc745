/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A start runs through far more code than what guardd does afterwards, and the kernel maps it in
 * generously. Program text is never written to: unmapped, it stays in the page cache that all programs
 * share, and comes back page by page where it is needed.
 */
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>
#include "guardd/slim.h"

static int
unmap_text(struct dl_phdr_info *info, size_t size G_GNUC_UNUSED, void *data)
{
        const gsize page = *(const gsize *)data;

        for (guint i = 0; i < info->dlpi_phnum; i++) {
                const ElfW(Phdr) *part = &info->dlpi_phdr[i];
                gsize start = (info->dlpi_addr + part->p_vaddr) & ~(page - 1);
                gsize end = (info->dlpi_addr + part->p_vaddr + part->p_memsz + page - 1) & ~(page - 1);

                /* What may be written holds relocations, and those are nowhere else. */
                if (part->p_type == PT_LOAD && (part->p_flags & PF_X) && !(part->p_flags & PF_W))
                        (void)madvise((void *)start, end - start, MADV_DONTNEED);
        }
        return 0;
}

void
guard_slim(void)
{
        gsize page = (gsize)sysconf(_SC_PAGESIZE);

        (void)malloc_trim(0);
        (void)dl_iterate_phdr(unmap_text, &page);
}
