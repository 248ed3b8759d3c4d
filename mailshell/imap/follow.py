"""Who answered whom, and where that led: an IMAP conversation followed from outside, line by line.

Nothing is assumed. The phase is None until an answer proves it, and a command without an answer moves nothing. Each
line goes out as it comes: the tag shows which command an answer belongs to. Octets of literals are counted.
"""

import re
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from mailshell.core import record, tables
from mailshell.core.elsewhere import Begun, Kind, Step
from mailshell.core.explain import LEAD
from mailshell.core.record import Side
from mailshell.imap.grammar import TAG
from mailshell.imap.phases import OPEN, Phase
from mailshell.imap.session import TABLE

_WAITING = 1000
"""So many commands may wait for answers: a bound for our memory."""

_MASKED = b"*" * 8
"""A secret as mailshell shows it, however long it is."""

ENDS = re.compile(rb"~?\{([0-9]{1,10})(\+?)\}\Z")
"""The end of a line that a literal follows."""

_TAGGED = re.compile(rb"(?![2-5][0-9][0-9] )([A-Za-z0-9._-]{1,32}) (OK|NO|BAD)(?: |\Z)")
_STATUS = re.compile(rb"\* (OK|NO|BAD|BYE|PREAUTH)(?: |\Z)", re.IGNORECASE)
_NUMBERED = re.compile(rb"\* [0-9]+ ([A-Z]+)(?: |\Z)", re.IGNORECASE)
_NAMED = re.compile(rb"\* ([A-Z]+)(?: |\Z)")
_WORD = re.compile(rb"[A-Za-z]{3,}")
_REST = re.compile(rb"[ )].*(?<=[)}])\Z", re.DOTALL)
"""What comes after a literal in a response: it ends the response, or announces another literal."""

_LOGINS = frozenset({b"LOGIN", b"AUTHENTICATE"})
_SELECTS = frozenset({b"SELECT", b"EXAMINE"})
_LEAVES = frozenset({b"CLOSE", b"UNSELECT"})


def tagged(line: bytes) -> tuple[bytes, bytes] | None:
    """The tag and the status of a line that ends the answer to a command; no number of three digits is such a tag."""
    found = _TAGGED.match(line)
    return None if found is None else (found[1], found[2])


def response(line: bytes) -> str:
    """The name of an untagged response, as FETCH; empty where a line is none that any server sends."""
    found = _STATUS.match(line) or _NUMBERED.match(line) or _NAMED.match(line)
    name = "" if found is None else found[1].decode("ascii").upper()
    return name if tables.find("imap-responses", "response", name) else ""


def is_reply(line: bytes) -> bool:
    """Whether a line can be nothing else than one of a server of IMAP."""
    return tagged(line) is not None or bool(response(line))


def verb(line: bytes) -> bytes:
    """The command of a line, after its tag: of two words after UID; empty where no command is known."""
    tag = TAG.match(line)
    if line.upper() == b"DONE":
        return b"DONE"
    if tag is None:
        return b""
    found = TABLE.verb(line, tag.end()).upper()
    known = TABLE.find(found) or tables.find("imap-commands", "command", found.decode("latin-1"))
    return found if known else b""


def knows(line: bytes) -> bool:
    """Whether a line is a tag and a command, of ours or of another server; a tag of letters alone may be a command."""
    tag = TAG.match(line)
    return tag is not None and _WORD.fullmatch(tag[1]) is None and bool(verb(line))


class Count:
    """Counts the octets of the literals of one side."""

    def __init__(self) -> None:
        self.begun = False
        self.left = 0
        self.shown = 0

    def begin(self, line: bytes) -> bool:
        """Whether a literal follows a line, its end left out; from here on its octets are counted."""
        found = ENDS.search(line)
        self.begun = found is not None
        self.left, self.shown = (0, 0) if found is None else (int(found[1]), 0)
        return self.begun

    def take(self, octets: bytes) -> int:
        """How many octets of a line belong to the literal."""
        size = min(self.left, len(octets))
        self.left -= size
        self.shown += 1
        return size


class _Open(NamedTuple):
    """A command that has no answer yet."""

    tag: bytes
    verb: bytes


class Follower:
    """Follows one connection; lines come with their line ends."""

    def __init__(self) -> None:
        self.phase: record.Phase | None = None
        self._open: deque[_Open] = deque(maxlen=_WAITING)
        self._up, self._down = Count(), Count()
        self._goes_on: _Open | None = None  # the command that goes on in the next client line
        self._asked: _Open | None = None  # the command whose answer + asks for more
        self._stood: record.Phase | None = None  # the phase before the server asked for more
        self._spoken = False
        self._lead = b""  # the words of a response before its literal

    def client(self, octets: bytes) -> list[Step]:
        """A line from the client."""
        line = octets.rstrip(b"\r\n")
        going = self._goes_on
        if going is not None:
            return self._onward(going, octets, line)
        if self._asked is not None and self._asked.verb == b"AUTHENTICATE":
            return [Step("answer", octets, (), self.phase, self.phase, b"AUTHENTICATE")]
        tag = TAG.match(line)
        begun = _Open(b"" if tag is None else tag[1], verb(line))
        if begun.verb != b"DONE":
            self._open.append(begun)
        if self._up.begin(line):
            self._goes_on = begun
        return [Step("command", octets, (), self.phase, self.phase, begun.verb)]

    def _onward(self, going: _Open, octets: bytes, line: bytes) -> list[Step]:
        """A line that begins inside a literal, or right after it; no message begins with an empty line."""
        steps, message = list[Step](), going.verb == b"APPEND"
        if message and not line and self._up.left > len(octets) and not self._up.shown:
            self._up.left = 0
            steps.append(Step("hidden", b"", (), self.phase, self.phase, going.verb))
        if line == _MASKED:
            self._up.left = 0
            return [Step("answer", octets, (), self.phase, self.phase, going.verb)]
        size = self._up.take(octets) if self._up.left else 0
        if size == len(octets):
            kind: Kind = "text" if message else "answer"
            return [Step(kind, octets, (), self.phase, self.phase, going.verb, dotted=False)]
        if not self._up.begin(line):
            self._goes_on = None
        return [*steps, Step("answer", octets, (), self.phase, self.phase, going.verb)]

    def server(self, octets: bytes) -> list[Step]:
        """A line from the server."""
        line, steps, phase = octets.rstrip(b"\r\n"), list[Step](), self.phase
        if self._down.left:
            if self._down.shown or not self._left_out(line):
                size = self._down.take(octets)
                if size == len(octets):
                    return [Step("text", octets, (), phase, phase, side="server", dotted=False)]
                lead = self._led(self._lead, line[size:])
                return [Step("line", octets[:size], (octets,), phase, phase, side="server", dotted=False, lead=lead)]
            self._down.left = 0
            steps.append(Step("hidden", b"", (), phase, phase, side="server"))
        going, found = self._goes_on, tagged(line)
        if going is not None and found == (going.tag, b"OK") and going.verb == b"APPEND" and not self._up.shown:
            steps.append(Step("hidden", b"", (), phase, phase, going.verb))
        steps.append(self._heard(octets, line))
        self._spoken = True
        return steps

    def _led(self, lead: bytes, words: bytes) -> bytes:
        """The lead of these words of a response; with them it is that of what comes after their literal."""
        begun = lead + words if self._down.begin(words) else b""
        self._lead = begun if len(begun) <= LEAD else b""
        return lead

    def _left_out(self, line: bytes) -> bool:
        """Whether a log goes on after a literal that it does not show."""
        found = tagged(line)
        return _REST.match(line) is not None or (found is not None and any(one.tag == found[0] for one in self._open))

    def _heard(self, octets: bytes, line: bytes) -> Step:
        before, found = self.phase, tagged(line)
        if found is not None:
            return self._answered(octets, *found)
        if line[:2] in (b"+", b"+ "):
            waits = (one for one in self._open if one.verb in (b"AUTHENTICATE", b"IDLE"))
            self._asked = self._goes_on or next(waits, None) or next(iter(self._open), None)
            asks, self._stood = b"" if self._asked is None else self._asked.verb, before
            self.phase = {b"AUTHENTICATE": Phase.EXCHANGE, b"IDLE": Phase.IDLE}.get(asks, before)
            return Step("command", b"", (octets,), before, self.phase, asks)
        lead = self._led(self._lead if _REST.match(line) is not None else b"", line)
        name = response(line)
        if not self._spoken and name in ("OK", "PREAUTH", "BYE"):
            self.phase = {"OK": Phase.NOT_AUTHENTICATED, "PREAUTH": Phase.AUTHENTICATED}.get(name, Phase.LOGOUT)
            return Step("greeting", b"", (octets,), before, self.phase)
        if name == "BYE":
            self.phase = Phase.LOGOUT
        brought = self._open[0].verb if len(self._open) == 1 else b""
        return Step("line", b"", (octets,), before, self.phase, brought, side="server", dotted=False, lead=lead)

    def _answered(self, octets: bytes, tag: bytes, status: bytes) -> Step:
        """The line that ends the answer to a command."""
        before = self.phase
        found = next((one for one in self._open if one.tag == tag), None)
        if found is None:
            return Step("reply", b"", (octets,), before, before, b"", status != b"OK")
        self._open.remove(found)
        self._asked = None
        if self._goes_on is found:  # refused before its literal came, or the log does not show that
            self._goes_on, self._up.left = None, 0
        self.phase = _moved(self._stood if before is Phase.IDLE else before, found.verb, status)
        return Step("command", b"", (octets,), before, self.phase, found.verb, status != b"OK")

    def end(self) -> list[Step]:
        """The log is over; all has gone out."""
        return []


def _moved(phase: record.Phase | None, verb: bytes, status: bytes) -> record.Phase | None:
    """The phase after an answer; where the answer proves nothing, the phase stays what it was."""
    if phase is Phase.LOGOUT:
        return phase
    if verb in _SELECTS:
        return Phase.SELECTED if status == b"OK" else Phase.AUTHENTICATED if status == b"NO" and phase else phase
    if verb == b"AUTHENTICATE" and status != b"OK":
        return Phase.NOT_AUTHENTICATED
    if status != b"OK":
        return phase
    if verb in _LOGINS or verb in _LEAVES:
        return Phase.AUTHENTICATED
    command = TABLE.find(verb)
    return Phase.SELECTED if command is not None and command.when == OPEN else phase


class Sorter:
    """Tells lines of the server by what they begin with, and counts literals."""

    def __init__(self) -> None:
        self.inside: Side | None = None
        self.open = False
        self._up, self._down = Count(), Count()
        self._asks = False  # + may come: the last typed line ends in a literal, or is AUTHENTICATE or IDLE
        self._parting = False  # the server has said BYE

    def read(self, line: bytes) -> Side | None:
        """Whose line it is, where it is text or a reply."""
        if self.inside is not None:
            return self._within(self.inside, line)
        if line[:2] in (b"+", b"+ ") and self._asks:
            self.inside = "client" if self._up.begun else None
            return "server"
        if not is_reply(line):
            return None
        over = tagged(line) is not None
        if over:
            self._asks = self._up.begin(b"")
        self._parting = self._parting or response(line) == "BYE"
        self.open = not (self._parting and over)
        self.inside = "server" if self._down.begin(line) else None
        return "server"

    def _within(self, side: Side, line: bytes) -> Side:
        """A line that begins inside a literal, or right after one; what comes after it may announce another one."""
        count, octets = self._up if side == "client" else self._down, line + b"\r\n"
        if not count.left or count.take(octets) < len(octets):
            self.inside = side if count.begin(line) and (side == "server" or _at_once(line)) else None
        return side

    def typed(self, line: bytes) -> None:
        """A line of the client waits for its answer."""
        literal = self._up.begin(line)
        self.inside = "client" if _at_once(line) else None
        self._asks = literal or verb(line) in (b"AUTHENTICATE", b"IDLE")


def _at_once(line: bytes) -> bool:
    """Whether a literal follows a line without a wait."""
    found = ENDS.search(line)
    return found is not None and bool(found[2])


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
