/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two questions to an optical drive. The kernel lets a descriptor that is open for reading ask both.
 */
#include <linux/cdrom.h>
#include <scsi/sg.h>
#include <sys/ioctl.h>
#include "guardd/block/disc.h"

#define INFORMATION_SIZE 34
#define TIMEOUT_MS 8000
#define STATUS_OFFSET 2 /* the low two bits: 0 empty, 1 appendable, 2 complete */
#define STATUS_MASK 0x03

gboolean
guard_disc_is_blank(const guint8 *information, gsize size)
{
        return size > STATUS_OFFSET && (information[STATUS_OFFSET] & STATUS_MASK) == 0;
}

static gboolean
says_blank(int fd)
{
        guint8 command[10] = {GPCMD_READ_DISC_INFO, 0, 0, 0, 0, 0, 0, 0, INFORMATION_SIZE, 0};
        guint8 answer[INFORMATION_SIZE] = {0}, sense[32] = {0};
        struct sg_io_hdr request = {
                .interface_id = 'S',
                .dxfer_direction = SG_DXFER_FROM_DEV,
                .cmd_len = sizeof command,
                .cmdp = command,
                .dxfer_len = sizeof answer,
                .dxferp = answer,
                .mx_sb_len = sizeof sense,
                .sbp = sense,
                .timeout = TIMEOUT_MS,
        };
        gsize got;

        if (ioctl(fd, SG_IO, &request) < 0 || (request.info & SG_INFO_OK_MASK) != SG_INFO_OK)
                return FALSE;
        got = request.resid > 0 ? sizeof answer - MIN((gsize)request.resid, sizeof answer)
                                : sizeof answer;
        return guard_disc_is_blank(answer, got);
}

GuardDisc
guard_disc_look(int fd)
{
        if (ioctl(fd, CDROM_DISC_STATUS, CDSL_CURRENT) == CDS_AUDIO)
                return GUARD_DISC_AUDIO;
        return says_blank(fd) ? GUARD_DISC_BLANK : GUARD_DISC_DATA;
}

gboolean
guard_disc_excuse(GuardDisc disc, GuardBlockFacts *facts)
{
        GuardVolumeFacts *audio;

        if (disc == GUARD_DISC_DATA || facts->volumes->len > 0)
                return FALSE;
        facts->probe = GUARD_PROBE_OK;
        g_clear_pointer(&facts->probe_error, g_free);
        if (disc == GUARD_DISC_AUDIO) {
                audio = guard_volume_facts_new();
                audio->usage = g_strdup("other");
                audio->type = g_strdup("audio-disc");
                g_ptr_array_add(facts->volumes, audio);
        }
        return TRUE;
}
