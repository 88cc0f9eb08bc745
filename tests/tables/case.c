/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads decision cases. For tests only.
 */
#include "tests/tables/case.h"
#include "common/device-kind.h"
#include "common/guard-text.h"
#include "rules/exception.h"
#include "rules/fingerprint.h"
#include <string.h>

static gboolean
entry_match(GuardEntry *entry, const char *type, const char *state)
{
        static const struct {
                const char *name;
                GuardMatchState state;
        } states[] = {
                {"yes", GUARD_MATCH_YES}, {"no", GUARD_MATCH_NO}, {"unread", GUARD_MATCH_NOT_READ}};
        gboolean weak = g_str_has_suffix(state, "*");

        for (guint t = 0; t < GUARD_N_IDS; t++)
                for (guint s = 0; s < G_N_ELEMENTS(states); s++)
                        if (g_str_equal(type, guard_id_type_to_string((GuardIdType)t)) &&
                            strncmp(state, states[s].name, strlen(states[s].name)) == 0 &&
                            strlen(state) == strlen(states[s].name) + (weak ? 1 : 0)) {
                                entry->match[t] = states[s].state;
                                entry->weak[t] = weak;
                                return TRUE;
                        }
        return FALSE;
}

static void
bind(char ***bound, const char *value)
{
        guint n = *bound != NULL ? g_strv_length(*bound) : 0;
        *bound = g_renew(char *, *bound, n + 2);
        (*bound)[n] = g_strdup(value);
        (*bound)[n + 1] = NULL;
}

GuardEntry *
case_entry(const char *text)
{
        g_autoptr(GuardEntry) entry = guard_entry_new();
        g_auto(GStrv) words = g_strsplit(text, " ", -1);
        if (g_strv_length(words) < 3 || !guard_level_from_string(words[1], &entry->level) ||
            !guard_status_from_string(words[2], &entry->status))
                return NULL;
        entry->media_id = g_strdup(words[0]);
        for (guint n = 3; words[n] != NULL; n++) {
                char *value = strchr(words[n], ':');
                if (value == NULL)
                        return NULL;
                *value++ = '\0';
                if (g_str_equal(words[n], "host"))
                        bind(&entry->hosts, value);
                else if (g_str_equal(words[n], "unit"))
                        bind(&entry->units, value);
                else if (g_str_equal(words[n], "user"))
                        bind(&entry->users, value);
                else if (!entry_match(entry, words[n], value))
                        return NULL;
        }
        return g_steal_pointer(&entry);
}

typedef struct {
        const GuardConf *conf;
        GuardConfGroup *group;
} Reader;

G_GNUC_NORETURN static void
unreadable(const Reader *r, const char *key, const char *value)
{
        g_error("%s:%u: [%s]: %s=%s cannot be read", r->conf->file, r->group->line, r->group->name,
                key, value);
}

static const char *
value_of(const Reader *r, const char *key, const char *otherwise)
{
        GuardConfEntry *entry = guard_conf_take(r->group, key);
        return entry != NULL ? entry->value : otherwise;
}

static gboolean
yes(const Reader *r, const char *key)
{
        return g_str_equal(value_of(r, key, "no"), "yes");
}

/* "vfat;crypto:crypto_LUKS" */
static void
read_volumes(const Reader *r, GuardBlockFacts *block)
{
        g_auto(GStrv) items = guard_conf_list(value_of(r, "volumes", ""));
        for (guint n = 0; items[n] != NULL; n++) {
                GuardVolumeFacts *volume = guard_volume_facts_new();
                const char *colon = strchr(items[n], ':');
                volume->partition = n + 1;
                volume->usage = colon != NULL ? g_strndup(items[n], (gsize)(colon - items[n]))
                                              : g_strdup("filesystem");
                volume->type = g_strdup(colon != NULL ? colon + 1 : items[n]);
                g_ptr_array_add(block->volumes, volume);
        }
}

static void
read_block(const Reader *r, Case *c)
{
        static const struct {
                const char *name;
                GuardProbeState state;
        } probes[] = {{"ok", GUARD_PROBE_OK},
                      {"not-done", GUARD_PROBE_NOT_DONE},
                      {"no-medium", GUARD_PROBE_NO_MEDIUM},
                      {"timeout", GUARD_PROBE_TIMEOUT},
                      {"failed", GUARD_PROBE_FAILED}};
        const char *probe = value_of(r, "probe", "ok");
        GuardBlockFacts *block = guard_block_facts_new();

        c->medium->block = block;
        block->name = g_strdup("sda");
        block->size = g_ascii_strtoull(value_of(r, "size", "16000000000"), NULL, 10);
        block->removable = !g_str_equal(value_of(r, "removable", "yes"), "no");
        block->lun = (guint)g_ascii_strtoull(value_of(r, "lun", "0"), NULL, 10);
        read_volumes(r, block);
        for (guint n = 0; n < G_N_ELEMENTS(probes); n++)
                if (g_str_equal(probe, probes[n].name)) {
                        block->probe = probes[n].state;
                        return;
                }
        unreadable(r, "probe", probe);
}

static guint16
read_id(const Reader *r, const char *key, const char *otherwise)
{
        return (guint16)g_ascii_strtoull(value_of(r, key, otherwise), NULL, 16);
}

/* "NAME N" */
static void
read_by_rule(const Reader *r, Case *c)
{
        const char *text = value_of(r, "by-rule", NULL);
        g_auto(GStrv) words = g_strsplit(text != NULL ? text : "", " ", 2);

        if (text == NULL)
                return;
        if (words[0] == NULL || words[1] == NULL)
                unreadable(r, "by-rule", text);
        c->by_rule = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(c->by_rule, g_strdup(words[0]), GUINT_TO_POINTER((guint)g_ascii_strtoull(words[1], NULL, 10)));
        c->input.by_rule = c->by_rule;
}

static void
read_exception(const Reader *r, Case *c)
{
        const char *verdict = value_of(r, "exception", NULL);
        GuardException *exception;

        if (verdict == NULL)
                return;
        exception = guard_exception_new();
        exception->id = g_strdup("K7QM2");
        exception->device = guard_exception_device(c->medium);
        exception->import = g_str_equal(verdict, "import");
        exception->verdict = GUARD_VERDICT_READ_ONLY;
        if (!exception->import && !guard_verdict_from_string(verdict, &exception->verdict))
                unreadable(r, "exception", verdict);
        c->exceptions = g_ptr_array_new_with_free_func((GDestroyNotify)guard_exception_free);
        g_ptr_array_add(c->exceptions, exception);
        c->input.exceptions = c->exceptions;
}

static void
read_medium(const Reader *r, Case *c)
{
        const char *carrier = value_of(r, "carrier", "usb"),
                   *kinds = value_of(r, "device", "storage");
        const char *serial = value_of(r, "serial", "AA00001234567");

        c->medium = guard_medium_new();
        c->medium->device = g_strdup("1-2");
        if (!guard_carrier_from_string(carrier, &c->medium->carrier))
                unreadable(r, "carrier", carrier);
        if (c->medium->carrier == GUARD_CARRIER_USB && !g_str_equal(kinds, "nothing")) {
                c->medium->usb = guard_usb_facts_new();
                if (!case_descriptors(kinds, &c->medium->usb->descriptors))
                        unreadable(r, "device", kinds);
                c->medium->usb->vendor_id = read_id(r, "vendor-id", "0951");
                c->medium->usb->product_id = read_id(r, "product-id", "1666");
                c->medium->usb->serial = g_strdup(serial);
                c->medium->usb->driver_kinds = guard_device_kinds_of_driver(value_of(r, "driver", NULL));
                c->medium->usb->only_keyboard = yes(r, "only-keyboard");
                c->medium->usb->sysname = g_strdup(value_of(r, "port", "1-2"));
                if (!guard_connect_from_string(value_of(r, "connect-type", "unknown"), &c->medium->usb->connect))
                        unreadable(r, "connect-type", "?");
        } else {
                c->medium->carrier_serial = g_strdup(serial);
        }
        if (c->input.stage == GUARD_STAGE_BLOCK)
                read_block(r, c);
        read_exception(r, c);
        read_by_rule(r, c);
}

static void
read_host(const Reader *r, Case *c)
{
        const char *level = value_of(r, "host", "none");
        c->host = guard_host_new();
        if (!g_str_equal(level, "unknown") && !guard_level_from_string(level, &c->host->level))
                unreadable(r, "host", level);
        c->host->host_id = g_strdup(value_of(r, "host-id", "PC-1"));
        c->host->unit = g_strdup(value_of(r, "unit", "first"));
}

static void
read_mark(const Reader *r, Case *c)
{
        static const char *const states[] = {
                [GUARD_MARK_NONE] = "none", [GUARD_MARK_VALID] = "valid", [GUARD_MARK_FORGED] = "forged", [GUARD_MARK_COPIED] = "copied"};
        const char *state = value_of(r, "mark", "none");
        guint s = 0;

        while (s < G_N_ELEMENTS(states) && !g_str_equal(state, states[s]))
                s++;
        if (s == G_N_ELEMENTS(states))
                unreadable(r, "mark", state);
        c->registry->mark = (GuardMarkState)s;
}

static void
read_registry(const Reader *r, Case *c)
{
        const char *state = value_of(r, "registry", "good");
        guint s = 0;
        while (s <= GUARD_REGISTRY_LOST &&
               !g_str_equal(state, guard_registry_state_to_string((GuardRegistryState)s)))
                s++;
        if (s > GUARD_REGISTRY_LOST)
                unreadable(r, "registry", state);
        c->registry = guard_registry_answer_new((GuardRegistryState)s);
        for (char key[] = "entry1"; key[5] <= '9'; key[5]++) {
                const char *text = value_of(r, key, NULL);
                GuardEntry *entry = text != NULL ? case_entry(text) : NULL;
                if (text != NULL && entry == NULL)
                        unreadable(r, key, text);
                if (entry != NULL)
                        g_ptr_array_add(c->registry->entries, entry);
        }
        read_mark(r, c);
        const char *changes = value_of(r, "registry-changes", NULL);
        if (changes != NULL && !guard_time_parse(changes, 0, &c->registry->changes_us, NULL))
                unreadable(r, "registry-changes", changes);
}

/* "li archive,wheel locked": the user, groups, and what else is so. */
static void
read_session(const Reader *r, Case *c)
{
        g_auto(GStrv) words = g_strsplit(value_of(r, "session", ""), " ", -1);
        if (words[0] == NULL || *words[0] == '\0')
                return;
        c->session = g_new0(GuardSession, 1);
        c->session->present = TRUE;
        c->session->user = g_strdup(words[0]);
        c->session->seat = g_strdup("seat0");
        c->session->groups = g_strsplit(words[1] != NULL ? words[1] : "", ",", -1);
        c->session->locked = g_strv_contains((const char *const *)words, "locked");
        c->session->greeter = g_strv_contains((const char *const *)words, "greeter");
}

/* A sample set's only file, as it is shipped; @file gets its name. Caller frees both. */
static char *
read_sample(const Reader *r, const char *name, char **file)
{
        const char *folder = g_getenv("BAOMI_SAMPLES");
        g_autofree char *base = g_strdup_printf("50-%s.conf", name);
        g_autofree char *path = g_build_filename(folder != NULL ? folder : "policy.d/samples", name, base, NULL);
        char *text = NULL;

        if (!g_file_get_contents(path, &text, NULL, NULL))
                unreadable(r, "sample", path);
        *file = g_strconcat("/etc/", base, NULL);
        return text;
}

static void
read_policy(const Reader *r, Case *c, const char *shipped)
{
        const char *sample = value_of(r, "sample", NULL);
        g_autofree char *file = NULL, *text = sample != NULL ? read_sample(r, sample, &file) : NULL;
        const char *own = text != NULL ? text : value_of(r, "policy", ""),
                   *below = yes(r, "without-shipped") ? "" : shipped;
        GuardPolicyText texts[] = {{file != NULL ? file : "/etc/50-test.conf", own, strlen(own)},
                                   {"/usr/90-shipped.conf", below, strlen(below)}};
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        c->policy = guard_policy_new_from_texts(texts, G_N_ELEMENTS(texts), errors);
        if (c->policy == NULL)
                g_error("%s:%u: [%s]: policy: %s", r->conf->file, r->group->line, r->group->name,
                        ((GError *)g_ptr_array_index(errors, 0))->message);
}

Case *
case_new(const GuardConf *conf, GuardConfGroup *group, const char *shipped)
{
        Reader reader = {conf, group};
        const Reader *r = &reader;
        Case *c = g_new0(Case, 1);
        const char *stage = value_of(r, "stage", "usb"),
                   *time = value_of(r, "time", "2026-11-24T09:00:00Z");

        if (!g_str_equal(stage, "usb") && !g_str_equal(stage, "block"))
                unreadable(r, "stage", stage);
        c->input.stage = g_str_equal(stage, "block") ? GUARD_STAGE_BLOCK : GUARD_STAGE_USB;
        if (!guard_time_parse(time, 0, &c->input.now_us, NULL))
                unreadable(r, "time", time);
        c->input.utc_offset_us = g_ascii_strtoll(value_of(r, "utc-offset-hours", "8"), NULL, 10) *
                                 3600 * G_USEC_PER_SEC;
        read_medium(r, c);
        read_host(r, c);
        read_registry(r, c);
        read_session(r, c);
        read_policy(r, c, shipped);
        c->input.medium = c->medium;
        c->input.host = c->host;
        c->input.policy = c->policy;
        c->input.registry = c->registry;
        c->input.session = c->session;
        c->input.duplicate_present = yes(r, "duplicate");
        c->input.changed = yes(r, "changed") ? GUARD_CHANGED_CAPACITY : 0;
        c->input.system_disk = yes(r, "system-disk");
        c->input.released = !yes(r, "new");
        return c;
}

void
case_free(Case *c)
{
        guard_medium_free(c->medium);
        guard_host_free(c->host);
        guard_policy_unref(c->policy);
        guard_registry_answer_free(c->registry);
        guard_session_free(c->session);
        g_clear_pointer(&c->exceptions, g_ptr_array_unref);
        g_clear_pointer(&c->by_rule, g_hash_table_unref);
        g_free(c);
}
