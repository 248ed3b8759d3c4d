"""What a protocol knows beyond our own sessions: conversations that other programs wrote down, lines and words alone.

A `Reader` is the contract: the shell explains words and logs of every protocol through it, and knows none itself.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, Literal, NamedTuple, Protocol, TypeVar

from mailshell.core.command import Table
from mailshell.core.explain import Note, Row
from mailshell.core.record import Cite, Fault, Phase, Side

Traits = TypeVar("Traits")
Desk = TypeVar("Desk")
Answer = TypeVar("Answer")

Kind = Literal["greeting", "command", "answer", "text", "line", "reply", "hidden"]

_LEFT_OUT = re.compile(rb" \[[0-9,]+ octets not shown\] ")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{4,}={0,2}")


class Step(NamedTuple):
    """What one turn of a conversation was.

    `greeting`, and `reply` for one whose command is not shown, have no octets; `answer` is a line of an AUTH exchange.
    `text` is a line of a message, and `side` says whose; `line` is one of a list that the server sends, in `replies`.
    With `dotted` a line of it that begins with a dot was stuffed. `hidden` stands for a message or a list of that side
    that is not shown. `before` and `after` are None where the lines do not prove a phase. `lead` is what of a `line`
    came before the octets that were counted.
    """

    kind: Kind
    octets: bytes
    replies: tuple[bytes, ...]
    before: Phase | None
    after: Phase | None
    verb: bytes = b""
    refused: bool = False
    side: Side = "client"
    dotted: bool = True
    lead: bytes = b""


class Follower(Protocol):
    """Follows one connection from outside; lines come with their line ends, and each makes the turns that it ends."""

    phase: Phase | None

    def client(self, octets: bytes) -> list[Step]:
        """A line from the client."""

    def server(self, octets: bytes) -> list[Step]:
        """A line from the server."""

    def end(self) -> list[Step]:
        """The log is over; what still waits goes out without an answer."""


class Sorter(Protocol):
    """Tells whose each line of a screen is that has no signs; lines come without their line ends.

    `inside` is the side whose text goes on: no line of it is a command or a reply. `open`: the server has spoken, and
    has not said goodbye.
    """

    inside: Side | None
    open: bool

    def read(self, line: bytes) -> Side | None:
        """Whose line it is; None where it is no text and no reply: somebody typed it, or a program says it."""

    def typed(self, line: bytes) -> None:
        """The line that was read last is one of the client."""


class Begun(NamedTuple):
    """A screen on which a server has spoken; `before` are the lines above that belong to the conversation."""

    sorter: Sorter
    before: tuple[bytes, ...]


class Fact(NamedTuple):
    """One thing that is known: its name, what kind of thing it is, one line, some sentences, what to do next.

    `fields` are heads and texts, for those who want all; `section` is where it stands; `origin` is the name under
    which its year is known, where that is another name; `late` says that the server does not know it.
    """

    name: str
    kind: str
    says: str
    more: str = ""
    next: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    section: str = ""
    origin: str = ""
    late: str = ""


class Remark(NamedTuple):
    """A sentence below a turn."""

    head: Literal["why", "note", "next"]
    text: str


class Told(NamedTuple):
    """A line that stands alone: its short name, the line taken apart, what is wrong with it, what its words mean.

    `row` is None where the line is only a word with a value.
    """

    name: str
    row: Row | None
    remarks: tuple[Remark, ...]
    facts: tuple[Fact, ...]


class Reader(NamedTuple, Generic[Traits]):
    """What a protocol makes of lines and words from elsewhere; `Traits` are the habits of the server that is asked.

    `is_reply` and `knows` take a line without its end: one of a server, one that starts with a command of any server.
    `begin` takes what stands above a line on a screen, and the line. `sent`, `answers` and `remarks` show a turn.
    `reply` and `command` explain a line alone, and give None for one that is none. `codes` are the words of a reply
    that `facts` explains. `names` are all words that can be explained, each with the name of the thing. `dated` adds
    to a fact, of this protocol or of none, that a server of that time does not know it.
    """

    is_reply: Callable[[bytes], bool]
    knows: Callable[[bytes], bool]
    begin: Callable[[Sequence[bytes], bytes], Begun | None]
    follow: Callable[[], Follower]
    sent: Callable[[Step], Row]
    answers: Callable[[Step], tuple[Row, ...]]
    remarks: Callable[[Step], tuple[Remark, ...]]
    reply: Callable[[bytes, Traits], Told | None]
    command: Callable[[bytes, Traits], Told | None]
    codes: Callable[[bytes], tuple[str, ...]]
    facts: Callable[[str, Traits], list[Fact]]
    names: Callable[[], Iterator[tuple[str, str]]]
    dated: Callable[[Fact, Traits], Fact]


def misfit(line: bytes, table: Table[Desk, Answer]) -> Fault | None:
    """Where a command line that has a known verb stops to fit the grammar; None for a line that is not whole."""
    reading = table.read(line, marks=True)
    complete = reading.command is not None and not left_out(line)
    return reading.parsed if complete and isinstance(reading.parsed, Fault) else None


def alone(row: Row, facts: Iterable[Fact], kind: str, because: str) -> Told | None:
    """A line of a client as if it stood alone; None where none of the facts about its verb is of this kind.

    `because` says where it does not fit the grammar, and is empty where it does.
    """
    about = tuple(fact for fact in facts if fact.kind == kind)
    why = (Remark("why", f"It does not fit the grammar. {because}"),) if because else ()
    return Told(verb_of(row.octets).upper(), row, why, about) if about else None


def verb_of(line: bytes) -> str:
    """The first word of a line."""
    return line.split(b" ", 1)[0].decode("latin-1")


def left_out(line: bytes) -> bool:
    """Whether the middle of a line is left out, so that no grammar can be asked about it."""
    return _LEFT_OUT.search(line) is not None


def kept(fields: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The fields that say something: in a table `-` stands for nothing."""
    return tuple((head, text) for head, text in fields if text not in ("-", ""))


def joined(sections: str) -> str:
    """Sections, each once."""
    return "; ".join(dict.fromkeys(sections.split("; ")))


def plain_of(text: bytes) -> str:
    """The text of a challenge of SASL, in quotes, where it is text; else nothing."""
    try:
        plain = base64.b64decode(text, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return f'"{plain}"' if plain.isprintable() and plain else ""


def answer_row(octets: bytes, cite: Cite) -> Row:
    """A line of the client in a SASL exchange: all of it is a secret."""
    line = octets.rstrip(b"\r\n")
    if line == b"*":
        return Row("client", "plain", octets, "the client gives up AUTH", (Note("*", 0, 1, "cancels AUTH"),), (), cite)
    if not line:
        return Row("client", "plain", octets, "an empty answer", (), (), cite)
    return secret_row(octets, "base64", "answer to the challenge, a secret", cite)


def secret_row(octets: bytes, rule: str, gloss: str, cite: Cite) -> Row:
    """A line of the client that is a secret from its start to its end."""
    size = len(octets.rstrip(b"\r\n"))
    return Row("client", "plain", octets, gloss, (Note(rule, 0, size, gloss),), ((0, size),), cite)


def looks_secret(line: bytes) -> bool:
    """Whether a line out of place reads as text in base64: an answer of AUTH whose challenge the log does not show."""
    if not _BASE64.fullmatch(line) or len(line) % 4:
        return False
    plain = base64.b64decode(line).replace(b"\0", b" ")
    return plain.isascii() and plain.decode("ascii").isprintable()


def maybe_secret(row: Row) -> Row:
    """A row of a line that is no command: masked where it may be a secret."""
    line = row.octets.rstrip(b"\r\n")
    if row.secret or not looks_secret(line):
        return row
    return row._replace(gloss="no command: perhaps a secret in base64", notes=(), secret=((0, len(line)),))


def argument_notes(line: bytes, says: str, names: Sequence[tuple[str, str]] = ()) -> tuple[Note, ...]:
    """A line of a command that only a table knows: its verb, then each argument; `names` are rules and glosses."""
    verb, *arguments = re.finditer(rb"[^ ]+", line)
    notes = [Note(verb[0].decode("latin-1").upper(), *verb.span(), f"verb: {says}")]
    for number, found in enumerate(arguments):
        rule, gloss = names[number] if number < len(names) else ("argument", "argument")
        notes.append(Note(rule, *found.span(), gloss))
    return tuple(notes)
