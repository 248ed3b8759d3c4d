"""SEND: show a message on somebody's terminal (RFC 821 section 3.4); a relic, refused."""

from mailshell.core.record import Card, Cite
from mailshell.smtp.relics import ARGUMENT, relic

CARD = Card(
    "SEND",
    "once: onto a terminal, refused",
    Cite(821, "3.4"),
    parts={"SEND": "verb: once opened a message for a terminal", ARGUMENT: "not read: the command is refused"},
    more="In 1982 people sat at terminals of one big computer. SEND wrote a message straight onto the screen of a "
    "user who was logged in, and put nothing into a mailbox. Few servers ever had it. Then terminals gave way "
    "to computers of one's own and to chat programs, and RFC 5321 appendix F.6 tells clients not to offer it.",
)
COMMAND = relic(
    CARD,
    "SEND FROM:<address>",
    ("SEND FROM:<alice@lancs.uk>",),
    "Mail goes into a mailbox: send MAIL FROM:<address>.",
)
