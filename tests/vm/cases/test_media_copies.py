# SPDX-License-Identifier: LGPL-2.1-or-later
"""Copies of a registered drive, the drive itself formatted anew, and identifiers that many drives
share: one identifier is enough to refuse, all hardware identifiers are needed to admit."""
from vmlib import desk
from vmlib.api import media, on

from test_media_identity import redir

BOOK = dict(vendor_id="0781", product_id="5567", serial="COPY040", fs_uuid="1234-ABCD")
SHARED = "123456789"
SHARED_FS = "DEAD-BEEF"


def come_and_go(guest, plug, kind, **want):
    """Plugged, judged as wanted, gone again; the record."""
    guest.plug(plug)
    record = desk.wait_record(guest, kind, **want)
    guest.unplug(plug)
    desk.wait_record(guest, "removed", serial=record["serial"], vendor_id=record["vendor_id"],
                     product_id=record["product_id"])
    return record


def formatted(uuid):
    return media.superfloppy(uuid=uuid.replace("-", ""))


@on("guard")
def test_copy_refused_formatted_as_policy_says(guest):
    desk.Desk(guest).enrol("LY-040", level="none", **BOOK).publish()
    original = formatted(BOOK["fs_uuid"])
    come_and_go(guest, redir("COPY040", medium=original.copy()), "block-decision", verdict="admit",
                reason="registered", media_id="LY-040")
    copied = dict(verdict="refuse", reason="identity-mismatch", severity="critical",
                  media_id="LY-040")
    mark = guest.mark()
    for vendor, product in (0x0951, 0x5567), (0x0781, 0x5568):
        come_and_go(guest, redir("COPY040", vendor, product, original.copy()), "usb-decision",
                    vendor_id="%04x" % vendor, product_id="%04x" % product, **copied)
    guest.assert_no_block(mark)
    # With another serial number only what is on it says whose copy it is: nobody ever sees that.
    come_and_go(guest, redir("OTHER040", medium=original.copy()), "block-decision",
                serial="OTHER040", **copied)
    guest.assert_hidden(mark)

    # The drive itself with a new file system: the shipped policy admits and tells, another refuses.
    mark = guest.mark()
    guest.plug(redir("COPY040", medium=formatted("0BAD-F00D")))
    changed = dict(reason="content-changed", media_id="LY-040")
    record = desk.wait_record(guest, "block-decision", verdict="admit", **changed)
    assert record["severity"] == "notice", record
    guest.udisks_has("sda")
    guest.put("/etc/baomi-guard/policy.d/50-office.conf", "[policy]\ncontent-changed=refuse\n")
    desk.wait_record(guest, "block-decision", verdict="refuse", **changed)
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk")
    assert desk.find(guest, serial="COPY040")["reason"] == "content-changed"


@on("guard")
def test_shared_serial_refuses_in_company_only(guest):
    book = desk.Desk(guest)
    book.enrol("LY-041", vendor_id="0951", product_id="1666", serial=SHARED, fs_uuid=SHARED_FS)
    assert SHARED in book.said and "by itself it will not refuse" in book.said, book.said
    assert "cannot be recognised by any one of its identifiers" in book.said, book.said
    book.publish()
    # Vendor, product and serial are those of the book, yet many drives have them; so has no serial.
    for plug, serial in ((redir(SHARED, 0x0951, 0x1666), SHARED), (redir("", 0x0951, 0x1666), None)):
        come_and_go(guest, plug, "block-decision", verdict="admit", reason="unregistered",
                    serial=serial)
    come_and_go(guest, redir("INNOCENT041", medium=formatted(SHARED_FS)), "block-decision",
                verdict="admit", reason="unregistered", serial="INNOCENT041")
    come_and_go(guest, redir(SHARED, medium=formatted(SHARED_FS)), "block-decision",
                verdict="refuse", reason="classified-on-unclassified", severity="critical",
                media_id="LY-041")
