#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""guard-registry-update against the real nginx on loopback, with the configuration that docs/FLEET.md shows.

usage: test_web.py GUARD-REGISTRY-UPDATE GUARDCTL
"""
import base64
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))

import tap                      # noqa: E402
from ways import Proxy, Wire    # noqa: E402
from world import DEADLINE, TREE, World, free_ports   # noqa: E402

UPDATER, GUARDCTL = sys.argv[1:3]


def test_first_then_304(world):
    """The first fetch installs; the next ones cost an answer without a body; a new one comes by itself."""
    world.serve(world.first)
    world.configure()
    assert 'Registry number 1 with 3000 drives was installed' in world.update()
    assert world.in_use() == world.first and world.staged() is None
    assert world.asked()[0].startswith(f'200 {len(world.first)} range=- unless=-')
    for _ in range(2):
        assert 'is the newest' in world.update()
    lines = world.asked()
    assert [line.split()[:2] for line in lines] == [['304', '0']] * 2 and 'unless=\\x22' in lines[0], lines
    world.serve(world.second)
    assert 'Registry number 2' in world.update()
    assert world.in_use() == world.second and world.installs() == 2
    assert world.memory()['failures'] == '0' and 'error' not in world.memory()


def test_lost_registry_is_mended(world):
    """What guardd has counts, not what was once fetched: no 304 for a workstation whose registry is gone or damaged."""
    world.serve(world.first)
    world.configure()
    world.update()
    for damage in (None, world.first[:5000]):
        path = world.dir / 'guardd/registry.db'
        path.unlink() if damage is None else path.write_bytes(damage)
        assert 'was installed' in world.update()
        assert world.in_use() == world.first


def test_cut_and_resumed(world):
    """A wire that breaks twice within one run: each time it goes on from where it was, by a byte range."""
    world.serve(world.first)
    wire = Wire(world.site, [100000, 150000])
    world.configure(**{'from': f'https://localhost:{wire.port}/'})
    assert 'was installed' in world.update()
    assert world.in_use() == world.first
    lines = world.asked()
    ranges = [re.search(r'^(\d+) .* range=(\S+) .* if_range=(\S+)', line).groups() for line in lines]
    assert [status for status, _, _ in ranges] == ['200', '206', '206'], lines
    offsets = [int(re.fullmatch(r'bytes=(\d+)-', text).group(1)) for _, text, _ in ranges[1:]]
    assert 50000 < offsets[0] < 100000 < offsets[1] < 250000, offsets
    assert all(tag.startswith('\\x22') for _, _, tag in ranges[1:]), lines
    wire.close()


def test_cut_kept_for_the_next_run(world):
    """One that breaks at once brings nothing and ends the run; what was there is kept for the next."""
    world.serve(world.first)
    wire = Wire(world.site, [100000, 0])
    world.configure(**{'from': f'https://localhost:{wire.port}/'})
    said = world.update(1)
    assert 'No registry was taken' in said, said
    kept = world.staged()
    assert 50000 < len(kept) < 100000 and world.first.startswith(kept)
    assert world.in_use() is None and world.memory()['failures'] == '1'
    world.asked()
    assert 'was installed' in world.update()
    assert world.in_use() == world.first and f'range=bytes={len(kept)}-' in world.asked()[0]
    # And where the desk published meanwhile: not a mixture, the whole new one.
    world.fresh()
    wire.cuts = [100000, 0]
    world.update(1)
    world.serve(world.second)
    world.asked()
    assert 'Registry number 2' in world.update()
    assert world.in_use() == world.second and world.asked()[0].startswith('200 ')
    wire.close()


def test_wrong_bytes(world):
    """Altered, cut or a stranger's: refused, nothing is handed over, and nothing staged is in the next one's way."""
    world.serve(world.first)
    world.configure()
    world.update()
    at = len(world.second) - 100
    wrong = {'its content is not what was signed': world.second[:at] + b'!' + world.second[at + 1:],
             'not copied whole': world.second[:-5], 'is not trusted here': world.stranger,
             'not a registry snapshot, or cut short': b'short', 'not a registry snapshot': b'<html>' * 2000}
    for words, data in wrong.items():
        world.serve(data)
        said = world.update(1)
        assert words in said, (words, said)
        assert world.in_use() == world.first and world.installs() == 1 and world.staged() is None, words
    assert world.memory()['failures'] == str(len(wrong))
    world.asked()
    world.serve(world.second)
    assert 'Registry number 2' in world.update()
    assert ' range=- ' in world.asked()[0]


def test_stranger_is_not_fetched_whole(world):
    """The first block is judged as soon as it is there."""
    world.serve(world.stranger)
    wire = Wire(world.open, [64 * 1024, 0])
    world.configure(**{'from': f'https://localhost:{wire.port}/'})
    assert 'is not trusted here' in world.update(1)   # and not: the connection broke
    wire.close()


def test_older_sequence(world):
    """The server went back: refused here already, so that guardd's ledger does not fill with it."""
    world.serve(world.second)
    world.configure()
    world.update()
    world.serve(world.first)
    assert 'but 2 was accepted here already' in world.update(1)
    assert world.in_use() == world.second and world.installs() == 1 and world.staged() is None


def test_guardd_away_or_busy(world):
    """A whole file that guardd did not take waits, and is not fetched again."""
    world.serve(world.first)
    world.configure()
    (world.dir / 'guardd/refuse').write_text('Busy\n', encoding='utf-8')
    assert 'told to' in world.update(1)
    assert world.staged() == world.first
    (world.dir / 'guardd/refuse').unlink()
    world.asked()
    assert 'was installed' in world.update()
    assert world.in_use() == world.first and world.asked()[0].startswith('304 0 ')
    # What guardd finds bad is thrown away, whatever it looks like here.
    world.serve(world.second)
    (world.dir / 'guardd/refuse').write_text('Signature\n', encoding='utf-8')
    world.update(1)
    assert world.staged() is None
    (world.dir / 'guardd/refuse').unlink()
    world.guardd.terminate()
    world.guardd.wait()
    world.asked()
    assert 'guardd cannot be reached' in world.update(1)
    assert world.asked() == []   # nobody to hand it to: nothing is fetched
    world.start_guardd()
    assert 'Registry number 2' in world.update()


def test_too_large(world):
    """Told by its length, and where no length is told by counting."""
    world.serve(world.first)
    for place, log, words in ((f'https://localhost:{world.site}/', 'site', 'is larger ('),
                              (f'http://127.0.0.1:{world.plain}/unmeasured/', 'plain', 'went on beyond')):
        world.configure(**{'from': place, 'max-size': '100K'})
        said = world.update(1)
        assert words in said and 'max-size=' in said and world.in_use() is None and not world.staged(), said
        assert len(world.asked(log)) == 1
    # Not the end of the world for a server that tells no length: the same is fine where it is small enough.
    world.configure(**{'from': f'http://127.0.0.1:{world.plain}/unmeasured/'})
    assert 'was installed' in world.update()


def test_slow(world):
    """A server that drips is given up for this run; what came is kept."""
    world.serve(world.first)
    world.configure(**{'from': f'http://127.0.0.1:{world.plain}/silent/', 'stall-timeout': '2s'})
    assert 'took too long' in world.update(1)
    world.configure(**{'from': f'http://127.0.0.1:{world.plain}/slow/', 'deadline': '2s'})
    assert 'took too long' in world.update(1)
    assert world.first.startswith(world.staged())


def test_whom_to_trust(world):
    """Another authority's server, and a server that wants a certificate: told what to set."""
    world.serve(world.first)
    tls = world.dir / 'tls'
    for keys, words in (({'ca': tls / 'other-ca.pem'}, 'certificate is not trusted; set ca='),
                        ({'ca': None}, 'certificate is not trusted; set ca='),
                        ({'ca': tls / 'gone.pem'}, 'ca='),
                        ({'client-certificate': None, 'client-key': None}, 'client-certificate='),
                        ({'client-certificate': tls / 'server.pem', 'client-key': tls / 'server.key'}, 'client certificate'),
                        ({'client-key': tls / 'gone.key'}, 'chgrp baomi-guard-update'),
                        ({'from': f'https://127.0.0.2:{world.site}/'}, 'nobody answers there'),
                        ({'from': f'https://no-such-host.invalid:{world.site}/'}, 'name is not known here'),
                        ({'from': f'https://localhost:{world.site}/other.snapshot'}, 'no such file'),
                        ({'from': f'https://localhost:{world.plain}/'}, 'no encrypted connection'),
                        ({'from': f'http://127.0.0.1:{world.plain}/busy/'}, 'the next run tries again'),
                        ({'from': f'http://127.0.0.1:{world.plain}/page/'}, 'not a registry snapshot')):
        world.configure(**keys)
        said = world.update(1)
        assert words in said, (keys, said)
        assert world.in_use() is None


def test_redirections(world):
    """On to https is fine; down to http is not, nor round and round."""
    world.serve(world.first)
    for place in f'https://localhost:{world.open}/to-http/', f'http://127.0.0.1:{world.plain}/to-http/':
        world.configure(**{'from': place})
        assert 'write the final https address' in world.update(1), place
        assert not [line for line in world.asked('plain') if line.startswith('200')]
    world.configure(**{'from': f'https://localhost:{world.open}/round/'})
    assert 'round in circles' in world.update(1)
    world.configure(**{'from': f'https://localhost:{world.open}/to-https/'})
    assert 'was installed' in world.update()
    assert 'is the newest' in world.update()


def test_without_tags(world):
    """A server that tags nothing is asked for the whole each time, and guardd is not bothered with the same one."""
    world.serve(world.first)
    world.configure(**{'from': f'http://127.0.0.1:{world.plain}/untagged/'})
    assert 'was installed' in world.update()
    assert 'is the newest' in world.update()
    assert world.installs() == 1 and world.staged() is None
    assert [line.split()[0] for line in world.asked('plain')] == ['200', '200']


def test_proxy(world):
    """Only by the proxy that is configured (the environment names a wrong one); its password is in no message."""
    world.serve(world.first)
    proxy = Proxy()
    world.configure(proxy=f'http://127.0.0.1:{proxy.port}')
    assert 'was installed' in world.update()
    assert proxy.asked == [f'CONNECT localhost:{world.site} HTTP/1.1']
    proxy.close()
    world.fresh()
    world.configure(proxy=f'http://me:pass@127.0.0.1:{proxy.port}')
    said = world.update(1)
    assert f'by the proxy 127.0.0.1:{proxy.port}' in said and 'pass' not in said, said
    strict = Proxy(base64.b64encode(b'me:pass').decode())
    world.configure(proxy=f'http://127.0.0.1:{strict.port}')
    said = world.update(1)
    assert '407' in said, said
    world.configure(proxy=f'http://me:pass@127.0.0.1:{strict.port}')
    assert 'was installed' in world.update()
    strict.close()


def start_cache(world):
    """nginx as a site's cache, as shown, before the world's server; its port and child."""
    text = (TREE / 'docs/fleet/nginx-cache.conf').read_text(encoding='utf-8')
    port, = free_ports(1)
    for old, new, times in (('listen 443 ssl', f'listen 127.0.0.1:{port} ssl', 1), ('/etc/ssl/baomi-guard/own', f'{world.dir}/tls/client', 2),
                            ('/etc/ssl/baomi-guard/', f'{world.dir}/tls/', 4), ('/var/cache/nginx/baomi-guard', f'{world.dir}/cache', 1),
                            ('https://registry.example.org', f'https://localhost:{world.site}', 1), ('200 1m', '200 1s', 1)):
        assert text.count(old) == times, (old, text.count(old))
        text = text.replace(old, str(new))
    return port, world.start_nginx(text, port, name='cache')


def test_site_cache(world):
    """However many workstations ask a site's cache, the file crosses the long line once; then only the question."""
    port, cache = start_cache(world)
    world.serve(world.first)
    bodies = 0
    for _ in range(3):   # workstations
        world.fresh()
        world.configure(**{'from': f'https://localhost:{port}/'})
        assert 'was installed' in world.update() and world.in_use() == world.first
        bodies += sum(line.startswith('200 ') for line in world.asked())
    assert bodies == 1, bodies
    assert 'is the newest' in world.update()
    # A new one comes through as soon as the cache asks again: once a minute, here a second.
    world.serve(world.second)
    for _ in range(DEADLINE * 20):
        if 'Registry number 2' in world.update():
            break
    assert world.in_use() == world.second
    # The desk's server is away: the cache has what it had.
    world.nginx.terminate()
    world.nginx.wait()
    world.fresh()
    assert 'Registry number 2' in world.update()
    world.start_site()
    cache.terminate()


def test_configuration(world):
    """Nothing configured does nothing and says so; a fault is told with file and line and fetches nothing."""
    world.serve(world.first)
    world.configure(**{'from': None, 'ca': None, 'client-certificate': None, 'client-key': None})
    assert 'No source of registries is configured' in world.update()
    world.configure(form='x')
    said = world.update(1)
    assert f'{world.dir}/update.conf:' in said and 'Nothing is fetched before this is corrected' in said, said
    assert world.asked() == []


if __name__ == '__main__':
    sys.exit(tap.run(globals(), lambda: World(UPDATER, GUARDCTL), World.publish_three))
