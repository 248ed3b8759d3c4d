"""`mailshell run`: play a transcript file, or plain commands, and show what happens."""

import argparse
import os
import sys

from mailshell.core import script
from mailshell.core.script import Script, ScriptError
from mailshell.core.transcript import Entry
from mailshell.mail.store import StateError
from mailshell.shell import setup
from mailshell.shell.log import Log
from mailshell.shell.render import Renderer
from mailshell.shell.text import safe
from mailshell.shell.watching import Watch
from mailshell.world.header import setting
from mailshell.world.play import Outcome, play
from mailshell.world.seat import Seat, SeatError


def main(args: argparse.Namespace) -> int:
    """Exit status 0, 1 where an expectation failed, 2 for a file that cannot be read, 3 for the state file."""
    try:
        parsed = parse(octets_of(args.file))
        asked = setting(parsed.header, args.world, setup.traits(args), os.path.dirname(args.file))
    except (OSError, ScriptError) as error:
        complain(args, error.strerror or str(error) if isinstance(error, OSError) else str(error))
        return 2
    try:
        with setup.opened(args, asked) as world, Log(args.log) as log:
            return _play(args, Seat(world, asked.peer, "script"), parsed, log)
    except StateError as error:
        return setup.complain(error)


def complain(args: argparse.Namespace, text: str) -> None:
    """Say on stderr what is wrong with the file; a terminal obeys nothing that stands in it."""
    head = f"mailshell: {args.file}: "
    for line in text.split("\n"):
        print(safe(head + line), file=sys.stderr)
        head = " " * len(head)


def octets_of(name: str) -> bytes:
    """What a file holds, or standard input for `-`; raises OSError."""
    if name == "-":
        return sys.stdin.buffer.read()
    with open(name, "rb") as file:
        return file.read()


def parse(octets: bytes) -> Script:
    """A C:/S: file, or plain commands; raises ScriptError."""
    text = octets.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return script.read(text) if script.is_script(text) else script.plain(text)


def _play(args: argparse.Namespace, seat: Seat, parsed: Script, log: Log) -> int:
    renderer = Renderer(setup.view(args, sys.stdout))

    def show(entry: Entry) -> None:
        if args.json:
            from mailshell.shell.events import dump, event

            lines = [dump(event(entry)).decode("ascii").rstrip("\n")]
        elif watch.shows(entry.wire):
            lines = renderer.lines(entry, seat.number_of(entry.wire.number) or watch.letter(entry))
        else:
            return
        put(lines)

    def put(lines: list[str]) -> None:
        sys.stdout.writelines(line + "\n" for line in lines)
        log.write(lines)

    watch = Watch(seat.world, lambda text: None if args.json else put(renderer.say(text)))
    seat.world.transcript.subscribe(show)
    try:
        outcome, _ = play(seat, parsed, args.protocol, args.host)
        watch.rest()
    except (ScriptError, SeatError) as error:
        complain(args, str(error))
        return 2
    return status(args, outcome)


def status(args: argparse.Namespace, outcome: Outcome) -> int:
    """Say what was expected and did not come; the exit status for that."""
    sys.stdout.flush()
    for miss in outcome.misses:
        complain(args, str(miss))
    if outcome.misses:
        return 1
    if args.fail_on_refusal and outcome.refusals:
        complain(args, f"the server refused {outcome.refusals} of the commands")
        return 1
    return 0
