"""The line front end: works in a terminal, in a pipe, with TERM=dumb, for a screen reader. Nothing is redrawn.

In a terminal the prompt is the gutter itself, so that what was typed already is a line of the transcript, and its
meaning follows below it.
"""

import argparse
import io
import os
import sys
import time
from collections.abc import Callable, Iterator

from mailshell.core.transcript import Entry
from mailshell.shell import setup
from mailshell.shell.local import COMMANDS, carry_out, learn, scene
from mailshell.shell.log import Log
from mailshell.shell.meta import Meta
from mailshell.shell.render import Label, Renderer
from mailshell.shell.setup import Stage
from mailshell.shell.talk import Talk
from mailshell.shell.text import show
from mailshell.world.seat import Seat
from mailshell.world.world import World


def main(args: argparse.Namespace) -> int:
    """Talk to a server, line by line; exit status 0, 2 for a host that is not there, 3 for the state file."""

    def talk(world: World, stage: Stage) -> int:
        with Log(args.log) as log:
            plain = Plain(args, world, log, stage)
            status = plain.run()
            setup.ended(args, plain.meta)
            return status

    return setup.staged(args, talk)


class Plain:
    """One person, or one script on standard input, at the world."""

    def __init__(self, args: argparse.Namespace, world: World, log: Log, stage: Stage) -> None:
        self.terminal = sys.stdin.isatty() and sys.stdout.isatty()
        self.renderer = Renderer(setup.view(args, sys.stdout))
        self.seat = Seat(world, stage.peer)
        self.log = log
        self.meta = Meta(self.seat, self.renderer, log, self.print, args.world)
        self.talk = Talk(self.meta, self.show, personal=self.terminal)
        if self.terminal:
            self.meta.goes_on = "Enter goes on, :undo takes back."
        self._stage, self._name, self._pause = stage, args.scene, stage.auto
        self._protocol, self._host = args.protocol, args.host
        self._stays = self.terminal or bool(args.record)  # its end is no line of what is recorded
        self._pasted = False  # several lines came at once, and stand on the screen without their gutter

    def run(self) -> int:
        """Read lines until they end, or until :quit."""
        if self._stage.course is not None:
            learn.begin(self.meta, self._stage.course)
        else:
            self.seat.connect(self._host, self._protocol)
        if self._stage.scene is not None:
            alone = self._pause is not None or not self.terminal
            self.meta.goes_on = "" if alone else self.meta.goes_on
            scene.begin(self.meta, self._name, self._stage.scene)
            if alone:
                return self._play(self._pause or 0.0)
        for line in self._typed() if self.terminal else _piped():
            self.line(line)
            if self.meta.over:
                break
        else:
            self._hang_up()
        learn.leave(self.meta)
        return 0 if self.terminal else learn.status(self.meta)

    def _play(self, pause: float) -> int:
        """Play the scene by itself, with a pause of so many seconds before each step; 1 where anything differed."""
        playing = self.meta.scene
        while playing is not None and playing.left and not self.meta.over:
            time.sleep(pause)
            carry_out(self.meta, "step")
        self._hang_up()
        return int(playing is not None and playing.failed)

    def _hang_up(self) -> None:
        for number, link in self.seat.links.items():
            if not link.closed and not self._stays:
                self.seat.switch(number)
                self.seat.drop()

    def show(self, entry: Entry, label: Label) -> None:
        """A step of a conversation."""
        self.print(self.renderer.lines(entry, label))

    def print(self, lines: list[str]) -> None:
        """Write lines, and keep them in the log where there is one."""
        for line in lines:
            sys.stdout.write(line + "\n")
        sys.stdout.flush()
        self.log.write(lines)

    def line(self, octets: bytes) -> None:
        """One typed line, its end left out: for mailshell, or for the server."""
        if self.terminal:
            self._remember(octets)
        by_hand = self.terminal and not self._pasted
        if by_hand and not octets and self.meta.scene is not None and self.meta.scene.left:
            carry_out(self.meta, "step")
            return
        self.renderer.echoed = by_hand
        self.talk.line(octets, by_hand=by_hand)

    def _typed(self) -> Iterator[bytes]:
        read = _reader()
        while True:
            self.renderer.view = self.renderer.view._replace(width=setup.width(sys.stdout))
            try:
                text = read(self._prompt())
            except EOFError:
                sys.stdout.write("\n")
                return
            except KeyboardInterrupt:
                # Ctrl-C clears the line, never the session.
                sys.stdout.write("\n")
                continue
            lines = text.encode(sys.stdin.encoding, "surrogateescape").split(b"\n")
            self._pasted = len(lines) > 1
            yield from lines

    def _prompt(self) -> str:
        number = str(self.seat.current) if self.seat.current > 1 else ""
        if self.renderer.view.words:
            return f"client{' ' + number if number else ''}: "
        return f"C{number}: "

    def _remember(self, octets: bytes) -> None:
        """Keep what was typed: in the history, if it holds no secret, and in the log, with stars for the secret."""
        text = octets.decode("utf-8", "surrogateescape")
        if "readline" in sys.modules and text and text.isprintable() and not self.talk.secret(octets):
            import readline

            readline.add_history(text)
        if self._pasted:
            return  # the transcript shows each line of it whole
        view = self.renderer.view
        shown = show(self.talk.masked(octets), view.wire, ascii_only=view.ascii)
        self.log.write([self._prompt() + shown.text])


def _reader() -> Callable[[str], str]:
    """`input`, with line editing where the system has it, and no history of its own (it would keep secrets)."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")  # octets that are no text are sent as they are
    if os.environ.get("TERM", "dumb") != "dumb":
        try:
            import readline
        except ImportError:
            return input
        readline.set_auto_history(False)
        readline.parse_and_bind(r'"\C-]": self-insert')
        # Words of mailshell complete with Tab; those of the protocols come with the full-screen editor.
        readline.set_completer(_complete)
        readline.set_completer_delims("")
        readline.parse_and_bind("tab: complete")
    return input


def _complete(text: str, state: int) -> str | None:
    found = [f":{name}" for name in COMMANDS if text.startswith(":") and f":{name}".startswith(text)]
    return found[state] if state < len(found) else None


def _piped() -> Iterator[bytes]:
    """The lines of standard input, LF or CR LF taken off: a script is a text file of this machine."""
    for line in sys.stdin.buffer:
        yield line.removesuffix(b"\n").removesuffix(b"\r")
