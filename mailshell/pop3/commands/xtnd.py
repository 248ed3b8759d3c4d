"""XTND: extended services, bulletin boards; a relic, refused (RFC 1939 section 9 does not have it)."""

from mailshell.core.record import Card, Cite
from mailshell.pop3.relics import ARGUMENT, relic

CARD = Card(
    "XTND",
    "once: extended services, bulletin boards",
    Cite(1939, "9"),
    parts={"XTND": "verb: no server here carries it out", ARGUMENT: "not read: the command is refused"},
    more="XTND opened other services inside POP3: XTND BBOARDS let a client read the bulletin boards of the server, "
    "and some servers took mail to send with XTND XMIT. It stood in RFC 1082 (1988), beside POP3. No later RFC has it.",
)
COMMAND = relic(CARD, "XTND BBOARDS", ("XTND BBOARDS",), "IMAP reads other mailboxes, SMTP sends mail.")
