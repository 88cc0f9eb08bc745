/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names of columns and words in cells, as the spreadsheets of offices have them: tables only.
 */
#include "station/columns.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#include "station/column-words.h"

/* The first name of each language is the one that is written; the others are understood. */
static const struct {
        const char *chinese[7], *english[6];
} names[GUARD_N_COLUMNS] = {
        [GUARD_COLUMN_MEDIA_ID] = {{"介质编号", "编号", "设备编号", "U盘编号", "保密编号"},
                                   {"media-id", "id", "number", "media number"}},
        [GUARD_COLUMN_NAME] = {{"名称", "介质名称", "设备名称"}, {"name"}},
        [GUARD_COLUMN_MODEL] = {{"型号", "品牌型号", "规格型号", "品牌"}, {"model", "make"}},
        [GUARD_COLUMN_LEVEL] = {{"密级", "涉密等级", "密级等级"}, {"level", "classification"}},
        [GUARD_COLUMN_STATUS] = {{"状态", "使用状态", "使用情况"}, {"status", "state"}},
        [GUARD_COLUMN_CUSTODIAN] = {{"责任人", "保管人", "管理人"}, {"custodian", "owner"}},
        [GUARD_COLUMN_DEPARTMENT] = {{"部门", "使用部门", "科室", "处室"}, {"department"}},
        [GUARD_COLUMN_UNIT] = {{"单位", "所属单位"}, {"unit", "organisation", "organization"}},
        [GUARD_COLUMN_IN_USE_DATE] = {{"启用时间", "启用日期", "登记日期", "登记时间"},
                                      {"in-use-date", "in use since", "date"}},
        [GUARD_COLUMN_VENDOR_ID] = {{"厂商ID", "供应商ID", "VID"}, {"vendor-id", "vendor"}},
        [GUARD_COLUMN_PRODUCT_ID] = {{"产品ID", "PID"}, {"product-id", "product"}},
        [GUARD_COLUMN_SERIAL] = {{"序列号", "硬件序列号", "介质序列号", "USB序列号", "SN"},
                                 {"serial", "serial number"}},
        [GUARD_COLUMN_CID] = {{"存储卡序列号", "CID"}, {"cid"}},
        [GUARD_COLUMN_FS_UUID] = {{"文件系统UUID", "卷序列号"}, {"fs-uuid", "file system uuid"}},
        [GUARD_COLUMN_PT_UUID] = {{"分区表UUID", "磁盘签名"}, {"pt-uuid"}},
        [GUARD_COLUMN_CAPACITY] = {{"容量"}, {"capacity", "size"}},
        [GUARD_COLUMN_HOLDER] = {{"使用人", "领用人", "借用人", "持有人"}, {"holder", "user name"}},
        [GUARD_COLUMN_DUE_DATE] = {{"应还日期", "归还期限", "应归还日期"}, {"due-date", "due"}},
        [GUARD_COLUMN_HOSTS] = {{"绑定主机", "限用主机"}, {"hosts", "bound hosts"}},
        [GUARD_COLUMN_UNITS] = {{"绑定单位", "限用单位"}, {"units", "bound units"}},
        [GUARD_COLUMN_USERS] = {{"绑定账户", "限用账户"}, {"users", "accounts", "bound users"}},
        [GUARD_COLUMN_SHARED_SERIAL] = {{"序列号重复"}, {"shared-serial"}},
        [GUARD_COLUMN_NOTE] = {{"备注", "说明"}, {"note", "notes", "remark", "remarks"}},
};

/* What makes two headers the same: letters and digits up to a remark in parentheses. */
static char *
plain(const char *text)
{
        g_autofree char *folded = g_utf8_casefold(text, -1);
        GString *out = g_string_new(NULL);

        for (const char *at = folded; *at != '\0'; at = g_utf8_next_char(at)) {
                gunichar c = g_utf8_get_char(at);

                if (c == '(' || c == 0xff08)
                        break;
                if (g_unichar_isalnum(c))
                        g_string_append_unichar(out, c);
        }
        return g_string_free(out, FALSE);
}

static gboolean
is_one_of(const char *header, const char *const *list, gsize n)
{
        for (gsize i = 0; i < n && list[i] != NULL; i++) {
                g_autofree char *name = plain(list[i]);

                if (g_str_equal(name, header))
                        return TRUE;
        }
        return FALSE;
}

GuardColumn
guard_column_find(const char *header)
{
        g_autofree char *name = plain(header);

        for (guint i = 0; *name != '\0' && i < GUARD_N_COLUMNS; i++) {
                if (is_one_of(name, names[i].chinese, G_N_ELEMENTS(names[i].chinese)) ||
                    is_one_of(name, names[i].english, G_N_ELEMENTS(names[i].english)))
                        return (GuardColumn)i;
        }
        return GUARD_N_COLUMNS;
}

const char *
guard_column_name(GuardColumn column, gboolean english)
{
        g_return_val_if_fail((guint)column < GUARD_N_COLUMNS, "");
        return english ? names[column].english[0] : names[column].chinese[0];
}

void
guard_row_clear(GuardRow *row)
{
        g_clear_pointer(&row->drive, guard_drive_free);
        g_clear_pointer(&row->vendor_id, g_free);
        g_clear_pointer(&row->product_id, g_free);
        g_clear_pointer(&row->serial, g_free);
}

/* Columns that are one string of the drive. */
static char **
text_field(GuardColumn column, GuardRow *row)
{
        const struct {
                GuardColumn column;
                char **field;
        } fields[] = {{GUARD_COLUMN_MEDIA_ID, &row->drive->media_id},
                      {GUARD_COLUMN_NAME, &row->drive->name},
                      {GUARD_COLUMN_MODEL, &row->drive->model},
                      {GUARD_COLUMN_CUSTODIAN, &row->drive->custodian},
                      {GUARD_COLUMN_DEPARTMENT, &row->drive->department},
                      {GUARD_COLUMN_UNIT, &row->drive->unit},
                      {GUARD_COLUMN_HOLDER, &row->drive->holder},
                      {GUARD_COLUMN_NOTE, &row->drive->note},
                      {GUARD_COLUMN_VENDOR_ID, &row->vendor_id},
                      {GUARD_COLUMN_PRODUCT_ID, &row->product_id},
                      {GUARD_COLUMN_SERIAL, &row->serial}};

        for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
                if (fields[i].column == column)
                        return fields[i].field;
        }
        return NULL;
}

static gboolean
take_id(GuardDrive *drive, GuardIdType type, const char *text, char **reason)
{
        g_auto(GStrv) values = guard_words_split(text);

        for (guint i = 0; values[i] != NULL; i++) {
                if (guard_drive_add_id(drive, type, values[i]))
                        continue;
                *reason = g_strdup(_("nothing identifying is in it"));
                return FALSE;
        }
        return TRUE;
}

static gboolean
take_list(const char *text, char ***list)
{
        g_auto(GStrv) values = guard_words_split(text);

        g_strfreev(*list);
        *list = values[0] != NULL ? g_steal_pointer(&values) : NULL;
        return TRUE;
}

gboolean
guard_column_take(GuardColumn column, const char *text, GuardRow *row, char **reason)
{
        char **field = text_field(column, row);

        if (field != NULL) {
                g_free(*field);
                *field = g_strdup(text);
                return TRUE;
        }
        switch (column) {
        case GUARD_COLUMN_LEVEL:
                return guard_words_level(text, &row->drive->level, reason);
        case GUARD_COLUMN_STATUS:
                return guard_words_status(text, &row->drive->status, reason);
        case GUARD_COLUMN_IN_USE_DATE:
                return guard_words_date(text, &row->drive->in_use_date, reason);
        case GUARD_COLUMN_DUE_DATE:
                return guard_words_date(text, &row->drive->due_date, reason);
        case GUARD_COLUMN_CAPACITY:
                return guard_words_capacity(text, &row->drive->capacity, reason);
        case GUARD_COLUMN_CID:
                return take_id(row->drive, GUARD_ID_CID, text, reason);
        case GUARD_COLUMN_FS_UUID:
                return take_id(row->drive, GUARD_ID_FS_UUID, text, reason);
        case GUARD_COLUMN_PT_UUID:
                return take_id(row->drive, GUARD_ID_PT_UUID, text, reason);
        case GUARD_COLUMN_SHARED_SERIAL:
                return guard_words_yes(text, &row->shared_serial, reason);
        case GUARD_COLUMN_HOSTS:
                return take_list(text, &row->drive->hosts);
        case GUARD_COLUMN_UNITS:
                return take_list(text, &row->drive->units);
        case GUARD_COLUMN_USERS:
                return take_list(text, &row->drive->users);
        default:
                return TRUE;
        }
}

gboolean
guard_row_finish(GuardRow *row, GuardColumn *column, char **reason)
{
        guint16 vendor, product;

        *column = GUARD_COLUMN_VENDOR_ID;
        if ((row->vendor_id != NULL) != (row->product_id != NULL)) {
                *reason = g_strdup(_("vendor and product go together, and one of them is missing"));
                return FALSE;
        }
        if (row->vendor_id != NULL && !guard_words_hex16(row->vendor_id, &vendor, reason))
                return FALSE;
        *column = GUARD_COLUMN_PRODUCT_ID;
        if (row->product_id != NULL && !guard_words_hex16(row->product_id, &product, reason))
                return FALSE;
        *column = GUARD_COLUMN_SERIAL;
        if (row->serial == NULL)
                return TRUE;
        if (row->vendor_id != NULL ? guard_drive_add_usb(row->drive, vendor, product, row->serial)
                                   : guard_drive_add_id(row->drive, GUARD_ID_SERIAL, row->serial))
                return TRUE;
        *reason = g_strdup(_("nothing identifying is in it"));
        return FALSE;
}
