"""DSN: say which delivery reports are wanted (RFC 3461; addresses outside ASCII: RFC 6533)."""

import re

from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.core.utf8 import CHARACTER
from mailshell.smtp import limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions.extension import VALUE_END, Extension, Parameter, accept
from mailshell.smtp.grammar import ATOM
from mailshell.smtp.replies import BAD_SYNTAX
from mailshell.smtp.wording import Reply

_RET = re.compile(rb"FULL|HDRS", re.IGNORECASE)
_WHEN = re.compile(rb"SUCCESS|FAILURE|DELAY", re.IGNORECASE)
_XTEXT = re.compile(rb"(?:[!-*,-<>-~]|\+(?:[2-6][0-9A-F]|7[0-9A-E]))+")
_UNITEXT = re.compile(rb"(?:[!-*,-<>-\[\]-~]|\\x\{[0-9A-F]{2,6}\}|" + CHARACTER + rb")+")
_RETURNS = (("FULL", "the whole message"), ("HDRS", "its header only"))
_CASES = (("SUCCESS", "when it is delivered"), ("FAILURE", "when it cannot be delivered"), ("DELAY", "when it is late"))
_BROKEN = re.compile(rb"(?:\+[2-7]?|\\(?:x(?:\{[0-9A-F]{0,6})?)?)?")
"""The right beginning of an encoded character that goes wrong after it, in xtext or unitext."""
_XTEXT_WANTED = Expect("visible ASCII characters", "write others, + and = as +HH, as in +2B", like="a+2B")
_UNITEXT_WANTED = Expect("an address", "write space, +, = and \\ as \\x{HH}", like="a\\x{FC}")

CARD = Card(
    "DSN",
    "takes wishes about delivery reports",
    Cite(3461, "3"),
    more="A report about delivery goes to the return path. With DSN the sender says when it wants one (NOTIFY), what "
    "the report brings back (RET), and how it names the message and the recipient (ENVID, ORCPT).",
)


def _encoded(cursor: Cursor, pattern: re.Pattern[bytes], wanted: Expect) -> bytes:
    """The whole value of a parameter; an octet inside it that the encoding does not have is pointed at."""
    found = cursor.match(pattern, wanted) or b""
    if not found or cursor.octets[cursor.at : cursor.at + 1] not in b" \t":
        broken = _BROKEN.match(cursor.octets, cursor.at)
        at = cursor.at if broken is None else broken.end()
        raise cursor.refuse(at, wanted, unfinished=at == cursor.end)
    return found


def _short(cursor: Cursor, start: int, keyword: str, limit: int) -> str:
    """The value that was read from `start` on, with its keyword no longer than `limit` characters."""
    value = cursor.octets[start : cursor.at].decode("utf-8")
    room = limit - len(keyword)
    if len(value) > room:
        over = start + len(value[:room].encode())
        raise cursor.refuse(over, Expect(VALUE_END, f"the parameter has {limit} characters at most, {keyword} counted"))
    return value


def read_ret(cursor: Cursor) -> str:
    """RET=FULL or RET=HDRS."""
    cursor.need_word(b"=", Expect("=", "FULL or HDRS"))
    return (
        cursor.need(_RET, Expect("FULL or HDRS", "what a report of failure brings back", _RETURNS))
        .decode("ascii")
        .upper()
    )


def read_envid(cursor: Cursor) -> str:
    """envid-parameter = "ENVID=" xtext; it is kept encoded, as it goes on to the next server."""
    cursor.need_word(b"=", Expect("=", "the name of the envelope"))
    start = cursor.at
    _encoded(cursor, _XTEXT, _XTEXT_WANTED)
    return _short(cursor, start, "ENVID=", limits.ENVID)


def read_notify(cursor: Cursor) -> str:
    """notify-esmtp-value = "NEVER" / 1#( "SUCCESS" / "FAILURE" / "DELAY" )."""
    cursor.need_word(b"=", Expect("=", "NEVER, or SUCCESS, FAILURE and DELAY with commas"))
    start, when = cursor.at, Expect("SUCCESS, FAILURE or DELAY", "when to send a report", _CASES)
    if cursor.word(b"NEVER", Expect("NEVER", "no report at all; it stands alone")):
        if cursor.octets[cursor.at : cursor.at + 1] == b",":
            raise cursor.refuse(cursor.at, Expect(VALUE_END, "NEVER stands alone"))
        return "NEVER"
    cursor.need(_WHEN, when)
    while cursor.word(b",", Expect(",", "one more of SUCCESS, FAILURE and DELAY")):
        cursor.need(_WHEN, when)
    return cursor.octets[start : cursor.at].decode("ascii").upper()


def read_orcpt(cursor: Cursor) -> str:
    """orcpt-parameter = "ORCPT=" addr-type ";" xtext; utf-8 has an encoding of its own (RFC 6533 section 3)."""
    cursor.need_word(b"=", Expect("=", "the type of the address, a semicolon, the address"))
    start = cursor.at
    kind = cursor.need(ATOM, Expect("the type of the address", "as in rfc822", like="rfc822"))
    cursor.need_word(b";", Expect(";", "between the type and the address"))
    if kind.lower() == b"utf-8":
        _encoded(cursor, _UNITEXT, _UNITEXT_WANTED)
    else:
        _encoded(cursor, _XTEXT, _XTEXT_WANTED)
    return _short(cursor, start, "ORCPT=", limits.ORCPT)


def check_orcpt(value: str, desk: Desk) -> Reply | None:
    """501 for characters outside ASCII where MAIL did not say SMTPUTF8 (RFC 6533 section 3)."""
    envelope = desk.state.envelope
    if value.isascii() or (envelope is not None and "SMTPUTF8" in envelope.parameters):
        return None
    return BAD_SYNTAX(
        "ORCPT has characters outside ASCII, and MAIL did not say SMTPUTF8. Write them as \\x{HEX}, or say SMTPUTF8."
    )


RET = Parameter(
    "RET",
    Card(
        "RET",
        "what a report of failure brings back",
        Cite(3461, "4.3"),
        more="FULL asks for the whole message, HDRS for its header fields. It counts only for reports of failure.",
    ),
    "RET=HDRS",
    read_ret,
    accept,
    limits.RET_PARAMETER,
)
ENVID = Parameter(
    "ENVID",
    Card(
        "ENVID",
        "name of the envelope, for reports",
        Cite(3461, "4.4"),
        more="Each report repeats this name, so that the sender knows which message the report is about.",
    ),
    "ENVID=name",
    read_envid,
    accept,
    limits.ENVID_PARAMETER,
)
NOTIFY = Parameter(
    "NOTIFY",
    Card(
        "NOTIFY",
        "when to send a report",
        Cite(3461, "4.1"),
        more="SUCCESS, FAILURE and DELAY ask for a report in that case, NEVER asks for none. Without NOTIFY a server "
        "reports failures, and may report delays.",
    ),
    "NOTIFY=SUCCESS,FAILURE",
    read_notify,
    accept,
    limits.NOTIFY_PARAMETER,
)
ORCPT = Parameter(
    "ORCPT",
    Card(
        "ORCPT",
        "recipient as the sender wrote it",
        Cite(3461, "4.2"),
        more="Mail may be forwarded to another address. A report then still names the address that the sender knows.",
    ),
    "ORCPT=rfc822;bob@nyu.edu",
    read_orcpt,
    check_orcpt,
    limits.ORCPT_PARAMETER,
)
EXTENSION = Extension("DSN", CARD, lambda desk: "DSN", mail=(RET, ENVID), rcpt=(NOTIFY, ORCPT))
