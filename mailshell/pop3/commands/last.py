"""LAST: which message was read last; a relic, refused (RFC 1939 section 9 does not have it)."""

from mailshell.core.record import Card, Cite
from mailshell.pop3.relics import ARGUMENT, relic

CARD = Card(
    "LAST",
    "once: which message was read last",
    Cite(1939, "9"),
    parts={"LAST": "verb: no server here carries it out", ARGUMENT: "not read: the command is refused"},
    more="LAST answered with the highest number of a message that was read, so that a client could skip what it had "
    "seen. It counted on the order of the numbers, and two clients at one maildrop made it useless. It stood in RFC "
    "1081 (1988), and RFC 1725 took it out in 1994. UIDL took its place.",
)
COMMAND = relic(CARD, "LAST", ("LAST",), "A client remembers the unique-ids that UIDL gives.")
