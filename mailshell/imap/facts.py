"""What a lesson may ask about an IMAP session."""

from collections.abc import Callable

from mailshell.core.session import Fact, Scalar, Sort
from mailshell.core.session import State as AnyState
from mailshell.imap.desk import State
from mailshell.imap.view import View


def _session(name: str, sort: Sort, says: str, read: Callable[[State], Scalar]) -> Fact:
    def of(state: AnyState) -> Scalar:
        assert isinstance(state, State), "a state of another protocol"
        return read(state)

    return Fact(name, sort, says, of)


def _open(name: str, sort: Sort, says: str, none: Scalar, read: Callable[[View], Scalar]) -> Fact:
    return _session(name, sort, says, lambda state: none if state.view is None else read(state.view))


FACTS = (
    _session("session.user", "text", "the user that the client has named", lambda state: state.user),
    _session("session.tag", "text", "the tag of the last command", lambda state: state.tag.decode("ascii")),
    _open("open.mailbox", "text", "the name of the mailbox that is open", "", lambda view: view.key.name),
    _open("open.writable", "flag", "SELECT opened it, not EXAMINE", False, lambda view: view.writable),
    _open("open.count", "number", "how many messages the session knows in it", 0, lambda view: len(view.uids)),
    _open("open.recent", "number", "how many of them have \\Recent", 0, lambda view: view.recents),
    _open("open.uids", "numbers", "the uids of its messages, in their order", (), lambda view: view.uids),
)
"""What there is, in the order in which people read it."""
