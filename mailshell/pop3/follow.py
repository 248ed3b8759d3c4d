"""Who answered whom, and where that led: a POP3 conversation followed from outside, line by line.

Nothing is assumed. The phase is None until an answer proves it, and a command without an answer moves nothing. A list
or a message goes out line by line as it comes, so that a long one needs no memory.
"""

import re
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from mailshell.core import record, tables
from mailshell.core.elsewhere import Begun, Kind, Step
from mailshell.core.record import Side
from mailshell.pop3.phases import Phase
from mailshell.pop3.session import TABLE

OK, ERR, ASKS = b"+OK", b"-ERR", b"+"

_WAITING = 1000
"""So many client lines may wait for answers: a bound for our memory."""

_ALWAYS = frozenset({b"RETR", b"TOP", b"CAPA"})
_UNLESS_ONE = frozenset({b"LIST", b"UIDL", b"LANG", b"AUTH"})
"""Commands whose answer has many lines where no argument is given; AUTH alone lists mechanisms on some servers."""

_MESSAGES = frozenset({b"RETR", b"TOP"})
_LOGINS = frozenset({b"PASS", b"APOP", b"AUTH"})
_ROW = re.compile(rb"([0-9]+) ([!-~]+)")
_FIELD = re.compile(rb"[!-9;-~]+:")
_LANGUAGE = re.compile(rb"[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)* ")
_PROVES_OPEN = frozenset({b"STAT", b"LIST", b"RETR", b"DELE", b"NOOP", b"RSET", b"TOP", b"UIDL", b"LAST"})


def status(line: bytes) -> bytes:
    """`+OK`, `-ERR` or `+`, with which an answer begins; empty for a line that begins with none."""
    word = line.split(b" ", 1)[0]
    return word if word in (OK, ERR, ASKS) else b""


def is_reply(line: bytes) -> bool:
    """Whether a line is the first one of an answer, whatever was asked; a challenge alone does not show that."""
    return status(line) in (OK, ERR)


def many_lines(line: bytes) -> bool:
    """Whether +OK to this command begins a list or a message."""
    words = line.upper().split()
    return bool(words) and (words[0] in _ALWAYS or (words[0] in _UNLESS_ONE and len(words) == 1))


def knows(line: bytes) -> bool:
    """Whether a line begins with a command of ours, or of another server."""
    verb = line.split(b" ", 1)[0]
    return TABLE.find(verb) is not None or bool(tables.find("pop3-commands", "command", verb.decode("latin-1")))


def asked(line: bytes, *, unsure: bool) -> bytes:
    """The command whose list or message begins so, where a log does not show it; empty where none does.

    `unsure`: perhaps the line is none of a list or a message, and only what can be nothing else is taken for one.
    """
    row = _ROW.fullmatch(line)
    if row is not None:
        return b"LIST" if row[2].isdigit() else b"UIDL"
    if _FIELD.match(line):
        return b"RETR"
    if unsure:
        return b""
    if tables.find("pop3-capabilities", "capability", line.split(b" ", 1)[0].decode("latin-1")):
        return b"CAPA"
    return b"LANG" if _LANGUAGE.match(line) else b"RETR"


class _Waiting(NamedTuple):
    """The line that the next answer belongs to."""

    octets: bytes
    kind: Kind
    verb: bytes


class Follower:
    """Follows one connection; lines come with their line ends."""

    def __init__(self) -> None:
        self.phase: record.Phase | None = None
        self._lines: deque[bytes] = deque()
        self._open: _Waiting | None = None
        self._challenged = False  # the last answer was a challenge
        self._inside = b""  # the command whose list or message goes on
        self._shown = 0  # lines of it so far
        self._spoken = False  # the server has said something
        self._done: Kind | None = None  # what the last line was, where it was +OK and the log does not show to what

    def client(self, octets: bytes) -> list[Step]:
        """A line from the client."""
        self._lines.append(octets)
        self._advance()
        return self._unanswered() if len(self._lines) > _WAITING else []

    def server(self, octets: bytes) -> list[Step]:
        """A line from the server."""
        line, steps = octets.rstrip(b"\r\n"), list[Step]()
        if self._inside:
            # A client that has its message goes on: where no line of it was shown, the log left it out.
            if self._shown or not self._lines or not is_reply(line):
                return [self._within(octets, line)]
            steps = self._left_out()
        elif self._done is not None and not status(line):
            self._inside, self._shown = asked(line, unsure=self._done == "greeting"), 0
            if self._inside:
                self.phase = _moved(self.phase, self._inside, OK)
                return [self._within(octets, line)]
        steps.append(self._answered(octets, line))
        last = steps[-1]
        self._done = last.kind if status(line) == OK and not last.octets else None
        self._spoken = True
        self._advance()
        return steps

    def end(self) -> list[Step]:
        """The log is over; what still waits goes out without an answer."""
        steps = self._left_out() if self._inside and not self._shown else []
        self._inside = b""
        self._advance()
        while self._open is not None:
            steps += self._unanswered()
        return steps

    def _advance(self) -> None:
        """The next client line waits for its answer, once what came before is answered."""
        if self._open is None and not self._inside and self._lines:
            line = self._lines.popleft()
            if self._challenged:
                self._open = _Waiting(line, "answer", b"AUTH")
            else:
                self._open = _Waiting(line, "command", line.rstrip(b"\r\n").split(b" ", 1)[0].upper())

    def _within(self, octets: bytes, line: bytes) -> Step:
        """A line of a list or of a message; a dot alone ends it."""
        verb, over = self._inside, line == b"."
        self._shown += 1
        if over:
            self._inside = b""
            self._advance()
        if verb in _MESSAGES and not over:
            return Step("text", octets, (), self.phase, self.phase, verb, side="server")
        return Step("line", b"", (octets,), self.phase, self.phase, verb, side="server")

    def _left_out(self) -> list[Step]:
        verb, self._inside = self._inside, b""
        self._advance()
        return [Step("hidden", b"", (), self.phase, self.phase, verb, side="server")]

    def _answered(self, octets: bytes, line: bytes) -> Step:
        waiting, before, found = self._open, self.phase, status(line)
        self._open, refused = None, found == ERR
        self._challenged = found == ASKS and waiting is not None and waiting.verb == b"AUTH"
        if waiting is not None:
            self.phase = _moved(before, waiting.verb, found)
            if found == OK and waiting.kind == "command" and many_lines(waiting.octets):
                self._inside, self._shown = waiting.verb, 0
            return Step(waiting.kind, waiting.octets, (octets,), before, self.phase, waiting.verb, refused)
        if found == OK and (not self._spoken or before is Phase.CLOSED):
            self.phase = Phase.AUTHORIZATION
            return Step("greeting", b"", (octets,), before, self.phase)
        return Step("reply", b"", (octets,), before, before, b"", refused)

    def _unanswered(self) -> list[Step]:
        """Let the line that waits go without an answer."""
        waiting, self._open = self._open, None
        self._advance()
        if waiting is None:
            return []
        return [Step(waiting.kind, waiting.octets, (), self.phase, self.phase, waiting.verb)]


def _moved(phase: record.Phase | None, verb: bytes, found: bytes) -> record.Phase | None:
    """The phase after an answer; where the answer proves nothing, the phase stays what it was."""
    if verb == b"QUIT" and (found == OK or phase is Phase.TRANSACTION):
        return Phase.CLOSED
    if verb == b"AUTH" and found == ASKS:
        return Phase.EXCHANGE
    if found != OK:
        return Phase.AUTHORIZATION if verb in _LOGINS and phase is not Phase.TRANSACTION else phase
    if verb == b"USER":
        return Phase.PASSWORD
    if verb in _LOGINS:
        return Phase.TRANSACTION
    if verb in (b"STLS", b"UTF8"):
        return Phase.AUTHORIZATION
    return Phase.TRANSACTION if verb in _PROVES_OPEN else phase


class Sorter:
    """Tells lines of the server by their first word, and by the command before where it asks for many lines.

    A screen on which a program typed shows no commands: there all lines are of the server.
    """

    def __init__(self) -> None:
        self.inside: Side | None = None
        self.open = False
        self._typed: deque[bytes] = deque(maxlen=_WAITING)  # commands without an answer yet
        self._challenged = False
        self._echoed = False  # the screen shows what was typed
        self._done = False  # the last line was +OK, and nothing was typed that it answers
        self._mute = False  # two answers have come, and nothing was typed at all

    def read(self, line: bytes) -> Side | None:
        """Whose line it is, where it is text or a reply."""
        if self.inside is not None:
            self.inside = None if line == b"." else "server"
            return "server"
        found = status(line)
        if not found and self._done and asked(line, unsure=not self._mute):
            self.inside = None if line == b"." else "server"
            return "server"
        if not found or (found == ASKS and not (self._challenged or self._asked(b"AUTH"))):
            return None
        command = self._typed.popleft() if self._typed else b""
        self._mute = self.open and not self._echoed
        self._done = found == OK and not command
        self.inside = "server" if found == OK and not self._challenged and many_lines(command) else None
        self._challenged = found == ASKS
        self.open = command.upper().strip() != b"QUIT"
        return "server"

    def typed(self, line: bytes) -> None:
        """A line of the client waits for its answer."""
        self._typed.append(line)
        self._echoed = True

    def _asked(self, verb: bytes) -> bool:
        return bool(self._typed) and self._typed[0].upper().startswith(verb)


def begin(before: Sequence[bytes], line: bytes) -> Begun | None:
    """A screen whose first reply this is; a command right above it shows that the log begins late."""
    if not is_reply(line):
        return None
    sorter = Sorter()
    kept = tuple(before[-1:]) if before and knows(before[-1]) else ()
    for one in kept:
        sorter.typed(one)
    sorter.read(line)
    return Begun(sorter, kept)
