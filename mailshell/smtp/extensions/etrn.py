"""ETRN as a keyword of the EHLO reply (RFC 1985 section 2); the verb is in `commands.etrn`."""

from mailshell.core.record import Card, Cite
from mailshell.smtp.extensions.extension import Extension

CARD = Card(
    "ETRN",
    "starts its queue on request",
    Cite(1985, "2"),
    more="A client may ask the server to send now what waits for a host, instead of at the next try.",
)
EXTENSION = Extension("ETRN", CARD, lambda desk: "ETRN")
