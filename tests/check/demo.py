#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The main job as a person sees it, in a real desktop guest. Prints a transcript, leaves a screenshot, and
fails where what it shows is not what it says. Used by ./demo."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'vm'))

from vmlib.api import devices, media  # noqa: E402
from vmlib.guest import Guest  # noqa: E402

DESK = ('guardctl station init --dir register',
        'guardctl station keygen --algorithm ed25519 --key private.pem --public desk.pem',
        'guardctl station enrol --dir register --media-id LY-017 --level secret'
        ' --vendor-id 46f4 --product-id 0001 --serial CLASSIFIED017',
        'guardctl station publish --dir register --key private.pem --valid-days 90 --output registry.snapshot')
WORKSTATION = ('install -m 0644 /root/desk/desk.pem /etc/baomi-guard/keys.d/',
               'guardctl registry install /root/desk/registry.snapshot')
TERMINAL = ("xfce4-terminal --disable-server --hide-menubar --geometry=%s --font='DejaVu Sans Mono 9'"
            " --title='%s' -x sh -c '%s'")
SCREEN = {'DISPLAY': ':0'}
XDOTOOL = 'DISPLAY=:0 XAUTHORITY=/home/clerk/.Xauthority xdotool '
PICTURES_MAX = 60


def title(text):
    print(f'\n== {text}', flush=True)


class Show:
    def __init__(self, guest):
        self.guest = guest

    def root(self, command, folder='/root', quiet=False):
        print(f'# {command}', flush=True)
        result = self.guest.run(f'cd {folder} && {command}', timeout=120).ok()
        if not quiet and result.out.strip():
            print(result.out.rstrip(), flush=True)
        return result.out

    def clerk(self, command, fails=False):
        print(f'clerk$ {command}', flush=True)
        result = self.guest.session_run('clerk', command)
        print((result.out + result.err).strip(), flush=True)
        if (result.rc != 0) != fails:
            raise SystemExit(f'demo: this should have {"failed" if fails else "worked"}')
        return result

    def window(self, name, command, place):
        """Starts the command; its window, once it is to be seen, goes to (x, y, width, height) of it that are told."""
        self.guest.session('clerk').spawn(command, env=SCREEN)
        x, y, *size = place
        steps = [f'window=$({XDOTOOL} search --onlyvisible --name "{name}" | tail -n 1)', 'test -n "$window"']
        if size:
            steps.append(f'{XDOTOOL} windowsize $window {size[0]} {size[1]}')
        steps.append(f'{XDOTOOL} windowmove $window {x} {y}')
        # As a whole: a window that has just come may be hidden once more while it is drawn.
        self.guest.run_until(' && '.join(steps), 120)

    def picture(self, path):
        """Once nothing is drawn any more: a desktop does not say so, three equal pictures in a row do."""
        same, before = 0, b''
        for _ in range(PICTURES_MAX):
            self.guest.screenshot(path)
            now = pathlib.Path(path).read_bytes()
            same = same + 1 if now == before else 0
            if same == 2:
                return
            before = now
            self.guest.run('sleep 4')
        raise SystemExit('demo: the screen does not come to rest')


    def inside(self, window, path):
        """What is to be read in that window now: its pixels."""
        self.guest.machine.qmp.cmd('screendump', filename=path, format='ppm')
        _magic, wide, _high, _max, pixels = pathlib.Path(path).read_bytes().split(maxsplit=4)
        place = dict(line.split('=') for line in self.guest.sh(f'{XDOTOOL} getwindowgeometry --shell {window}').splitlines())
        x, y, width, height = (int(place[key]) for key in ('X', 'Y', 'WIDTH', 'HEIGHT'))
        return b''.join(pixels[(row * int(wide) + x) * 3:(row * int(wide) + x + width) * 3] for row in range(y, y + height))

    def moving_picture(self, name, path):
        """Of a window that counts: it is drawn when it has changed twice, first by being drawn."""
        found = f'{XDOTOOL} search --onlyvisible --name "{name}"'
        window = self.guest.run_until(found, 120).out.split()[-1]
        seen = set()
        while len(seen) < 3:
            seen.add(self.inside(window, path))
        self.guest.screenshot(path)


def desk(show):
    title('At the desk: the coordination group enrols the classified drive LY-017 and publishes the registry')
    show.root('mkdir -p desk', quiet=True)
    for command in DESK:
        show.root(command, '/root/desk')
    title('On the workstation (level none): the registry is installed')
    for command in WORKSTATION:
        show.root(command)
    show.root('guardctl status')


def classified(show):
    guest = show.guest
    title('The classified drive is plugged in')
    mark = guest.mark()
    stick = guest.plug(devices.Stick(media.superfloppy(label='LY017'), serial='CLASSIFIED017'))
    guest.run_until('guardctl media list --json | grep -q classified-on-unclassified', 90)
    show.clerk('guardctl media list')
    blocks = guest.events(mark, 'kernel', SUBSYSTEM='block', ACTION='add')
    print(f'block devices that the kernel made: {len(blocks)}')
    if blocks:
        raise SystemExit('demo: a block device appeared')
    return stick


def ordinary(show):
    guest = show.guest
    title('An ordinary drive is plugged in')
    mark = guest.mark()
    stick = guest.plug(devices.Stick(media.superfloppy(label='ORDINARY'), serial='ORDINARY042'))
    name = guest.wait_event(mark, SUBSYSTEM='block', ACTION='add', DEVTYPE='disk')['DEVNAME'][5:]
    guest.udisks_has(name)
    if guest.run(f'findmnt --source /dev/{name}').rc != 0:
        show.clerk(f'udisksctl mount -b /dev/{name}')
    folder = guest.sh(f'findmnt -n -o TARGET --source /dev/{name}')
    show.clerk(f'echo minutes of the meeting > {folder}/minutes.txt && ls -l {folder}')
    return stick, folder


def screenshot(show, folder, path):
    """In the person's own language: what is refused in a terminal, what is usable in the file manager."""
    reading = 'guardctl media list; echo; guardctl status; touch /tmp/read; exec cat'  # cat: it stays open
    show.window('guardctl', TERMINAL % ('150x18', 'guardctl', reading), (20, 40))
    show.window(pathlib.Path(folder).name, f'thunar {folder}', (300, 420, 760, 330))
    show.guest.run_until('test -e /tmp/read', 120)
    show.picture(path)


def left_alone(show, path):
    """Nobody touches the machine: countdown, then the lock, and what proves it."""
    guest = show.guest
    title('The person leaves (for the demo: locked after 40 s, the last 20 counted down)')
    show.root("printf '[presence]\\nlock-after=40s\\nwarning=20s\\n' > /etc/baomi-guard/policy.d/50-demo.conf"
              " && systemctl reload guardd")
    show.moving_picture('^保密卫士$', path.replace('.png', '-countdown.png'))
    guest.run_until("""guardctl presence --json | grep -q '"locked"'""", 180)
    show.root('guardctl presence')
    guest.run_until('DISPLAY=:1 XAUTHORITY=/run/lightdm/root/:1 xdotool search --onlyvisible --class greeter', 180)
    show.picture(path.replace('.png', '-locked.png'))


def main(path):
    guest = Guest.resume('desktop-guard')
    try:
        show = Show(guest)
        desk(show)
        secret = classified(show)
        stick, folder = ordinary(show)
        title('What the screen shows')
        screenshot(show, folder, path)
        title('The ordinary drive is ejected; nothing is lost')
        name, = guest.find_usb(serial='ORDINARY042')
        show.clerk(f'cd / && guardctl media eject {name}')
        guest.unplug(stick)
        guest.unplug(secret)
        left_alone(show, path)
        title('What is on record, in the ledger and in the audit trail')
        show.root('guardctl log')
        show.root('guardctl log verify')
    finally:
        guest.close()
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else 'demo.png'))
