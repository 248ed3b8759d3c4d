"""Since when each verb and each capability of IMAP exists."""

from collections.abc import Mapping

from mailshell.core.record import Card, Cite
from mailshell.mail.eras import Since, Years
from mailshell.mail.host import Era

FIRST = Since("RFC 1064", 1988)
"""The first IMAP that was published, IMAP2; IMAP4 came with RFC 1730, 1994."""

_FOUR = Since("RFC 1730", 1994)
_REVISED = Since("RFC 2060", 1996)
_UIDPLUS = Since("RFC 2359", 1998)
_THIRD = Since("RFC 3501", 2003)
_CONDSTORE = Since("RFC 4551", 2006)
_MOVE = Since("RFC 6851", 2013)
_SORT = Since("RFC 5256", 2008)

SINCE: Mapping[str, Since] = {
    **dict.fromkeys(("CAPABILITY", "NOOP", "LOGOUT", "LOGIN", "AUTHENTICATE", "SELECT", "EXAMINE"), _FOUR),
    **dict.fromkeys(("CREATE", "DELETE", "RENAME", "SUBSCRIBE", "UNSUBSCRIBE", "LIST", "LSUB", "APPEND"), _FOUR),
    **dict.fromkeys(("CHECK", "CLOSE", "EXPUNGE", "SEARCH", "FETCH", "STORE", "COPY"), _FOUR),
    **dict.fromkeys(("UID FETCH", "UID STORE", "UID COPY", "UID SEARCH"), _FOUR),
    "IMAP4": _FOUR,
    "STATUS": _REVISED,
    "IMAP4rev1": _REVISED,
    "LITERAL+": Since("RFC 2088", 1997),
    "LITERAL-": Since("RFC 7888", 2016),
    "IDLE": Since("RFC 2177", 1997),
    "NAMESPACE": Since("RFC 2342", 1998),
    "UIDPLUS": _UIDPLUS,
    "UID EXPUNGE": _UIDPLUS,
    "ID": Since("RFC 2971", 2000),
    "CHILDREN": Since("RFC 3348", 2002),
    "UNSELECT": Since("RFC 3691", 2004),
    "ESEARCH": Since("RFC 4731", 2006),
    "WITHIN": Since("RFC 5032", 2007),
    "SEARCHRES": Since("RFC 5182", 2008),
    **dict.fromkeys(("MOVE", "UID MOVE"), _MOVE),
    **dict.fromkeys(("SORT", "UID SORT", "THREAD", "UID THREAD", "THREAD=ORDEREDSUBJECT", "THREAD=REFERENCES"), _SORT),
    "ENABLE": Since("RFC 5161", 2008),
    "LIST-EXTENDED": Since("RFC 5258", 2008),
    "LIST-STATUS": Since("RFC 5819", 2010),
    "SPECIAL-USE": Since("RFC 6154", 2011),
    "CREATE-SPECIAL-USE": Since("RFC 6154", 2011),
    "APPENDLIMIT": Since("RFC 7889", 2016),
    "STATUS=SIZE": Since("RFC 8438", 2018),
    "MULTIAPPEND": Since("RFC 3502", 2003),
    "CONDSTORE": _CONDSTORE,
    "BINARY": Since("RFC 3516", 2003),
}
"""Every verb and every capability."""

_CODES: Mapping[str, Since] = {
    **dict.fromkeys(("ALERT", "PARSE", "PERMANENTFLAGS", "READ-ONLY", "READ-WRITE", "TRYCREATE"), _FOUR),
    **dict.fromkeys(("UIDVALIDITY", "UNSEEN"), _FOUR),
    **dict.fromkeys(("APPENDUID", "COPYUID"), _UIDPLUS),
    **dict.fromkeys(("BADCHARSET", "CAPABILITY", "UIDNEXT"), _THIRD),
    **dict.fromkeys(("HIGHESTMODSEQ", "MODIFIED"), _CONDSTORE),
    "UNKNOWN-CTE": Since("RFC 3516", 2003),
}
_MOST_CODES = Since("RFC 5530", 2009)


def code_known(code: str, era: Era) -> bool:
    """Whether a server of that era has heard of a response code; most of them came in 2009."""
    return _CODES.get(code, _MOST_CODES).known(era)


_YEARS = {
    1997: (2193, 2221),
    2003: (3516,),
    2006: (4467, 4469, 4731),
    2007: (4959, 4978, 5032),
    2008: (5182, 5255, 5257, 5259, 5267),
    2009: (5464, 5465, 5466, 5524, 5530, 5550),
    2010: (5788, 5957),
    2011: (6203,),
    2012: (6785,),
    2013: (6855,),
    2014: (7377,),
    2018: (8437, 8440, 8457, 8474),
    2019: (8508, 8514),
    2020: (8970,),
    2023: (9394,),
    2024: (9585, 9586, 9590),
    2025: (9698, 9738),
    2026: (9979, 10022),
}
"""The RFCs that describe what no server here has, by their years."""

ELSEWHERE: Mapping[str, Since] = {
    **{f"RFC {number}": Since(f"RFC {number}", year) for year, numbers in _YEARS.items() for number in numbers},
    "RFC 1730": _FOUR,
    "RFC 2060": _REVISED,
    "RFC 2087": Since("RFC 2087", 1997),
    "RFC 4314": Since("RFC 2086", 1997),
    "RFC 4315": _UIDPLUS,
    "RFC 7162": _CONDSTORE,
    "RFC 9208": Since("RFC 2087", 1997),
    "RFC 9755": Since("RFC 6855", 2013),
    "RFC 2342": SINCE["NAMESPACE"],
    "RFC 3501": _FOUR,
    "RFC 5256": _SORT,
    "RFC 6851": _MOVE,
    "RFC 9051": Since("RFC 9051", 2021),
}
"""What is no verb and no capability of a server here: by the RFC that describes it now."""

YEARS = Years(SINCE, ELSEWHERE)

CARDS = (
    Card(
        "imap",
        "how IMAP came about",
        Cite(3501, "1"),
        more="IMAP2 is of 1988 (RFC 1064), IMAP4 of 1994 (RFC 1730, the one on the lecture's slide), IMAP4rev1 of 1996 "
        "(RFC 2060) and 2003 (RFC 3501), IMAP4rev2 of 2021 (RFC 9051). RFC 1730 had no STATUS, no names in modified "
        "UTF-7, and no BODY[HEADER], BODY[TEXT], BODY[1.MIME] or BODY[]<0.100>. In their place it had BODY[0], "
        "RFC822.HEADER.LINES, RFC822.TEXT.PEEK and PARTIAL. The A stands for Access: Internet Message Access Protocol.",
    ),
)
