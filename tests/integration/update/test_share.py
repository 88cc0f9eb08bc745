#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""guard-registry-update with a folder (a mounted share) as its source, and killed at any moment.

usage: test_share.py GUARD-REGISTRY-UPDATE GUARDCTL
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))

import tap                  # noqa: E402
from ways import Wire       # noqa: E402
from world import World     # noqa: E402

UPDATER, GUARDCTL = sys.argv[1:3]


def share(world, data=None):
    """The share, with that file in it."""
    folder = world.dir / 'share'
    folder.mkdir(exist_ok=True)
    if data is not None:
        (folder / 'aside').write_bytes(data)
        os.rename(folder / 'aside', folder / 'registry.snapshot')
    world.configure(**{'from': folder})
    return folder


def test_folder(world):
    """Installed once; the same file is not even copied again; a new one comes; an older one does not."""
    share(world, world.first)
    assert 'Registry number 1' in world.update()
    for _ in range(2):
        assert 'is the newest' in world.update()
    assert world.installs() == 1
    share(world, world.second)
    assert 'Registry number 2' in world.update()
    share(world, world.first)
    assert 'but 2 was accepted here already' in world.update(1)
    assert world.in_use() == world.second and world.staged() is None


def test_half_written(world):
    """The desk copies the file there by hand: half of it is told as such, and the next run takes the whole."""
    folder = share(world, world.first)
    world.update()
    with open(folder / 'registry.snapshot', 'wb') as file:   # in place, as a file manager does it
        for size, words in ((0, 'cut short (0 bytes)'), (1000, 'cut short (1000 bytes)'), (4096, 'not copied whole'), (100000, 'not copied whole')):
            file.write(world.second[file.tell():size])
            file.flush()
            said = world.update(1)
            assert words in said, (size, said)
            assert world.in_use() == world.first and world.staged() is None
        file.write(world.second[file.tell():])
    assert 'Registry number 2' in world.update()


def test_not_mounted(world):
    """An empty mount point, one that is gone, and what is no file."""
    folder = share(world)
    for path in folder.iterdir():
        path.unlink()
    assert 'is the share mounted, and did the desk put its file there?' in world.update(1)
    world.configure(**{'from': '/nowhere/at/all'})
    assert 'is the share mounted?' in world.update(1)
    os.mkfifo(folder / 'registry.snapshot')
    world.configure(**{'from': folder})
    assert 'not an ordinary file' in world.update(1)
    shutil.rmtree(folder)


def test_strangers_file(world):
    share(world, world.stranger)
    assert 'is not trusted here' in world.update(1)
    assert world.in_use() is None and world.staged() is None


def test_staged_is_ours_alone(world):
    """A link put into the folder is not written through; a damaged memory costs one download and no more."""
    share(world, world.first)
    target = world.dir / 'precious'
    target.write_text('precious', encoding='utf-8')
    os.symlink(target, world.dir / 'state/incoming.snapshot')
    assert 'Cannot open' in world.update(1)
    (world.dir / 'state/incoming.snapshot').unlink()
    os.link(target, world.dir / 'state/incoming.snapshot')
    assert 'not an ordinary file; remove it' in world.update(1)
    (world.dir / 'state/incoming.snapshot').unlink()
    assert target.read_text(encoding='utf-8') == 'precious'
    (world.dir / 'state/incoming.snapshot').write_bytes(b'x' * 5000)
    (world.dir / 'state/state').write_bytes(b'\xff\xfe[nonsense')
    assert 'Registry number 1' in world.update()
    assert world.in_use() == world.first


def test_one_at_a_time(world):
    """Two runs at once: the second says so and touches nothing."""
    share(world, world.first)
    holder = subprocess.Popen([sys.executable, '-c', 'import fcntl,os,sys; fd=os.open(sys.argv[1],os.O_RDONLY); fcntl.flock(fd,fcntl.LOCK_EX); '
                               'print("held",flush=True); sys.stdin.read()', world.dir / 'state'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == 'held\n'
    assert 'Another update is under way' in world.update(1)
    holder.communicate('')
    assert 'was installed' in world.update()


def until(child, condition):
    """Until @condition, or the child has ended."""
    while not condition():
        try:
            child.wait(0.01)
            return
        except subprocess.TimeoutExpired:
            pass


def test_killed(world):
    """SIGKILL while bytes come: the next run goes on from there, and what is installed is whole."""
    world.serve(world.first)
    for cut in 3000, 20000, 50000, 100000, 200000:
        world.fresh()
        wire = Wire(world.plain, [cut])
        wire.hold.clear()
        world.configure(**{'from': f'http://127.0.0.1:{wire.port}/'})
        command = [world.updater, '--config', world.dir / 'update.conf', '--state', world.dir / 'state', '--keys', world.dir / 'keys']
        child = subprocess.Popen(command, env=world.env, stderr=subprocess.PIPE)
        until(child, lambda: len(world.staged() or b'') > cut - 2000)   # the rest is the answer's head
        child.send_signal(signal.SIGKILL)
        child.communicate()
        kept = len(world.staged())
        assert cut - 2000 < kept < cut and world.in_use() is None, (cut, kept)
        wire.hold.set()
        world.asked('plain')
        assert 'was installed' in world.update()
        assert world.in_use() == world.first and world.staged() is None
        assert f'range=bytes={kept}-' in world.asked('plain')[-1]
        wire.close()


if __name__ == '__main__':
    sys.exit(tap.run(globals(), lambda: World(UPDATER, GUARDCTL), World.publish_three))
