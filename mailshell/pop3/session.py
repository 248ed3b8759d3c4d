"""The POP3 server: octets in, records out (RFC 1939)."""

from collections.abc import Iterator, Mapping

from mailshell.core import reasons as common
from mailshell.core.clock import MINUTE
from mailshell.core.command import Command, Table
from mailshell.core.record import Body, Closed, Fault, Opened, Phase, Record
from mailshell.core.session import Move, Numbers, Peer, Preview
from mailshell.core.session import State as AnyState
from mailshell.mail.faults import Fault as Trouble
from mailshell.mail.host import Host
from mailshell.mail.lines import LineSession
from mailshell.pop3 import limits, reasons, rushed
from mailshell.pop3 import phases as pop3
from mailshell.pop3.commands import COMMANDS, STRICT, auth
from mailshell.pop3.desk import Desk, Mechanism, State
from mailshell.pop3.grammar import TRAILING_SPACE
from mailshell.pop3.replies import FAULT_FOR_GOOD, FAULT_NOW, GREETING, LINE_END, LINE_TOO_LONG, NO_SERVER
from mailshell.pop3.wording import Reply

TABLE: Table[Desk, Reply] = Table(COMMANDS, TRAILING_SPACE)
_STRICT: Table[Desk, Reply] = Table(STRICT, TRAILING_SPACE)
_EXCHANGE = pop3.Phase.EXCHANGE


def table_of(host: Host) -> Table[Desk, Reply]:
    """The verbs as a host with this policy takes them."""
    return _STRICT if host.traits.policy == "strict" else TABLE


class Session(LineSession[Desk, Reply]):
    """One POP3 connection as the server sees it; see `core.session.Session` for the contract."""

    __slots__ = ()

    closed = pop3.Phase.CLOSED
    idle = limits.IDLE
    line_limit = limits.COMMAND_LINE
    crlf = reasons.CRLF

    def __init__(self, host: Host, peer: Peer, mechanisms: Mapping[str, Mechanism] = {}) -> None:
        table = table_of(host)
        super().__init__(Desk(host, peer, table.commands, mechanisms), table, limits.LINE_BUFFER)

    @property
    def state(self) -> AnyState:
        """The whole memory: octets that wait for the rest of their line, or for their turn, and the last activity."""
        return self._desk.state._replace(pending=self._framer.pending, active=self._active)

    def restore(self, state: AnyState) -> None:
        """Go to a state that this session has been in."""
        assert isinstance(state, State), "a state of another protocol"
        self._desk.restore(state)
        self._put_back(state.pending, state.active)

    def greet(self) -> list[Record]:
        """Say +OK; in a year without POP3 there is nobody to say it."""
        if self._desk.exists:
            return super().greet()
        because = "This host is of 1982. The first Post Office Protocol came in 1984, POP3 in 1988."
        reply = NO_SERVER()
        return [Opened(self._lines(reply), self.phase, reply.card), Closed("server", self.phase, because)]

    def wake(self) -> list[Record]:
        """Close without a word, if the deadline has passed, and remove nothing (RFC 1939 section 3)."""
        deadline = self.deadline
        if deadline is None or self._desk.host.now() < deadline:
            return []
        because = f"Nothing arrived for {limits.IDLE // MINUTE} minutes. {reasons.closed_early(self.phase)}"
        return self._end("server", because)

    def shut(self) -> list[Record]:
        """Close without a word: POP3 has none that a server may say unasked."""
        return self._end("server", f"The server was stopped. {reasons.closed_early(self.phase)}")

    def preview(self, line: bytes) -> Preview:
        """What the grammar makes of a half-typed line; an answer in an exchange has none."""
        if self.phase is _EXCHANGE:
            note = "* alone gives up" if line != b"*" else "gives the exchange up"
            return Preview(pop3.CARDS[_EXCHANGE], True, fits=len(line), note=note)
        return super().preview(line)

    def numbers(self) -> Numbers | None:
        """The numbers that RETR and DELE take, of all messages that were there at login."""
        drop = self._desk.state.drop
        if drop is None:
            return None
        numbers = {message.uid: number for number, message in enumerate(drop.messages, 1)}
        return Numbers(drop.user, drop.key.name, numbers, frozenset(drop.marked()))

    def moves(self) -> tuple[Move, ...]:
        """What to try next."""
        # Imported here because nobody asks before the first prompt.
        from mailshell.pop3 import moves

        return () if any(self._framer.pending) else moves.moves(self._desk)

    def rushed(self, records: list[Record]) -> Iterator[tuple[int, str]]:
        """Where a client should have waited for an answer (RFC 2449 section 6.6)."""
        return rushed.notes(records, self._desk, self._table, dropped=self._dropped, waits=self.waits)

    def _read(self, records: list[Record]) -> bool:
        return self._answer(records) if self._desk.state.phase is _EXCHANGE else self._command(records)

    def _answer(self, records: list[Record]) -> bool:
        """Take one line of an AUTH exchange (RFC 5034 section 4)."""
        octets = self._framer.line()
        if octets is None:
            return False
        records.append(Body(octets, self._framer.lost))
        first = self._desk.host.store.changes
        # A line that is cut short, or ends in LF alone, is no BASE64 with what is left of its end.
        response = auth.Response(octets[:-2] if octets.endswith(b"\r\n") and not self._framer.lost else octets + b"\n")
        self._finish(records, b"", response, _EXCHANGE, response.run(self._desk), (), first)
        return True

    def _greeting(self) -> Reply:
        stamp = self._desk.stamp
        return GREETING(host=self._desk.host.name, stamp=f" {stamp}" if stamp else "")

    def _lines(self, reply: Reply) -> tuple[bytes, ...]:
        desk = self._desk
        return reply.lines(classic=desk.classic, language=desk.state.language, gives=desk.gives)

    def _onward(self, phase: Phase) -> str:
        return pop3.onward(phase, self._desk.offers)

    def _close(self) -> None:
        self._desk.move(pop3.Phase.CLOSED)

    def _closed_early(self, phase: Phase) -> str:
        return reasons.closed_early(phase)

    def _unknown(self, line: bytes, phase: Phase) -> Reply:
        return reasons.unknown(line, phase, self._desk)

    def _absent(self, name: str) -> Reply:
        return reasons.not_offered(name, self._desk)

    def _misplaced(self, command: Command[Desk, Reply], phase: Phase) -> Reply:
        return reasons.wrong_order(command.card.name, command.when, phase, self._desk)

    def _unfit(self, command: Command[Desk, Reply], line: bytes, fault: Fault) -> Reply:
        return reasons.syntax(line, fault)

    def _too_long(self, size: int, limit: int) -> Reply:
        return LINE_TOO_LONG(common.too_long(size, limit))

    def _refusal(self, fault: Trouble) -> Reply:
        return (FAULT_NOW if fault.figure < 500 else FAULT_FOR_GOOD)(fault.because)

    def _bare_lf(self, octets: bytes) -> Reply:
        return LINE_END(common.bare_lf(octets, "POP3"))
