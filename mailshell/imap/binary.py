"""Parts of a message without their transfer encoding: `BINARY[1]<0.100>`, BINARY.SIZE[1] (RFC 3516 section 4.2)."""

from typing import NamedTuple

from mailshell.core.cursor import Cursor, Stop
from mailshell.imap import sections
from mailshell.imap.items import Source, Text
from mailshell.mail.transfer import decoded


class Undecodable(Exception):
    """The encoding of a part is not known. Its text is the name of the encoding."""


class Binary(NamedTuple):
    """A part that is decoded: its numbers, a piece of it, whether it may set \\Seen, and whether its size is asked.

    Without numbers it is the whole message, which has no encoding itself.
    """

    part: tuple[int, ...] = ()
    partial: tuple[int, int] | None = None
    peek: bool = False
    size: bool = False

    @property
    def name(self) -> str:
        """`BINARY.PEEK[1]<0.100>`."""
        piece = "" if self.partial is None else f"<{self.partial[0]}.{self.partial[1]}>"
        return f"BINARY{'.SIZE' if self.size else '.PEEK' if self.peek else ''}{self._inside}{piece}"

    @property
    def seen(self) -> bool:
        """Whether asking for it sets \\Seen."""
        return not (self.peek or self.size)

    @property
    def _inside(self) -> str:
        return f"[{'.'.join(map(str, self.part))}]"

    def column(self, source: Source) -> list[bytes]:
        """The octets of each message, as a literal that may hold NUL where they do. Raises Undecodable."""
        found = [self.cut(text) for text in source.texts()]
        if self.size:
            head = f"BINARY.SIZE{self._inside} ".encode("ascii")
            return [b"%b%d" % (head, len(octets or b"")) for octets in found]
        head = f"BINARY{self._inside}{'' if self.partial is None else f'<{self.partial[0]}>'} ".encode("ascii")
        return [head + _literal(octets) for octets in found]

    def cut(self, text: Text) -> bytes | None:
        """The decoded part of a message; None where it has no such part. Raises Undecodable."""
        found = self._whole(text)
        if found is None or self.partial is None:
            return found
        first, count = self.partial
        return found[first : first + count]

    def _whole(self, text: Text) -> bytes | None:
        if not self.part:
            return text.octets
        entity = sections.part(text.entity, self.part)
        if entity is None:
            return None
        body = text.octets[entity.body : entity.end]
        if entity.parts:
            return body
        plain = decoded(body, entity.encoding)
        if plain is None:
            raise Undecodable(entity.encoding)
        return plain


def _literal(octets: bytes | None) -> bytes:
    if octets is None:
        return b"NIL"
    return b"%b{%d}\r\n%b" % (b"~" if b"\0" in octets else b"", len(octets), octets)


def read(cursor: Cursor, *, peek: bool = False, size: bool = False) -> Binary:
    """section-binary [partial]; the bracket is read."""
    numbers, more = sections.numbers(cursor)
    if numbers and more:
        raise Stop
    return Binary(numbers, sections.end(cursor, partial=not size), peek, size)
