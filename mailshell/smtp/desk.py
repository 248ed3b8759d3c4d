"""What an SMTP verb may see and change: the state of the session, its host, its peer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from mailshell.core.chunks import Chunk, joined
from mailshell.core.clock import Instant
from mailshell.core.command import Command
from mailshell.core.session import Peer
from mailshell.mail.host import Host
from mailshell.smtp import eras, limits
from mailshell.smtp.grammar import Path
from mailshell.smtp.phases import Phase
from mailshell.smtp.wording import Reply


class Envelope(NamedTuple):
    """An open mail transaction: return path, parameters of MAIL, recipients so far, recipients refused so far.

    `opened` is the time of MAIL, kept where it has parameters; `asked` are the parameters of RCPT for the recipients
    that came with some.
    """

    reverse_path: Path
    parameters: Mapping[str, str]
    recipients: tuple[Path, ...] = ()
    refused: int = 0
    opened: Instant = Instant(0)
    asked: Mapping[Path, Mapping[str, str]] = MappingProxyType({})


class Content(NamedTuple):
    """The message as it arrives, by DATA with dots still stuffed.

    `size` counts its octets, `fresh` says that the next octet starts a line, `over` that it outgrew the host and that
    its pieces were dropped.
    """

    chunks: Chunk | None = None
    size: int = 0
    fresh: bool = True
    over: bool = False

    def octets(self) -> bytes:
        """The pieces in one."""
        return joined(self.chunks)


EMPTY = Content()


class Incoming(NamedTuple):
    """A chunk as it arrives: what BDAT said, octets still to come, the phase before it.

    `refusal` is the answer where that is known from the start; the octets are read all the same, and not kept.
    """

    size: int
    last: bool
    left: int
    before: Phase
    refusal: Reply | None = None


class State(NamedTuple):
    """Everything that an SMTP session remembers; replaced, never changed.

    `mails` counts the MAIL commands, where the host limits them.
    """

    phase: Phase = Phase.GREETED
    hello: str = ""
    extended: bool = False
    envelope: Envelope | None = None
    mails: int = 0
    content: Content = EMPTY
    chunk: Incoming | None = None
    pending: tuple[bytes, int] = (b"", 0)
    active: Instant = Instant(0)


class Desk:
    """The session as a verb sees it; `commands` are all that exist, `early`: the host speaks as in 1982."""

    __slots__ = ("classic", "commands", "early", "enhanced", "host", "peer", "state", "strict")

    def __init__(self, host: Host, peer: Peer, commands: tuple[Command["Desk", Reply], ...]) -> None:
        self.commands = commands
        self.host = host
        self.peer = peer
        self.state = State()
        self.classic = host.traits.voice == "classic"
        self.early = host.traits.era == "1982" and not self.classic
        self.strict = host.traits.policy == "strict"
        self.enhanced = self.offers("ENHANCEDSTATUSCODES")

    def offers(self, keyword: str) -> bool:
        """Whether the host offers this extension: it is not off and of no later year; the classic voice has none."""
        traits = self.host.traits
        return not self.classic and keyword not in traits.off and eras.known(keyword, traits.era)

    def has(self, command: Command["Desk", Reply]) -> bool:
        """Whether the host lists this command as one of its own."""
        return command.offered(self.offers)

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
        self.state = State(Phase.READY, hello, extended, mails=self.state.mails)

    def move(self, to: Phase, envelope: Envelope | None) -> None:
        """Go to another phase with this envelope, and no message text yet."""
        state = self.state
        self.state = State(to, state.hello, state.extended, envelope, state.mails)

    def clear(self) -> None:
        """Drop the transaction: back to READY, or to GREETED where the client has no name yet."""
        self.move(Phase.READY if self.state.hello else Phase.GREETED, None)
