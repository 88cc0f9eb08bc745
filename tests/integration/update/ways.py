# SPDX-License-Identifier: LGPL-2.1-or-later
"""What lies between workstation and server: a wire that breaks after so many bytes, and a proxy."""
import re
import socket
import threading


def pump(source, target, budget, hold, done):
    """Bytes from one socket to the other, at most budget[0] of them; then, once @hold is set, both are closed."""
    try:
        while True:
            data = source.recv(4096)
            if budget is not None:
                data = data[:budget[0]]
                budget[0] -= len(data)
            if not data:
                hold.wait()
                break
            target.sendall(data)
    except OSError:
        pass
    for one in source, target:
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
    done.release()


class Wire(threading.Thread):
    """Accepts on a port of its own and goes to @port; each connection is cut after as many bytes as @cuts has left for it.
    While hold is clear it stands still there instead."""

    def __init__(self, port, cuts):
        super().__init__(daemon=True)
        self.target, self.cuts = port, list(cuts)
        self.hold = threading.Event()
        self.hold.set()
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def connect(self, client):
        del client
        return socket.create_connection(('127.0.0.1', self.target))

    def serve_one(self, client):
        server = self.connect(client)
        if server is None:
            client.close()
            return
        done = threading.Semaphore(0)
        budget = [self.cuts.pop(0)] if self.cuts else None
        for source, target, limit in ((client, server, None), (server, client, budget)):
            threading.Thread(target=pump, args=(source, target, limit, self.hold, done), daemon=True).start()
        done.acquire()
        done.acquire()
        client.close()
        server.close()

    def run(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            self.serve_one(client)

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.join()


class Proxy(Wire):
    """CONNECT, as a web proxy does it for https; @password where it asks for one (as Basic has it)."""

    def __init__(self, password=None):
        self.password, self.asked = password, []
        super().__init__(None, ())

    def connect(self, client):
        head = b''
        while b'\r\n\r\n' not in head:
            more = client.recv(4096)
            if not more:
                return None
            head += more
        head = head.decode('ascii')
        self.asked.append(head.split('\r\n')[0])
        if self.password and f'Proxy-Authorization: Basic {self.password}' not in head:
            client.sendall(b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n')
            return None
        host, port = re.match(r'CONNECT ([^ :]+):(\d+) ', head).groups()
        server = socket.create_connection((host, int(port)))
        client.sendall(b'HTTP/1.1 200 Connection established\r\n\r\n')
        return server
