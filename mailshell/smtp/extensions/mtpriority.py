"""MT-PRIORITY: which messages go first (RFC 6710)."""

import re

from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.smtp import limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions.extension import VALUE_END, Extension, Parameter, accept

_PRIORITY = re.compile(rb"0|-?[1-9]")

CARD = Card(
    "MT-PRIORITY",
    "takes a priority for a message",
    Cite(6710, "3"),
    more="Where several messages wait, those of higher priority go first. 0 is the priority without the parameter. "
    "A server raises a priority only for clients that it trusts.",
)


def read(cursor: Cursor) -> str:
    """priority-value = (["-"] NZDIGIT) / "0"."""
    cursor.need_word(b"=", Expect("=", "the priority"))
    found = cursor.need(_PRIORITY, Expect("-9 to 9", "the priority, higher is more urgent", like="-3"))
    if cursor.octets[cursor.at : cursor.at + 1].isdigit():
        raise cursor.refuse(cursor.at, Expect(VALUE_END, "a priority has one digit: -9 to 9"))
    return found.decode("ascii")


def granted(value: str, desk: Desk) -> str:
    """The priority that the message gets: outsiders may lower it, and not raise it (RFC 6710 section 4.1)."""
    return value if desk.peer.inside or int(value) <= 0 else "0"


PRIORITY = Parameter(
    "MT-PRIORITY",
    Card(
        "MT-PRIORITY",
        "priority from -9 to 9",
        Cite(6710, "3"),
        more="9 goes first, -9 last. A client outside the server's network may lower its priority, but not raise it.",
    ),
    "MT-PRIORITY=3",
    read,
    accept,
    limits.PRIORITY_PARAMETER,
)
EXTENSION = Extension("MT-PRIORITY", CARD, lambda desk: "MT-PRIORITY", mail=(PRIORITY,))
