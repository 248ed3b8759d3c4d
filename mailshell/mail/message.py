"""The structure of a message on its octets: header fields, bodies, parts (RFC 5322 section 2, RFC 2046 section 5.1).

Nothing is copied and nothing is repaired: every span counts octets of the message from 0. Lines end in CR LF and in
nothing else. Any octets have a structure: what is not by the rules is text.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from mailshell.mail.parameters import joined

NESTING = 32
"""Multiparts and messages inside each other; what is nested deeper is text. The RFCs set no limit, a program must."""

PARTS = 10_000
FIELDS = 100_000
"""Ours: the most parts and the most fields of a message, all parts together, that are told. What comes after stays text
of the last part, or is in a header all the same. A message of any size takes little memory so.
"""

VALUE = 8192
"""Octets of Content-Type that are read; the limit keeps a header of any size in little memory."""

Kind = Literal["field", "fold", "empty", "lost", "text", "opening", "closing"]
"""What a line is. `lost` is a line in the place of the header that is no field: the body begins there."""

Area = Literal["header", "body", "preamble", "epilogue"]

_NAME = re.compile(rb"([!-9;-~]+)[ \t]*:")
_FIELD = re.compile(rb"([!-9;-~]++)[ \t]*+(:)[^\r]*+(?:\r(?!\n(?![ \t]))[^\r]*+)*+(?:\r\n|\Z)")
_DESCRIBING = frozenset((b"content-type", b"content-transfer-encoding"))
_WORD = rb"[^ \t\r\n;=/\"()]++"
_VALUE = rb'(?:"([^"\\]*+)"|(' + _WORD + rb"))"
_USUAL = re.compile(rb"(" + _WORD + rb"/" + _WORD + rb")((?:[ \t]*+;[ \t]*+" + _WORD + rb"=" + _VALUE + rb")*+)\Z")
"""A Content-Type as almost all are, without comments, escapes and odd white space; the quick way to the same answer."""
_PARAMETER = re.compile(rb";[ \t]*+(" + _WORD + rb")=" + _VALUE)
_TOKEN = re.compile(rb'[ \t\r\n]+|"(?P<quoted>(?:[^"\\]|\\.)*+)"?|(?P<sign>[;=/])|(?P<word>[^ \t\r\n;=/"]+)', re.S)
_OPENING = re.compile(rb'"(?:[^"\\]|\\.)*+"?|\(', re.S)
_COMMENT = re.compile(rb"[()]|\\.", re.S)
_PAIR = re.compile(rb"\\(.)", re.S)
_DIGEST = "multipart/digest"
_MANY = 1000


class Field(NamedTuple):
    """A header field: octets `start` to `end`, folds and line end included; the colon stands at `colon`.

    `name` is in lower case: names have no case.
    """

    start: int
    colon: int
    end: int
    name: bytes

    def value(self, octets: bytes) -> bytes:
        """The value unfolded (RFC 5322 section 2.2.3), white space at both ends left out."""
        return unfolded(octets[self.colon + 1 : self.end])


class Media(NamedTuple):
    """A Content-Type: type and subtype in lower case, joined by a slash, and the parameters, names in lower case."""

    name: str
    parameters: tuple[tuple[str, str], ...] = ()

    def parameter(self, name: str) -> str:
        """The value of a parameter, empty where there is none; the first one counts."""
        return next((value for known, value in self.parameters if known == name), "")


PLAIN = Media("text/plain", (("charset", "us-ascii"),))
"""What a body is that no Content-Type describes (RFC 2045 section 5.2)."""


class Entity(NamedTuple):
    """A message or a part of one: its header from `start`, its body from `body` to `end`.

    The CR LF before a boundary belongs to the boundary. `parts` are those of a multipart, or the one message in a
    message/rfc822.
    """

    start: int
    body: int
    end: int
    fields: tuple[Field, ...]
    media: Media
    encoding: str
    parts: tuple["Entity", ...] = ()

    @property
    def inside(self) -> tuple["Entity", ...]:
        """The parts; of a multipart or a message/rfc822 that has none it is the body as one text."""
        if self.parts or not (self.media.name.startswith("multipart/") or self.media.name == "message/rfc822"):
            return self.parts
        return (Entity(self.body, self.body, self.end, (), PLAIN, "7bit"),)


class _Frame(NamedTuple):
    """A body that holds further entities; a message in a message has no boundary."""

    boundary: bytes
    digest: bool


class Outline:
    """Follows a message line by line and says what each line is; its memory does not grow with the message."""

    def __init__(self) -> None:
        self.area: Area = "header"
        self.fields = 0
        """Fields in the present header so far."""
        self.name = b""
        """The present field's name in lower case."""
        self.media = PLAIN
        """What the last complete header says of the body below it; `encoding` likewise, in lower case."""
        self.encoding = "7bit"
        self._media = PLAIN
        self._encoding = "7bit"
        self._frames: list[_Frame] = []
        self._parts = 0
        self._value: bytes | None = None
        self._seen: set[bytes] = set()

    @property
    def nested(self) -> bool:
        """Whether this is inside a part, or inside a message in a message."""
        return bool(self._frames)

    @property
    def bounded(self) -> bool:
        """Whether some line to come can be a boundary."""
        frames = self._frames
        if not frames or frames[-1].boundary:
            return bool(frames)
        return any(frame.boundary for frame in frames)

    @property
    def depth(self) -> int:
        """How many bodies that hold further entities are open; a boundary ends those above its own."""
        return len(self._frames)

    def line(self, line: bytes) -> Kind:
        """Take the next line, line end left out."""
        if line.startswith(b"--") and (kind := self._boundary(line)) is not None:
            return kind
        if self.area != "header":
            return "text"
        if not line:
            self._begin_body()
            return "empty"
        if line[0] in b" \t" and self.fields:
            if self._value is not None and len(self._value) < VALUE:
                self._value += line[:VALUE]
            return "fold"
        found = _NAME.match(line)
        if found is None:
            self._begin_body(lost=True)
            return "lost"
        self._commit()
        self.fields += 1
        self.name = found[1].lower()
        self._value = None
        if self.name in _DESCRIBING and self.name not in self._seen:
            self._seen.add(self.name)
            self._value = line[found.end() : found.end() + VALUE]
        return "field"

    def take(self, octets: bytes, at: int) -> list[Field]:
        """Take the fields that stand at a place of a header, folds and all, in one go; quicker than `line`.

        It stops before whatever is no field, before what may be a boundary, and after many fields.
        """
        found: list[Field] = []
        bounded, match = self.bounded, _FIELD.match
        while len(found) < _MANY and (one := match(octets, at)) is not None:
            name, colon, end = one[1].lower(), one.start(2), one.end()
            if bounded and name.startswith(b"--"):
                break
            if self._value is not None:
                self._commit()
            if name in _DESCRIBING and name not in self._seen:
                self._seen.add(name)
                self.name, self._value = name, octets[colon + 1 : min(end, colon + 1 + VALUE)]
            found.append(Field(at, colon, end, name))
            at = end
        self.fields += len(found)
        return found

    def finish(self) -> None:
        """There are no more lines; a header that has not ended is complete now."""
        if self.area == "header":
            self._commit()
            self.media, self.encoding = self._media, self._encoding

    def _boundary(self, line: bytes) -> Kind | None:
        """Dash-boundary and close-delimiter of RFC 2046 section 5.1.1; white space after them is padding."""
        text = line[2:].rstrip(b" \t")
        for level in range(len(self._frames) - 1, -1, -1):
            boundary = self._frames[level].boundary
            if not boundary or not text.startswith(boundary):
                continue
            if text == boundary:
                if self._parts == PARTS:
                    return None
                self._parts += 1
                self.finish()
                del self._frames[level + 1 :]
                self._begin_header(Media("message/rfc822") if self._frames[level].digest else PLAIN)
                return "opening"
            if text == boundary + b"--":
                self.finish()
                del self._frames[level:]
                self.area, self.name = "epilogue", b""
                return "closing"
        return None

    def _begin_header(self, default: Media) -> None:
        self.area, self.fields, self.name = "header", 0, b""
        self._media, self._encoding = default, "7bit"
        self._value = None
        self._seen = set()

    def _commit(self) -> None:
        """The field above is complete."""
        if self._value is None:
            return
        value, self._value = unfolded(self._value), None
        if self.name == b"content-type":
            self._media = media(value) or PLAIN
        else:
            self._encoding = encoding(value)

    def _begin_body(self, lost: bool = False) -> None:
        self.finish()
        self.area, self.name = "body", b""
        if len(self._frames) >= NESTING:
            return
        kind = self.media.name
        if kind.startswith("multipart/"):
            if boundary := self.media.parameter("boundary").rstrip(" ").encode("latin-1"):
                self._frames.append(_Frame(boundary, kind == _DIGEST))
                self.area = "preamble"
        elif not lost and kind == "message/rfc822" and self.encoding in ("7bit", "8bit", "binary"):
            self._frames.append(_Frame(b"", False))
            self._begin_header(PLAIN)


class _Reading:
    """An entity whose end is not known yet."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.body: int | None = None
        self.fields: list[Field] = []
        self.parts: list[Entity] = []
        self.media = PLAIN
        self.encoding = "7bit"

    def entity(self, end: int) -> Entity:
        """The entity, now that its end is known; a boundary right after the header takes the header's last CR LF."""
        end = max(end, self.start)
        fields = tuple(self.fields)
        if fields and fields[-1].end > end:
            fields = (*fields[:-1], fields[-1]._replace(end=end))
        body = end if self.body is None else min(self.body, end)
        return Entity(self.start, body, end, fields, self.media, self.encoding, tuple(self.parts))


def parse(octets: bytes) -> Entity:
    """The structure of a message; never raises, in time that grows with the octets."""
    outline, stack, size = Outline(), [_Reading(0)], len(octets)
    at, room = 0, FIELDS
    while at < size:
        newline = octets.find(b"\r\n", at)
        header = outline.area == "header"
        if header and newline != at and (fields := outline.take(octets, at)):
            stack[-1].fields += fields[: max(room, 0)]
            room -= len(fields)
            at = fields[-1].end
            continue
        stop, end = (size, size) if newline < 0 else (newline, newline + 2)
        kind = outline.line(octets[at:stop])
        if kind == "field":
            if room > 0:
                stack[-1].fields.append(Field(at, octets.index(b":", at), end, outline.name))
            room -= 1
        elif kind == "fold":
            if stack[-1].fields and stack[-1].fields[-1].end == at:
                stack[-1].fields[-1] = stack[-1].fields[-1]._replace(end=end)
        elif header:
            _describe(stack[-1], outline, None if kind in ("opening", "closing") else at if kind == "lost" else end)
        if kind in ("opening", "closing"):
            _close(stack, outline.depth if kind == "opening" else outline.depth + 1, at - 2)
        if kind == "opening" or (kind == "empty" and outline.area == "header"):
            stack.append(_Reading(end))
        at = end if outline.area == "header" else _candidate(octets, end, outline)
    if outline.area == "header":
        outline.finish()
        _describe(stack[-1], outline, None)
    _close(stack, 1, size)
    return stack[0].entity(size)


def _describe(reading: _Reading, outline: Outline, body: int | None) -> None:
    """The header of an entity is complete; `body` is None where its body never began."""
    reading.body, reading.media, reading.encoding = body, outline.media, outline.encoding


def _close(stack: list[_Reading], depth: int, end: int) -> None:
    """End every entity but the outer `depth`."""
    while len(stack) > depth:
        entity = stack.pop().entity(end)
        stack[-1].parts.append(entity)


def _candidate(octets: bytes, at: int, outline: Outline) -> int:
    """The start of the next line that can be a boundary; no other line of a body says anything about the structure."""
    if not outline.bounded:
        return len(octets)
    found = octets.find(b"\r\n--", at - 2)
    return len(octets) if found < 0 else found + 2


def unfolded(value: bytes) -> bytes:
    """The value of a field on one line: the line ends of its folds go (RFC 5322 section 2.2.3)."""
    return value.replace(b"\r\n", b"").strip(b" \t")


def comment_end(value: bytes, at: int) -> int:
    """Where a comment ends that begins at `at`; comments may lie in each other (RFC 5322 section 3.2.2)."""
    depth = 0
    for found in _COMMENT.finditer(value, at):
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return len(value)


def uncommented(value: bytes) -> bytes:
    """The value of a field with a space in the place of each comment."""
    pieces, at = [], 0
    while (found := _OPENING.search(value, at)) is not None:
        quoted = found[0] != b"("
        pieces += [value[at : found.end()]] if quoted else [value[at : found.start()], b" "]
        at = found.end() if quoted else comment_end(value, found.start())
    return b"".join([*pieces, value[at:]])


@lru_cache(maxsize=256)
def media(value: bytes) -> Media | None:
    """Read an unfolded Content-Type; None where no type and subtype stand there. Values in pieces are put together."""
    if (usual := _USUAL.match(value)) is not None:
        pairs = _PARAMETER.findall(usual[2])
        found = tuple([(_lower(name), (one or two).decode("latin-1")) for name, one, two in pairs])
        return Media(_lower(usual[1]), joined(found) if b"*" in value else found)
    head, *rest = _pieces(value)
    kind, slash, subtype = head.partition("/")
    if not (slash and kind and subtype):
        return None
    parameters = (piece.partition("=") for piece in rest)
    found = tuple((name.lower(), value) for name, sign, value in parameters if name and sign)
    return Media(head.lower(), joined(found))


@lru_cache(maxsize=64)
def encoding(value: bytes) -> str:
    """Read an unfolded Content-Transfer-Encoding, in lower case."""
    return _pieces(value)[0].lower()


def _lower(word: bytes) -> str:
    return word.decode("latin-1").lower()


def _pieces(value: bytes) -> list[str]:
    """What stands between semicolons; quotes, comments and white space outside of quotes left out."""
    pieces = [""]
    for found in _TOKEN.finditer(uncommented(value)):
        if found["sign"] == b";":
            pieces.append("")
        elif found["quoted"] is not None:
            pieces[-1] += _PAIR.sub(rb"\1", found["quoted"]).decode("latin-1")
        else:
            pieces[-1] += (found["sign"] or found["word"] or b"").decode("latin-1")
    return pieces
