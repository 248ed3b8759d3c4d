"""QUIT: end the session; remove what is marked (RFC 1939 sections 4 and 6)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.mail.store import Full
from mailshell.pop3 import grammar, limits
from mailshell.pop3.desk import Desk
from mailshell.pop3.drop import counted
from mailshell.pop3.phases import ANY, Phase
from mailshell.pop3.replies import CLOSING, NOT_REMOVED, UPDATED
from mailshell.pop3.wording import Reply

CARD = Card(
    "QUIT",
    "end the session, delete what is marked",
    Cite(1939, "6"),
    parts={"QUIT": "verb: asks the server to finish and to close"},
    more="After a login QUIT removes the messages that are marked as deleted, gives the lock of the maildrop back, "
    "and closes the connection. Before a login it closes the connection. Only QUIT removes messages.",
)


class Quit(NamedTuple):
    """QUIT has no argument."""

    @property
    def card(self) -> Card:
        """The card of QUIT."""
        return CARD

    def line(self) -> bytes:
        """`QUIT`."""
        return b"QUIT"

    def run(self, desk: Desk) -> Reply:
        """Say goodbye; the session closes after it."""
        view = desk.state.drop
        desk.move(Phase.CLOSED)
        if view is None:
            return CLOSING(host=desk.host.name)
        drop = view.leaving(desk.keeps, desk.host.now())
        try:
            desk.host.store.remove(drop.key, drop.marked())
        except Full as full:
            return NOT_REMOVED(str(full))
        except KeyError:
            return NOT_REMOVED("The mailbox is not there any more.")
        because = _expired(drop.marks.size - view.marks.size, desk.keeps)
        return UPDATED(because, host=desk.host.name, counts=counted(drop.left, drop.octets_left))


def _expired(count: int, days: int | None) -> str:
    """What the server removed by itself, in a sentence."""
    if not count:
        return ""
    long = "1 day" if days == 1 else f"{days} days"
    what = f"has been here for {long} or longer" if days else "RETR has sent"
    return f"Without DELE: {counted(count, 0)['messages']} removed. Here goes at QUIT what {what} (EXPIRE {days})."


def parse(cursor: Cursor) -> Quit:
    """quit = "QUIT" CRLF."""
    cursor.done(grammar.END)
    return Quit()


COMMAND = Command(CARD, "QUIT", ANY, parse, ("QUIT",), limits.COMMAND_LINE)
