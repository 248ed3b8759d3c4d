"""What a record means, derived when somebody looks: lines, marked parts, notes. Pure, and blind to protocols."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

from mailshell.core.framer import lines
from mailshell.core.record import (
    Body,
    Card,
    Cite,
    Closed,
    Exchange,
    Fault,
    Notice,
    Opened,
    Parsed,
    Part,
    Phase,
    Prompt,
    Side,
    Spoken,
    Verdict,
    reply_ends,
    reply_lines,
)
from mailshell.core.session import Engine, Host, Marked

_Said = Opened | Exchange | Prompt | Notice

Manner = Literal["plain", "refusal", "unasked"]

_COUNTED = "literal octets"
_INSIDE = "octets of the literal, as they are stored"
_FAULT = "x does not fit here: see why"
_WORD = re.compile(rb"[^ \t]+")
_ANSWER = re.compile(rb"[A-Za-z0-9+/]{2,}={1,2}")
_CODE = re.compile(rb"([2-5][0-9]{2})(?![^ \r\n-])|(\+OK|-ERR|\+)(?![^ \r\n])")
_STATUS = re.compile(rb"(?:(\+)|[^ \r\n]+ (OK|NO|BAD|BYE|PREAUTH)(?: \[([^]\r\n]*)\])?)(?![^ \r\n])", re.IGNORECASE)
_STUFFING: dict[Side, Cite] = {"client": Cite(5321, "4.5.2"), "server": Cite(1939, "3")}
_SECRET_VERBS = frozenset({b"AUTH", b"PASS", b"LOGIN", b"APOP", b"AUTHENTICATE"})


class Note(NamedTuple):
    """What octets `start` to `end` of a line are; `cite` where it rests on another place than the whole line."""

    rule: str
    start: int
    end: int
    text: str
    cite: Cite | None = None


class Row(NamedTuple):
    """One line of the wire, line end included, with its gloss and notes.

    `secret` are the spans that must not be shown; `cite` is the place that the notes rest on. What is `counted` came
    as octets after a number, and is no line of the protocol.
    """

    side: Side
    manner: Manner
    octets: bytes
    gloss: str = ""
    notes: tuple[Note, ...] = ()
    secret: tuple[tuple[int, int], ...] = ()
    cite: Cite | None = None
    counted: bool = False


class Meaning(NamedTuple):
    """A record explained: the command, the answers, why it came so, what is next, and the phases around it.

    `folded` counts the lines of a long answer that are left out before its last one.
    """

    command: tuple[Row, ...]
    answers: tuple[Row, ...]
    because: str
    next: str
    before: Phase | None
    after: Phase | None
    refused: bool = False
    folded: int = 0


def explain(record: Spoken, engine: Engine[Host], most: int | None = None) -> Meaning:
    """Everything there is to say about a record; the lines of a body are `body_row`'s.

    Of an answer longer than `most` lines only the first ones and the last one are explained.
    """
    if isinstance(record, Closed):
        return Meaning((), (), record.because, "", record.before, None)
    lines, folded = (reply_lines(record), 0) if most is None else reply_ends(record, most)
    if isinstance(record, Exchange | Prompt):
        refused = record.verdict is Verdict.REFUSED
        verb = "" if isinstance(record.parsed, Fault) else record.parsed.card.name
        answers = _answers(lines, folded, record, engine, "refusal" if refused else "plain", verb)
        next_step = (record.card.next or engine.phases[record.after].next) if refused else ""
        # The answer to a counted body has no octets of its own.
        fault = record.parsed if refused else None
        command = (command_row(record.octets, engine, fault, record.lead),) if record.octets else ()
        return Meaning(command, answers, record.because, next_step, record.before, record.after, refused, folded)
    opened = isinstance(record, Opened)
    answers = _answers(lines, folded, record, engine, "plain" if opened else "unasked", "")
    if isinstance(record, Opened):
        return Meaning((), answers, "", "", None, record.after, folded=folded)
    return Meaning((), answers, record.because, record.card.next, record.before, record.after, folded=folded)


def command_row(octets: bytes, engine: Engine[Host], parsed: Parsed | Fault | None = None, lead: bytes = b"") -> Row:
    """A client line taken apart; where it does not fit the grammar, that place is marked too.

    `lead` is what of the command came before the line.
    """
    line = octets.rstrip(b"\r\n")
    marked = engine.mark_command(lead + line)
    if lead:
        marked = marked._replace(parts=_moved(marked.parts, -len(lead)))
    notes = tuple(_notes(marked))
    if isinstance(parsed, Fault) and parsed.at:
        notes = (*(note for note in notes if note.end <= parsed.at), Note("fault", parsed.at, parsed.at + 1, _FAULT))
    return Row("client", "plain", octets, marked.gloss, notes, secrets(line, marked.parts), _cite(marked.card))


def body_row(
    octets: bytes, notes: tuple[Note, ...] = (), gloss: str = "", *, dotted: bool = True, side: Side = "client"
) -> Row:
    """A line of a message that a side sent, and what somebody who reads messages says of it.

    With `dotted` a line that begins with a dot was stuffed.
    """
    if dotted and octets[:1] == b".":
        gloss = f"the first dot is stuffing; the {'server' if side == 'client' else 'client'} takes it off"
        notes = (Note("stuffed dot", 0, 1, gloss, _STUFFING[side]), *notes)
    return Row(side, "plain", octets, gloss, notes, cite=notes[0].cite if notes else None)


def secrets(line: bytes, parts: tuple[Part, ...]) -> tuple[tuple[int, int], ...]:
    """The spans of a line that hold a secret: as the grammar marks them, and a guess for what it could not read."""
    found = tuple((part.start, part.end) for part in parts if part.secret)
    if found and found[-1][1] == len(line.rstrip(b" \t")):
        return found
    read = max((part.end for part in parts if not part.secret and part.rule != "Unknown"), default=-1)
    guessed = ((max(start, read + 1), end) for start, end in hidden(line))
    return tuple((start, end) for start, end in guessed if start < end) or found


def hidden(line: bytes) -> tuple[tuple[int, int], ...]:
    """The span of a password in a line whose verb carries one, whether or not the server knows the verb.

    A line of base64 with its padding is one too: the answer of a client whose AUTH the server has refused.
    """
    if _ANSWER.fullmatch(line):
        return ((0, len(line)),)
    words = list(_WORD.finditer(line))
    for at, (verb, secret) in enumerate(pairwise(words[:3])):
        if verb[0].upper() in _SECRET_VERBS:
            # LOGIN has the name of the user before the password.
            after = words[at + 2 : at + 3] if verb[0].upper() == b"LOGIN" else []
            return (((after[0] if after else secret).start(), len(line)),)
    return ()


def masked(octets: bytes) -> bytes:
    """A client line with eight stars in the place of its secret."""
    line = octets.rstrip(b"\r\n")
    for start, end in hidden(line):
        return octets[:start] + b"********" + octets[end:]
    return octets


def code(replies: tuple[bytes, ...], engine: Engine[Host]) -> int | str | None:
    """How an answer went, for a program: its number where the protocol has numbers, else its word.

    The word is what the answer begins with; where answers have tags it follows the tag, in the last line.
    """
    if engine.tagged:
        status = _STATUS.match(_last(replies))
        return None if status is None else (status[1] or status[2]).decode("ascii").upper()
    found = _CODE.match(replies[0]) if replies else None
    if found is None:
        return None
    return int(found[1]) if found[1] else found[2].decode("ascii")


def response_code(replies: tuple[bytes, ...], engine: Engine[Host]) -> str | None:
    """What stands in brackets behind the word of a tagged answer, as in `a1 NO [NONEXISTENT] x`; None: nothing does."""
    status = _STATUS.match(_last(replies)) if engine.tagged else None
    return None if status is None or status[3] is None else status[3].decode("latin-1")


def _last(replies: tuple[bytes, ...]) -> bytes:
    """The last line of an answer."""
    last = replies[-1] if replies else b""
    return last[last.rfind(b"\n", 0, -1) + 1 :]


def _answers(
    replies: list[bytes], folded: int, record: _Said, engine: Engine[Host], manner: Manner, verb: str
) -> tuple[Row, ...]:
    rows, left, card, lead = list[Row](), 0, record.card, b""
    because = "" if isinstance(record, Opened) else record.because
    for at, reply in enumerate(replies):
        # Where answers have tags, the line with the tag refuses; those before it tell what has happened.
        tells = manner == "refusal" and engine.tagged and at < len(replies) - 1
        if at == len(replies) - 1:
            at, left, lead = at + folded, 0 if folded else left, b"" if folded else lead
        inside = 0 < len(reply) <= left
        marked = _counted(reply, left, card, at, engine, lead)
        cause = "" if inside else engine.cause(reply[left:], verb, because)
        if inside:
            left -= len(reply)
        else:
            begun, left = lead + reply[left:].removesuffix(b"\r\n"), engine.counted(reply[left:])
            lead = begun if left else b""
        notes = tuple(_caused(note, cause) if cause else note for note in _notes(marked))
        told = "plain" if tells else manner
        rows.append(Row("server", told, reply, marked.gloss, notes, (), _cite(marked.card), inside))
    return tuple(rows)


def _caused(note: Note, cause: str) -> Note:
    """The mark of an untagged response says what brought it."""
    return note._replace(text=f"*: {cause}") if note.rule == "untagged" else note


def _counted(reply: bytes, left: int, card: Card, at: int, engine: Engine[Host], lead: bytes) -> Marked:
    """A line of an answer whose first `left` octets were counted before, and are no grammar's business.

    What its words are may depend on the `lead`, the words before those octets.
    """
    line = reply.removesuffix(b"\r\n")
    if not left and not lead:
        return engine.mark_reply(line, card, at)
    if 0 < len(reply) <= left:
        return Marked(card, (Part(_COUNTED, 0, len(line)),) if line else (), {_COUNTED: _INSIDE}, "")
    rest, whole = engine.mark_reply(line[left:], card, at), engine.mark_reply(lead + line[left:], card, at)
    parts = _moved(_moved(whole.parts, -len(lead)), left)
    inside = (Part(_COUNTED, 0, min(left, len(line))),) if left else ()
    return whole._replace(parts=(*inside, *parts), glosses={**whole.glosses, _COUNTED: _INSIDE}, gloss=rest.gloss)


def _moved(parts: tuple[Part, ...], by: int) -> tuple[Part, ...]:
    """Parts of octets that begin somewhere else; what lies before the first of them is cut off."""
    moved = (part._replace(start=max(part.start + by, 0), end=part.end + by) for part in parts)
    return tuple(part for part in moved if part.end > part.start)


def _cite(card: Card | None) -> Cite | None:
    return card.cite if card is not None else None


def _notes(marked: Marked) -> Iterator[Note]:
    for part in marked.parts:
        yield Note(part.rule, part.start, part.end, _gloss(marked, part))


def _gloss(marked: Marked, part: Part) -> str:
    return marked.glosses.get(part.rule, part.rule)


class BodyLines:
    """Cuts the pieces of a body into lines, whatever the pieces are; a last line without its end waits."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []

    def add(self, body: Body) -> list[bytes]:
        """The lines that this piece completes, line ends included."""
        end = body.octets.rfind(b"\n") + 1
        if not end:
            self._rest.append(body.octets)
            return []
        cut = lines(self.rest() + body.octets[:end])
        self._rest.append(body.octets[end:])
        return cut

    def rest(self) -> bytes:
        """What is left when the body is over."""
        rest = b"".join(self._rest)
        self._rest.clear()
        return rest
