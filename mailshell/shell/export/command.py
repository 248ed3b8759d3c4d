"""`mailshell export`: a transcript file, plain commands or the log of another program, in a form for others to read.

Exit status 0, 1 where an expectation of the file failed (the export is written all the same), 2 for a file that
cannot be read or played, 3 for the state file or an output that cannot be written.
"""

import argparse
import io
import os
import sys

from mailshell.core.script import ScriptError
from mailshell.mail.store import StateError
from mailshell.protocols import PROTOCOLS
from mailshell.shell import logs, setup
from mailshell.shell.export import FORMS, document
from mailshell.shell.export.chapters import Document
from mailshell.shell.export.reading import read
from mailshell.shell.run import complain, octets_of, parse, status
from mailshell.shell.text import safe
from mailshell.shell.theme import MONO, THEMES
from mailshell.shell.view import View
from mailshell.world.header import setting
from mailshell.world.play import Outcome, play
from mailshell.world.seat import Seat, SeatError


def main(args: argparse.Namespace) -> int:
    """Read, play where there is something to play, and write."""
    try:
        octets = octets_of(args.file)
    except OSError as error:
        complain(args, error.strerror or str(error))
        return 2
    view = View(
        depth=args.depth,
        wire=setup.wire(args),
        theme=MONO if args.color == "never" else THEMES[args.theme],
        words=args.plain,
        ascii=args.ascii,
        width=args.width,
        secrets=args.secrets,
    )
    try:
        found, outcome = _log(args.file, octets, view) or _played(args, octets, view)
    except (ScriptError, SeatError) as error:
        complain(args, str(error))
        return 2
    except StateError as error:
        return setup.complain(error)
    _write(FORMS[args.to](found, view), args.output)
    return status(args, outcome)


def _write(text: str, name: str | None) -> None:
    """All forms are UTF-8, whatever the terminal is."""
    octets = text.encode("utf-8")
    if name is None or name == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(octets)
        return
    with open(name, "wb") as file:
        file.write(octets)


def _log(name: str, octets: bytes, view: View) -> tuple[Document, Outcome] | None:
    """A conversation of another program, annotated; None for what can be played."""
    head, lines = logs.peek(logs.cut(io.BytesIO(octets)))
    reader = None if _is_plain(head) else logs.reader(head)
    if reader is None or reader is logs.transcript:
        return None
    log = read(reader(lines), view)
    names = " and ".join(dict.fromkeys(str(event["protocol"]).upper() for event in log.events))
    title = f"{names} session" if name == "-" else f"{names} session: {safe(os.path.basename(name))}"
    return Document(title, log.chapters, log.events), Outcome((), 0)


def _is_plain(lines: list[bytes]) -> bool:
    """Whether a file begins with a command: a log begins with the server, or with a sign of its program."""
    first = next((line for line in lines if line.strip() and line[:1] != b"#"), b"")
    return any(engine.mark_command(first.strip()).card is not None for engine in PROTOCOLS.values())


def _played(args: argparse.Namespace, octets: bytes, view: View) -> tuple[Document, Outcome]:
    """Commands, or a C:/S: file, played in a fresh world."""
    parsed = parse(octets)
    asked = setting(parsed.header, args.world, setup.traits(args), os.path.dirname(args.file))
    with setup.opened(args, asked) as world:
        seat = Seat(world, asked.peer, "script")
        outcome, _ = play(seat, parsed, args.protocol, args.host)
        entries = [one for _, entries in seat.story() for one in entries if one.wire.kind != "relay"]
        found = document(entries, seat.numbers, view)
        return found._replace(events=list(found.events)), outcome
