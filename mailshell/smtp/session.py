"""The SMTP server: octets in, records out (RFC 5321).

Lines are framed, read by the grammar, and run; a verb returns its one answer and this loop writes it. In the phase
MESSAGE there are no lines to read: the octets are scanned in blocks for CR LF, dot, CR LF. In the phase CHUNK they are
counted, and nothing is looked for.
"""

from collections.abc import Iterator

from mailshell.core import reasons as common
from mailshell.core.chunks import chain
from mailshell.core.clock import MINUTE
from mailshell.core.command import Command, Table
from mailshell.core.record import Body, Fault, Notice, Parsed, Phase, Record, Want
from mailshell.core.session import Move, Peer, Preview
from mailshell.core.session import State as AnyState
from mailshell.mail.faults import Fault as Trouble
from mailshell.mail.host import Host
from mailshell.mail.lines import LineSession
from mailshell.smtp import faults, limits, reasons, rushed, typed
from mailshell.smtp import phases as smtp
from mailshell.smtp.commands import COMMANDS, bdat, data
from mailshell.smtp.desk import Content, Desk, State
from mailshell.smtp.grammar import TRAILING_SPACE
from mailshell.smtp.replies import GREETING, LINE_END, LINE_TOO_LONG, SHUTTING_DOWN, TIMED_OUT
from mailshell.smtp.wording import Reply

TABLE: Table[Desk, Reply] = Table(COMMANDS, TRAILING_SPACE)
_END = data.End()
_FINAL = b".\r\n"
_MESSAGE, _CHUNK = smtp.Phase.MESSAGE, smtp.Phase.CHUNK


class Session(LineSession[Desk, Reply]):
    """One SMTP connection as the server sees it; see `core.session.Session` for the contract."""

    __slots__ = ()

    closed = smtp.Phase.CLOSED
    idle = limits.IDLE
    line_limit = limits.COMMAND_LINE
    crlf = reasons.CRLF

    def __init__(self, host: Host, peer: Peer) -> None:
        super().__init__(Desk(host, peer, COMMANDS), TABLE, limits.LINE_BUFFER)

    @property
    def state(self) -> AnyState:
        """The whole memory: octets that wait for the rest of their line, or for their turn, and the last activity."""
        return self._desk.state._replace(pending=self._framer.pending, active=self._active)

    def restore(self, state: AnyState) -> None:
        """Go to a state that this session has been in."""
        assert isinstance(state, State), "a state of another protocol"
        self._desk.state = state
        self._put_back(state.pending, state.active)

    def wake(self) -> list[Record]:
        """Say 421 and close, if the deadline has passed."""
        deadline = self.deadline
        if deadline is None or self._desk.host.now() < deadline:
            return []
        minutes = limits.IDLE // MINUTE
        because = f"Nothing arrived for {minutes} minutes. {reasons.closed_early(self.phase)}"
        return self._leave(TIMED_OUT(because, host=self._desk.host.name, minutes=str(minutes)))

    def shut(self) -> list[Record]:
        """Say 421 and close: a server that is stopped does not hang up without a word (RFC 5321 section 3.8)."""
        if self.phase is self.closed:
            return []
        because = f"The server was stopped. {reasons.closed_early(self.phase)}"
        return self._leave(SHUTTING_DOWN(because, host=self._desk.host.name))

    def _leave(self, reply: Reply) -> list[Record]:
        before, because = self.phase, self._noted(reply, reply.because)
        notice = Notice(because, before, self.closed, self._lines(reply), self._card(reply))
        return [notice, *self._end("server", because)]

    def preview(self, line: bytes) -> Preview:
        """What the grammar makes of a half-typed line; message text has none."""
        return typed.text(line, self._desk) if self.phase in smtp.TEXT else super().preview(line)

    def moves(self) -> tuple[Move, ...]:
        """What to try next."""
        # Imported here because nobody asks before the first prompt.
        from mailshell.smtp import moves

        return () if any(self._framer.pending) else moves.moves(self._desk)

    def rushed(self, records: list[Record]) -> Iterator[tuple[int, str]]:
        """Where a client should have waited for an answer (RFC 2920 section 3.1)."""
        before = self._before
        assert isinstance(before, State), "a state of this protocol"
        return rushed.notes(
            records, self._desk, TABLE, extended=before.extended, dropped=self._dropped, waits=self.waits
        )

    def _read(self, records: list[Record]) -> bool:
        phase = self._desk.state.phase
        if phase is _MESSAGE:
            return self._message(records)
        if phase is _CHUNK:
            return self._chunk(records)
        return self._command(records)

    def _greeting(self) -> Reply:
        return GREETING(host=self._desk.host.name)

    def _lines(self, reply: Reply) -> tuple[bytes, ...]:
        desk = self._desk
        return reply.lines(classic=desk.classic, early=desk.early, enhanced=desk.enhanced)

    def _onward(self, phase: Phase) -> str:
        return smtp.onward(phase, ehlo=self._desk.offers("EHLO"))

    def _close(self) -> None:
        self._desk.move(smtp.Phase.CLOSED, None)

    def _wants(self) -> int | None:
        chunk = self._desk.state.chunk
        return None if chunk is None else chunk.size

    def _grants(self, want: Want) -> bool:
        return typed.grants(want, self._desk)

    def _closed_early(self, phase: Phase) -> str:
        return reasons.closed_early(phase)

    def _unknown(self, line: bytes, phase: Phase) -> Reply:
        return reasons.unknown(line, TABLE, phase, self._desk)

    def _absent(self, name: str) -> Reply:
        return reasons.not_offered(name, self._desk)

    def _misplaced(self, command: Command[Desk, Reply], phase: Phase) -> Reply:
        return reasons.wrong_order(command, phase, TABLE, self._desk)

    def _unfit(self, command: Command[Desk, Reply], line: bytes, fault: Fault) -> Reply:
        return reasons.misfit(command.card.name, line, fault, self._desk)

    def _too_long(self, size: int, limit: int) -> Reply:
        return LINE_TOO_LONG(common.too_long(size, limit))

    def _refusal(self, fault: Trouble) -> Reply:
        return faults.refused(fault.figure, fault.because)

    def _bare_lf(self, octets: bytes) -> Reply:
        return LINE_END(common.bare_lf(octets, "SMTP"))

    def _reject(
        self, records: list[Record], octets: bytes, command: Command[Desk, Reply], fault: Parsed | Fault, reply: Reply
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
        if not (desk.host.faults and self._vanishes(records, _FINAL, _END)):
            before, first = desk.state.phase, desk.host.store.changes
            self._finish(records, _FINAL, _END, before, _END.run(desk), (), first)
        return True


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
