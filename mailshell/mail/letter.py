"""A message explained line by line while it arrives: fields, folds, parts, encodings, trace.

It remembers where in the message it is and nothing of the message itself, so a message of any size can pass.
"""

import re
from typing import NamedTuple

from mailshell.core.explain import Note
from mailshell.core.record import Cite
from mailshell.mail import glosses, words
from mailshell.mail.headers import HEADERS, OPTIONAL, card_of
from mailshell.mail.message import VALUE, Outline

_LONGEST = 998  # octets of a line without CR LF (RFC 5322 section 2.1.1)
_MOST = 8  # notes on a line of quoted-printable
_NEEDED = (b"date", b"from")  # what every header must have (RFC 5322 section 3.6)
_ONCE = frozenset(
    (*_NEEDED, b"sender", b"reply-to", b"to", b"cc", b"bcc", b"message-id", b"in-reply-to", b"references", b"subject")
)
"""What no header may have twice (RFC 5322 section 3.6)."""
_WHOLE = ("7bit", "8bit", "binary")  # the encodings of a multipart (RFC 2045 section 6.4)

_MESSAGE = Cite(5322, "2.1")
_FIELD = Cite(5322, "2.2")
_FOLDING = Cite(5322, "2.2.3")
_FIELDS = Cite(5322, "3.6")
_BOUNDARY = Cite(2046, "5.1.1")
_PART = Cite(2046, "5.1")
_INSIDE = Cite(2046, "5.2.1")
_QUOTED_PRINTABLE = Cite(2045, "6.7")
_BASE64 = Cite(2045, "6.8")
_SPOOFING = Cite(5321, "7.1")

_ESCAPES = re.compile(rb"(?P<octets>(?:=[0-9A-Fa-f]{2})+)|(?P<soft>=[ \t]*$)|=")
_STRANGE = re.compile(rb"[^A-Za-z0-9+/= \t]+")  # no character of base64


class Reading(NamedTuple):
    """A line explained: a gloss for the whole line, empty for most, and what stands where on it."""

    gloss: str = ""
    notes: tuple[Note, ...] = ()


class Letter:
    """The reader of one message, or of some fields of its `header`.

    `sender` is the return path of its envelope, empty where nobody knows it.
    """

    def __init__(self, sender: bytes = b"", *, header: bool = False) -> None:
        self._sender = sender
        self._header = header
        self._outline = Outline()
        self._missing = set(_NEEDED)
        self._met: set[bytes] = set()  # of _ONCE
        self._author = False  # a From field of which no address was read yet
        self._first = False  # the next line is the first one of a body
        self._cut = b""  # what was there of a line that goes on, and its last octet in any case

    def read(self, octets: bytes, *, dotted: bool = False) -> Reading:
        """Take the next line with its end, or a piece of one; `dotted` where a dot at its start was sent twice."""
        if self._cut or not octets.endswith(b"\r\n"):
            return self._piece(octets[1:] if dotted and not self._cut and octets.startswith(b".") else octets)
        shift = 1 if dotted and octets.startswith(b".") else 0
        gloss, notes = self._line(octets[shift:-2])
        if shift:
            notes = tuple(note._replace(start=note.start + 1, end=note.end + 1) for note in notes)
        return Reading(gloss, notes)

    def _piece(self, octets: bytes) -> Reading:
        """A line that comes in pieces is followed, and no piece of it explained: whole it may mean something else."""
        line = self._cut + octets
        self._cut = line if len(line) <= VALUE else line[: VALUE - 1] + line[-1:]
        if line.endswith(b"\r\n"):
            self._cut = b""
            self._line(line[:-2])
        return Reading()

    def _line(self, line: bytes) -> Reading:
        outline = self._outline
        fields, nested = outline.fields, outline.nested
        kind = outline.line(line)
        if kind == "text":
            return self._text(line)
        self._first = True
        if kind == "field":
            return self._field(line, nested)
        if kind == "fold":
            return self._fold(line, nested)
        if kind == "empty":
            return self._empty(fields, nested)
        if kind == "lost":
            return self._lost(line, fields, nested)
        if kind == "opening":
            text = "a part begins; its own header follows"
            return Reading("a part begins", (Note("dash-boundary", 0, len(line), text, _BOUNDARY),))
        text = "the last part is over"
        return Reading(text, (Note("close-delimiter", 0, len(line), text, _BOUNDARY),))

    def _field(self, line: bytes, nested: bool) -> Reading:
        name = self._outline.name
        card = card_of(name)
        colon = line.index(b":")
        notes = [Note("field-name", 0, colon, card.says, card.cite), *glosses.notes(name, line, colon + 1, first=True)]
        gloss = card.says if card is not OPTIONAL else ""
        if words.flaws(line[colon + 1 : glosses.LINE]) and any(note.rule.startswith("encoded-") for note in notes):
            gloss = "an encoded word is broken"
        elif name == b"subject" and any(note.rule == "encoded-text" for note in notes):
            gloss = f'reads "{glosses.short(words.decoded(line[colon + 1 : glosses.LINE].strip()))}"'
        if not nested:
            self._missing.discard(name)
            if name in self._met:
                gloss = f"one more {card.name}: only one is allowed"
                notes[0] = notes[0]._replace(text=gloss, cite=_FIELDS)
            self._met |= {name} & _ONCE
            self._author = name == b"from"
            if name == b"return-path" and not self._sender:
                self._sender = b"".join(line[start:end] for start, end in glosses.addresses(line)[:1])
            if self._other(line):
                return Reading("author, not the MAIL FROM address", tuple(map(self._spoofed, notes)))
        return Reading(gloss, tuple(notes))

    def _fold(self, line: bytes, nested: bool) -> Reading:
        name = self._outline.name
        known = HEADERS[name].name if name in HEADERS else name[:40].decode("ascii")
        space = len(line) - len(line.lstrip(b" \t"))
        text = f"folding: the field {known} goes on here"
        notes = [Note("FWS", 0, space, text, _FOLDING), *glosses.notes(name, line, space, first=False)]
        if not nested and self._other(line):
            notes = list(map(self._spoofed, notes))
        return Reading("", tuple(notes))

    def _other(self, line: bytes) -> bool:
        """Whether the author's address stands here, and the envelope has another one."""
        if not (self._author and self._sender):
            return False
        found = [line[start:end].lower() for start, end in glosses.addresses(line)]
        self._author = not found
        return bool(found) and self._sender.lower() not in found

    def _spoofed(self, note: Note) -> Note:
        if note.rule not in ("angle-addr", "addr-spec"):
            return note
        sender = self._sender[:64].decode("utf-8", "backslashreplace")
        return note._replace(text=f"MAIL FROM:<{sender}> is another; nobody compares them", cite=_SPOOFING)

    def _empty(self, fields: int, nested: bool) -> Reading:
        outline = self._outline
        if self._header:
            return Reading("the header ends", (Note("empty line", 0, 0, "the header ends", _MESSAGE),))
        gloss, cite = "the header ends, the body begins", _MESSAGE
        if nested:
            gloss, cite = "the part's header ends", _BOUNDARY
        if not fields:
            gloss = "no fields: the part is plain text" if nested else "no header: the body begins"
        text = gloss
        if outline.area == "header":
            gloss, cite = "a message inside: its header follows", _INSIDE
            text = gloss
        elif outline.area == "preamble":
            text, cite = "the header ends; what follows has parts", _PART
            if outline.encoding not in _WHOLE:
                text, cite = "the header ends; parts are encoded one by one, never together", Cite(2045, "6.4")
        elif outline.media.name.startswith("multipart/") and not outline.media.parameter("boundary"):
            text, cite = "the header ends; without a boundary nobody finds the parts", _BOUNDARY
        elif not nested and fields and self._missing:
            absent = " and ".join(name.decode("ascii").capitalize() for name in _NEEDED if name in self._missing)
            verb = "are" if len(self._missing) > 1 else "is"
            text, cite = f"the header ends, the body begins; {absent} {verb} missing", _FIELDS
        return Reading(gloss, (Note("empty line", 0, 0, text, cite),))

    def _lost(self, line: bytes, fields: int, nested: bool) -> Reading:
        if fields:
            text, cite = "no field: the body begins, an empty line is missing", _MESSAGE
        elif nested:
            text, cite = "this part has no header: this is its body", _BOUNDARY
        else:
            text, cite = "this message has no header: a field is name, colon, value", _FIELD
        self._first = False
        gloss = "no header: this is text already" if not fields else "no field: the body begins"
        return Reading(gloss, (Note("body", 0, len(line), text, cite),))

    def _text(self, line: bytes) -> Reading:
        first, area = self._first, self._outline.area
        self._first = first and not line
        if area != "body":
            text = f"{area}: mail programs do not show it"
            return Reading("", (Note(area, 0, len(line), text, _BOUNDARY),) if first and line else ())
        encoding = self._outline.encoding
        if encoding == "quoted-printable":
            return Reading("", tuple(self._escapes(line)[:_MOST]))
        if encoding == "base64":
            return Reading("", tuple(self._base64(line, first)))
        if len(line) > _LONGEST:
            text = f"{len(line) + 2:,} octets with CR LF; a line has at most {_LONGEST + 2}"
            return Reading("", (Note("text", 0, len(line), text, Cite(5322, "2.1.1")),))
        return Reading()

    def _escapes(self, line: bytes) -> list[Note]:
        notes = []
        for found in _ESCAPES.finditer(line[: glosses.LINE]):
            rule, text = "soft line break", "the next line belongs to this one"
            if found["octets"] is not None:
                plain = words.quoted_printable(found["octets"])
                count = f"{len(plain)} octets" if len(plain) > 1 else "an octet"
                rule, text = "hex-octet", f'{count}: "{self._shown(plain)}"' if self._is_text() else count
            elif found["soft"] is None:
                rule, text = "=", "no octet: two hexadecimal digits must follow each ="
            notes.append(Note(rule, *found.span(), text, _QUOTED_PRINTABLE))
        return notes

    def _base64(self, line: bytes, first: bool) -> list[Note]:
        strange = _STRANGE.search(line[: glosses.LINE])
        if strange is not None:
            return [Note("other characters", *strange.span(), "not base64: a reader skips it", _BASE64)]
        plain = words.base64(line[: glosses.LINE])
        end = line.find(b"=")
        notes = []
        if first and plain:
            text = f"base64: {len(line)} characters are {len(plain)} octets"
            if self._is_text():
                text += f' and read "{self._shown(plain)}"'
            notes.append(Note("base64", 0, end if end > 0 else len(line), text, _BASE64))
        if end > 0:
            notes.append(Note("padding", end, len(line), "padding: the octets end here", _BASE64))
        return notes

    def _is_text(self) -> bool:
        return self._outline.media.name.startswith("text/")

    def _shown(self, plain: bytes) -> str:
        return glosses.short(words.text(plain, self._outline.media.parameter("charset") or "us-ascii"))
