"""From options to a world and a view: what every subcommand that talks to servers needs."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from mailshell.mail.host import Traits
from mailshell.mail.store import StateError, Store
from mailshell.shell.view import View, WireMarks
from mailshell.world.start import build
from mailshell.world.world import World


def traits(args: argparse.Namespace) -> Traits:
    """The habits of the hosts that the options ask for."""
    return Traits(
        voice="classic" if args.voice == "classic" else "modern",
        policy="strict" if args.policy == "strict" else "tolerant",
    )


def store(args: argparse.Namespace, *, history: bool) -> Store:
    """A store in memory, or in the file of --state; raises StateError."""
    if args.state is None:
        return Store(history=history)
    from mailshell.mail.disk import Disk

    return Store(history=history, disk=Disk(args.state))


@contextmanager
def opened(args: argparse.Namespace) -> Iterator[World]:
    """The world of a shell or a script, with history; the state file is closed at the end. Raises StateError."""
    kept = store(args, history=True)
    try:
        yield build(args.world, store=kept, traits=traits(args))
    finally:
        kept.close()


def view(args: argparse.Namespace, out: IO[str]) -> View:
    """How the transcript is shown on `out`."""
    wire: WireMarks = "hex" if args.wire == "hex" else "off" if args.wire == "off" else "marks"
    encoding = (getattr(out, "encoding", None) or "ascii").lower().replace("-", "")
    return View(
        depth=args.depth,
        wire=wire,
        color=_color(args.color, out),
        words=args.plain,
        ascii=args.ascii or not encoding.startswith("utf"),
        width=width(out),
    )


def _color(wanted: str, out: IO[str]) -> bool:
    if wanted == "auto":
        terminal = os.environ.get("TERM", "dumb")
        return not os.environ.get("NO_COLOR") and out.isatty() and terminal not in ("dumb", "unknown", "")
    return wanted == "always"


def width(out: IO[str]) -> int:
    """Columns of the terminal; 80 in a pipe, so that what a script prints does not depend on a window."""
    try:
        return max(os.get_terminal_size(out.fileno()).columns, 40)
    except (OSError, ValueError):
        return 80


def complain(error: Exception) -> int:
    """Print why the state file cannot be used; the exit status for that."""
    assert isinstance(error, StateError)
    print(f"mailshell: {error}", file=sys.stderr)
    return 3
