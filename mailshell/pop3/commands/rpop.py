"""RPOP: log in without a password; a relic, refused (RFC 1939 section 9 does not have it)."""

from mailshell.core.record import Card, Cite
from mailshell.pop3.relics import ARGUMENT, relic

CARD = Card(
    "RPOP",
    "once: log in without a password",
    Cite(1939, "9"),
    parts={"RPOP": "verb: no server here carries it out", ARGUMENT: "not read: the command is refused"},
    more="RPOP came after USER, in the place of PASS. The server believed the name because the client used a port "
    "below 1024, which only the system of its computer could open. Whoever had broken into one computer so got into "
    "others as well. RFC 1460 took it out in 1993.",
)
COMMAND = relic(CARD, "RPOP user", ("RPOP user",), "PASS sends a password, APOP a digest.")
