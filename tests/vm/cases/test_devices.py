# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every kind of device that the harness can plug, on the stock guest: drivers, MAC and nodes as they
are without the guard. The guard's cases compare with these."""
import os
import tempfile

from vmlib.api import devices, media, on, usbdev, usbredir


@on("bare")
def test_input_behind_hubs(guest):
    mark = guest.mark()
    outer = guest.plug(devices.hub().at("1"))
    guest.wait_event(mark, SUBSYSTEM="usb", DEVTYPE="usb_device", ACTION="add", PRODUCT="409/55aa/*")
    guest.plug(devices.hub().at("1.1"))
    guest.plug(devices.mouse().at("1.1.2"))
    guest.wait_event(mark, SUBSYSTEM="input", ACTION="add", ID_INPUT_MOUSE="1")
    guest.plug(devices.Stick(media.superfloppy(), serial="DEEP").at("1.1.3"))
    event = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    assert "/1-1/1-1.1/1-1.1.3/" in event["DEVPATH"], event["DEVPATH"]
    guest.unplug(outer)
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk")


@on("bare")
def test_audio(guest):
    mark = guest.mark()
    guest.plug(devices.Audio())
    guest.wait_event(mark, SUBSYSTEM="sound", ACTION="add", DEVPATH="*")
    name, = guest.find_usb(vendor="46f4")
    guest.run_until("readlink /sys/bus/usb/devices/%s:1.0/driver | grep snd-usb-audio" % name)


@on("bare")
def test_network(guest):
    # on a fresh machine udev loads the drivers in parallel, and which of them is first to the data
    # interface is chance (cdc_subset wins at times): with all of them there it is not
    guest.sh("modprobe -a cdc_ether rndis_host cdc_subset; udevadm settle")
    mark = guest.mark()
    guest.plug(devices.Network(mac="52:54:00:ba:0b:77"))
    guest.wait_event(mark, SUBSYSTEM="net", ACTION="add")
    name, = guest.find_usb(vendor="0525")
    drivers = guest.usb_devices()[name]["drivers"]
    assert set(drivers.values()) <= {"cdc_ether", "rndis_host"}, drivers
    assert "ba:0b:77" in guest.sh("cat /sys/class/net/*/address"), drivers


@on("bare")
def test_phone(guest):
    folder = tempfile.mkdtemp()
    with open(os.path.join(folder, "photo.jpg"), "wb") as f:
        f.write(b"x")
    mark = guest.mark()
    guest.plug(devices.Phone(folder))
    guest.wait_event(mark, SUBSYSTEM="usb", ACTION="add", DEVTYPE="usb_device", PRODUCT="46f4/4/*")


@on("bare")
def test_sd_card(guest):
    mark = guest.mark()
    card = guest.plug(devices.SdCard(media.partitioned(["vfat"], size=64 * media.MIB)))
    event = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="partition")
    assert event["DEVNAME"] == "/dev/mmcblk0p1", event
    guest.unplug(card)
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk")


@on("bare")
def test_optical(guest):
    mark = guest.mark()
    guest.plug(devices.Optical(media.iso(), serial="CDROM1"))
    event = guest.wait_event(mark, SUBSYSTEM="block", ACTION=["add", "change"], ID_FS_TYPE="iso9660")
    assert event["DEVNAME"] == "/dev/sr0", event


@on("bare")
def test_luns_of_qemu(guest):
    mark = guest.mark()
    guest.plug(devices.Bot([media.superfloppy(), media.superfloppy("ext4")], serial="TWOLUNS"))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", count=2)


@on("bare")
def test_new_controller(guest):
    mark = guest.mark()
    controller = guest.plug(devices.Controller("rp1"))
    guest.wait_event(mark, SUBSYSTEM="usb", ACTION="add", DEVTYPE="usb_device", PRODUCT="1d6b/3/*")
    guest.plug(devices.Stick(media.superfloppy(), serial="NEWHC").at(bus=controller.bus))
    event = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    assert event["ID_SERIAL_SHORT"] == "NEWHC", event


@on("bare")
def test_redir_phone_and_vendor_class(guest):
    mark = guest.mark()
    guest.plug(usbredir.Redir(usbdev.Device([usbdev.Mtp(vendor_class=True)], vendor=0x18D1,
                                            product=0x4EE1, serial="PHONE")))
    guest.plug(usbredir.Redir(usbdev.Device([usbdev.Interface(0xE0, 1, 1)], vendor=0x0A12,
                                            product=0x0001)))
    guest.wait_event(mark, SUBSYSTEM="usb", ACTION="add", DEVTYPE="usb_device", PRODUCT="18d1/*")
    guest.wait_event(mark, SUBSYSTEM="usb", ACTION="add", DEVTYPE="usb_device", PRODUCT="a12/*")


@on("bare")
def test_redir_keyboard_types(guest):
    keyboard = usbdev.Keyboard()
    mark = guest.mark()
    guest.plug(usbredir.Redir(usbdev.Device([keyboard], vendor=0x046D, product=0xC31C)))
    event = guest.wait_event(mark, SUBSYSTEM="input", ACTION="add", ID_INPUT_KEYBOARD="1",
                             DEVNAME="/dev/input/event*")
    reader = guest.spawn(["sh", "-c", "dd if=%s bs=24 count=1 2>/dev/null | od -An -tx1"
                          % event["DEVNAME"]])
    typed = None
    for _ in range(60):  # the console listens at once, the reader when it has started
        keyboard.press(4)
        typed = reader.wait(1)
        if typed:
            break
    assert typed and typed.out.split(), typed


@on("bare")
def test_media_kinds(guest):
    """What mkfs and sfdisk made on the host is what udev finds in the guest."""
    uuid = {"vfat": "BEEF-0001", "exfat": "BEEF-0002", "ntfs": "BEEF000300000003"}
    table = media.partitioned(["vfat", "exfat", "ntfs", "ext4"], "gpt", 96 * media.MIB,
                              uuids={n: v for n, v in enumerate(uuid.values())})
    mark = guest.mark()
    guest.plug(devices.Stick(table, serial="KINDS"))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="partition", count=4)
    found = {e["ID_FS_TYPE"]: e["ID_FS_UUID"] for e in guest.events(
        mark, "udev", SUBSYSTEM="block", ACTION="add", DEVTYPE="partition")}
    assert found == dict(uuid, ext4=media.FS_UUID["ext4"]), found


@on("bare")
def test_media_odd(guest):
    for medium, key, want in ((media.luks(uuid="aaaaaaaa-0000-4000-8000-00000000000a"),
                               "ID_FS_TYPE", "crypto_LUKS"),
                              (media.luks(version=1), "ID_FS_VERSION", "1"),
                              (media.iso_hybrid(), "ID_FS_TYPE", "iso9660"),
                              (media.partitioned(["vfat"], table_id="0xdeadbeef"),
                               "ID_PART_TABLE_UUID", "deadbeef"),
                              (media.blank(), "ID_BUS", "usb")):
        mark = guest.mark()
        stick = guest.plug(devices.Stick(medium, serial="ODD", read_only=True))
        event = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
        assert event.get(key) == want, (key, want, event)
        guest.unplug(stick)
        guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk")
