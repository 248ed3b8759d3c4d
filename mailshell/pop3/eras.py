"""Since when each verb and each capability of POP3 exists."""

from collections.abc import Mapping

from mailshell.core.record import Card, Cite
from mailshell.mail.eras import Since, Years

FIRST = Since("RFC 1081", 1988)
"""The first POP3; RFC 918, 1984, and RFC 937, 1985, describe a POP with other commands."""

_CAPA = Since("RFC 2449", 1998)
_UTF8 = Since("RFC 5721", 2010)

SINCE: Mapping[str, Since] = {
    "USER": FIRST,
    "PASS": FIRST,
    "STAT": FIRST,
    "LIST": FIRST,
    "RETR": FIRST,
    "DELE": FIRST,
    "NOOP": FIRST,
    "RSET": FIRST,
    "QUIT": FIRST,
    "TOP": FIRST,
    "LAST": FIRST,
    "RPOP": FIRST,
    "XTND": Since("RFC 1082", 1988),
    "APOP": Since("RFC 1460", 1993),
    "UIDL": Since("RFC 1725", 1994),
    "AUTH": Since("RFC 1734", 1994),
    "CAPA": _CAPA,
    "SASL": _CAPA,
    "RESP-CODES": _CAPA,
    "LOGIN-DELAY": _CAPA,
    "PIPELINING": _CAPA,
    "EXPIRE": _CAPA,
    "IMPLEMENTATION": _CAPA,
    "AUTH-RESP-CODE": Since("RFC 3206", 2002),
    "UTF8": _UTF8,
    "LANG": _UTF8,
}
"""Every verb and every capability."""

ELSEWHERE: Mapping[str, Since] = {
    "RFC 2449": _CAPA,
    "RFC 2595": Since("RFC 2595", 1999),
    "RFC 3206": Since("RFC 3206", 2002),
    "RFC 5034": SINCE["AUTH"],
    "RFC 6856": _UTF8,
}
"""What is no verb and no capability of a server here: by the RFC that describes it now."""

YEARS = Years(SINCE, ELSEWHERE)

CARDS = (
    Card(
        "pop",
        "how the post office came about",
        Cite(1939, "1"),
        more="The first Post Office Protocol is of 1984 (RFC 918), the second of 1985 (RFC 937), POP3 of 1988 (RFC "
        "1081). RFC 1225 (1991) changed little, RFC 1460 (1993) brought APOP, RFC 1725 (1994) UIDL, and RFC 1939 "
        "(1996) is the one that holds today. A server of 1982 has none of them: its users log in on it.",
    ),
)
