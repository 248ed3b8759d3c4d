"""The server of a protocol whose commands are lines: frame, read, run, answer; the same loop for each of them.

Lines are framed, read by the grammar, and run; a verb returns its one answer and this loop writes it. What differs
from protocol to protocol (the words, phases that read no commands) is what a subclass says.
"""

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from mailshell.core import reasons
from mailshell.core.clock import Instant
from mailshell.core.command import Command, Table, Verb
from mailshell.core.cursor import Slip
from mailshell.core.framer import Framer
from mailshell.core.record import (
    Card,
    Closed,
    Exchange,
    Expect,
    Fault,
    Opened,
    Parsed,
    Phase,
    Prompt,
    Record,
    Side,
    Verdict,
    Want,
)
from mailshell.core.relics import Relic
from mailshell.core.session import Numbers, Preview, State
from mailshell.mail.refusals import A, D, Refusals


class LineSession(Refusals[D, A]):
    """One connection as the server sees it; see `core.session.Session` for the contract."""

    __slots__ = ("_active", "_before", "_desk", "_dropped", "_framer", "_said", "_stopped", "_table")

    closed: ClassVar[Phase]
    """The phase in which nothing is read any more."""
    idle: ClassVar[int]
    """How long the server waits for the next octet, in microseconds."""
    line_limit: ClassVar[int]
    """The longest command line where the verb is not known, in octets."""
    tail: ClassVar[int] = 0
    """How many octets are kept of the end of a line that is too long."""
    crlf: ClassVar[Expect]

    def __init__(self, desk: D, table: Table[D, A], buffer: int) -> None:
        self._desk = desk
        self._table = table
        self._framer = Framer(buffer + self.tail, self.tail)  # what is kept of a line that is too long is so too
        self._active = desk.host.now()
        self._before: State = desk.state  # what the session remembered when the last octets came
        self._dropped = False  # whether some of them came after QUIT
        self._said = 0  # octets of the answers to them
        self._stopped = False  # whether some of them may still wait for their turn

    @property
    def phase(self) -> Phase:
        """Where the conversation stands."""
        return self._desk.state.phase

    @property
    def deadline(self) -> Instant | None:
        """When the server gives up waiting."""
        if self._desk.state.phase is self.closed:
            return None
        return Instant(self._active + self.idle)

    def touch(self) -> None:
        """Start the deadline anew."""
        self._active = self._desk.host.now()

    @property
    def lead(self) -> bytes:
        """What of a command stood before the line that is read now, where commands may have several."""
        return b""

    def greet(self) -> list[Record]:
        """Say the first word."""
        reply = self._greeting()
        return [Opened(self._lines(reply), self.phase, self._card(reply))]

    def receive(self, data: bytes, most: int | None = None) -> list[Record]:
        """Take in octets, and do all that they complete, until the answers have more than `most` octets."""
        desk, framer, closed, read = self._desk, self._framer, self.closed, self._read
        self._active = desk.host.now()
        self._before, self._dropped, self._stopped, self._said = desk.state, False, False, 0
        framer.feed(data)
        records: list[Record] = []
        while desk.state.phase is not closed:
            if most is not None and self._said > most:
                self._stopped = True
                return records
            if not read(records) or framer.empty:
                return records
        self._dropped = any(self._framer.pending)
        self._framer.clear()
        return records

    @property
    def waits(self) -> bool:
        """Whether octets that arrived wait for their turn."""
        return self._stopped and not self._framer.empty

    def receive_eof(self) -> list[Record]:
        """The client closed the connection; what was not finished is lost."""
        return self._end("client", self._closed_early(self.phase))

    @property
    def watches(self) -> frozenset[tuple[str, str, str]]:
        """None, where the protocol has no words for what a server says unasked."""
        return _NOTHING

    def hear(self) -> list[Record]:
        """Nothing, as it watches nothing."""
        return []

    def numbers(self) -> Numbers | None:
        """How this session numbers messages: not at all, where the protocol opens no mailbox."""
        return None

    def names(self, rule: Expect) -> Iterable[tuple[str, str]]:
        """None, where the session knows nothing that the world does not know."""
        return ()

    def legal(self) -> tuple[str, ...]:
        """The names of the commands that this server takes now."""
        return tuple(one.card.name for one in self._table.legal(self.phase) if one.offered(self._desk.offers))

    def preview(self, line: bytes) -> Preview:
        """What the grammar and the state of the session make of a half-typed line, line end left out."""
        table, phase = self._table, self.phase
        # What stands past the longest line of any verb is refused whatever it is, and not worth reading at each key.
        start = self._start(line)
        offers = self._desk.offers
        reading = table.read(line[: table.longest], strict=self._desk.strict, marks=True, start=start, offers=offers)
        fault = reading.parsed if isinstance(reading.parsed, Fault) else None
        command, cursor = reading.command, reading.cursor
        if command is None or cursor is None:
            begun = table.begun(line, start)
            living = {one.card.name for one in table.living}
            wants = tuple(want for want in begun if want.text in living)
            fits = len(line) if begun else 0
            why = "" if begun or phase is self.closed else self._unknown(line, phase).because
            return Preview(None, False, reading.parts, fault, table.expect(phase), fits, wants, why)
        wants = cursor.wants()
        fits = len(line) if fault is None or wants else fault.at
        why = self._why_not(command, phase)
        if not why and cursor.absent:
            fits, why = min(fits, cursor.absent_at), self._absent(cursor.absent).because
        why = why or ("" if fault is None or fits == len(line) else self._unfit(command, line, fault).because)
        if not why and len(line) + 2 > command.limit:
            fits, why = min(fits, command.limit - 2), reasons.too_long(len(line) + 2, command.limit)
        if not why and isinstance(reading.parsed, Relic):
            why = reading.parsed.run(self._desk).because
        return Preview(
            command.card,
            phase in command.when and command.offered(self._desk.offers),
            reading.parts,
            fault,
            reading.expected,
            fits,
            tuple(want for want in wants if self._grants(want)),
            why,
        )

    def _why_not(self, command: Command[D, A], phase: Phase) -> str:
        """Why the server does not take this verb now; empty where it does, and where it reads no commands at all."""
        if command.relic or phase is self.closed:
            return ""
        if not command.offered(self._desk.offers):
            return self._absent(command.card.name).because
        return "" if phase in command.when else self._misplaced(command, phase).because

    def _command(self, records: list[Record]) -> bool:
        """Take one line as a command."""
        octets = self._framer.line()
        if octets is None:
            return False
        if self._framer.lost:
            known = self._table.find(self._table.verb(octets, self._start(octets)))
            limit = self.line_limit if known is None else known.limit
            self._refuse(
                records, octets, Fault(limit, (), "line"), self._too_long(len(octets) + self._framer.lost, limit)
            )
        elif octets[-2:] != b"\r\n":
            self._refuse(records, octets, Fault(len(octets) - 1, (self.crlf,), "line"), self._bare_lf(octets))
        else:
            self._run(records, octets)
        return True

    def _start(self, line: bytes) -> int:
        """Where in a command the verb stands."""
        return 0

    def _run(self, records: list[Record], octets: bytes) -> None:
        desk, table = self._desk, self._table
        before = desk.state.phase
        line = self.lead + octets[:-2]
        reading = table.read(line, strict=desk.strict, start=self._start(line), offers=desk.offers)
        command, parsed = reading.command, reading.parsed
        if command is None:
            self._refuse(records, octets, Fault(0, table.expect(before), "Command"), self._unknown(line, before))
        elif command.needs and not command.answers and not desk.offers(command.needs):
            self._refuse(records, octets, Fault(0, table.expect(before), "Command"), self._absent(command.card.name))
        elif before not in command.when:
            fault = Fault(0, table.expect(before), "Command")
            self._reject(records, octets, command, fault, self._misplaced(command, before))
        elif len(octets) > command.limit:
            reply = self._too_long(len(octets), command.limit)
            self._reject(records, octets, command, Fault(command.limit, (), "line"), reply)
        elif reading.absent:
            self._reject(records, octets, command, parsed, self._absent(reading.absent))
        elif isinstance(parsed, Fault):
            self._reject(records, octets, command, parsed, self._unfit(command, line, parsed))
        elif not (desk.host.faults and self._struck(records, octets, command, parsed)):
            first = desk.host.store.changes
            self._finish(records, octets, parsed, before, parsed.run(desk), reading.slips, first)

    def _struck(self, records: list[Record], octets: bytes, command: Command[D, A], parsed: Verb[D, A]) -> bool:
        """Whether a fault that was put in keeps a command from being run."""
        if self._vanishes(records, octets, parsed):
            return True
        fault = self._desk.host.struck("reject", lambda one: one.what == parsed.card.name)
        if fault is None:
            return False
        self._reject(records, octets, command, parsed, self._refusal(fault))
        return True

    def _vanishes(self, records: list[Record], octets: bytes, parsed: Verb[D, A]) -> bool:
        """Whether a fault ends the connection without an answer, and the command is not run."""
        host, name, before = self._desk.host, parsed.card.name, self.phase
        fault = host.struck("host-down") or host.struck("drop", lambda one: one.what == name)
        if fault is None:
            return False
        self._framer.clear()
        self._close()
        none = range(host.store.changes, host.store.changes)
        card = parsed.card._replace(next="connect again")
        because = f"The connection broke before {_named(name)} was carried out. {fault.because}"
        lead = self.lead
        records.append(Exchange(octets, parsed, before, self.phase, (), because, Verdict.REFUSED, none, card, lead))
        records.append(Closed("server", before, because))
        return True

    def _reject(
        self, records: list[Record], octets: bytes, command: Command[D, A], fault: Parsed | Fault, reply: A
    ) -> None:
        """Refuse a command that the server has."""
        self._refuse(records, octets, fault, reply)

    def _refuse(
        self, records: list[Record], octets: bytes, fault: Parsed | Fault, reply: A, before: Phase | None = None
    ) -> None:
        phase = self.phase
        changes = self._desk.host.store.changes
        records.append(
            Exchange(
                octets,
                fault,
                before or phase,
                phase,
                self._say(reply),
                self._noted(reply, reply.because),
                Verdict.REFUSED,
                range(changes, changes),
                self._card(reply),
                self.lead,
            )
        )
        if reply.closes:
            records.extend(self._end("server", reply.because))

    def _finish(
        self,
        records: list[Record],
        octets: bytes,
        parsed: Verb[D, A],
        before: Phase,
        reply: A,
        slips: tuple[Slip, ...],
        first: int,
    ) -> None:
        desk = self._desk
        after, card = desk.state.phase, self._card(reply)
        because, verdict = reply.because, Verdict.ACCEPTED
        if reply.refuses:
            verdict = Verdict.REFUSED
        elif slips or reply.tolerated:
            verdict = Verdict.TOLERATED
            because = " ".join([because, *(slip.says for slip in slips)]).strip()
        because = self._noted(reply, because)
        lines, host = self._say(reply), desk.host
        lost = host.struck("lose", lambda one: one.what == parsed.card.name) if host.faults else None
        if lost is not None:
            lines = ()
            done = f"What {_named(parsed.card.name)} asked for is done, and the answer is lost."
            because = f"{because} {done} {lost.because}".strip()
        if reply.asks:
            wants = self._wants()
            records.append(Prompt(octets, parsed, before, after, lines, because, verdict, card, wants, self.lead))
        else:
            changes = range(first, host.store.changes)
            records.append(Exchange(octets, parsed, before, after, lines, because, verdict, changes, card, self.lead))
        if after is self.closed:
            records.append(
                Closed("server", before, f"The client said {parsed.card.name}." if lost is None else because)
            )
        elif lost is not None or (verdict is Verdict.REFUSED and reply.closes):
            records.extend(self._end("server", because))

    def _say(self, reply: A) -> tuple[bytes, ...]:
        lines = self._lines(reply)
        for line in lines:
            self._said += len(line)
        return lines

    def _noted(self, reply: A, because: str) -> str:
        if self._desk.classic and reply.off_slide:
            return f"{because} {reply.off_slide}".strip()
        return because

    def _end(self, by: Side, because: str) -> list[Record]:
        """Close without a word, if that has not been done."""
        before = self.phase
        if before is self.closed:
            return []
        self._framer.clear()
        self._close()
        return [Closed(by, before, because)]

    def _put_back(self, pending: tuple[bytes, int], active: Instant) -> None:
        """Let octets of an earlier state wait again, for the rest of their line or for their turn, since that time."""
        self._framer.pending = pending
        self._stopped = True
        self._active = active

    def _card(self, reply: A) -> Card:
        """The card of a reply, with what this server takes next where the reply itself does not say it."""
        card = reply.card
        return card if card.next else card._replace(next=self._onward(self.phase))

    def _wants(self) -> int | None:
        """How many octets must follow a reply that asks for more, where the command said so."""
        return None

    def _grants(self, want: Want) -> bool:
        """Whether the server offered this client what a word of a line belongs to."""
        return True

    @abstractmethod
    def _read(self, records: list[Record]) -> bool:
        """Take what arrived, as far as it is complete; True when something was done and there may be more to do."""

    @abstractmethod
    def _greeting(self) -> A:
        """The first word of the server."""

    @abstractmethod
    def _lines(self, reply: A) -> tuple[bytes, ...]:
        """The reply as it is sent."""

    @abstractmethod
    def _onward(self, phase: Phase) -> str:
        """What this server takes next in a phase."""

    @abstractmethod
    def _close(self) -> None:
        """Go to the closed phase, and drop what was not finished."""

    @abstractmethod
    def _closed_early(self, phase: Phase) -> str:
        """What an end without QUIT means in a phase."""


_NOTHING: frozenset[tuple[str, str, str]] = frozenset()


def _named(verb: str) -> str:
    return "the final dot" if verb == "." else verb
