"""Who answered whom, and where that led: an SMTP conversation followed from outside, line by line.

Nothing is assumed. The phase is None until a reply proves it, a command without an answer moves nothing, and client
lines that wait for an answer are not read before it is known whether they are commands or message text.
"""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from mailshell.core import record, tables
from mailshell.core.elsewhere import Begun, Kind, Step
from mailshell.core.record import Side
from mailshell.smtp.phases import Phase, breaks
from mailshell.smtp.responses import read_line
from mailshell.smtp.session import TABLE

_WAITING = 1000
"""So many client lines may wait for answers, and so many lines may make one reply: a bound for our memory."""

_DIGITS = 20  # of a chunk size; more are no size of anything

_HELLO = frozenset({b"EHLO", b"HELO", b"LHLO"})
_SENDER = frozenset({b"MAIL", b"SEND", b"SOML", b"SAML"})


class _Waiting(NamedTuple):
    """The line that the next reply answers; `shown` says that it went out as a step already."""

    octets: bytes
    kind: Kind
    verb: bytes
    shown: bool = False


class Follower:
    """Follows one connection; lines come with their line ends."""

    def __init__(self) -> None:
        self.phase: record.Phase | None = None
        self._lines: deque[bytes] = deque()
        self._dots = 0  # how many of them are final dots
        self._open: _Waiting | None = None
        self._reply: list[bytes] = []
        self._challenged = False  # the last reply was 334
        self._unproved = False  # message text, by the final dot below it and by no reply
        self._chunk = 0  # octets of a BDAT chunk that are still to come

    def client(self, octets: bytes) -> list[Step]:
        """A line from the client."""
        self._lines.append(octets)
        self._dots += _is_dot(octets)
        steps = self._advance()
        if len(self._lines) > _WAITING:
            steps += self._unanswered()
        return steps

    def server(self, octets: bytes) -> list[Step]:
        """A line from the server."""
        self._reply.append(octets)
        found = read_line(octets.rstrip(b"\r\n"))
        if found is not None and found.more and len(self._reply) < _WAITING:
            return []
        return [self._answered(0 if found is None else found.code), *self._advance()]

    def end(self) -> list[Step]:
        """The log is over; what still waits goes out without an answer."""
        steps = [self._answered(0)] if self._reply else []
        steps += self._advance()
        while self._open is not None or self._lines:
            steps += self._unanswered()
        return steps

    def _advance(self) -> list[Step]:
        """Read the client lines whose meaning is known now."""
        steps = []
        while self._lines and (self._open is None or self._chunk):
            line = self._lines.popleft()
            self._dots -= _is_dot(line)
            bare = line.rstrip(b"\r\n")
            if self._chunk:
                steps.append(self._piece(line))
            elif self.phase is Phase.MESSAGE or self._unproved:
                if bare == b".":
                    self._unproved = False
                    self._open = _Waiting(line, "command", b".")
                else:
                    steps.append(Step("text", line, (), self.phase, self.phase))
            elif self._challenged:
                self._open = _Waiting(line, "answer", b"AUTH")
            else:
                verb = bare.split(b" ", 1)[0].upper()
                self._open = _Waiting(line, "command", verb)
                self._chunk = _chunk_size(bare) if verb == b"BDAT" else 0
                if self._chunk:
                    steps.append(Step("command", line, (), self.phase, self.phase, verb))
                    self._open = self._open._replace(shown=True)
        return steps

    def _piece(self, line: bytes) -> Step:
        """A line of a BDAT chunk; what stands after the chunk's last octet is read again."""
        piece, rest = line[: self._chunk], line[self._chunk :]
        self._chunk -= len(piece)
        if rest:
            self._lines.appendleft(rest)
            self._dots += _is_dot(rest)
        return Step("text", piece, (), self.phase, self.phase)

    def _answered(self, code: int) -> Step:
        replies, waiting, before = tuple(self._reply), self._open, self.phase
        refused = code >= 400
        self._reply, self._open, self._chunk, self._unproved = [], None, 0, False
        self._challenged = code == 334
        if waiting is not None:
            self.phase = _moved(before, waiting, code)
            octets = b"" if waiting.shown else waiting.octets
            return Step(waiting.kind, octets, replies, before, self.phase, waiting.verb, refused)
        if code == 220:
            self.phase = Phase.GREETED
            return Step("greeting", b"", replies, before, self.phase)
        if before is Phase.MESSAGE:
            # One reply a command: whatever the log leaves out, the message is over.
            self.phase = Phase.CLOSED if code == 421 else Phase.READY
            return Step("hidden", b"", replies, before, self.phase, b".", refused)
        self.phase = Phase.CLOSED if code == 421 else before
        return Step("reply", b"", replies, before, self.phase, b"", refused)

    def _unanswered(self) -> list[Step]:
        """Let the line that waits go without an answer."""
        waiting, self._open = self._open, None
        steps = []
        if waiting is not None:
            if not waiting.shown:
                steps.append(Step(waiting.kind, waiting.octets, (), self.phase, self.phase, waiting.verb))
            if waiting.verb == b"DATA" and self._dots:
                self._unproved = True
            elif waiting.verb == b".":
                self.phase = None
        return steps + self._advance()


def _is_dot(line: bytes) -> bool:
    return line.rstrip(b"\r\n") == b"."


def _chunk_size(line: bytes) -> int:
    words = line.split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() and len(words[1]) <= _DIGITS else 0


def _moved(phase: record.Phase | None, waiting: _Waiting, code: int) -> record.Phase | None:
    """The phase after an answer; where the answer proves nothing, the phase stays what it was."""
    verb, done = waiting.verb, 200 <= code < 300
    if code == 421 or (verb == b"QUIT" and done):
        return Phase.CLOSED
    if verb == b".":
        return Phase.READY
    if verb == b"DATA" and code == 354:
        return Phase.MESSAGE
    if not done:
        refused = phase is not None and code >= 400 and breaks(verb.decode("latin-1"), phase)
        return Phase.FAILED if refused else phase
    if verb in _HELLO:
        return Phase.READY
    if verb in _SENDER:
        return Phase.SENDER
    if verb == b"RCPT":
        return Phase.RECIPIENTS
    if verb in (b"BDAT", b"BURL"):
        return Phase.READY if waiting.octets.upper().split()[-1:] == [b"LAST"] else Phase.CHUNKS
    if verb == b"RSET":
        return phase if phase in (None, Phase.GREETED) else Phase.READY
    if verb == b"STARTTLS":
        return Phase.GREETED
    return None if verb in (b"ATRN", b"TURN") else phase


class Sorter:
    """Tells lines of the server by their reply codes, but not inside a message.

    A screen on which a program typed shows neither commands nor messages; `echoed` says that this one does.
    """

    def __init__(self, *, echoed: bool = False) -> None:
        self.inside: Side | None = None
        self.open = False
        self._echoed = echoed

    def read(self, line: bytes) -> Side | None:
        """Whose line it is, where it is text or a reply."""
        if self.inside is not None:
            self.inside = None if line == b"." else "client"
            return "client"
        reply = read_line(line)
        if reply is None:
            return None
        self.inside = "client" if reply.code == 354 and (self._echoed or not self.open) else None
        self.open = reply.code not in (221, 421)
        return "server"

    def typed(self, line: bytes) -> None:
        """The screen shows what was typed."""
        self._echoed = True


def knows(line: bytes) -> bool:
    """Whether a line begins with a command of ours, or of another server."""
    verb = line.split(b" ", 1)[0]
    return TABLE.find(verb) is not None or bool(tables.find("smtp-commands", "command", verb.decode("latin-1")))


def begin(before: Sequence[bytes], line: bytes) -> Begun | None:
    """A screen whose first reply this is; one that is no greeting shows that the log begins late."""
    reply = read_line(line)
    if reply is None:
        return None
    late = reply.code not in (220, 221, 421)
    typed = tuple(one for one in before if late and knows(one))
    sorter = Sorter(echoed=bool(typed))
    sorter.read(line)
    return Begun(sorter, typed)
