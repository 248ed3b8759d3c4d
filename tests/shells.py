"""The interactive shell in this process: keys go into a pipe, what it draws goes to a screen of any size."""

import asyncio
import io
import time
from argparse import Namespace
from contextlib import asynccontextmanager
from functools import partial

import pyte
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from mailshell.shell import app as app_module
from mailshell.shell.app import App
from mailshell.shell.config import Shell as Asked
from mailshell.shell.log import Log
from mailshell.shell.setup import Stage
from mailshell.world.start import build

PATIENCE = 10.0  # seconds after which something hangs
ARGS = {
    "protocol": "smtp",
    "host": "nyu.edu",
    "depth": 1,
    "wire": "marks",
    "color": "always",
    "theme": "ansi16",
    "plain": False,
    "ascii": False,
    "world": "lecture",
    "keys": {},
    "panes": False,
    "scene": "",
}


class _Terminal(io.StringIO):
    """Takes what is drawn, in the encoding that a terminal has."""

    encoding = "utf-8"

    def fileno(self):
        raise io.UnsupportedOperation

    def isatty(self):
        return True


class Shell:
    """A running shell with its screen; `rows` are what is on the screen and above it."""

    def __init__(self, keys, columns, rows, args, stage):
        self.size = Size(rows=rows, columns=columns)
        self.screen = pyte.HistoryScreen(columns, rows, history=5000)
        self._stream = pyte.Stream(self.screen)
        self._drawn = _Terminal()
        self._keys = keys
        self.octets = ""
        self.world = build("lecture")
        output = Vt100_Output(self._drawn, lambda: self.size, term="xterm", enable_cpr=False)
        self.app = App(Namespace(**(ARGS | args)), self.world, Log(), stage, input=keys, output=output)

    @property
    def rows(self):
        self._read()
        above = ["".join(row[column].data for column in range(self.screen.columns)) for row in self.screen.history.top]
        rows = [row.rstrip() for row in [*above, *self.screen.display]]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    @property
    def toolbar(self):
        return self.rows[-1]

    @property
    def prompt(self):
        return self.rows[-2]

    def _read(self):
        drawn = self._drawn.getvalue()
        self._drawn.seek(0)
        self._drawn.truncate()
        self.octets += drawn
        self._stream.feed(drawn)

    def press(self, keys):
        """Press keys."""
        self._keys.send_text(keys)

    async def until(self, *texts):
        """Wait until each text stands on some row; the rows."""
        await self.when(lambda: all(any(text in row for row in self.rows) for text in texts))
        return self.rows

    async def when(self, happened):
        """Wait until something is so."""
        deadline = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < deadline, "\n".join(self.rows)
            await asyncio.sleep(0.001)

    async def type(self, *lines):
        """Type lines, and wait after each until the prompt is empty again; what the last one shows."""
        for line in lines:
            before = len(self.rows) - 2
            self.press(f"{line}\r")
            await self.when(partial(self._sent, self.app.app.render_counter))
            await self.settled()
        return self.rows[before:-2]

    def _sent(self, drawings):
        return self.app.app.render_counter > drawings and not self.app.buffer.text

    async def settled(self):
        """Wait until everything is drawn."""
        count = -1
        while count != self.app.app.render_counter or self.app.app.invalidated:
            count = self.app.app.render_counter
            await asyncio.sleep(0.002)

    async def resize(self, columns):
        """Give the window another width, as a terminal would."""
        self._read()
        self.size = self.size._replace(columns=columns)
        self.screen.resize(columns=columns)
        self.app.app._on_resize()
        await self.settled()


@asynccontextmanager
async def shell(columns=80, rows=24, asked=None, stage=None, **args):
    """A shell that runs until the end of the block, or until somebody leaves it."""
    with create_pipe_input() as keys:
        made = Shell(keys, columns, rows, {"shell": asked or Asked(history=0)} | args, stage or Stage())
        made.app.start()
        running = asyncio.get_running_loop().create_task(made.app.talk_on())
        try:
            await made.when(lambda: made.app.app.is_running)
            await made.settled()
            yield made
        finally:
            if not running.done() and made.app.app.is_running:
                made.app.app.exit()
            await running


def in_shell(journey, **options):
    """Run a journey, an async function that gets a shell."""

    async def run():
        async with shell(**options) as made:
            await journey(made)

    asyncio.run(run())


def patience(monkeypatch, seconds):
    """How long the shell waits before it tells an idle learner how a message ends."""
    monkeypatch.setattr(app_module, "PATIENCE", seconds)
