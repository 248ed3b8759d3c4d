"""The messages that a command names: by sequence numbers or by uids (RFC 3501 sections 2.3.1 and 6.4.8)."""

from typing import NamedTuple

from mailshell.imap import sets
from mailshell.imap.desk import Desk
from mailshell.imap.replies import NO_SUCH_NUMBER
from mailshell.imap.wording import Reply
from mailshell.mail.store import Message


class Chosen(NamedTuple):
    """Sequence numbers and messages; `missing` counts those that another session has removed."""

    numbers: list[int]
    messages: list[Message]
    missing: int


def places(desk: Desk, numbers: sets.Numbers, *, uid: bool) -> list[int] | Reply:
    """The places, from 0, of the messages of a set; a reply where a sequence number does not exist."""
    view = desk.view
    if numbers == sets.SAVED:
        return [at for at in map(view.place, view.saved) if at is not None]
    found = sets.by_uid(numbers, view.uids) if uid else sets.by_number(numbers, len(view.uids))
    if found is None:
        count = len(view.uids)
        said = "is empty" if not count else f"has {count} message{'' if count == 1 else 's'}"
        return NO_SUCH_NUMBER(f"The mailbox {said}, as far as this session has been told.")
    if uid and not found:
        desk.note("No message of the mailbox has such a uid, which is no mistake.")
    return found


def choose(desk: Desk, numbers: sets.Numbers, *, uid: bool) -> Chosen | Reply:
    """The messages of a set; a reply where a sequence number does not exist.

    A uid of no message is left out without a word (RFC 3501 section 6.4.8), and so is what is gone from `$` (RFC 5182
    section 2.1).
    """
    view, mailbox = desk.view, desk.mailbox
    wanted = places(desk, numbers, uid=uid)
    if isinstance(wanted, Reply):
        return wanted
    found: tuple[list[int], list[Message]] = ([], []) if mailbox is None else view.found(wanted, mailbox)
    return Chosen(*found, 0 if uid or numbers == sets.SAVED else len(wanted) - len(found[0]))
