"""8BITMIME: octets above 127 in the message (RFC 6152)."""

import re

from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.smtp import limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions import binarymime
from mailshell.smtp.extensions.extension import Extension, Parameter
from mailshell.smtp.wording import Reply

_VALUE = re.compile(rb"7BIT|8BITMIME|BINARYMIME", re.IGNORECASE)
_VALUES = (
    ("7BIT", "no octet above 127"),
    ("8BITMIME", "octets above 127, in lines"),
    ("BINARYMIME", "any octets; only BDAT carries them"),
)
_WANTED = Expect("7BIT, 8BITMIME or BINARYMIME", "which octets the message may have", _VALUES)

CARD = Card(
    "8BITMIME",
    "takes octets above 127 in messages",
    Cite(6152, "2"),
    more="SMTP is a 7-bit protocol unless the server offers this extension. With BODY=8BITMIME the client says that "
    "its message has octets above 127, and the server keeps every bit of them.",
)


def read(cursor: Cursor) -> str:
    """body-value = "7BIT" / "8BITMIME" / "BINARYMIME" (RFC 6152 section 2, RFC 3030 section 3)."""
    cursor.need_word(b"=", Expect("=", "7BIT, 8BITMIME or BINARYMIME"))
    return cursor.need(_VALUE, _WANTED).decode("ascii").upper()


def check(value: str, desk: Desk) -> Reply | None:
    """Every value is acceptable, once its extension is offered."""
    return None


BODY = Parameter(
    "BODY",
    Card(
        "BODY",
        "may it have octets above 127?",
        Cite(6152, "2"),
        more="7BIT says that the message has no octet above 127. Without BODY the server expects 7BIT.",
    ),
    "BODY=8BITMIME",
    read,
    check,
    limits.BODY_PARAMETER,
    {"BINARYMIME": binarymime.EXTENSION},
)
EXTENSION = Extension("8BITMIME", CARD, lambda desk: "8BITMIME", mail=(BODY,))
