"""Sections of a message that FETCH asks for: `BODY[1.2.MIME]<0.100>`, RFC822.TEXT (RFC 3501 section 6.4.5)."""

import re
from typing import Literal, NamedTuple

from mailshell.core.cursor import Cursor, Stop
from mailshell.core.record import Expect
from mailshell.imap import grammar
from mailshell.imap.items import Source, Text
from mailshell.mail.message import Entity

Kind = Literal["", "HEADER", "HEADER.FIELDS", "HEADER.FIELDS.NOT", "TEXT", "MIME"]
_KINDS: tuple[Kind, ...] = ("HEADER.FIELDS.NOT", "HEADER.FIELDS", "HEADER", "TEXT", "MIME")
SAYS = {
    "HEADER.FIELDS.NOT": "the header without these fields",
    "HEADER.FIELDS": "these fields of the header",
    "HEADER": "the header of a message",
    "TEXT": "the body of a message",
    "MIME": "the header of a part",
}
"""What of a message, or of a part, each word means."""

OLD: dict[str, tuple[Kind, bool]] = {
    "RFC822.HEADER": ("HEADER", False),
    "RFC822.TEXT": ("TEXT", True),
    "RFC822": ("", True),
}
"""Older names of sections, and whether they set \\Seen."""

_NUMBER = re.compile(rb"[1-9][0-9]{0,8}")
_PART = Expect("section-part", "the number of a part, as in 1", like="1")
_CLOSE = Expect("]", "the section ends")
_FIELD = Expect("header-fld-name", "the name of a header field, as in Subject", like="Subject")
_FIRST = re.compile(rb"[0-9]{1,10}")
_COUNT = re.compile(rb"[1-9][0-9]{0,9}")
_CUT = Expect("<", "a piece: where it begins and how long it is, as in <0.100>")
_FROM = Expect("number", "the first octet of the piece; the octets are counted from 0", like="0")
_DOT = Expect(".", "the number of octets comes after it")
_MANY = Expect("nz-number", "how many octets the piece has, 1 or more", like="100")
_CUT_END = Expect(">", "the piece ends")
_TRAILER = b"\r\n"


class Section(NamedTuple):
    """A section: numbers of parts, what of that part, names of fields, a piece of it, and whether it may set \\Seen.

    `old` is the name by which RFC 822 knew it.
    """

    part: tuple[int, ...] = ()
    kind: Kind = ""
    fields: tuple[bytes, ...] = ()
    partial: tuple[int, int] | None = None
    peek: bool = False
    old: str = ""

    @property
    def name(self) -> str:
        """`BODY.PEEK[TEXT]<0.100>`."""
        if self.old:
            return self.old
        piece = "" if self.partial is None else f"<{self.partial[0]}.{self.partial[1]}>"
        return f"BODY{'.PEEK' if self.peek else ''}{self._inside.decode('latin-1')}{piece}"

    @property
    def seen(self) -> bool:
        """Whether asking for it sets \\Seen."""
        return not self.peek

    @property
    def _inside(self) -> bytes:
        words = [b"%d" % number for number in self.part] + ([self.kind.encode("ascii")] if self.kind else [])
        names = b" (" + b" ".join(map(grammar.written, self.fields)) + b")" if self.fields else b""
        return b"[" + b".".join(words) + names + b"]"

    def column(self, source: Source) -> list[bytes]:
        """The octets of each message, as a literal."""
        head = self.old.encode("ascii") if self.old else b"BODY" + self._inside
        if self.partial is not None:
            head += b"<%d>" % self.partial[0]
        found = []
        for text in source.texts():
            octets = self.cut(text)
            if octets is None:
                found.append(head + b" NIL")
                continue
            # No literal has the octet NUL (RFC 3501 section 4.3.1): some other octet stands in its place.
            found.append(b"%b {%d}\r\n%b" % (head, len(octets), octets.replace(b"\0", b"\x80")))
        return found

    def cut(self, text: Text) -> bytes | None:
        """The section of a message; None where it has no such part."""
        found = self._whole(text)
        if found is None or self.partial is None:
            return found
        first, count = self.partial
        return found[first : first + count]

    def _whole(self, text: Text) -> bytes | None:
        octets = text.octets
        if not self.part and not self.kind:
            return octets
        entity = part(text.entity, self.part)
        if entity is None:
            return None
        if self.kind == "MIME":
            return octets[entity.start : entity.body]
        if self.part:
            if not self.kind:
                return octets[entity.body : entity.end]
            if entity.media.name != "message/rfc822" or not entity.parts:
                return None
            entity = entity.parts[0]
        if self.kind == "TEXT":
            return octets[entity.body : entity.end]
        return header(octets, entity, self.kind, self.fields)


def header(octets: bytes, entity: Entity, kind: Kind, fields: tuple[bytes, ...]) -> bytes:
    """The header of an entity, or some of its fields, and the empty line after it.

    A message that ends with its last field has no such line (RFC 3501 section 6.4.5).
    """
    if kind == "HEADER":
        return octets[entity.start : entity.body]
    wanted = frozenset(name.lower() for name in fields)
    kept = (one for one in entity.fields if (one.name in wanted) is (kind == "HEADER.FIELDS"))
    last = entity.fields[-1].end if entity.fields else entity.start
    return b"".join(octets[one.start : one.end] for one in kept) + (_TRAILER if last < entity.end else b"")


def part(entity: Entity, numbers: tuple[int, ...]) -> Entity | None:
    """The part of a message with these numbers; None where there is none.

    A message that is no multipart has a part 1, its body. In a message/rfc822 numbers go on with the parts of the
    message in it.
    """
    inside = True  # the entity is a message itself
    for number in numbers:
        if not inside and entity.media.name == "message/rfc822":
            entity, inside = entity.inside[0], True
        if entity.media.name.startswith("multipart/"):
            if number > len(entity.inside):
                return None
            entity, inside = entity.inside[number - 1], False
        elif number == 1 and inside:
            inside = False
        else:
            return None
    return entity


def read(cursor: Cursor, *, peek: bool) -> Section:
    """section = "[" [section-spec] "]" ["<" number "." nz-number ">"]; the bracket is read."""
    part, more = numbers(cursor)
    kind = _kind(cursor, bool(part)) if more else ""
    fields = _names(cursor) if kind.startswith("HEADER.FIELDS") else ()
    if part and more and not kind:
        raise Stop
    return Section(part, kind, fields, end(cursor), peek)


def numbers(cursor: Cursor) -> tuple[tuple[int, ...], bool]:
    """section-part; and whether something else than a number may follow: after a dot, or where there are none."""
    found: list[int] = []
    cursor.rule, start = "section-part", cursor.at
    while (number := cursor.match(_NUMBER, _PART)) is not None:
        found.append(int(number))
        cursor.mark("section-part", start)
        if len(found) > 64:
            raise cursor.refuse(start, Expect("]", "no message has parts so deep"))
        if not cursor.word(b".", Expect(".", "a part of the part follows")):
            return tuple(found), False
        start = cursor.at
    return tuple(found), True


def end(cursor: Cursor, *, partial: bool = True) -> tuple[int, int] | None:
    """The bracket that ends a section, and which piece of it is wanted, where that may be said."""
    cursor.need_word(b"]", _CLOSE)
    if not partial:
        return None
    start = cursor.at
    if not cursor.word(b"<", _CUT):
        return None
    cursor.rule = "partial"
    first = int(cursor.need(_FIRST, _FROM))
    cursor.need_word(b".", _DOT)
    count = int(cursor.need(_COUNT, _MANY))
    cursor.need_word(b">", _CUT_END)
    cursor.mark("partial", start)
    return first, count


def _kind(cursor: Cursor, numbered: bool) -> Kind:
    cursor.rule, start = "section-text", cursor.at
    for kind in _KINDS:
        if (numbered or kind != "MIME") and cursor.word(kind.encode("ascii"), Expect(kind, SAYS[kind])):
            cursor.mark("section-text", start)
            return kind
    return ""


def _names(cursor: Cursor) -> tuple[bytes, ...]:
    grammar.space(cursor)
    cursor.need_word(b"(", grammar.OPEN)
    found = [grammar.astring(cursor, "header-fld-name", _FIELD)]
    while not cursor.word(b")", grammar.CLOSE):
        grammar.space(cursor)
        found.append(grammar.astring(cursor, "header-fld-name", _FIELD))
    return tuple(found)
