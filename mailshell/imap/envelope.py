"""ENVELOPE: the header of a message taken apart, on its octets (RFC 3501 section 7.4.2).

What is not by RFC 5322 is passed on as it is: any octets have an envelope.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from mailshell.imap.grammar import QUOTED, string_of
from mailshell.mail.message import Entity, comment_end

_TOKEN = re.compile(
    rb"""(?P<space>[ \t\r\n]+)|(?P<comment>\()|"(?P<quoted>(?:[^"\\]|\\.)*+)"?|(?P<literal>\[[^\]]*\]?)"""
    rb"""|(?P<sign>[<>,:;@])|(?P<word>[^ \t\r\n<>,:;@"(\[]+)""",
    re.DOTALL,
)
_PAIR = re.compile(rb"\\(.)", re.DOTALL)
_WORD = rb"[!#-'*+\-./-9=?A-Z^-~]++"
_USUAL = re.compile(
    rb'[ \t]*+(?P<angle>(?:"(?P<quoted>[ !#-\[\]-~]++)"|(?P<words>' + _WORD + rb"(?: " + _WORD + rb")*+))?[ \t]*+<)?"
    rb"(?P<local>" + _WORD + rb")@(?P<host>" + _WORD + rb")(?(angle)>)[ \t]*+(?:,|\Z)"
)
"""An address as almost all are, and the comma after it."""
_JOINING = (b".", b"@")
_FIELDS = (b"from", b"sender", b"reply-to", b"to", b"cc", b"bcc")
_NIL = b"NIL"
WANTED = frozenset((*_FIELDS, b"date", b"subject", b"in-reply-to", b"message-id"))
"""The fields that an envelope is made of."""
_MOST = 1000  # Ours: addresses of one field that are listed
_LONGEST = 65_536  # Ours: octets of them that are read


def of(octets: bytes, entity: Entity) -> bytes:
    """The envelope of a message, or of a message in it."""
    found, several = dict[bytes, bytes](), dict[bytes, list[bytes]]()
    for field in entity.fields:
        name = field.name
        if name not in WANTED:
            continue
        if name not in found:
            found[name] = field.value(octets)
        elif name in _FIELDS:
            several.setdefault(name, [found[name]]).append(field.value(octets))
    found.update((name, b", ".join(values)) for name, values in several.items())
    return made(found)


def made(found: Mapping[bytes, bytes]) -> bytes:
    """The envelope of the values of fields, unfolded, by their names in lower case."""
    get = found.get
    sender = addresses(get(b"from", b""))
    # An absent or empty Sender or Reply-To is that of From.
    second, reply = (addresses(found[name]) if name in found else sender for name in (b"sender", b"reply-to"))
    to, cc, bcc = (addresses(found[name]) if name in found else _NIL for name in (b"to", b"cc", b"bcc"))
    return b"(%b %b %b %b %b %b %b %b %b %b)" % (
        nstring(get(b"date")), nstring(get(b"subject")), sender, sender if second == _NIL else second,
        sender if reply == _NIL else reply, to, cc, bcc, nstring(get(b"in-reply-to")), nstring(get(b"message-id")),
    )  # fmt: skip


def nstring(value: bytes | None) -> bytes:
    """A string, or NIL where there is none."""
    return _NIL if value is None else string_of(value)


class Address(NamedTuple):
    """An address by its four strings; a group begins with one that has no host, and ends with one that has nothing."""

    name: bytes | None = None
    route: bytes | None = None
    mailbox: bytes | None = None
    host: bytes | None = None


def addresses(value: bytes) -> bytes:
    """The addresses of a field: `((name route mailbox host)...)`, groups too; NIL where there are none."""
    if (usual := _usual(value)) is not None:
        return usual
    found = [b"(" + b" ".join(map(nstring, one)) + b")" for one in read(value)]
    return b"(" + b"".join(found) + b")" if found else _NIL


def first_mailbox(value: bytes) -> bytes:
    """The mailbox of the first address of a field; empty where there is none."""
    found = read(value, 1)
    return (found[0].mailbox or b"") if found else b""


def read(value: bytes, most: int = _MOST) -> list[Address]:
    """The addresses in the beginning of a field, the first `most` of them."""
    found, reading = list[Address](), _Reading()
    for kind, text in _tokens(value[:_LONGEST]):
        found += reading.take(kind, text)
        if len(found) >= most:
            break
    return found + reading.end()


def _usual(value: bytes) -> bytes | None:
    """The addresses, where all of them are plain, in a field of a usual length; the quick way to the same answer."""
    found, at = [], 0
    while at < len(value) <= QUOTED:
        one = _USUAL.match(value, at)
        if one is None:
            return None
        name = one["quoted"] or one["words"]
        found.append(b'(%b NIL "%b" "%b")' % (b'"%b"' % name if name else _NIL, one["local"], one["host"]))
        at = one.end()
    return b"(" + b"".join(found) + b")" if found else None


def _tokens(value: bytes) -> list[tuple[str, bytes]]:
    """Words, quoted strings, comments and signs, in their order; white space is left out."""
    tokens, at = [], 0
    while at < len(value):
        found = _TOKEN.match(value, at)
        if found is None or found.lastgroup is None:
            tokens.append(("word", value[at : at + 1]))
            at += 1
        elif found.lastgroup == "comment":
            end = comment_end(value, at)
            tokens.append(("comment", _PAIR.sub(rb"\1", value[at + 1 : end].removesuffix(b")"))))
            at = end
        else:
            text = found[found.lastgroup]
            if found.lastgroup == "quoted":
                text = _PAIR.sub(rb"\1", text)
            if found.lastgroup != "space":
                tokens.append((found.lastgroup, text))
            at = found.end()
    return tokens


class _Reading:
    """Reads the addresses of one field, token by token."""

    def __init__(self) -> None:
        self._group = False
        self._start()

    def _start(self) -> None:
        self._name: list[bytes] = []  # words before <
        self._local: list[bytes] = []
        self._host: list[bytes] = []
        self._comment = b""
        self._angle = False
        self._route = b""
        self._at = False  # the sign @ has come

    def take(self, kind: str, text: bytes) -> list[Address]:
        """One token more; the addresses that it completes."""
        if kind == "comment":
            self._comment = self._comment or text
            return []
        if kind != "sign":
            (self._host if self._at else self._local).append(text)
            return []
        if text == b"<":
            self._name, self._local, self._host, self._at, self._angle = self._words(), [], [], False, True
        elif text == b"@":
            self._host += [text] if self._at else []
            self._at = True
        elif text == b":" and self._angle:
            self._route, self._host, self._at = b"@" + b"".join(self._host), [], False
        elif text == b":":
            ended = [Address()] if self._group else []  # groups do not lie in each other
            group, self._group = self._words(), True
            self._start()
            return [*ended, Address(mailbox=b" ".join(group))]
        elif text == b"," and self._angle and self._at and not self._local:
            self._host.append(text)  # a route by RFC 822 has several hosts
        elif text == b",":
            return self.one()
        elif text == b";":
            found = self.one()
            if self._group:
                found.append(Address())
            self._group = False
            return found
        return []

    def _words(self) -> list[bytes]:
        return [*self._local, *([b"@"] if self._at else []), *self._host]

    def one(self) -> list[Address]:
        """The address that was read, if there is one."""
        if not (self._local or self._host or self._angle):
            self._start()
            return []
        name = b" ".join(self._name) if self._angle else self._comment
        found = Address(name or None, self._route or None, _joined(self._local), _joined(self._host))
        self._start()
        return [found]

    def end(self) -> list[Address]:
        """The field is over."""
        return self.take("sign", b";") if self._group else self.one()


def _joined(words: list[bytes]) -> bytes:
    """A side of an address: dots join its words (RFC 5322 section 4.4); of what is no address the words stay apart."""
    pieces = list[bytes]()
    for before, word in pairwise((b".", *words)):
        near = before.endswith(_JOINING) or word.startswith(_JOINING)
        pieces += [word] if near else [b" ", word]
    return b"".join(pieces)
