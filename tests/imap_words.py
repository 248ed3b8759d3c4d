"""Reads what an IMAP server sends, by the formal syntax of RFC 3501 section 9, and knows nothing of mailshell.

A word is bytes (a quoted string or a literal, as it is meant), a str (an atom), None (NIL) or a list of words. Whatever
is not by the syntax is an AssertionError.
"""

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

Word: TypeAlias = "bytes | str | list[Word] | None"

ATOM = re.compile(rb'\\?[^\x00-\x20\x7f-\xff(){%*"\\\]]+')
SECTION = re.compile(rb'(?:BODY|BINARY(?:\.SIZE)?)\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\](?:<[0-9]+>)?')
QUOTED = re.compile(rb'"((?:[^"\\\r\n\x00\x80-\xff]|\\["\\])*)"')
LITERAL = re.compile(rb"\{([0-9]+)\}\r\n")
NUMBER = re.compile(rb"[0-9]+")
TEXT = re.compile(rb"(?:\[([^\]\r\n]+)\] )?([^\r\n\x00]+)\r\n")
CONDITIONS = ("OK", "NO", "BAD", "BYE", "PREAUTH")


class Response(NamedTuple):
    """One response: tag, `*` or `+`; its number, if it begins with one; its name, and its words.

    Of OK, NO, BAD, BYE and + the words are the response code, empty where there is none, and the text.
    """

    tag: str
    number: int | None
    name: str
    words: list[Word]


class Reader:
    """Reads octets from the left to the right."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.at = 0

    def take(self, pattern: re.Pattern[bytes]) -> re.Match[bytes]:
        found = pattern.match(self.octets, self.at)
        assert found is not None, (self.octets[max(self.at - 80, 0) : self.at], self.octets[self.at : self.at + 80])
        self.at = found.end()
        return found

    def has(self, octets: bytes) -> bool:
        if self.octets.startswith(octets, self.at):
            self.at += len(octets)
            return True
        return False

    def need(self, octets: bytes) -> None:
        assert self.has(octets), (octets, self.octets[max(self.at - 80, 0) : self.at + 80])

    def word(self) -> Word:
        if self.has(b"("):
            return self.words(b")")
        if self.octets.startswith(b'"', self.at):
            return re.sub(rb"\\(.)", rb"\1", self.take(QUOTED)[1])
        if self.octets.startswith(b"{", self.at):
            size = int(self.take(LITERAL)[1])
            found = self.octets[self.at : self.at + size]
            assert len(found) == size
            assert b"\0" not in found, "a literal has no octet NUL"
            self.at += size
            return found
        if self.has(b"\\*"):
            return "\\*"
        section = SECTION.match(self.octets, self.at) is not None
        atom = self.take(SECTION if section else ATOM)[0].decode("latin-1")
        return None if atom.upper() == "NIL" else atom

    def words(self, end: bytes) -> list[Word]:
        """Words with one space between them; lists may stand one after the other without."""
        found: list[Word] = []
        if self.has(end):
            return found
        while True:
            found.append(self.word())
            if self.has(end):
                return found
            if not (isinstance(found[-1], list) and self.octets.startswith(b"(", self.at)):
                self.need(b" ")

    def response(self) -> Response:
        if self.has(b"+ "):
            return Response("+", None, "+", self.text())
        tag = "*" if self.has(b"* ") else self.take(re.compile(rb'([^\x00-\x20\x7f-\xff(){%*"\\+]+) '))[1].decode()
        number = None
        if tag == "*" and NUMBER.match(self.octets, self.at):
            number = int(self.take(NUMBER)[0])
            self.need(b" ")
        name = self.take(ATOM)[0].decode("ascii")
        if name in CONDITIONS:
            self.need(b" ")
            return Response(tag, number, name, self.text())
        assert tag == "*", name
        if self.has(b"\r\n"):
            return Response(tag, number, name, [])
        self.need(b" ")
        return Response(tag, number, name, self.words(b"\r\n"))

    def text(self) -> list[Word]:
        found = self.take(TEXT)
        return [(found[1] or b"").decode("ascii"), found[2].decode("utf-8")]


def responses(octets: bytes) -> list[Response]:
    """All that a server has sent."""
    reader, found = Reader(octets), []
    while reader.at < len(octets):
        found.append(reader.response())
    return found


def attributes(words: list[Word]) -> dict[str, Word]:
    """The items of a FETCH response by their names."""
    (items,) = words
    assert isinstance(items, list)
    assert len(items) % 2 == 0
    found: dict[str, Word] = {}
    for name, value in zip(items[::2], items[1::2], strict=True):
        assert isinstance(name, str)
        assert name not in found
        found[name] = value
    return found


def is_string(word: Word) -> bool:
    return isinstance(word, bytes)


def is_nstring(word: Word) -> bool:
    return word is None or isinstance(word, bytes)


def is_number(word: Word) -> bool:
    return isinstance(word, str) and word.isdecimal() and int(word) < 2**32


def check_envelope(word: Word) -> None:
    """envelope: ten fields, six of them lists of addresses, each of four."""
    assert isinstance(word, list)
    assert len(word) == 10
    for one in (*word[:2], *word[8:]):
        assert is_nstring(one)
    for addresses in word[2:8]:
        if addresses is None:
            continue
        assert isinstance(addresses, list)
        assert addresses
        for address in addresses:
            assert isinstance(address, list)
            assert len(address) == 4
            assert all(map(is_nstring, address))


def check_parameters(word: Word) -> None:
    """body-fld-param."""
    if word is not None:
        assert isinstance(word, list)
        assert word
        assert len(word) % 2 == 0
        assert all(map(is_string, word))


def check_body(word: Word, *, full: bool) -> None:
    """body: of a multipart or of one part, with extension data where it is `full`."""
    assert isinstance(word, list)
    parts = [one for one in word if isinstance(one, list)]
    rest = word
    if word and isinstance(word[0], list):
        count = next(at for at, one in enumerate(word) if not isinstance(one, list))
        for part in word[:count]:
            check_body(part, full=full)
        assert is_string(word[count])
        rest = word[count + 1 :]
        if full and rest:
            check_parameters(rest[0])
            rest = rest[1:]
        assert parts
    else:
        rest = check_part(word, full=full)
    assert full or not rest
    check_extension(rest)


def check_part(word: list[Word], *, full: bool) -> list[Word]:
    """body-type-1part; what of it is extension data."""
    assert is_string(word[0])
    assert is_string(word[1])
    check_parameters(word[2])
    assert is_nstring(word[3])
    assert is_nstring(word[4])
    assert is_string(word[5])
    assert is_number(word[6])
    rest = word[7:]
    assert isinstance(word[0], bytes)
    assert isinstance(word[1], bytes)
    if (word[0].upper(), word[1].upper()) == (b"MESSAGE", b"RFC822"):
        check_envelope(rest[0])
        check_body(rest[1], full=full)
        assert is_number(rest[2])
        rest = rest[3:]
    elif word[0].upper() == b"TEXT":
        assert is_number(rest[0])
        rest = rest[1:]
    if rest:
        assert is_nstring(rest[0])  # MD5
    return rest[1:]


def check_extension(rest: list[Word]) -> None:
    """Disposition, language, location, each only after the one before."""
    assert len(rest) <= 3
    if rest and rest[0] is not None:
        assert isinstance(rest[0], list)
        assert len(rest[0]) == 2
        assert is_string(rest[0][0])
        check_parameters(rest[0][1])
    if len(rest) > 1 and not is_nstring(rest[1]):
        assert isinstance(rest[1], list)
        assert rest[1]
        assert all(map(is_string, rest[1]))
    if len(rest) > 2:
        assert is_nstring(rest[2])


def leaves(word: Word, number: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], int]]:
    """The parts that are no multiparts, by their numbers, with their sizes (RFC 3501 section 6.4.5)."""
    assert isinstance(word, list)
    if isinstance(word[0], list):
        for at, part in enumerate(itertools.takewhile(lambda one: isinstance(one, list), word), 1):
            yield from leaves(part, (*number, at))
        return
    number = number if number and number[-1] else (*number[:-1], 1)
    assert isinstance(word[6], str)
    yield number, int(word[6])
    assert isinstance(word[0], bytes)
    assert isinstance(word[1], bytes)
    if (word[0].upper(), word[1].upper()) == (b"MESSAGE", b"RFC822"):
        inner = word[8]
        assert isinstance(inner, list)
        yield from leaves(inner, number if isinstance(inner[0], list) else (*number, 0))
