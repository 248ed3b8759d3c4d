"""ENABLE: switch on what the client wants to use (RFC 5161)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import grammar, limits
from mailshell.imap.desk import CONDSTORE, Desk
from mailshell.imap.phases import Phase
from mailshell.imap.replies import ENABLED
from mailshell.imap.wording import Reply

CARD = Card(
    "ENABLE",
    "switch capabilities on",
    Cite(5161, "3.1"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "ENABLE": "verb: switches capabilities on",
        "capability": "a capability that changes what the server sends",
    },
    more="Some capabilities change what the server sends, so a client must ask for them. ENABLE passes over what the "
    "server does not know, and names in ENABLED what it has switched on.",
)
CAN = frozenset({CONDSTORE})
"""What ENABLE can switch on, in capitals."""
NAME = Expect("capability", "the name of a capability, as in CONDSTORE", like="CONDSTORE")


class Enable(NamedTuple):
    """ENABLE with names of capabilities, in capitals."""

    names: tuple[str, ...]

    @property
    def card(self) -> Card:
        """The card of ENABLE."""
        return CARD

    def line(self) -> bytes:
        """`ENABLE CONDSTORE`."""
        return " ".join(("ENABLE", *self.names)).encode("ascii")

    def run(self, desk: Desk) -> Reply:
        """Switch on what there is to be switched on, and is not on yet."""
        enabled = desk.state.enabled
        fresh = [one for one in dict.fromkeys(self.names) if one in CAN and one not in enabled and desk.offers(one)]
        desk.state = desk.state._replace(enabled=enabled.union(fresh))
        return ENABLED(block=f"{' '.join(['* ENABLED', *fresh])}\r\n".encode("ascii"))


def parse(cursor: Cursor) -> Enable:
    """enable = "ENABLE" 1*(SP capability)."""
    grammar.space(cursor)
    names = [grammar.atom(cursor, "capability", NAME).upper()]
    while cursor.word(b" ", grammar.SPACE):
        names.append(grammar.atom(cursor, "capability", NAME).upper())
    cursor.done(grammar.END)
    return Enable(tuple(names))


COMMAND = Command(
    CARD,
    "ENABLE capability",
    frozenset({Phase.AUTHENTICATED}),
    parse,
    ("a1 ENABLE CONDSTORE",),
    limits.COMMAND,
    "ENABLE",
)
