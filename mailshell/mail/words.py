"""Text in disguise: encoded words (RFC 2047), quoted-printable and base64 (RFC 2045 sections 6.7 and 6.8).

No octets raise: what is not by the rules stays as it is, as RFC 2047 section 6.3 and RFC 2045 section 6.7 ask.
"""

import binascii
import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from mailshell.core.record import Cite

_WORD = re.compile(rb"=\?([^?*\s]+)(?:\*[^?\s]*)?\?([BbQq])\?([^?\s]*)\?=")
_ATTEMPT = re.compile(rb"=\?([^?\s]*)\?([^?\s]*)\?(?:((?:(?!=\?(?!=)).)*?)\?=|[^?\s]*)", re.S)
_NO_OCTET = re.compile(rb"=(?![0-9A-Fa-f]{2}).{0,2}", re.S)
_LONGEST = 75  # octets of an encoded word (RFC 2047 section 2)
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


class Flaw(NamedTuple):
    """What is wrong, in a sentence, with what stands in octets `start` to `end` and was meant as an encoded word."""

    start: int
    end: int
    says: str
    cite: Cite


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


def flaws(octets: bytes) -> tuple[Flaw, ...]:
    """What is wrong with the encoded words in the value of a header field; empty where all are well formed."""
    return tuple(
        Flaw(*found.span(), says, Cite(2047, section))
        for found in _ATTEMPT.finditer(octets)
        for says, section in _flaws(found)
    )


def _flaws(found: re.Match[bytes]) -> Iterator[tuple[str, str]]:
    charset, encoding, coded = found[1].decode("ascii", "replace"), found[2], found[3]
    if coded is None:
        yield "There is no ?= at the end, so this is no encoded word.", "2"
        return
    size = found.end() - found.start()
    if size > _LONGEST:
        yield f"An encoded word has at most {_LONGEST} octets, and this one has {size}. Longer text takes several.", "2"
    if not coded:
        yield "The encoded word holds no text.", "2"
    name = charset.partition("*")[0]
    if not name:
        yield "The name of the charset is missing.", "2"
    elif not _is_known(name):
        yield f"The charset {name[:40]} is not known, so mailshell cannot say which text this is.", "3"
    if encoding not in (b"B", b"b", b"Q", b"q"):
        yield f"The encoding is {encoding[:20].decode('ascii', 'replace') or 'missing'}; there are B and Q.", "4"
        return
    wrong = list(_text_flaws(coded, base64=encoding in b"Bb"))
    yield from wrong
    if not wrong and _is_known(name) and not _fits(base64(coded) if encoding in b"Bb" else q(coded), name):
        yield f"The octets are not whole characters of {name}.", "5"


def _text_flaws(coded: bytes, *, base64: bool) -> Iterator[tuple[str, str]]:
    """What is wrong with the encoded text, before its octets are looked at."""
    if re.search(rb"\s", coded):
        instead = "" if base64 else " Q writes a space as _ or as =20."
        yield f"A space or a tab stands in the encoded word, and there must be none.{instead}", "2"
    elif not all(32 < octet < 127 for octet in coded):
        yield "An encoded word has visible ASCII characters only.", "2"
    elif base64 and coded.rstrip(b"=").translate(None, _NOT_BASE64) != coded.rstrip(b"="):
        yield "Base64 has letters, digits, + and / only, and = at its end.", "4.1"
    elif base64 and len(coded) % 4:
        yield f"The base64 text has {len(coded)} characters. Their number must be a multiple of 4.", "5"
    elif not base64 and b"?" in coded:
        yield "A question mark stands in the text. Q writes it as =3F.", "4.2"
    elif not base64 and (found := _NO_OCTET.search(coded)) is not None:
        yield f"{found[0].decode('ascii')} is no octet: two hexadecimal digits follow each =.", "4.2"


def decoded(value: bytes) -> str:
    """The value of an unstructured field for people; between two encoded words white space does not count."""
    pieces: list[str] = []
    at = 0
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        if not at or between.strip(b" \t\r\n"):
            pieces.append(between.decode("utf-8", "backslashreplace"))
        pieces.append(_read(word))
        at = word.end()
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
    try:
        return octets.decode(charset if _is_known(charset) else "ascii", "backslashreplace")
    except UnicodeError:
        return octets.decode("ascii", "backslashreplace")


def _is_known(charset: str) -> bool:
    # Python has codecs that are no charsets of mail; those are not for octets from anywhere.
    try:
        return _CHARSET.fullmatch(charset.lower()) is not None and bool(codecs.lookup(charset))
    except LookupError:
        return False


def _fits(octets: bytes, charset: str) -> bool:
    try:
        octets.decode(charset)
    except UnicodeError:
        return False
    return True
