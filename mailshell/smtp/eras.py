"""Since when each verb and each extension exists, and what a server of a given year knows.

The one table from which it follows what a host offers and which words it has never heard of.
"""

from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.record import Card, Cite
from mailshell.mail.host import Era


class Since(NamedTuple):
    """What first described a verb or an extension, and the year in which that appeared."""

    source: str
    year: int

    def __str__(self) -> str:
        return f"Since {self.source}, {self.year}."


_FIRST = Since("RFC 821", 1982)
_EXTENDED = Since("RFC 1425", 1993)

SINCE: Mapping[str, Since] = {
    "HELO": _FIRST,
    "MAIL": _FIRST,
    "RCPT": _FIRST,
    "DATA": _FIRST,
    "RSET": _FIRST,
    "NOOP": _FIRST,
    "QUIT": _FIRST,
    "VRFY": _FIRST,  # every server has it since RFC 1123, 1989
    "EXPN": _FIRST,  # as a keyword of EHLO since RFC 1425
    "HELP": _FIRST,
    "SEND": _FIRST,
    "SOML": _FIRST,
    "SAML": _FIRST,
    "TURN": _FIRST,
    "EHLO": _EXTENDED,
    "8BITMIME": Since("RFC 1426", 1993),
    "SIZE": Since("RFC 1427", 1993),
    "PIPELINING": Since("RFC 1854", 1995),
    "DSN": Since("RFC 1891", 1996),
    "ETRN": Since("RFC 1985", 1996),
    "ENHANCEDSTATUSCODES": Since("RFC 2034", 1996),
    "DELIVERBY": Since("RFC 2852", 2000),
    "BDAT": Since("RFC 3030", 2000),  # RFC 1830, 1995, was the experiment that went before
    "CHUNKING": Since("RFC 3030", 2000),
    "BINARYMIME": Since("RFC 3030", 2000),
    "XCLIENT": Since("Postfix 2.1", 2004),
    "FUTURERELEASE": Since("RFC 4865", 2007),
    "SMTPUTF8": Since("RFC 6531", 2012),
    "MT-PRIORITY": Since("RFC 6710", 2012),
    "REQUIRETLS": Since("RFC 8689", 2019),
    "LIMITS": Since("RFC 9422", 2024),
}
"""Every verb and every keyword of EHLO."""

ELSEWHERE: Mapping[str, Since] = {
    "STARTTLS": Since("RFC 2487", 1999),
    "AUTH": Since("RFC 2554", 1999),
}
"""Verbs that servers have and ours do not: one of an earlier year has not even heard of them."""

_KNOWN = {**SINCE, **ELSEWHERE}
_LAST_YEAR: Mapping[Era, int] = {"1982": 1982, "1995": 1995, "2008": 2008, "today": 9999}


def known(name: str, era: Era) -> bool:
    """Whether a server of that era has heard of a verb or keyword."""
    return _KNOWN[name].year <= _LAST_YEAR[era]


def absent(name: str, era: Era) -> str:
    """Why a host does not offer a verb or keyword, in a sentence: it is off, or the host is too old for it."""
    if known(name, era):
        return f"This server does not offer {name}."
    since = _KNOWN[name]
    return f"{name} came in {since.year} ({since.source}), and this is a server of {era}."


def dated(card: Card, name: str) -> Card:
    """The card with one sentence more: since when `name`, a verb or keyword, exists."""
    return card._replace(more=f"{card.more} {SINCE[name]}")


CARDS = (
    Card(
        "era",
        "the year that a server lives in",
        Cite(5321, "1.2"),
        more="A server can speak the SMTP of another year: --era 1982, 1995, 2008 or today. It then knows the commands "
        "and offers the extensions that existed by that year. In a transcript file the header says # era: 1982.",
    ),
    Card(
        "1982",
        "the first SMTP",
        Cite(821, "4.1.1"),
        more="HELO opens the session, and the server lists nothing after it. Only 7 bits of each octet count, nobody "
        "states the size of a message, and a client waits for each answer. Source routes such as "
        "<@lancs.uk:bob@nyu.edu> are normal, because many hosts cannot reach each other directly.",
    ),
    Card(
        "1995",
        "SMTP with its first extensions",
        Cite(1869, "4.3"),
        more="EHLO asks which extensions the server has. There are SIZE for big messages, 8BITMIME for letters beyond "
        "English, PIPELINING for slow connections, and the optional commands of 1982, EXPN and HELP.",
    ),
    Card(
        "2008",
        "SMTP as RFC 5321 describes it",
        Cite(5321, "2.2.1"),
        more="Since 1995 came finer codes (ENHANCEDSTATUSCODES), delivery reports (DSN), messages in counted chunks "
        "(CHUNKING, BINARYMIME), a start for a waiting queue (ETRN), and times for delivery (DELIVERBY, "
        "FUTURERELEASE). An address has ASCII characters only.",
    ),
    Card(
        "today",
        "SMTP with all that mailshell knows",
        Cite(5321, "2.2.1"),
        more="Since 2008 came addresses in all scripts (SMTPUTF8), priorities (MT-PRIORITY), mail that must stay "
        "encrypted on its way (REQUIRETLS), and limits that the server states (LIMITS).",
    ),
)
"""What `? era` and the name of an era tell."""
