"""Names of users and of domains: the two halves of an address (RFC 5321 section 4.1.2, RFC 6531 section 3.3)."""

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


_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LABEL_OCTETS, _DOMAIN_OCTETS = 63, 253  # RFC 1035 section 2.3.4; its 255 count the lengths of labels, and the root


def domain(text: str) -> str:
    """A domain in small letters; raises ValueError, with a sentence, where it is none."""
    name = text.lower()
    if not _DOMAIN.fullmatch(name):
        raise ValueError(f"{text!r} is no domain: letters, digits and hyphens between dots, such as mail.example.org")
    if max(map(len, name.split("."))) > _LABEL_OCTETS or len(name) > _DOMAIN_OCTETS:
        raise ValueError(
            f"{text!r} is too long for a domain: {_DOMAIN_OCTETS} octets at most, and {_LABEL_OCTETS} between two dots"
        )
    return name
