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


def choose(desk: Desk, numbers: sets.Numbers, *, uid: bool) -> Chosen | Reply:
    """The messages of a set; a reply where a sequence number does not exist."""
    view, mailbox = desk.view, desk.mailbox
    count = len(view.uids)
    places = sets.by_uid(numbers, view.uids) if uid else sets.by_number(numbers, count)
    if places is None:
        said = "is empty" if not count else f"has {count} message{'' if count == 1 else 's'}"
        return NO_SUCH_NUMBER(f"The mailbox {said}, as far as this session has been told.")
    numbers_there, there = ([], []) if mailbox is None else view.found(places, mailbox)
    # A uid of no message is left out without a word (RFC 3501 section 6.4.8).
    return Chosen(numbers_there, there, 0 if uid else len(places) - len(there))
