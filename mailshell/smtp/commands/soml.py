"""SOML: send to a terminal or mail (RFC 821 section 3.4); a relic, refused."""

from mailshell.core.record import Card, Cite
from mailshell.smtp.relics import ARGUMENT, relic

CARD = Card(
    "SOML",
    "once: terminal or mailbox, refused",
    Cite(821, "3.4"),
    parts={"SOML": "verb: once meant send or mail", ARGUMENT: "not read: the command is refused"},
    more="SOML is short for send or mail. The message went onto the user's screen if the user was logged in and "
    "allowed it, and otherwise into the mailbox. It went out of use together with SEND, see RFC 5321 appendix "
    "F.6.",
)
COMMAND = relic(
    CARD,
    "SOML FROM:<address>",
    ("SOML FROM:<alice@lancs.uk>",),
    "Mail goes into a mailbox: send MAIL FROM:<address>.",
)
