"""What the server of a protocol of lines says when it refuses: each protocol has its own words."""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from mailshell.core.command import Command
from mailshell.core.record import Fault, Phase
from mailshell.mail.answer import Answer, Desk
from mailshell.mail.faults import Fault as Trouble

D = TypeVar("D", bound=Desk)
A = TypeVar("A", bound=Answer)


class Refusals(ABC, Generic[D, A]):
    """The refusals of a server, by what is wrong with a line."""

    __slots__ = ()

    @abstractmethod
    def _unknown(self, line: bytes, phase: Phase) -> A:
        """The first word is no verb."""

    @abstractmethod
    def _absent(self, name: str) -> A:
        """The verb, or a capability that the line uses, is known, and this server does not have it."""

    @abstractmethod
    def _misplaced(self, command: Command[D, A], phase: Phase) -> A:
        """The verb is known, and not legal in this phase."""

    @abstractmethod
    def _unfit(self, command: Command[D, A], line: bytes, fault: Fault) -> A:
        """What follows the verb does not fit the grammar."""

    @abstractmethod
    def _refusal(self, fault: Trouble) -> A:
        """A fault that was put in wants the command refused."""

    @abstractmethod
    def _too_long(self, size: int, limit: int) -> A:
        """The line is over the limit of its verb."""

    @abstractmethod
    def _bare_lf(self, octets: bytes) -> A:
        """The line ends in LF alone."""
