"""Other programs in the same terminal: the editor for the line, the pager for a long text."""

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager

from prompt_toolkit.application import run_in_terminal

from mailshell.shell.printer import Printer

_LESS = "-F -R -X -Psmore\\: Space goes on, q leaves$"


class OutsideError(Exception):
    """A program could not be run; str() says which and why."""


class Outside:
    """Lets another program have the screen, while the lines of `printer` wait.

    They wait on afterwards where something else `holds` them; `complain` tells what could not be run.
    """

    def __init__(self, printer: Printer, holds: Callable[[], bool], complain: Callable[[str], None]) -> None:
        self._printer = printer
        self._holds = holds
        self._complain = complain

    async def run(self, work: Coroutine[object, object, str]) -> str | None:
        """Run a program; None where that could not be done."""
        self._printer.holds = True
        try:
            return await work
        except OutsideError as error:
            self._complain(str(error))
            return None
        finally:
            self._printer.holds = self._holds()
            self._printer.flush()


async def edited(text: str) -> str:
    """The text after somebody has changed it in their editor (VISUAL, EDITOR, or vi); raises OutsideError."""
    command = _words(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory(prefix="mailshell-") as folder:
        path = os.path.join(folder, "line.txt")
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        await _run([*command, path])
        try:
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                return file.read()
        except OSError as error:
            raise OutsideError(f"{command[0]} left no text: {error.strerror}.") from None


async def paged(lines: list[str], asked: str) -> str:
    """Show a long text with the pager that was asked for, or PAGER, or less, and return it; raises OutsideError."""
    command = _words(asked or os.environ.get("PAGER") or "less")
    text = "".join(f"{line}\n" for line in lines)
    with _no_suspension():
        await _run(command, text)
    return text


@contextmanager
def _no_suspension() -> Iterator[None]:
    """Ctrl-Z would stop us and not the pager, which then takes the keys of whoever called us."""
    stop = getattr(signal, "SIGTSTP", None)  # not on Windows
    before = signal.signal(stop, signal.SIG_IGN) if stop is not None else None
    try:
        yield
    finally:
        if stop is not None:
            signal.signal(stop, before)


def _words(command: str) -> list[str]:
    """A command of the environment, or of the config file, taken apart as a shell does it."""
    try:
        return shlex.split(command)
    except ValueError as error:  # a quote that is not closed
        raise OutsideError(f"{command} cannot be run: {str(error).lower()}.") from None


async def _run(command: list[str], text: str | None = None) -> None:
    name = command[0] if command else "the program"
    # A pager shows, and does nothing else; it says how to leave, as its colon looks like one of mailshell's.
    environment = {"LESS": _LESS, **os.environ, "LESSSECURE": "1"}

    def run() -> int:
        return subprocess.run(command, input=text, text=True, encoding="utf-8", env=environment, check=False).returncode

    try:
        status = await run_in_terminal(run, in_executor=True)
    except (OSError, IndexError, ValueError) as error:
        raise OutsideError(f"{name} cannot be run: {getattr(error, 'strerror', error)}.") from None
    if status:
        raise OutsideError(f"{name} ended with exit status {status}.")
