"""What a lesson may ask about a POP3 session."""

from collections.abc import Callable

from mailshell.core.session import Fact, Scalar, Sort
from mailshell.core.session import State as AnyState
from mailshell.pop3.desk import State
from mailshell.pop3.drop import Drop


def _session(name: str, sort: Sort, says: str, read: Callable[[State], Scalar]) -> Fact:
    def of(state: AnyState) -> Scalar:
        assert isinstance(state, State), "a state of another protocol"
        return read(state)

    return Fact(name, sort, says, of)


def _drop(name: str, sort: Sort, says: str, none: Scalar, read: Callable[[Drop], Scalar]) -> Fact:
    return _session(name, sort, says, lambda state: none if state.drop is None else read(state.drop))


FACTS = (
    _session("session.user", "text", "the user that the client has named", lambda state: state.user),
    _session("drop.open", "flag", "a maildrop is open and locked", lambda state: state.drop is not None),
    _drop("drop.count", "number", "messages in it that are not marked", 0, lambda drop: drop.left),
    _drop("drop.octets", "number", "how many octets they have", 0, lambda drop: drop.octets_left),
    _drop(
        *("drop.marked", "numbers", "the numbers of the messages that are marked as deleted", ()),
        lambda drop: tuple(number for number in range(1, len(drop.messages) + 1) if number in drop.marks),
    ),
)
"""What there is, in the order in which people read it."""
