"""`mailshell run`: play a transcript file, or plain commands, and show what happens."""

import argparse
import json
import sys

from mailshell.core import script
from mailshell.core.script import Script, ScriptError
from mailshell.core.transcript import Entry
from mailshell.mail.store import StateError
from mailshell.shell import setup
from mailshell.shell.render import Renderer
from mailshell.world.play import Outcome, play
from mailshell.world.seat import Seat, SeatError
from mailshell.world.start import STUDENT
from mailshell.world.world import World


def main(args: argparse.Namespace) -> int:
    """Exit status 0, 1 where an expectation failed, 2 for a file that cannot be read, 3 for the state file."""
    try:
        parsed = _read(args.file)
    except (OSError, ScriptError) as error:
        text = error.strerror if isinstance(error, OSError) else str(error)
        print(f"mailshell: {args.file}: {text}", file=sys.stderr)
        return 2
    args.voice = parsed.header.get("voice", args.voice)
    args.policy = parsed.header.get("policy", args.policy)
    try:
        with setup.opened(args) as world:
            return _play(args, world, parsed)
    except StateError as error:
        return setup.complain(error)


def _read(name: str) -> Script:
    if name == "-":
        octets = sys.stdin.buffer.read()
    else:
        with open(name, "rb") as file:
            octets = file.read()
    text = octets.decode("utf-8", "surrogateescape")
    return script.read(text) if script.is_script(text) else script.plain(text)


def _play(args: argparse.Namespace, world: World, parsed: Script) -> int:
    seat = Seat(world, STUDENT, "script")
    renderer = Renderer(setup.view(args, sys.stdout))

    def show(entry: Entry) -> None:
        if args.json:
            from mailshell.shell.events import event

            print(json.dumps(event(entry), separators=(",", ":")))
        else:
            number = seat.number_of(entry.wire.number) or max(seat.links, default=0) + 1
            sys.stdout.writelines(line + "\n" for line in renderer.lines(entry, number))

    world.transcript.subscribe(show)
    try:
        outcome, _ = play(seat, parsed, args.protocol, args.host)
    except (ScriptError, SeatError) as error:
        print(f"mailshell: {args.file}: {error}", file=sys.stderr)
        return 2
    return _status(args, outcome)


def _status(args: argparse.Namespace, outcome: Outcome) -> int:
    sys.stdout.flush()
    for miss in outcome.misses:
        print(f"mailshell: {args.file}: {miss}", file=sys.stderr)
    if outcome.misses:
        return 1
    if args.fail_on_refusal and outcome.refusals:
        print(f"mailshell: {args.file}: the server refused {outcome.refusals} of the commands", file=sys.stderr)
        return 1
    return 0
