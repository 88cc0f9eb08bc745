/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * doctor: does the registry come by itself, and does it arrive?
 */
#include <glib/gi18n-lib.h>
#include <sys/stat.h>
#include "guardctl/doctor.h"
#include "guardctl/updates.h"

#define TIMER "guard-registry-update.timer"

static void
look_key(GuardctlDoctor *doctor, const GuardUpdateSettings *settings)
{
        const char *key = settings->client_key ? settings->client_key : settings->client_certificate;
        g_autofree char *full = key ? guardctl_doctor_path(doctor, key) : NULL;
        struct stat st;

        if (full && stat(full, &st) == 0 && (st.st_mode & (S_IRWXO | S_IWGRP)))
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("chgrp baomi-guard-update FILE; chmod 0640 FILE"),
                              _("This computer's own key can be read or changed by others: %s"), key);
}

static void
look_runs(GuardctlDoctor *doctor, const GuardUpdateHealth *health)
{
        g_autofree char *text = guardctl_updates_text(health);

        switch (health->state) {
        case GUARD_UPDATE_OFF:
                guardctl_find(doctor, GUARD_SEVERITY_NOTICE,
                              _("Write from= below [update] into /etc/baomi-guard/update.conf, or go on installing them by hand."),
                              _("New registries do not come by themselves: no source is configured"));
                return;
        case GUARD_UPDATE_BROKEN:
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("Correct that line: see baomi-guard-update.conf(5)."),
                              _("New registries are not fetched, the configuration is broken: %s"), health->why);
                return;
        case GUARD_UPDATE_NEVER:
        case GUARD_UPDATE_FAILING:
                guardctl_find(doctor, GUARD_SEVERITY_NOTICE, _("'guardctl registry update' tries at once."), _("Registry updates: %s"), text);
                return;
        case GUARD_UPDATE_STUCK:
                guardctl_find(doctor, GUARD_SEVERITY_WARNING,
                              _("Correct what it names; 'guardctl registry update' tries at once, 'journalctl -u guard-registry-update' has every run."),
                              _("New registries do not arrive: %s"), text);
                return;
        default:
                return;
        }
}

void
guardctl_doctor_look_at_updates(GuardctlDoctor *doctor)
{
        g_autoptr(GuardUpdateHealth) health = guard_update_health_read(doctor->root, g_get_real_time());

        look_runs(doctor, health);
        if (health->state == GUARD_UPDATE_OFF || health->state == GUARD_UPDATE_BROKEN)
                return;
        if (!guardctl_doctor_enabled(doctor, TIMER))
                guardctl_find(doctor, GUARD_SEVERITY_WARNING, _("systemctl enable --now guard-registry-update.timer"),
                              _("A source of registries is configured, but nothing asks it: the timer is off"));
        look_key(doctor, health->settings);
}
