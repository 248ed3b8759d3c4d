"""Our own files and screens, read back."""

import re
from collections.abc import Iterable, Iterator

from mailshell.core import script
from mailshell.core.elsewhere import Sorter
from mailshell.core.script import ScriptError
from mailshell.protocols import readers
from mailshell.shell.logs.lines import Said, Who, whole
from mailshell.shell.render import GLOSS_COLUMN
from mailshell.shell.text import unshown, width

_GUTTER = re.compile(
    r"(?:([CS])([1-9]\d{0,2})?[:*!]|(client|server)(?: ([1-9]\d{0,2}))?(?: refuses| unasked)?:)(?: (.*)|)$"
)
_RULE = re.compile(r"-- .* -+$|phase: ")
_MARK = re.compile(r"(?:␍␊|\\r\\n)(?: {2,}\S.*)?$")
_REFUSED = re.compile(r"S\d*[*!] ")
_GAP = re.compile(r" {2,}(?=\S)")
_OWN_LINE = re.compile(r"(==|\*\*) |mailshell( error)?: ")
_OWN = re.compile(
    r"(?:== |mailshell: )([\d,]+ more lines? of the (?:message|answer) not shown|(?:connection \d+ )?closed\.)"
)


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


def is_ours(text: str) -> bool:
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
    elif found[1] is not None:
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
