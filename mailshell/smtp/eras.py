"""Since when each verb and each extension exists, and what a server of a given year knows.

The one table from which it follows what a host offers and which words it has never heard of.
"""

from collections.abc import Mapping

from mailshell.core.record import Card, Cite
from mailshell.mail.eras import Since, Years

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
    "MX": Since("RFC 974", 1986),
    "RFC 1845": Since("RFC 1845", 1995),
    "RFC 1870": SINCE["SIZE"],
    "RFC 1939": Since("RFC 918", 1984),
    "RFC 1985": SINCE["ETRN"],
    "RFC 2033": Since("RFC 2033", 1996),
    "RFC 2034": SINCE["ENHANCEDSTATUSCODES"],
    "RFC 2045": Since("RFC 1341", 1992),
    "RFC 2046": Since("RFC 1341", 1992),
    "RFC 2047": Since("RFC 1342", 1992),
    "RFC 2183": Since("RFC 1806", 1995),
    "RFC 2369": Since("RFC 2369", 1998),
    "RFC 2645": Since("RFC 2645", 1999),
    "RFC 2852": SINCE["DELIVERBY"],
    "RFC 2919": Since("RFC 2919", 2001),
    "RFC 2920": SINCE["PIPELINING"],
    "RFC 3030": SINCE["BDAT"],
    "RFC 3207": Since("RFC 2487", 1999),
    "RFC 3461": SINCE["DSN"],
    "RFC 3463": Since("RFC 1893", 1996),
    "RFC 3629": Since("RFC 2044", 1996),
    "RFC 3834": Since("RFC 3834", 2004),
    "RFC 3848": Since("RFC 3848", 2004),
    "RFC 3865": Since("RFC 3865", 2004),
    "RFC 3885": Since("RFC 3885", 2004),
    "RFC 4141": Since("RFC 4141", 2005),
    "RFC 4405": Since("RFC 4405", 2006),
    "RFC 4422": Since("RFC 2222", 1997),
    "RFC 4468": Since("RFC 4468", 2006),
    "RFC 4865": SINCE["FUTURERELEASE"],
    "RFC 4954": Since("RFC 2554", 1999),
    "RFC 5336": Since("RFC 5336", 2008),
    "RFC 6152": SINCE["8BITMIME"],
    "RFC 6376": Since("RFC 4871", 2007),
    "RFC 6409": Since("RFC 2476", 1998),
    "RFC 6531": SINCE["SMTPUTF8"],
    "RFC 6710": SINCE["MT-PRIORITY"],
    "RFC 7208": Since("RFC 4408", 2006),
    "RFC 7293": Since("RFC 7293", 2014),
    "RFC 7504": Since("RFC 7504", 2015),
    "RFC 8058": Since("RFC 8058", 2017),
    "RFC 8098": Since("RFC 2298", 1998),
    "RFC 8601": Since("RFC 5451", 2009),
    "RFC 8617": Since("RFC 8617", 2019),
    "RFC 8689": SINCE["REQUIRETLS"],
    "RFC 9051": Since("RFC 1064", 1988),
    "RFC 9110": Since("RFC 1945", 1996),
    "RFC 9422": SINCE["LIMITS"],
    "RFC 9989": Since("RFC 7489", 2015),
    "STARTTLS": Since("RFC 2487", 1999),
    "AUTH": Since("RFC 2554", 1999),
}
"""What is no verb and no keyword of a server here: by its name, or by the RFC that describes it now."""

YEARS = Years(SINCE, ELSEWHERE)
known, absent, later, dated = YEARS.known, YEARS.absent, YEARS.later, YEARS.dated

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
