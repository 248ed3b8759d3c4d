"""XCLIENT: speak for another client (RFC 5321 section 4.1.5); a relic, refused."""

from mailshell.core.record import Card, Cite
from mailshell.smtp.relics import ARGUMENT, relic

CARD = Card(
    "XCLIENT",
    "a proxy names its client, refused",
    Cite(5321, "4.1.5"),
    parts={"XCLIENT": "verb: tells who the real client is", ARGUMENT: "not read: the command is refused"},
    more="No RFC has XCLIENT, it belongs to the server Postfix. A proxy that takes connections in front of Postfix "
    "uses it to pass on the name and the address of the real client. A server that took it from anyone would "
    "let every spammer pretend to be inside the network, so all but listed proxies are refused. RFC 5321 "
    "section 4.1.5 keeps words with X for such private agreements.",
)
COMMAND = relic(
    CARD,
    "XCLIENT NAME=host ADDR=address",
    ("XCLIENT NAME=lancs.uk ADDR=192.0.2.10",),
    "A server takes it only from its own proxies; go on with EHLO or HELO.",
)
