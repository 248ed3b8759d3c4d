"""The interactive shell: one prompt that stays, the conversation above it, a toolbar right below it."""

import argparse
import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding.vi_state import InputMode
from prompt_toolkit.layout import Layout
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.styles import DynamicStyle

from mailshell.core.transcript import Entry
from mailshell.mail.store import StateError
from mailshell.shell import hints, setup
from mailshell.shell.auto import Auto
from mailshell.shell.bar import board
from mailshell.shell.bindings import bind
from mailshell.shell.config import Shell
from mailshell.shell.editing import Editors, style_of
from mailshell.shell.keys import bindings, listing, shown, spoken
from mailshell.shell.layout import Rows
from mailshell.shell.local import carry_out, learn, scene
from mailshell.shell.log import Log
from mailshell.shell.meta import Meta, awaited
from mailshell.shell.outside import Outside, edited, paged
from mailshell.shell.panes import Panes
from mailshell.shell.printer import Inline, Printer, change_screen, quiet
from mailshell.shell.render import Label, Renderer
from mailshell.shell.setup import Stage
from mailshell.shell.talk import Talk
from mailshell.shell.typed import octets
from mailshell.world.seat import Seat
from mailshell.world.world import World

if TYPE_CHECKING:
    from mailshell.shell.listening import Ports

PATIENCE = 20.0
"""Seconds without a key inside a message, after which the learner is told how it ends."""


class App:
    """One person at the world, in a terminal that can be redrawn."""

    def __init__(
        self,
        args: argparse.Namespace,
        world: World,
        log: Log,
        stage: Stage,
        *,
        input: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self.renderer = Renderer(setup.marked(setup.view(args, sys.stdout)))
        self._at_once = self.panes if args.panes else None
        self.seat = Seat(world, stage.peer)
        self.log = log
        log.lost = lambda text: self.print(self.renderer.error(text))
        self.meta = Meta(self.seat, self.renderer, log, self.print, args.world)
        self.meta.front = self
        self.talk = Talk(self.meta, self.show, personal=True)
        self.bound = bindings(args.keys)
        self._place, self._stage, self._name = (args.host, args.protocol), stage, args.scene
        self.auto = Auto(self.meta, stage.auto, lambda: self.command("step"), self._after, _later)
        self._asked: Shell = args.shell or Shell()
        self._shown = {name: shown(" ".join(keys[0])) for name, keys in self.bound.items() if keys}
        self.meta.escape, self.meta.goes_on = spoken(self._shown)
        self._output = quiet(output if output is not None else create_output(sys.stdout))
        self.printer = Printer(self._output, _later, _now)
        self._ports: Ports | None = None
        self._idle: Callable[[], None] | None = None
        self._aside, self._told = "", False
        self.warned = False
        """Whether somebody was told that a message is open, and leaves all the same."""
        self._editors = Editors(self.meta, self.talk, self._asked.history, self.touched)
        toolbar = self._toolbar if self._asked.toolbar else None
        typed = self._editors.of(args.protocol)
        self.rows = Rows(typed, self._editors, self._size, self._board, self._prompt, toolbar)
        self.pane = Panes(self.meta, self._size, self.rows.below)
        self._outside = Outside(self.printer, self.follows, lambda text: self.print(self.renderer.error(text)))
        self._inline, self._paned = Layout(self.rows.all, self.rows.line), Layout(self.pane.container, self.rows.line)
        self.app = self.printer.app = self._application(input)

    def _application(self, input: Input | None) -> Inline:
        return Inline(
            self._inline,
            style=DynamicStyle(lambda: style_of(self.renderer.view.theme)),
            key_bindings=bind(self),
            enable_page_navigation_bindings=False,
            mouse_support=False,
            erase_when_done=True,
            editing_mode=EditingMode.VI if self._asked.editing == "vi" else EditingMode.EMACS,
            input=input,
            output=self._output,
        )

    @property
    def buffer(self) -> Buffer:
        """The line that is typed."""
        return self.rows.control.buffer

    def run(self) -> int:
        """Talk until the person leaves; the exit status."""
        self.start()
        asyncio.run(self.talk_on())
        return self.auto.status

    def start(self) -> None:
        """Connect; the greeting stands above the first prompt."""
        if self._stage.course is not None:
            learn.begin(self.meta, self._stage.course)
            return
        self.seat.connect(*self._place)
        if self._stage.scene is not None:
            scene.begin(self.meta, self._name, self._stage.scene)

    async def talk_on(self) -> None:
        """Talk until the person leaves."""
        gc.enable()
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._failed)
        for name in ("SIGTERM", "SIGHUP"):
            with suppress(AttributeError, NotImplementedError):  # Windows
                loop.add_signal_handler(getattr(signal, name), self.end, SystemExit(128 + getattr(signal, name)))
        if self._at_once is not None:
            loop.call_soon(self._at_once)
        self.auto.start()
        try:
            await self.app.run_async(set_exception_handler=False)
        finally:
            self.printer.holds = False
            self.printer.flush()
            learn.leave(self.meta)

    def end(self, why: BaseException) -> None:
        """A signal, or a broken state file, ends mailshell: leave the terminal as it was."""
        if self.app.is_running and not self.app.is_done:
            self.app.exit(exception=why)

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """Something went wrong that is our fault: say so, and go on, unless nothing can be kept any more."""
        error = context.get("exception")
        if isinstance(error, StateError):
            self.end(error)
            return
        if os.environ.get("MAILSHELL_DEBUG"):
            loop.default_exception_handler(context)
        said = f"{type(error).__name__}: {error}" if error is not None else str(context.get("message"))
        self.print(self.renderer.error(f"internal error: {said}. Please report it. The session goes on."))

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        """Something that goes on beside the typing."""

        async def alone() -> None:
            await work

        self.app.create_background_task(alone())

    # What is shown.

    def show(self, entry: Entry, label: Label) -> None:
        """A step of some conversation."""
        view = self.renderer.view
        if self.pane.open:
            self.pane.entry(entry, label)
            # These lines wait for the normal screen, which is wider than the pane.
            self.renderer.view = view._replace(width=self._size()[1])
        self._put(self.renderer.lines(entry, label))
        self.renderer.view = view

    def print(self, lines: list[str]) -> None:
        """Words of mailshell."""
        if self.pane.open:
            self.pane.words(lines)
        self._put(lines)

    def _put(self, lines: list[str]) -> None:
        self.log.write(lines)
        self.printer.put(lines)
        if self.pane.open:
            self.app.invalidate()

    def _size(self) -> tuple[int, int]:
        size = self._output.get_size()
        return size.rows, max(size.columns, 20)

    def _fit(self) -> None:
        """Words of mailshell are laid out for the place where they stand."""
        columns = self.pane.columns if self.pane.open else self._size()[1]
        if columns != self.renderer.view.width:
            self.renderer.view = self.renderer.view._replace(width=columns)

    def _board(self) -> list[tuple[str, str]]:
        return board(self.meta, *self._size())

    def _prompt(self) -> StyleAndTextTuples:
        self._fit()
        link, several = self.seat.link, len(self.seat.links) > 1
        number = f"{self.seat.current} " if several else ""
        sign = ">" if self.talk.reads_lines() else "|"
        return [("class:prompt", f"{number}{link.wire.protocol} {link.wire.host}{sign} ")]

    def _toolbar(self) -> StyleAndTextTuples:
        columns, text = self._size()[1], self.buffer.document.text_before_cursor
        if text:
            return [("class:toolbar", " " + hints.hint(self.meta, text, columns - 1))]
        parts = hints.toolbar(self.meta, columns, self._shown, self.auto.says)
        row: StyleAndTextTuples = [(f"class:toolbar class:{role}", part) for role, part in parts]
        mode = self._mode()
        if mode and sum(map(len, (part for _, part in parts))) + len(mode) <= columns:
            row.append(("class:toolbar class:note", mode))
        return row

    def _mode(self) -> str:
        """What else is on: vi and its mode, the log, the open ports."""
        on = []
        if self.app.editing_mode is EditingMode.VI:
            on.append("vi insert" if self.app.vi_state.input_mode is InputMode.INSERT else "vi normal")
        on += ["log"] if self.log.path else []
        on += ["serving"] if self._ports is not None and self._ports.open else []
        return "".join(f" | {one}" for one in on)

    # What is typed.

    def aside(self, mark: str) -> None:
        """Put the line that is typed aside for a command of mailshell; without a mark take it back."""
        text = self.buffer.text
        self.buffer.reset()
        if mark:
            self._aside = text or self._aside
            self.buffer.insert_text(mark)
        else:
            self._resume()

    def _resume(self) -> None:
        text, self._aside = self._aside, ""
        self.buffer.insert_text(text)

    def enter(self) -> None:
        """Send the line that was typed, or do what it asks of mailshell."""
        text = self.buffer.text
        self.buffer.append_to_history()
        self.buffer.reset()
        line = octets(text)
        with self.printer.batch():
            if self.talk.local(text) is not None:
                prompt = "".join(part for _, part, *_ in self._prompt())
                self.print([prompt + self.talk.shown(line)])
            # What holds a password is never offered again.
            secret = self.talk.secret(line)
            if self.talk.line(line, by_hand=True) and not secret:
                self._editors.taken.append(text)
        self._after()
        self._resume()

    def paste(self, text: str) -> None:
        """Several lines at once: each is sent as if it had been typed; the last one, without its end, stays."""
        here = self.buffer.document
        whole = here.text_before_cursor + text + here.text_after_cursor
        *lines, rest = whole.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.buffer.reset()
        self.buffer.insert_text(rest)
        with self.printer.batch():
            self.talk.paste(lines)
        self._after()

    def command(self, text: str) -> None:
        """Carry out a command of mailshell for a key; what is in the line stays."""
        with self.printer.batch():
            carry_out(self.meta, text)
        self._after()

    def _after(self) -> None:
        """After a line: leave, or go on with the line editor of the connection that is current now."""
        if self.meta.over:
            self.app.exit()
            return
        before, commands = self.buffer, self._editors.of(self.seat.link.wire.protocol)
        self.rows.control.buffer = commands if self.talk.reads_lines() else self._editors.text()
        if self.buffer is not before and before.text:
            self.buffer.insert_text(before.text)
            before.reset()
        self.touched()
        self.app.invalidate()

    def touched(self) -> None:
        """A key was pressed: wait anew before somebody in a message is told how it ends."""
        self.warned = False
        if self._idle is not None:
            self._idle()
            self._idle = None
        if self.talk.reads_lines():
            self._told = False
        elif not self._told and self.app.is_running:
            self._idle = _later(PATIENCE, self._tell)

    def _tell(self) -> None:
        self._idle, self._told = None, True
        self.meta.say(f"The server waits for {awaited(self.meta)}. {self.meta.escape} :drop cuts the connection.")

    def edit(self) -> None:
        """Go on with the line in an editor; several lines are sent as a paste is."""
        self._spawn(self._edit())

    async def _edit(self) -> None:
        text = await self._outside.run(edited(self.buffer.text))
        if text is not None:
            self.buffer.reset()
            self.paste(text if "\n" in text.rstrip("\n") else text.rstrip("\n"))

    # What only a front end that redraws can do.

    def scroll(self, pages: int) -> None:
        """In the panes: back by so many half screens, or on where that is negative."""
        self.pane.scroll(pages)
        self.app.invalidate()

    def panes(self) -> None:
        """Show the wire and its meaning side by side, or go back."""
        self.printer.flush()
        self.printer.holds = not self.pane.open
        change_screen(self.app, full=not self.pane.open)
        if self.pane.open:
            self.pane.leave()
            self.app.layout = self._inline
            self.printer.flush()
        else:
            stands = {id(entry) for _, entries in self.seat.story() for entry in entries}
            shown = (one for one in self.seat.world.transcript.entries if self.meta.watch.shows(one.wire))
            # What TCP clients do is no step that could be undone.
            kept = (one for one in shown if id(one) in stands or not self.seat.number_of(one.wire.number))
            self.pane.enter([(entry, self.meta.label(entry)) for entry in kept])
            self.app.layout = self._paned
            self._fit()
            if self.meta.lesson is not None:
                self.meta.lesson.remind(self.pane.words)
        self.app.invalidate()

    def follows(self) -> bool:
        """Whether what is on the screen changes with the view by itself."""
        return self.pane.open

    def editing(self, mode: str) -> str:
        """Edit as in `vi` or `emacs`, or change over; the mode that holds now."""
        vi = mode == "vi" if mode else self.app.editing_mode is EditingMode.EMACS
        self.app.editing_mode = EditingMode.VI if vi else EditingMode.EMACS
        return "vi" if vi else "emacs"

    def restyle(self) -> None:
        """The theme has changed."""
        self.app.invalidate()

    def listen(self, words: list[str]) -> list[str]:
        """Open TCP ports, or close them; raises SeatError."""
        if self._ports is None:
            # Imported here because most sessions open no port, and none does before its first prompt.
            from mailshell.shell.listening import Ports

            self._ports = Ports(self.seat.world, self.meta, self._spawn)
        return self._ports.listen(words)

    def bindings(self) -> list[tuple[str, str, str]]:
        """Each action: its id, its keys, what it does."""
        return listing(self.bound)

    def clear(self) -> None:
        """Clear the screen."""
        self.app.renderer.clear()

    def page(self, lines: list[str]) -> None:
        """Show a long text with a pager, and one that fits as it is."""
        if len(lines) < self._size()[0] - 2 or self.pane.open:
            self.print(lines)
        else:
            self._spawn(self._page(lines))

    async def _page(self, lines: list[str]) -> None:
        if await self._outside.run(paged(lines, self._asked.pager)) is None:
            self.print(lines)


def _later(seconds: float, do: Callable[[], None]) -> Callable[[], None]:
    return asyncio.get_running_loop().call_later(seconds, do).cancel


def _now() -> float:
    return asyncio.get_running_loop().time()
