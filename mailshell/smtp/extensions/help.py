"""HELP as a keyword of the EHLO reply (RFC 5321 section 4.1.1.1); the verb is in `commands.help`."""

from mailshell.core.record import Card, Cite
from mailshell.smtp.extensions.extension import Extension

CARD = Card(
    "HELP",
    "answers HELP",
    Cite(5321, "4.1.1.8"),
    more="HELP is not a command that every server must have, so a server that has it lists it.",
)
EXTENSION = Extension("HELP", CARD, lambda desk: "HELP")
