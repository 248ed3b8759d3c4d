"""Records: one frozen value for each step of a conversation, the same for every protocol.

Lines, marked parts and notes are derived from a record when somebody looks at it (`core.explain`);
the record itself holds only what happened.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Literal, NamedTuple, Protocol

Side = Literal["client", "server"]


class Phase(Enum):
    """Where a conversation stands; each protocol has its own subclass, each value a short title for people."""

    __hash__ = object.__hash__  # a phase is looked up several times a command, and Enum hashes its name in Python


class Verdict(Enum):
    """What became of a command."""

    ACCEPTED = "accepted"
    TOLERATED = "accepted, but not by the standard"
    REFUSED = "refused"


class Cite(NamedTuple):
    """The place in an RFC that a statement rests on."""

    rfc: int
    section: str

    def __str__(self) -> str:
        return f"RFC {self.rfc} section {self.section}"


class Card(NamedTuple):
    """The explanation of one command, reply, parameter or phase.

    `says` is the gloss of one line (no full stop), `more` the longer text in whole sentences, `parts` the gloss of
    each RFC rule that the grammar marks, `next` what to do or send now.
    """

    name: str
    says: str
    cite: Cite
    parts: Mapping[str, str] = {}
    more: str = ""
    next: str = ""


class Part(NamedTuple):
    """Octets `start` to `end` are this RFC rule; parts are flat, in order, and do not overlap."""

    rule: str
    start: int
    end: int
    secret: bool = False


class Expect(NamedTuple):
    """Something that would have been accepted: a word or a rule, and what it is for.

    Of a rule, `words` are all that it may be, where they are few, each with what it means; `like` is one way to write
    it. `needs` is the capability that has it, empty where every server has it.
    """

    what: str
    why: str
    words: tuple[tuple[str, str], ...] = ()
    like: str = ""
    needs: str = ""


class Want(NamedTuple):
    """What a line may go on with: the word `text`, or a rule where that is empty.

    It begins at octet `at`, and what the line has from there on may be its beginning; `rule` is the rule around it.
    """

    at: int
    text: str
    expect: Expect
    rule: str = ""


class Fault(NamedTuple):
    """Bad input as a value: the first octet that does not fit, what would have fitted, and the rule that was read.

    With `formed` the input has its right form there, and what it stands for cannot be.
    """

    at: int
    expected: tuple[Expect, ...]
    rule: str = ""
    formed: bool = False


class Parsed(Protocol):
    """A command that was understood: a frozen value of its verb."""

    @property
    def card(self) -> Card:
        """The card of the verb."""

    def line(self) -> bytes:
        """The command as octets, line end left out, in its usual spelling."""


class Opened(NamedTuple):
    """The connection stands and the server has greeted."""

    replies: tuple[bytes, ...]
    after: Phase
    card: Card


class Exchange(NamedTuple):
    """One complete command and its final answer.

    `octets` are empty where the answer comes after a body that was counted, and not ended by a line, and where it
    `continues`: it is a further piece of an answer that began in an earlier record.
    `replies` are whole lines with their line ends, a long answer many of them in one item: `reply_lines` cuts it when
    somebody looks. `because` is for the student and is never sent; `changes` are the
    numbers of the store's changes that the command made; `card` explains the answer. `lead` is what of the command
    stood before these octets: earlier lines, and what came between them.
    """

    octets: bytes
    parsed: Parsed | Fault
    before: Phase
    after: Phase
    replies: tuple[bytes, ...]
    because: str
    verdict: Verdict
    changes: range
    card: Card
    lead: bytes = b""
    continues: bool = False


class Prompt(NamedTuple):
    """A command that was answered by asking for more: SMTP 354 and 334, `+` in POP3 and IMAP.

    `wants` counts the octets that must follow, where the command said so (SMTP BDAT and some literals of IMAP ask
    without a word). `lead` is as in an Exchange.
    """

    octets: bytes
    parsed: Parsed
    before: Phase
    after: Phase
    replies: tuple[bytes, ...]
    because: str
    verdict: Verdict
    card: Card
    wants: int | None = None
    lead: bytes = b""


class Body(NamedTuple):
    """A piece of what the server had asked for; `omitted` counts the octets that a bounded transcript left out."""

    octets: bytes
    omitted: int = 0


class Notice(NamedTuple):
    """What the server says unasked, and the cause."""

    because: str
    before: Phase
    after: Phase
    replies: tuple[bytes, ...]
    card: Card


class Closed(NamedTuple):
    """The connection is over; `by` is the side that ended it."""

    by: Side
    before: Phase
    because: str


Spoken = Opened | Exchange | Prompt | Notice | Closed
"""The records that have something to say by themselves: all but the pieces of a body."""

Record = Spoken | Body

HEARD = (Exchange, Prompt, Body)
"""The records that hold octets of the client."""

SAID = (Opened, Exchange, Prompt, Notice)
"""The records that hold replies."""


def reply_lines(record: Opened | Exchange | Prompt | Notice) -> list[bytes]:
    """The lines of what the server said, each with its CR LF."""
    return [line + b"\r\n" for item in record.replies for line in item.removesuffix(b"\r\n").split(b"\r\n")]


def reply_ends(record: Opened | Exchange | Prompt | Notice, most: int) -> tuple[list[bytes], int]:
    """The first lines of what the server said and its last line, and how many lines between them are left out.

    An answer of `most` lines, or one more, is whole; of a longer one no more than is wanted is cut into lines.
    """
    count = sum(item.count(b"\r\n") for item in record.replies)
    if count <= most + 1:
        return reply_lines(record), 0
    head: list[bytes] = []
    for item in record.replies:
        wanted = most - len(head)
        head += [line + b"\r\n" for line in item.removesuffix(b"\r\n").split(b"\r\n", wanted)[:wanted]]
    last = record.replies[-1].removesuffix(b"\r\n")
    return [*head, last[last.rfind(b"\n") + 1 :] + b"\r\n"], count - most - 1
