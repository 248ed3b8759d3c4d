"""SAML: send to a terminal and mail (RFC 821 section 3.4); a relic, refused."""

from mailshell.core.record import Card, Cite
from mailshell.smtp.relics import ARGUMENT, relic

CARD = Card(
    "SAML",
    "once: terminal and mailbox, refused",
    Cite(821, "3.4"),
    parts={"SAML": "verb: once meant send and mail", ARGUMENT: "not read: the command is refused"},
    more="SAML is short for send and mail. The message went into the mailbox in any case, and onto the user's "
    "screen too if the user was logged in and allowed it. It went out of use together with SEND, see RFC 5321 "
    "appendix F.6.",
)
COMMAND = relic(
    CARD,
    "SAML FROM:<address>",
    ("SAML FROM:<alice@lancs.uk>",),
    "Mail goes into a mailbox: send MAIL FROM:<address>.",
)
