/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every string table, there and back. A new enum value without a name, or two with one name, fails
 * here.
 */
#include "common/guard-level.h"
#include "common/guard-medium.h"
#include "common/guard-verdict.h"
#include "registry/registry-answer.h"
#include <locale.h>

typedef struct {
        const char *name;
        guint n;
        const char *(*to_string)(guint value);
        gboolean (*from_string)(const char *name, guint *value); /* NULL: there is no way back */
} Table;

#define TABLE(prefix, Type)                                                                        \
        static const char *prefix##_name(guint value)                                              \
        {                                                                                          \
                return guard_##prefix##_to_string((Type)value);                                    \
        }                                                                                          \
        static gboolean prefix##_value(const char *name, guint *value)                             \
        {                                                                                          \
                Type typed = (Type)*value;                                                         \
                gboolean known = guard_##prefix##_from_string(name, &typed);                       \
                *value = (guint)typed;                                                             \
                return known;                                                                      \
        }

TABLE(level, GuardLevel)
TABLE(verdict, GuardVerdict)
TABLE(severity, GuardSeverity)
TABLE(reason, GuardReason)
TABLE(carrier, GuardCarrier)
TABLE(status, GuardStatus)

static const char *
kind_name(guint value)
{
        return guard_usb_kind_to_string((enum guard_usb_kind)value);
}

static gboolean
kind_value(const char *name, guint *value)
{
        enum guard_usb_kind kind = (enum guard_usb_kind) * value;
        gboolean known = guard_usb_kind_from_string(name, &kind);
        *value = kind;
        return known;
}

static const char *
id_type_name(guint value)
{
        return guard_id_type_to_string((GuardIdType)value);
}

static const char *
state_name(guint value)
{
        return guard_registry_state_to_string((GuardRegistryState)value);
}

static const Table tables[] = {
        {"level", GUARD_LEVEL_TOP_SECRET + 1, level_name, level_value},
        {"verdict", GUARD_N_VERDICTS, verdict_name, verdict_value},
        {"severity", GUARD_N_SEVERITIES, severity_name, severity_value},
        {"reason", GUARD_N_REASONS, reason_name, reason_value},
        {"carrier", GUARD_N_CARRIERS, carrier_name, carrier_value},
        {"status", GUARD_N_STATUSES, status_name, status_value},
        {"usb-kind", GUARD_USB_VENDOR + 1, kind_name, kind_value},
        {"id-type", GUARD_N_IDS, id_type_name, NULL},
        {"registry-state", GUARD_REGISTRY_LOST + 1, state_name, NULL},
};

static void
there_and_back(gconstpointer data)
{
        const Table *table = data;
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint value = 0; value < table->n; value++) {
                const char *name = table->to_string(value);
                guint back = value + 1;
                g_assert_nonnull(name);
                g_assert_true(g_hash_table_add(seen, (gpointer)name));
                for (const char *p = name; *p != '\0'; p++)
                        g_assert_true(g_ascii_islower(*p) || *p == '-');
                if (table->from_string == NULL)
                        continue;
                g_assert_true(table->from_string(name, &back));
                g_assert_cmpuint(back, ==, value);
        }
}

static void
strangers_are_refused(gconstpointer data)
{
        static const char *const strangers[] = {
                "", " ", "Secret", "admit ", "nothing-of-the-kind", "unknown", NULL};
        const Table *table = data;
        for (guint n = 0; table->from_string != NULL && n < G_N_ELEMENTS(strangers); n++) {
                guint value = 1;
                g_assert_false(table->from_string(strangers[n], &value));
                g_assert_cmpuint(value, ==, 1);
        }
}

/* What is out of range reads as the safe value, and never as a pointer to nowhere. */
static void
out_of_range(void)
{
        g_assert_cmpstr(guard_level_to_string(GUARD_LEVEL_UNKNOWN), ==, "unknown");
        g_assert_cmpstr(guard_level_to_string((GuardLevel)77), ==, "unknown");
        g_assert_cmpstr(guard_verdict_to_string((GuardVerdict)77), ==, "refuse");
        g_assert_cmpstr(guard_severity_to_string((GuardSeverity)77), ==, "critical");
        g_assert_cmpstr(guard_reason_to_string((GuardReason)77), ==, "none");
        g_assert_cmpstr(guard_carrier_to_string((GuardCarrier)77), ==, "other");
        g_assert_cmpstr(guard_usb_kind_to_string((enum guard_usb_kind)77), ==, "other");
}

static void
every_reason_has_a_sentence(void)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint n = 0; n < GUARD_N_REASONS; n++) {
                const char *sentence = guard_reason_describe((GuardReason)n);
                g_assert_true(g_str_has_suffix(sentence, "."));
                g_assert_true(g_hash_table_add(seen, (gpointer)sentence));
        }
        for (int level = GUARD_LEVEL_UNKNOWN; level <= GUARD_LEVEL_TOP_SECRET; level++)
                g_assert_true(
                        g_hash_table_add(seen, (gpointer)guard_level_label((GuardLevel)level)));
}

static void
order_of_verdicts(void)
{
        g_assert_cmpint(guard_verdict_worst(GUARD_VERDICT_ADMIT, GUARD_VERDICT_READ_ONLY), ==,
                        GUARD_VERDICT_READ_ONLY);
        g_assert_cmpint(guard_verdict_worst(GUARD_VERDICT_HOLD, GUARD_VERDICT_READ_ONLY), ==,
                        GUARD_VERDICT_HOLD);
        g_assert_cmpint(guard_verdict_worst(GUARD_VERDICT_HOLD, GUARD_VERDICT_REFUSE), ==,
                        GUARD_VERDICT_REFUSE);
        g_assert_cmpint((GuardVerdict)0, ==, GUARD_VERDICT_REFUSE);
}

int
main(int argc, char **argv)
{
        setlocale(LC_ALL, "C.UTF-8");
        g_test_init(&argc, &argv, NULL);
        for (guint n = 0; n < G_N_ELEMENTS(tables); n++) {
                g_autofree char *back = g_strdup_printf("/names/%s/there-and-back", tables[n].name);
                g_autofree char *strangers = g_strdup_printf("/names/%s/strangers", tables[n].name);
                g_test_add_data_func(back, &tables[n], there_and_back);
                g_test_add_data_func(strangers, &tables[n], strangers_are_refused);
        }
        g_test_add_func("/names/out-of-range", out_of_range);
        g_test_add_func("/names/every-reason-has-a-sentence", every_reason_has_a_sentence);
        g_test_add_func("/names/order-of-verdicts", order_of_verdicts);
        return g_test_run();
}
