"""ENHANCEDSTATUSCODES: a second, finer code in the replies (RFC 2034)."""

from mailshell.core.record import Card, Cite
from mailshell.smtp.extensions.extension import Extension

CARD = Card(
    "ENHANCEDSTATUSCODES",
    "sends finer codes such as 5.1.1",
    Cite(2034, "3"),
    more="After the three digits stands a second code, class.subject.detail. It says more exactly what went wrong. "
    "The greeting, the answers to EHLO and HELO, and 354 have none.",
)
EXTENSION = Extension("ENHANCEDSTATUSCODES", CARD, lambda desk: "ENHANCEDSTATUSCODES")
