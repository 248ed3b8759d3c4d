"""PIPELINING: several commands in one write (RFC 2920)."""

from mailshell.core.record import Card, Cite
from mailshell.smtp.extensions.extension import Extension

CARD = Card(
    "PIPELINING",
    "takes commands in groups",
    Cite(2920, "3.1"),
    more="The client may send MAIL, RCPT and DATA without waiting for each answer. The answers come in the same "
    "order. EHLO, DATA, VRFY, EXPN, NOOP and QUIT must be the last of such a group.",
)
EXTENSION = Extension("PIPELINING", CARD, lambda desk: "PIPELINING")
