"""The IMAP server: octets in, records out (RFC 3501).

A command is a line, or several lines with literals between them. Each line that ends in a literal is a Prompt, the
octets of the literal are Body pieces, and the last line is the Exchange.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from mailshell.core import reasons as common
from mailshell.core.clock import MINUTE
from mailshell.core.command import Command, Table, Verb
from mailshell.core.cursor import Slip
from mailshell.core.record import Body, Closed, Exchange, Expect, Fault, Notice, Opened, Parsed, Phase, Record
from mailshell.core.session import Move, Numbers, Peer, Preview
from mailshell.core.session import State as AnyState
from mailshell.imap import grammar, limits, literals, reasons, rushed, tags, typed
from mailshell.imap import phases as imap
from mailshell.imap.capabilities import listed
from mailshell.imap.commands import COMMANDS, authenticate, idle
from mailshell.imap.desk import Desk, Mechanism, Rest, State
from mailshell.imap.replies import (
    CHANGED,
    FAULT_FOR_GOOD,
    FAULT_NOW,
    GREETING,
    LINE_END,
    NO_SERVER,
    SHUTTING_DOWN,
    TIMED_OUT,
    TOO_LONG,
)
from mailshell.imap.wording import Reply
from mailshell.mail.faults import Fault as Trouble
from mailshell.mail.host import Host
from mailshell.mail.lines import LineSession

TABLE: Table[Desk, Reply] = Table(COMMANDS, grammar.TRAILING_SPACE)
_NOTHING: frozenset[tuple[str, str, str]] = frozenset()


class Session(LineSession[Desk, Reply]):
    """One IMAP connection as the server sees it; see `core.session.Session` for the contract."""

    __slots__ = ()

    closed = imap.Phase.LOGOUT
    idle = limits.IDLE
    line_limit = limits.COMMAND
    tail = limits.TAIL
    crlf = reasons.CRLF

    def __init__(self, host: Host, peer: Peer, mechanisms: Mapping[str, Mechanism] = {}) -> None:
        super().__init__(Desk(host, peer, COMMANDS, mechanisms), TABLE, limits.COMMAND)

    @property
    def state(self) -> AnyState:
        """The whole memory: octets that wait for the rest of their line, or for their turn, and the last activity."""
        return self._desk.state._replace(pending=self._framer.pending, active=self._active)

    def restore(self, state: AnyState) -> None:
        """Go to a state that this session has been in."""
        assert isinstance(state, State), "a state of another protocol"
        self._desk.state = state
        self._put_back(state.pending, state.active)

    @property
    def lead(self) -> bytes:
        """What came of the command before the line that is read now."""
        return self._desk.state.lead

    def greet(self) -> list[Record]:
        """Say OK; in a year without IMAP there is nobody to say it."""
        if self._desk.exists:
            return super().greet()
        because = "This host is of 1982. The first IMAP was published in 1988."
        reply = NO_SERVER()
        return [Opened(self._lines(reply), self.phase, reply.card), Closed("server", self.phase, because)]

    def wake(self) -> list[Record]:
        """Say BYE and close, if the deadline has passed (RFC 3501 section 5.4)."""
        deadline = self.deadline
        if deadline is None or self._desk.host.now() < deadline:
            return []
        because = f"Nothing arrived for {limits.IDLE // MINUTE} minutes. {reasons.closed_early(self.phase)}"
        return self._leave(TIMED_OUT(because))

    def shut(self) -> list[Record]:
        """Say BYE and close."""
        if self.phase is self.closed:
            return []
        return self._leave(SHUTTING_DOWN(f"The server was stopped. {reasons.closed_early(self.phase)}"))

    def _leave(self, reply: Reply) -> list[Record]:
        notice = Notice(reply.because, self.phase, self.closed, self._lines(reply), self._card(reply))
        return [notice, *self._end("server", reply.because)]

    @property
    def watches(self) -> frozenset[tuple[str, str, str]]:
        """The open mailbox, while IDLE lasts."""
        state = self._desk.state
        if state.phase is not imap.Phase.IDLE or state.view is None:
            return _NOTHING
        return frozenset((state.view.key,))

    def hear(self) -> list[Record]:
        """Something has changed: the server says what, without being asked (RFC 2177 section 3)."""
        block, because = self._desk.catch_up(expunges=True)
        phase = self._desk.state.phase
        return [Notice(because, phase, phase, (block,), CHANGED.card)] if block else []

    def preview(self, line: bytes) -> Preview:
        """What the grammar makes of a half-typed line; what comes inside a command has no grammar, or a part of one."""
        phase = self.phase
        lead = self.lead if phase is imap.Phase.REST else b""
        if phase in typed.NOTES:
            return typed.inside(line, self._desk.state)
        if not lead and not typed.tagged(line):
            return typed.untagged(line, self._desk)
        found = typed.shifted(super().preview(lead + line), len(lead))
        if found.card is None and not lead and (because := reasons.misplaced(line[: self._start(line)], self._desk)):
            return found._replace(wants=(), why=because)
        return found

    def numbers(self) -> Numbers | None:
        """The sequence numbers of the open mailbox, and the messages that have \\Deleted."""
        view = self._desk.state.view
        if view is None:
            return None
        mailbox = self._desk.mailbox
        messages = {} if mailbox is None else mailbox.messages
        marked = frozenset(uid for uid in view.uids if uid in messages and "\\Deleted" in messages[uid].flags)
        return Numbers(view.key.user, view.key.name, {uid: at for at, uid in enumerate(view.uids, 1)}, marked)

    def names(self, rule: Expect) -> Iterable[tuple[str, str]]:
        """Names of mailboxes, numbers of messages, flags."""
        from mailshell.imap import offered  # only who types asks

        return offered.names(self._desk, rule)

    def legal(self) -> tuple[str, ...]:
        """The names of the commands that this server takes now; none inside a command."""
        return super().legal() if self.phase in imap.COMMANDS else ()

    def moves(self) -> tuple[Move, ...]:
        """What to try next."""
        # Imported here because nobody asks before the first prompt.
        from mailshell.imap import moves

        return () if any(self._framer.pending) else moves.moves(self._desk)

    def rushed(self, records: list[Record]) -> Iterator[tuple[int, str]]:
        """Where a client should have waited for an answer (RFC 3501 section 5.5)."""
        return rushed.notes(records, dropped=self._dropped, waits=super().waits)

    def _start(self, line: bytes) -> int:
        """The verb stands after the tag and a space."""
        found = grammar.TAG.match(line)
        return len(line) if found is None else found.end()

    def receive(self, data: bytes, most: int | None = None) -> list[Record]:
        """Take in octets; with `most` a command that takes long is done in pieces, one at a time."""
        self._desk.in_pieces = most is not None
        return super().receive(data, most)

    @property
    def waits(self) -> bool:
        """Whether the rest of a command, or octets that arrived, wait for their turn."""
        return self._desk.state.rest is not None or super().waits

    def _read(self, records: list[Record]) -> bool:
        rest, phase = self._desk.state.rest, self._desk.state.phase
        if rest is not None:
            return self._go_on(records, rest)
        if phase in imap.COUNTED:
            return self._literal(records)
        if phase is imap.Phase.EXCHANGE:
            return self._answer(records)
        return self._idle(records) if phase is imap.Phase.IDLE else self._command(records)

    def _command(self, records: list[Record]) -> bool:
        """Take one line as a command, or as a piece of one."""
        octets = self._framer.line()
        if octets is None:
            return False
        desk = self._desk
        if desk.state.phase is not imap.Phase.REST:
            found = grammar.TAG.match(octets.rstrip(b"\r\n"))
            if found is not None and self._framer.lost and found.end() > limits.COMMAND:
                found = None  # the line was cut inside its tag
            tag = b"*" if found is None else found[1]
            numbered = tag if tags.numbered(tag) else desk.state.numbered
            desk.state = desk.state._replace(tag=tag, numbered=numbered, lead=b"", refusal=None)
        announced = grammar.ANNOUNCED.search(octets) if octets.endswith(b"}\r\n") else None
        if announced is not None:
            self._announce(records, octets, announced)
        elif (reply := self._unframed(octets)) is not None:
            self._refuse(records, octets, Fault(0, (), "line"), reply)
        elif desk.state.refusal is not None:
            self._refuse(records, octets, Fault(0, (), "line"), desk.state.refusal)
        else:
            desk.resume()
            self._run(records, octets)
        return self._stop_or_go_on()

    def _stop_or_go_on(self) -> bool:
        """Stop here where the rest of a command waits for the next turn; whether the session may go on in this one."""
        self._stopped = self._desk.state.rest is not None
        return not self._stopped

    def _go_on(self, records: list[Record], rest: Rest) -> bool:
        """Do the next piece of a command; a part of its answer may have been told before."""
        desk, first, at = self._desk, self._desk.host.store.changes, len(records)
        desk.state = desk.state._replace(rest=None)
        desk.resume()
        assert rest.parsed is not None, "the command that began it has been finished"
        reply = rest.then(desk)
        told = not rest.octets
        if told:
            more = f"This is more of the answer to {rest.parsed.card.name}."
            reply = reply._replace(because=f"{more} {reply.because}".strip())
        self._finish(records, rest.octets, rest.parsed, self.phase, reply, rest.slips, first)
        if told:
            records[at:] = (one._replace(continues=True) if isinstance(one, Exchange) else one for one in records[at:])
        return self._stop_or_go_on()

    def _unframed(self, octets: bytes) -> Reply | None:
        """Why a line is no line of a command, whatever its verb."""
        size = len(self.lead) + len(octets) + self._framer.lost
        if self._framer.lost or size > limits.COMMAND:
            return TOO_LONG(common.too_long(size, limits.COMMAND))
        if not octets.endswith(b"\r\n"):
            return LINE_END(common.bare_lf(octets, "IMAP"))
        return None if self._desk.state.tag != b"*" else reasons.no_tag(octets[:-2], self._desk)

    def _announce(self, records: list[Record], octets: bytes, announced: re.Match[bytes]) -> None:
        """A line ends in a literal: ask for its octets, or refuse them before they come."""
        desk = self._desk
        if self._framer.lost:
            desk.state = desk.state._replace(refusal=self._unframed(octets))
        found = literals.judge(desk, TABLE, octets, announced)
        if isinstance(found, Reply):
            self._refuse(records, octets, Fault(0, (), "literal"), found)
            return
        before, first = desk.state.phase, desk.host.store.changes
        super()._finish(records, octets, found, before, found.run(desk), (), first)
        if desk.state.refusal is None:
            desk.state = desk.state._replace(lead=self.lead + octets)

    def _literal(self, records: list[Record]) -> bool:
        """Take octets of a literal; True when there may be more to do."""
        octets = self._framer.take()
        if not octets:
            return False
        piece, rest = literals.take(self._desk, octets)
        self._framer.give_back(rest)
        records.append(Body(piece))
        return True

    def _answer(self, records: list[Record]) -> bool:
        """Take one line of an exchange of AUTHENTICATE (RFC 3501 section 6.2.2)."""
        octets = self._framer.line()
        if octets is None:
            return False
        records.append(Body(octets, self._framer.lost))
        first = self._desk.host.store.changes
        # A line that is cut short, or ends in LF alone, is no BASE64 with what is left of its end.
        whole = octets.endswith(b"\r\n") and not self._framer.lost
        response = authenticate.Response(octets[:-2] if whole else octets + b"\n")
        self._finish(records, b"", response, imap.Phase.EXCHANGE, response.run(self._desk), (), first)
        return True

    def _idle(self, records: list[Record]) -> bool:
        """Take the line that ends IDLE."""
        octets = self._framer.line()
        if octets is None:
            return False
        done, first = idle.Done(octets), self._desk.host.store.changes
        self._finish(records, octets, done, imap.Phase.IDLE, done.run(self._desk), (), first)
        return True

    def _refuse(
        self, records: list[Record], octets: bytes, fault: Parsed | Fault, reply: Reply, before: Phase | None = None
    ) -> None:
        """Refuse a command; the place of a fault is counted in the octets of the last line."""
        if isinstance(fault, Fault):
            fault = fault._replace(at=min(max(fault.at - len(self.lead), 0), len(octets)))
        self._desk.settle()
        super()._refuse(records, octets, fault, reply, before)

    def _finish(
        self,
        records: list[Record],
        octets: bytes,
        parsed: Verb[Desk, Reply],
        before: Phase,
        reply: Reply,
        slips: tuple[Slip, ...],
        first: int,
    ) -> None:
        """Answer a command, and tell with it what has changed in the open mailbox."""
        reply, desk = self._complete(reply), self._desk
        rest = desk.state.rest
        if rest is not None and not reply.block:
            desk.state = desk.state._replace(rest=rest._replace(parsed=parsed, octets=octets, slips=slips))
            return
        super()._finish(records, octets, parsed, before, reply, slips, first)
        if rest is not None and self.phase is not self.closed:  # a fault may have taken the answer, and ended it all
            desk.state = desk.state._replace(rest=rest._replace(parsed=parsed), lead=b"")
        if reply.asks and self.phase is imap.Phase.IDLE:
            records.extend(self.hear())

    def _complete(self, reply: Reply) -> Reply:
        """An answer, with what has changed in the open mailbox where it is the end of one."""
        desk = self._desk
        reply = reply.led(*desk.told())
        if reply.asks or desk.state.rest is not None:
            return reply
        if not reply.refuses:
            reply = reply.followed(*desk.catch_up(expunges=not reply.holds))
        desk.settle()
        return reply

    def _greeting(self) -> Reply:
        return GREETING(code=f"CAPABILITY {listed(self._desk)}", host=self._desk.host.name)

    def _lines(self, reply: Reply) -> tuple[bytes, ...]:
        return reply.lines(self._desk.state.tag, self._desk.gives)

    def _onward(self, phase: Phase) -> str:
        return imap.CARDS[phase].next

    def _close(self) -> None:
        self._desk.leave()

    def _wants(self) -> int | None:
        literal = self._desk.state.literal
        return None if literal is None else literal.left or None

    def _closed_early(self, phase: Phase) -> str:
        return reasons.closed_early(phase)

    def _unknown(self, line: bytes, phase: Phase) -> Reply:
        return reasons.unknown(line, self._start(line), phase, self._desk)

    def _absent(self, name: str) -> Reply:
        return reasons.not_offered(name, self._desk)

    def _misplaced(self, command: Command[Desk, Reply], phase: Phase) -> Reply:
        return reasons.wrong_order(command.card.name, command.when, phase, self._desk)

    def _unfit(self, command: Command[Desk, Reply], line: bytes, fault: Fault) -> Reply:
        return reasons.syntax(line, fault, len(self.lead), command.syntax)

    def _too_long(self, size: int, limit: int) -> Reply:
        return TOO_LONG(common.too_long(size, limit))

    def _refusal(self, fault: Trouble) -> Reply:
        return (FAULT_NOW if fault.figure < 500 else FAULT_FOR_GOOD)(fault.because)

    def _bare_lf(self, octets: bytes) -> Reply:
        return LINE_END(common.bare_lf(octets, "IMAP"))
