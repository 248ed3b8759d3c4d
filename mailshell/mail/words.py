"""Text in disguise: encoded words (RFC 2047), quoted-printable and base64 (RFC 2045 sections 6.7 and 6.8).

No octets raise: what is not by the rules stays as it is, as RFC 2047 section 6.3 and RFC 2045 section 6.7 ask.
"""

import binascii
import re
from typing import NamedTuple

_WORD = re.compile(rb"=\?([^?*\s]+)(?:\*[^?\s]*)?\?([BbQq])\?([^?\s]*)\?=")
_NOT_BASE64 = bytes(
    octet for octet in range(256) if not (chr(octet).isascii() and chr(octet).isalnum()) if octet not in b"+/"
)
_CHARSET = re.compile(
    r"us-ascii|ascii|utf-?8|utf-(7|(16|32)(be|le)?)|iso-8859-\d+|latin-?1|windows-\d+|cp\d+|koi8-[rtu]|iso-2022-(kr|jp(-\w+)?)"
    r"|gb2312|gbk|gb18030|hz-gb-2312|big5(-?hkscs)?|shift[_-]jis|euc-(jp|kr)|macintosh|tis-620"
)


class Word(NamedTuple):
    """An encoded word: where it stands, its charset, its encoding (`B` or `Q`), the text that it stands for.

    The charset begins two octets after `start`; `text_at` is where the encoded text begins.
    """

    start: int
    end: int
    text_at: int
    charset: str
    encoding: str
    text: str


def words(octets: bytes) -> tuple[Word, ...]:
    """The encoded words in the value of a header field; the caller knows where RFC 2047 section 5 allows them."""
    return tuple(
        Word(
            found.start(),
            found.end(),
            found.start(3),
            found[1].decode("latin-1"),
            found[2].decode().upper(),
            _read(found),
        )
        for found in _WORD.finditer(octets)
    )


def _read(found: re.Match[bytes]) -> str:
    plain = base64(found[3]) if found[2] in b"Bb" else q(found[3])
    return text(plain, found[1].decode("latin-1"))


def decoded(value: bytes) -> str:
    """The value of an unstructured field for people; between two encoded words white space does not count."""
    pieces: list[str] = []
    at = 0
    for word in words(value):
        between = value[at : word.start]
        if not at or between.strip(b" \t\r\n"):
            pieces.append(between.decode("utf-8", "backslashreplace"))
        pieces.append(word.text)
        at = word.end
    return "".join([*pieces, value[at:].decode("utf-8", "backslashreplace")])


def q(octets: bytes) -> bytes:
    """The octets of the encoding Q (RFC 2047 section 4.2): `_` is a space, `=XX` an octet."""
    return binascii.a2b_qp(octets, header=True)


def base64(octets: bytes) -> bytes:
    """The octets of base64; what is not in the alphabet is passed over, and what is too short at the end is dropped."""
    letters = octets.partition(b"=")[0].translate(None, _NOT_BASE64)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def quoted_printable(octets: bytes) -> bytes:
    """The octets of quoted-printable text; white space before a line end was added on the way, and goes."""
    lines = octets.split(b"\r\n")
    return binascii.a2b_qp(b"\r\n".join(line.rstrip(b" \t") for line in lines))


def text(octets: bytes, charset: str) -> str:
    """Octets as characters; a charset that nobody knows, and octets that do not fit, show as escapes."""
    # Python has codecs that are no charsets of mail; those are not for octets from anywhere.
    name = charset.lower() if _CHARSET.fullmatch(charset.lower()) else "ascii"
    try:
        return octets.decode(name, "backslashreplace")
    except (LookupError, UnicodeError):
        return octets.decode("ascii", "backslashreplace")
