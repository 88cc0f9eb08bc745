# SPDX-License-Identifier: LGPL-2.1-or-later
"""A desk, a web server (the real nginx, with the configuration that docs/FLEET.md shows), and a workstation with a
private bus, in one folder that ends with the test."""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parents[2]
DEADLINE = 60

WRAPPER = '''
{user}daemon off; master_process off; pid {dir}/{name}.pid; error_log {dir}/{name}-error.log info; worker_processes 1;
events {{ worker_connections 64; }}
http {{
    client_body_temp_path {dir}/{name}1; proxy_temp_path {dir}/{name}2; fastcgi_temp_path {dir}/{name}3; uwsgi_temp_path {dir}/{name}4;
    scgi_temp_path {dir}/{name}5;
    log_format asked '$status $body_bytes_sent range=$http_range unless=$http_if_none_match if_range=$http_if_range';
    access_log off;
    include {dir}/{name}.site;
    {more}
}}
'''
FAULTS = '''
    server {{
        listen 127.0.0.1:{plain};
        root {dir}/www;
        access_log {dir}/plain.log asked;
        location /to-http/ {{ return 302 http://127.0.0.1:{plain}/registry.snapshot; }}
        location /slow/ {{ limit_rate 20; alias {dir}/www/; }}
        location /silent/ {{ limit_rate 1; alias {dir}/www/; }}
        location /untagged/ {{ etag off; add_header Last-Modified ""; if_modified_since off; alias {dir}/www/; }}
        location /unmeasured/ {{ sub_filter_types *; sub_filter "no such text" ""; alias {dir}/www/; }}
        location /busy/ {{ return 503; }}
        location /page/ {{ default_type text/html; return 200 "<html>log in to the network first</html>"; }}
    }}
    server {{
        listen 127.0.0.1:{open} ssl;
        ssl_certificate {dir}/tls/server.pem; ssl_certificate_key {dir}/tls/server.key;
        root {dir}/www; access_log {dir}/open.log asked;
        location /to-http/ {{ return 302 http://127.0.0.1:{plain}/registry.snapshot; }}
        location /to-https/ {{ return 302 https://localhost:{open}/registry.snapshot; }}
        location /round/ {{ return 302 https://localhost:{open}/round/registry.snapshot; }}
    }}
'''


def run(*command, **how):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True, timeout=DEADLINE, **how).stdout


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(('127.0.0.1', 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_port(port, process):
    while process.poll() is None:
        try:
            socket.create_connection(('127.0.0.1', port), DEADLINE).close()
            return
        except ConnectionRefusedError:
            try:
                process.wait(0.02)
            except subprocess.TimeoutExpired:
                pass
    raise RuntimeError('the server ended by itself')


class Desk:
    def __init__(self, folder, guardctl):
        self.dir, self.guardctl = folder, guardctl
        folder.mkdir()
        run(guardctl, 'station', 'init', '--dir', folder / 'register')
        for name in 'desk', 'stranger':
            run(guardctl, 'station', 'keygen', '--algorithm', 'ed25519', '--key', folder / f'{name}.key', '--public', folder / f'{name}.pem')

    def fill(self, count, first=0):
        """So many drives: a file of some size."""
        rows = '\n'.join(f'LY-{n:05},secret,0951,1666,SERIAL{n * 7919:09}Q' for n in range(first, first + count))
        (self.dir / 'in.csv').write_text(f'media_id,level,vendor_id,product_id,serial\n{rows}\n', encoding='utf-8')
        run(self.guardctl, 'station', 'import-csv', '--dir', self.dir / 'register', '--confirm', self.dir / 'in.csv')

    def publish(self, key='desk'):
        """A snapshot's bytes."""
        out = self.dir / 'new.snapshot'
        run(self.guardctl, 'station', 'publish', '--dir', self.dir / 'register', '--key', self.dir / f'{key}.key', '--valid-days', 30, '--output', out)
        data = out.read_bytes()
        out.unlink()
        return data


class Servers:
    """A folder with certificates and the children that end with it."""

    def __init__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix='update-'))
        self.children = []
        self.published = 1750000000
        self.site, self.plain, self.open, self.events, self.receiver, self.audit = free_ports(6)
        (self.dir / 'tls').mkdir()
        self.make_certificates()

    def fresh(self):
        """Before each test."""

    def spawn(self, *command, **how):
        child = subprocess.Popen([str(word) for word in command], **how)
        self.children.append(child)
        return child

    def close(self):
        for child in reversed(self.children):
            child.terminate()
        for child in self.children:
            child.wait(DEADLINE)
            for pipe in child.stdin, child.stdout, child.stderr:
                if pipe:
                    pipe.close()
        shutil.rmtree(self.dir)

    def make_certificates(self):
        def openssl(*words):
            run('openssl', *words, cwd=self.dir / 'tls')
        for ca in 'ca', 'clients-ca', 'other-ca':
            openssl('req', '-x509', '-newkey', 'ed25519', '-nodes', '-keyout', f'{ca}.key', '-out', f'{ca}.pem', '-days', '2', '-subj', f'/CN={ca}')
        for name, ca, more in (('server', 'ca', 'subjectAltName=DNS:localhost,IP:127.0.0.1'), ('client', 'clients-ca', 'extendedKeyUsage=clientAuth')):
            openssl('req', '-newkey', 'ed25519', '-nodes', '-keyout', f'{name}.key', '-out', f'{name}.csr', '-subj', f'/CN={name}')
            (self.dir / 'tls/more').write_text(more, encoding='utf-8')
            openssl('x509', '-req', '-in', f'{name}.csr', '-CA', f'{ca}.pem', '-CAkey', f'{ca}.key', '-CAcreateserial', '-days', '2', '-out', f'{name}.pem',
                    '-extfile', 'more')

    def start_nginx(self, site, port, more='', name='nginx'):
        """With that server block, which listens on @port; returns the child."""
        (self.dir / f'{name}.site').write_text(site, encoding='utf-8')
        user = 'user root; ' if os.geteuid() == 0 else ''
        (self.dir / f'{name}.conf').write_text(WRAPPER.format(dir=self.dir, name=name, user=user, more=more), encoding='utf-8')
        nginx = shutil.which('nginx', path=os.environ['PATH'] + ':/usr/sbin:/sbin')
        if not nginx:
            raise RuntimeError('nginx is not installed: see tests/check/packages.txt')
        child = self.spawn(nginx, '-p', self.dir, '-c', self.dir / f'{name}.conf', '-e', self.dir / f'{name}-error.log')
        wait_port(port, child)
        return child


class World(Servers):
    def __init__(self, updater, guardctl):
        super().__init__()
        self.updater, self.guardctl = updater, guardctl
        for name in 'www', 'keys', 'guardd', 'state':
            (self.dir / name).mkdir()
        self.desk = Desk(self.dir / 'desk', guardctl)
        shutil.copy(self.dir / 'desk/desk.pem', self.dir / 'keys/desk.pem')
        try:
            self.start_site()
            self.start_bus()
        except BaseException:
            self.close()
            raise

    def start_site(self):
        """The shown file as it is, but for port and folders."""
        text = (TREE / 'docs/fleet/nginx.conf').read_text(encoding='utf-8')
        for old, new, times in (('listen 443 ssl', f'listen 127.0.0.1:{self.site} ssl', 1), ('/etc/ssl/baomi-guard/', f'{self.dir}/tls/', 3),
                                ('/srv/baomi-guard', f'{self.dir}/www', 1), ('/var/log/nginx/baomi-guard.log', f'{self.dir}/site.log asked', 1)):
            assert len(re.findall(re.escape(old), text)) == times, (old, 'is not in docs/fleet/nginx.conf as expected')
            text = text.replace(old, new)
        self.nginx = self.start_nginx(text, self.site, FAULTS.format(dir=self.dir, plain=self.plain, open=self.open))

    def start_bus(self):
        bus = self.spawn('dbus-daemon', '--session', '--nofork', '--print-address', stdout=subprocess.PIPE, text=True)
        self.env = dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS=bus.stdout.readline().strip(), LC_ALL='C.UTF-8', LANGUAGE='en',
                        https_proxy='http://127.0.0.1:1', all_proxy='http://127.0.0.1:1')   # the environment has no say
        self.env.pop('JOURNAL_STREAM', None)
        self.start_guardd()

    def start_guardd(self):
        self.guardd = self.spawn(sys.executable, HERE / 'fake_guardd.py', TREE / 'dbus/org.baomiguard.Guard1.xml', self.guardctl, self.dir / 'keys',
                                 self.dir / 'guardd', env=self.env, stdout=subprocess.PIPE, text=True)
        assert self.guardd.stdout.readline() == 'ready\n'

    # The workstation.

    def serve(self, data):
        """What the web server has from now on; put there as FLEET.md says: aside, then renamed."""
        self.published += 1   # nginx tells files apart by second and size
        (self.dir / 'www/new').write_bytes(data)
        os.utime(self.dir / 'www/new', (self.published, self.published))
        os.rename(self.dir / 'www/new', self.dir / 'www/registry.snapshot')

    def configure(self, **keys):
        """update.conf: the documented server where nothing else is said."""
        tls = self.dir / 'tls'
        values = {'from': f'https://localhost:{self.site}/', 'ca': tls / 'ca.pem', 'client-certificate': tls / 'client.pem',
                  'client-key': tls / 'client.key', **{key.replace('_', '-'): value for key, value in keys.items()}}
        text = ''.join(f'{key}={value}\n' for key, value in values.items() if value is not None)
        (self.dir / 'update.conf').write_text('[update]\n' + text, encoding='utf-8')

    def update(self, expected=0):
        """One run of the service's program; what it says."""
        done = subprocess.run([self.updater, '--config', self.dir / 'update.conf', '--state', self.dir / 'state', '--keys', self.dir / 'keys'],
                              env=self.env, capture_output=True, text=True, check=False, timeout=DEADLINE)
        assert done.returncode == expected, (done.returncode, done.stdout, done.stderr)
        return done.stderr

    def asked(self, name='site'):
        """Lines of the server's log since the last call."""
        path = self.dir / f'{name}.log'
        lines = path.read_text(encoding='utf-8').splitlines() if path.exists() else []
        path.write_text('', encoding='utf-8')
        return lines

    def in_use(self):
        path = self.dir / 'guardd/registry.db'
        return path.read_bytes() if path.exists() else None

    def installs(self):
        path = self.dir / 'guardd/installs'
        return len(path.read_text(encoding='utf-8').splitlines()) if path.exists() else 0

    def staged(self):
        path = self.dir / 'state/incoming.snapshot'
        return path.read_bytes() if path.exists() else None

    def memory(self):
        text = (self.dir / 'state/state').read_text(encoding='utf-8')
        return dict(line.split('=', 1) for line in text.splitlines() if '=' in line)

    def fresh(self):
        """A workstation that never had anything."""
        for folder in 'state', 'guardd':
            for path in (self.dir / folder).iterdir():
                path.unlink()
        for name in 'site', 'plain', 'open':
            self.asked(name)

    def publish_three(self):
        """Two of the desk, one after the other, and one of a stranger."""
        self.desk.fill(3000)
        self.first = self.desk.publish()
        self.second = self.desk.publish()
        self.stranger = self.desk.publish('stranger')
