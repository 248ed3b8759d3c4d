"""What a verb of a protocol of lines returns, and the session as it sees it, whatever the protocol."""

from typing import Protocol

from mailshell.core.record import Card
from mailshell.core.session import State
from mailshell.mail.host import Host


class Answer(Protocol):
    """What a verb returns; it becomes lines of the wire when the session writes it."""

    @property
    def card(self) -> Card:
        """The card of the reply."""

    @property
    def because(self) -> str:
        """The reason, for the student."""

    @property
    def tolerated(self) -> bool:
        """Whether the command was accepted in spite of a slip."""

    @property
    def asks(self) -> bool:
        """Whether the reply asks for more before the command is done."""

    @property
    def refuses(self) -> bool:
        """Whether the command was refused."""

    @property
    def closes(self) -> bool:
        """Whether the server ends the connection after a reply that refuses."""

    @property
    def off_slide(self) -> str:
        """What of the reply no slide of the lecture shows, in a sentence; empty where one shows it whole."""


class Desk(Protocol):
    """The session as a verb sees it."""

    host: Host
    classic: bool
    strict: bool

    @property
    def state(self) -> State:
        """Everything that the session remembers."""

    def offers(self, keyword: str) -> bool:
        """Whether the host offers this extension."""
