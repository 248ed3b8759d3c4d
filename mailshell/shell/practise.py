"""`mailshell smtp`: at the world in a terminal, or from a script; which front end it is, and its first words."""

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from mailshell import __version__
from mailshell.shell.options import plain_because


def main(args: argparse.Namespace) -> int:
    """Exit status 0, 2 for a host that is not there, 3 for the state file."""
    if not plain_because(args):
        with _silent():
            _end_in_order()
            _greet(args)
            return _interactive(args)
    if sys.stdin.isatty() and sys.stdout.isatty():
        _greet(args)
    from mailshell.shell.plain import main as plain

    return plain(args)


def _greet(args: argparse.Namespace) -> None:
    """Who speaks, where one is, how to get help: said before anything is imported that takes time."""
    head = "mailshell: " if args.plain else "== "
    place = f"{args.protocol.upper()} with {args.host} in a closed world."
    print(f"{head}mailshell {__version__}: {place} ? helps, :quit leaves.", flush=True)


@contextmanager
def _silent() -> Iterator[None]:
    """What is typed while the shell still loads waits for it, and is not echoed between the first lines."""
    try:
        import termios
    except ImportError:  # Windows
        yield
        return
    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)
    quiet = termios.tcgetattr(fd)
    quiet[0] &= ~termios.ICRNL
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(fd, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


def _end_in_order() -> None:
    """A signal that ends mailshell while it loads unwinds it, so that the terminal is left as it was."""

    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows has no SIGHUP
            signal.signal(getattr(signal, name), end)


def _interactive(args: argparse.Namespace) -> int:
    from mailshell.mail.store import StateError
    from mailshell.shell import setup
    from mailshell.shell.log import Log

    try:
        with setup.opened(args) as world:
            if (status := setup.unknown_host(args, world)) is not None:
                return status
            with Log(args.log) as log:
                from mailshell.shell.app import App

                return App(args, world, log).run()
    except StateError as error:
        return setup.complain(error)
