# SPDX-License-Identifier: LGPL-2.1-or-later
"""A person at the seat: a real logind session of class user, active on its own console, so that
polkit's and udev's rules for the active local user hold."""

CONSOLES = {"clerk": 7, "other": 9}  # 8 is the greeter's


class Session:
    def __init__(self, guest, user):
        self.guest = guest
        self.user = user
        self.uid = int(guest.sh("id -u " + user))
        self.id = self.find()
        if self.id is None:
            self.id = self.open()
        self.cgroup = self.scope()
        self.lang = guest.sh(". /etc/default/locale && echo $LANG")

    def find(self):
        """A session that is there already (the desktop's, or one in the saved state)."""
        return self.guest.python("""
            out = subprocess.run(["loginctl", "list-sessions", "--no-legend"], capture_output=True,
                                 text=True).stdout
            for line in out.splitlines():
                number, uid, user, seat = (line.split() + ["", ""])[:4]
                if user == args and seat == "seat0":
                    result = number
            """, self.user)

    def open(self):
        vt = CONSOLES[self.user]
        unit = "baomi-session-" + self.user
        self.guest.run([
            "systemd-run", "--quiet", "--collect", "--unit=" + unit, "-p", "User=" + self.user,
            "-p", "PAMName=login", "-p", "TTYPath=/dev/tty%d" % vt, "-p", "StandardInput=tty",
            "-p", "UtmpIdentifier=tty%d" % vt, "-p", "UtmpMode=user",
            "-p", "Environment=XDG_SEAT=seat0 XDG_VTNR=%d XDG_SESSION_TYPE=tty "
            "XDG_SESSION_CLASS=user" % vt, "sleep", "infinity"], check=True)
        self.guest.run("chvt %d" % vt)
        return self.guest.python_until("""
            out = subprocess.run(["loginctl", "list-sessions", "--no-legend"], capture_output=True,
                                 text=True).stdout
            for line in out.splitlines():
                number, uid, user, seat = (line.split() + ["", ""])[:4]
                if user != args or seat != "seat0":
                    continue
                show = subprocess.run(["loginctl", "show-session", number, "-p", "State",
                                       "--value"], capture_output=True, text=True).stdout
                if show.strip() == "active":
                    result = number
            """, 90, 0.2, args=self.user)

    def scope(self):
        path = ("/sys/fs/cgroup/user.slice/user-%d.slice/session-%s.scope" % (self.uid, self.id))
        if not self.guest.exists(path):
            raise AssertionError("the session has no scope: " + path)
        return path

    def environment(self):
        run = "/run/user/%d" % self.uid
        return {"HOME": "/home/" + self.user, "USER": self.user, "LOGNAME": self.user,
                "SHELL": "/bin/bash", "XDG_RUNTIME_DIR": run, "XDG_SESSION_ID": self.id,
                "DBUS_SESSION_BUS_ADDRESS": "unix:path=%s/bus" % run, "XDG_SEAT": "seat0",
                "LANG": self.lang}

    def options(self, env=None):
        return {"uid": self.uid, "cgroup": self.cgroup, "cwd": "/home/" + self.user,
                "env": dict(self.environment(), **(env or {}))}

    def run(self, cmd, timeout=60, env=None, check=False):
        """A command of that person, inside the session."""
        return self.guest.run(cmd, timeout, check, **self.options(env))

    def spawn(self, cmd, env=None):
        return self.guest.spawn(cmd, **self.options(env))

    def close(self):
        self.guest.run("loginctl terminate-session " + self.id)
        self.guest.sessions.pop(self.user, None)
