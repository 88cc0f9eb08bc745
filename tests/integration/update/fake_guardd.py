#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""guardd as the updater sees it, on a private bus: says what it has, takes what guardctl calls good and newer.

usage: fake_guardd.py INTERFACE-XML GUARDCTL KEYS FOLDER
FOLDER/registry.db is the snapshot in use; FOLDER/installs gets a line for each call of InstallRegistry;
FOLDER/refuse, if it is there, names an error to answer with.
"""
import json
import os
import pathlib
import subprocess
import sys

from gi.repository import Gio, GLib

XML, GUARDCTL, KEYS, FOLDER = sys.argv[1], sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4])
NAME, PATH, ERROR = 'org.baomiguard.Guard1', '/org/baomiguard/Guard1', 'org.baomiguard.Guard1.Error.'
TYPES = {'sequence': 't', 'entries': 't', 'size': 't', 'payload_verified': 'b'}


def verify(path):
    done = subprocess.run([GUARDCTL, 'registry', 'verify', '--keys', KEYS, '--json', path], capture_output=True, text=True, check=False)
    return json.loads(done.stdout)


def in_use():
    path = FOLDER / 'registry.db'
    told = verify(path) if path.exists() else {'state': 'absent'}
    told = {'state': 'lost', 'why': told['why']} if told.get('good') is False else told
    return {key: GLib.Variant(TYPES.get(key, 's'), value) for key, value in told.items() if value is not None and key not in ('good', 'file')}


def install(invocation):
    descriptor = invocation.get_message().get_unix_fd_list().get(0)
    with open(FOLDER / 'installs', 'a', encoding='utf-8') as log:
        log.write('install\n')
    new = FOLDER / 'registry.new'
    new.write_bytes(os.pread(descriptor, os.fstat(descriptor).st_size, 0))
    os.close(descriptor)
    refuse = FOLDER / 'refuse'
    told = verify(new)
    if refuse.exists():
        return invocation.return_dbus_error(ERROR + refuse.read_text(encoding='utf-8').strip(), 'told to')
    if not told['good']:
        return invocation.return_dbus_error(ERROR + 'Corrupt', told['why'])
    new.rename(FOLDER / 'registry.db')
    return invocation.return_value(GLib.Variant('(a{sv})', (in_use(),)))


def on_call(_connection, _sender, _path, _interface, method, _parameters, invocation):
    if method == 'GetStatus':
        invocation.return_value(GLib.Variant('(a{sv})', ({'registry': GLib.Variant('a{sv}', in_use())},)))
    elif method == 'InstallRegistry':
        install(invocation)
    else:
        invocation.return_dbus_error(ERROR + 'Failed', method)


def on_bus(connection, _name):
    info = Gio.DBusNodeInfo.new_for_xml(pathlib.Path(XML).read_text(encoding='utf-8'))
    connection.register_object(PATH, info.lookup_interface(NAME + '.Manager'), on_call, None, None)


Gio.bus_own_name(Gio.BusType.SYSTEM, NAME, Gio.BusNameOwnerFlags.NONE, on_bus,
                 lambda *_: print('ready', flush=True), lambda *_: sys.exit(1))
GLib.MainLoop().run()
