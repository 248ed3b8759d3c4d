"""What an SMTP verb may see and change: the state of the session, its host, its peer."""

from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.session import Peer
from mailshell.mail.host import Host
from mailshell.smtp import limits
from mailshell.smtp.grammar import Path
from mailshell.smtp.phases import Phase


class Envelope(NamedTuple):
    """An open mail transaction: return path, parameters of MAIL, recipients so far, recipients refused so far."""

    reverse_path: Path
    parameters: Mapping[str, str]
    recipients: tuple[Path, ...] = ()
    refused: int = 0


class Chunk(NamedTuple):
    """A piece of the message and, before it, the rest: a list that costs nothing to remember and to go back to."""

    before: "Chunk | None"
    octets: bytes


_SMALL = 4096


def chain(chunk: Chunk | None, piece: bytes) -> Chunk:
    """The list with one piece more; small pieces are joined, so that one octet at a time does not cost a chunk each."""
    before = chunk
    while before is not None and len(before.octets) <= len(piece) < _SMALL:
        piece = before.octets + piece
        before = before.before
    return Chunk(before, piece)


class Content(NamedTuple):
    """The message as it arrives, dots still stuffed.

    `size` counts its octets, `fresh` says that the next octet starts a line, `over` that it outgrew the host and that
    its pieces were dropped.
    """

    chunks: Chunk | None = None
    size: int = 0
    fresh: bool = True
    over: bool = False

    def octets(self) -> bytes:
        """The pieces in one."""
        pieces = []
        chunk = self.chunks
        while chunk is not None:
            pieces.append(chunk.octets)
            chunk = chunk.before
        return pieces[0] if len(pieces) == 1 else b"".join(reversed(pieces))


EMPTY = Content()


class State(NamedTuple):
    """Everything that an SMTP session remembers; replaced, never changed."""

    phase: Phase = Phase.GREETED
    hello: str = ""
    extended: bool = False
    envelope: Envelope | None = None
    content: Content = EMPTY
    pending: tuple[bytes, int] = (b"", 0)


class Desk:
    """The session as a verb sees it; `syntaxes` is how each verb is typed, for HELP."""

    __slots__ = ("classic", "enhanced", "host", "peer", "state", "strict", "syntaxes")

    def __init__(self, host: Host, peer: Peer, syntaxes: Mapping[str, str]) -> None:
        self.syntaxes = syntaxes
        self.host = host
        self.peer = peer
        self.state = State()
        self.classic = host.traits.voice == "classic"
        self.strict = host.traits.policy == "strict"
        self.enhanced = self.offers("ENHANCEDSTATUSCODES")

    def offers(self, keyword: str) -> bool:
        """Whether the host offers this extension; the classic voice offers none."""
        return not self.classic and keyword not in self.host.traits.off

    @property
    def size_limit(self) -> int:
        """The largest message of the host, in octets."""
        size = self.host.traits.size
        return limits.MESSAGE if size is None else size

    @property
    def recipient_limit(self) -> int:
        """The most recipients that one message may have."""
        recipients = self.host.traits.recipients
        return limits.RECIPIENTS if recipients is None else recipients

    def greeted(self, hello: str, extended: bool) -> None:
        """The client said its name; an open transaction is dropped (RFC 5321 section 4.1.4)."""
        self.state = State(Phase.READY, hello, extended)

    def move(self, to: Phase, envelope: Envelope | None) -> None:
        """Go to another phase with this envelope, and no message text yet."""
        state = self.state
        self.state = State(to, state.hello, state.extended, envelope)

    def clear(self) -> None:
        """Drop the transaction: back to READY, or to GREETED where the client has no name yet."""
        self.move(Phase.READY if self.state.hello else Phase.GREETED, None)
