/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Kinds and their journal message ids, as a table. The ids are random, made once and never changed.
 */
#include "ledger/kinds.h"

static const struct {
        const char *kind, *message_id;
} table[] = {
        {GUARD_KIND_GUARDD_START, "63a1f3c251004844a26b72c5827317f8"},
        {GUARD_KIND_GUARDD_STOP, "6aaf593b634245408bce8ef3b585b6d8"},
        {GUARD_KIND_UNCLEAN_END, "8bd137081ffe4b7dab430009443a41af"},
        {GUARD_KIND_LEDGER_BEGUN, "a2c4f15fd4ff4967b0482167d5327adb"},
        {GUARD_KIND_LEDGER_REPLACED, "eee82e31105c47009cec2831ad52dc41"},
        {GUARD_KIND_LEDGER_GAP, "80cd312112f447d2891672f787438aa2"},
        {GUARD_KIND_LEDGER_HEAD_LOST, "226c417a8bf142219d8266475660ce8c"},
        {GUARD_KIND_LEDGER_PRUNED, "f9b1156ef7a64ae7b33afecccaafe858"},
        {GUARD_KIND_LEDGER_ALTERED, "6c63f3c484af4505923e5226bd2af779"},
        {GUARD_KIND_RECORDS_DROPPED, "bb89b10b3952419e8fa8eabc42ec8ccc"},
        {GUARD_KIND_AUDIT_UNAVAILABLE, "4a26b52ec00d4c53b992c12b2ce66602"},
        {GUARD_KIND_CLOCK_JUMP, "ac9217b43ea841b5b6471014259420b8"},
        {GUARD_KIND_USB_DECISION, "a3648275befc4d43b4176c0c52aecdcc"},
        {GUARD_KIND_BLOCK_DECISION, "54af16f5077d4744801c6bf41d2df71f"},
        {GUARD_KIND_LOST_DRIVE, "67cef1834da440a3b1f3ada1b1ebc620"},
        {GUARD_KIND_IDENTITY_CHANGED, "48fe568d56764b1498e782caabde305f"},
        {GUARD_KIND_REMOVED, "20a82a7563504d60af0e49a52e82a859"},
        {GUARD_KIND_EJECTED, "2b06ea41c72b42f2ad56aa7a3b9db8a8"},
        {GUARD_KIND_SPOOLED, "4f5447041f9548de80ebac94496654f1"},
        {GUARD_KIND_REMOVAL_PENDING, "938cf0e58529472bbec46c8a159dd70b"},
        {GUARD_KIND_FORCED_REMOVAL, "4a2331dddc55443bb6038ad42ade0105"},
        {GUARD_KIND_ENFORCE_FAILED, "28ef0a7fa60f41d9a341a7c72d85e9f8"},
        {GUARD_KIND_EXCEPTION_ASKED, "735c141ff22c4344b49ebc53ff0fc202"},
        {GUARD_KIND_EXCEPTION_GRANTED, "af3d103db5744334b5b949e6d95393de"},
        {GUARD_KIND_EXCEPTION_REFUSED, "94671e613af642f0b4fc5329a6c9e6ce"},
        {GUARD_KIND_EXCEPTION_ENDED, "e034a2a0e35b41dc82c0fca9bb5d5004"},
        {GUARD_KIND_IMPORT_FILE, "ec15fcb163df4b4aa30e21112dc74feb"},
        {GUARD_KIND_IMPORTED, "404ebcf8dbac40fdb0571173140b3f23"},
        {GUARD_KIND_IMPORT_FAILED, "e8cb35b4ea29435885e057734984dd5a"},
        {GUARD_KIND_SHIELD_REFUSED, "2d554d73f5164317b989a20efde1f5c4"},
        {GUARD_KIND_TRANSFER, "c57d19f3a6dc4b29943b84c6be74efaa"},
        {GUARD_KIND_TRANSFERS_MISSED, "97aaa5b07ec84c2b9bc9936a88ba9696"},
        {GUARD_KIND_PRESENCE, "e1f772eb424a473e8a9ae795e4ef3f50"},
        {GUARD_KIND_PRESENCE_FAKED, "b27a79f8bd0148f9a721c2112b73510f"},
        {GUARD_KIND_AFTER_HOURS, "e36457c62f64453ca2c08441f1d5cb2f"},
        {GUARD_KIND_POSTPONED, "446a18c99c1f443ba3473141c67ae7d5"},
        {GUARD_KIND_REGISTRY_INSTALLED, "959f297c1ee943c49164f39cbe363748"},
        {GUARD_KIND_REGISTRY_REFUSED, "b2cb0f8609604a8ba5f7a50e0141d149"},
        {GUARD_KIND_CONFIG_CHANGED, "30b1847287cd43c7a9481ebb42d96fd2"},
        {GUARD_KIND_ALARM, "363c2c5fa8bd47bcb1c1d4e24730a8ab"},
        {GUARD_KIND_ALARM_CLEARED, "2f75709745ff4bdfb49596f750e07c75"},
        {GUARD_KIND_ESCAPE_HATCH, "7e25e3bd61354d5bb694f13cba2ce9af"},
};

/* For kinds that a later version of guardd writes. */
static const char other_message_id[] = "a6453b0daedd470d93830cf4ff34812d";

const char *
guard_kind_message_id(const char *kind)
{
        for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
                if (g_strcmp0(table[i].kind, kind) == 0)
                        return table[i].message_id;
        }
        return other_message_id;
}

const char *
guard_kind_nth(gsize n)
{
        return n < G_N_ELEMENTS(table) ? table[n].kind : NULL;
}
