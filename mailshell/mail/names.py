"""Names of users: what may stand before the @ of an address (RFC 5321 section 4.1.2, RFC 6531 section 3.3)."""

import re
from unicodedata import normalize

_ATOM = r"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|[^\x00-\x7f])+"
_DOT_STRING = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LONGEST = 64  # octets (RFC 5321 section 4.5.3.1.1)


def user(text: str) -> str:
    """The name of a new user, in the normalization form C; raises ValueError, with a sentence, where it is none.

    It is a Dot-string, so that nobody needs quotes to write to it.
    """
    name = normalize("NFC", text)
    if not _DOT_STRING.fullmatch(name) or not name.isprintable():
        raise ValueError(f"{text!r} is no name for a mailbox: letters, digits, dots inside, such as dave or zo\u00eb")
    if len(name.encode()) > _LONGEST:
        raise ValueError(f"{text!r} is too long for a mailbox: a name has {_LONGEST} octets of UTF-8 at most")
    return name
