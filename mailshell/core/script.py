"""Transcript files: `C:` and `S:` lines that are played, checked and written again.

    # protocol: smtp          a header: comments of the form key: value, before the first other line
    S: 220 nyu.edu…           an expected line; with … at its end, an expected beginning
    C: HELO lancs.uk          a line to send; CR LF is added; \\r \\n \\t \\\\ \\xNN are escapes
    = ready                   the phase after it
    ! because                 the reason of the last answer
    C2(smtp@lancs.uk): QUIT   a second connection, with its protocol and host
    > :wait 30m               a local command
    ? What comes now?         a question to those who watch, before the next line is sent
    ? - 250 Ok                an answer that they may choose; `? + ` begins the right one

`C:` lines that stand right after each other are sent in one write.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from mailshell.core.explain import masked
from mailshell.core.record import Body, Closed, Exchange, Opened, Prompt, Record, Spoken, reply_lines
from mailshell.core.transcript import Entry, Wire

CRLF = b"\r\n"

_LINE = re.compile(r"([CS])([1-9]\d{0,2})?(?:\(([a-z0-9]+)(?:@([A-Za-z0-9.-]+))?\))?:(?: (.*)|)$")
_HEADER = re.compile(r"#\s*([a-z]+):\s*(\S.*?)\s*$")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.)|$)")
_PLAIN = {"r": "\r", "n": "\n", "t": "\t", "\\": "\\", "0": "\0"}

What = Literal["send", "expect", "phase", "because", "local", "comment", "ask"]
_MARKS: dict[str, What] = {"= ": "phase", "! ": "because", "> ": "local", "? ": "ask"}


class ScriptError(Exception):
    """A transcript file that cannot be read; str() says where and why."""


class Item(NamedTuple):
    """One line of a transcript file.

    `number` counts lines from 1, `link` connections from 1; `protocol` and `host` are empty where the line names none.
    """

    number: int
    what: What
    text: str
    link: int = 1
    protocol: str = ""
    host: str = ""


class Script(NamedTuple):
    """A transcript file: its header and its lines; `together` sends lines that follow each other in one write."""

    header: dict[str, str]
    items: tuple[Item, ...]
    together: bool = True


def is_script(file: str) -> bool:
    """Whether the first line that is no comment is one of a transcript, not a plain command."""
    for line in _lines(file):
        if line.strip() and not line.startswith("#"):
            return _LINE.match(line) is not None or line[:2] in _MARKS
    return False


def read(file: str) -> Script:
    """Read a transcript file; raises ScriptError with the line's number."""
    header: dict[str, str] = {}
    items: list[Item] = []
    for number, line in enumerate(_lines(file), 1):
        if not line.strip() or line.startswith("#"):
            found = _HEADER.match(line)
            if found is not None and all(item.what == "comment" for item in items):
                header[found[1]] = found[2]
            items.append(Item(number, "comment", line))
            continue
        items.append(_item(number, line))
    return Script(header, tuple(items))


def plain(commands: str) -> Script:
    """A file of plain commands, one a line, each sent by itself; comments may stand before the first."""
    items = [Item(number, "send", text(_octets(line))) for number, line in enumerate(_lines(commands), 1)]
    first = next((at for at, line in enumerate(_lines(commands)) if line.strip() and line[:1] != "#"), len(items))
    return Script({}, tuple(items[first:]), together=False)


def _lines(file: str) -> list[str]:
    """The lines of a file: they end in LF, or CR LF, and in nothing else."""
    found = file.split("\n")
    return [line.removesuffix("\r") for line in (found if found[-1] else found[:-1])]


def _octets(line: str) -> bytes:
    return line.encode("utf-8", "surrogateescape")


def _item(number: int, line: str) -> Item:
    found = _LINE.match(line)
    if found is not None:
        what: What = "send" if found[1] == "C" else "expect"
        return Item(number, what, found[5] or "", int(found[2] or 1), found[3] or "", found[4] or "")
    if line[:2] in _MARKS:
        return Item(number, _MARKS[line[:2]], line[2:].strip())
    raise ScriptError(f"line {number}: {line[:40]!r} is no line of a transcript; it starts with C: S: = ! > ? or #")


def octets(text: str, number: int = 0) -> bytes:
    """The octets that a line of a transcript stands for; raises ScriptError at an unknown escape.

    `number` is the line's place in its file, 0 where there is no file.
    """
    where = f"line {number}: " if number else ""

    def plain_of(found: re.Match[str]) -> str:
        if found[1] is not None:
            return chr(0xDC00 + int(found[1], 16)) if int(found[1], 16) > 127 else chr(int(found[1], 16))
        if found[2] not in _PLAIN:
            raise ScriptError(f"{where}\\{found[2] or ''} is no escape; there are \\r \\n \\t \\0 \\\\ \\xNN")
        return _PLAIN[found[2]]

    return _ESCAPE.sub(plain_of, text).encode("utf-8", "surrogateescape")


def text(line: bytes) -> str:
    """A line as a transcript writes it; `octets` gives the same line back."""
    shown = line.decode("utf-8", "surrogateescape").replace("\\", "\\\\")
    named = {"\r": "\\r", "\n": "\\n", "\t": "\\t"}
    return "".join(letter if letter.isprintable() else named.get(letter) or _hex(letter) for letter in shown)


def _hex(letter: str) -> str:
    return "".join(f"\\x{octet:02x}" for octet in letter.encode("utf-8", "surrogateescape"))


def matches(wanted: str, line: bytes) -> bool:
    """Whether a reply line, line end included, is what an `S:` line asks for."""
    if wanted.endswith("…"):
        return line.startswith(octets(wanted[:-1]))
    return line == octets(wanted) + b"\r\n"


def write(story: Iterable[tuple[str, Iterable[Entry]]], numbers: Mapping[int, int], *, secrets: bool = False) -> str:
    """What happened as a transcript file that can be played again; without `secrets` stars stand for passwords.

    `story` is each cause with its entries; `numbers` gives the file's number of each connection of the world, and
    entries of others are passed over.
    """
    out: list[str] = []
    for cause, entries in story:
        if cause.startswith((":wait ", ":until ", ":fault ", ":heal ")):
            out.append(f"> {cause}")
        # What came in one write is played in one write: the client did not wait for the answers in between.
        heard: dict[int, bytes] = {}
        said: list[str] = []
        quiet: list[str] = []  # the reason of a command that asked for more without a word, while nothing follows it
        for entry in entries:
            number, record = numbers.get(entry.wire.number), entry.record
            if number is None:
                continue
            heard[number] = heard.get(number, b"") + _heard(record, secrets=secrets)
            lines = [] if isinstance(record, Body) else _said(record, number, entry.wire)
            if isinstance(record, Prompt) and not record.replies:
                quiet = lines
            else:
                quiet = []
                said += lines
        for number, octets in heard.items():
            out += _sent(octets, number)
        out += said + quiet
    return "".join(line + "\n" for line in out)


def _heard(record: Record, *, secrets: bool) -> bytes:
    if isinstance(record, Body):
        return record.octets
    octets = record.octets if isinstance(record, Exchange | Prompt) else b""
    return _ended(octets if secrets else masked(octets)) if octets else b""


def _said(record: Spoken, number: int, wire: Wire) -> list[str]:
    if isinstance(record, Closed):
        return ["> :drop"] if record.by == "client" else []
    where = f"({wire.protocol}@{wire.host})" if isinstance(record, Opened) else ""
    out = [f"S{_number(number)}{where}: {text(reply.removesuffix(CRLF))}" for reply in reply_lines(record)]
    cut = isinstance(record, Exchange | Prompt) and bool(record.octets) and not record.octets.endswith(b"\n")
    if not isinstance(record, Opened) and record.because and not cut:
        out.append(f"! {record.because}")
    return out


def _ended(octets: bytes) -> bytes:
    """Of a line far over the limit only the start was kept: it is over the limit still, and its own end is made up."""
    return octets if octets.endswith(b"\n") else octets + CRLF


def _number(number: int) -> str:
    return str(number) if number > 1 else ""


def _sent(octets: bytes, number: int) -> list[str]:
    if not octets.replace(CRLF, b"").count(b"\n") and octets.endswith(CRLF):
        label = f"C{_number(number)}:"
        return [f"{label} {text(line)}" if line else label for line in octets[:-2].split(CRLF)]
    return [f'> :raw "{text(octets)}"'] if octets else []
