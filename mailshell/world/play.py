"""Play a transcript file in a world: send its `C:` lines, check its `S:`, `=` and `!` lines, or write them anew."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from mailshell.core import script
from mailshell.core.clock import duration
from mailshell.core.record import Body, Closed, Exchange, Opened, Phase, Verdict, reply_lines
from mailshell.core.script import Item, Script, ScriptError
from mailshell.core.transcript import Entry
from mailshell.world import steps
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


class _Point(NamedTuple):
    """Where a connection stood after an answer."""

    phase: Phase
    because: str


class _Heard:
    """What a script has heard on one connection: the replies not yet asked for, each with where it led."""

    def __init__(self, last: _Point) -> None:
        self.replies: deque[tuple[bytes, _Point]] = deque()
        self.last = last
        self.asked: _Point | None = None
        self.silent: _Point | None = None
        """Where a command has led that asks for more without a word, as long as nothing follows it."""

    def copy(self) -> "_Heard":
        """The same, which goes on by itself."""
        other = _Heard(self.last)
        other.replies.extend(self.replies)
        other.asked, other.silent = self.asked, self.silent
        return other

    @property
    def point(self) -> _Point:
        """Where the script is: at the reply that it asked for last, or, when it has asked for all, at the end."""
        return self.asked if self.replies and self.asked is not None else self.last


Ears = Mapping[int, _Heard]
"""What a script has heard so far, by the number of the connection."""


class Hands(NamedTuple):
    """How a script sends octets, line end included, with the words for what was done, and does a local command."""

    send: Callable[[bytes, str], None]
    local: Callable[[Item], None]


class Player:
    """Plays one script for one seat; `protocol` and `host` hold where the script names none.

    It hears only what comes while it plays. `hands` do what it plays, where that is not the seat itself.
    """

    def __init__(self, seat: Seat, protocol: str, host: str, hands: Hands | None = None) -> None:
        self.seat = seat
        self._hands = hands or Hands(seat.send, lambda item: local(seat, item))
        self.protocol = protocol
        self.host = host
        self.misses: list[Miss] = []
        self.refusals = 0
        self.written: list[str] = []
        self._heard: dict[int, _Heard] = {}
        self._told: dict[int, list[str]] = {}
        self._last = 1

    def play(self, parsed: Script) -> Outcome:
        """Play the lines, and return what failed."""
        self.take(_groups(parsed))
        return Outcome(tuple(self.misses), self.refusals)

    def take(self, groups: Iterable[list[Item]]) -> None:
        """Play some of the lines: of each group, which is sent in one write, there is one at least."""
        self.seat.world.transcript.subscribe(self.hear)
        try:
            for group in groups:
                self._group(group)
        finally:
            self.seat.world.transcript.unsubscribe(self.hear)

    @property
    def heard(self) -> Ears:
        """What was heard so far; setting it goes back to what had been heard then."""
        return {number: heard.copy() for number, heard in self._heard.items()}

    @heard.setter
    def heard(self, heard: Ears) -> None:
        self._heard = {number: one.copy() for number, one in heard.items()}

    def hear(self, entry: Entry) -> None:
        """A step of a conversation, which somebody else's may be."""
        number = self.seat.number_of(entry.wire.number)
        record = entry.record
        if number is None or isinstance(record, Body):
            return
        again = number in self._heard
        heard = self._of(number)
        lines = self._told.setdefault(number, [])
        if isinstance(record, Closed):
            heard.silent = None
            phase = self.seat.links[number].session.phase
            if heard.last.phase is not phase:  # else the answer has said so
                self._tell(heard, lines, _Point(phase, record.because))
            return
        because = "" if isinstance(record, Opened) else record.because
        heard.silent = None
        if not record.replies:
            heard.silent = _Point(record.after, because)
            return
        if isinstance(record, Exchange) and record.verdict is Verdict.REFUSED:
            self.refusals += 1
        point = _Point(record.after, because)
        replies = reply_lines(record)
        heard.replies.extend((reply, point) for reply in replies)
        wire = entry.wire
        # A place names a connection that is opened elsewhere, or opened again under its number.
        named = isinstance(record, Opened) and (again or (wire.protocol, wire.host) != (self.protocol, self.host))
        side = f"S{number if number > 1 else ''}"
        side += f"({wire.protocol}@{wire.host}): " if named else ": "
        lines += [side + script.text(reply.removesuffix(b"\r\n")) for reply in replies]
        self._tell(heard, lines, point, new=isinstance(record, Opened))

    def _of(self, number: int) -> _Heard:
        return self._heard.setdefault(number, _Heard(_Point(self.seat.links[number].session.phase, "")))

    def _tell(self, heard: _Heard, lines: list[str], point: _Point, *, new: bool = False) -> None:
        if new or heard.last.phase is not point.phase:
            lines.append(f"= {point.phase.name.lower()}")
        if point.because:
            lines.append(f"! {point.because}")
        heard.last = point

    def _group(self, group: list[Item]) -> None:
        first = group[0]
        if first.what in ("send", "expect"):
            self._open(first)
        if first.what == "send":
            octets = b"".join(script.octets(item.text, item.number) + b"\r\n" for item in group)
            self.written += [_label(item) + item.text for item in group]
            self._of(first.link).asked = None
            self._hands.send(octets, first.text)
        elif first.what == "local":
            self.written.append(f"> {first.text}")
            self._hands.local(first)
            self._moved()
        elif first.what in ("comment", "ask"):
            self.written.append(f"? {first.text}" if first.what == "ask" else first.text)
        else:
            self._check(first)
        if first.what in ("send", "local"):
            self._write()

    def _moved(self) -> None:
        """Undo, redo and the like move connections without a word; the phase of the last one is what `=` asks for."""
        for number in self._heard.keys() & self.seat.links.keys():
            heard = self._heard[number]
            heard.asked = None
            phase = self.seat.links[number].session.phase
            if heard.last.phase is not phase:
                lines = self._told.setdefault(number, []) if number == self._last else []
                self._tell(heard, lines, _Point(phase, ""))

    def _write(self) -> None:
        for number, heard in self._heard.items():
            if heard.silent is not None:
                self._tell(heard, self._told.setdefault(number, []), heard.silent)
                heard.silent = None
        for number in sorted(self._told):
            self.written += self._told.pop(number)

    def _open(self, item: Item) -> None:
        self._last = item.link
        known = self.seat.links.get(item.link)
        if known is None or (known.closed and item.protocol):
            try:
                self.seat.connect(item.host or self.host, item.protocol or self.protocol, item.link)
            except SeatError as error:
                raise ScriptError(f"line {item.number}: {error}") from None
            if item.what == "send":
                self._write()
        self.seat.switch(item.link)

    def _check(self, item: Item) -> None:
        if self._last not in self.seat.links:
            raise ScriptError(f"line {item.number}: There is no connection yet.")
        heard = self._of(self._last)
        phase, because = heard.point.phase.name.lower(), heard.point.because
        if item.what == "expect":
            self._write()
            came = None
            if heard.replies:
                line, heard.asked = heard.replies.popleft()
                if script.matches(item.text, line):
                    return
                came = script.text(line.removesuffix(b"\r\n"))
            self.misses.append(Miss(item.number, item.text, came))
        elif item.what == "phase" and item.text != phase:
            self.misses.append(Miss(item.number, f"phase {item.text}", f"phase {phase}"))
        elif item.what == "because" and item.text != because:
            self.misses.append(Miss(item.number, item.text, because or None))


def _groups(parsed: Script) -> Iterator[list[Item]]:
    group: list[Item] = []
    for item in parsed.items:
        joins = parsed.together and not item.protocol
        if group and not (joins and item.what == group[0].what == "send" and item.link == group[0].link):
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
    if word in SHOWS:
        return
    command = LOCAL.get(word)
    if command is None:
        raise ScriptError(f"line {item.number}: {word} is no command for a script; there are {' '.join(LOCAL)}")
    try:
        command(seat, rest.strip())
    except (SeatError, ScriptError) as error:
        raise ScriptError(f"line {item.number}: {error}") from None


def connect(seat: Seat, text: str) -> None:
    """`:connect [HOST [PROTOCOL]]`: open one more connection; without words, one like the present one."""
    words, wire = text.split(), seat.link.wire
    if len(words) > 2:
        raise SeatError(":connect wants a host, and perhaps a protocol, as in :connect lancs.uk smtp")
    seat.connect(words[0].lower() if words else wire.host, words[1] if len(words) > 1 else wire.protocol)


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
    seat.wait(span, idle=bool(words[1:]), cause=f":wait {text}")


def until(seat: Seat, text: str) -> None:
    """`:until delivered`: turn the clock on; raises SeatError where it did not happen."""
    # Imported here because most scripts wait for nothing.
    from mailshell.world.until import until as turned

    came = turned(seat, text)
    if not came.reached:
        raise SeatError(came.says)


def heal(seat: Seat, text: str) -> None:
    """`:heal N`, `:heal KIND`, `:heal all`."""
    seat.heal(text or "all")


def _bare(action: Callable[[Seat], object]) -> Callable[[Seat, str], None]:
    def run(seat: Seat, text: str) -> None:
        if text:
            raise SeatError("the command takes no argument")
        action(seat)

    return run


def _named(action: Callable[[Seat, str], object], wants: str) -> Callable[[Seat, str], None]:
    def run(seat: Seat, text: str) -> None:
        if not text:
            raise SeatError(wants)
        action(seat, text)

    return run


LOCAL: dict[str, Callable[[Seat, str], object]] = {
    ":connect": connect,
    ":raw": raw,
    ":wait": wait,
    ":until": until,
    ":fault": Seat.fault,
    ":heal": heal,
    ":drop": _bare(Seat.drop),
    ":undo": _bare(Seat.undo),
    ":redo": _bare(Seat.redo),
    ":back": _named(steps.back, ":back wants the number of a line, as in :back 3"),
    ":branch": _named(Seat.branch, ":branch wants a name, as in :branch lunch"),
    ":reset": _bare(Seat.reset),
}
"""The local commands that a script may have."""

SHOWS = frozenset(
    [
        *(":body", ":branches", ":clear", ":copy", ":date", ":depth", ":diff", ":dns", ":explain", ":help", ":keys"),
        *(":mailbox", ":panes", ":queue", ":search", ":secrets", ":theme", ":trace", ":try", ":watch", ":why"),
        *(":wire", ":world"),
    ]
)
"""Those that only show something to who watches: the shell does them, and a script passes over them."""


def play(seat: Seat, parsed: Script, protocol: str, host: str) -> tuple[Outcome, str]:
    """Play a transcript; the outcome, and the file as it would be written with what really came."""
    player = Player(seat, parsed.header.get("protocol", protocol), parsed.header.get("host", host))
    outcome = player.play(parsed)
    return outcome, "\n".join(player.written) + "\n"
