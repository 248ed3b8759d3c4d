"""`mailshell PROTOCOL`: at the world in a terminal, or from a script; which front end it is, and its first words."""

import argparse
import gc
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from mailshell import __version__
from mailshell.shell.options import DEFAULTS, plain_because
from mailshell.world.hosts import DEFAULT_HOST, HOSTS

TYPE_CHECKING = False  # `typing` would take time before the first words
if TYPE_CHECKING:
    from mailshell.shell.setup import Stage
    from mailshell.world.world import World


def main(args: argparse.Namespace) -> int:
    """Exit status 0, 2 for what makes no sense, 3 for the state file, 4 for a script that fails a lesson.

    A session may lead to a lesson, whose world takes the place of the one before. Raises OptionError.
    """
    said = False
    while True:
        args.then = None
        status = _session(args, greets=not said)
        if args.then is None:
            return status
        args.lesson, args.scene, args.alone, said = args.then, "", False, True


def _session(args: argparse.Namespace, *, greets: bool) -> int:
    # Before the first words, which name the host; a scene brings its own.
    hosts: Mapping[str, str] = HOSTS
    server = DEFAULT_HOST
    if args.lesson is None and args.world != DEFAULTS["world"]:
        from mailshell.shell.worlds import planned

        plan = planned(args.world)
        hosts, server = plan.addresses, plan.server
    if not args.scene and args.lesson is None:
        args.host = args.host or server
        if args.host.lower() not in hosts:
            from mailshell.shell.setup import no_host

            return no_host(args.host, hosts)
    if not plain_because(args):
        with _silent():
            _end_in_order()
            if greets:
                _greet(args)
            return _interactive(args)
    if greets and sys.stdin.isatty() and sys.stdout.isatty():
        _greet(args)
    from mailshell.shell.plain import main as plain

    return plain(args)


_ALONE = """\
== mailshell {version}: mail servers in a world of their own. You can break nothing.
   learn     :learn begins the first lesson, or goes on where you were
   practise  this is SMTP with {host}: type HELO lancs.uk, then Enter
   demo      :demo lecture, or :demo pop3, plays a session, a step at each Enter
   help      ? says what may be typed now, :help what else, :quit leaves
"""


def _greet(args: argparse.Namespace) -> None:
    """Who speaks, where one is, how to get help: said before anything is imported that takes time."""
    head = "" if args.plain else "== "
    what = (
        "lessons"
        if args.lesson is not None
        else f"the scene {args.scene}"
        if args.scene
        else f"{args.protocol.upper()} with {args.host}"
    )
    text = f"{head}mailshell {__version__}: {what} in a closed world. ? helps, :quit leaves.\n"
    if args.alone:
        text = _ALONE.format(version=__version__, host=args.host).replace("== ", head)
    columns = os.get_terminal_size(sys.stdout.fileno()).columns
    print(text if columns >= 80 else _narrowed(text, columns), end="", flush=True)


def _narrowed(text: str, columns: int) -> str:
    """Lines broken between words, their second column kept."""
    from mailshell.shell.text import wrap

    out = []
    for line in text.splitlines():
        head = line[:13] if line.startswith("   ") else line[:3]
        rows = wrap(line[len(head) :], columns - len(head)) or [""]
        out += [head + rows[0], *(" " * len(head) + row for row in rows[1:])]
    return "".join(f"{line}\n" for line in out)


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
    # What modules make while they load is no garbage: not to look for any brings the prompt nearer by a tenth.
    gc.disable()
    from mailshell.shell import setup
    from mailshell.shell.log import Log

    def talk(world: "World", stage: "Stage") -> int:
        with Log(args.log) as log:
            from mailshell.shell.app import App

            app = App(args, world, log, stage)
            status = app.run()
            setup.ended(args, app.meta)
            return status

    return setup.staged(args, talk)
