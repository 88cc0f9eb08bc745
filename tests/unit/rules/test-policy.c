/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * policy.d texts: what is read, which file counts, and every fault with file and line.
 */
#include "common/guard-conf.h"
#include "rules/policy-private.h"
#include <locale.h>
#include <string.h>

static GuardPolicy *
parse(const char *first, const char *second, GPtrArray *errors)
{
        GuardPolicyText texts[] = {{"/etc/50-a.conf", first, strlen(first)},
                                   {"/usr/90-b.conf", second, strlen(second)}};
        return guard_policy_new_from_texts(texts, G_N_ELEMENTS(texts), errors);
}

static void
builtin_refuses(void)
{
        g_autoptr(GuardPolicy) policy = guard_policy_new_builtin();
        g_assert_cmpuint(guard_policy_n_rules(policy), ==, 0);
        g_assert_false(guard_policy_observes(policy));
        g_assert_cmpuint(guard_policy_retention_days(policy), >=, 184);
        for (guint level = 0; level < GUARD_N_HOST_LEVELS; level++)
                for (guint s = 0; s < GUARD_SITUATION_REGISTERED; s++)
                        g_assert_cmpint(policy->settings[level][s].verdict, ==,
                                        GUARD_VERDICT_REFUSE);
        g_autoptr(GuardPolicy) again = guard_policy_ref(policy);
        g_assert_true(again == policy);
}

static void
nothing_is_the_builtin(void)
{
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GuardPolicy) policy = guard_policy_new_from_texts(NULL, 0, errors);
        g_assert_nonnull(policy);
        g_assert_cmpint(policy->settings[0][GUARD_SITUATION_UNREGISTERED].verdict, ==,
                        GUARD_VERDICT_REFUSE);
}

static void
first_file_counts(void)
{
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GuardPolicy) policy =
                parse("[policy]\nunregistered=read-only\nbusy-seconds=0\n[rule a]\nverdict=admit\n",
                      "[policy]\nunregistered=admit\nregistry-lost=admit\nbusy-seconds="
                      "30\nretention-days=1000\n[rule b]\nverdict=refuse\n",
                      errors);
        g_assert_cmpuint(errors->len, ==, 0);
        g_assert_cmpint(policy->settings[0][GUARD_SITUATION_UNREGISTERED].verdict, ==,
                        GUARD_VERDICT_READ_ONLY);
        g_assert_cmpint(policy->settings[0][GUARD_SITUATION_REGISTRY_LOST].verdict, ==,
                        GUARD_VERDICT_ADMIT);
        g_assert_cmpint(policy->settings[1][GUARD_SITUATION_UNREGISTERED].verdict, ==,
                        GUARD_VERDICT_REFUSE);
        g_assert_cmpstr(policy->settings[0][GUARD_SITUATION_UNREGISTERED].origin, ==,
                        "50-a.conf:policy/unregistered");
        g_assert_cmpuint(guard_policy_busy_seconds(policy), ==, 0);
        g_assert_cmpuint(guard_policy_retention_days(policy), ==, 1000);
        g_assert_cmpuint(guard_policy_n_rules(policy), ==, 2);
        const GuardRule *rule = g_ptr_array_index(policy->rules, 0);
        g_assert_cmpstr(rule->name, ==, "50-a.conf:a");
}

/* A general setting in the first file comes before a special one in the second: the file's order is
 * stronger. */
static void
file_before_level(void)
{
        g_autoptr(GuardPolicy) policy =
                parse("[policy classified]\nunregistered=read-only\n[policy "
                      "top-secret]\nunregistered=refuse\n",
                      "[policy secret]\nunregistered=admit\n", NULL);
        g_assert_cmpint(policy->settings[1][GUARD_SITUATION_UNREGISTERED].verdict, ==,
                        GUARD_VERDICT_READ_ONLY);
        g_assert_cmpint(policy->settings[2][GUARD_SITUATION_UNREGISTERED].verdict, ==,
                        GUARD_VERDICT_READ_ONLY);
        g_assert_cmpint(policy->settings[3][GUARD_SITUATION_UNREGISTERED].verdict, ==,
                        GUARD_VERDICT_REFUSE);
}

static void
observes(void)
{
        g_autoptr(GuardPolicy) some =
                parse("[policy]\nmode=observe\n", "[policy]\nmode=enforce\n", NULL);
        g_assert_false(guard_policy_observes(some));
        g_assert_true(guard_policy_observes_on(some, GUARD_LEVEL_NONE));
        g_assert_false(guard_policy_observes_on(some, GUARD_LEVEL_SECRET));
        g_assert_false(guard_policy_observes_on(some, GUARD_LEVEL_UNKNOWN));
        g_autoptr(GuardPolicy) all =
                parse("[policy]\nmode=observe\n[policy classified]\nmode=observe\n", "", NULL);
        g_assert_true(guard_policy_observes(all));
}

static void
holds(void)
{
        g_autoptr(GuardPolicy) policy =
                parse("[hold]\nclasses=02;e0:01\n[hold classified]\nclasses=mtp\n",
                      "[hold]\nclasses=0e\n[hold secret]\nclasses=0a,e0:03:01\n", NULL);
        g_autofree char *none = guard_policy_hold_text(policy, GUARD_LEVEL_NONE);
        g_autofree char *confidential = guard_policy_hold_text(policy, GUARD_LEVEL_CONFIDENTIAL);
        g_autofree char *secret = guard_policy_hold_text(policy, GUARD_LEVEL_SECRET);
        g_autofree char *unknown = guard_policy_hold_text(policy, GUARD_LEVEL_UNKNOWN);
        g_assert_cmpstr(none, ==, "02\ne0:01\n");
        g_assert_cmpstr(confidential, ==, "02\ne0:01\nmtp\n");
        g_assert_cmpstr(secret, ==, "02\n0a\ne0:01\ne0:03:01\nmtp\n");
        g_assert_cmpstr(unknown, ==, secret);
        g_assert_true(guard_policy_hold(policy) == guard_policy_hold_on(policy, GUARD_LEVEL_NONE));

        struct guard_usb_hold back; /* the static helper comes to the same */
        g_assert_true(guard_usb_hold_parse(secret, strlen(secret), &back));
        g_assert_cmpint(
                memcmp(&back, guard_policy_hold_on(policy, GUARD_LEVEL_SECRET), sizeof back), ==,
                0);
}

static void
reads_every_key(void)
{
        static const char text[] = "[rule "
                                   "full]\nhost-level=classified\ncarrier=usb;mmc\nkind="
                                   "storage\ninterface-class=08:06:50\nvendor-id=0951\n"
                                   "product-id=1666;FFFF\nserial=A\nstate=registered\nlevel=secret;"
                                   "unknown\nfilesystem=vfat\nencryption=luks\n"
                                   "size-min=1K\nsize-max=2T\nusers=li\ngroups=archive\nlocked="
                                   "no\nhours=mon-fri 08:00-18:00;sat 09:00-12:00\n"
                                   "port=1-2;1-3.*\nconnect-type=external\nseat=seat0\nstatus=issued\nlimit=2\nseverity=warning\n"
                                   "verdict=read-only\npopup=no\nmode=observe\n";
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GuardPolicy) policy = parse(text, "", errors);
        g_assert_cmpuint(errors->len, ==, 0);
        const GuardRule *rule = g_ptr_array_index(policy->rules, 0);
        g_assert_cmphex(rule->keys, ==, (1u << GUARD_N_KEYS) - 1);
        g_assert_cmphex(rule->host_levels, ==, 0xe);
        g_assert_cmphex(rule->levels, ==, 0x14);
        g_assert_cmpuint(rule->products->len, ==, 2);
        g_assert_cmphex(g_array_index(rule->products, guint16, 1), ==, 0xffff);
        g_assert_cmpuint(rule->size_min, ==, 1024);
        g_assert_cmpuint(rule->size_max, ==, G_GUINT64_CONSTANT(2199023255552));
        g_assert_cmpuint(rule->hours->len, ==, 2);
        g_assert_true(rule->observe);
        g_assert_cmpint(rule->popup, ==, FALSE);
        g_assert_cmpint(rule->verdict, ==, GUARD_VERDICT_READ_ONLY);
}

static const struct {
        const char *text;
        GuardError code;
        const char *begins;
} faults[] = {
        {"[polcy]\n", GUARD_ERROR_UNKNOWN_KEY, "/etc/50-a.conf:1: there is no group [polcy]"},
        {"[policy none]\n", GUARD_ERROR_UNKNOWN_KEY,
         "/etc/50-a.conf:1: there is no group [policy none]"},
        {"[rule]\nverdict=admit\n", GUARD_ERROR_UNKNOWN_KEY,
         "/etc/50-a.conf:1: there is no group [rule]"},
        {"[policy]\nunregisterd=admit\n", GUARD_ERROR_UNKNOWN_KEY,
         "/etc/50-a.conf:2: there is no key"},
        {"[policy]\nregistered=refuse\n", GUARD_ERROR_UNKNOWN_KEY,
         "/etc/50-a.conf:2: there is no key"},
        {"[policy classified]\nbusy-seconds=1\n", GUARD_ERROR_UNKNOWN_KEY,
         "/etc/50-a.conf:2: there is no key"},
        {"[policy]\nunregistered=hold\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:2: unregistered=hold: expected admit"},
        {"[policy]\nunregistered=\n", GUARD_ERROR_INVALID_VALUE, "/etc/50-a.conf:2: "},
        {"[policy]\nmode=watch\n", GUARD_ERROR_INVALID_VALUE, "/etc/50-a.conf:2: mode=watch"},
        {"[policy]\npopup=1\n", GUARD_ERROR_INVALID_VALUE, "/etc/50-a.conf:2: popup=1"},
        {"[policy]\nbusy-seconds=601\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:2: busy-seconds=601"},
        {"[policy]\nretention-days=183\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:2: retention-days=183: expected days from 184"},
        {"[policy]\nretention-days=366d\n", GUARD_ERROR_INVALID_VALUE, "/etc/50-a.conf:2: "},
        {"[policy]\nmode=enforce\n[policy]\nmode=observe\n", GUARD_ERROR_SYNTAX,
         "/etc/50-a.conf:3: [policy] is already there, in line 1"},
        {"[policy]\nmode=enforce\nmode=observe\n", GUARD_ERROR_SYNTAX,
         "/etc/50-a.conf:3: “mode” is already set, in line 2"},
        {"[hold]\nclass=02\n", GUARD_ERROR_UNKNOWN_KEY, "/etc/50-a.conf:2: there is no key"},
        {"[hold]\nclasses=02;03\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:2: classes: “03”: keyboards"},
        {"[hold]\nclasses=09:00\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:2: classes: “09:00”: keyboards"},
        {"[rule a]\n", GUARD_ERROR_INVALID_VALUE, "/etc/50-a.conf:1: [rule a] has no verdict="},
        {"[rule a]\nverdict=hold\n", GUARD_ERROR_INVALID_VALUE, "/etc/50-a.conf:2: verdict=hold"},
        {"[rule a b]\nverdict=admit\n", GUARD_ERROR_SYNTAX, "/etc/50-a.conf:1: a rule's name"},
        {"[rule a]\nverdict=admit\n[rule a]\nverdict=refuse\n", GUARD_ERROR_SYNTAX,
         "/etc/50-a.conf:3: [rule a] is already there"},
        {"[rule a]\nverdict=admit\nvendor=0951\n", GUARD_ERROR_UNKNOWN_KEY,
         "/etc/50-a.conf:3: there is no key “vendor”"},
        {"[rule a]\nverdict=admit\nvendor-id=951\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: vendor-id: “951”"},
        {"[rule a]\nverdict=admit\nvendor-id=\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: vendor-id"},
        {"[rule a]\nverdict=admit\nusers=;\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: users"},
        {"[rule a]\nverdict=admit\ncarrier=scsi\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: carrier: “scsi”"},
        {"[rule a]\nverdict=admit\nkind=disk\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: kind"},
        {"[rule a]\nverdict=admit\nstate=lost\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: state"},
        {"[rule a]\nverdict=admit\nlevel=internal\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: level"},
        {"[rule a]\nverdict=admit\nhost-level=unknown\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: host-level"},
        {"[rule a]\nverdict=admit\ninterface-class=*\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: interface-class"},
        {"[rule a]\nverdict=admit\ninterface-class=08:06:50:1\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: interface-class"},
        {"[rule a]\nverdict=admit\nencryption=veracrypt\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: encryption"},
        {"[rule a]\nverdict=admit\nsize-min=1X\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: size-min"},
        {"[rule a]\nverdict=admit\nsize-min=-1\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: size-min"},
        {"[rule a]\nverdict=admit\nsize-max=99999999999T\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: size-max"},
        {"[rule a]\nverdict=admit\nsize-min=2G\nsize-max=1G\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:1: [rule a]: size-min"},
        {"[rule a]\nverdict=admit\nlocked=maybe\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: locked"},
        {"[rule a]\nverdict=admit\nhours=8-18\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: hours: “8-18”"},
        {"[rule a]\nverdict=admit\nmode=off\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: mode=off"},
        {"[rule a]\nverdict=admit\npopup=maybe\n", GUARD_ERROR_INVALID_VALUE,
         "/etc/50-a.conf:3: popup=maybe"},
};

static void
tells_every_fault(void)
{
        for (guint n = 0; n < G_N_ELEMENTS(faults); n++) {
                g_autoptr(GPtrArray) errors = guard_conf_errors_new();
                g_test_message("%s", faults[n].text);
                g_assert_null(parse(faults[n].text, "", errors));
                g_assert_cmpuint(errors->len, ==, 1);
                const GError *error = g_ptr_array_index(errors, 0);
                g_assert_error(error, GUARD_ERROR, (int)faults[n].code);
                if (!g_str_has_prefix(error->message, faults[n].begins))
                        g_error("“%s” does not begin with “%s”", error->message, faults[n].begins);
        }
}

static void
gathers_all_faults(void)
{
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_assert_null(
                parse("[policy]\nmode=x\npopup=x\n[rule a]\nlevel=x\n", "[nonsense]\nx\n", errors));
        g_assert_cmpuint(errors->len, ==, 6);
        g_assert_null(parse("[policy]\nmode=x\n", "", NULL));
}

int
main(int argc, char **argv)
{
        setlocale(LC_ALL, "C.UTF-8");
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/policy/builtin-refuses", builtin_refuses);
        g_test_add_func("/policy/nothing-is-the-builtin", nothing_is_the_builtin);
        g_test_add_func("/policy/first-file-counts", first_file_counts);
        g_test_add_func("/policy/file-before-level", file_before_level);
        g_test_add_func("/policy/observes", observes);
        g_test_add_func("/policy/holds", holds);
        g_test_add_func("/policy/reads-every-key", reads_every_key);
        g_test_add_func("/policy/tells-every-fault", tells_every_fault);
        g_test_add_func("/policy/gathers-all-faults", gathers_all_faults);
        return g_test_run();
}
