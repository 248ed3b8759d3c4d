"""Sessions of IMAP for tests: bob at nyu.edu, whose INBOX holds two messages."""

from mailshell.mail.host import Traits
from mailshell.mail.store import BoxKey
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build

INBOX, TRASH, SENT = (BoxKey("nyu.edu", "bob", name) for name in ("INBOX", "Trash", "Sent"))


def sessions(count: int = 1, *lines: str, traits: Traits | None = None) -> Seat:
    """So many sessions that have INBOX open, after some lines each; the first one speaks."""
    made = Seat(build("lecture", traits=traits), STUDENT, "script")
    for number in range(count, 0, -1):
        made.connect("nyu.edu", "imap", number)
        for line in ("a LOGIN bob hungry", *lines, "a SELECT INBOX"):
            said(made, line)
    return made


def said(made: Seat, line: str | bytes) -> bytes:
    """What the server says to a command."""
    first = made.world.transcript.count
    made.send((line if isinstance(line, bytes) else line.encode()) + b"\r\n")
    entries = made.world.transcript.since(first, made.world.transcript.count)
    return b"".join(octets for entry in entries for octets in getattr(entry.record, "replies", ()))


def by(made: Seat, number: int, line: str | bytes) -> bytes:
    """The same, by one of several sessions."""
    made.switch(number)
    return said(made, line)


def uids(made: Seat, key: BoxKey) -> list[int]:
    """The uids of a mailbox as it is."""
    mailbox = made.world.store.mailbox(key)
    assert mailbox is not None
    return list(mailbox.messages)


def last(answer: bytes) -> bytes:
    """The line with the tag."""
    return answer.splitlines(keepends=True)[-1]


def told(answer: bytes) -> list[bytes]:
    """The lines before it."""
    return answer.splitlines()[:-1]
