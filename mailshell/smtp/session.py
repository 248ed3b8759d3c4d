"""The SMTP server: octets in, records out (RFC 5321).

Lines are framed, read by the grammar, and run; a verb returns its one answer and this loop writes it. In the phase
MESSAGE there are no lines to read: the octets are scanned in blocks for CR LF, dot, CR LF. In the phase CHUNK they are
counted, and nothing is looked for.
"""

from collections.abc import Iterator

from mailshell.core.clock import MINUTE, Instant
from mailshell.core.command import Command, Table, Verb
from mailshell.core.cursor import Slip
from mailshell.core.framer import Framer
from mailshell.core.record import Body, Card, Closed, Exchange, Fault, Notice, Opened, Phase, Prompt, Record, Verdict
from mailshell.core.session import Move, Peer, Preview
from mailshell.core.session import State as AnyState
from mailshell.mail.host import Host
from mailshell.smtp import limits, reasons, rushed
from mailshell.smtp import phases as smtp
from mailshell.smtp.commands import COMMANDS, bdat, data
from mailshell.smtp.desk import Content, Desk, State, chain
from mailshell.smtp.grammar import TRAILING_SPACE
from mailshell.smtp.replies import GREETING, LINE_END, LINE_TOO_LONG, SHUTTING_DOWN, TIMED_OUT
from mailshell.smtp.typed import preview
from mailshell.smtp.wording import Reply

TABLE: Table[Desk, Reply] = Table(COMMANDS, TRAILING_SPACE)
_END = data.End()
_FINAL = b".\r\n"
_CLOSED, _MESSAGE, _CHUNK = smtp.Phase.CLOSED, smtp.Phase.MESSAGE, smtp.Phase.CHUNK


class Session:
    """One SMTP connection as the server sees it; see `core.session.Session` for the contract."""

    __slots__ = ("_active", "_desk", "_dropped", "_extended", "_framer")

    def __init__(self, host: Host, peer: Peer) -> None:
        self._desk = Desk(host, peer, COMMANDS)
        self._framer = Framer(limits.LINE_BUFFER)
        self._active = host.now()
        self._extended = False  # whether EHLO held when the last octets came
        self._dropped = False  # whether some of them came after QUIT

    @property
    def phase(self) -> Phase:
        """Where the conversation stands."""
        return self._desk.state.phase

    @property
    def state(self) -> AnyState:
        """The whole memory of the session, octets that wait for the rest of their line included."""
        return self._desk.state._replace(pending=self._framer.pending)

    @property
    def deadline(self) -> Instant | None:
        """When the server gives up waiting (RFC 5321 section 4.5.3.2.7)."""
        if self._desk.state.phase is smtp.Phase.CLOSED:
            return None
        return Instant(self._active + limits.IDLE)

    def restore(self, state: AnyState) -> None:
        """Go to a state that this session has been in."""
        assert isinstance(state, State), "a state of another protocol"
        self._desk.state = state
        self._framer.pending = state.pending
        self._active = self._desk.host.now()

    def touch(self) -> None:
        """Start the deadline anew."""
        self._active = self._desk.host.now()

    def greet(self) -> list[Record]:
        """Say 220."""
        reply = GREETING(host=self._desk.host.name)
        return [Opened(self._lines(reply), self.phase, self._card(reply))]

    def receive(self, data: bytes) -> list[Record]:
        """Take in octets, and do all that they complete."""
        self._active = self._desk.host.now()
        self._extended, self._dropped = self._desk.state.extended, False
        self._framer.feed(data)
        records: list[Record] = []
        while True:
            phase = self._desk.state.phase
            if phase is _MESSAGE:
                done = self._message(records)
            elif phase is _CHUNK:
                done = self._chunk(records)
            elif phase is _CLOSED:
                self._dropped = any(self._framer.pending)
                self._framer.clear()
                return records
            else:
                done = self._command(records)
            if not done:
                return records

    def receive_eof(self) -> list[Record]:
        """The client closed the connection; an open transaction is lost, and nothing of it is stored."""
        before = self.phase
        if before is smtp.Phase.CLOSED:
            return []
        self._framer.clear()
        self._desk.move(smtp.Phase.CLOSED, None)
        return [Closed("client", before, reasons.closed_early(before))]

    def wake(self) -> list[Record]:
        """Say 421 and close, if the deadline has passed."""
        before, deadline = self.phase, self.deadline
        if deadline is None or self._desk.host.now() < deadline:
            return []
        minutes = limits.IDLE // MINUTE
        because = f"Nothing arrived for {minutes} minutes. {reasons.closed_early(before)}"
        return self._leave(TIMED_OUT(because, host=self._desk.host.name, minutes=str(minutes)))

    def shut(self) -> list[Record]:
        """Say 421 and close: a server that is stopped does not hang up without a word (RFC 5321 section 3.8)."""
        if self.phase is smtp.Phase.CLOSED:
            return []
        because = f"The server was stopped. {reasons.closed_early(self.phase)}"
        return self._leave(SHUTTING_DOWN(because, host=self._desk.host.name))

    def _leave(self, reply: Reply) -> list[Record]:
        before = self.phase
        self._framer.clear()
        self._desk.move(smtp.Phase.CLOSED, None)
        because = self._noted(reply, reply.because)
        notice = Notice(because, before, smtp.Phase.CLOSED, self._lines(reply), self._card(reply))
        return [notice, Closed("server", before, because)]

    def preview(self, line: bytes) -> Preview:
        """What the grammar makes of a half-typed line."""
        return preview(line, TABLE, self._desk)

    def legal(self) -> tuple[str, ...]:
        """The names of the commands that this server takes now."""
        return reasons.legal(TABLE, self.phase, self._desk)

    def moves(self) -> tuple[Move, ...]:
        """What to try next."""
        # Imported here because nobody asks before the first prompt.
        from mailshell.smtp import moves

        return () if any(self._framer.pending) else moves.moves(self._desk)

    def rushed(self, records: list[Record]) -> Iterator[tuple[int, str]]:
        """Where a client should have waited for an answer (RFC 2920 section 3.1)."""
        return rushed.notes(records, self._desk, TABLE, extended=self._extended, dropped=self._dropped)

    def _lines(self, reply: Reply) -> tuple[bytes, ...]:
        desk = self._desk
        return reply.lines(classic=desk.classic, early=desk.early, enhanced=desk.enhanced)

    def _card(self, reply: Reply) -> Card:
        """The card of a reply, with what this server takes next where the reply itself does not say it."""
        card = reply.wording.card
        return card if card.next else card._replace(next=smtp.onward(self.phase, ehlo=self._desk.offers("EHLO")))

    def _noted(self, reply: Reply, because: str) -> str:
        if self._desk.classic and reply.wording.off_slide:
            return f"{because} This reply is not on the slide.".strip()
        return because

    def _command(self, records: list[Record]) -> bool:
        octets = self._framer.line()
        if octets is None:
            return False
        if self._framer.lost:
            known = TABLE.find(octets.split(b" ", 1)[0])
            limit = limits.COMMAND_LINE if known is None else known.limit
            because = reasons.too_long(len(octets) + self._framer.lost, limit)
            self._refuse(records, octets, Fault(limit, (), "line"), LINE_TOO_LONG(because))
        elif octets[-2:] != b"\r\n":
            because = reasons.bare_lf(octets)
            self._refuse(records, octets, Fault(len(octets) - 1, (reasons.CRLF,), "line"), LINE_END(because))
        else:
            self._run(records, octets)
        return True

    def _refuse(
        self, records: list[Record], octets: bytes, fault: Fault, reply: Reply, before: Phase | None = None
    ) -> None:
        phase = self.phase
        changes = self._desk.host.store.changes
        card = self._card(reply)
        records.append(
            Exchange(
                octets,
                fault,
                before or phase,
                phase,
                self._lines(reply),
                self._noted(reply, reply.because),
                Verdict.REFUSED,
                range(changes, changes),
                card,
            )
        )

    def _run(self, records: list[Record], octets: bytes) -> None:
        desk = self._desk
        before = desk.state.phase
        line = octets[:-2]
        reading = TABLE.read(line, strict=desk.strict)
        command, parsed = reading.command, reading.parsed
        if command is None:
            fault = Fault(0, TABLE.expect(before), "Command")
            self._refuse(records, octets, fault, reasons.unknown(line, TABLE, before, desk))
        elif command.needs and not command.answers and not desk.offers(command.needs):
            fault = Fault(0, TABLE.expect(before), "Command")
            self._refuse(records, octets, fault, reasons.not_offered(command, desk))
        elif before not in command.when:
            fault = Fault(0, TABLE.expect(before), "Command")
            self._reject(records, octets, command, fault, reasons.wrong_order(command, before, TABLE, desk))
        elif len(octets) > command.limit:
            because = reasons.too_long(len(octets), command.limit)
            self._reject(records, octets, command, Fault(command.limit, (), "line"), LINE_TOO_LONG(because))
        elif isinstance(parsed, Fault):
            self._reject(records, octets, command, parsed, reasons.misfit(command.card.name, line, parsed, desk))
        else:
            first = desk.host.store.changes
            self._finish(records, octets, parsed, before, parsed.run(desk), reading.slips, first)

    def _reject(
        self, records: list[Record], octets: bytes, command: Command[Desk, Reply], fault: Fault, reply: Reply
    ) -> None:
        """Refuse a command that the server has; chunks make two cases of their own (RFC 3030 section 2)."""
        desk = self._desk
        before = desk.state.phase
        if command is bdat.COMMAND:
            parsed = bdat.announced(octets)
            if parsed is not None and parsed.size:
                first = desk.host.store.changes
                self._finish(records, octets, parsed, before, bdat.begin(parsed, desk, reply), (), first)
                return
            reply = bdat.fail(desk, smtp.Phase(before), reply)
        elif smtp.breaks(command.card.name, before):
            reply = bdat.fail(desk, smtp.Phase(before), reply)
        self._refuse(records, octets, fault, reply, before)

    def _chunk(self, records: list[Record]) -> bool:
        """Take octets that BDAT counted; True when the chunk is complete and there may be more to do."""
        octets = self._framer.take()
        if not octets:
            return False
        desk = self._desk
        state = desk.state
        content, chunk = state.content, state.chunk
        assert chunk is not None, "the phase CHUNK has a chunk"
        piece = octets[: chunk.left]
        self._framer.give_back(octets[len(piece) :])
        records.append(Body(piece))
        if chunk.refusal is None:
            content = Content(chain(content.chunks, piece), content.size + len(piece))
        chunk = chunk._replace(left=chunk.left - len(piece))
        desk.state = state._replace(content=content, chunk=chunk)
        if chunk.left:
            return False
        parsed, first = bdat.Bdat(chunk.size, chunk.last), desk.host.store.changes
        self._finish(records, b"", parsed, _CHUNK, bdat.finish(desk), (), first)
        return True

    def _message(self, records: list[Record]) -> bool:
        """Take what is message text for sure; True when something was done and there may be more to do."""
        data = self._framer.take()
        if not data:
            return False
        desk = self._desk
        content = desk.state.content
        length, ends = _cut(data, content.fresh)
        if length:
            piece = data[:length]
            records.append(Body(piece))
            size = content.size + length
            # Stuffed dots make at most four octets of three, so twice the limit is over it for certain.
            over = content.over or size > 2 * desk.size_limit
            chunks = None if over else chain(content.chunks, piece)
            desk.state = desk.state._replace(content=Content(chunks, size, piece.endswith(b"\r\n"), over))
        if not ends:
            self._framer.give_back(data[length:])
            return bool(length)
        self._framer.give_back(data[length + len(_FINAL) :])
        before, first = desk.state.phase, desk.host.store.changes
        self._finish(records, _FINAL, _END, before, _END.run(desk), (), first)
        return True

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
        desk = self._desk
        after, card = desk.state.phase, self._card(reply)
        because, verdict = reply.because, Verdict.ACCEPTED
        if reply.refuses:
            verdict = Verdict.REFUSED
        elif slips or reply.tolerated:
            verdict = Verdict.TOLERATED
            because = " ".join([because, *(slip.says for slip in slips)]).strip()
        because = self._noted(reply, because)
        lines = self._lines(reply)
        if reply.asks:
            wants = None if desk.state.chunk is None else desk.state.chunk.size
            records.append(Prompt(octets, parsed, before, after, lines, because, verdict, card, wants))
            return
        changes = range(first, desk.host.store.changes)
        records.append(Exchange(octets, parsed, before, after, lines, because, verdict, changes, card))
        if after is smtp.Phase.CLOSED:
            records.append(Closed("server", before, "The client said QUIT."))


def _cut(data: bytes, fresh: bool) -> tuple[int, bool]:
    """How many octets are message text for sure, and whether the final line stands right after them.

    Only CR LF, dot, CR LF ends a message; `fresh` says that a CR LF went before. What may still become the end is
    left for the next call.
    """
    if fresh and data.startswith(b"."):
        if data.startswith(_FINAL):
            return 0, True
        if len(data) < len(_FINAL) and _FINAL.startswith(data):
            return 0, False
    at = data.find(b"\r\n.\r\n")
    if at >= 0:
        return at + 2, True
    for held, count in ((b"\r\n.\r", 2), (b"\r\n.", 1), (b"\r", 1)):
        if data.endswith(held):
            return len(data) - count, False
    return len(data), False
