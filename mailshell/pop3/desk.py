"""What a POP3 verb may see and change: the state of the session, its host, its peer."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from mailshell.core.clock import Instant
from mailshell.core.command import Command
from mailshell.core.session import Peer
from mailshell.mail.host import Host
from mailshell.mail.store import Account
from mailshell.pop3 import eras
from mailshell.pop3.drop import Drop
from mailshell.pop3.phases import Phase
from mailshell.pop3.wording import Language, Reply

Mechanism = Callable[[Host, tuple[bytes, ...]], bytes | Account | None]
"""A SASL mechanism: from all that the client has answered so far, the next challenge, or who it is, or None (refused).

A function of the answers alone, so that an exchange is a value like all else that a session remembers.
"""


class Dialogue(NamedTuple):
    """An AUTH exchange: the mechanism, and the answers so far."""

    mechanism: str
    answers: tuple[bytes, ...] = ()


class State(NamedTuple):
    """Everything that a POP3 session remembers; replaced, never changed. `drop` is there in TRANSACTION alone."""

    phase: Phase = Phase.AUTHORIZATION
    user: str = ""
    drop: Drop | None = None
    utf8: bool = False
    language: Language = "en"
    dialogue: Dialogue | None = None
    pending: tuple[bytes, int] = (b"", 0)
    active: Instant = Instant(0)


class Desk:
    """The session as a verb sees it; `commands` are all that exist, `stamp` is the challenge of APOP."""

    __slots__ = ("classic", "commands", "host", "mechanisms", "peer", "stamp", "state", "strict")

    def __init__(
        self,
        host: Host,
        peer: Peer,
        commands: tuple[Command["Desk", Reply], ...],
        mechanisms: Mapping[str, Mechanism] = {},
    ) -> None:
        self.commands = commands
        self.host = host
        self.peer = peer
        self.mechanisms = mechanisms
        self.classic = host.traits.voice == "classic"
        self.strict = host.traits.policy == "strict"
        self.state = State() if self.exists else State(Phase.CLOSED)
        self.stamp = f"<{host.stamp}>" if self.offers("APOP") else ""

    @property
    def exists(self) -> bool:
        """Whether there is a POP3 in the year of the host."""
        return eras.FIRST.known(self.host.traits.era)

    def offers(self, keyword: str) -> bool:
        """Whether the host offers a capability, or an optional command; the classic voice has USER and PASS alone."""
        traits = self.host.traits
        if keyword in traits.off or not eras.YEARS.known(keyword, traits.era):
            return False
        if self.classic:
            return keyword == "USER"
        if keyword == "LOGIN-DELAY":
            return traits.delay > 0
        return keyword != "SASL" or bool(self.mechanisms)

    def gives(self, code: str) -> bool:
        """Whether the server uses a response code (RFC 2449 section 6.4, RFC 3206 section 6)."""
        return self.offers("RESP-CODES") and (code != "AUTH" or self.offers("AUTH-RESP-CODE"))

    @property
    def keeps(self) -> int | None:
        """How many days mail stays on the server (RFC 2449 section 6.7): 0, none that was fetched; None, any number."""
        days = self.host.traits.expire
        return days if days is not None and self.offers("EXPIRE") else None

    @property
    def drop(self) -> Drop:
        """The maildrop of the session, in the phase TRANSACTION."""
        drop = self.state.drop
        assert drop is not None, "the phase TRANSACTION has a maildrop"
        return drop

    def put(self, drop: Drop) -> None:
        """The same maildrop, with other marks."""
        self.state = self.state._replace(drop=drop)

    def move(self, to: Phase, user: str = "", dialogue: Dialogue | None = None) -> None:
        """Go to a phase without a maildrop; one that was open is unlocked."""
        state = self.state
        if state.drop is not None:
            self.host.unlock(state.drop.user, self)
        self.state = State(to, user, None, state.utf8, state.language, dialogue)

    def enter(self, drop: Drop) -> None:
        """Open a maildrop that was locked for this session."""
        state = self.state
        self.state = State(Phase.TRANSACTION, drop.user, drop, state.utf8, state.language)

    def restore(self, state: State) -> None:
        """Go to a state that the session has been in, the lock of the maildrop included."""
        if self.state.drop is not None:
            self.host.unlock(self.state.drop.user, self)
        if state.drop is not None:
            self.host.relock(state.drop.user, self)
        self.state = state
