/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A decision case as a person writes it (see README), turned into the decision's input. For tests
 * of rules/ only.
 */
#pragma once
#include "common/guard-conf.h"
#include "rules/media-rule.h"

typedef struct {
        GuardMedium *medium;
        GuardHost *host;
        GuardPolicy *policy;
        GuardRegistryAnswer *registry;
        GuardSession *session;    /* NULL: nobody */
        GPtrArray *exceptions;    /* of GuardException; NULL: none */
        GHashTable *by_rule;      /* name of a rule: devices here by it; NULL: none */
        GuardDecisionInput input; /* points at the above */
} Case;

/* Reads one group; @shipped: the text of policy.d's default file. Stops the test run on a case that
 * cannot be read. */
Case *case_new(const GuardConf *conf, GuardConfGroup *group, const char *shipped);
void case_free(Case *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Case, case_free)

/* Descriptors of a device with these kinds of interfaces: "storage+keyboard". FALSE: a kind nobody
 * knows. */
gboolean case_descriptors(const char *kinds, struct guard_usb_descriptors *out);
/* "LY-017 secret in-use usb:yes serial:yes* fs-uuid:unread host:PC-1": an entry; "*": weak. NULL:
 * cannot be read. */
GuardEntry *case_entry(const char *text);
