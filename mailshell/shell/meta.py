"""The commands of mailshell itself: `:depth 2`, `:undo`, `:mailbox bob`. One table for all front ends."""

import os
from collections.abc import Callable
from typing import NamedTuple

from mailshell.core import script
from mailshell.core.record import Body, Closed
from mailshell.core.script import ScriptError
from mailshell.core.transcript import Entry
from mailshell.mail.store import Full
from mailshell.protocols import PROTOCOLS
from mailshell.shell import looking
from mailshell.shell.help import columns, help_lines, here, wrapped
from mailshell.shell.log import Log
from mailshell.shell.render import Renderer
from mailshell.shell.view import WireMarks
from mailshell.world import play
from mailshell.world.seat import Seat, SeatError
from mailshell.world.world import Busy


class Meta:
    """What a command may use: the seat, the screen, the log."""

    def __init__(
        self, seat: Seat, renderer: Renderer, log: Log, out: Callable[[list[str]], None], world: str = "lecture"
    ) -> None:
        self.seat = seat
        self.world = world
        """The name of the starting world."""
        self.renderer = renderer
        self.log = log
        self.out = out
        self.over = False

    def say(self, text: str) -> None:
        """Words of mailshell."""
        self.out(self.renderer.say(text))

    def current(self) -> list[Entry]:
        """What happened on the current connection, undone steps left out; raises SeatError where nothing did."""
        wire = self.seat.link.wire
        found = [entry for _, entries in self.seat.story() for entry in entries if entry.wire is wire]
        if not found:
            raise SeatError("Nothing has happened on this connection. Enter opens it again.")
        return found


class Command(NamedTuple):
    """A local command: its argument as one types it, what it does, how."""

    syntax: str
    says: str
    run: Callable[[Meta, str], None]


def carry_out(meta: Meta, text: str) -> None:
    """Run a local command, colon left out; a mistake is one line of text, never an exception."""
    word, _, rest = (text or "help").partition(" ")
    found = [name for name in COMMANDS if name == word] or [name for name in COMMANDS if name.startswith(word)]
    try:
        if len(found) != 1:
            raise SeatError(_unknown(word, found))
        COMMANDS[found[0]].run(meta, rest.strip())
    except (SeatError, ScriptError, Busy, Full) as error:
        meta.out(meta.renderer.error(str(error)))
    except OSError as error:
        meta.out(meta.renderer.error(f"{error.filename}: {error.strerror}" if error.filename else str(error)))


def _unknown(word: str, found: list[str]) -> str:
    if found:
        return f":{word} could be {' or '.join(':' + name for name in found)}."
    from difflib import get_close_matches

    near = get_close_matches(word, COMMANDS, 1)
    hint = f" Did you mean :{near[0]}?" if near else ""
    return f":{word} is no command of mailshell.{hint} :help lists them."


def _help(meta: Meta, rest: str) -> None:
    link = meta.seat.link
    engine = PROTOCOLS[link.wire.protocol]
    word = rest.removeprefix(":")
    width = meta.renderer.view.width
    if not rest:
        rows = [(f":{name} {one.syntax}", one.says) for name, one in COMMANDS.items()]
        hint = "? alone says what may be sent now, ? WORD what a word means."
        meta.out([*columns(rows, width, indent=3, left=28), *wrapped(hint, width)])
        return
    if rest == "?":
        hint = "? WORD explains a word. :help lists the commands of mailshell."
        meta.out([*here(engine, link.session, width), *wrapped(hint, width)])
        return
    lines = help_lines(engine, rest, width)
    if lines is None and word in COMMANDS:
        command = COMMANDS[word]
        lines = [f"   :{word} {command.syntax}".rstrip(), f"     {command.says}"]
    if lines is None:
        raise SeatError(f"There is no help on {rest}. ? lists what may be typed.")
    meta.out(lines)


def _depth(meta: Meta, rest: str) -> None:
    renderer = meta.renderer
    if rest not in ("", "0", "1", "2"):
        raise SeatError(":depth wants 0 (the wire), 1 (a note beside each line) or 2 (every field named).")
    depth = int(rest) if rest else (renderer.view.depth + 1) % 3
    renderer.view = renderer.view._replace(depth=depth)
    meta.say(f"depth {depth}; the last exchange again:")
    again(meta)


def _wire(meta: Meta, rest: str) -> None:
    renderer = meta.renderer
    modes: tuple[WireMarks, ...] = ("off", "marks", "hex")
    if rest not in ("", *modes):
        raise SeatError(":wire wants off (no line ends), marks (of line ends) or hex (a dump of each line).")
    wire = next((mode for mode in modes if mode == rest), modes[(modes.index(renderer.view.wire) + 1) % 3])
    renderer.view = renderer.view._replace(wire=wire)
    meta.say(f"wire {wire}; the last exchange again:")
    again(meta)


def again(meta: Meta) -> None:
    """Show the last exchange of the current connection once more."""
    seat = meta.seat
    entries = [one for one in meta.current() if not isinstance(one.record, Closed)]
    last = entries[-1:]
    while last and isinstance(last[0].record, Body) and len(last) < len(entries):
        last = entries[-len(last) - 1 :]
    labels = {link.wire.number: number for number, link in seat.links.items()}
    meta.out(meta.renderer.again(last, labels))


def _undo(meta: Meta, rest: str) -> None:
    _no_argument("undo", rest)
    cause = meta.seat.undo()
    _where(meta, f"undone: {cause}")


def _redo(meta: Meta, rest: str) -> None:
    _no_argument("redo", rest)
    cause = meta.seat.redo()
    _where(meta, f"done again: {cause}")


def _reset(meta: Meta, rest: str) -> None:
    _no_argument("reset", rest)
    meta.say("The world is as it was at the start. :undo takes that back.")
    meta.seat.reset()


def _where(meta: Meta, what: str) -> None:
    """Say what was undone or done again, and the phase in which that leaves each connection."""
    meta.say(what)
    entries = [entry for _, entries in meta.seat.story() for entry in entries]
    for number, link in meta.seat.links.items():
        meta.out(meta.renderer.moved(link.wire, link.session.phase, number, entries))
    if meta.seat.link.closed:
        meta.say("The connection is closed. Enter opens it again.")


def _no_argument(name: str, rest: str) -> None:
    if rest:
        raise SeatError(f":{name} takes no argument.")


def _mailbox(meta: Meta, rest: str) -> None:
    seat = meta.seat
    meta.out(looking.mailbox(seat.world, seat.link.wire.host, rest, meta.renderer.view))


def _why(meta: Meta, rest: str) -> None:
    _no_argument("why", rest)
    entries = [entry for entry in meta.current() if not isinstance(entry.record, Body)]
    meta.out(looking.why(entries, meta.seat.link, meta.renderer.view))


def _save(meta: Meta, rest: str) -> None:
    if not rest:
        raise SeatError(":save wants the name of a file, as in :save session.txt")
    text = script.write(meta.seat.story(), meta.seat.numbers)
    try:
        with open(os.path.expanduser(rest), "x", encoding="utf-8") as file:
            file.write(f"{_header(meta)}\n{text}")
    except FileExistsError:
        raise SeatError(f"{rest} exists already. Choose another name.") from None
    meta.say(f"Saved to {rest}. mailshell run {rest} plays it again. Passwords are left out.")


def _header(meta: Meta) -> str:
    traits = meta.seat.world.hosts[meta.seat.link.wire.host].traits
    return f"# world: {meta.world}\n# voice: {traits.voice}\n# policy: {traits.policy}\n"


def _log(meta: Meta, rest: str) -> None:
    if not rest:
        meta.say(f"Log: {meta.log.path or 'none'}. :log FILE starts one, :log off stops it.")
    elif rest == "off":
        meta.log.close()
        meta.say("The log is closed.")
    else:
        meta.log.open(os.path.expanduser(rest))
        meta.say(f"What is shown from now on is appended to {rest}.")


def _demand_open(meta: Meta) -> None:
    if meta.seat.link.closed:
        raise SeatError("The connection is closed. Enter alone opens it again.")


def _raw(meta: Meta, rest: str) -> None:
    _demand_open(meta)
    before = meta.seat.world.transcript.count
    play.raw(meta.seat, rest)
    if meta.seat.world.transcript.count == before and not meta.seat.link.closed:
        meta.say("Sent. The server waits for the rest of the line.")


def _drop(meta: Meta, rest: str) -> None:
    _no_argument("drop", rest)
    _demand_open(meta)
    meta.seat.drop()


def _wait(meta: Meta, rest: str) -> None:
    play.wait(meta.seat, rest)
    meta.say(f"It is {looking.date(meta.seat.world)}.")


def _connect(meta: Meta, rest: str) -> None:
    words = rest.split()
    link = meta.seat.link
    if len(words) > 2:
        raise SeatError(":connect wants a host, and perhaps a protocol, as in :connect lancs.uk smtp")
    host = words[0] if words else link.wire.host
    meta.seat.connect(host.lower(), words[1] if len(words) > 1 else link.wire.protocol)


def _switch(meta: Meta, rest: str) -> None:
    seat = meta.seat
    if rest:
        if not rest.isdecimal() or not rest.isascii():
            raise SeatError(":switch wants the number of a connection, as in :switch 2")
        seat.switch(int(rest))
    meta.out(looking.connections(seat, meta.renderer.view))


def _secrets(meta: Meta, rest: str) -> None:
    if rest not in ("on", "off"):
        raise SeatError(":secrets wants on or off.")
    meta.renderer.view = meta.renderer.view._replace(secrets=rest == "on")
    meta.say("Passwords are shown." if rest == "on" else "Passwords are masked.")


def _quit(meta: Meta, rest: str) -> None:
    _no_argument("quit", rest)
    meta.over = True


COMMANDS: dict[str, Command] = {
    "help": Command("[WORD]", "what may be typed now, or what a word means", _help),
    "why": Command("", "what the last answer meant, and by which rule", _why),
    "depth": Command("[0|1|2]", "the wire, a note a line, or every field named", _depth),
    "wire": Command("[off|marks|hex]", "line ends hidden, as marks, or a hex dump", _wire),
    "undo": Command("", "take the last line back, in the whole world", _undo),
    "redo": Command("", "do again what was undone", _redo),
    "reset": Command("", "the world as it was at the start", _reset),
    "mailbox": Command("[USER[@HOST] [N]]", "mailboxes, messages of one, or one message", _mailbox),
    "wait": Command("TIME [--idle]", "turn the clock on, as in :wait 30m", _wait),
    "connect": Command("[HOST [PROTOCOL]]", "one more connection", _connect),
    "switch": Command("[N]", "list the connections, or go to one", _switch),
    "drop": Command("", "cut the connection without a word", _drop),
    "raw": Command('"OCTETS"', 'octets as they are, as in :raw "a\\n.\\r\\n"', _raw),
    "secrets": Command("on|off", "show passwords, or mask them", _secrets),
    "save": Command("FILE", "write a file that can be played again", _save),
    "log": Command("[FILE|off]", "append what is shown to a file", _log),
    "quit": Command("", "leave mailshell", _quit),
}
