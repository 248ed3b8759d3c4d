"""A mailshell in a pseudo-terminal, and what is on its screen."""

import os
import select
import signal
import sys
import time
from pathlib import Path

import ptyprocess
import pyte

ROOT = Path(__file__).parents[1]
PYTHON = sys.executable
PATIENCE = 20.0  # seconds after which something hangs


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAILSHELL_", "LC_", "LANG"))}
    kept.pop("NO_COLOR", None)
    return kept | {"LC_ALL": "C.UTF-8", "INPUTRC": os.devnull} | more


def _listen_to_ctrl_c():
    """A job in the background is started deaf to it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A mailshell in a terminal; one that cannot be redrawn unless `TERM` says so."""

    def __init__(self, *options, columns=80, rows=24, **more):
        self.screen = pyte.HistoryScreen(columns, rows, history=1000)
        self._stream = pyte.ByteStream(self.screen)
        self.octets = b""
        command = [PYTHON, "-m", "mailshell", *options]
        env = environment(**({"TERM": "dumb"} | more))
        self.process = ptyprocess.PtyProcess.spawn(
            command, cwd=str(ROOT), env=env, dimensions=(rows, columns), preexec_fn=_listen_to_ctrl_c
        )

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.close(force=True)

    @property
    def rows(self):
        """What is on the screen and above it, without the empty rows below."""
        above = ["".join(row[column].data for column in range(self.screen.columns)) for row in self.screen.history.top]
        rows = [row.rstrip() for row in [*above, *self.screen.display]]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def wait(self, *rows):
        """Read until the last rows are these."""
        while self.rows[-len(rows) :] != list(rows):
            self.wait_more()

    def until(self, *texts):
        """Read until each text stands on some row."""
        while not all(any(text in row for row in self.rows) for text in texts):
            self.wait_more()

    def press(self, keys):
        """Press keys."""
        self.process.write(keys.encode())

    def end(self):
        """Read to the end, and return the exit status."""
        try:
            while True:
                self.wait_more()
        except EOFError:
            self.process.wait()
            return self.process.exitstatus

    def wait_more(self):
        """Read what comes next."""
        ready, _, _ = select.select([self.process.fd], [], [], PATIENCE)
        assert ready, "\n".join(self.rows)
        octets = self.process.read()
        self.octets += octets
        self._stream.feed(octets)

    def type(self, text, prompt="C:"):
        """Type a line; wait for the prompt after its answer, and return what has come since."""
        before = len(self.rows)
        self.process.write(f"{text}\r".encode())
        deadline = time.monotonic() + PATIENCE
        while len(self.rows) <= before or self.rows[-1] != prompt:
            assert time.monotonic() < deadline
            self.wait_more()
        return self.rows[before - 1 : -1]
