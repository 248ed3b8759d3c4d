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
from mailshell.core.elsewhere import LEFT_OUT, Sorter
from mailshell.core.record import Side
from mailshell.core.script import ScriptError
from mailshell.protocols import readers
from mailshell.shell.render import GLOSS_COLUMN
from mailshell.shell.text import unshown, width

Who = Literal["client", "server", "note", "reason"]

PIECE = 65_536
"""So many octets of a line are read at once; the rest of it is the next piece."""

LONGEST = 12_288
"""Octets of a line that is held whole: the longest one of any standard is a line of AUTH (RFC 4954 section 4)."""

_KEPT = 1_000  # octets of a longer line, from its start and from its end
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

    A `note` is what the program itself says, a `reason` an explanation that the file holds. `protocol` is empty where
    the log does not name it.
    """

    who: Who
    octets: bytes
    link: int = 1
    protocol: str = ""


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
        return start[:_KEPT] + LEFT_OUT % f"{size - 2 * _KEPT:,}".encode() + (start + end)[-_KEPT:]


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
        if _TOOL.match(line) is not None or _is_reply(line):
            return screen
    return None


def _is_reply(line: bytes) -> bool:
    return any(one.is_reply(line) for one in readers().values())


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
    link, usual = 1, ""
    for line in whole(lines):
        text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        try:
            header, items, _ = script.read(text)
        except ScriptError:
            yield Said("note", line, link)
            continue
        usual = header.get("protocol", usual)
        for item in items:
            if item.what in ("send", "expect"):
                link, protocol = item.link, item.protocol or (usual if item.link == 1 else "")
                who: Who = "client" if item.what == "send" else "server"
                yield Said(who, _unescaped(item.text) + b"\r\n", link, protocol)
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
    marked, sorters = False, dict[int, Sorter]()
    for line in whole(lines):
        text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        marked = marked or _MARK.search(text) is not None
        said, own = on_screen(text, marked=marked), _OWN.match(text)
        if own is not None:
            yield Said("note", own[1].encode())
        if said is None:
            continue
        if said.who == "server":
            _heard(said, sorters)
        elif not _typed(said, sorters.get(said.link)):
            continue
        yield said


def _heard(said: Said, sorters: dict[int, Sorter]) -> None:
    """A line of a server goes to the sorter of its connection, which the first reply makes."""
    line = said.octets.rstrip(b"\r\n")
    if said.link in sorters:
        sorters[said.link].read(line)
    else:
        for begun in filter(None, (one.begin((), line) for one in readers().values())):
            sorters[said.link] = begun.sorter


def _typed(said: Said, sorter: Sorter | None) -> bool:
    """Whether a typed line went to the server; what begins with a colon did so only inside a message."""
    line = said.octets.rstrip(b"\r\n")
    inside = sorter is not None and sorter.inside == "client"
    if line[:1] in ((b"\x1d",) if inside else (b":", b"?", b"\x1d")):
        return False
    if sorter is not None and sorter.read(line) is None:
        sorter.typed(line)
    return True


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
            started = started or _is_reply(bare)
            if bare == b"---" and started and not state.inside:
                ticket = not ticket
            elif started and not ticket and (state.inside or not (bare == b"read R BLOCK" or _ERROR.match(bare))):
                yield line

    state = _Screen()
    yield from state.read(conversation())


def screen(lines: Iterable[bytes]) -> Iterator[Said]:
    """The screen of telnet or nc: what was typed and what came stand below each other without a sign."""
    yield from _Screen().read(whole(lines))


class _Screen:
    """Tells typed lines from lines of the server, as far as the protocol shows it.

    What stands before the server speaks, and after it says goodbye, was typed to the shell of the computer.
    """

    def __init__(self) -> None:
        self._sorter: Sorter | None = None
        self._protocol = ""
        self._typed: deque[bytes] = deque(maxlen=_BEFORE)  # lines for nobody, while the server is not there

    @property
    def inside(self) -> bool:
        """Whether text goes on, of which no line is a command, a reply, or a word of a program."""
        return self._sorter is not None and self._sorter.inside is not None

    def read(self, lines: Iterable[bytes]) -> Iterator[Said]:
        """Who said each line."""
        for line in lines:
            bare = line.rstrip(b"\r\n")
            if self._sorter is None or not self._sorter.open:
                yield from self._begin(line)
            elif (side := self._sorter.read(bare)) is not None:
                yield self._said(side, line)
            elif _TOOL.match(bare) is not None:
                self._sorter = None if bare.startswith(b"Connection closed") else self._sorter
                yield from _worth(bare)
            else:
                self._sorter.typed(bare)
                yield self._said("client", line)

    def _begin(self, line: bytes) -> Iterator[Said]:
        """A line while no server is there: the first one of a server begins a conversation."""
        bare = line.rstrip(b"\r\n")
        typed = [one.rstrip(b"\r\n") for one in self._typed]
        for name, one in readers().items():
            begun = one.begin(typed, bare)
            if begun is not None:
                self._sorter, self._protocol = begun.sorter, name
                self._typed.clear()
                yield from (self._said("client", before) for before in begun.before)
                yield self._said("server", line)
                return
        if _TOOL.match(bare) is not None:
            yield from _worth(bare)
        else:
            self._typed.append(line)

    def _said(self, side: Side, line: bytes) -> Said:
        return Said(side, _ended(line), 1, self._protocol)


def _worth(line: bytes) -> Iterator[Said]:
    """What a program says, where it is worth a line."""
    if _WORTH.match(line):
        yield Said("note", line)
