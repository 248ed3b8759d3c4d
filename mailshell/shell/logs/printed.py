"""What the mail libraries of Python print.

That is `set_debuglevel(1)` of smtplib, `set_debuglevel(2)` of poplib, `Debug = 4` of imaplib.
"""

import re
from collections.abc import Iterable, Iterator

from mailshell.shell.logs.lines import Line, Said, Who, ended, whole

PRINTED = re.compile(rb"(?:\d\d:\d\d:\d\d\.\d+ )?(send|reply|connect|data): (.*)$", re.S)
_QUOTED = re.compile(rb"b?(['\"])(.*)$", re.S)
_SEEN = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.)|$)", re.S)
_MEANT = {b"r": b"\r", b"n": b"\n", b"t": b"\t"}
IMAPLIB = re.compile(rb" *\d\d:\d\d\.\d\d ([<>]) (.*)$", re.S)
POPLIB = re.compile(rb"\*(put|get|cmd|resp)\* (.*)$", re.S)


def smtplib(lines: Iterable[bytes]) -> Iterator[Said]:
    """`send:` and `reply:` lines hold octets as Python writes them; the others only repeat."""
    who: Who | None = None
    rest, quote, wire = b"", b"", Line()
    for line in lines:
        found = PRINTED.match(line)
        if found is not None:
            rest, who, quote = b"", None, b""
            quoted = _QUOTED.match(found[2])
            if found[1] in (b"send", b"reply") and quoted is not None:
                who, quote, line = "client" if found[1] == b"send" else "server", quoted[1], quoted[2]
        if who is None:
            continue
        last_piece = line.endswith(b"\n")
        octets = rest + (line.rstrip(b"\r\n").removesuffix(quote) if last_piece else line)
        # An escape has at most four octets; what may be a part of one waits for the next piece.
        hold = 0 if last_piece else max((n for n in (1, 2, 3) if octets[-n:].startswith(b"\\")), default=0)
        rest = octets[len(octets) - hold :]
        *pieces, last = _SEEN.sub(_meant, octets[: len(octets) - hold]).split(b"\n")
        for piece in pieces:
            wire.add(piece + b"\n")
            yield Said(who, wire.take())
        wire.add(last)
        if wire.size and last_piece:
            yield Said(who, ended(wire.take()))
    if wire.size and who is not None:
        yield Said(who, ended(wire.take()))


def _meant(found: re.Match[bytes]) -> bytes:
    if found[1] is not None:
        return bytes([int(found[1], 16)])
    return _MEANT.get(found[2] or b"\\", found[2] or b"\\")


def poplib(lines: Iterable[bytes]) -> Iterator[Said]:
    """`*put*` and `*get*` are the lines of the wire; where there are none, `*cmd*` is what was sent."""
    command = b""  # the last one, while nobody knows whether a line of the wire repeats it
    for line in whole(lines):
        found = POPLIB.match(line.rstrip(b"\r\n"))
        quoted = None if found is None else _QUOTED.match(found[2])
        if found is None or quoted is None:
            continue
        octets = ended(_SEEN.sub(_meant, quoted[2].removesuffix(quoted[1])))
        if command and found[1] != b"put":
            yield Said("client", command)
        command = octets if found[1] == b"cmd" else b""
        if found[1] in (b"put", b"get"):
            yield Said("client" if found[1] == b"put" else "server", octets)
    if command:
        yield Said("client", command)


def imaplib(lines: Iterable[bytes]) -> Iterator[Said]:
    """`>` and `<` lines hold octets as Python writes them; octets of literals are not shown."""
    for line in whole(lines):
        found = IMAPLIB.match(line.rstrip(b"\r\n"))
        quoted = None if found is None else _QUOTED.match(found[2])
        if found is not None and quoted is not None:
            octets = ended(_SEEN.sub(_meant, quoted[2].removesuffix(quoted[1])))
            yield Said("client" if found[1] == b">" else "server", octets)
