"""The contract that every protocol engine keeps, and what a protocol package offers to the rest."""

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, NamedTuple, Protocol, TypeVar

from mailshell.core.clock import Instant
from mailshell.core.record import Card, Expect, Fault, Part, Phase, Record

Host_contra = TypeVar("Host_contra", contravariant=True)
Host = TypeVar("Host")


class Peer(NamedTuple):
    """Who is at the other end: a name for people, an IP address, and whether it is inside the host's own network."""

    name: str
    address: str
    inside: bool


class Preview(NamedTuple):
    """What the grammar makes of a half-typed line; `card` is None while the verb is not known."""

    card: Card | None
    legal: bool
    parts: tuple[Part, ...]
    fault: Fault | None
    expected: tuple[Expect, ...]


class State(Protocol):
    """Everything that a session remembers, as one frozen value."""

    @property
    def phase(self) -> Phase:
        """Where the conversation stands."""


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

    def receive(self, data: bytes) -> list[Record]:
        """Octets arrived; never raises, whatever they are."""

    def receive_eof(self) -> list[Record]:
        """The peer will send no more."""

    def wake(self) -> list[Record]:
        """The clock has moved past the deadline."""

    def shut(self) -> list[Record]:
        """The server stops: say so, where the protocol has words for it, and close."""

    def touch(self) -> None:
        """Something happened that counts as activity: the deadline starts anew."""

    def legal(self) -> tuple[str, ...]:
        """The names of the commands that this server takes now."""

    def rushed(self, records: list[Record]) -> Iterable[tuple[int, str]]:
        """Of the records that `receive` gave last, those whose answers the client should have waited for.

        Each by its index, with the reason. The caller knows that all had come before the first answer was sent.
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


class Engine(NamedTuple, Generic[Host]):
    """A protocol: how to open a session, how to take its lines apart, what there is to know."""

    name: str
    port: int
    open: Callable[[Host, Peer], Session]
    mark_command: Callable[[bytes], Marked]
    mark_reply: Callable[[bytes, Card], Marked]
    phases: Mapping[Phase, Card]
    topics: tuple[Topic, ...]
    matrix: Callable[[Host], list[str]]
    reads_lines: Callable[[Phase], bool]
