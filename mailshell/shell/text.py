"""Octets as text that a terminal shows and does not obey: each octet once, in order."""

import re
from collections.abc import Iterator
from unicodedata import category, east_asian_width

from mailshell.shell.view import WireMarks


class Shown:
    """A line as text, and for each octet the column at which it begins (one more for the end of the line).

    `mark` is the end of the text, where that stands for the end of the line.
    """

    __slots__ = ("columns", "mark", "text")

    def __init__(self, text: str, columns: list[int], mark: str) -> None:
        self.text = text
        self.columns = columns
        self.mark = mark


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(letter: str) -> int:
    if category(letter) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1


def show(octets: bytes, wire: WireMarks = "marks", *, ascii_only: bool = False) -> Shown:
    """A line of the wire; CR LF becomes a mark at its end, or nothing; a bare CR or LF is always shown, and loud."""
    ends = octets.endswith(b"\r\n")
    line = octets[:-2] if ends else octets
    mark = ""
    if ends and wire != "off":
        mark = "\\r\\n" if ascii_only else "␍␊"
    if line.isascii() and (text := line.decode("ascii")).isprintable():
        columns = list(range(len(text) + 1))
    else:
        text, columns = _show_each(line, ascii_only)
    return Shown(text + mark, columns, mark)


def _show_each(line: bytes, ascii_only: bool) -> tuple[str, list[int]]:
    columns: list[int] = []
    pieces: list[str] = []
    column = 0
    for letter, count in _letters(line):
        piece = _piece(letter, ascii_only)
        columns += [column] * count
        pieces.append(piece)
        column += width(piece)
    return "".join(pieces), [*columns, column]


def _letters(line: bytes) -> list[tuple[str, int]]:
    """The characters of UTF-8 with the octets they take; an octet that is no UTF-8 stands alone as a surrogate."""
    found = []
    for letter in line.decode("utf-8", "surrogateescape"):
        found.append((letter, len(letter.encode("utf-8", "surrogateescape"))))
    return found


def _piece(letter: str, ascii_only: bool) -> str:
    if letter.isprintable() and (letter.isascii() or not ascii_only):
        return letter
    code = ord(letter)
    if letter == "\r":
        return "\\rCR!" if ascii_only else "␍CR!"
    if letter == "\n":
        return "\\nLF!" if ascii_only else "␊LF!"
    if code < 0x20 and not ascii_only:
        return chr(0x2400 + code)
    if code == 0x7F and not ascii_only:
        return "␡"
    octets = bytes([code - 0xDC00]) if 0xDC80 <= code <= 0xDCFF else letter.encode("utf-8", "surrogatepass")
    return "".join(f"\\x{octet:02x}" for octet in octets)


def unshown(text: str) -> bytes:
    """The octets of a line that `show` has shown, line end left out; what could be octets of the line stays so."""
    text = _SHOWN.sub(lambda found: _MEANT.get(found[0]) or chr(_octet(found[0])), text)
    return text.encode("utf-8", "surrogateescape")


_SHOWN = re.compile("␍CR!|␊LF!|\\\\rCR!|\\\\nLF!|[\u2400-\u241f\u2421]|\\\\x(?:[01][0-9a-f]|7f|[89a-f][0-9a-f])")
_MEANT = {"␍CR!": "\r", "\\rCR!": "\r", "␊LF!": "\n", "\\nLF!": "\n", "␡": "\x7f"}


def _octet(shown: str) -> int:
    """The character for a control picture, or for an octet in hexadecimal, which stands alone as a surrogate."""
    if not shown.startswith("\\x"):
        return ord(shown) - 0x2400
    octet = int(shown[2:], 16)
    return octet if octet < 0x80 else 0xDC00 + octet


def safe(text: str, *, ascii_only: bool = False) -> str:
    """Any text as one that a terminal does not obey."""
    return "".join(_piece(letter, ascii_only) for letter in text)


def middle_left_out(octets: bytes, start: int, end: int, size: int = 0) -> bytes:
    """A line with a count in the place of its middle: about so many octets stay at its start and its end.

    `size` is the length of the line where `octets` have lost some of its middle already. No character is cut.
    """
    while start and octets[start] & 0xC0 == 0x80:
        start -= 1
    last = len(octets) - end
    while last < len(octets) and octets[last] & 0xC0 == 0x80:
        last += 1
    count = (size or len(octets)) - start - (len(octets) - last)
    return b"%s [%s octets not shown] %s" % (octets[:start], f"{count:,}".encode(), octets[last:])


def number(text: str) -> int | None:
    """What decimal digits write; None for anything else, and for more digits than any number here has."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def hex_rows(octets: bytes) -> list[str]:
    """Rows of sixteen octets: offset, hex, and the visible ASCII characters."""
    rows = []
    for start in range(0, len(octets), 16):
        piece = octets[start : start + 16]
        left, right = piece[:8].hex(" "), piece[8:].hex(" ")
        seen = "".join(chr(octet) if 32 <= octet < 127 else "." for octet in piece)
        rows.append(f"{start:04x}  {left:<23}  {right:<23}  |{seen}|")
    return rows


def cut(text: str, columns: int) -> str:
    """The start of a text, in at most so many columns; an ellipsis says that there is more."""
    if width(text) <= columns:
        return text
    kept, used = "", 1
    for letter in text:
        used += _columns(letter)
        if used > columns:
            break
        kept += letter
    return kept + "…" if columns > 0 else ""


_EXAMPLE = re.compile(r":[a-z]+(?: (?!or |and )[^\s,]+)+,?|\S+")


def _examples(text: str, columns: int) -> Iterator[str]:
    for word in _EXAMPLE.findall(text):
        yield from [word] if width(word) <= columns else word.split()


def wrap(text: str, columns: int) -> list[str]:
    """Text in lines of at most `columns`, broken at spaces; a longer word stands on a line of its own.

    An example, such as `:why -1 3` after "as in", is one word where it fits.
    """
    lines: list[str] = []
    line = ""
    head, sign, tail = text.partition("as in")
    words = [*head.split(), *(_examples(sign + tail, columns) if sign else ())]
    for word in words:
        if line and width(line) + 1 + width(word) > columns:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line] if line else lines


def pieces(text: str, first: int, later: int) -> list[str]:
    """A text broken where its columns end, nothing of it lost: a piece of at most `first` columns, then of `later`."""
    out, room = [""], first
    for letter in text:
        if width(out[-1]) + _columns(letter) > room:
            out.append("")
            room = later
        out[-1] += letter
    return out
