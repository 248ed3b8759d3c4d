"""The phases of an IMAP session, and when each verb is legal.

RFC 3501 section 3 has four states. The phases below them in the list are ours: each is a part of a command that is
under way, and reads something else than commands.

    NOT_AUTHENTICATED --LOGIN, AUTHENTICATE--> AUTHENTICATED --SELECT, EXAMINE--> SELECTED
    SELECTED --CLOSE, UNSELECT, a SELECT that fails--> AUTHENTICATED
    LOGOUT in any of them leads to LOGOUT.
    a line that ends in {n} --> LITERAL --n octets--> REST --the rest of the line--> where the session was
    IDLE --> IDLE --DONE--> where the session was
    AUTHENTICATE --> EXCHANGE --its answers--> AUTHENTICATED
"""

from mailshell.core import record
from mailshell.core.record import Card, Cite


class Phase(record.Phase):
    """Where an IMAP conversation stands."""

    NOT_AUTHENTICATED = "not authenticated: who are you?"
    AUTHENTICATED = "authenticated: no mailbox is open"
    SELECTED = "selected: a mailbox is open"
    EXCHANGE = "authentication: the server asks"
    LITERAL = "literal: counted octets of a command"
    SECRET = "literal: counted octets, not shown"
    REST = "rest: the command goes on after the literal"
    IDLE = "idle: the server tells what changes"
    LOGOUT = "closed"


COMMANDS = (Phase.NOT_AUTHENTICATED, Phase.AUTHENTICATED, Phase.SELECTED)
"""The phases that read commands."""

ENTRY = frozenset({Phase.NOT_AUTHENTICATED})
INSIDE = frozenset({Phase.AUTHENTICATED, Phase.SELECTED})
OPEN = frozenset({Phase.SELECTED})
ANY = frozenset(COMMANDS)

COUNTED = frozenset({Phase.LITERAL, Phase.SECRET})
"""The phases that count octets and read no lines."""

CARDS: dict[record.Phase, Card] = {
    Phase.NOT_AUTHENTICATED: Card(
        "not authenticated",
        "the client has not said who it is",
        Cite(3501, "3.1"),
        more="The server has greeted. The client names a user and proves that it is that user, before it sees any "
        "mailbox.",
        next="LOGIN with your name and password",
    ),
    Phase.AUTHENTICATED: Card(
        "authenticated",
        "the user is known, no mailbox is open",
        Cite(3501, "3.2"),
        more="The client may list, make, delete and rename mailboxes. To see messages it selects a mailbox.",
        next="SELECT INBOX, or LIST",
    ),
    Phase.SELECTED: Card(
        "selected",
        "a mailbox is open",
        Cite(3501, "3.3"),
        more="Messages have sequence numbers from 1 without a gap, which change when a message is removed, and uids, "
        "which do not. The messages stay on the server.",
        next="FETCH, SEARCH, STORE, or LOGOUT",
    ),
    Phase.EXCHANGE: Card(
        "exchange",
        "a mechanism asks, the client answers",
        Cite(3501, "6.2.2"),
        more="AUTHENTICATE was accepted. No line is a command now: each is an answer in BASE64. A line with one * "
        "gives up.",
        next="the answer in BASE64, or *",
    ),
    Phase.LITERAL: Card(
        "literal",
        "counted octets come, no line is read",
        Cite(3501, "4.3"),
        more="A command line ended in a number in braces. So many octets follow, whatever they are, CR LF included. "
        "After them the line of the command goes on.",
        next="the octets of the literal",
    ),
    Phase.SECRET: Card(
        "secret literal",
        "counted octets of a login, not shown",
        Cite(3501, "4.3"),
        more="A name or a password comes as counted octets. They are not shown, as a password never is.",
        next="the octets of the literal",
    ),
    Phase.REST: Card(
        "rest of command",
        "the command goes on after a literal",
        Cite(3501, "4.3"),
        more="The octets of the literal are here. What comes now belongs to the same command: more arguments, or the "
        "end of the line.",
        next="the rest of the command, or CR LF",
    ),
    Phase.IDLE: Card(
        "idle",
        "the server tells at once what changes",
        Cite(2177, "3"),
        more="IDLE was accepted. The server says what happens in the open mailbox as it happens. The client sends "
        "nothing but DONE, without a tag.",
        next="DONE",
    ),
    Phase.LOGOUT: Card("closed", "the connection is over", Cite(3501, "3.4"), more="Nothing more can be sent."),
}
