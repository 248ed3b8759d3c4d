"""What a typed line does, in every front end: it is for mailshell, for the server, or it opens the connection again."""

from mailshell.core.explain import hidden, masked
from mailshell.core.transcript import Entry
from mailshell.protocols import PROTOCOLS
from mailshell.shell.local import COMMANDS, carry_out
from mailshell.shell.meta import Meta
from mailshell.shell.render import Label, lettered

ESCAPE = "\x1d"
"""Ctrl-]: a line that begins with it is for mailshell, in every phase."""

CRLF = b"\r\n"


class Talk:
    """One person at the world. `personal` says that a person types, who is told what a script does not need."""

    def __init__(self, meta: Meta, *, personal: bool) -> None:
        self.meta = meta
        self.seat = meta.seat
        self.renderer = meta.renderer
        self.personal = personal
        self._others: dict[int, int] = {}
        meta.seat.world.transcript.subscribe(self._show)

    def line(self, octets: bytes, *, typed: bool) -> None:
        """One line, its end left out. `typed`: it was typed by hand, not pasted, and is never folded away."""
        text = octets.decode("utf-8", "surrogateescape")
        command = self.local(text)
        if command is not None:
            carry_out(self.meta, command)
        elif self.seat.link.closed:
            self._reopen(text)
        else:
            self._send(octets, text, typed)

    def together(self, lines: list[bytes]) -> None:
        """Lines in one write: what PIPELINING is about."""
        octets = b"".join(line + CRLF for line in lines)
        self.seat.send(octets, f"C: {self._cause(lines[0])} and {len(lines) - 1} more")
        self._ended()

    def local(self, text: str) -> str | None:
        """What a line wants of mailshell, or None where it goes to the server."""
        if text.startswith(ESCAPE):
            return text[1:].strip().removeprefix(":")
        if not self.reads_lines():
            return None
        if text.startswith(":") and not text.startswith("::"):
            return text[1:].strip()
        if text.startswith("?"):
            return f"help {text[1:].strip() or '?'}"
        return None

    def reads_lines(self) -> bool:
        """Whether a line is a command now, and not a part of a message."""
        link = self.seat.link
        return link.closed or PROTOCOLS[link.wire.protocol].reads_lines(link.session.phase)

    def secret(self, octets: bytes) -> bool:
        """Whether a line holds a password, which no history and no log may keep."""
        return bool(hidden(octets)) and self.reads_lines()

    def _send(self, octets: bytes, text: str, typed: bool) -> None:
        reads_lines = self.reads_lines()
        # A second colon in front is how a line that begins with a colon is typed.
        sent = octets[1:] if reads_lines and text.startswith("::") else octets
        self.renderer.typed = sent + CRLF if typed else b""
        # "C:" keeps what was typed apart from the causes that have a meaning of their own, such as ":reset".
        self.seat.send(sent + CRLF, f"C: {self._cause(sent)}".rstrip())
        self.renderer.typed = b""
        if self.personal and not reads_lines and text.startswith(":") and text[1:].split(" ")[0] in COMMANDS:
            self.meta.say("That was message text. A command of mailshell starts with Ctrl-] here.")
        self._ended()

    def _cause(self, octets: bytes) -> str:
        shown = masked(octets) if self.reads_lines() else octets
        return shown[:60].decode("utf-8", "surrogateescape")

    def _ended(self) -> None:
        if self.personal and self.seat.link.closed:
            self.meta.say("Enter opens the connection again, :quit leaves.")

    def _reopen(self, text: str) -> None:
        wire = self.seat.link.wire
        if text:
            self.meta.out(self.renderer.error("The connection is closed. Enter alone opens it again; :quit leaves."))
        elif self.personal:  # the empty last line of a script opens nothing
            self.seat.connect(wire.host, wire.protocol, self.seat.current)

    def label(self, wire_number: int) -> Label:
        """How the gutter names a connection: ours by their numbers, those of others by letters."""
        number = self.seat.number_of(wire_number)
        if number is not None:
            return number
        return lettered(self._others.setdefault(wire_number, len(self._others)))

    def _show(self, entry: Entry) -> None:
        self.meta.out(self.renderer.lines(entry, self.label(entry.wire.number)))
