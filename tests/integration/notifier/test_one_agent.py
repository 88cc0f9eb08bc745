# SPDX-License-Identifier: LGPL-2.1-or-later
"""One agent a session: whoever lost its name before it could hear of that ends all the same.

usage: test_one_agent.py GUARD-NOTIFIER
"""
import os
import subprocess
import sys

import gi

gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib   # noqa: E402

NAME = 'org.baomiguard.Notifier1'
BUS = ('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus')
REPLACE = 2 | 4   # and no queueing
TIMES = 5
DEADLINE = 60


def main(program):
    test_bus = Gio.TestDBus.new(Gio.TestDBusFlags.NONE)
    test_bus.up()
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    bus = Gio.DBusConnection.new_for_address_sync(test_bus.get_bus_address(), flags, None, None)
    env = dict(os.environ, DBUS_SESSION_BUS_ADDRESS=test_bus.get_bus_address(),
               DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent')
    env.pop('DISPLAY', None)
    loop = GLib.MainLoop()

    def call(method, parameters):
        return bus.call_sync(*BUS, method, parameters, None, Gio.DBusCallFlags.NONE, -1, None)

    def on_owner(_bus, _sender, _path, _interface, _signal, parameters):
        # The moment that it has the name, it is taken away.
        if parameters.unpack()[2] not in ('', bus.get_unique_name()):
            call('RequestName', GLib.Variant('(su)', (NAME, REPLACE)))
            loop.quit()

    bus.signal_subscribe(BUS[0], BUS[2], 'NameOwnerChanged', BUS[1], NAME, Gio.DBusSignalFlags.NONE, on_owner)
    good = True
    for _ in range(TIMES):
        with subprocess.Popen([program], env=env, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as agent:
            late = GLib.timeout_add_seconds(DEADLINE, loop.quit)
            loop.run()
            GLib.source_remove(late)
            try:
                good = agent.wait(DEADLINE) == 0 and good
            except subprocess.TimeoutExpired:
                good = False
                agent.kill()
        call('ReleaseName', GLib.Variant('(s)', (NAME,)))
    test_bus.down()
    print('1..1\n%sok 1 - it ends without its name' % ('' if good else 'not '))
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
