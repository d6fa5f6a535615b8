#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A person at a terminal: plays keys into a program that runs on a pseudo terminal.

terminal.py SECONDS [KEYS EXPECTED]... -- COMMAND...: types each KEYS (escapes as in Python) once
the text before it has been seen, waits for each EXPECTED in turn, shows the whole session, and
exits with the command's status; 120 when something expected did not come.
"""
import os
import pty
import select
import signal
import sys
import time


class Terminal:
    def __init__(self, command, seconds):
        self.deadline = time.monotonic() + seconds
        self.text = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvp(command[0], command)

    def read(self):
        """One piece; False at the end."""
        ready, _, _ = select.select([self.fd], [], [], 0.1)
        if not ready:
            return True
        try:
            piece = os.read(self.fd, 65536)
        except OSError:
            return False
        self.text += piece.decode(errors="replace")
        return bool(piece)

    def expect(self, what, start):
        """The position behind `what`, -1 when it does not come."""
        while time.monotonic() < self.deadline:
            at = self.text.find(what, start)
            if at >= 0:
                return at + len(what)
            if not self.read():
                break
        at = self.text.find(what, start)
        return at + len(what) if at >= 0 else -1

    def finish(self):
        """The exit status, as a shell has it."""
        while time.monotonic() < self.deadline and self.read():
            pass
        while time.monotonic() < self.deadline:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code
            time.sleep(0.05)
        os.kill(self.pid, signal.SIGKILL)
        return 121


def main():
    split = sys.argv.index("--")
    script = sys.argv[2:split]
    terminal = Terminal(sys.argv[split + 1 :], float(sys.argv[1]))
    position = 0
    missing = None
    for keys, expected in zip(script[0::2], script[1::2]):
        os.write(terminal.fd, keys.encode().decode("unicode_escape").encode())
        position = terminal.expect(expected, position) if expected else position
        if position < 0:
            missing = expected
            break
    if missing is not None:
        os.kill(terminal.pid, signal.SIGKILL)
        terminal.deadline = 0
    status = terminal.finish() if missing is None else 120
    sys.stdout.write(terminal.text.replace("\r\n", "\n"))
    if missing is not None:
        print(f"\n[did not come: {missing!r}]")
    return status


if __name__ == "__main__":
    sys.exit(main())
