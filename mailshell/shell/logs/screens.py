"""The screens of telnet, nc and `openssl s_client`: what was typed and what came stand there without a sign."""

import re
from collections import deque
from collections.abc import Iterable, Iterator

from mailshell.core.elsewhere import Sorter
from mailshell.core.record import Side
from mailshell.protocols import readers
from mailshell.shell.logs.lines import Said, ended, whole

_BEFORE = 50  # lines that were typed before the server spoke
S_CLIENT = re.compile(rb"CONNECTED\(|depth=\d|verify (error|return)|Can't use SSL_get_servername")
TOOL = re.compile(
    rb"(Trying \S+\.\.\.$|Connected to |Escape character is |Connection closed|telnet> |\^\]|Connection to |Ncat: )"
)
_ERROR = re.compile(rb"[0-9A-F]{8,16}:error:|read:errno=|closed$|DONE$|RENEGOTIATING$|KEYUPDATE$")
WORTH = re.compile(rb"(Ncat: )?Connected to |Connection closed|TLS started|SSL connection using")


def is_reply(line: bytes) -> bool:
    """Whether a line, its end left out, is one of a server of any protocol."""
    return any(one.is_reply(line) for one in readers().values())


def s_client(lines: Iterable[bytes]) -> Iterator[Said]:
    """The screen of `openssl s_client`: the certificate first, then the conversation, now and then a session ticket."""

    def conversation() -> Iterator[bytes]:
        started = ticket = False
        for line in whole(lines):
            bare = line.rstrip(b"\r\n")
            started = started or is_reply(bare)
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
            elif not self.inside and TOOL.match(bare) is not None:
                self._sorter = None if bare.startswith(b"Connection closed") else self._sorter
                yield from _worth(bare)
            elif (side := self._sorter.read(bare)) is not None:
                yield self._said(side, line)
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
        if TOOL.match(bare) is not None:
            yield from _worth(bare)
        else:
            self._typed.append(line)

    def _said(self, side: Side, line: bytes) -> Said:
        return Said(side, ended(line), 1, self._protocol)


def _worth(line: bytes) -> Iterator[Said]:
    """What a program says, where it is worth a line."""
    if WORTH.match(line):
        yield Said("note", line)
