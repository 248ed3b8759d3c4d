"""The contract that every protocol engine keeps, and what a protocol package offers to the rest."""

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, Literal, NamedTuple, Protocol, TypeVar

from mailshell.core.clock import Instant
from mailshell.core.record import Card, Expect, Fault, Part, Phase, Record, Verdict, Want

Host_contra = TypeVar("Host_contra", contravariant=True)
Host = TypeVar("Host")


class Peer(NamedTuple):
    """Who is at the other end: a name for people, an IP address, and whether it is inside the host's own network."""

    name: str
    address: str
    inside: bool


class Preview(NamedTuple):
    """What the grammar makes of a half-typed line; `card` is None while the verb is not known.

    `fault` is what a server would say if the line ended here, and `fits` counts the octets that are right whatever
    follows: all of a line that only is unfinished. `wants` is what the line may go on with that this server takes,
    verbs that are not legal now included. `why` says why the server would refuse a line that begins so. `note` is
    for a line of a message: what its octets do.
    """

    card: Card | None
    legal: bool
    parts: tuple[Part, ...] = ()
    fault: Fault | None = None
    expected: tuple[Expect, ...] = ()
    fits: int = 0
    wants: tuple[Want, ...] = ()
    why: str = ""
    note: str = ""


class Move(NamedTuple):
    """Something that a student may try now.

    `line` is what one types, a local command where it begins with a colon; `says` is what will happen, `why` what one
    learns from it. `verdict` is promised for the answer; None: no answer comes yet.
    """

    kind: Literal["safe", "odd", "breaking"]
    line: str
    says: str
    why: str
    verdict: Verdict | None = Verdict.ACCEPTED


class Numbers(NamedTuple):
    """The messages of a user's mailbox as a session numbers them, by their uids, and those that it has marked."""

    user: str
    mailbox: str
    numbers: Mapping[int, int]
    marked: frozenset[int]


Sort = Literal["text", "number", "flag", "texts", "numbers"]
"""What a lesson may know of a server is one of these."""

Scalar = str | int | bool | tuple[str, ...] | tuple[int, ...]
"""The value of something of a `Sort`, in its order: a text, a number, a flag, texts, numbers."""

EMPTY: Mapping[Sort, Scalar] = {"text": "", "number": 0, "flag": False, "texts": (), "numbers": ()}
"""The value of each sort where there is nothing."""


class State(Protocol):
    """Everything that a session remembers, as one frozen value."""

    @property
    def phase(self) -> Phase:
        """Where the conversation stands."""


class Fact(NamedTuple):
    """Something about a session that a lesson may ask for, by a name such as `envelope.sender`."""

    name: str
    sort: Sort
    says: str
    read: Callable[[State], Scalar]


class Session(Protocol):
    """One end of a conversation: octets in, records out; no socket, no wall clock, no colour."""

    @property
    def phase(self) -> Phase:
        """Where the conversation stands."""

    @property
    def state(self) -> State:
        """The whole memory of the session; `restore` puts an earlier one back."""

    @property
    def deadline(self) -> Instant | None:
        """When to wake the session if nothing arrives before."""

    def restore(self, state: State) -> None:
        """Go back, or forward, to a state that this session has been in."""

    def greet(self) -> list[Record]:
        """The connection stands."""

    def receive(self, data: bytes, most: int | None = None) -> list[Record]:
        """Octets arrived; never raises, whatever they are.

        Once the answers have more than `most` octets no further command is run, and a command that takes long may be
        done in pieces, one at a time: the rest `waits`, also in `state`, and goes on with what is received next, no
        octets included. None: all is done at once.
        """

    @property
    def waits(self) -> bool:
        """Whether the rest of a command, or octets that arrived, wait for their turn."""

    def receive_eof(self) -> list[Record]:
        """The peer will send no more, and gets no more answers: what `waits` is lost."""

    def wake(self) -> list[Record]:
        """The clock has moved past the deadline."""

    def shut(self) -> list[Record]:
        """The server stops: say so, where the protocol has words for it, and close."""

    def touch(self) -> None:
        """Something happened that counts as activity: the deadline starts anew."""

    def legal(self) -> tuple[str, ...]:
        """The names of the commands that this server takes now."""

    def moves(self) -> tuple[Move, ...]:
        """A safe, an odd and a breaking next step; none where the connection is over or half a line waits."""

    @property
    def watches(self) -> frozenset[tuple[str, str, str]]:
        """The mailboxes (host, user, name) of whose changes the session wants to hear at once; see `hear`."""

    def hear(self) -> list[Record]:
        """A mailbox that the session watches has changed: what the server says of that, unasked."""

    def numbers(self) -> Numbers | None:
        """How this session numbers messages; None where no mailbox is open in it."""

    def names(self, rule: Expect) -> Iterable[tuple[str, str]]:
        """What of this session may stand for a rule: texts as one types them, each with what it is."""

    def rushed(self, records: list[Record]) -> Iterable[tuple[int, str]]:
        """Of the records that `receive` gave last, those whose answers the client should have waited for.

        Each by its index, with the reason. The caller knows that all, and what `waits`, had come before the first
        answer was sent.
        """

    def preview(self, line: bytes) -> Preview:
        """What a half-typed line, line end left out, would mean; changes nothing."""


class Marked(NamedTuple):
    """A line taken apart: the card that explains it, its parts, a gloss for each part's rule, a gloss for the line."""

    card: Card | None
    parts: tuple[Part, ...]
    glosses: Mapping[str, str]
    gloss: str


class Topic(NamedTuple):
    """A card with what one types, for help."""

    card: Card
    syntax: str
    examples: tuple[str, ...]


Kind = Literal["user", "host", "verb"]
"""What stands for a rule in a world: the name of a mailbox, the name of a host, a command of the protocol."""


def _none(line: bytes) -> int:
    return 0


def _unsaid(line: bytes, verb: str, because: str) -> str:
    return ""


def _nothing(line: bytes) -> Literal["", "header", "message"]:
    return ""


class Engine(NamedTuple, Generic[Host]):
    """A protocol: how to open a session, how to take its lines apart, what there is to know.

    `mark_reply` takes a line of an answer, line end left out, the card of the answer, and which of its lines it is,
    from 0. `usual` are the commands for any time, the most useful first, `kinds` says what stands for a rule in a
    world, and `own` are the rules in which a client names itself. `messages` are the names of the answers that bring
    a message: all of its lines between the first and the last, dots stuffed. `answers` are the phases in which a
    client answers what a mechanism asks: what it sends there is no command and no text, and may be a secret. `counted`
    says of a line of an answer how many octets come after it that are no lines of the protocol. `tagged`: each
    command begins with a tag, and so does the last line of its answer. `lead` says of a line of a client how many
    octets stand before its verb. `cause` says of a line of an answer, of the verb that is
    answered and of the reason of the record what brought that line. `brings` says of a line of an answer whether a
    message, or the header of one, comes in the octets counted after it. `facts` are what
    a lesson may ask about a session.
    """

    name: str
    port: int
    open: Callable[[Host, Peer], Session]
    mark_command: Callable[[bytes], Marked]
    mark_reply: Callable[[bytes, Card, int], Marked]
    phases: Mapping[Phase, Card]
    topics: tuple[Topic, ...]
    matrix: Callable[[Host], list[str]]
    reads_lines: Callable[[Phase], bool]
    usual: tuple[str, ...]
    kinds: Mapping[str, Kind]
    own: frozenset[str]
    messages: frozenset[str] = frozenset()
    answers: frozenset[Phase] = frozenset()
    counted: Callable[[bytes], int] = _none
    tagged: bool = False
    lead: Callable[[bytes], int] = _none
    cause: Callable[[bytes, str, str], str] = _unsaid
    brings: Callable[[bytes], Literal["", "header", "message"]] = _nothing
    facts: Callable[[], tuple[Fact, ...]] = tuple
