"""What to try next: for each phase a safe step, an odd one and a breaking one, fitted to this server and its users.

A promise of a move holds for the state that it was made for; tests make every move and hold it to its verdict.
"""

from collections.abc import Callable

from mailshell.core.record import Phase, Verdict
from mailshell.core.session import Move
from mailshell.imap import phases as imap
from mailshell.imap.desk import Desk

Three = tuple[Move, ...]

_REFUSED = Verdict.REFUSED


def moves(desk: Desk) -> Three:
    """Three next moves; none once the connection is closed, and inside a literal."""
    find = _MOVES.get(desk.state.phase)
    return () if find is None else find(desk)


def _entry(desk: Desk) -> Three:
    tag = desk.tag
    accounts = [one for one in desk.host.accounts() if one.password and one.user.isascii()]
    safe = Move(
        "safe", f"{tag} CAPABILITY", "The server lists what it can do.", "A client asks before it relies on it."
    )
    if accounts:
        one = accounts[0]
        says = "The server lets you in."
        safe = Move("safe", f"{tag} LOGIN {one.user} {one.password}", says, "Everybody on the way can read this line.")
    return (
        safe,
        Move("odd", "zz NOOP", "The server answers OK, with the tag zz.", "A tag is whatever the client makes up."),
        Move(
            "breaking", f"{tag} SELECT INBOX", "The server answers BAD. Nothing changes.",
            "Before the login the server shows nothing of any mailbox.", _REFUSED,
        ),
    )  # fmt: skip


def _inside(desk: Desk) -> Three:
    tag = desk.tag
    return (
        Move("safe", f"{tag} SELECT INBOX", "The server opens INBOX.", "Messages stay on the server."),
        Move("odd", f'{tag} LIST "" ""', "The server tells the separator of levels.", "An empty pattern asks it."),
        Move(
            "breaking", f"{tag} FETCH 1 FLAGS", "The server answers BAD: no mailbox is open.",
            "FETCH works on the messages of an open mailbox.", _REFUSED,
        ),
    )  # fmt: skip


def _open(desk: Desk) -> Three:
    tag = desk.tag
    count = len(desk.view.uids)
    safe = Move("safe", f"{tag} NOOP", "The server tells what is new, if anything is.", "NOOP is how a client asks.")
    if count:
        safe = Move(
            "safe", f"{tag} FETCH 1:{count} FLAGS", "The server tells the flags.", "Asking for flags sets none."
        )
    return (
        safe,
        Move("odd", f"{tag} SEARCH UNSEEN", "The server gives numbers.", "The server looks, not the client."),
        Move(
            "breaking", f"{tag} FETCH {count + 1} FLAGS", "The server answers BAD: there is no such message.",
            "Sequence numbers go from 1 to what EXISTS said last.", _REFUSED,
        ),
    )  # fmt: skip


def _idle(desk: Desk) -> Three:
    return (Move("safe", "DONE", "The server answers the IDLE command.", "DONE has no tag: IDLE had one."),)


def _exchange(desk: Desk) -> Three:
    why = "A client that cannot answer a challenge gives up with one *."
    return (Move("safe", "*", "The server answers BAD, and nobody is logged in.", why, _REFUSED),)


_MOVES: dict[Phase, Callable[[Desk], Three]] = {
    imap.Phase.NOT_AUTHENTICATED: _entry,
    imap.Phase.AUTHENTICATED: _inside,
    imap.Phase.SELECTED: _open,
    imap.Phase.IDLE: _idle,
    imap.Phase.EXCHANGE: _exchange,
}
