"""What programs write down of a conversation, read back: who said which line.

Known are our own C:/S: files and screens, the screens of telnet, nc and `openssl s_client`, and what swaks, msmtp,
`curl -v` and Python's smtplib (`set_debuglevel(1)`) print. A log is read line by line; of a line far over any limit
its start and its end are read.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Literal, NamedTuple

from mailshell.core import script
from mailshell.core.script import ScriptError
from mailshell.shell.render import GLOSS_COLUMN
from mailshell.shell.text import middle_left_out, unshown, width
from mailshell.smtp.responses import read_line
from mailshell.smtp.session import TABLE

Who = Literal["client", "server", "note", "reason"]

PIECE = 65_536
"""So many octets of a line are read at once; the rest of it is the next piece."""

LONGEST = 12_288
"""Octets of a line that is held whole: the longest one of any standard is a line of AUTH (RFC 4954 section 4)."""

_KEPT = 1_000  # octets of a longer line, from its start and from its end
_LEFT_OUT = re.compile(rb" \[[0-9,]+ octets not shown\] ")
_PEEK = 400  # lines that are looked at to tell the form of a log
_PEEK_OCTETS = 1 << 20
_BEFORE = 50  # lines that were typed before the server spoke
_PRINTED = re.compile(rb"(?:\d\d:\d\d:\d\d\.\d+ )?(send|reply|connect|data): (.*)$", re.S)
_QUOTED = re.compile(rb"b?(['\"])(.*)$", re.S)
_SEEN = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.)|$)", re.S)
_MEANT = {b"r": b"\r", b"n": b"\n", b"t": b"\t"}
_SWAKS = re.compile(rb"(<[-~*][ *] | [-~*]> |[*=]{3} |<-- |--> )(.*)$", re.S)
_CURL = re.compile(rb"([<>*{}])(?: (.*)|)$", re.S)
_S_CLIENT = re.compile(rb"CONNECTED\(|depth=\d|verify (error|return)|Can't use SSL_get_servername")
_TOOL = re.compile(
    rb"(Trying |Connected to |Escape character is |Connection closed|telnet> |\^\]|Connection to |Ncat: )"
)
_ERROR = re.compile(rb"[0-9A-F]{8,16}:error:|read:errno=|closed$|DONE$|RENEGOTIATING$|KEYUPDATE$")
_WORTH = re.compile(rb"(Ncat: )?Connected to |Connection closed|TLS started|SSL connection using")
_GUTTER = re.compile(
    r"(?:([CS])([1-9]\d{0,2})?[:*!]|(client|server)(?: ([1-9]\d{0,2}))?(?: refuses| unasked)?:)(?: (.*)|)$"
)
_RULE = re.compile(r"-- .* -+$|phase: ")
_MARK = re.compile(r"(?:␍␊|\\r\\n)(?: {2,}\S.*)?$")
_REFUSED = re.compile(r"S\d*[*!] ")
_GAP = re.compile(r" {2,}(?=\S)")
_OWN_LINE = re.compile(r"(==|\*\*) |mailshell( error)?: ")
_OWN = re.compile(r"(?:== |mailshell: )([\d,]+ more lines? of the message not shown|(?:connection \d+ )?closed\.)")


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


def whole(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Lines from their pieces; in one over LONGEST a count stands in the place of its middle."""
    line = _Line()
    for piece in pieces:
        line.add(piece)
        if piece.endswith(b"\n"):
            yield line.take()
    if line.size:
        yield line.take()


def left_out(line: bytes) -> bool:
    """Whether `whole` has left out the middle of a line."""
    return _LEFT_OUT.search(line) is not None


class _Line:
    """A line that comes in pieces; no more of it is held than is shown."""

    def __init__(self) -> None:
        self.size = 0
        self._start = self._end = b""

    def add(self, piece: bytes) -> None:
        """The next piece."""
        self.size += len(piece)
        room = LONGEST - len(self._start)
        self._start += piece[:room]
        self._end = (self._end + piece[room:])[-_KEPT:]

    def take(self) -> bytes:
        """The line; then the next one begins."""
        start, end, size = self._start, self._end, self.size
        self.size, self._start, self._end = 0, b"", b""
        if size <= LONGEST:
            return start
        return middle_left_out(start + end, _KEPT, _KEPT, size)


def reader(head: list[bytes]) -> Reader | None:
    """The reader for a log that begins with these lines; None where they are no conversation."""
    text = b"".join(head).decode("utf-8", "replace")
    if _is_ours(text):
        return shown
    if script.is_script(re.sub(r"^> .*\n", "", text, flags=re.M)):  # "> " alone may be the prompt of a shell
        return transcript
    for line in (one.rstrip(b"\r\n") for one in head):
        if (found := _PRINTED.match(line)) is not None and found[1] in (b"send", b"reply"):
            return smtplib
        if _SWAKS.match(line) is not None:
            return swaks
        if _CURL.match(line) is not None and line[:2] in (b"< ", b"* "):
            return curl
        if _S_CLIENT.match(line) is not None:
            return s_client
        if _TOOL.match(line) is not None or read_line(line) is not None:
            return screen
    return None


def peek(lines: Iterator[bytes]) -> tuple[list[bytes], Iterator[bytes]]:
    """The first lines, for `reader`, and all of them."""
    head: list[bytes] = []
    while len(head) < _PEEK and sum(map(len, head)) < _PEEK_OCTETS and (line := next(lines, b"")):
        head.append(line)

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
    for line in whole(lines):
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


def _is_ours(text: str) -> bool:
    """Whether a text begins as a screen of mailshell does, and has what a transcript file has not."""
    lines = [line for line in text.splitlines() if line.strip()]
    begins = bool(lines) and any(sign.match(lines[0]) for sign in (_GUTTER, _RULE, _OWN_LINE))
    return begins and any(map(_only_shown, lines))


def _only_shown(line: str) -> bool:
    if _RULE.match(line) or _REFUSED.match(line):
        return True
    found = _GUTTER.match(line)
    return found is not None and (found[3] is not None or _MARK.search(line) is not None)


def shown(lines: Iterable[bytes]) -> Iterator[Said]:
    """What mailshell has shown, as --log keeps it: the lines with a gutter; glosses, reasons and rules are left."""
    marked = message = False
    for line in whole(lines):
        text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        marked = marked or _MARK.search(text) is not None
        said, own = on_screen(text, marked=marked), _OWN.match(text)
        if own is not None:
            yield Said("note", own[1].encode())
        if said is None:
            continue
        bare = said.octets.rstrip(b"\r\n")
        if said.who == "server":
            reply = read_line(bare)
            message = reply is not None and reply.code == 354
        elif bare[:1] in ((b"\x1d",) if message else (b":", b"?", b"\x1d")):
            continue  # typed for mailshell itself
        message = message and bare != b"."
        yield said


def on_screen(text: str, *, marked: bool) -> Said | None:
    """The line of the wire in a line of our screen, None where there is none.

    `marked` says that the screen marks line ends; without marks a gloss is known by its column.
    """
    found = _GUTTER.match(text)
    if found is None:
        return None
    start, line = text[: found.start(5)], found[5] or ""
    if (mark := _MARK.search(line)) is not None:
        line = line[: mark.start()]
    elif not marked and found[1] is not None:
        for gap in _GAP.finditer(line):
            if width(start + line[: gap.end()]) == GLOSS_COLUMN:
                line = line[: gap.start()]
                break
    octets = unshown(line)
    ends = mark is not None or not octets.endswith(b"\n")
    client = found[1] == "C" or found[3] == "client"
    return Said("client" if client else "server", octets + b"\r\n" * ends, int(found[2] or found[4] or 1))


def _unescaped(text: str) -> bytes:
    try:
        return script.octets(text)
    except ScriptError:
        return text.encode("utf-8", "surrogateescape")


def smtplib(lines: Iterable[bytes]) -> Iterator[Said]:
    """`send:` and `reply:` lines hold octets as Python writes them; the others only repeat."""
    who: Who | None = None
    rest, quote, wire = b"", b"", _Line()
    for line in lines:
        found = _PRINTED.match(line)
        if found is not None:
            rest, who, quote = b"", None, b""
            quoted = _QUOTED.match(found[2])
            if found[1] in (b"send", b"reply") and quoted is not None:
                who, quote, line = "client" if found[1] == b"send" else "server", quoted[1], quoted[2]
        if who is None:
            continue
        ended = line.endswith(b"\n")
        octets = rest + (line.rstrip(b"\r\n").removesuffix(quote) if ended else line)
        # An escape has at most four octets; what may be a part of one waits for the next piece.
        hold = 0 if ended else max((n for n in (1, 2, 3) if octets[-n:].startswith(b"\\")), default=0)
        rest = octets[len(octets) - hold :]
        *pieces, last = _SEEN.sub(_meant, octets[: len(octets) - hold]).split(b"\n")
        for piece in pieces:
            wire.add(piece + b"\n")
            yield Said(who, wire.take())
        wire.add(last)
        if wire.size and ended:
            yield Said(who, _ended(wire.take()))
    if wire.size and who is not None:
        yield Said(who, _ended(wire.take()))


def _meant(found: re.Match[bytes]) -> bytes:
    if found[1] is not None:
        return bytes([int(found[1], 16)])
    return _MEANT.get(found[2] or b"\\", found[2] or b"\\")


def swaks(lines: Iterable[bytes]) -> Iterator[Said]:
    """`->` sends, `<-` receives, `<**` receives a refusal, `~` stands for `-` inside TLS; msmtp writes `-->`, `<--`."""
    for line in whole(lines):
        found = _SWAKS.match(line)
        if found is None:
            continue
        if found[1].startswith(b"<"):
            yield Said("server", _ended(found[2]))
        elif found[1].endswith(b"> "):
            yield Said("client", _ended(found[2]))
        elif _WORTH.match(found[2]):
            yield Said("note", found[2].rstrip(b"\r\n"))


def curl(lines: Iterable[bytes]) -> Iterator[Said]:
    """`>` sends, `<` receives, `*` is curl itself; `{` and `}` count octets that it does not show."""
    greeted = False
    for line in whole(lines):
        found = _CURL.match(line.rstrip(b"\r\n"))
        if found is None:
            continue
        greeted = greeted or found[1] in b"<*"
        if found[1] in b"<>" and greeted:
            yield Said("server" if found[1] == b"<" else "client", (found[2] or b"") + b"\r\n")
        elif found[1] == b"*" and _WORTH.match(found[2] or b""):
            yield Said("note", found[2])


def s_client(lines: Iterable[bytes]) -> Iterator[Said]:
    """The screen of `openssl s_client`: the certificate first, then the conversation, now and then a session ticket."""

    def conversation() -> Iterator[bytes]:
        started = ticket = False
        for line in whole(lines):
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
    yield from _Screen().read(whole(lines))


class _Screen:
    """Tells typed lines from lines of the server: those begin with a reply code, but not inside a message.

    What stands before the server speaks, and after it says goodbye, was typed to the shell of the computer.
    """

    def __init__(self) -> None:
        self._message = False
        self._open = False  # the server has spoken, and has not closed
        self._echoed = False  # the screen shows what was typed; it does not where a program typed it
        self._typed: deque[bytes] = deque(maxlen=_BEFORE)  # lines for nobody, while it is not open

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
                yield from self._before(reply.code)
                self._message = reply.code == 354 and (self._echoed or not self._open)
                self._open = reply.code not in (221, 421)
                yield Said("server", _ended(line))
            elif _TOOL.match(bare) is not None:
                self._open = self._open and not bare.startswith(b"Connection closed")
                if _WORTH.match(bare):
                    yield Said("note", bare)
            elif self._open:
                self._echoed = True
                yield Said("client", _ended(line))
            else:
                self._typed.append(line)

    def _before(self, code: int) -> Iterator[Said]:
        """Commands that stand before the first reply, where that is no greeting: the log begins late."""
        if not self._open and code not in (220, 221, 421):
            for line in self._typed:
                if TABLE.find(line.split(b" ", 1)[0].rstrip(b"\r\n")) is not None:
                    self._echoed = True
                    yield Said("client", _ended(line))
        self._typed.clear()
