"""Play a transcript file in a world: send its `C:` lines, check its `S:`, `=` and `!` lines, or write them anew."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from mailshell.core import script
from mailshell.core.clock import duration
from mailshell.core.record import Body, Closed, Exchange, Opened, Phase
from mailshell.core.script import Item, Script, ScriptError
from mailshell.core.transcript import Entry
from mailshell.world.seat import Seat, SeatError


class Miss(NamedTuple):
    """An expectation that failed: the line of the file, what it wanted, what came instead (None: nothing came)."""

    number: int
    wanted: str
    came: str | None

    def __str__(self) -> str:
        came = "nothing more" if self.came is None else self.came
        return f"line {self.number}: expected {self.wanted}\n{' ' * len(f'line {self.number}: ')}but got  {came}"


class Outcome(NamedTuple):
    """How a transcript went: the expectations that failed, and how many commands were refused."""

    misses: tuple[Miss, ...]
    refusals: int


class _Link:
    """What a script has heard on one of its connections and not yet asked for."""

    def __init__(self, phase: Phase) -> None:
        self.replies: deque[bytes] = deque()
        self.phase = phase
        self.because = ""


class Player:
    """Plays one script for one seat; `protocol` and `host` hold where the script names none."""

    def __init__(self, seat: Seat, protocol: str, host: str) -> None:
        self.seat = seat
        self.protocol = protocol
        self.host = host
        self.misses: list[Miss] = []
        self.refusals = 0
        self.written: list[str] = []
        self._heard: dict[int, _Link] = {}
        self._told: dict[int, list[str]] = {}
        self._last = 1

    def play(self, items: tuple[Item, ...]) -> Outcome:
        """Play the lines, and return what failed."""
        self.seat.world.transcript.subscribe(self._hear)
        try:
            for group in _groups(items):
                self._group(group)
        finally:
            self.seat.world.transcript.unsubscribe(self._hear)
        return Outcome(tuple(self.misses), self.refusals)

    def _hear(self, entry: Entry) -> None:
        number = self.seat.number_of(entry.wire.number) or max(self.seat.links, default=0) + 1
        record = entry.record
        if isinstance(record, Body | Closed):
            return
        heard = self._heard.setdefault(number, _Link(record.after))
        before, heard.phase = heard.phase, record.after
        heard.replies.extend(record.replies)
        heard.because = "" if isinstance(record, Opened) else record.because
        if isinstance(record, Exchange) and record.replies[-1][:1] in b"45":
            self.refusals += 1
        side = f"S{number if number > 1 else ''}: "
        lines = [side + script.text(reply.removesuffix(b"\r\n")) for reply in record.replies]
        if before is not record.after or isinstance(record, Opened):
            lines.append(f"= {record.after.name.lower()}")
        if heard.because:
            lines.append(f"! {heard.because}")
        self._told.setdefault(number, []).extend(lines)

    def _group(self, group: list[Item]) -> None:
        first = group[0]
        if first.what in ("send", "expect"):
            self._open(first)
        if first.what == "send":
            octets = b"".join(script.octets(item.text, item.number) + b"\r\n" for item in group)
            self.written += [_label(item) + item.text for item in group]
            self.seat.send(octets, first.text)
        elif first.what == "local":
            self.written.append(f"> {first.text}")
            local(self.seat, first)
        elif first.what == "comment":
            self.written.append(first.text)
        else:
            self._check(first)
        if first.what in ("send", "local"):
            self._write(first.link)

    def _write(self, link: int) -> None:
        for number in sorted(self._told):
            self.written += self._told.pop(number)

    def _open(self, item: Item) -> None:
        self._last = item.link
        link = self.seat.links.get(item.link)
        if link is None:
            self.seat.connect(item.host or self.host, item.protocol or self.protocol, item.link)
            if item.what == "send":
                self._write(item.link)
        self.seat.switch(item.link)

    def _check(self, item: Item) -> None:
        heard = self._heard[self._last]
        if item.what == "expect":
            if self._told:
                self._write(item.link)
            line = heard.replies.popleft() if heard.replies else None
            if line is None or not script.matches(item.text, line):
                came = None if line is None else script.text(line.removesuffix(b"\r\n"))
                self.misses.append(Miss(item.number, item.text, came))
        elif item.what == "phase" and item.text != heard.phase.name.lower():
            self.misses.append(Miss(item.number, f"phase {item.text}", f"phase {heard.phase.name.lower()}"))
        elif item.what == "because" and item.text != heard.because:
            self.misses.append(Miss(item.number, item.text, heard.because or None))


def _groups(items: tuple[Item, ...]) -> Iterator[list[Item]]:
    group: list[Item] = []
    for item in items:
        if group and not (item.what == group[0].what == "send" and item.link == group[0].link):
            yield group
            group = []
        group.append(item)
    if group:
        yield group


def _label(item: Item) -> str:
    number = item.link if item.link > 1 else ""
    host = f"@{item.host}" if item.host else ""
    where = f"({item.protocol}{host})" if item.protocol else ""
    return f"C{number}{where}: " if item.text else f"C{number}{where}:"


def local(seat: Seat, item: Item) -> None:
    """Carry out a `> :word` line; raises ScriptError for one that scripts do not have."""
    word, _, rest = item.text.partition(" ")
    command = LOCAL.get(word)
    if command is None:
        raise ScriptError(f"line {item.number}: {word} is no command for a script; there are {' '.join(LOCAL)}")
    try:
        command(seat, rest.strip())
    except (SeatError, ScriptError) as error:
        raise ScriptError(f"line {item.number}: {error}") from None


def raw(seat: Seat, text: str) -> None:
    """`:raw "text"`: send octets as they are, without CR LF; the escapes of transcripts hold in the quotes."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        raise SeatError(':raw wants text in double quotes, as in :raw "a\\n.\\r\\n"')
    seat.send(script.octets(text[1:-1]), ":raw")


def wait(seat: Seat, text: str) -> None:
    """`:wait 30m [--idle]`: turn the clock on."""
    words = text.split()
    span = duration(words[0]) if words else None
    if span is None or words[1:] not in ([], ["--idle"]):
        raise SeatError(":wait wants a time, as in :wait 30m or :wait 1h30m, and perhaps --idle")
    seat.wait(span, idle=bool(words[1:]))


def _bare(action: Callable[[Seat], object]) -> Callable[[Seat, str], None]:
    def run(seat: Seat, text: str) -> None:
        if text:
            raise SeatError("the command takes no argument")
        action(seat)

    return run


LOCAL: dict[str, Callable[[Seat, str], None]] = {
    ":raw": raw,
    ":wait": wait,
    ":drop": _bare(Seat.drop),
    ":undo": _bare(Seat.undo),
    ":redo": _bare(Seat.redo),
    ":reset": _bare(Seat.reset),
}
"""The local commands that a script may have."""


def play(seat: Seat, parsed: Script, protocol: str, host: str) -> tuple[Outcome, str]:
    """Play a transcript; the outcome, and the file as it would be written with what really came."""
    player = Player(seat, parsed.header.get("protocol", protocol), parsed.header.get("host", host))
    outcome = player.play(parsed.items)
    return outcome, "\n".join(player.written) + "\n"
