"""What programs write down of a conversation, read back: who said which line.

Known are our own C:/S: files, the screens of telnet, nc and `openssl s_client`, and what swaks, `curl -v` and Python's
smtplib (`set_debuglevel(1)`) print. A log is read line by line; a line far over any limit comes in pieces.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Literal, NamedTuple

from mailshell.core import script
from mailshell.core.script import ScriptError
from mailshell.smtp.responses import read_line

Who = Literal["client", "server", "note", "reason"]

PIECE = 65_536
"""So many octets of a line are held; the rest of it is the next piece."""

_PEEK = 400  # lines that are looked at to tell the form of a log
_PRINTED = re.compile(rb"(?:\d\d:\d\d:\d\d\.\d+ )?(send|reply|connect|data): (.*)$", re.S)
_QUOTED = re.compile(rb"b?(['\"])(.*)$", re.S)
_SEEN = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.)|$)", re.S)
_MEANT = {b"r": b"\r", b"n": b"\n", b"t": b"\t"}
_SWAKS = re.compile(rb"(<[-~*][ *] | [-~*]> |[*=]{3} )(.*)$", re.S)
_CURL = re.compile(rb"([<>*{}])(?: (.*)|)$", re.S)
_S_CLIENT = re.compile(rb"CONNECTED\(|depth=\d|verify (error|return)|Can't use SSL_get_servername")
_TOOL = re.compile(rb"(Trying |Connected to |Escape character is |Connection closed|telnet> |Connection to )")
_ERROR = re.compile(rb"[0-9A-F]{8,16}:error:|read:errno=|closed$|DONE$|RENEGOTIATING$|KEYUPDATE$")
_WORTH = re.compile(rb"Connected to |Connection closed|TLS started|SSL connection using")


class Said(NamedTuple):
    """One line of a log: who said it, its octets (line end included), and on which connection.

    A `note` is what the program itself says, a `reason` an explanation that the file holds.
    """

    who: Who
    octets: bytes
    link: int = 1


Reader = Callable[[Iterable[bytes]], Iterator[Said]]


def cut(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file, in pieces where they are long."""
    return iter(lambda: file.readline(PIECE), b"")


def reader(head: list[bytes]) -> Reader | None:
    """The reader for a log that begins with these lines; None where they are no conversation."""
    text = b"".join(head).decode("utf-8", "replace")
    if script.is_script(text):
        return transcript
    for line in (one.rstrip(b"\r\n") for one in head):
        if (found := _PRINTED.match(line)) is not None and found[1] in (b"send", b"reply"):
            return smtplib
        if _SWAKS.match(line) is not None:
            return swaks
        if _CURL.match(line) is not None and line[:2] in (b"< ", b"> ", b"* "):
            return curl
        if _S_CLIENT.match(line) is not None:
            return s_client
        if _TOOL.match(line) is not None or read_line(line) is not None:
            return screen
    return None


def peek(lines: Iterator[bytes]) -> tuple[list[bytes], Iterator[bytes]]:
    """The first lines, for `reader`, and all of them."""
    head = [line for _, line in zip(range(_PEEK), lines, strict=False)]

    def everything() -> Iterator[bytes]:
        yield from head
        yield from lines

    return head, everything()


def _ended(line: bytes) -> bytes:
    """A line of a log with the line end that it had on the wire."""
    return line.rstrip(b"\r\n") + b"\r\n"


def transcript(lines: Iterable[bytes]) -> Iterator[Said]:
    """Our own files: C: and S: lines with escapes, `!` reasons."""
    link = 1
    for line in lines:
        text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        try:
            items = script.read(text).items
        except ScriptError:
            yield Said("note", line, link)
            continue
        for item in items:
            if item.what in ("send", "expect"):
                link = item.link
                yield Said("client" if item.what == "send" else "server", _unescaped(item.text) + b"\r\n", link)
            elif item.what == "because":
                yield Said("reason", item.text.encode("utf-8", "surrogateescape"), link)
            elif item.what == "local":
                yield Said("note", item.text.encode("utf-8", "surrogateescape"), link)


def _unescaped(text: str) -> bytes:
    try:
        return script.octets(text)
    except ScriptError:
        return text.encode("utf-8", "surrogateescape")


def smtplib(lines: Iterable[bytes]) -> Iterator[Said]:
    """`send:` and `reply:` lines hold octets as Python writes them; the others only repeat."""
    rest, who, quote = b"", "", b""
    for line in lines:
        found = _PRINTED.match(line)
        if found is not None:
            rest, who, quote = b"", "", b""
            quoted = _QUOTED.match(found[2])
            if found[1] in (b"send", b"reply") and quoted is not None:
                who, quote, line = found[1].decode(), quoted[1], quoted[2]
        if not who:
            continue
        ended = line.endswith(b"\n")
        octets = rest + (line.rstrip(b"\r\n").removesuffix(quote) if ended else line)
        # An escape has at most four octets; what may be a part of one waits for the next piece.
        hold = 0 if ended else max((n for n in (1, 2, 3) if octets[-n:].startswith(b"\\")), default=0)
        rest = octets[len(octets) - hold :]
        pieces = _SEEN.sub(_meant, octets[: len(octets) - hold]).split(b"\n")
        last = pieces.pop()
        for piece in pieces:
            yield Said("client" if who == "send" else "server", piece + b"\n")
        if last:
            yield Said("client" if who == "send" else "server", last + (b"\r\n" if ended else b""))


def _meant(found: re.Match[bytes]) -> bytes:
    if found[1] is not None:
        return bytes([int(found[1], 16)])
    return _MEANT.get(found[2] or b"\\", found[2] or b"\\")


def swaks(lines: Iterable[bytes]) -> Iterator[Said]:
    """`->` sends, `<-` receives, `<**` receives a refusal, `~` stands for `-` inside TLS."""
    for line in lines:
        found = _SWAKS.match(line)
        if found is None:
            continue
        if found[1].startswith(b"<"):
            yield Said("server", _ended(found[2]))
        elif found[1].startswith(b" "):
            yield Said("client", _ended(found[2]))
        elif _WORTH.match(found[2]):
            yield Said("note", found[2].rstrip(b"\r\n"))


def curl(lines: Iterable[bytes]) -> Iterator[Said]:
    """`>` sends, `<` receives, `*` is curl itself; `{` and `}` count octets that it does not show."""
    for line in lines:
        found = _CURL.match(line.rstrip(b"\r\n"))
        if found is None:
            continue
        if found[1] in b"<>":
            yield Said("server" if found[1] == b"<" else "client", (found[2] or b"") + b"\r\n")
        elif found[1] == b"*" and _WORTH.match(found[2] or b""):
            yield Said("note", found[2])


def s_client(lines: Iterable[bytes]) -> Iterator[Said]:
    """The screen of `openssl s_client`: the certificate first, then the conversation, now and then a session ticket."""

    def conversation() -> Iterator[bytes]:
        started = ticket = False
        for line in lines:
            bare = line.rstrip(b"\r\n")
            started = started or read_line(bare) is not None
            if bare == b"---" and started and not body():
                ticket = not ticket
            elif started and not ticket and (body() or not (bare == b"read R BLOCK" or _ERROR.match(bare))):
                yield line

    state = _Screen()
    body = state.in_message
    yield from state.read(conversation())


def screen(lines: Iterable[bytes]) -> Iterator[Said]:
    """The screen of telnet or nc: what was typed and what came stand below each other without a sign."""
    yield from _Screen().read(lines)


class _Screen:
    """Tells typed lines from lines of the server: those begin with a reply code, but not inside a message."""

    def __init__(self) -> None:
        self._message = False

    def in_message(self) -> bool:
        """Whether the server has asked for a message, and its final dot was not typed yet."""
        return self._message

    def read(self, lines: Iterable[bytes]) -> Iterator[Said]:
        """Who said each line."""
        for line in lines:
            bare = line.rstrip(b"\r\n")
            if self._message:
                self._message = bare != b"."
                yield Said("client", _ended(line))
            elif (reply := read_line(bare)) is not None:
                self._message = reply.code == 354
                yield Said("server", _ended(line))
            elif _TOOL.match(bare) is None:
                yield Said("client", _ended(line))
            elif _WORTH.match(bare):
                yield Said("note", bare)
