"""EXPN as a keyword of the EHLO reply (RFC 5321 section 3.5.2); the verb is in `commands.expn`."""

from mailshell.core.record import Card, Cite
from mailshell.smtp.extensions.extension import Extension

CARD = Card(
    "EXPN",
    "answers EXPN",
    Cite(5321, "3.5.2"),
    more="EXPN is not a command that every server must have, so a server that has it must list it.",
)
EXTENSION = Extension("EXPN", CARD, lambda desk: "EXPN")
