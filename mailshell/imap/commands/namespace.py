"""NAMESPACE: where names of mailboxes begin (RFC 2342 section 5)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import grammar, limits
from mailshell.imap.desk import Desk
from mailshell.imap.phases import INSIDE
from mailshell.imap.replies import NAMESPACES
from mailshell.imap.wording import Reply

CARD = Card(
    "NAMESPACE",
    "where do names begin?",
    Cite(2342, "5"),
    parts={"tag": grammar.TAG_GLOSS, "NAMESPACE": "verb: asks where names of mailboxes begin"},
    more="NAMESPACE has three lists: names of the user, of other users, and shared ones. Each has the beginning of "
    "the names and the separator of levels. NIL stands for none.",
)


class Namespace(NamedTuple):
    """NAMESPACE has no argument."""

    @property
    def card(self) -> Card:
        """The card of NAMESPACE."""
        return CARD

    def line(self) -> bytes:
        """`a1 NAMESPACE`."""
        return b"NAMESPACE"

    def run(self, desk: Desk) -> Reply:
        """This server has names of the user alone."""
        return NAMESPACES(block=b'* NAMESPACE (("" "/")) NIL NIL\r\n')


def parse(cursor: Cursor) -> Namespace:
    """namespace = "NAMESPACE"."""
    cursor.done(grammar.END)
    return Namespace()


COMMAND = Command(CARD, "NAMESPACE", INSIDE, parse, ("a1 NAMESPACE",), limits.COMMAND, needs="NAMESPACE")
